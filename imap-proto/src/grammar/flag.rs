//! Flags of messages ([RFC 9051 section 2.3.2](https://www.rfc-editor.org/rfc/rfc9051#section-2.3.2)).

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::error::Expected;
use crate::grammar::class::{ATOM, plain_run};
use crate::options::Leniency;
use crate::wire::{Cx, Fail, IntoOwned, Parsed, Wire, Writer, before, part, plain};

mod list;

pub(crate) use list::flag_list;
pub use list::{Flags, PermanentFlags};

/// The text of a flag or attribute that is in no registry, with the `\` that some begin with.
///
/// `$Label1`, `\XYZ`
///
/// Made by [`Flag::new`] and [`MailboxAttribute::new`](crate::MailboxAttribute::new). Two are equal when they differ in
/// case only.
///
/// RFC 9051 section 2.3.2.
#[derive(Clone)]
pub struct FlagName<'a>(pub(super) Cow<'a, [u8]>);

impl FlagName<'_> {
    /// The octets as they were written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same name, borrowing from nothing.
    pub fn into_owned(self) -> FlagName<'static> {
        FlagName(Cow::Owned(self.0.into_owned()))
    }
}

impl IntoOwned for FlagName<'_> {
    type With<'s> = FlagName<'s>;

    fn into_owned(self) -> FlagName<'static> {
        FlagName::into_owned(self)
    }
}

impl PartialEq for FlagName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for FlagName<'_> {}

impl Hash for FlagName<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.len().hash(state);
        for octet in self.0.iter() {
            state.write_u8(octet.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for FlagName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::grammar::octets::debug(&self.0, f)
    }
}

