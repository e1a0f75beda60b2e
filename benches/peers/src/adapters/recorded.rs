//! What was recorded of real sessions, message by message: much of it is not by the RFCs, and some of it wrong on purpose.

use benches::Load;
use benches::recorded::Recorded;
use djc_imap_proto::Response as DjcResponse;
use imap_codec::decode::Decoder;
use imap_codec::{CommandCodec, ResponseCodec};
use ours::{Command, Reply};
use ours_imap::{Response, TaggedCommand};
use samotop_core::smtp::SmtpContext;
use samotop_core::smtp::command::SmtpCommand;
use samotop_parser::{Parser, SmtpParserPeg};
use smtp_codec::parse::command::command as codec_command;
use stalwart_smtp_proto::Request;

use super::imap::imap_rs_core;
use super::smtp::{lettre, stalwart};
use crate::adapters::OURS;
use crate::job::{Job, Task};

/// Ours without leniency; [`OURS`] puts up here with what it can.
const STRICT: &str = "ours, strict";

/// IMAP as read by a machine that puts up with what it can, UTF-8 in quoted strings switched on, and as the RFCs have it.
const IMAP: [(&str, ours_imap::Dialect); 2] = [
    (OURS, ours_imap::Dialect::TOLERANT.with_utf8(true)),
    (STRICT, ours_imap::Dialect::STRICT.with_utf8(true)),
];
const SMTP: [(&str, ours::Dialect); 2] = [(OURS, ours::Dialect::TOLERANT), (STRICT, ours::Dialect::STRICT)];

/// The jobs of all libraries that can do this task.
pub fn jobs(task: Task<Recorded>, load: &Load) -> Vec<Job<'_>> {
    match task.load {
        Recorded::ImapResponses => {
            let codec = ResponseCodec::new();
            let ours = IMAP.map(|(name, dialect)| {
                Job::read(name, load, move |message| response(message, dialect).ok_or(()))
            });
            let others = [
                Job::read("imap-codec", load, move |message| codec.decode(message)),
                Job::read("imap-proto-0.17", load, DjcResponse::parse),
                Job::read("imap-rs-core", load, imap_rs_core::response),
            ];
            ours.into_iter().chain(others).collect()
        }
        Recorded::ImapCommands => {
            let codec = CommandCodec::new();
            let ours = IMAP.map(|(name, dialect)| {
                Job::read(name, load, move |message| TaggedCommand::parse(message, dialect))
            });
            let others = [Job::read("imap-codec", load, move |message| codec.decode(message))];
            ours.into_iter().chain(others).collect()
        }
        Recorded::SmtpReplies => {
            let ours = SMTP
                .map(|(name, dialect)| Job::read(name, load, move |message| Reply::parse(message, dialect)));
            let others = [
                Job::read("smtp-proto", load, stalwart::reply),
                Job::read("smtp-codec", load, smtp_codec::parse::response::Reply_line),
                Job::read("smtp-message", load, smtp_message::Reply::<&str>::parse),
                Job::read("io-smtp", load, io_smtp::rfc5321::SmtpResponse::parse),
                Job::read("lettre", load, lettre::response),
            ];
            ours.into_iter().chain(others).collect()
        }
        Recorded::SmtpCommands => {
            let ours = SMTP.map(|(name, dialect)| {
                Job::read(name, load, move |message| Command::parse(message, dialect))
            });
            let context = SmtpContext::default();
            let others = [
                Job::read("smtp-proto", load, |message| Request::parse(&mut message.iter())),
                Job::read("smtp-codec", load, codec_command),
                Job::read("smtp-message", load, smtp_message::Command::<&str>::parse),
                Job::read("samotop-parser", load, move |message| {
                    Parser::<SmtpCommand>::parse(&SmtpParserPeg, message, &context)
                }),
            ];
            ours.into_iter().chain(others).collect()
        }
    }
}

/// Nothing when it could not be read, though a machine would go on.
fn response(message: &[u8], dialect: ours_imap::Dialect) -> Option<Response<'_>> {
    match Response::parse(message, dialect) {
        Ok((_, Response::Invalid(_))) | Err(_) => None,
        Ok((_, response)) => Some(response),
    }
}
