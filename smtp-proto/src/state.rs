//! The order of a session: the only transition table of the crate.
//!
//! It knows no role. The server asks it whether a command may come now and moves when it has answered; the client asks
//! whether a command may be sent and moves when the answer has come. What depends on more than the order (what EHLO
//! offered, TLS, who has logged in, sizes) is judged beside it.

use crate::command::Command;

/// Where a session stands.
///
/// What brings it where, `·` for what may not happen there; the reason is a [`Refusal`]:
///
/// |               | Greeting | Fresh  | Ready    | Mail   | Rcpt   | Data   | Bdat   | Auth   | StartTls | Rejected | Closed |
/// |---------------|----------|--------|----------|--------|--------|--------|--------|--------|----------|----------|--------|
/// | Greeting      | Fresh    | ·      | ·        | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Rejection     | Rejected | ·      | ·        | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Hello         | ·        | Ready  | Ready    | Ready  | Ready  | ·      | Ready  | ·      | ·        | ·        | ·      |
/// | Mail          | ·        | ·      | Mail     | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Rcpt          | ·        | ·      | ·        | Rcpt   | Rcpt   | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Data          | ·        | ·      | ·        | ·      | Data   | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Chunk         | ·        | ·      | ·        | ·      | Bdat   | ·      | Bdat   | ·      | ·        | ·        | ·      |
/// | LastChunk     | ·        | ·      | ·        | ·      | Ready  | ·      | Ready  | ·      | ·        | ·        | ·      |
/// | MessageEnd    | ·        | Fresh  | Ready    | Ready  | Ready  | Ready  | Ready  | ·      | ·        | Rejected | ·      |
/// | Reset         | ·        | Fresh  | Ready    | Ready  | Ready  | ·      | Ready  | ·      | ·        | ·        | ·      |
/// | Auth          | ·        | ·      | Auth     | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | AuthEnd       | ·        | ·      | Ready    | ·      | ·      | ·      | ·      | Ready  | ·        | ·        | ·      |
/// | StartTls      | ·        | ·      | StartTls | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | TlsEstablished| Greeting | ·      | ·        | ·      | ·      | ·      | ·      | ·      | Fresh    | ·        | ·      |
/// | Restart       | ·        | ·      | Fresh    | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Between       | ·        | ·      | Ready    | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Turn          | ·        | ·      | Closed   | ·      | ·      | ·      | ·      | ·      | ·        | ·        | ·      |
/// | Anytime       | ·        | Fresh  | Ready    | Mail   | Rcpt   | ·      | Bdat   | ·      | ·        | ·        | ·      |
/// | Quit          | ·        | Closed | Closed   | Closed | Closed | ·      | Closed | ·      | ·        | Closed   | ·      |
/// | Close         | Closed   | Closed | Closed   | Closed | Closed | Closed | Closed | Closed | Closed   | Closed   | Closed |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// The server has not greeted yet.
    Greeting,
    /// Greeted, or TLS was established: EHLO comes first.
    Fresh,
    /// Between transactions.
    Ready,
    /// MAIL was accepted, and no recipient yet.
    Mail,
    /// At least one recipient was accepted.
    Rcpt,
    /// DATA was answered 354: the body is on its way.
    Data,
    /// A chunk was accepted, and the last one is to come.
    Bdat,
    /// In an AUTH exchange.
    Auth,
    /// STARTTLS was answered 220: a TLS handshake comes next.
    StartTls,
    /// The server greeted with 554: it only waits for QUIT (RFC 5321 section 3.1).
    Rejected,
    /// Over.
    Closed,
}

/// What happens in a session. A command happens when it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// The server greets with 220.
    Greeting,
    /// The server greets with 554.
    Rejection,
    /// EHLO, HELO, LHLO.
    Hello,
    /// MAIL, SEND, SOML, SAML.
    Mail,
    Rcpt,
    /// DATA answered 354.
    Data,
    /// BDAT or BURL, more to come.
    Chunk,
    /// BDAT or BURL with LAST.
    LastChunk,
    /// The end of data was answered, with whatever code, or a chunk was refused.
    MessageEnd,
    /// RSET.
    Reset,
    /// An AUTH exchange begins.
    Auth,
    /// It has ended, with whatever code.
    AuthEnd,
    StartTls,
    TlsEstablished,
    /// XCLIENT: 220 is a greeting.
    Restart,
    /// What is allowed between transactions only: ETRN, XFORWARD.
    Between,
    /// TURN, ATRN: client and server change roles, which ends this session.
    Turn,
    /// NOOP, VRFY, EXPN, HELP, and what this crate does not know.
    Anytime,
    Quit,
    /// 421, the end of the input, or what cannot be recovered from.
    Close,
}

