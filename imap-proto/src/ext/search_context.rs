//! CONTEXT ([RFC 5267](https://www.rfc-editor.org/rfc/rfc5267)): results that are kept up to date.

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::esearch::TagString;
use crate::grammar::sequence::UidSet;
use crate::grammar::skip;
use crate::grammar::string::{Checked, text, whole};
use crate::grammar::text::kept;
use crate::list::{Bare, List};
use crate::options::Dialect;
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, before, part};

fn attributes_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Open, attributes(octets, Dialect::STRICT.with_utf8(true).into()))
}

/// Anything between parentheses.
fn attributes(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    match input {
        [b'(', b')', ..] => Fail::at(input.get(1..).unwrap_or_default(), Expected::Item),
        [b'(', ..] => skip::value(input, cx),
        _ => Fail::at(input, Expected::Open),
    }
}

text! {
    /// What to FETCH of each message that comes to match, as it is on the wire.
    ///
    /// `(UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])`
    ///
    /// RFC 5465 section 7.
    pub struct UpdateAttributes<'a>: "fetch-att", attributes_check, kept;
}

/// ```abnf
/// modifier-update = "UPDATE" [SP "(" fetch-att *(SP fetch-att) ")"]
/// ```
pub(crate) enum Update {}

impl<'a> Via<'a, Option<UpdateAttributes<'a>>> for Update {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<UpdateAttributes<'a>>> {
        let [b' ', after @ ..] = input else { return Ok((input, None)) };
        if !matches!(after, [b'(', ..]) {
            return Ok((input, None));
        }
        // What is kept as it came has to be in order, whatever is put up with elsewhere.
        let (rest, _) = attributes(after, Dialect::STRICT.with_utf8(cx.utf8()).into())?;
        Ok((rest, Some(UpdateAttributes(kept(before(after, rest))))))
    }

    fn encode(value: &Option<UpdateAttributes<'a>>, out: &mut Writer<'_>) {
        if let Some(attributes) = value {
            out.put(" ");
            out.known(attributes.as_bytes());
        }
    }
}

part! {
    /// Messages that come to a result, or go from it.
    ///
    /// `1 2731:2733` in `ADDTO (1 2731:2733)`
    ///
    /// RFC 5267 section 4.3.2 (`ret-data-addto`, `ret-data-removefrom`).
    pub struct ContextChange<'a> {
        /// Where in a sorted result the first one is, from 1; 0 in one that is not.
        pub position: u32,
        /// The messages.
        pub ids: UidSet<'a>,
    }
}

/// ```abnf
/// context-change = context-position SP sequence-set
/// context-position = number
/// ```
impl<'a> Wire<'a> for ContextChange<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, position) = u32::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, ids) = UidSet::parse(rest, cx)?;
        Ok((rest, Self { position, ids }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.position.into());
        out.put(" ");
        self.ids.encode(out);
    }
}

/// The commands whose results need not be kept up to date any more.
///
/// `"B01"`
///
/// RFC 5267 section 4.3.5.
pub type CancelUpdate<'a> = List<'a, TagString<'a>, Bare>;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::command::Command;
    use crate::grammar::sequence::tests::any_uid_set;
    use crate::registry::{Code, SearchReturnOption};
    use crate::testing::{check, check_refused, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    pub(crate) fn any_context_change() -> impl Strategy<Value = ContextChange<'static>> {
        let ids = any_uid_set();
        (any::<u32>(), ids).prop_map(|(position, ids)| ContextChange { position, ids })
    }

    #[test]
    fn changes() {
        let change = |position, ids| ContextChange { position, ids: UidSet::new(ids).unwrap() };
        check([("0 32768:32769", change(0, "32768:32769")), ("1 2733", change(1, "2733"))]);
        check_refused::<ContextChange<'_>, 3>([("1", 1), ("1 $", 2), ("1:2 3", 1)]);
        let changes: List<'_, ContextChange<'_>> =
            [change(1, "2733"), change(1, "2732"), change(1, "2731")].into_iter().collect();
        check([("(1 2733 1 2732 1 2731)", changes)]);
    }

    #[test]
    fn updates() {
        assert!(UpdateAttributes::new("(UID BODY[HEADER.FIELDS (TO FROM)])").is_ok());
        for bad in ["", "()", "UID", "(UID", "(UID) x"] {
            assert!(UpdateAttributes::new(bad).is_err(), "{bad:?}");
        }
        // However a string is written, it is kept in one way.
        let quoted = "UPDATE (BODY[HEADER.FIELDS (\"\u{e9}\")])".as_bytes();
        let literal = "UPDATE (BODY[HEADER.FIELDS ({2}\r\n\u{e9})])".as_bytes();
        let update = exact::<SearchReturnOption<'_>>(literal, Dialect::STRICT);
        assert!(update.is_ok());
        assert_eq!(exact(quoted, Dialect::STRICT.with_utf8(true)), update);
    }

    #[test]
    fn commands_and_codes() {
        let tag = |tag| TagString::new(tag).unwrap();
        check([
            ("CANCELUPDATE \"B01\"", Command::CancelUpdate([tag("B01")].into())),
            ("CANCELUPDATE \"B01\" \"B02\"", Command::CancelUpdate([tag("B01"), tag("B02")].into())),
        ]);
        check_refused::<Command<'_>, 3>([
            ("CANCELUPDATE", 12),
            ("CANCELUPDATE B01", 13),
            ("CANCELUPDATE \"+\"", 14),
        ]);
        // How a literal is announced is no matter.
        let update = |wire: &'static str| exact::<Command<'_>>(wire.as_bytes(), Dialect::STRICT).unwrap();
        assert_eq!(
            update("SEARCH RETURN (UPDATE (X {1}\r\na)) ALL"),
            update("SEARCH RETURN (UPDATE (X {1+}\r\na)) ALL")
        );
        check([("NOUPDATE \"B02\"", Code::NoUpdate(tag("B02")))]);
        check_refused::<Code<'_>, 2>([("NOUPDATE", 8), ("NOUPDATE B02", 9)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(change in any_context_change()) {
            round_trip(&change);
        }
    }
}
