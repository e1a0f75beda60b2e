//! The IMAP server of the tour: one user, one mailbox with messages in it, and drafts that go nowhere.

use bytes::Bytes;
use imap_proto::auth::Mechanism;
use imap_proto::body::Part;
use imap_proto::capability::{Capabilities, CapabilityData};
use imap_proto::fetch::BodySection;
use imap_proto::list_data::ListData;
use imap_proto::response::{Code, Data, Numbered, NumberedData, RespText, Response, Status, StatusKind};
use imap_proto::section::Section;
use imap_proto::server::{Event, Options};
use imap_proto::{
    Address, Capability, Command, Delimiter, Envelope, FetchItem, Flag, Flags, Greeting, IString, List,
    Mailbox, MailboxAttribute, NString, Received, Server, Text, Token, Transmit,
};

/// A server and its mail.
pub struct Host {
    server: Server,
    inbox: Vec<Message>,
    /// UID of the next one.
    next_uid: u32,
    /// Of a FETCH: what of a body has not been given to the machine, and the command.
    sending: Option<(Bytes, Token)>,
}

struct Message {
    uid: u32,
    flags: Vec<Flag<'static>>,
    content: Bytes,
}

const LETTER: &str = "Date: Mon, 3 Mar 2025 10:00:00 +0000\r\nFrom: Alice <alice@example.org>\r\nSubject: lunch?\r\n\r\n\
    T0UR9 OK this looks like a response, and is none.\r\nTomorrow at noon?\r\n";

impl Host {
    pub fn new() -> anyhow::Result<Self> {
        let mut host =
            Self { server: Server::new(Options::default()), inbox: vec![], next_uid: 17, sending: None };
        host.keep(LETTER);
        host.server.greet(&Greeting::Ok(RespText::new(Text::new("mail.example.org ready")?)))?;
        Ok(host)
    }

    pub fn transmit(&mut self) -> &mut Transmit {
        self.server.transmit()
    }

    pub fn tls_established(&mut self) -> anyhow::Result<()> {
        Ok(self.server.tls_established()?)
    }

    /// A message comes in, and whoever is idle hears of it.
    pub fn deliver(&mut self, message: &'static str) -> anyhow::Result<()> {
        self.keep(message);
        self.numbered(self.inbox.len(), NumberedData::Exists)
    }

    fn keep(&mut self, content: &'static str) {
        let content = Bytes::from_static(content.as_bytes());
        self.inbox.push(Message { uid: self.next_uid, flags: vec![], content });
        self.next_uid = self.next_uid.saturating_add(1);
    }

    /// The next event: how many octets it took, and what there is to say about it.
    pub fn step(&mut self, input: &[u8]) -> anyhow::Result<Option<(usize, Option<String>)>> {
        if let Some((rest, token)) = self.sending.take() {
            return self.go_on(rest, token).map(|()| None);
        }
        let Some(Received { consumed, event }) = self.server.receive(input)? else { return Ok(None) };
        let mut note = None;
        match event {
            Event::Command { token, command, .. } => self.command(token, &command.command)?,
            Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => {
                self.server.finish(token, &status)?;
            }
            Event::StartTls { token, .. } => self.done(token, "begin TLS now")?,
            Event::Authenticate { token, mechanism, initial_response, .. } => {
                let secret = initial_response.map_or(0, |secret| secret.len());
                note = Some(format!("AUTHENTICATE {mechanism} and a secret of {secret} octets"));
                self.done(token, "welcome")?;
            }
            Event::Literal { token, offer } => {
                note = Some(format!(
                    "a literal of {} octets is offered; does it wait? {}",
                    offer.size, offer.waits
                ));
                self.server.accept(token)?;
            }
            Event::Chunk(octets) => note = Some(format!("{} octets of the literal", octets.len())),
            Event::AppendEnd { token } => self.done(token, "kept")?,
            Event::Idle { token, .. } => self.server.accept(token)?,
            Event::Done { token, .. } => self.done(token, "good morning")?,
            Event::Close => return Ok(None),
            _ => {}
        }
        Ok(Some((consumed, note)))
    }

    fn command(&mut self, token: Token, command: &Command<'_>) -> anyhow::Result<()> {
        match command {
            Command::Capability => {
                let offered = if self.server.is_tls() { &SECURE[..] } else { &CLEAR[..] };
                let offered: Capabilities<'_> = offered.iter().cloned().collect();
                self.data(Data::Capability(CapabilityData(offered)))?;
            }
            Command::Enable(wanted) => self.data(Data::Enabled(wanted.clone().into_owned()))?,
            Command::List(_) => self.list()?,
            Command::Select(_) => self.select()?,
            Command::Fetch(_) => return self.fetch(token),
            Command::Store(_) => self.delete_first()?,
            Command::Expunge => self.expunge()?,
            _ => {}
        }
        self.done(token, "done")
    }

