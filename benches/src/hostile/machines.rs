//! The machines that are fed, each with a user that answers as briefly as can be.

use bytes::Buf;

/// A machine that is fed.
#[derive(Debug)]
pub enum Machine {
    /// It knows its client, and has a mailbox selected.
    ImapServer(Box<imap_proto::Server>),
    /// It is known to its server, and has a mailbox selected.
    ImapClient(Box<imap_proto::Client>),
    /// It has seen EHLO.
    SmtpServer(Box<smtp_proto::Server>),
    /// It has sent EHLO.
    SmtpClient(Box<smtp_proto::Client>),
}

/// What a peer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// The limits that the machines have if nobody says otherwise.
    Default,
    /// Limits that nothing meets: what is measured is the work, not the refusal.
    None,
}

impl Machine {
    /// An IMAP server that knows its client, and has a mailbox selected.
    pub fn imap_server(bounds: Bounds) -> Self {
        use imap_proto::Greeting;
        let mut options = imap_proto::server::Options::default();
        options.limits = imap_limits(bounds);
        let mut server = imap_proto::Server::new(options);
        server.greet(&Greeting::PreAuth(imap_ok().text)).expect("a greeting comes first");
        server.advertise(&imap_capabilities("LITERAL+ MULTIAPPEND CATENATE")).expect("after the greeting");
        Self::ImapServer(Box::new(server)).after(b"s SELECT INBOX\r\n")
    }

    /// An IMAP server that has greeted.
    pub fn fresh_imap_server() -> Self {
        let mut options = imap_proto::server::Options::default();
        options.allow_plaintext_secrets = true;
        let mut server = imap_proto::Server::new(options);
        server.greet(&imap_proto::Greeting::Ok(imap_ok().text)).expect("a greeting comes first");
        server.advertise(&imap_capabilities("AUTH=PLAIN")).expect("after the greeting");
        drain(server.transmit());
        Self::ImapServer(Box::new(server))
    }

    /// An IMAP client that was not greeted.
    pub fn fresh_imap_client() -> Self {
        use imap_proto::client::{Options, TagPrefix, TlsPolicy};
        let mut options = Options::new(TagPrefix::new(*b"ABCD").expect("letters"));
        options.tls = TlsPolicy::None;
        Self::ImapClient(Box::new(imap_proto::Client::new(options)))
    }

    /// An SMTP client that was not greeted.
    pub fn fresh_smtp_client() -> Self {
        use smtp_proto::client::{Options, TlsPolicy};
        let mut options = Options::new(smtp_proto::server::Protocol::Smtp);
        options.tls = TlsPolicy::None;
        Self::SmtpClient(Box::new(smtp_proto::Client::new(options)))
    }