/// Defines an enum of registered names and what is kept of others. A row is a variant and its text.
macro_rules! flag_names {
    ($(#[$meta:meta])* pub enum $name:ident<'a>, $index:ident {
        $($(#[$doc:meta])* $variant:ident = $text:literal,)*
    } others { $($(#[$other_doc:meta])* $other:ident,)* }) => {
        $crate::wire::part! {
            $(#[$meta])*
            #[non_exhaustive]
            pub enum $name<'a> {
                $($(#[$doc])* $variant,)*
                $($(#[$other_doc])* $other($crate::grammar::flag::FlagName<'a>)),*
            }
        }

        /// The rows by number.
        #[derive(Clone, Copy)]
        enum $index { $($variant),* }

        impl<'a> $name<'a> {
            /// All that are registered.
            #[cfg(test)]
            const REGISTERED: &'static [$name<'static>] = &[$($name::$variant),*];

            /// Takes the text of one, letters in either case.
            ///
            /// # Errors
            /// Text that is none, and where.
            pub fn new(text: &'a str) -> Result<Self, $crate::error::ValueError> {
                $crate::wire::exact(text.as_bytes(), $crate::options::Dialect::STRICT)
                    .map_err(|error| error.in_field(stringify!($name)))
            }

            /// The text, registered ones as their RFC writes them.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $text.as_bytes(),)*
                    $(Self::$other(name) => name.as_bytes(),)*
                }
            }

            /// The registered one at the front of a list, in the spelling of its RFC, and what follows it.
            #[inline(always)] // what is skipped needs no value
            #[allow(non_upper_case_globals)] // the row's only name
            fn known(input: &[u8]) -> Option<(&[u8], Self)> {
                mod fronts {
                    $(pub(super) const $variant: u32 = $crate::registry::front($text.as_bytes());)*
                }
                match u32::from_le_bytes(*input.first_chunk()?) & 0x00ff_ffff {
                    $(fronts::$variant if let Some(rest @ [b' ' | b')', ..]) = input.strip_prefix($text.as_bytes()) =>
                        Some((rest, Self::$variant)),)*
                    _ => None,
                }
            }

            /// What `text` is, when it is registered.
            #[inline]
            fn registered(text: &[u8]) -> Option<Self> {
                #[allow(non_upper_case_globals)]
                mod keys {
                    use $crate::wire::{Key, key};
                    $(pub(super) const $variant: Option<Key> = key($text.as_bytes());)*
                }
                let found = match $crate::wire::key(text) {
                    None => return None,
                    $(keys::$variant => Self::$variant,)*
                    _ => return None,
                };
                // Keys take letters, digits and hyphens apart, and `$`, but not `\` and `|`.
                (text.first() == found.as_bytes().first()).then_some(found)
            }

            /// The bit of a registered one, none for others.
            pub(super) const fn bit(&self) -> u64 {
                match self {
                    $(Self::$variant => 1 << $index::$variant as u64,)*
                    $(Self::$other(_) => 0,)*
                }
            }
        }
    };
}
pub(crate) use flag_names;

flag_names! {
    /// A flag of a message.
    ///
    /// `\Seen`, `$Forwarded`, `Work`
    ///
    /// Without regard to case: RFC 8621 section 4.1.1. System flags are RFC 9051's, keywords those of the IANA registry
    /// of IMAP and JMAP keywords that are not for JMAP alone. RFC 9051 section 9 (`flag`).
    pub enum Flag<'a>, Index {
        /// The message has been read.
        Seen = "\\Seen",
        /// It has been answered.
        Answered = "\\Answered",
        /// It is marked for attention.
        Flagged = "\\Flagged",
        /// EXPUNGE will remove it.
        Deleted = "\\Deleted",
        /// It is not finished.
        Draft = "\\Draft",
        /// This session is the first to be told of it. Servers only; RFC 3501 section 2.3.2.
        Recent = "\\Recent",
        /// A disposition notification was sent for it. RFC 3503.
        MdnSent = "$MDNSent",
        /// It has been forwarded. RFC 5550 section 5.9.
        Forwarded = "$Forwarded",
        /// It is being submitted. RFC 5550 section 5.10.
        SubmitPending = "$SubmitPending",
        /// It has been submitted. RFC 5550 section 5.10.
        Submitted = "$Submitted",
        /// Junk, say users. RFC 9051 section 2.3.2.
        Junk = "$Junk",
        /// No junk, say users. RFC 9051 section 2.3.2.
        NotJunk = "$NotJunk",
        /// Likely phishing. RFC 9051 section 2.3.2.
        Phishing = "$Phishing",
        /// Likely important to the user. RFC 8457 section 2.
        Important = "$Important",
        /// Sent without the user, such as a vacation notice. RFC 9979.
        AutoSent = "$autosent",
        /// There is a way to unsubscribe that is known to work. RFC 9979.
        CanUnsubscribe = "$canunsubscribe",
        /// Tell the user of answers in its thread. RFC 9979.
        Followed = "$followed",
        /// It has an attachment. RFC 9979.
        HasAttachment = "$hasattachment",
        /// There is a memo on it. RFC 9979.
        HasMemo = "$hasmemo",
        /// It has no attachment. RFC 9979.
        HasNoAttachment = "$hasnoattachment",
        /// It comes from another system. RFC 9979.
        Imported = "$imported",
        /// Its author is known to be who it says. RFC 9979.
        IsTrusted = "$istrusted",
        /// The first bit of its colour. RFC 9979.
        MailFlagBit0 = "$MailFlagBit0",
        /// The second bit of its colour. RFC 9979.
        MailFlagBit1 = "$MailFlagBit1",
        /// The third bit of its colour. RFC 9979.
        MailFlagBit2 = "$MailFlagBit2",
        /// It came for an address that was made up for its sender. RFC 9979.
        MaskedEmail = "$maskedemail",
        /// A note of the user's on another. RFC 9979.
        Memo = "$memo",
        /// Tell the user nothing of its thread. RFC 9979.
        Muted = "$muted",
        /// To be shown as new. RFC 9979.
        New = "$new",
        /// Tell the user of it. RFC 9979.
        Notify = "$notify",
        /// The user has unsubscribed from its list. RFC 9979.
        Unsubscribed = "$unsubscribed",
    } others {
        /// Another keyword. RFC 9051 section 9 (`flag-keyword`).
        Keyword,
        /// Another flag with a `\`. RFC 9051 section 9 (`flag-extension`).
        Extension,
    }
}

impl Flag<'_> {
    /// Whether servers know it without being told: one of [`SystemFlags`].
    pub fn is_system(&self) -> bool {
        self.bit() & SystemFlags::ALL != 0
    }
}

/// ```abnf
/// flag           = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension
/// flag-keyword   = atom
/// flag-extension = "\" atom
/// flag-fetch     = flag / "\Recent"
/// ```
impl<'a> Wire<'a> for Flag<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match Self::known(input) {
            Some(read) => Ok(read),
            None => {
                let (rest, text) = text(input, cx, cx.tolerates(Leniency::FLAG_STAR))?;
                Ok((rest, Self::of(text)))
            }
        }
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match Self::known(input) {
            Some((rest, _)) => Ok((rest, ())),
            None => text(input, cx, cx.tolerates(Leniency::FLAG_STAR)).map(|(rest, _)| (rest, ())),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_bytes());
    }
}

impl<'a> Flag<'a> {
    #[inline]
    fn of(text: &'a [u8]) -> Self {
        match text {
            [b'\\' | b'$', ..] if let Some(flag) = Self::registered(text) => flag,
            [b'\\', ..] => Self::Extension(FlagName(Cow::Borrowed(text))),
            _ => Self::Keyword(FlagName(Cow::Borrowed(text))),
        }
    }
}

/// The text of a flag or attribute; `star` when it may be `\*`.
#[inline(never)] // most are known
pub(super) fn text(input: &[u8], cx: Cx, star: bool) -> Parsed<'_, &[u8]> {
    let name = match input {
        [b'\\', name @ ..] => name,
        _ => input,
    };
    let mut rest = plain_run(name, ATOM).1;
    if cx.tolerates(Leniency::LOOSE_FLAG) && !matches!(rest, [b' ' | b')', ..]) {
        rest = loose(rest);
    }
    match before(input, rest) {
        b"\\*" if star => Ok((rest, before(input, rest))),
        // Strictly, nothing was read behind the `\`.
        b"\\" if star && let [b'*', rest @ ..] = rest => Ok((rest, before(input, rest))),
        b"" | b"\\" | b"\\*" => Fail::at(name, Expected::Flag),
        text => Ok((rest, text)),
    }
}

/// What follows a run without spaces, parentheses, quotes, controls and `{`, which could begin a literal.
#[cold]
fn loose(input: &[u8]) -> &[u8] {
    let stops = |octet: &u8| matches!(octet, 0..=b' ' | b'(' | b')' | b'"' | b'{' | 127);
    let end = input.iter().position(stops).unwrap_or(input.len());
    input.get(end..).unwrap_or_default()
}

part! {
    /// A flag that clients can change for good, or that they can make up more.
    ///
    /// `\Seen`, `\*`
    ///
    /// RFC 9051 section 9 (`flag-perm`).
    pub enum FlagPerm<'a> {
        /// A flag.
        Flag(Flag<'a>),
        /// `\*`: new keywords can be made by using them.
        Any,
    }
}

impl FlagPerm<'_> {
    /// The bit of `\*`; there are fewer flags.
    const ANY: u64 = 1 << 63;

    /// The bit of a registered flag or of `\*`, none for others.
    const fn bit(&self) -> u64 {
        match self {
            Self::Flag(flag) => flag.bit(),
            Self::Any => Self::ANY,
        }
    }
}

