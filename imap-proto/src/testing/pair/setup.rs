//! What is played: by which rules, and which moves.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

/// One move of the game.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// The client's user does something.
    Client(u8, u8, u8),
    /// The server's user answers one of the open events in one of the ways there are.
    Server {
        event: usize,
        way: u8,
    },
    ToServer(usize),
    ToClient(usize),
    /// Another session changes something.
    Elsewhere(u8, u8),
    /// Everything that is written arrives, everything is accepted, and both sides are compared.
    Settle,
}

/// What the server can do, and what the client makes use of.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) rev2: bool,
    pub(super) utf8: bool,
    pub(super) uidonly: bool,
    pub(super) qresync: bool,
    pub(super) sasl_ir: bool,
    pub(super) literals: usize,
    /// Larger contents are streamed.
    pub(super) inline: usize,
    /// The greeting tells the capabilities, and logs in.
    pub(super) tells: bool,
    pub(super) preauth: bool,
    pub(super) waits: bool,
}

impl Setup {
    pub(super) fn offers(&self) -> String {
        let literals = ["", " LITERAL-", " LITERAL+"][self.literals % 3];
        let rev2 = if self.rev2 { " IMAP4rev2" } else { "" };
        let sasl_ir = if self.sasl_ir { " SASL-IR" } else { "" };
        format!(
            "IMAP4rev1{rev2}{literals}{sasl_ir} ENABLE IDLE UNAUTHENTICATE UIDPLUS MOVE UNSELECT MULTIAPPEND REPLACE BINARY \
             CATENATE CONDSTORE QRESYNC UIDONLY UTF8=ACCEPT ESEARCH AUTH=PLAIN AUTH=LOGIN AUTH=SCRAM-SHA-256"
        )
    }

    pub(super) fn enables(&self) -> String {
        let all = [
            (self.rev2, "IMAP4rev2"),
            (self.utf8, "UTF8=ACCEPT"),
            (self.uidonly, "UIDONLY"),
            (self.qresync, "QRESYNC"),
            (true, "X-UNKNOWN"),
        ];
        let wanted: Vec<_> = all.iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, name)| *name).collect();
        wanted.join(" ")
    }
}

pub(super) fn any_setup() -> impl Strategy<Value = Setup> {
    let flags = any::<[bool; 8]>();
    (flags, 0..3usize, prop_oneof![Just(0), 1..100usize, Just(10_000)]).prop_map(
        |(flags, literals, inline)| {
            let [rev2, utf8, uidonly, qresync, sasl_ir, tells, preauth, waits] = flags;
            // Most have to log in.
            let preauth = preauth && waits;
            Setup { rev2, utf8, uidonly, qresync, sasl_ir, literals, inline, tells, preauth, waits }
        },
    )
}

pub(super) fn any_move() -> impl Strategy<Value = Move> {
    let octets = || prop_oneof![0..60_usize, Just(usize::MAX)];
    prop_oneof![
        12 => any::<(u8, u8, u8)>().prop_map(|(what, a, b)| Move::Client(what, a, b)),
        2 => Just(Move::Settle),
        6 => (0..4_usize, any::<u8>()).prop_map(|(event, way)| Move::Server { event, way }),
        4 => octets().prop_map(Move::ToServer),
        4 => octets().prop_map(Move::ToClient),
        2 => any::<(u8, u8)>().prop_map(|(what, which)| Move::Elsewhere(what, which)),
    ]
}
