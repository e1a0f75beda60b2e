//! The machines of this project with a user that has a buffer, answers as briefly as can be, and counts what they take.

use bytes::Buf;

use crate::hostile::Machine;

/// Has commands sent, as many as there are to be replies.
pub(super) fn ask(client: &mut smtp_proto::Client, count: usize) {
    for _ in 0..count {
        client.send(&smtp_proto::Command::Rset).expect("it may come now");
        drain(client.transmit());
    }
}

/// Feeds `octets` in pieces; says how many messages were accepted.
pub(super) fn feed(machine: &mut Machine, octets: &[u8], piece: usize) -> usize {
    let (mut buffer, mut accepted) = (Vec::new(), 0);
    for piece in octets.chunks(piece) {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        while let Some(step) = step(machine, &buffer[at..]) {
            at += step.consumed;
            accepted += usize::from(step.is_accepted);
        }
        buffer.drain(..at);
    }
    accepted
}

struct Step {
    consumed: usize,
    /// A message has ended, and nothing was wrong with it.
    is_accepted: bool,
}

/// Nothing when more is wanted, or the session has ended.
fn step(machine: &mut Machine, input: &[u8]) -> Option<Step> {
    match machine {
        Machine::ImapServer(server) => {
            let step = imap_server(server, input);
            drain(server.transmit());
            step
        }
        Machine::ImapClient(client) => imap_client(client, input),
        Machine::SmtpServer(server) => {
            let step = smtp_server(server, input);
            drain(server.transmit());
            step
        }
        Machine::SmtpClient(client) => smtp_client(client, input),
    }
}

fn drain(transmit: &mut impl Buf) {
    while transmit.has_remaining() {
        let len = transmit.chunk().len();
        transmit.advance(len);
    }
}

fn imap_server(server: &mut imap_proto::Server, input: &[u8]) -> Option<Step> {
    use imap_proto::response::{RespText, Status, StatusKind};
    use imap_proto::server::Event;
    let received = server.receive(input).ok()??;
    let is_accepted = match &received.event {
        Event::Command { token, .. } | Event::AppendEnd { token } => {
            let text = RespText::new(imap_proto::Text::new("ok").ok()?);
            server.finish(*token, &Status { kind: StatusKind::Ok, text }).is_ok()
        }
        Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => {
            server.finish(*token, status).ok()?;
            false
        }
        Event::Literal { token, .. } => {
            server.accept(*token).ok()?;
            false
        }
        Event::Close => return None,
        _ => false,
    };
    Some(Step { consumed: received.consumed, is_accepted })
}

fn imap_client(client: &mut imap_proto::Client, input: &[u8]) -> Option<Step> {
    use imap_proto::client::Event;
    let received = client.receive(input).ok()??;
    let is_accepted = match received.event {
        Event::Response { .. } | Event::FetchTail { .. } => true,
        Event::Close => return None,
        _ => false,
    };
    Some(Step { consumed: received.consumed, is_accepted })
}

fn smtp_server(server: &mut smtp_proto::Server, input: &[u8]) -> Option<Step> {
    use smtp_proto::server::Event;
    use smtp_proto::status::ReplyCode;
    use smtp_proto::{Command, Reply, text};
    let received = server.receive(input).ok()??;
    let is_accepted = match &received.event {
        Event::Command { token, command, .. } => {
            let code = if matches!(command, Command::Data) { ReplyCode::GO_AHEAD } else { ReplyCode::OK };
            server.reply(*token, &Reply::new(code, None, text!("ok"))).is_ok()
        }
        Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => {
            server.reply(*token, reply).ok()?;
            false
        }
        Event::BodyEnd { token, refusal } => {
            let ok = Reply::new(ReplyCode::OK, None, text!("ok"));
            server.reply(*token, refusal.as_ref().unwrap_or(&ok)).is_ok() && refusal.is_none()
        }
        Event::Close => return None,
        _ => false,
    };
    Some(Step { consumed: received.consumed, is_accepted })
}

fn smtp_client(client: &mut smtp_proto::Client, input: &[u8]) -> Option<Step> {
    use smtp_proto::client::Event;
    let received = client.receive(input).ok()??;
    let is_accepted = match received.event {
        Event::Reply { .. } => true,
        Event::Close => return None,
        _ => false,
    };
    Some(Step { consumed: received.consumed, is_accepted })
}
