//! smtp-proto of Stalwart Labs.

use benches::Load;
use benches::smtp::Smtp;
use stalwart_smtp_proto::request::receiver::{BdatReceiver, DataReceiver};
use stalwart_smtp_proto::response::parser::ResponseReceiver;
use stalwart_smtp_proto::{EhloResponse, Error, Request, Response};

use super::PIECE;
use crate::job::{Job, Task};

const NAME: &str = "smtp-proto";

pub fn jobs(task: Task<Smtp>, load: &Load) -> Vec<Job<'_>> {
    match (task.load, task.encode) {
        (Smtp::MailRcpt | Smtp::Commands, false) => {
            vec![Job::read(NAME, load, |message| Request::parse(&mut message.iter()))]
        }
        (Smtp::Replies, false) => vec![Job::read(NAME, load, reply)],
        (Smtp::Ehlo, false) => vec![Job::read(NAME, load, ehlo)],
        (Smtp::DataIn | Smtp::DataInDots, false) => vec![Job::body(NAME, |out| {
            let mut receiver = DataReceiver::new();
            load.bytes.chunks(PIECE).filter(|piece| receiver.ingest(&mut piece.iter(), out)).count()
        })],
        (Smtp::BdatIn, false) => vec![Job::body(NAME, |out| chunks(&load.bytes, out))],
        (Smtp::Replies, true) => {
            vec![Job::written(NAME, load, reply, |reply, out| reply.write(out).expect("memory"))]
        }
        (Smtp::Ehlo, true) => {
            vec![Job::written(NAME, load, ehlo, |reply, out| reply.write(out).expect("memory"))]
        }
        _ => Vec::new(),
    }
}

pub fn reply(message: &[u8]) -> Result<Response<String>, Error> {
    ResponseReceiver::default().parse(&mut message.iter())
}

fn ehlo(message: &[u8]) -> Result<EhloResponse<String>, Error> {
    EhloResponse::parse(&mut message.iter())
}

fn chunks(wire: &[u8], out: &mut Vec<u8>) -> usize {
    let (mut rest, mut chunks) = (wire.iter(), 0);
    while let Ok(Request::Bdat { chunk_size, is_last }) = Request::parse(&mut rest) {
        let ended = BdatReceiver::new(chunk_size, is_last).ingest(&mut rest, out);
        chunks += usize::from(ended);
        if is_last {
            break;
        }
    }
    chunks
}
