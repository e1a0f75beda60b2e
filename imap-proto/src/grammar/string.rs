//! Atoms, quoted strings, literals, and what may be written as one or another of them
//! ([RFC 9051 section 4](https://www.rfc-editor.org/rfc/rfc9051#section-4)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{self, ATOM, run1};
use crate::grammar::number::number;
use crate::grammar::octets::Octets;
use crate::grammar::quoted::{quoted, skip_quoted};
use crate::options::Leniency;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, octet, part};
use crate::writer::LiteralMode;

/// Defines text with a grammar: octets that only its check lets in.
macro_rules! text {
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $field:literal, $check:path;) => {
        $crate::grammar::string::text! { @of [pub] $(#[$meta])* $name $field, $check, |octets| octets }
    };
    // With strings in it, that are the same whatever is said of them.
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $field:literal, $check:path, kept;) => {
        $crate::grammar::string::text! {
            @of [pub] $(#[$meta])* $name $field, $check, $crate::grammar::text::kept_of
        }
    };
    // Only what a peer wrote.
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $field:literal, $check:path, read_only;) => {
        $crate::grammar::string::text! { @of [pub(crate)] $(#[$meta])* $name $field, $check, |octets| octets }
    };
    (@of [$new:vis] $(#[$meta:meta])* $name:ident $field:literal, $check:path, $of:expr) => {
        $crate::wire::part! {
            $(#[$meta])*
            pub struct $name<'a>(pub(crate) alloc::borrow::Cow<'a, [u8]>);
        }

        impl<'a> $name<'a> {
            /// Takes the octets when the grammar allows them.
            ///
            /// # Errors
            /// What the grammar expected, and where.
            #[allow(dead_code)] // what only a peer writes is made in tests alone
            $new fn new(
                octets: impl Into<$crate::grammar::octets::Octets<'a>>,
            ) -> Result<Self, $crate::error::ValueError> {
                let octets = octets.into().into_cow();
                match $check(&octets) {
                    Ok(()) => Ok(Self(($of)(octets))),
                    Err((expected, offset)) => {
                        Err($crate::error::ValueError { field: $field, expected, offset })
                    }
                }
            }

            /// The octets that it stands for: without quotes, escapes and counts.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The same as text, when it is UTF-8.
            pub fn as_str(&self) -> Option<&str> {
                core::str::from_utf8(&self.0).ok()
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::grammar::octets::debug(&self.0, f)
            }
        }

        impl PartialEq<[u8]> for $name<'_> {
            fn eq(&self, other: &[u8]) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<str> for $name<'_> {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other.as_bytes()
            }
        }

        impl PartialEq<&str> for $name<'_> {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == *other.as_bytes()
            }
        }
    };
}
pub(crate) use text;

/// Defines text with a grammar whose case does not count.
macro_rules! caseless_text {
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $field:literal, $check:path;) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name<'a>(pub(crate) alloc::borrow::Cow<'a, [u8]>);

        impl<'a> $name<'a> {
            /// Takes the octets when the grammar allows them.
            ///
            /// # Errors
            /// What the grammar expected, and where.
            pub fn new(
                octets: impl Into<$crate::grammar::octets::Octets<'a>>,
            ) -> Result<Self, $crate::error::ValueError> {
                let octets = octets.into().into_cow();
                match $check(&octets) {
                    Ok(()) => Ok(Self(octets)),
                    Err((expected, offset)) => {
                        Err($crate::error::ValueError { field: $field, expected, offset })
                    }
                }
            }

            /// The octets, as written.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// The text, as written.
            pub fn as_str(&self) -> &str {
                // What is caseless is ASCII.
                core::str::from_utf8(&self.0).unwrap_or_default()
            }

            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                $name(alloc::borrow::Cow::Owned(self.0.into_owned()))
            }
        }

        impl $crate::wire::IntoOwned for $name<'_> {
            type With<'s> = $name<'s>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name<'_> {}

        impl PartialEq<str> for $name<'_> {
            fn eq(&self, other: &str) -> bool {
                self.0.eq_ignore_ascii_case(other.as_bytes())
            }
        }

        impl core::hash::Hash for $name<'_> {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.0.iter().for_each(|octet| octet.to_ascii_lowercase().hash(state));
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::grammar::octets::debug(&self.0, f)
            }
        }
    };
}
pub(crate) use caseless_text;

/// The check of a `text!` type: what was expected, and where.
pub(crate) type Checked = Result<(), (Expected, usize)>;

/// The check of text that a parser reads whole.
pub(crate) fn whole<'a>(octets: &'a [u8], expected: Expected, parsed: Parsed<'a, &'a [u8]>) -> Checked {
    match parsed {
        Ok(([], _)) => Ok(()),
        Ok((rest, _)) => Err((expected, wire::len_before(octets, rest))),
        Err(error) => {
            let error = wire::fail(error, octets);
            Err((error.expected, error.offset))
        }
    }
}

/// No NUL.
pub(crate) fn no_nul(octets: &[u8]) -> Checked {
    match memchr::memchr(0, octets) {
        Some(offset) => Err((Expected::NoNul, offset)),
        None => Ok(()),
    }
}

