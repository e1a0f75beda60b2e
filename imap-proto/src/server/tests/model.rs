//! All short sequences of commands, against what the RFCs say of their order.

use super::*;

/// What a client may do next, and how it is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Do {
    Noop,
    Login,
    LoginRefused,
    Authenticate,
    AuthenticateCancelled,
    StartTls,
    StartTlsRefused,
    Compress,
    Enable,
    Select,
    SelectRefused,
    Examine,
    Close,
    Unselect,
    List,
    Append,
    AppendRefused,
    Fetch,
    UidFetch,
    Replace,
    Idle,
    Unauthenticate,
    Bogus,
    Logout,
}

const ALL: [Do; 24] = [
    Do::Noop,
    Do::Login,
    Do::LoginRefused,
    Do::Authenticate,
    Do::AuthenticateCancelled,
    Do::StartTls,
    Do::StartTlsRefused,
    Do::Compress,
    Do::Enable,
    Do::Select,
    Do::SelectRefused,
    Do::Examine,
    Do::Close,
    Do::Unselect,
    Do::List,
    Do::Append,
    Do::AppendRefused,
    Do::Fetch,
    Do::UidFetch,
    Do::Replace,
    Do::Idle,
    Do::Unauthenticate,
    Do::Bogus,
    Do::Logout,
];

const OFFERED: &str =
    "IMAP4rev1 SASL-IR IDLE UNAUTHENTICATE COMPRESS=DEFLATE STARTTLS AUTH=PLAIN LITERAL+ UIDONLY REPLACE";

impl Do {
    fn wire(self) -> &'static [u8] {
        match self {
            Self::Noop => b"a NOOP\r\n",
            Self::Login | Self::LoginRefused => b"a LOGIN user pass\r\n",
            Self::Authenticate => b"a AUTHENTICATE PLAIN AHUAcA==\r\n",
            Self::AuthenticateCancelled => b"a AUTHENTICATE PLAIN\r\n",
            Self::StartTls | Self::StartTlsRefused => b"a STARTTLS\r\n",
            Self::Compress => b"a COMPRESS DEFLATE\r\n",
            Self::Enable => b"a ENABLE UIDONLY\r\n",
            Self::Select | Self::SelectRefused => b"a SELECT box\r\n",
            Self::Examine => b"a EXAMINE box\r\n",
            Self::Close => b"a CLOSE\r\n",
            Self::Unselect => b"a UNSELECT\r\n",
            Self::List => b"a LIST \"\" *\r\n",
            Self::Append | Self::AppendRefused => b"a APPEND box {1+}\r\nx\r\n",
            Self::Fetch => b"a FETCH 1 FLAGS\r\n",
            Self::UidFetch => b"a UID FETCH 1 FLAGS\r\n",
            Self::Replace => b"a REPLACE 1 box {1+}\r\nx\r\n",
            Self::Idle => b"a IDLE\r\n",
            Self::Unauthenticate => b"a UNAUTHENTICATE\r\n",
            Self::Bogus => b"a (\r\n",
            Self::Logout => b"a LOGOUT\r\n",
        }
    }

    /// What is answered to what may come now.
    const fn is_refused(self) -> bool {
        matches!(
            self,
            Self::LoginRefused
                | Self::StartTlsRefused
                | Self::SelectRefused
                | Self::AppendRefused
                | Self::Noop
        )
    }
}

/// What matters of a session, in the words of the RFCs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Model {
    tls: bool,
    compressed: bool,
    user: bool,
    mailbox: bool,
    uidonly: bool,
    over: bool,
}

impl Model {
    /// The first letter of the answer: OK, NO or BAD; `-` for none.
    fn next(&mut self, step: Do) -> char {
        if self.over {
            return '-';
        }
        match step {
            Do::Bogus => 'B',
            Do::Noop => 'N',
            Do::Logout => {
                self.over = true;
                'O'
            }
            Do::Login
            | Do::LoginRefused
            | Do::Authenticate
            | Do::AuthenticateCancelled
            | Do::StartTls
            | Do::StartTlsRefused
                if self.user =>
            {
                'B'
            }
            Do::LoginRefused => 'N',
            Do::AuthenticateCancelled => 'B',
            Do::Login | Do::Authenticate => {
                self.user = true;
                'O'
            }
            Do::StartTls | Do::StartTlsRefused if self.tls => 'B',
            Do::StartTlsRefused => 'N',
            Do::StartTls => {
                *self = Self { tls: true, ..Self::default() };
                'O'
            }
            _ if !self.user => 'B',
            Do::Compress if self.compressed => 'N',
            Do::Compress => {
                self.compressed = true;
                'O'
            }
            Do::Enable => {
                self.uidonly = true;
                'O'
            }
            Do::Select | Do::Examine => {
                self.mailbox = true;
                'O'
            }
            Do::SelectRefused => {
                self.mailbox = false;
                'N'
            }
            Do::AppendRefused => 'N',
            Do::List | Do::Append | Do::Idle => 'O',
            // It would end compression, too.
            Do::Unauthenticate if self.compressed => 'N',
            Do::Unauthenticate => {
                *self = Self { tls: self.tls, ..Self::default() };
                'O'
            }
            _ if !self.mailbox => 'B',
            Do::Close | Do::Unselect => {
                self.mailbox = false;
                'O'
            }
            Do::Fetch | Do::Replace if self.uidonly => 'B',
            Do::Fetch | Do::UidFetch | Do::Replace => 'O',
        }
    }

