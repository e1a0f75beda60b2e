//! UIDBATCHES ([RFC 10022](https://www.rfc-editor.org/rfc/rfc10022)).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{space, spaces};
use crate::grammar::esearch::SearchCorrelator;
use crate::grammar::number::Nz;
use crate::grammar::string::{Checked, text, whole};
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Digits, Fail, Parsed, Wire, Writer, before, number, octet, part, plain};

/// How to cut a mailbox into batches.
///
/// `2000`, `2000 10:20`
///
/// RFC 10022 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UidBatches {
    /// How many messages a batch has.
    pub size: u32,
    /// Which batches, from 1 for that of the highest UIDs: the first and the last. All of them, when there is none.
    pub batches: Option<(u32, u32)>,
}

plain!(UidBatches);

/// ```abnf
/// message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]
/// ```
impl<'a> Wire<'a> for UidBatches {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, size) = <Nz as Via<'a, u32>>::parse(input, cx)?;
        let batches = matches!(rest, [b' ', after @ ..] if matches!(spaces(after, cx), [b'0'..=b'9', ..]));
        if !batches {
            return Ok((rest, Self { size, batches: None }));
        }
        let (rest, first) = <Nz as Via<'a, u32>>::parse(space(rest, cx)?.0, cx)?;
        let (rest, ()) = octet(rest, b':', Expected::Number)?;
        let (rest, last) = <Nz as Via<'a, u32>>::parse(rest, cx)?;
        Ok((rest, Self { size, batches: Some((first, last)) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.size.into());
        if let Some((first, last)) = self.batches {
            out.put(" ");
            out.number(first.into());
            out.put(":");
            out.number(last.into());
        }
    }
}

part! {
    /// The batches of a mailbox.
    ///
    /// `UIDBATCHES (TAG "A143") 215295:99696,99695:20351,20350:1`
    ///
    /// RFC 10022 section 3.1.
    pub struct UidBatchesData<'a> {
        /// Which command this belongs to.
        pub correlator: SearchCorrelator<'a>,
        /// The batches, that of the highest UIDs first.
        pub batches: Batches<'a>,
    }
}

/// Behind the keyword.
///
/// ```abnf
/// uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]
/// ```
impl<'a> Wire<'a> for UidBatchesData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = space(input, cx)?;
        let (rest, correlator) = SearchCorrelator::parse(rest, cx)?;
        let (rest, batches) = match rest {
            [b' ', b'\r' | b'\n', ..] if cx.tolerates(Leniency::TRAILING_SPACE) => (rest, Batches::default()),
            [b' ', ..] => {
                let (rest, text) = batches(space(rest, cx)?.0, cx)?;
                (rest, Batches(Cow::Borrowed(text)))
            }
            _ => (rest, Batches::default()),
        };
        Ok((rest, Self { correlator, batches }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(" ");
        self.correlator.encode(out);
        if !self.batches.as_bytes().is_empty() {
            out.put(" ");
            out.put(self.batches.as_bytes());
        }
    }
}

fn batches_check(octets: &[u8]) -> Checked {
    if octets.is_empty() { Ok(()) } else { whole(octets, Expected::Number, batches(octets, Cx::default())) }
}

fn batches(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let mut rest = input;
    loop {
        (rest, ()) = uid(rest, cx)?;
        (rest, ()) = octet(rest, b':', Expected::Number)?;
        (rest, ()) = uid(rest, cx)?;
        match rest {
            [b',', after @ ..] => rest = after,
            _ => return Ok((rest, before(input, rest))),
        }
    }
}

fn uid(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    match input {
        [b'0', ..] if !cx.tolerates(Leniency::ZERO) => Fail::at(input, Expected::NonZero),
        _ => u32::parse(input, cx).map(|(rest, _)| (rest, ())),
    }
}

text! {
    /// Ranges of UIDs, kept as checked text.
    ///
    /// `215295:99696,99695:20351`
    ///
    /// There may be none. RFC 10022 section 4.
    pub struct Batches<'a>: "uid-range", batches_check;
}

