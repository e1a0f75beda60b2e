//! smtp-codec of Damian Poddebniak. It has no bodies, and replies other than EHLO's it only recognises.

use benches::Load;
use benches::smtp::Smtp;
use smtp_codec::parse::command::command;
use smtp_codec::parse::response::{Reply_line, ehlo_ok_rsp};

use crate::job::{Job, Task};

const NAME: &str = "smtp-codec";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => {
            vec![Job::read(NAME, load, command)]
        }
        (Smtp::Replies, false) => vec![Job::read(NAME, load, Reply_line)],
        (Smtp::Ehlo, false) => vec![Job::read(NAME, load, ehlo_ok_rsp)],
        (Smtp::MailRcpt | Smtp::Commands, true) => {
            vec![Job::written(NAME, load, command, |(_, command), out| {
                command.serialize(out).expect("memory")
            })]
        }
        (Smtp::Ehlo, true) => vec![Job::written(NAME, load, ehlo_ok_rsp, |(_, reply), out| {
            reply.serialize(out).expect("memory")
        })],
        _ => Vec::new(),
    }
}
