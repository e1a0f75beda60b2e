//! APPEND ([RFC 9051 section 6.3.12](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.12)), of several messages
//! ([RFC 3502](https://www.rfc-editor.org/rfc/rfc3502)), and what
//! [RFC 4466 section 2.3](https://www.rfc-editor.org/rfc/rfc4466#section-2.3) made of it.

mod head;

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;

pub use self::head::{AppendHead, MessageHead};
pub use crate::registry::AppendExtension;

use crate::error::{Expected, ValueError};
use crate::ext::catenate::Catenate;
use crate::grammar::class::{space, spaces};
use crate::grammar::date::DateTime;
use crate::grammar::flag::Flags;
use crate::grammar::literal::{Literal, Literal8};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::tagged_ext::{TaggedLabel, TaggedValue, label};
use crate::list::{Bare, List};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, key, octet, part};

part! {
    /// Messages, and the mailbox that they are to come to.
    ///
    /// `saved-messages (\Seen) {310}` CRLF and 310 octets
    ///
    /// At least one message and at most [`MAX_MESSAGES`](Self::MAX_MESSAGES); more than one needs MULTIAPPEND. RFC 9051
    /// section 6.3.12, RFC 3502.
    ///
    /// ```
    /// use imap_proto::append::{Append, AppendMessage};
    /// use imap_proto::{Flag, Literal, Mailbox};
    ///
    /// let message = AppendMessage::from(Literal::new("Subject: hi\r\n\r\nhello\r\n")?).with_flags([Flag::Seen].into());
    /// let append = Append::new(Mailbox::new("Drafts")?, message);
    /// assert_eq!(append.messages().len(), 1);
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct Append<'a> {
        /// Where to.
        pub mailbox: Mailbox<'a>,
        messages: Vec<AppendMessage<'a>>,
    }
}

impl<'a> Append<'a> {
    /// The most messages in one command: more are refused.
    pub const MAX_MESSAGES: usize = 1_000;

    /// One message.
    pub fn new(mailbox: Mailbox<'a>, message: AppendMessage<'a>) -> Self {
        Self { mailbox, messages: vec![message] }
    }

    /// Several messages. MULTIAPPEND: RFC 3502.
    ///
    /// # Errors
    /// There are none, or more than [`MAX_MESSAGES`](Self::MAX_MESSAGES).
    pub fn multiple(mailbox: Mailbox<'a>, messages: Vec<AppendMessage<'a>>) -> Result<Self, ValueError> {
        let expected = match messages.len() {
            0 => Expected::Literal,
            1..=Self::MAX_MESSAGES => return Ok(Self { mailbox, messages }),
            _ => Expected::Fewer,
        };
        Err(ValueError { field: "APPEND", expected, offset: 0 })
    }

    /// The messages in order.
    pub fn messages(&self) -> &[AppendMessage<'a>] {
        &self.messages
    }

    /// The messages in order.
    pub fn into_messages(self) -> Vec<AppendMessage<'a>> {
        self.messages
    }
}

/// ```abnf
/// append = "APPEND" SP mailbox 1*(SP append-message)
/// ```
impl<'a> Wire<'a> for Append<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (mut rest, mailbox) = Mailbox::parse(input, cx)?;
        let mut messages = Vec::new();
        loop {
            let start = space(rest, cx)?.0;
            if messages.len() >= Self::MAX_MESSAGES {
                return Fail::at(start, Expected::Fewer);
            }
            let message;
            (rest, message) = AppendMessage::parse(start, cx)?;
            messages.push(message);
            let next = match rest {
                [b' ', next @ ..] => spaces(next, cx),
                _ => &[],
            };
            // A space at the end: let who reads the end decide.
            if let [] | [b'\r' | b'\n', ..] = next {
                return Ok((rest, Self { mailbox, messages }));
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        for message in &self.messages {
            out.put(" ");
            message.encode(out);
        }
    }
}

part! {
    /// A message to be appended, and what is to be known of it.
    ///
    /// `(\Seen) "17-Jul-1996 02:44:25 -0700" {310}` CRLF and 310 octets
    ///
    /// RFC 4466 section 2.3 (`append-message`).
    pub struct AppendMessage<'a> {
        /// Flags, date and the like.
        pub options: AppendOptions<'a>,
        /// The message.
        pub data: AppendData<'a>,
    }
}

impl<'a> AppendMessage<'a> {
    /// The same message with these flags.
    #[must_use]
    pub fn with_flags(self, flags: Flags<'a>) -> Self {
        Self { options: AppendOptions { flags: Some(flags), ..self.options }, ..self }
    }

    /// The same message with this INTERNALDATE.
    #[must_use]
    pub fn with_date(self, date: DateTime) -> Self {
        Self { options: AppendOptions { date: Some(date), ..self.options }, ..self }
    }
}

impl<'a> From<Literal<'a>> for AppendMessage<'a> {
    /// A message without options.
    fn from(message: Literal<'a>) -> Self {
        Self { options: AppendOptions::default(), data: AppendData::Literal(message) }
    }
}

/// ```abnf
/// append-message = append-opts SP append-data
/// ```
impl<'a> Wire<'a> for AppendMessage<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, options) = AppendOptions::parse(input, cx)?;
        let (rest, data) = AppendData::parse(rest, cx)?;
        Ok((rest, Self { options, data }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.options.encode(out);
        self.data.encode(out);
    }
}

