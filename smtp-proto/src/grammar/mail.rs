//! The commands of a mail transaction, and what stands behind the other base commands
//! ([RFC 5321 section 4.1.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1)).

use alloc::vec::Vec;
use core::fmt;

use super::domain::Domain;
use super::line::{is_blank, space};
use super::path::{ForwardPath, ReversePath};
use super::utf8::Utf8;
use crate::error::{AddressPart, Expected, ValueError};
use crate::options::Leniency;
use crate::parameter::{MailParameter, Parameters, RcptParameter};
use crate::text::{Shown, Text};
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part};

part! {
    /// Who a client says it is: the argument of EHLO, HELO and LHLO.
    ///
    /// `client.example.org`, `[192.0.2.1]`
    ///
    /// A domain or an address literal; from a tolerant dialect also whatever else was there, at most 255 octets, or
    /// nothing. RFC 5321 section 4.1.1.1.
    pub struct Hello<'a>(Utf8<'a>);
}

impl<'a> Hello<'a> {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The name, when it is a domain or an address literal.
    pub fn domain(&self) -> Option<Domain<'_>> {
        Domain::parse(self.as_str()).ok()
    }
}

impl<'a> From<Domain<'a>> for Hello<'a> {
    fn from(domain: Domain<'a>) -> Self {
        Self(domain.into_text())
    }
}

impl fmt::Debug for Hello<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hello({:?})", Shown(self.0.as_bytes()))
    }
}

/// ```abnf
/// hello = SP ( Domain / address-literal )
/// ```
impl<'a> Wire<'a> for Hello<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b' ', name @ ..] => Self::parse_domain(name, cx).or_else(|_| Self::parse_other(input, cx)),
            _ => Self::parse_other(input, cx),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.0.as_bytes().is_empty() {
            out.put(" ");
            out.put(self.0.as_bytes());
        }
    }
}

impl<'a> Hello<'a> {
    #[inline]
    fn parse_domain(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, domain): (_, Domain<'a>) = Wire::parse(input, cx)?;
        match rest {
            [] | [b' ' | b'\t' | b'\r' | b'\n', ..] => Ok((rest, domain.into())),
            _ => Fail::at(rest, Expected::Argument),
        }
    }

    /// Nothing, or what is not one space and a domain.
    #[cold]
    fn parse_other(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if is_blank(input) {
            if !cx.tolerates(Leniency::MISSING_HELLO_NAME) {
                return Fail::at(input, Expected::Argument);
            }
            return Ok((input.strip_prefix(b" ").unwrap_or(input), Self(Utf8::of(""))));
        }
        let (name, ()) = space(input, cx)?;
        Self::parse_domain(name, cx).or_else(|_| Self::parse_loose(name, cx))
    }

    fn parse_loose(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let is_end = |octet: &u8| !matches!(octet, 33..=126 | 128..=255);
        let end = input.iter().position(is_end).unwrap_or(input.len());
        let (name, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        // What looks like an address has to be one.
        let is_name = !name.is_empty() && !name.starts_with(b"[") && name.len() <= Domain::MAX;
        if !is_name || !cx.tolerates(Leniency::LOOSE_HELLO_NAME) {
            return Fail::at(input, Expected::Argument);
        }
        let (rest, name) = Utf8::before(input, rest)?;
        Ok((rest, Self(name)))
    }
}

part! {
    /// The beginning of a message: whom a failure is reported to. The argument of MAIL, SEND, SOML and SAML.
    ///
    /// `FROM:<user@example.org> SIZE=5000 BODY=8BITMIME`
    ///
    /// RFC 5321 section 4.1.1.2.
    pub struct Mail<'a> {
        /// Whom a failure is reported to.
        pub from: ReversePath<'a>,
        /// What the message needs, and asks for.
        pub parameters: Parameters<'a, MailParameter<'a>>,
    }
}

impl<'a> Mail<'a> {
    /// A message from `from`.
    pub fn new(from: impl Into<ReversePath<'a>>) -> Self {
        Self { from: from.into(), parameters: Parameters::new() }
    }

    /// The same with one more parameter.
    ///
    /// # Errors
    /// It is there already, or there are too many.
    pub fn with(mut self, parameter: MailParameter<'a>) -> Result<Self, ValueError> {
        self.parameters.push(parameter)?;
        Ok(self)
    }
}

/// ```abnf
/// mail-arguments = SP "FROM:" Reverse-path [SP Mail-parameters]
/// ```
impl<'a> Wire<'a> for Mail<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let rest = match input.strip_prefix(b" FROM:") {
            Some(rest @ [b'<', ..]) => rest,
            _ => path_word(input, b"FROM:", Expected::From, cx)?.0,
        };
        let (rest, from) = Wire::parse(rest, cx).map_err(|error| address_of(Expected::Sender, error))?;
        let (rest, parameters) = Wire::parse(rest, cx)?;
        Ok((rest, Self { from, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.from {
            ReversePath::Path(path) => path.encode_behind(" FROM:<", out),
            other => {
                out.put(" FROM:");
                other.encode(out);
            }
        }
        self.parameters.encode(out);
    }
}

part! {
    /// A recipient: the argument of RCPT.
    ///
    /// `TO:<user@example.org> NOTIFY=FAILURE,DELAY`
    ///
    /// RFC 5321 section 4.1.1.3.
    pub struct Rcpt<'a> {
        /// Whom the message is for.
        pub to: ForwardPath<'a>,
        /// What is asked for concerning them.
        pub parameters: Parameters<'a, RcptParameter<'a>>,
    }
}

