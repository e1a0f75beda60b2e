//! A mailbox is looked at, gets a message, tells of another, and loses one.

use anyhow::bail;
use bytes::Bytes;
use imap_proto::append::{AppendOptions, MessageHead};
use imap_proto::auth::{Credentials, Plain, Secret, UserPassword};
use imap_proto::client::{self, Event, TagPrefix};
use imap_proto::fetch::{Fetch, FetchAttribute};
use imap_proto::list_command::ListCommand;
use imap_proto::section::Section;
use imap_proto::select::Select;
use imap_proto::store::{Store, StoreAttribute, StoreFlags, StoreOperation};
use imap_proto::{
    AString, Capability, Client, Command, Flag, ListMailbox, Mailbox, Received, SequenceSet, Token,
};

use crate::mailbox::Host;
use crate::transcript::{Transcript, take};

/// A client and a server, and the bytes between them.
struct Wire<'t> {
    client: Client,
    host: Host,
    to_client: Vec<u8>,
    to_server: Vec<u8>,
    transcript: &'t mut Transcript,
}

/// What the client is told, as far as this conversation waits for it.
#[derive(Clone, Copy, PartialEq)]
enum Heard {
    Greeting,
    Finished(Token),
    StartTls,
    GoAhead,
    Idling,
    /// Of the mailbox, in the middle of nothing.
    News,
}

pub fn conversation(transcript: &mut Transcript) -> anyhow::Result<()> {
    // Tags are to be hard to guess: seed them with something random. Here every run is to look the same.
    let mut options = client::Options::new(TagPrefix::new(*b"T0UR")?);
    // Small, so that the body below is large.
    options.limits.inline_literal = 64;
    options.literals = imap_proto::LiteralMode::Synchronizing;
    let (client, host) = (Client::new(options), Host::new()?);
    let mut wire = Wire { client, host, to_client: vec![], to_server: vec![], transcript };
    wire.greeting()?;
    wire.start_tls()?;
    wire.log_in()?;
    wire.mailboxes()?;
    wire.fetch()?;
    wire.append()?;
    wire.idle()?;
    wire.expunge()?;
    wire.ask(&Command::Logout)
}