    fn list(&mut self) -> anyhow::Result<()> {
        for (attribute, name) in
            [(MailboxAttribute::HasNoChildren, "INBOX"), (MailboxAttribute::Drafts, "Entwürfe")]
        {
            self.data(Data::List(ListData {
                attributes: [attribute].into(),
                delimiter: Some(Delimiter::SLASH),
                mailbox: Mailbox::from_name(name, true)?,
                extended: List::default(),
            }))?;
        }
        Ok(())
    }

    fn select(&mut self) -> anyhow::Result<()> {
        let flags: Flags<'_> = [Flag::Seen, Flag::Deleted, Flag::Draft].into();
        self.data(Data::Flags(flags))?;
        self.numbered(self.inbox.len(), NumberedData::Exists)?;
        for (code, text) in [
            (Code::UidValidity(1_741_000_000), "UIDs are valid"),
            (Code::UidNext(self.next_uid), "predicted next UID"),
        ] {
            let text = RespText::with_code(code, Text::new(text)?);
            self.server.send(&Response::Status(Status { kind: StatusKind::Ok, text }))?;
        }
        Ok(())
    }

    /// The first message: what is known of it at once, its body piece by piece.
    fn fetch(&mut self, token: Token) -> anyhow::Result<()> {
        let Some(Message { uid, content, .. }) = self.inbox.first() else { return self.done(token, "none") };
        let content = content.clone();
        let alice = Address::new("alice", "example.org")?.with_name("Alice")?;
        let envelope = Envelope {
            date: Some(IString::new("Mon, 3 Mar 2025 10:00:00 +0000")?),
            subject: Some(IString::new("lunch?")?),
            from: [alice].into(),
            ..Envelope::default()
        };
        let mut text = Part::text(IString::new("PLAIN")?, 2);
        text.fields.octets = 70;
        let items =
            [FetchItem::Uid(*uid), FetchItem::Envelope(envelope), FetchItem::BodyStructure(text.into())];
        let body = BodySection { section: Section::WHOLE, origin: None, data: NString::NIL };
        let size = content.len().try_into()?;
        self.server.fetch_head(1, &items, &FetchItem::BodySection(body), size)?;
        self.sending = Some((content, token));
        Ok(())
    }

    /// Another line of the body that is being sent, or the end.
    fn go_on(&mut self, mut rest: Bytes, token: Token) -> anyhow::Result<()> {
        if rest.is_empty() {
            self.server.fetch_end(&[])?;
            return self.done(token, "done");
        }
        let line =
            rest.iter().position(|&octet| octet == b'\n').map_or(rest.len(), |at| at.saturating_add(1));
        self.server.write(rest.split_to(line))?;
        self.sending = Some((rest, token));
        Ok(())
    }

    fn delete_first(&mut self) -> anyhow::Result<()> {
        let Some(message) = self.inbox.first_mut() else { return Ok(()) };
        message.flags = vec![Flag::Deleted];
        let flags = FetchItem::Flags(message.flags.iter().cloned().collect());
        self.numbered(1, NumberedData::Fetch([flags].into()))
    }

    fn expunge(&mut self) -> anyhow::Result<()> {
        while let Some(at) = self.inbox.iter().position(|message| message.flags.contains(&Flag::Deleted)) {
            self.inbox.remove(at);
            self.numbered(at.saturating_add(1), NumberedData::Expunge)?;
        }
        Ok(())
    }

    fn numbered(&mut self, number: usize, data: NumberedData<'_>) -> anyhow::Result<()> {
        Ok(self.server.send(&Response::Numbered(Numbered { number: number.try_into()?, data }))?)
    }

    fn data(&mut self, data: Data<'_>) -> anyhow::Result<()> {
        Ok(self.server.send(&Response::Data(data))?)
    }

    fn done(&mut self, token: Token, text: &str) -> anyhow::Result<()> {
        let text = RespText::new(Text::new(text)?);
        Ok(self.server.finish(token, &Status { kind: StatusKind::Ok, text })?)
    }
}

/// What is offered in clear, and what under TLS.
const CLEAR: [Capability<'static>; 3] =
    [Capability::Imap4Rev1, Capability::StartTls, Capability::LoginDisabled];
const SECURE: [Capability<'static>; 6] = [
    Capability::Imap4Rev1,
    Capability::Imap4Rev2,
    Capability::Enable,
    Capability::Idle,
    Capability::SaslIr,
    Capability::Auth(Mechanism::PLAIN),
];