    const fn state(self) -> State {
        match self {
            Self { over: true, .. } => State::Closed,
            Self { user: false, .. } => State::NotAuthenticated,
            Self { mailbox: false, .. } => State::Authenticated,
            _ => State::Selected,
        }
    }
}

/// The answers, made once.
struct Statuses {
    ok: Status<'static>,
    no: Status<'static>,
    offered: Capabilities<'static>,
    enabled: Response<'static>,
}

/// Runs a step and takes what goes out: the first letter of the answer.
fn run(server: &mut Server, step: Do, statuses: &Statuses) -> char {
    let mut input = step.wire();
    loop {
        let Some(Received { consumed, event }) = server.receive(input).unwrap() else { break };
        let answer = if step.is_refused() { &statuses.no } else { &statuses.ok };
        let (token, status) = match event {
            Event::Close => break,
            Event::Refused { token, status, .. } | Event::Malformed { token, status, .. } => {
                server.finish(token, &status).unwrap();
                input = &input[consumed..];
                continue;
            }
            Event::Command { token, command, .. } => {
                // NOOP gets a NO, which changes nothing.
                if matches!(command.command, Command::Enable(_)) {
                    server.send(&statuses.enabled).unwrap();
                }
                (Some(token), answer)
            }
            Event::StartTls { token, .. } | Event::Compress { token, .. } | Event::AppendEnd { token } => {
                (Some(token), answer)
            }
            Event::Literal { token, .. } if step == Do::AppendRefused => (Some(token), answer),
            Event::Literal { token, .. } => {
                server.accept(token).unwrap();
                (None, answer)
            }
            Event::Authenticate { token, initial_response: None, .. } => {
                server.challenge(token, b"").unwrap();
                input = b"*\r\n";
                continue;
            }
            Event::Authenticate { token, .. } => (Some(token), answer),
            Event::Cancelled { token } => {
                server.finish(token, &status("BAD x")).unwrap();
                (None, answer)
            }
            Event::Idle { token, .. } => {
                server.accept(token).unwrap();
                input = b"DONE\r\n";
                continue;
            }
            Event::Done { token, .. } => (Some(token), answer),
            _ => (None, answer),
        };
        if let Some(token) = token {
            server.finish(token, status).unwrap();
        }
        input = &input[consumed..];
    }
    assert!(input.is_empty() || server.state() == State::Closed, "{step:?}");
    let len = server.transmit().remaining();
    let bytes = server.transmit().copy_to_bytes(len);
    let answer = bytes.split(|&octet| octet == b'\n').find_map(|line| line.strip_prefix(b"a "));
    match server.mode() {
        Mode::StartTls => server.tls_established().unwrap(),
        Mode::Compressing => server.compression_established().unwrap(),
        mode => assert_eq!(mode, Mode::Commands),
    }
    if server.state() != State::Closed && server.capabilities().is_empty() {
        server.advertise(&statuses.offered).unwrap();
    }
    answer.and_then(|line| line.first()).map_or('-', |&letter| char::from(letter))
}

fn walk(server: &Server, model: Model, depth: u32, statuses: &Statuses, path: &mut Vec<Do>, seen: &mut u64) {
    for step in ALL {
        let (mut server, mut model) = (server.clone(), model);
        path.push(step);
        *seen += 1;
        assert_eq!(run(&mut server, step, statuses), model.next(step), "{path:?}");
        let session = &server.session;
        let stands = (server.state(), session.enabled.uidonly, session.is_tls, session.is_compressed);
        if !model.over {
            assert_eq!(stands, (model.state(), model.uidonly, model.tls, model.compressed), "{path:?}");
        }
        // Nothing leads away from the end.
        if depth > 1 && !model.over {
            walk(&server, model, depth - 1, statuses, path, seen);
        }
        path.pop();
    }
}

/// Walks all sequences of up to `depth` steps, each first step by one of two threads.
fn walk_all(depth: u32) -> u64 {
    let mut options = options();
    (options.limits.errors, options.limits.errors_authenticated) = (u32::MAX, u32::MAX);
    let server = Host::new(options, OFFERED).server;
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let server = &server;
            scope.spawn(move || {
                let statuses = Statuses {
                    ok: status("OK x"),
                    no: status("NO x"),
                    offered: capabilities_of(OFFERED),
                    enabled: response("* ENABLED UIDONLY"),
                };
                let mut seen = 0;
                for first in ALL.into_iter().skip(half).step_by(2) {
                    let (mut server, mut model) = (server.clone(), Model::default());
                    assert_eq!(run(&mut server, first, &statuses), model.next(first), "{first:?}");
                    seen += 1;
                    if !model.over {
                        walk(&server, model, depth - 1, &statuses, &mut alloc::vec![first], &mut seen);
                    }
                }
                seen
            })
        });
        halves.map(|half| half.join().unwrap()).iter().sum()
    })
}

/// How many sequences there are of up to `depth` steps, none behind LOGOUT.
fn count(depth: u32) -> u64 {
    (0..depth).map(|length| 24 * 23u64.pow(length)).sum()
}

#[test]
fn all_sequences_of_four_commands_do_as_the_rfcs_say() {
    assert_eq!(walk_all(4), count(4));
}

/// Some minutes in a debug build.
#[test]
#[ignore = "7 million sequences"]
fn all_sequences_of_five_commands_do_as_the_rfcs_say() {
    assert_eq!(walk_all(5), count(5));
}
