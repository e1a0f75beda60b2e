//! A message to two recipients, one of whom is refused; then one by BDAT.

use anyhow::bail;
use bytes::Bytes;
use smtp_proto::address::{Domain, ForwardPath, ReversePath};
use smtp_proto::auth::{Credentials, Mechanism, Plain};
use smtp_proto::client::{self, Transfer};
use smtp_proto::ehlo::{EhloReply, Keyword};
use smtp_proto::server::{self, Event};
use smtp_proto::status::{EnhancedCode, ReplyCode};
use smtp_proto::text::Text;
use smtp_proto::{Client, Command, Mail, Rcpt, Received, Reply, Server, Token, text};

use crate::transcript::{Transcript, take};

/// A client and a server, and the bytes between them.
struct Wire<'t> {
    client: Client,
    server: Server,
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    transcript: &'t mut Transcript,
    /// What the server has received of the message.
    message: Vec<u8>,
}

/// What the client is told.
enum Heard {
    Reply(Token, Reply<'static>),
    GoAhead,
    StartTls,
    Greeting,
}

pub fn conversation(transcript: &mut Transcript) -> anyhow::Result<()> {
    let client = Client::new(client::Options::new(client::Protocol::Submission));
    let server = Server::new(server::Options::new(server::Protocol::Submission));
    let mut wire = Wire { client, server, to_client: vec![], to_server: vec![], transcript, message: vec![] };
    wire.greeting()?;
    wire.start_tls()?;
    wire.log_in()?;
    wire.pipelined_message()?;
    wire.chunked_message()?;
    let quit = wire.client.send(&Command::Quit)?;
    wire.reply(quit)?;
    Ok(())
}

impl Wire<'_> {
    fn greeting(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("SMTP: greeting and EHLO");
        self.server.greet(&line(ReplyCode::SERVICE_READY, None, "mx.example.org ESMTP"))?;
        self.until(|heard| matches!(heard, Heard::Greeting).then_some(()))?;
        let hello = self.client.hello(Domain::parse("client.example.com")?)?;
        self.reply(hello)?;
        Ok(())
    }

    fn start_tls(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("STARTTLS is a barrier");
        match self.client.authenticate(Credentials::from(Plain::new("", "bob", "builder")?)) {
            Err(why) => self.transcript.note(&format!("AUTH before TLS: nothing was sent ({why})")),
            Ok(_) => bail!("a password went out in clear"),
        }
        self.client.start_tls()?;
        self.until(|heard| matches!(heard, Heard::StartTls).then_some(()))?;
        self.transcript.note(
            "Here both sides do the TLS handshake. A byte in clear behind STARTTLS would end the session,",
        );
        self.transcript.note("and all that was learnt before it is forgotten: EHLO again.");
        self.client.tls_established()?;
        self.server.tls_established()?;
        let hello = self.client.hello(Domain::parse("client.example.com")?)?;
        self.reply(hello)?;
        Ok(())
    }

    fn log_in(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("AUTH");
        let token = self.client.authenticate(Credentials::from(Plain::new("", "bob", "builder")?))?;
        self.reply(token)?;
        Ok(())
    }

    fn pipelined_message(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("One group of commands, and one of two recipients is refused");
        self.client.send(&Command::Mail(Mail::new(ReversePath::parse("<bob@example.com>")?)))?;
        for to in ["<alice@example.org>", "<nobody@example.org>"] {
            self.client.send(&Command::Rcpt(Rcpt::new(ForwardPath::parse(to)?)))?;
        }
        let body = self.client.start_body(Transfer::Data)?;
        self.until(|heard| matches!(heard, Heard::GoAhead).then_some(()))?;
        self.transcript.note("The refusal is data, not an error: the message goes to the other recipient.");
        self.transcript
            .note("A line that begins with a dot gets another one; only finish() can end the data.");
        self.client.write(Bytes::from_static(b"Subject: dots\r\n\r\n.hidden\r\n.\r\nstill the body\r\n"))?;
        self.client.finish()?;
        self.reply(body)?;
        Ok(())
    }

    fn chunked_message(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("The same by BDAT: counted, not scanned, and pipelined with its envelope");
        self.client.send(&Command::Mail(Mail::new(ReversePath::Null)))?;
        self.client
            .send(&Command::Rcpt(Rcpt::new(ForwardPath::parse("<\"odd local\"@[IPv6:2001:db8::1]>")?)))?;
        let body = self.client.start_body(Transfer::Chunking)?;
        self.until(|heard| matches!(heard, Heard::GoAhead).then_some(()))?;
        self.client.write(Bytes::from_static(b"Subject: chunks\r\n\r\n.\r\n"))?;
        self.client.write(Bytes::from_static(b"no dot is doubled\r\n"))?;
        self.client.finish()?;
        self.reply(body)?;
        Ok(())
    }