/// Why something may not happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The server has not greeted.
    #[error("not greeted yet")]
    NotGreeted,
    /// EHLO must come first.
    #[error("EHLO comes first")]
    HelloFirst,
    /// MAIL must come first.
    #[error("MAIL comes first")]
    MailFirst,
    /// A recipient must have been accepted first.
    #[error("no valid recipients")]
    RcptFirst,
    /// There is a transaction, which RSET ends.
    #[error("not in a mail transaction")]
    InTransaction,
    /// The message is being sent by BDAT.
    #[error("the message is being sent by BDAT")]
    InChunks,
    /// A body, an AUTH exchange or a TLS handshake comes next.
    #[error("something else is going on")]
    Busy,
    /// That has no beginning which it could end.
    #[error("there is nothing to end")]
    NotOpen,
    /// The server wants no mail from this client.
    #[error("only QUIT is allowed")]
    OnlyQuit,
    /// The session is over.
    #[error("the session is over")]
    Closed,
}

impl Trigger {
    /// What `command` is to the session.
    pub(crate) fn of(command: &Command<'_>) -> Self {
        match command {
            Command::Ehlo(_) | Command::Helo(_) | Command::Lhlo(_) => Self::Hello,
            Command::Mail(_) | Command::Send(_) | Command::Soml(_) | Command::Saml(_) => Self::Mail,
            Command::Rcpt(_) => Self::Rcpt,
            Command::Data => Self::Data,
            Command::Bdat(bdat) if bdat.is_last() => Self::LastChunk,
            Command::Bdat(_) => Self::Chunk,
            Command::Rset => Self::Reset,
            Command::Auth(_) => Self::Auth,
            Command::StartTls => Self::StartTls,
            Command::Burl(burl) if burl.is_last() => Self::LastChunk,
            Command::Burl(_) => Self::Chunk,
            Command::XClient(_) => Self::Restart,
            Command::Etrn(_) | Command::XForward(_) => Self::Between,
            Command::Turn | Command::Atrn(_) => Self::Turn,
            Command::Quit => Self::Quit,
            Command::Noop(_)
            | Command::Vrfy(_)
            | Command::Expn(_)
            | Command::Help(_)
            | Command::Verb(_)
            | Command::Onex
            | Command::Other(_) => Self::Anytime,
        }
    }
}