impl Wire<'_> {
    fn greeting(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("IMAP: greeting and CAPABILITY");
        self.until(Heard::Greeting)?;
        self.ask(&Command::Capability)
    }

    fn start_tls(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("STARTTLS is a barrier");
        let login = UserPassword::new(AString::new("bob")?, Secret::new("builder"))?;
        match self.client.send(&Command::Login(login)) {
            Err(why) => self.transcript.note(&format!("LOGIN before TLS: nothing was sent ({why})")),
            Ok(_) => bail!("a password went out in clear"),
        }
        self.client.start_tls()?;
        self.until(Heard::StartTls)?;
        self.transcript.note(
            "Here both sides do the TLS handshake. A byte in clear behind either line would end the session,",
        );
        self.transcript.note("and all that was learnt before it is forgotten: CAPABILITY again.");
        self.client.tls_established()?;
        self.host.tls_established()?;
        self.ask(&Command::Capability)
    }

    fn log_in(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("AUTHENTICATE, and ENABLE");
        let token = self.client.authenticate(Credentials::from(Plain::new("", "bob", "builder")?))?;
        self.until(Heard::Finished(token))?;
        self.ask(&Command::Enable([Capability::Imap4Rev2].into()))?;
        self.transcript.note("Both machines have seen that, and read and write UTF-8 from now on.");
        Ok(())
    }

    fn mailboxes(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("LIST and SELECT");
        self.ask(&Command::List(ListCommand::new(Mailbox::new("")?, ListMailbox::new("*")?)))?;
        self.ask(&Command::Select(Select::new(Mailbox::INBOX)))
    }

    fn fetch(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("FETCH: the body is streamed");
        let what = [
            FetchAttribute::Uid,
            FetchAttribute::Envelope,
            FetchAttribute::BodyStructure,
            FetchAttribute::BodyPeek(Section::WHOLE.into()),
        ];
        self.ask(&Command::Fetch(Fetch::new(SequenceSet::new("1")?, what)))?;
        self.transcript.note("Neither machine has kept or copied an octet of the body.");
        Ok(())
    }

    fn append(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("APPEND: the literal is offered, accepted and streamed");
        let message = Bytes::from("From: bob@example.com\r\nSubject: Grüße\r\n\r\nA1 LOGOUT\r\n");
        let options =
            AppendOptions { flags: Some([Flag::Seen, Flag::Draft].into()), ..AppendOptions::default() };
        let head = MessageHead { options, size: message.len().try_into()?, binary: false };
        let token = self.client.append_head(Mailbox::from_name("Entwürfe", true)?, &head)?;
        self.until(Heard::GoAhead)?;
        self.transcript
            .note("Only now the message goes out. It is counted, so nothing in it is taken for a command.");
        self.client.write(message)?;
        self.client.finish()?;
        self.until(Heard::Finished(token))
    }

    fn idle(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("IDLE: the server speaks first");
        let token = self.client.send(&Command::Idle)?;
        self.until(Heard::Idling)?;
        self.transcript.note("Somewhere else a message comes in.");
        self.host.deliver("Date: Tue, 4 Mar 2025 08:00:00 +0000\r\nSubject: news\r\n\r\nhello\r\n")?;
        self.until(Heard::News)?;
        self.client.done()?;
        self.until(Heard::Finished(token))
    }

    fn expunge(&mut self) -> anyhow::Result<()> {
        self.transcript.chapter("STORE and EXPUNGE in one go, and LOGOUT");
        let operation = StoreOperation::Add;
        let deleted = StoreFlags { operation, silent: false, flags: [Flag::Deleted].into() };
        let store = Store::new(SequenceSet::new("1")?, StoreAttribute::Flags(deleted));
        self.client.send(&Command::Store(store))?;
        self.ask(&Command::Expunge)
    }

    /// Sends a command and lets the machines talk until it is completed.
    fn ask(&mut self, command: &Command<'_>) -> anyhow::Result<()> {
        let token = self.client.send(command)?;
        self.until(Heard::Finished(token))
    }

    /// Lets the machines talk until the client has heard this.
    fn until(&mut self, wanted: Heard) -> anyhow::Result<()> {
        loop {
            let mut idle = !self.carry();
            while let Some(heard) = self.client_step()? {
                idle = false;
                if heard == Some(wanted) {
                    return Ok(());
                }
            }
            while let Some((consumed, note)) = self.host.step(&self.to_server)? {
                idle = false;
                self.to_server.drain(..consumed);
                self.told("server", note);
            }
            if idle && !self.carry() {
                bail!("nobody has anything to say");
            }
        }
    }

    fn told(&self, who: &str, note: Option<String>) {
        if let Some(note) = note {
            self.transcript.note(&format!("{who} is told: {note}"));
        }
    }

    /// Moves what the machines have to say to the other side; whether there was anything.
    fn carry(&mut self) -> bool {
        let (from_client, from_server) = (take(self.client.transmit()), take(self.host.transmit()));
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
        let (heard, note) = match event {
            Event::Greeting(_) => (Some(Heard::Greeting), None),
            Event::Finished { to, .. } => (Some(Heard::Finished(to)), None),
            Event::StartTls { .. } => (Some(Heard::StartTls), None),
            Event::GoAhead { .. } => (Some(Heard::GoAhead), None),
            Event::Idling { .. } => (Some(Heard::Idling), None),
            Event::Response { to: None, .. } => (Some(Heard::News), None),
            Event::FetchHead { number, items, size, .. } => {
                let subject = items.iter().find_map(|item| match item {
                    imap_proto::FetchItem::Envelope(envelope) => Some(envelope.subject?.into_owned()),
                    _ => None,
                });
                let subject = subject.as_ref().and_then(|subject| subject.as_str()).unwrap_or("-");
                (None, Some(format!("message {number}, {subject:?}; {size} octets of its body follow")))
            }
            Event::Chunk { octets, left } => (None, Some(format!("{} octets, {left} to come", octets.len()))),
            Event::FetchTail { .. } => (None, Some("that was the message".into())),
            Event::Close => return Ok(None),
            _ => (None, None),
        };
        self.to_client.drain(..consumed);
        self.told("client", note);
        Ok(Some(heard))
    }
}