fn atom_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Atom, run1(octets, ATOM, Expected::Atom))
}

text! {
    /// An atom: printable ASCII but space and `(){%*"\]`.
    ///
    /// `FLAGS`
    ///
    /// At least one octet. RFC 9051 section 4.1.
    pub struct Atom<'a>: "atom", atom_check;
}

text! {
    /// A string: any octets but NUL, between quotes or as a literal.
    ///
    /// `"hello"`, `{5}` CRLF `hello`
    ///
    /// What is written is quoted up to 1,024 octets where quotes can hold it. Two are equal when their octets are,
    /// however they were written. RFC 9051 section 4.3.
    pub struct IString<'a>: "string", no_nul;
}

text! {
    /// A string that may also be written as an atom.
    ///
    /// `hello`, `"hello"`, `{5}` CRLF `hello`
    ///
    /// RFC 9051 section 9 (`astring`).
    pub struct AString<'a>: "astring", no_nul;
}

impl Atom<'_> {
    /// The name of what it is all of.
    pub(crate) fn keyword(&self) -> &str {
        self.as_str().unwrap_or_default()
    }
}

/// ```abnf
/// atom = 1*ATOM-CHAR
/// ```
impl<'a> Wire<'a> for Atom<'a> {
    #[inline]
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = run1(input, ATOM, Expected::Atom)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// ```abnf
/// string = quoted / literal
/// ```
impl<'a> Wire<'a> for IString<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = string(input, cx)?;
        Ok((rest, Self(octets)))
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match input {
            [b'"', rest @ ..] => skip_quoted(rest, cx),
            _ => string(input, cx).map(|(rest, _)| (rest, ())),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.string(&self.0);
    }
}

/// ```abnf
/// nstring = string / nil
/// ```
impl<'a> Wire<'a> for Option<IString<'a>> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'"' | b'{', ..] => IString::parse(input, cx).map(|(rest, string)| (rest, Some(string))),
            _ => match nil(input) {
                Ok((rest, ())) => Ok((rest, None)),
                Err(_) if cx.tolerates(Leniency::ATOM_STRING) => {
                    IString::parse(input, cx).map(|(rest, string)| (rest, Some(string)))
                }
                Err(_) => Fail::at(input, Expected::NString),
            },
        }
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match input {
            [b'"', rest @ ..] => skip_quoted(rest, cx),
            _ => match nil(input) {
                Ok(read) => Ok(read),
                Err(_) => Self::parse(input, cx).map(|(rest, _)| (rest, ())),
            },
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.nstring(self.as_ref().map(IString::as_bytes));
    }
}

/// ```abnf
/// astring = 1*ASTRING-CHAR / string
/// ```
impl<'a> Wire<'a> for AString<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = astring(input, cx)?;
        Ok((rest, Self(octets)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.astring(&self.0);
    }
}

/// `NIL`, and no longer word.
#[inline]
pub(crate) fn nil(input: &[u8]) -> Parsed<'_, ()> {
    match input {
        [b'N' | b'n', b'I' | b'i', b'L' | b'l', rest @ ..]
            if matches!(rest, [b' ' | b')' | b']' | b'\r' | b'\n', ..] | []) =>
        {
            Ok((rest, ()))
        }
        _ => Fail::at(input, Expected::NString),
    }
}

/// The octets of an astring.
#[inline]
pub(crate) fn astring(input: &[u8], cx: Cx) -> Parsed<'_, Cow<'_, [u8]>> {
    match input {
        [b'"' | b'{', ..] => string(input, cx),
        _ => {
            let (rest, octets) = run1(input, class::ASTRING, Expected::String)?;
            Ok((rest, Cow::Borrowed(octets)))
        }
    }
}

/// The octets of an astring that has a grammar of its own.
pub(crate) fn checked_astring(
    input: &[u8],
    cx: Cx,
    check: fn(&[u8]) -> Checked,
) -> Parsed<'_, Cow<'_, [u8]>> {
    let (rest, octets) = astring(input, cx)?;
    match check(&octets) {
        Ok(()) => Ok((rest, octets)),
        // In a string the octets stand elsewhere.
        Err((expected, _)) if matches!(input, [b'"' | b'{', ..]) => Fail::at(input, expected),
        Err((expected, offset)) => Fail::at(input.get(offset..).unwrap_or_default(), expected),
    }
}

/// The octets of a string.
#[inline]
pub(crate) fn string(input: &[u8], cx: Cx) -> Parsed<'_, Cow<'_, [u8]>> {
    match input {
        [b'"', rest @ ..] => quoted(rest, cx),
        [b'{', rest @ ..] => literal(rest, cx).map(|(rest, octets)| (rest, Cow::Borrowed(octets))),
        _ => loose_string(input, cx),
    }
}