impl State {
    /// Where `trigger` leads from here, or why it cannot happen.
    #[rustfmt::skip]
    pub(crate) const fn on(self, trigger: Trigger) -> Result<Self, Refusal> {
        use State::{Auth, Bdat, Closed, Data, Fresh, Greeting, Mail, Rcpt, Ready, Rejected, StartTls};
        use Trigger as T;
        match (self, trigger) {
            (Greeting | Fresh | Ready | Mail | Rcpt | Data | Bdat | Auth | StartTls | Rejected | Closed, T::Close) => Ok(Closed),

            (Greeting, T::Greeting) => Ok(Fresh),
            (Greeting, T::Rejection) => Ok(Rejected),
            // TLS from the first octet on, before the greeting.
            (Greeting, T::TlsEstablished) => Ok(Greeting),
            (Greeting, T::Hello | T::Mail | T::Rcpt | T::Data | T::Chunk | T::LastChunk | T::Reset | T::Auth | T::StartTls
                | T::Restart | T::Between | T::Turn | T::Anytime | T::Quit) => Err(Refusal::NotGreeted),
            (Greeting, T::MessageEnd | T::AuthEnd) => Err(Refusal::NotOpen),

            (Fresh, T::Hello) => Ok(Ready),
            // RFC 5321 section 4.1.4: these need no EHLO.
            (Fresh, T::Reset | T::Anytime) => Ok(Fresh),
            (Fresh, T::Quit) => Ok(Closed),
            // Of a chunk that was out of order.
            (Fresh, T::MessageEnd) => Ok(Fresh),
            (Fresh, T::Mail | T::Rcpt | T::Data | T::Chunk | T::LastChunk | T::Auth | T::StartTls | T::Restart
                | T::Between | T::Turn) => Err(Refusal::HelloFirst),
            (Fresh, T::Greeting | T::Rejection | T::AuthEnd | T::TlsEstablished) => Err(Refusal::NotOpen),

            (Ready, T::Hello | T::Reset | T::Between | T::Anytime) => Ok(Ready),
            (Ready, T::Mail) => Ok(Mail),
            (Ready, T::Auth) => Ok(Auth),
            (Ready, T::StartTls) => Ok(StartTls),
            (Ready, T::Restart) => Ok(Fresh),
            (Ready, T::Turn | T::Quit) => Ok(Closed),
            // Of a chunk that was out of order; of an exchange without a challenge.
            (Ready, T::MessageEnd | T::AuthEnd) => Ok(Ready),
            (Ready, T::Rcpt | T::Data | T::Chunk | T::LastChunk) => Err(Refusal::MailFirst),
            (Ready, T::Greeting | T::Rejection | T::TlsEstablished) => Err(Refusal::NotOpen),

            (Mail | Rcpt, T::Rcpt) => Ok(Rcpt),
            (Mail, T::Anytime) => Ok(Mail),
            (Mail, T::Data | T::Chunk | T::LastChunk) => Err(Refusal::RcptFirst),

            (Rcpt, T::Data) => Ok(Data),
            (Rcpt | Bdat, T::Chunk) => Ok(Bdat),
            (Rcpt | Bdat, T::LastChunk) => Ok(Ready),
            (Rcpt, T::Anytime) => Ok(Rcpt),

            // RFC 3030 section 3: no DATA behind BDAT. A recipient would have missed the first chunk.
            (Bdat, T::Rcpt | T::Data) => Err(Refusal::InChunks),
            (Bdat, T::Anytime) => Ok(Bdat),

            (Mail | Rcpt | Bdat, T::Hello | T::Reset | T::MessageEnd) => Ok(Ready),
            (Mail | Rcpt | Bdat, T::Quit) => Ok(Closed),
            (Mail | Rcpt | Bdat, T::Mail | T::Auth | T::StartTls | T::Restart | T::Between | T::Turn) => Err(Refusal::InTransaction),
            (Mail | Rcpt | Bdat, T::Greeting | T::Rejection | T::AuthEnd | T::TlsEstablished) => Err(Refusal::NotOpen),

            (Data, T::MessageEnd) => Ok(Ready),
            (Auth, T::AuthEnd) => Ok(Ready),
            (StartTls, T::TlsEstablished) => Ok(Fresh),
            (Data, T::AuthEnd | T::TlsEstablished) | (Auth, T::MessageEnd | T::TlsEstablished)
                | (StartTls, T::MessageEnd | T::AuthEnd) => Err(Refusal::NotOpen),
            (Data | Auth | StartTls, T::Greeting | T::Rejection) => Err(Refusal::NotOpen),
            (Data | Auth | StartTls, T::Hello | T::Mail | T::Rcpt | T::Data | T::Chunk | T::LastChunk | T::Reset | T::Auth
                | T::StartTls | T::Restart | T::Between | T::Turn | T::Anytime | T::Quit) => Err(Refusal::Busy),

            (Rejected, T::Quit) => Ok(Closed),
            (Rejected, T::MessageEnd) => Ok(Rejected),
            (Rejected, T::Hello | T::Mail | T::Rcpt | T::Data | T::Chunk | T::LastChunk | T::Reset | T::Auth | T::StartTls
                | T::Restart | T::Between | T::Turn | T::Anytime) => Err(Refusal::OnlyQuit),
            (Rejected, T::Greeting | T::Rejection | T::AuthEnd | T::TlsEstablished) => Err(Refusal::NotOpen),

            (Closed, T::Greeting | T::Rejection | T::Hello | T::Mail | T::Rcpt | T::Data | T::Chunk | T::LastChunk
                | T::MessageEnd | T::Reset | T::Auth | T::AuthEnd | T::StartTls | T::TlsEstablished | T::Restart
                | T::Between | T::Turn | T::Anytime | T::Quit) => Err(Refusal::Closed),
        }
    }

    /// Whether MAIL was accepted and the message has not ended.
    pub const fn is_transaction(self) -> bool {
        matches!(self, Self::Mail | Self::Rcpt | Self::Data | Self::Bdat)
    }
}

