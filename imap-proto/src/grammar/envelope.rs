//! ENVELOPE ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

mod display;

use crate::grammar::class::{close, open, space};
use crate::grammar::string::IString;
use crate::list::{Adjacent, List, OrNil};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// The header of a message in brief.
    ///
    /// `("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "minutes" (("Terry Gray" NIL "gray" "example.com")) NIL NIL NIL NIL NIL NIL
    /// "<B27397@example.com>")`
    ///
    /// The default has nothing in any field. Fields are as they stand in the header: encoded words are not decoded, and dates
    /// not looked at. RFC 9051 section 7.5.2 (`envelope`).
    #[derive(Default)]
    pub struct Envelope<'a> {
        /// `Date`.
        pub date: Option<IString<'a>>,
        /// `Subject`.
        pub subject: Option<IString<'a>>,
        /// `From`.
        pub from: Addresses<'a>,
        /// `Sender`; servers give `From` again where it is missing.
        pub sender: Addresses<'a>,
        /// `Reply-To`; servers give `From` again where it is missing.
        pub reply_to: Addresses<'a>,
        /// `To`.
        pub to: Addresses<'a>,
        /// `Cc`.
        pub cc: Addresses<'a>,
        /// `Bcc`.
        pub bcc: Addresses<'a>,
        /// `In-Reply-To`.
        pub in_reply_to: Option<IString<'a>>,
        /// `Message-ID`.
        pub message_id: Option<IString<'a>>,
    }
}

/// ```abnf
/// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
///            env-in-reply-to SP env-message-id ")"
/// env-from = "(" 1*address ")" / nil
/// ```
impl<'a> Wire<'a> for Envelope<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = open(input, cx)?;
        let (rest, date) = Wire::parse(rest, cx)?;
        let (rest, subject) = next(rest, cx, Wire::parse)?;
        let (rest, from) = next(rest, cx, OrNil::parse)?;
        let (rest, sender) = next(rest, cx, OrNil::parse)?;
        let (rest, reply_to) = next(rest, cx, OrNil::parse)?;
        let (rest, to) = next(rest, cx, OrNil::parse)?;
        let (rest, cc) = next(rest, cx, OrNil::parse)?;
        let (rest, bcc) = next(rest, cx, OrNil::parse)?;
        let (rest, in_reply_to) = next(rest, cx, Wire::parse)?;
        let (rest, message_id) = next(rest, cx, Wire::parse)?;
        let (rest, ()) = close(rest, cx)?;
        let envelope = Self { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id };
        Ok((rest, envelope))
    }

    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let string = <Option<IString<'a>> as Wire<'a>>::skip;
        let addresses = <OrNil as Via<'a, Addresses<'a>>>::skip;
        let (rest, ()) = open(input, cx)?;
        let (rest, ()) = string(rest, cx)?;
        let (mut rest, ()) = next(rest, cx, string)?;
        for _ in ["from", "sender", "reply-to", "to", "cc", "bcc"] {
            (rest, ()) = next(rest, cx, addresses)?;
        }
        let (rest, ()) = next(rest, cx, string)?;
        let (rest, ()) = next(rest, cx, string)?;
        close(rest, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.date.encode(out);
        out.put(" ");
        self.subject.encode(out);
        for addresses in [&self.from, &self.sender, &self.reply_to, &self.to, &self.cc, &self.bcc] {
            out.put(" ");
            OrNil::encode(addresses, out);
        }
        out.put(" ");
        self.in_reply_to.encode(out);
        out.put(" ");
        self.message_id.encode(out);
        out.put(")");
    }
}

/// A space and a field; nothing at all where the envelope ends early and that is tolerated.
#[inline]
fn next<'a, T: Default>(
    input: &'a [u8],
    cx: Cx,
    read: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, T>,
) -> Parsed<'a, T> {
    match space(input, cx) {
        Ok((rest, ())) => read(rest, cx),
        Err(_) if matches!(input, [b')', ..]) && cx.tolerates(Leniency::SHORT_ENVELOPE) => {
            Ok((input, T::default()))
        }
        Err(error) => Err(error),
    }
}

/// The addresses of one field of an [`Envelope`], with marks where groups begin and end. None of them is `NIL` on the wire.
///
/// `(("Terry Gray" NIL "gray" "example.com")(NIL NIL "klensin" "example.org"))`
///
/// Its `Display` is how the field looks in a header:
///
/// ```
/// use imap_proto::{Address, Addresses, IString};
///
/// let addresses: Addresses<'_> =
///     [Address::group("undisclosed-recipients")?, Address::GROUP_END, Address::new("imap", "example.com")?].into();
/// assert_eq!(addresses.to_string(), "undisclosed-recipients:;, imap@example.com");
/// # Ok::<(), imap_proto::ValueError>(())
/// ```
///
/// RFC 9051 section 7.5.2.
pub type Addresses<'a> = List<'a, Address<'a>, Adjacent>;

