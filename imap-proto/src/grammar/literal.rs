//! Literals that may be whole messages ([RFC 9051 section 4.3](https://www.rfc-editor.org/rfc/rfc9051#section-4.3)).

use core::fmt;

use crate::error::{Expected, ValueError};
use crate::grammar::octets::{Octets, debug};
use crate::grammar::string::{IString, any_literal, literal, no_nul};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

part! {
    /// Octets without NUL that are written as a literal, however short.
    ///
    /// `{5}` CRLF `hello`
    ///
    /// What is given as [`Bytes`](bytes::Bytes) is not copied. Reading costs the same whatever the size: what has more than
    /// 4,096 octets is not looked at for NUL. RFC 9051 section 9 (`literal`).
    pub struct Literal<'a>(Octets<'a>);
}

impl<'a> Literal<'a> {
    /// Takes octets without NUL.
    ///
    /// # Errors
    /// There is a NUL.
    pub fn new(octets: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        let octets = octets.into();
        match no_nul(&octets) {
            Ok(()) => Ok(Self(octets)),
            Err((expected, offset)) => Err(ValueError { field: "literal", expected, offset }),
        }
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets.
    pub fn into_octets(self) -> Octets<'a> {
        self.0
    }
}

impl fmt::Debug for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(&self.0, f)
    }
}

/// ```abnf
/// literal = "{" number64 ["+"] "}" CRLF *CHAR8
/// ```
impl<'a> Wire<'a> for Literal<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'{', Expected::Literal)?;
        let (rest, octets) = literal(rest, cx)?;
        Ok((rest, Self(octets.into())))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.bulk(&self.0, false);
    }
}

part! {
    /// Octets that are written as a binary literal.
    ///
    /// `~{3}` CRLF `a`, NUL, `b`
    ///
    /// What is given as [`Bytes`](bytes::Bytes) is not copied. RFC 9051 section 9 (`literal8`), RFC 3516.
    pub struct Literal8<'a>(Octets<'a>);
}

impl<'a> Literal8<'a> {
    /// Takes any octets.
    pub fn new(octets: impl Into<Octets<'a>>) -> Self {
        Self(octets.into())
    }

    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets.
    pub fn into_octets(self) -> Octets<'a> {
        self.0
    }
}

impl fmt::Debug for Literal8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(&self.0, f)
    }
}

/// ```abnf
/// literal8 = "~{" number64 ["+"] "}" CRLF *OCTET
/// ```
impl<'a> Wire<'a> for Literal8<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let [b'~', b'{', rest @ ..] = input else { return Fail::at(input, Expected::Literal) };
        let (rest, octets) = any_literal(rest)?;
        Ok((rest, Self(octets.into())))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.bulk(&self.0, true);
    }
}

part! {
    /// A string, which may be a whole message, or nothing.
    ///
    /// `{5}` CRLF `hello`, `"hello"`, `NIL`
    ///
    /// Written as a literal, however short it is: there are clients, curl 7.88 among them, that look for contents nowhere else. What
    /// is given as [`Bytes`](bytes::Bytes) is not copied. RFC 9051 section 9 (`nstring`).
    pub struct NString<'a> {
        octets: Option<Octets<'a>>,
    }
}

impl<'a> NString<'a> {
    /// `NIL`.
    pub const NIL: Self = Self { octets: None };

    /// Takes octets without NUL.
    ///
    /// # Errors
    /// There is a NUL.
    pub fn new(octets: impl Into<Octets<'a>>) -> Result<Self, ValueError> {
        Literal::new(octets).map(|literal| Self { octets: Some(literal.0) })
    }

    /// The octets; none for `NIL`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.octets.as_deref()
    }

    /// The octets; none for `NIL`.
    pub fn into_octets(self) -> Option<Octets<'a>> {
        self.octets
    }
}