impl Batches<'_> {
    /// These ranges: the highest UID and the lowest of each.
    ///
    /// # Errors
    /// There is a 0 in one.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u32, u32)>) -> Result<Batches<'static>, ValueError> {
        let mut text = Vec::new();
        for (high, low) in ranges {
            if !text.is_empty() {
                text.push(b',');
            }
            text.extend_from_slice(Digits::of(high.into()).as_ref());
            text.push(b':');
            text.extend_from_slice(Digits::of(low.into()).as_ref());
        }
        Batches::new(text)
    }

    /// What is written first and last in each range, in order: the highest UID and the lowest.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + Clone {
        let uid = |text| number(text).ok().and_then(|(rest, uid)| Some((rest, u32::try_from(uid).ok()?)));
        self.0.split(|&octet| octet == b',').map_while(move |range| {
            let (rest, high) = uid(range)?;
            let (_, low) = uid(rest.strip_prefix(b":")?)?;
            Some((high, low))
        })
    }
}

impl Default for Batches<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed(b""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::grammar::esearch::TagString;
    use crate::registry::{Code, Data};
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn command(size: u32, batches: Option<(u32, u32)>) -> Command<'static> {
        Command::UidBatches(UidBatches { size, batches })
    }

    fn data(ranges: &[(u32, u32)]) -> Response<'static> {
        let correlator = SearchCorrelator::new(TagString::new("A143").unwrap());
        let batches = Batches::from_ranges(ranges.iter().copied()).unwrap();
        assert!(batches.iter().eq(ranges.iter().copied()));
        Response::Data(Data::UidBatches(UidBatchesData { correlator, batches }))
    }

    #[test]
    fn commands() {
        check([
            ("UIDBATCHES 2000", command(2_000, None)),
            ("UIDBATCHES 2000 10:20", command(2_000, Some((10, 20)))),
            ("UIDBATCHES 2000 4:1", command(2_000, Some((4, 1)))),
        ]);
        check_refused::<Command<'_>, 6>([
            ("UIDBATCHES", 10),
            ("UIDBATCHES 0", 11),
            ("UIDBATCHES 5 1", 14),
            ("UIDBATCHES 5 0:1", 13),
            ("UIDBATCHES 5 1:*", 15),
            ("UIDBATCHES 5 ", 12),
        ]);
    }

    #[test]
    fn responses() {
        check([
            (
                "* UIDBATCHES (TAG \"A143\") 215295:99696,99695:20351\r\n",
                data(&[(215_295, 99_696), (99_695, 20_351)]),
            ),
            ("* UIDBATCHES (TAG \"A143\") 7:7\r\n", data(&[(7, 7)])),
            ("* UIDBATCHES (TAG \"A143\")\r\n", data(&[])),
        ]);
        check_read([("* uidbatches (tag A143) 7:7\r\n", data(&[(7, 7)]))]);
        check_refused::<Response<'_>, 8>([
            ("* UIDBATCHES\r\n", 12),
            ("* UIDBATCHES 7:7\r\n", 13),
            ("* UIDBATCHES (TAG \"A\") \r\n", 23),
            ("* UIDBATCHES (TAG \"A\") 7\r\n", 24),
            ("* UIDBATCHES (TAG \"A\") 7:0\r\n", 25),
            ("* UIDBATCHES (TAG \"A\") 7:*\r\n", 25),
            ("* UIDBATCHES (TAG \"A\") 7:1,\r\n", 27),
            ("* UIDBATCHES (MAILBOX x) 7:1\r\n", 13),
        ]);
        check_tolerated([("* UIDBATCHES (TAG \"A143\") \r\n", data(&[]), Leniency::TRAILING_SPACE)]);
        assert!(Batches::from_ranges([(0, 1)]).is_err());
        check([("TOOFEW", Code::TooFew), ("TOOMANY", Code::TooMany)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            size in 1u32..,
            batches in proptest::option::of((1u32.., 1u32..)),
            ranges in proptest::collection::vec((1u32.., 1u32..), 0..5),
        ) {
            round_trip(&command(size, batches));
            round_trip(&data(&ranges));
        }
    }
}
