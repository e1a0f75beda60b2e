//! What a server knows of its client.

use super::answers::{Answers, Kind};
use super::append::{Append, Forms};
use super::fetch::Streamed;
use super::options::Options;
use super::secrets::Astray;
use crate::append::{AppendData, AppendMessage};
use crate::auth::Mechanism;
use crate::capability::Capabilities;
use crate::framing::{Framer, Side};
use crate::grammar::text::Tag;
use crate::options::{Dialect, Leniency};
use crate::registry::Capability;
use crate::session::Token;
use crate::state::{Mode, State};
use crate::writer::EncodeOptions;

/// All that a client has achieved; TLS replaces it by a new one.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Session {
    pub(super) state: State,
    pub(super) mode: Mode,
    pub(super) reading: Reading,
    pub(super) framer: Framer,
    pub(super) answers: Answers,
    pub(super) offered: Offered,
    pub(super) enabled: Enabled,
    pub(super) exchange: Option<Exchange>,
    pub(super) fetch: Option<Streamed>,
    pub(super) is_tls: bool,
    pub(super) is_compressed: bool,
    /// Bad commands since the connection or the login.
    pub(super) errors: u32,
    /// No line has come yet.
    pub(super) is_first: bool,
    /// The next command waits until all are answered.
    pub(super) waits_for_all: bool,
    /// Literals so far of the command that is read.
    pub(super) arguments: u32,
    /// The tag of a command that is too long to be kept, if it has one; `None` before its first part is skipped.
    pub(super) long_tag: Option<Option<Tag<'static>>>,
    /// IDLE has ended without DONE, which may still come.
    pub(super) awaits_done: bool,
    /// A password may come where a command is due.
    pub(super) astray: Astray,
    /// NOTIFY is in force: EXPUNGE may come at any time.
    pub(super) notifies: bool,
    pub(super) dialect: Dialect,
}

/// What the next octets are.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) enum Reading {
    /// Commands.
    Commands,
    /// A command with messages.
    Append(Append),
    /// The answer to a challenge.
    Answer,
    /// DONE.
    Idle,
}

/// An AUTHENTICATE exchange.
#[derive(Debug)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Exchange {
    pub(super) token: Token,
    pub(super) rounds: u32,
    pub(super) octets: usize,
}

/// What a client has enabled, by ENABLE or otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Enabled {
    /// IMAP4rev2. RFC 9051 section 6.3.1.
    pub rev2: bool,
    /// `UTF8=ACCEPT`. RFC 9755 section 3.
    pub utf8: bool,
    /// CONDSTORE: by ENABLE, or by a command that asks for mod-sequences. RFC 7162 section 3.1.
    pub condstore: bool,
    /// QRESYNC. RFC 7162 section 3.2.3.
    pub qresync: bool,
    /// UIDONLY. RFC 9586 section 3.
    pub uidonly: bool,
}

impl Enabled {
    /// These were enabled, too.
    pub(crate) fn note(&mut self, capabilities: &Capabilities<'_>) {
        for capability in capabilities.iter() {
            match capability {
                Capability::Imap4Rev2 => self.rev2 = true,
                Capability::Utf8Accept => self.utf8 = true,
                Capability::CondStore => self.condstore = true,
                // RFC 7162 section 3.2.3: it has CONDSTORE in it.
                Capability::QResync => (self.qresync, self.condstore) = (true, true),
                Capability::UidOnly => self.uidonly = true,
                _ => {}
            }
        }
    }
}

/// What was advertised.
#[derive(Clone, Debug, Default)]
pub(super) struct Offered {
    pub(super) capabilities: Capabilities<'static>,
    pub(super) rev1: bool,
    pub(super) rev2: bool,
    pub(super) starttls: bool,
    pub(super) login_disabled: bool,
    pub(super) sasl_ir: bool,
    pub(super) idle: bool,
    pub(super) literal_plus: bool,
    pub(super) unauthenticate: bool,
    pub(super) replace: bool,
    /// Of messages in APPEND and REPLACE.
    pub(super) forms: Forms,
}