/// ```abnf
/// nstring = string / nil
/// ```
impl<'a> Wire<'a> for NString<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, string) = Option::<IString<'a>>::parse(input, cx)?;
        Ok((rest, Self { octets: string.map(|string| string.0.into()) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match &self.octets {
            None => out.put("NIL"),
            Some(octets) => out.bulk(octets, false),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::options::Leniency;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use crate::writer::{EncodeOptions, Fragment, fragments};
    use alloc::vec::Vec;
    use bytes::Bytes;
    use proptest::prelude::*;

    pub(crate) fn any_octets() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(1u8.., 0..40)
    }

    #[test]
    fn literals() {
        let literal = |octets| Literal::new(octets).unwrap();
        check([
            ("{5}\r\nhello", literal("hello")),
            ("{0}\r\n", literal("")),
            ("{2}\r\n\r\n", literal("\r\n")),
        ]);
        check_read([("{5+}\r\nhello", literal("hello"))]);
        check_refused::<Literal<'_>, 4>([("\"a\"", 0), ("~{1}\r\na", 0), ("{2}\r\na", 1), ("{1}\r\n\0", 5)]);
        check_tolerated([("{1}\r\n\0", Literal("\0".into()), Leniency::NUL_IN_LITERAL)]);
        assert_eq!(Literal::new("a\0").unwrap_err().offset, 1);
        check([("~{3}\r\na\0b", Literal8::new("a\0b")), ("~{0}\r\n", Literal8::new(""))]);
        check_refused::<Literal8<'_>, 3>([("{1}\r\na", 0), ("~\"a\"", 0), ("~{2}\r\na", 2)]);
        assert_eq!((literal("a").as_bytes(), Literal8::new("b").as_bytes()), (&b"a"[..], &b"b"[..]));
        assert_eq!(
            (literal("a").into_octets(), Literal8::new("b").into_octets()),
            (Octets::from("a"), "b".into())
        );
    }

    #[test]
    fn nstrings() {
        let string = |octets| NString::new(octets).unwrap();
        check([
            ("NIL", NString::NIL),
            ("{0}\r\n", string("")),
            ("{1}\r\na", string("a")),
            ("{4}\r\na\r\nb", string("a\r\nb")),
        ]);
        check_read([("nil", NString::NIL), ("\"\"", string("")), ("\"a \\\" b\"", string("a \" b"))]);
        check_refused::<NString<'_>, 3>([("a", 0), ("~{1}\r\na", 0), ("", 0)]);
        check_tolerated([
            ("{3}\r\na\0b", NString { octets: Some("a\0b".into()) }, Leniency::NUL_IN_LITERAL),
            ("abc", string("abc"), Leniency::ATOM_STRING),
        ]);
        assert!(NString::new("\0").is_err());
        assert_eq!((string("a").as_bytes(), NString::NIL.into_octets()), (Some(&b"a"[..]), None));
    }

    #[test]
    fn what_is_large_is_neither_copied_nor_looked_at() {
        let data = Bytes::from(alloc::vec![b'x'; 5_000]);
        for value in
            [NString::new(data.clone()).unwrap().octets.unwrap(), Literal::new(data.clone()).unwrap().0]
        {
            let fragments =
                fragments(EncodeOptions::default(), false, |out| Literal(value.clone()).encode(out));
            let [Fragment::Send(head), Fragment::Send(body)] = &fragments[..] else {
                panic!("{fragments:?}")
            };
            assert_eq!((&head[..], body.as_ptr()), (&b"{5000}\r\n"[..], data.as_ptr()));
        }
        let wire = [b"{5000}\r\n".as_slice(), &[0; 5_000]].concat();
        let read = crate::wire::exact::<NString<'_>>(&wire, crate::Dialect::STRICT).unwrap();
        assert_eq!(read.as_bytes().unwrap().as_ptr(), wire[8..].as_ptr());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(octets in any_octets(), any: Vec<u8>) {
            let octets: &'static [u8] = octets.leak();
            round_trip(&Literal::new(octets).unwrap());
            round_trip(&NString::new(octets).unwrap());
            round_trip(&Literal8::new(any));
        }
    }
}