impl<'a> Rcpt<'a> {
    /// The recipient `to`.
    pub fn new(to: impl Into<ForwardPath<'a>>) -> Self {
        Self { to: to.into(), parameters: Parameters::new() }
    }

    /// The same with one more parameter.
    ///
    /// # Errors
    /// It is there already, or there are too many.
    pub fn with(mut self, parameter: RcptParameter<'a>) -> Result<Self, ValueError> {
        self.parameters.push(parameter)?;
        Ok(self)
    }
}

/// ```abnf
/// rcpt-arguments = SP "TO:" Forward-path [SP Rcpt-parameters]
/// ```
impl<'a> Wire<'a> for Rcpt<'a> {
    #[inline(always)]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let rest = match input.strip_prefix(b" TO:") {
            Some(rest @ [b'<', ..]) => rest,
            _ => path_word(input, b"TO:", Expected::To, cx)?.0,
        };
        let (rest, to) = Wire::parse(rest, cx).map_err(|error| address_of(Expected::Recipient, error))?;
        let (rest, parameters) = Wire::parse(rest, cx)?;
        Ok((rest, Self { to, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.to {
            ForwardPath::Path(path) => path.encode_behind(" TO:<", out),
            other => {
                out.put(" TO:");
                other.encode(out);
            }
        }
        self.parameters.encode(out);
    }
}

/// A space and the word in front of a path, in any spelling and where there may be no bracket.
#[inline(never)]
fn path_word<'a>(input: &'a [u8], word: &'static [u8], expected: Expected, cx: Cx) -> Parsed<'a, ()> {
    if input.first() != Some(&b' ') {
        return Fail::at(input, expected);
    }
    let (rest, ()) = space(input, cx)?;
    let (rest, ()) = wire::word(rest, word, expected)?;
    match rest {
        [b' ', after @ ..] if cx.tolerates(Leniency::SPACE_AFTER_COLON) => Ok((after, ())),
        [b' ', ..] => Fail::at(rest, Expected::NoSpace),
        _ => Ok((rest, ())),
    }
}

/// The error of a path, with whose it is.
#[cold]
fn address_of(whose: fn(AddressPart) -> Expected, error: nom::Err<Fail>) -> nom::Err<Fail> {
    error.map(|fail| match fail.expected {
        Expected::Address(part) => Fail { expected: whose(part), ..fail },
        _ => fail,
    })
}

part! {
    /// What VRFY and EXPN ask about.
    ///
    /// `user`, `staff@example.org`, `jösé SMTPUTF8`
    ///
    /// RFC 5321 sections 4.1.1.6 and 4.1.1.7, RFC 6531 section 3.7.4.2.
    pub struct Vrfy<'a>(Text<'a>);
}

impl<'a> Vrfy<'a> {
    const SMTPUTF8: &'static [u8] = b" SMTPUTF8";

    /// Asks about `what`; with `smtputf8` the answer may be UTF-8.
    ///
    /// # Errors
    /// `what` ends in ` SMTPUTF8` itself, or leaves no room for it.
    pub fn new(what: Text<'a>, smtputf8: bool) -> Result<Self, ValueError> {
        if smtputf8 {
            let both: Vec<u8> = [what.as_bytes(), Self::SMTPUTF8].concat();
            return Text::new(both).map(Self);
        }
        match Self::split(&what) {
            (_, false) => Ok(Self(what)),
            (name, true) => Err(ValueError { field: "string", expected: Expected::End, offset: name.len() }),
        }
    }

    /// The user or list asked about.
    pub fn what(&self) -> &[u8] {
        Self::split(&self.0).0
    }

    /// Whether the answer may be UTF-8.
    pub fn is_smtputf8(&self) -> bool {
        Self::split(&self.0).1
    }

    fn split<'t>(text: &'t Text<'_>) -> (&'t [u8], bool) {
        let text = text.as_bytes();
        match text.split_at_checked(text.len().saturating_sub(Self::SMTPUTF8.len())) {
            Some((what @ [_, ..], end)) if end.eq_ignore_ascii_case(Self::SMTPUTF8) => (what, true),
            _ => (text, false),
        }
    }
}

impl fmt::Debug for Vrfy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, smtputf8) = Self::split(&self.0);
        f.debug_struct("Vrfy").field("what", &Shown(what)).field("smtputf8", &smtputf8).finish()
    }
}

/// ```abnf
/// vrfy-arguments = SP String [SP "SMTPUTF8"]
/// ```
impl<'a> Wire<'a> for Vrfy<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match Wire::parse(input, cx)? {
            (rest, Some(text)) => Ok((rest, Self(text))),
            (rest, None) => Fail::at(rest, Expected::Argument),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(" ");
        self.0.encode(out);
    }
}

/// What may stand behind NOOP, HELP and verbs that have no row.
///
/// ```abnf
/// arguments = [ SP String ]
/// ```
impl<'a> Wire<'a> for Option<Text<'a>> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let [b' ', rest @ ..] = input else { return Ok((input, None)) };
        if matches!(rest, [] | [b'\r' | b'\n', ..]) && cx.tolerates(Leniency::TRAILING_SPACE) {
            return Ok((input, None));
        }
        // Control octets are for replies to tolerate: in a command, CR and LF never are part of a text.
        let (rest, text) = Text::parse(rest, cx)?;
        Ok((rest, Some(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if let Some(text) = self {
            out.put(" ");
            text.encode(out);
        }
    }
}