    /// An IMAP client that is known to its server, and has a mailbox selected.
    pub fn imap_client(bounds: Bounds) -> Self {
        use imap_proto::client::{Options, TagPrefix, TlsPolicy};
        use imap_proto::{Client, Command, TaggedCommand};
        let mut options = Options::new(TagPrefix::new(*b"ABCD").expect("letters"));
        options.tls = TlsPolicy::None;
        options.limits = imap_limits(bounds);
        let machine = Self::ImapClient(Box::new(Client::new(options)));
        let mut machine = machine.after(b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hello\r\n");
        if let Self::ImapClient(client) = &mut machine {
            let select = TaggedCommand::parse(b"a SELECT INBOX\r\n", imap_proto::Dialect::STRICT);
            client.send(&select.expect("a command").1.command).expect("it may come now");
            drain(client.transmit());
        }
        let mut machine = machine.after(b"* 1 EXISTS\r\nABCD1 OK [READ-WRITE] in\r\n");
        if let Self::ImapClient(client) = &mut machine {
            client.send(&Command::Noop).expect("it may come now");
            drain(client.transmit());
        }
        machine
    }

    /// An SMTP server that has seen EHLO.
    pub fn smtp_server(bounds: Bounds) -> Self {
        use smtp_proto::server::{Options, Pipelining, Protocol};
        use smtp_proto::status::ReplyCode;
        use smtp_proto::{Reply, text};
        let mut options = Options::new(Protocol::Submission);
        options.allow_plaintext_secrets = true;
        options.requires_authentication = false;
        options.pipelining = Pipelining::Allow;
        options.limits = smtp_limits(bounds);
        let mut server = smtp_proto::Server::new(options);
        server.tls_established().ok();
        server
            .greet(&Reply::new(ReplyCode::SERVICE_READY, None, text!("mx")))
            .expect("a greeting comes first");
        Self::SmtpServer(Box::new(server)).after(b"EHLO c.example\r\n")
    }

    /// An SMTP client that has sent EHLO.
    pub fn smtp_client(bounds: Bounds) -> Self {
        use smtp_proto::address::Domain;
        use smtp_proto::client::{Options, TlsPolicy};
        use smtp_proto::server::Protocol;
        let mut options = Options::new(Protocol::Smtp);
        options.tls = TlsPolicy::None;
        options.limits = smtp_limits(bounds);
        let machine = Self::SmtpClient(Box::new(smtp_proto::Client::new(options)));
        let mut machine = machine.after(b"220 mx\r\n");
        if let Self::SmtpClient(client) = &mut machine {
            client.hello(Domain::parse("c.example").expect("a domain")).expect("it may come now");
            drain(client.transmit());
        }
        machine
    }

    /// An SMTP client that puts a message right and may write it.
    pub fn smtp_client_with_body(transfer: smtp_proto::client::Transfer) -> smtp_proto::Client {
        use smtp_proto::address::{Domain, ForwardPath, ReversePath};
        use smtp_proto::client::{Options, TlsPolicy, Transfer};
        use smtp_proto::command::{Command, Mail, Rcpt};
        let mut options = Options::new(smtp_proto::server::Protocol::Smtp);
        options.tls = TlsPolicy::None;
        options.stray = smtp_proto::body::Stray::Normalise;
        let mut machine = Self::SmtpClient(Box::new(smtp_proto::Client::new(options))).after(b"220 mx\r\n");
        if let Self::SmtpClient(client) = &mut machine {
            client.hello(Domain::parse("c.example").expect("a domain")).expect("it may come now");
            drain(client.transmit());
        }
        let mut machine = machine.after(b"250-mx\r\n250-CHUNKING\r\n250 PIPELINING\r\n");
        if let Self::SmtpClient(client) = &mut machine {
            let (from, to) = (ReversePath::Null, ForwardPath::parse("<a@b.example>").expect("a path"));
            client.send(&Command::Mail(Mail::new(from))).expect("it may come now");
            client.send(&Command::Rcpt(Rcpt::new(to))).expect("it may come now");
            client.start_body(transfer).expect("it may come now");
            drain(client.transmit());
        }
        let go_ahead = if transfer == Transfer::Data { "354 go\r\n" } else { "" };
        match machine.after(format!("250 ok\r\n250 ok\r\n{go_ahead}").as_bytes()) {
            Self::SmtpClient(client) => *client,
            other => panic!("{other:?}"),
        }
    }

    /// The machine after it has read `input`, and all of it.
    pub fn after(mut self, input: &[u8]) -> Self {
        let mut at = 0;
        while let Some(consumed) = self.step(&input[at..]).expect("a session begins") {
            at += consumed;
        }
        assert_eq!(at, input.len());
        self
    }

    /// Feeds `input` in pieces, as they come from a socket; gives the number of calls.
    ///
    /// # Errors
    /// What ends the session.
    pub fn feed(&mut self, input: &[u8], piece: usize) -> Result<u64, String> {
        let (mut at, mut end, mut calls) = (0, piece.min(input.len()), 0);
        loop {
            calls += 1;
            match self.step(&input[at..end])? {
                Some(consumed) => at += consumed,
                None if end == input.len() => return Ok(calls),
                None => end = end.saturating_add(piece).min(input.len()),
            }
        }
    }

    /// One call: how much was consumed, or that more is wanted.
    ///
    /// # Errors
    /// What ends the session.
    pub fn step(&mut self, input: &[u8]) -> Result<Option<usize>, String> {
        match self {
            Self::ImapServer(server) => serve_imap(server, input),
            Self::ImapClient(client) => {
                let step = client.receive(input).map(|received| received.map(|received| received.consumed));
                drain(client.transmit());
                consumed(step)
            }
            Self::SmtpServer(server) => serve_smtp(server, input),
            Self::SmtpClient(client) => {
                let step = client.receive(input).map(|received| received.map(|received| received.consumed));
                drain(client.transmit());
                consumed(step)
            }
        }
    }
}

fn consumed<E: std::fmt::Display>(step: Result<Option<usize>, E>) -> Result<Option<usize>, String> {
    step.map_err(|error| error.to_string())
}

fn drain(transmit: &mut impl Buf) {
    while transmit.has_remaining() {
        let len = transmit.chunk().len();
        transmit.advance(len);
    }
}

fn serve_imap(server: &mut imap_proto::Server, input: &[u8]) -> Result<Option<usize>, String> {
    use imap_proto::server::Event;
    let step = match server.receive(input) {
        Ok(Some(received)) => {
            match &received.event {
                Event::Command { token, .. } | Event::AppendEnd { token } | Event::Done { token, .. } => {
                    let _ = server.finish(*token, &imap_ok());
                }
                Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => {
                    let _ = server.finish(*token, status);
                }
                Event::Literal { token, .. } | Event::Idle { token, .. } => {
                    let _ = server.accept(*token);
                }
                Event::Authenticate { token, .. } | Event::Answer { token, .. } => {
                    let _ = server.challenge(*token, b"more");
                }
                _ => {}
            }
            Ok((received.consumed > 0 || !matches!(received.event, Event::Close))
                .then_some(received.consumed))
        }
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    drain(server.transmit());
    consumed(step)
}

fn imap_ok() -> imap_proto::response::Status<'static> {
    use imap_proto::response::{RespText, Status, StatusKind};
    let text = imap_proto::Text::new("ok").expect("two letters");
    Status { kind: StatusKind::Ok, text: RespText::new(text) }
}

fn serve_smtp(server: &mut smtp_proto::Server, input: &[u8]) -> Result<Option<usize>, String> {
    use smtp_proto::server::Event;
    use smtp_proto::status::ReplyCode;
    use smtp_proto::{Command, Reply, text};
    let step = match server.receive(input) {
        Ok(Some(received)) => {
            let ok = |code| Reply::new(code, None, text!("ok"));
            match &received.event {
                Event::Command { token, command, .. } => {
                    let reply = match command {
                        Command::Data => ok(ReplyCode::GO_AHEAD),
                        Command::Ehlo(_) => hello(),
                        _ => ok(ReplyCode::OK),
                    };
                    let _ = server.reply(*token, &reply);
                }
                Event::Refused { token, reply, .. } | Event::Malformed { token, reply, .. } => {
                    let _ = server.reply(*token, reply);
                }
                Event::ChunkEnd { token } => {
                    let _ = server.reply(*token, &ok(ReplyCode::OK));
                }
                Event::BodyEnd { token, refusal } => {
                    let _ = server.reply(*token, refusal.as_ref().unwrap_or(&ok(ReplyCode::OK)));
                }
                Event::Auth { token, .. } | Event::Answer { token, .. } => {
                    let _ = server.challenge(*token, b"more");
                }
                _ => {}
            }
            Ok((received.consumed > 0 || !matches!(received.event, Event::Close))
                .then_some(received.consumed))
        }
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    drain(server.transmit());
    consumed(step)
}

fn hello() -> smtp_proto::Reply<'static> {
    use smtp_proto::status::ReplyCode;
    use smtp_proto::{Reply, text};
    let lines = [
        text!("mx"),
        text!("PIPELINING"),
        text!("CHUNKING"),
        text!("AUTH PLAIN SCRAM-SHA-256"),
        text!("SIZE"),
    ];
    Reply::multiline(ReplyCode::OK, None, &lines)
}

fn imap_limits(bounds: Bounds) -> imap_proto::Limits {
    let mut limits = imap_proto::Limits::default();
    if bounds == Bounds::Default {
        return limits;
    }
    limits.command_authenticated = usize::MAX;
    limits.discard_authenticated = usize::MAX;
    limits.response = usize::MAX;
    limits.inline_literal = 64;
    limits.literal_authenticated = u64::MAX;
    limits.literals = u32::MAX;
    limits.errors_authenticated = u32::MAX;
    limits.unexpected = u32::MAX;
    limits.output = usize::MAX;
    limits
}

fn smtp_limits(bounds: Bounds) -> smtp_proto::Limits {
    let mut limits = smtp_proto::Limits::default();
    if bounds == Bounds::Default {
        return limits;
    }
    limits.command_line = usize::MAX;
    limits.discard = usize::MAX;
    limits.discard_authenticated = usize::MAX;
    limits.auth_line = usize::MAX;
    limits.reply_line = usize::MAX;
    limits.reply_lines = usize::MAX;
    limits.reply = usize::MAX;
    limits.recipients = usize::MAX;
    limits.errors = u32::MAX;
    limits.idle_commands = u32::MAX;
    limits.chunks = u32::MAX;
    limits.sasl_rounds = u32::MAX;
    limits.sasl = usize::MAX;
    limits.output = usize::MAX;
    limits
}

fn imap_capabilities(keywords: &str) -> imap_proto::capability::Capabilities<'static> {
    use imap_proto::{Dialect, Response};
    let line = format!("* CAPABILITY IMAP4rev1 {keywords}\r\n");
    match Response::parse(line.as_bytes(), Dialect::STRICT) {
        Ok((_, Response::Data(imap_proto::response::Data::Capability(capabilities)))) => {
            capabilities.0.into_owned()
        }
        other => panic!("{other:?}"),
    }
}