impl<'a> List<'a, Address<'a>, Adjacent> {
    /// The addresses that are no marks, each with the group it is in.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        let mut group = None;
        self.iter().filter_map(move |address| {
            if address.is_group_start() || address.is_group_end() {
                group = address.mailbox;
                return None;
            }
            Some(Member { group: group.clone(), address })
        })
    }
}

part! {
    /// An address and the group it is in: what [`Addresses`] come to without marks.
    ///
    /// RFC 9051 section 7.5.2.
    pub struct Member<'a> {
        /// The name of the group.
        pub group: Option<IString<'a>>,
        /// The address.
        pub address: Address<'a>,
    }
}

part! {
    /// An address, or the mark where a group of them begins or ends.
    ///
    /// `("Terry Gray" NIL "gray" "example.com")`, `(NIL NIL "undisclosed-recipients" NIL)`, `(NIL NIL NIL NIL)`
    ///
    /// Its `Display` is how it looks in a header: `Terry Gray <gray@example.com>`. RFC 9051 section 7.5.2 (`address`).
    pub struct Address<'a> {
        /// The name of who is there, without quotes; encoded words are not decoded.
        pub name: Option<IString<'a>>,
        /// A source route, which nobody writes any more.
        pub adl: Option<IString<'a>>,
        /// What stands before the `@`, without quotes; the name of a group that begins; none where a group ends.
        pub mailbox: Option<IString<'a>>,
        /// What stands behind the `@`; none where a group begins or ends.
        pub host: Option<IString<'a>>,
    }
}

impl<'a> Address<'a> {
    /// `(NIL NIL NIL NIL)`: the end of a group.
    pub const GROUP_END: Self = Self { name: None, adl: None, mailbox: None, host: None };

    /// `(NIL NIL "gray" "example.com")`: an address without a name.
    ///
    /// # Errors
    /// There is a NUL in it.
    pub fn new(
        mailbox: impl Into<crate::Octets<'a>>,
        host: impl Into<crate::Octets<'a>>,
    ) -> Result<Self, crate::ValueError> {
        let (mailbox, host) = (Some(IString::new(mailbox)?), Some(IString::new(host)?));
        Ok(Self { name: None, adl: None, mailbox, host })
    }

    /// `(NIL NIL "friends" NIL)`: the start of a group.
    ///
    /// # Errors
    /// There is a NUL in it.
    pub fn group(name: impl Into<crate::Octets<'a>>) -> Result<Self, crate::ValueError> {
        Ok(Self { name: None, adl: None, mailbox: Some(IString::new(name)?), host: None })
    }

    /// The same, with a name.
    ///
    /// # Errors
    /// There is a NUL in it.
    pub fn with_name(self, name: impl Into<crate::Octets<'a>>) -> Result<Self, crate::ValueError> {
        Ok(Self { name: Some(IString::new(name)?), ..self })
    }

    /// Whether this is the mark where a group begins.
    pub fn is_group_start(&self) -> bool {
        self.host.is_none() && self.mailbox.is_some()
    }

    /// Whether this is the mark where a group ends.
    pub fn is_group_end(&self) -> bool {
        self.host.is_none() && self.mailbox.is_none()
    }
}

/// ```abnf
/// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
/// ```
impl<'a> Wire<'a> for Address<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = open(input, cx)?;
        let (rest, name) = Wire::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, adl) = Wire::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, mailbox) = Wire::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, host) = Wire::parse(rest, cx)?;
        let (rest, ()) = close(rest, cx)?;
        Ok((rest, Self { name, adl, mailbox, host }))
    }

    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        let string = <Option<IString<'a>> as Wire<'a>>::skip;
        let (rest, ()) = open(input, cx)?;
        let (mut rest, ()) = string(rest, cx)?;
        for _ in ["adl", "mailbox", "host"] {
            (rest, ()) = space(rest, cx)?;
            (rest, ()) = string(rest, cx)?;
        }
        close(rest, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.name.encode(out);
        for field in [&self.adl, &self.mailbox, &self.host] {
            out.put(" ");
            field.encode(out);
        }
        out.put(")");
    }
}

#[cfg(test)]
pub(crate) mod tests;
