//! FETCH ([RFC 9051 section 6.4.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5), and
//! [section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

use crate::error::Expected;
use crate::grammar::class::{CLASS, WORD};
use crate::grammar::text::item_or_invalid;
use crate::options::Leniency;
use crate::registry::FetchItem;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, run};

/// The name of an item, with the `[` of a section.
#[inline]
pub(crate) fn item_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    match run(input, &CLASS, WORD) {
        ([], _) => Fail::at(input, Expected::Item),
        (name, [b'[', rest @ ..]) => {
            Ok((rest, input.get(..name.len().saturating_add(1)).unwrap_or_default()))
        }
        (name, rest) => Ok((rest, name)),
    }
}

/// ```abnf
/// msg-att-item = keyword SP value
/// ```
impl<'a> Wire<'a> for FetchItem<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        // Domino: an item in parentheses.
        if let [b'(', inner @ ..] = input
            && cx.tolerates(Leniency::EXTRA_PARENTHESES)
        {
            let (rest, item) = Self::read(inner, cx)?;
            let (rest, ()) = octet(rest, b')', Expected::Close)?;
            return Ok((rest, item));
        }
        item_or_invalid(input, cx, Self::read, Self::Invalid)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::List;
    use crate::options::Dialect;
    use crate::response::{NumberedData, Response};
    use crate::testing::check;
    use alloc::vec::Vec;

    #[test]
    fn items() {
        check([
            ("UID 4392", FetchItem::Uid(4392)),
            ("RFC822.SIZE 5000000000", FetchItem::Rfc822Size(5_000_000_000)),
            ("MODSEQ (5)", FetchItem::ModSeq(5)),
        ]);
    }

    #[test]
    fn a_broken_item_loses_nothing_else() {
        let wire = b"* 1 FETCH (UID 5 RFC822.SIZE -1 MODSEQ (7) UID x)\r\n";
        let (rest, response, tolerated) = Response::parse_reporting(wire, Dialect::STRICT).unwrap();
        assert_eq!(rest, b"");
        let tolerated = tolerated.unwrap();
        assert_eq!((tolerated.leniency, tolerated.error.offset), (Leniency::INVALID_ITEM, 29));
        let Response::Numbered(data) = &response else { panic!("{response:?}") };
        let NumberedData::Fetch(items) = &data.data else { panic!("{data:?}") };
        let items: Vec<_> = items.iter().collect();
        let [FetchItem::Uid(5), FetchItem::Invalid(size), FetchItem::ModSeq(7), FetchItem::Invalid(uid)] =
            &items[..]
        else {
            panic!("{items:?}")
        };
        assert_eq!((size.as_bytes(), uid.as_bytes()), (&b"RFC822.SIZE -1"[..], &b"UID x"[..]));
        let mut again = bytes::BytesMut::new();
        response.encode(&mut again);
        assert_eq!(again, wire[..]);
    }

    #[test]
    fn lists_of_items() {
        let list: List<'_, FetchItem<'_>> = [FetchItem::Uid(1), FetchItem::ModSeq(2)].into_iter().collect();
        check([("(UID 1 MODSEQ (2))", list)]);
    }
}
