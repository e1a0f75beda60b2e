//! OBJECTID ([RFC 8474](https://www.rfc-editor.org/rfc/rfc8474)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::number::Parenthesised;
use crate::grammar::string::{Checked, nil, text, whole};
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet};

/// RFC 8474 section 7: an identifier has 255 octets at most.
const MAX: usize = 255;

fn object_id(input: &[u8]) -> Parsed<'_, &[u8]> {
    let inner = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    let end = input.iter().position(|&octet| !inner(octet)).unwrap_or(input.len());
    match input.split_at_checked(end) {
        Some((id @ [_, ..], rest)) if id.len() <= MAX => Ok((rest, id)),
        Some(([_, ..], _)) => Fail::at(input.get(MAX..).unwrap_or_default(), Expected::Shorter),
        _ => Fail::at(input, Expected::Atom),
    }
}

fn object_id_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Atom, object_id(octets))
}

text! {
    /// The identifier of a mailbox, a message or a thread, which stays when names and numbers change.
    ///
    /// `F2212ea87-6097-4256-9d51-71338625`
    ///
    /// 1 to 255 letters, digits, `-` and `_`; case counts. RFC 8474 section 7 (`objectid`).
    pub struct ObjectId<'a>: "objectid", object_id_check;
}

/// ```abnf
/// objectid = 1*255(ALPHA / DIGIT / "_" / "-")
/// ```
impl<'a> Wire<'a> for ObjectId<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = object_id(input)?;
        Ok((rest, Self(Cow::Borrowed(octets))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

/// ```abnf
/// "(" objectid ")"
/// ```
impl<'a> Via<'a, ObjectId<'a>> for Parenthesised {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, ObjectId<'a>> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, id) = ObjectId::parse(rest, cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, id))
    }

    fn encode(value: &ObjectId<'a>, out: &mut Writer<'_>) {
        out.put("(");
        value.encode(out);
        out.put(")");
    }
}

/// An identifier between parentheses, or NIL where there is none.
///
/// ```abnf
/// "(" objectid ")" / nil
/// ```
pub(crate) enum ParenthesisedOrNil {}

impl<'a> Via<'a, Option<ObjectId<'a>>> for ParenthesisedOrNil {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<ObjectId<'a>>> {
        match nil(input) {
            Ok((rest, ())) => Ok((rest, None)),
            Err(_) => Parenthesised::parse(input, cx).map(|(rest, id)| (rest, Some(id))),
        }
    }

    fn encode(value: &Option<ObjectId<'a>>, out: &mut Writer<'_>) {
        match value {
            Some(id) => Parenthesised::encode(id, out),
            None => out.put("NIL"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn identifiers() {
        let id = |text| ObjectId::new(text).unwrap();
        check([
            ("F2212ea87-6097-4256-9d51-71338625", id("F2212ea87-6097-4256-9d51-71338625")),
            ("_", id("_")),
        ]);
        assert_ne!(id("a"), id("A"));
        check_refused::<ObjectId<'_>, 4>([("", 0), ("a b", 1), ("a.b", 1), ("(a)", 0)]);
        assert!(ObjectId::new([b'a'; 255].as_slice()).is_ok());
        assert_eq!(ObjectId::new([b'a'; 256].as_slice()).unwrap_err().offset, 255);
        let read = |text: &'static [u8]| <Parenthesised as Via<'_, ObjectId<'_>>>::parse(text, Cx::default());
        assert_eq!(read(b"(a)x"), Ok((&b"x"[..], id("a"))));
        assert!([&b"a"[..], b"(a", b"()", b"(a )"].into_iter().all(|text| read(text).is_err()));
    }

    /// Any identifier.
    pub(crate) fn any_object_id() -> impl Strategy<Value = ObjectId<'static>> {
        "[A-Za-z0-9_-]{1,20}".prop_map(|text| ObjectId::new(text).unwrap())
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(id in any_object_id()) {
            round_trip(&id);
        }
    }
}