impl Session {
    pub(super) fn new(options: &Options, state: State, is_tls: bool) -> Self {
        let bare_lf = options.dialect.leniency.contains(Leniency::BARE_LF);
        Self {
            state,
            mode: Mode::Commands,
            reading: Reading::Commands,
            framer: Framer::new(Side::Client).with_bare_lf(bare_lf),
            answers: Answers::default(),
            offered: Offered::default(),
            enabled: Enabled::default(),
            exchange: None,
            fetch: None,
            is_tls,
            is_compressed: false,
            errors: 0,
            is_first: true,
            waits_for_all: false,
            arguments: 0,
            long_tag: None,
            awaits_done: false,
            astray: Astray::Nothing,
            notifies: false,
            dialect: options.dialect,
        }
    }

    /// IMAP4rev2 is in force: it was enabled, or there is nothing else. RFC 9051 appendix A.
    pub(super) fn is_rev2(&self) -> bool {
        self.enabled.rev2 || (self.offered.rev2 && !self.offered.rev1)
    }

    /// How commands are read.
    pub(super) fn dialect(&self) -> Dialect {
        let (utf8, rev2) = (self.dialect.utf8 || self.enabled.utf8, self.dialect.rev2 || self.is_rev2());
        self.dialect.with_utf8(utf8).with_rev2(rev2)
    }

    /// How responses are written.
    pub(super) fn encode_options(&self) -> EncodeOptions {
        EncodeOptions::default().with_utf8(self.enabled.utf8).with_rev2(self.is_rev2())
    }

    /// What nothing that comes now may be read before: a TLS handshake, or the begin of compression.
    pub(super) fn barrier(&self) -> Mode {
        match self.mode {
            Mode::StartTls | Mode::Compressing => self.mode,
            _ => Mode::Commands,
        }
    }

    /// The same, once the command is answered.
    pub(super) fn is_handing_over(&self) -> Mode {
        if self.answers.is_empty() { self.barrier() } else { Mode::Commands }
    }

    /// The command that an answer is due to, when it is of this kind.
    pub(super) fn has_open(&self, kind: Kind) -> bool {
        self.answers.iter().any(|open| open.kind == kind)
    }
}

impl Offered {
    pub(super) fn new(capabilities: Capabilities<'static>) -> Self {
        let mut offered = Self::default();
        for capability in capabilities.iter() {
            match capability {
                Capability::Imap4Rev1 => offered.rev1 = true,
                Capability::Imap4Rev2 => offered.rev2 = true,
                Capability::StartTls => offered.starttls = true,
                Capability::LoginDisabled => offered.login_disabled = true,
                Capability::SaslIr => offered.sasl_ir = true,
                Capability::Idle => offered.idle = true,
                Capability::LiteralPlus => offered.literal_plus = true,
                Capability::Unauthenticate => offered.unauthenticate = true,
                Capability::Replace => offered.replace = true,
                Capability::MultiAppend => offered.forms.several = true,
                Capability::Catenate => offered.forms.catenate = true,
                Capability::Binary => offered.forms.binary = true,
                Capability::Utf8Accept
                | Capability::Utf8Only
                | Capability::Utf8All
                | Capability::Utf8Append => offered.forms.utf8 = true,
                _ => {}
            }
        }
        // RFC 9051 appendix E: part of it.
        offered.sasl_ir |= offered.rev2;
        offered.idle |= offered.rev2;
        offered.capabilities = capabilities;
        offered
    }

    /// Whether messages, or that there are several, need nothing that was not advertised.
    pub(super) fn takes(&self, messages: &[AppendMessage<'_>]) -> bool {
        let is_taken = |message: &AppendMessage<'_>| match &message.data {
            AppendData::Literal(_) => true,
            AppendData::Literal8(_) => self.forms.binary,
            AppendData::Utf8(_) => self.forms.utf8,
            AppendData::Catenate(_) => self.forms.catenate,
        };
        (self.forms.several || messages.len() < 2) && messages.iter().all(is_taken)
    }

    pub(super) fn has_mechanism(&self, mechanism: &Mechanism<'_>) -> bool {
        self.capabilities.mechanisms().any(|offered| offered == *mechanism)
    }

    /// `COMPRESS=` and the name of an algorithm.
    pub(super) fn has_compression(&self, algorithm: &[u8]) -> bool {
        const NAME: &[u8] = b"COMPRESS=";
        self.capabilities.iter().any(|capability| {
            let (name, value) =
                capability.keyword().as_bytes().split_at_checked(NAME.len()).unwrap_or_default();
            name.eq_ignore_ascii_case(NAME) && value.eq_ignore_ascii_case(algorithm)
        })
    }
}
