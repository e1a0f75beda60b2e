//! samotop-parser.

use benches::Load;
use benches::smtp::Smtp;
use samotop_core::smtp::SmtpContext;
use samotop_core::smtp::command::SmtpCommand;
use samotop_parser::{Parser, SmtpParserPeg};

use crate::job::{Job, Task};

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => {
            let context = SmtpContext::default();
            let parse = move |message| Parser::<SmtpCommand>::parse(&SmtpParserPeg, message, &context);
            vec![Job::read("samotop-parser", load, parse)]
        }
        _ => Vec::new(),
    }
}