part! {
    /// What is to be known of a message that is appended.
    ///
    /// `(\Seen) "17-Jul-1996 02:44:25 -0700"`
    ///
    /// RFC 9051 section 6.3.12, RFC 4466 section 2.3 (`append-opts`).
    #[derive(Default)]
    pub struct AppendOptions<'a> {
        /// Its flags; `None` is none, too.
        pub flags: Option<Flags<'a>>,
        /// Its INTERNALDATE; now, when there is none.
        pub date: Option<DateTime>,
        /// What else; may be nothing.
        pub extensions: List<'a, AppendExtension<'a>, Bare>,
    }
}

/// Up to the message, the spaces behind the options included.
///
/// ```abnf
/// append-opts = [flag-list SP] [date-time SP] *(append-ext SP)
/// ```
impl<'a> Wire<'a> for AppendOptions<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let mut options = Self::default();
        let mut rest = input;
        if let [b'(', ..] = rest {
            let (after, flags) = Flags::parse(rest, cx)?;
            (rest, options.flags) = (space(after, cx)?.0, Some(flags));
        }
        if let [b'"', ..] = rest {
            let (after, date) = DateTime::parse(rest, cx)?;
            (rest, options.date) = (space(after, cx)?.0, Some(date));
        }
        let start = rest;
        let mut end = start;
        let mut extensions = Vec::new();
        while names_extension(rest) {
            let extension;
            (end, extension) = AppendExtension::parse(rest, cx)?;
            if cx.is_lenient() {
                extensions.push(extension);
            }
            rest = space(end, cx)?.0;
        }
        options.extensions = match cx.is_lenient() {
            // As they ought to be written.
            true => extensions.into_iter().collect(),
            false => List::of(Cow::Borrowed(before(start, end))),
        };
        Ok((rest, options))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(flags) = &self.flags {
            flags.encode(out);
            out.put(" ");
        }
        if let Some(date) = &self.date {
            date.encode(out);
            out.put(" ");
        }
        if !self.extensions.is_empty() {
            self.extensions.encode(out);
            out.put(" ");
        }
    }
}

/// Whether a word is at the front that is no name of data.
fn names_extension(input: &[u8]) -> bool {
    label(input).is_ok_and(|(_, name)| {
        let word = key(name);
        word != const { key(b"CATENATE") } && word != const { key(b"UTF8") }
    })
}

part! {
    /// Something that is to be known of a message, without a row in this crate.
    ///
    /// `X-FOO (a b)`
    ///
    /// RFC 4466 section 2.3 (`append-ext`).
    pub struct OtherAppendExtension<'a> {
        /// Its name, as written.
        pub label: TaggedLabel<'a>,
        /// Its value.
        pub value: TaggedValue<'a>,
    }
}

impl OtherAppendExtension<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.label.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// append-ext = tagged-ext-label SP tagged-ext-val
/// ```
impl<'a> Wire<'a> for OtherAppendExtension<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, label) = TaggedLabel::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = TaggedValue::parse(rest, cx)?;
        Ok((rest, Self { label, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.label.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// A message that is appended.
    ///
    /// `{310}` CRLF and 310 octets
    ///
    /// RFC 4466 section 2.3 (`append-data`).
    #[non_exhaustive]
    pub enum AppendData<'a> {
        /// `{310}` CRLF and 310 octets.
        Literal(Literal<'a>),
        /// `~{310}` CRLF and 310 octets, NUL among them. RFC 3516 section 4.4.
        Literal8(Literal8<'a>),
        /// `UTF8 (~{310}` CRLF and 310 octets, `)`: with UTF-8 in its header. RFC 6855 section 4; no more in RFC 9755.
        Utf8(Literal8<'a>),
        /// `CATENATE (URL "/INBOX/;UID=20" TEXT {42}` CRLF and 42 octets, `)`: put together. RFC 4469.
        Catenate(Catenate<'a>),
    }
}

/// ```abnf
/// append-data = literal / literal8 / "UTF8" SP "(" literal8 ")" / "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// ```
impl<'a> Wire<'a> for AppendData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'{', ..] => Literal::parse(input, cx).map(|(rest, message)| (rest, Self::Literal(message))),
            [b'~', ..] => Literal8::parse(input, cx).map(|(rest, message)| (rest, Self::Literal8(message))),
            _ => {
                let Ok((rest, name)) = label(input) else { return Fail::at(input, Expected::Literal) };
                match key(name) {
                    word if word == const { key(b"UTF8") } => {
                        let (rest, ()) = octet(space(rest, cx)?.0, b'(', Expected::Open)?;
                        let (rest, message) = Literal8::parse(rest, cx)?;
                        let (rest, ()) = octet(rest, b')', Expected::Close)?;
                        Ok((rest, Self::Utf8(message)))
                    }
                    word if word == const { key(b"CATENATE") } => {
                        let (rest, parts) = Catenate::parse(space(rest, cx)?.0, cx)?;
                        Ok((rest, Self::Catenate(parts)))
                    }
                    _ => Fail::at(input, Expected::Literal),
                }
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Literal(message) => message.encode(out),
            Self::Literal8(message) => message.encode(out),
            Self::Utf8(message) => {
                out.put("UTF8 (");
                message.encode(out);
                out.put(")");
            }
            Self::Catenate(parts) => {
                out.put("CATENATE ");
                parts.encode(out);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