    /// Lets the machines talk until `token` is answered.
    fn reply(&mut self, token: Token) -> anyhow::Result<Reply<'static>> {
        self.until(|heard| match heard {
            Heard::Reply(to, reply) if to == token => Some(reply),
            _ => None,
        })
    }

    /// Lets the machines talk until `wanted` has heard what it waits for.
    fn until<T>(&mut self, mut wanted: impl FnMut(Heard) -> Option<T>) -> anyhow::Result<T> {
        loop {
            let mut idle = true;
            while let Some(heard) = self.client_step()? {
                idle = false;
                if let Some(found) = heard.and_then(&mut wanted) {
                    return Ok(found);
                }
            }
            idle &= !self.carry();
            while self.server_step()? {
                idle = false;
            }
            if idle & !self.carry() {
                bail!("nobody has anything to say");
            }
        }
    }

    /// Moves what the machines have to say to the other side; whether there was anything.
    fn carry(&mut self) -> bool {
        let from_client = take(self.client.transmit());
        let from_server = take(self.server.transmit());
        self.transcript.client(&from_client);
        self.transcript.server(&from_server);
        self.to_server.extend_from_slice(&from_client);
        self.to_client.extend_from_slice(&from_server);
        !(from_client.is_empty() && from_server.is_empty())
    }

    fn client_step(&mut self) -> anyhow::Result<Option<Option<Heard>>> {
        let Some(Received { consumed, event }) = self.client.receive(&self.to_client)? else {
            return Ok(None);
        };
        let heard = match event {
            client::Event::Greeting(_) => Some(Heard::Greeting),
            client::Event::Reply { to, reply, .. } => Some(Heard::Reply(to, reply.into_owned())),
            client::Event::GoAhead { .. } => Some(Heard::GoAhead),
            client::Event::StartTls { .. } => Some(Heard::StartTls),
            client::Event::Close => return Ok(None),
            _ => None,
        };
        self.to_client.drain(..consumed);
        Ok(Some(heard))
    }

    /// The server of this tour; whether something happened.
    fn server_step(&mut self) -> anyhow::Result<bool> {
        let Some(Received { consumed, event }) = self.server.receive(&self.to_server)? else {
            return Ok(false);
        };
        match event {
            Event::Command { token, command, .. } => {
                let reply = answer(&command, self.server.is_tls())?;
                self.server.reply(token, &reply)?;
            }
            Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => {
                self.server.reply(token, &reply)?;
            }
            Event::StartTls { token } => {
                self.server.reply(token, &line(ReplyCode::SERVICE_READY, (2, 0, 0), "go ahead"))?
            }
            Event::Auth { token, .. } => {
                self.server.reply(token, &line(ReplyCode::AUTHENTICATED, (2, 7, 0), "welcome"))?;
            }
            Event::Chunk(chunk) => self.message.extend_from_slice(chunk),
            Event::ChunkEnd { token } => {
                self.server.reply(token, &line(ReplyCode::OK, (2, 0, 0), "chunk taken"))?
            }
            Event::BodyEnd { token, .. } => {
                let taken = format!("{} octets taken", std::mem::take(&mut self.message).len());
                self.server.reply(token, &line(ReplyCode::OK, (2, 0, 0), &taken))?;
            }
            Event::Close => return Ok(false),
            _ => {}
        }
        self.to_server.drain(..consumed);
        Ok(true)
    }
}

fn answer(command: &Command<'_>, is_tls: bool) -> anyhow::Result<Reply<'static>> {
    Ok(match command {
        Command::Ehlo(_) => {
            let reply = EhloReply::new(&Domain::parse("mx.example.org")?)
                .with(Keyword::Pipelining)
                .with(Keyword::Chunking)
                .with(Keyword::EnhancedStatusCodes);
            let reply = if is_tls {
                reply.with(Keyword::Auth([Mechanism::PLAIN].into_iter().collect()))
            } else {
                reply.with(Keyword::StartTls)
            };
            reply.into_reply()
        }
        Command::Rcpt(rcpt) if rcpt.to.to_string().contains("nobody") => {
            line(ReplyCode::MAILBOX_UNAVAILABLE, (5, 1, 1), "no such user here")
        }
        Command::Data => line(ReplyCode::GO_AHEAD, None, "end data with <CR><LF>.<CR><LF>"),
        Command::Quit => line(ReplyCode::SERVICE_CLOSING, (2, 0, 0), "bye"),
        _ => line(ReplyCode::OK, (2, 0, 0), "ok"),
    })
}

fn line(code: ReplyCode, enhanced: impl Into<Option<(u16, u16, u16)>>, text: &str) -> Reply<'static> {
    let enhanced =
        enhanced.into().and_then(|(class, subject, detail)| EnhancedCode::new(class, subject, detail));
    Reply::new(code, enhanced, Text::try_from(text).unwrap_or(text!("ok")))
}