/// An atom, or NIL, where a string is due.
#[cold]
fn loose_string(input: &[u8], cx: Cx) -> Parsed<'_, Cow<'_, [u8]>> {
    if cx.tolerates(Leniency::NIL_STRING)
        && let Ok((rest, ())) = nil(input)
    {
        return Ok((rest, Cow::Borrowed(b"")));
    }
    if cx.tolerates(Leniency::ATOM_STRING) && nil(input).is_err() {
        let (rest, octets) = run1(input, class::ASTRING, Expected::String)?;
        return Ok((rest, Cow::Borrowed(octets)));
    }
    Fail::at(input, Expected::String)
}

/// How many octets of a literal are looked at for NUL: names and values, but not what may be a whole message.
const CHECKED_LITERAL: usize = LiteralMode::MINUS;

/// Behind the `{`.
///
/// ```abnf
/// literal = "{" number64 ["+"] "}" CRLF *CHAR8
/// ```
pub(crate) fn literal(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let (rest, octets) = any_literal(input)?;
    if octets.len() <= CHECKED_LITERAL && !cx.tolerates(Leniency::NUL_IN_LITERAL) {
        no_nul_in(octets, rest)?;
    }
    Ok((rest, octets))
}

/// Refuses NUL; `rest` is what follows `octets`.
pub(crate) fn no_nul_in<'a>(octets: &'a [u8], rest: &'a [u8]) -> Result<(), nom::Err<Fail>> {
    let Some(at) = memchr::memchr(0, octets) else { return Ok(()) };
    let remaining = octets.len().saturating_sub(at).saturating_add(rest.len());
    Err(nom::Err::Error(Fail { expected: Expected::NoNul, remaining }))
}

/// The digits of a number that always fits in 64 bits: a literal is announced with no more of them, zeros included.
pub(crate) const LITERAL_DIGITS: usize = 19;

/// Behind the `{`; NUL is an octet like any other.
pub(crate) fn any_literal(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, len) = number(input)?;
    // As the framer has it.
    if wire::len_before(input, rest) > LITERAL_DIGITS {
        return Fail::at(input, Expected::SmallerNumber);
    }
    let rest = match rest {
        [b'+', rest @ ..] => rest,
        _ => rest,
    };
    let (rest, ()) = octet(rest, b'}', Expected::Literal)?;
    let (rest, ()) = wire::word(rest, b"\r\n", Expected::Crlf)?;
    match usize::try_from(len).ok().and_then(|len| rest.split_at_checked(len)) {
        Some((octets, rest)) => Ok((rest, octets)),
        None => Fail::at(input, Expected::Literal),
    }
}

/// Whether what stands behind a `{` announces a literal where a line ends behind it.
pub(crate) fn announces(input: &[u8]) -> bool {
    let digits = input.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let after = input.get(digits..).unwrap_or_default();
    digits > 0 && matches!(after.strip_prefix(b"+").unwrap_or(after), [b'}'] | [b'}', b'\r' | b'\n', ..])
}

/// A string at the front of text that was read before: what is behind it, its octets, and whether it is quoted.
#[allow(clippy::type_complexity)] // a struct would have one user
pub(crate) fn known_string(input: &[u8]) -> Option<(&[u8], Cow<'_, [u8]>, bool)> {
    match input {
        [b'"', rest @ ..] => quoted(rest, Cx::KNOWN).ok().map(|(rest, octets)| (rest, octets, true)),
        [b'{', rest @ ..] => {
            any_literal(rest).ok().map(|(rest, octets)| (rest, Cow::Borrowed(octets), false))
        }
        _ => None,
    }
}

part! {
    /// Octets that may hold NUL: a string, a binary literal, or nothing.
    ///
    /// `~{3}` CRLF `a`, NUL, `b`; `"text"`; `NIL`
    ///
    /// Written as a binary literal when there is a NUL in it, else as a string. RFC 9051 section 9 (`literal8`).
    pub struct NString8<'a> {
        /// The octets; `None` is `NIL`.
        pub octets: Option<Octets<'a>>,
    }
}

impl<'a> NString8<'a> {
    /// `NIL`.
    pub const NIL: Self = Self { octets: None };

    /// Some octets.
    pub fn new(octets: impl Into<Octets<'a>>) -> Self {
        Self { octets: Some(octets.into()) }
    }

    /// The same octets, borrowing from these.
    pub(crate) fn lend(&self) -> NString8<'_> {
        NString8 { octets: self.octets.as_ref().map(Octets::lend) }
    }

    /// The octets; none for `NIL`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.octets.as_deref()
    }
}

/// ```abnf
/// nstring8 = nstring / literal8
/// literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
/// ```
impl<'a> Wire<'a> for NString8<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if let [b'~', b'{', rest @ ..] = input {
            let (rest, octets) = any_literal(rest)?;
            return Ok((rest, Self { octets: Some(octets.into()) }));
        }
        let (rest, string) = Option::<IString<'a>>::parse(input, cx)?;
        Ok((rest, Self { octets: string.map(|string| string.0.into()) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.octets {
            None => out.put("NIL"),
            Some(octets) if octets.len() > Writer::QUOTED || !out.can_quote(octets) => {
                let binary = no_nul(octets).is_err();
                out.bulk(octets, binary);
            }
            Some(octets) => out.quoted(octets),
        }
    }
}

#[cfg(test)]
mod tests;