#[cfg(test)]
mod diagram;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    const STATES: [State; 11] = [
        State::Greeting,
        State::Fresh,
        State::Ready,
        State::Mail,
        State::Rcpt,
        State::Data,
        State::Bdat,
        State::Auth,
        State::StartTls,
        State::Rejected,
        State::Closed,
    ];

    const TRIGGERS: [Trigger; 20] = [
        Trigger::Greeting,
        Trigger::Rejection,
        Trigger::Hello,
        Trigger::Mail,
        Trigger::Rcpt,
        Trigger::Data,
        Trigger::Chunk,
        Trigger::LastChunk,
        Trigger::MessageEnd,
        Trigger::Reset,
        Trigger::Auth,
        Trigger::AuthEnd,
        Trigger::StartTls,
        Trigger::TlsEstablished,
        Trigger::Restart,
        Trigger::Between,
        Trigger::Turn,
        Trigger::Anytime,
        Trigger::Quit,
        Trigger::Close,
    ];

    /// The table in the documentation of [`State`], without its head and its rule.
    fn documented() -> Vec<Vec<String>> {
        let rows = include_str!("state.rs").lines().filter_map(|line| line.strip_prefix("/// |"));
        let cells = |row: &str| row.split('|').map(|cell| String::from(cell.trim())).collect();
        rows.map(cells).collect()
    }

    #[test]
    fn the_documentation_shows_what_the_code_does() {
        let table = documented();
        let head: Vec<String> = STATES.iter().map(|state| format!("{state:?}")).collect();
        assert_eq!(table[0][1..12], head[..]);
        assert_eq!(table.len(), TRIGGERS.len() + 2);
        for (row, trigger) in table[2..].iter().zip(TRIGGERS) {
            assert_eq!(row[0], format!("{trigger:?}"));
            for (cell, state) in row[1..].iter().zip(STATES) {
                let next = state.on(trigger).map_or(String::from("·"), |next| format!("{next:?}"));
                assert_eq!(cell, &next, "{trigger:?} in {state:?}");
            }
        }
    }

    #[test]
    fn the_last_chunk_ends_the_body() {
        for (line, trigger) in [
            ("BDAT 5", Trigger::Chunk),
            ("BDAT 5 LAST", Trigger::LastChunk),
            ("BURL imap://imap.example.org/Drafts", Trigger::Chunk),
            ("BURL imap://imap.example.org/Drafts LAST", Trigger::LastChunk),
        ] {
            let line = format!("{line}\r\n");
            let (_, command) = Command::parse(line.as_bytes(), crate::Dialect::STRICT).unwrap();
            assert_eq!(Trigger::of(&command), trigger, "{line:?}");
        }
    }

    #[test]
    fn the_guide_shows_what_the_code_does() {
        let diagram = diagram::diagram(&STATES, &TRIGGERS, State::on);
        diagram::check_page(&format!(
            "States: the transition table as a diagram.

[`State`](crate::server::State) has the same as a table. What happens in a session is named as in `state.rs`: a command happens when it is
accepted, `MessageEnd` is the answer to a body, `AuthEnd` that to AUTH, `LastChunk` is BDAT LAST, `Between` is ETRN and XFORWARD, `Anytime` is
NOOP, VRFY, EXPN, HELP and what has no name here. What has no arrow is refused where it has none.

{diagram}
A test wrote this from the code, and fails when it differs. rustdoc shows the text of the diagram; GitHub draws it in this file,
`src/guide/states.md`, as any viewer of Mermaid does.
"
        ));
    }

    #[test]
    fn every_pair_keeps_the_rules() {
        for (state, trigger) in STATES.iter().flat_map(|&state| TRIGGERS.map(|trigger| (state, trigger))) {
            let next = state.on(trigger);
            let pair = format!("{trigger:?} in {state:?}");
            // Nothing leaves the end.
            assert!(
                state != State::Closed || trigger == Trigger::Close || next == Err(Refusal::Closed),
                "{pair}"
            );
            // A transaction begins with MAIL only, and a body only with a recipient.
            if next.is_ok_and(State::is_transaction) && !state.is_transaction() {
                assert_eq!((state, trigger), (State::Ready, Trigger::Mail), "{pair}");
            }
            if matches!(next, Ok(State::Data | State::Bdat)) && state != State::Bdat {
                assert_eq!(state, State::Rcpt, "{pair}");
            }
            // TLS forgets: EHLO again.
            if trigger == Trigger::TlsEstablished {
                assert!(
                    !matches!(next, Ok(State::Ready)) && !next.is_ok_and(State::is_transaction),
                    "{pair}"
                );
            }
            // Whatever is said of a message's end, nothing of it is left.
            if trigger == Trigger::MessageEnd {
                assert!(!next.is_ok_and(State::is_transaction), "{pair}");
            }
        }
    }
}