/// ```abnf
/// flag-perm = flag / "\*"
/// ```
impl<'a> Wire<'a> for FlagPerm<'a> {
    #[inline(always)] // of what is known only the bit is needed
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let Some((rest, flag)) = Flag::known(input) {
            return Ok((rest, Self::Flag(flag)));
        }
        let (rest, text) = text(input, cx, true)?;
        Ok((rest, if text == b"\\*" { Self::Any } else { Self::Flag(Flag::of(text)) }))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match Flag::known(input) {
            Some((rest, _)) => Ok((rest, ())),
            None => text(input, cx, true).map(|(rest, _)| (rest, ())),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Flag(flag) => flag.encode(out),
            Self::Any => out.put("\\*"),
        }
    }
}

/// System flags, as a set.
///
/// ```
/// use imap_proto::{Flag, Flags, SystemFlags};
///
/// let flags = Flags::from([Flag::Seen, Flag::Forwarded]);
/// assert!(flags.system().contains(SystemFlags::SEEN));
/// assert!(!flags.system().contains(SystemFlags::DELETED));
/// ```
///
/// RFC 9051 section 2.3.2.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SystemFlags(u8);

plain!(SystemFlags);

impl SystemFlags {
    /// `\Seen`.
    pub const SEEN: Self = Self(1 << Index::Seen as u8);
    /// `\Answered`.
    pub const ANSWERED: Self = Self(1 << Index::Answered as u8);
    /// `\Flagged`.
    pub const FLAGGED: Self = Self(1 << Index::Flagged as u8);
    /// `\Deleted`.
    pub const DELETED: Self = Self(1 << Index::Deleted as u8);
    /// `\Draft`.
    pub const DRAFT: Self = Self(1 << Index::Draft as u8);
    /// `\Recent`.
    pub const RECENT: Self = Self(1 << Index::Recent as u8);
    /// None of them.
    pub const NONE: Self = Self(0);

    const ALL: u64 = 0x3f;

    /// Those among the bits of flags.
    const fn of(bits: u64) -> Self {
        Self((bits & Self::ALL) as u8)
    }

    /// What either set has.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether this set has all that `other` has.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether this set has nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags in this set.
    pub fn iter(self) -> impl Iterator<Item = Flag<'static>> {
        use Flag::{Answered, Deleted, Draft, Flagged, Recent, Seen};
        let all = [Seen, Answered, Flagged, Deleted, Draft, Recent];
        all.into_iter().filter(move |flag| u64::from(self.0) & flag.bit() != 0)
    }
}

impl fmt::Debug for SystemFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
pub(crate) mod tests;
