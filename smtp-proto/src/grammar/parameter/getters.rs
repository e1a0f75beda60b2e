//! What the parameters of MAIL and RCPT say, one by one.

use super::{MailParameter, OtherParameter, Parameters, RcptParameter};
use crate::ehlo::Extension;
use crate::ext::{
    AltAddress, AuthSender, BodyKind, DeliverBy, Envid, HoldFor, HoldUntil, Notify, OriginalRecipient,
    Priority, Ret, Rrvs, SolicitationKeywords, Submitter, Tracking, TransId, VerpDelimiters,
};
use crate::registry::Rows;

/// A getter is a row; it finds its parameter anew each time.
macro_rules! getters {
    ($parameter:ident {
        $($(#[$meta:meta])* $getter:ident: $variant:ident($type:ty);)*
    } questions {
        $($(#[$flag_meta:meta])* $flag:ident: $flag_variant:ident;)*
    }) => {
        impl<'a> Parameters<'a, $parameter<'a>> {
            $($(#[$meta])* pub fn $getter(&self) -> Option<$type> {
                self.iter().find_map(|parameter| match parameter {
                    $parameter::$variant(value) => Some(value),
                    _ => None,
                })
            })*

            $($(#[$flag_meta])* pub fn $flag(&self) -> bool {
                self.iter().any(|parameter| matches!(parameter, $parameter::$flag_variant))
            })*
        }
    };
}

getters! {
    MailParameter {
        /// SIZE: about how many octets the message has (RFC 1870).
        size: Size(u64);
        /// RET: how much of the message a report of its failure returns (RFC 3461).
        ret: Ret(Ret);
        /// ENVID: what the sender calls the message (RFC 3461).
        envid: Envid(Envid<'_>);
        /// AUTH: who submitted the message, as the client says (RFC 4954).
        auth: Auth(AuthSender<'_>);
        /// SOLICIT: what the message solicits (RFC 3865).
        solicit: Solicit(SolicitationKeywords<'_>);
        /// BY: how soon the message is to be delivered (RFC 2852).
        by: By(DeliverBy);
        /// TRANSID: by what name to go on with the message after an interruption (RFC 1845).
        trans_id: TransId(TransId<'_>);
        /// HOLDFOR: how long the message is held (RFC 4865). There is never HOLDUNTIL, too.
        hold_for: HoldFor(HoldFor);
        /// HOLDUNTIL: until when the message is held (RFC 4865). There is never HOLDFOR, too.
        hold_until: HoldUntil(HoldUntil);
        /// MTRK: how the message can be tracked (RFC 3885).
        mtrk: Mtrk(Tracking<'_>);
        /// SUBMITTER: who is responsible for the message, as the client says (RFC 4405).
        submitter: Submitter(Submitter<'_>);
        /// MT-PRIORITY: how urgent the message is (RFC 6710).
        mt_priority: MtPriority(Priority);
        /// ALT-ADDRESS: the sender's address in ASCII (RFC 5336).
        alt_address: AltAddress(AltAddress<'_>);
        /// XVERP: whether return addresses tell recipients apart, and by what if not as the server sees fit (Postfix).
        xverp: Xverp(Option<VerpDelimiters>);
    } questions {
        /// Whether SMTPUTF8 is there: the message or its envelope needs UTF-8 (RFC 6531).
        is_smtputf8: SmtpUtf8;
        /// Whether REQUIRETLS is there: TLS all the way, or no delivery (RFC 8689).
        is_requiretls: RequireTls;
        /// Whether CONPERM is there: relays may convert the message (RFC 4141).
        is_conperm: ConPerm;
        /// Whether PRDR is there: one reply per recipient is wanted (draft-hall-prdr).
        is_prdr: Prdr;
    }
}

getters! {
    RcptParameter {
        /// NOTIFY: what to report (RFC 3461).
        notify: Notify(Notify);
        /// ORCPT: whom the sender wrote to (RFC 3461).
        orcpt: Orcpt(OriginalRecipient<'_>);
        /// RRVS: since when the mailbox has to be theirs (RFC 7293).
        rrvs: Rrvs(Rrvs);
        /// ALT-ADDRESS: the recipient's address in ASCII (RFC 5336).
        alt_address: AltAddress(AltAddress<'_>);
    } questions {
        /// Whether CONNEG is there: what they can show is to be told (RFC 4141).
        is_conneg: ConNeg;
    }
}

impl<'a> Parameters<'a, MailParameter<'a>> {
    /// BODY: which octets the message is made of (RFC 6152, RFC 3030); without it, 7BIT.
    pub fn body(&self) -> BodyKind {
        let body = self.iter().find_map(|parameter| match parameter {
            MailParameter::Body(body) => Some(body),
            _ => None,
        });
        body.unwrap_or_default()
    }
}

impl MailParameter<'_> {
    /// The extension that a server has to announce before a client sends this; `None` for what this crate does not
    /// know.
    pub fn extension(&self) -> Option<Extension> {
        match self {
            Self::Body(BodyKind::BinaryMime) => Some(Extension::BinaryMime),
            Self::Other(other) if !Self::has_row(other.keyword().as_bytes()) => private_extension(other),
            _ => extension_of(self.keyword()),
        }
    }
}

impl RcptParameter<'_> {
    /// The extension that a server has to announce before a client sends this; `None` for what this crate does not
    /// know.
    pub fn extension(&self) -> Option<Extension> {
        match self {
            Self::Other(other) if !Self::has_row(other.keyword().as_bytes()) => private_extension(other),
            _ => extension_of(self.keyword()),
        }
    }
}

/// The extension of a parameter that has a row, whether its value was read or not.
fn extension_of(keyword: &str) -> Option<Extension> {
    const OTHER_NAMES: [(&str, Extension); 11] = [
        ("BODY", Extension::EightBitMime),
        ("RET", Extension::Dsn),
        ("ENVID", Extension::Dsn),
        ("NOTIFY", Extension::Dsn),
        ("ORCPT", Extension::Dsn),
        ("SOLICIT", Extension::NoSoliciting),
        ("BY", Extension::DeliverBy),
        ("TRANSID", Extension::Checkpoint),
        ("HOLDFOR", Extension::FutureRelease),
        ("HOLDUNTIL", Extension::FutureRelease),
        ("ALT-ADDRESS", Extension::Utf8Smtp),
    ];
    let other = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(keyword));
    // The rest have the name of their extension.
    other.map_or_else(|| Extension::of(keyword.as_bytes()), |&(_, extension)| Some(extension))
}

/// What Exchange announces under the name of the parameter: XOORG, XRDST and others.
fn private_extension(parameter: &OtherParameter<'_>) -> Option<Extension> {
    let keyword = parameter.keyword().as_bytes();
    Extension::of(keyword).filter(|_| matches!(keyword, [b'X' | b'x', ..]))
}
