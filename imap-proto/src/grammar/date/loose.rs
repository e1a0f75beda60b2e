//! What servers send for a date and time
//! ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)).

use core::fmt;

use super::{DateTime, LocalDateTime, local, put_local, zone};
use crate::grammar::string::IString;
use crate::options::Leniency;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// What a server says of the time when a message came.
    ///
    /// `"17-Jul-1996 02:44:25 -0700"`
    ///
    /// All but the first variant are read only with [`Leniency::LOOSE_DATE`]. RFC 9051 section 7.5.2 (`INTERNALDATE`).
    pub enum LooseDateTime<'a> {
        /// A date and time, as the RFC has it.
        DateTime(DateTime),
        /// A date and time without a zone: `"17-Jul-1996 02:44:25"`.
        Local(LocalDateTime),
        /// Something else: `NIL`, `"Thu, 01 Jan 1970 00:00:00 +0000"`, `"00-Jan-0000 00:00:00 +0000"`.
        Other(OtherDate<'a>),
    }
}

part! {
    /// A string that is no date and time, or `NIL`.
    ///
    /// `NIL`, `"Thu, 01 Jan 1970 00:00:00 +0000"`
    ///
    /// RFC 9051 section 7.5.2.
    pub struct OtherDate<'a>(Option<IString<'a>>);
}

impl OtherDate<'_> {
    /// The octets; none for `NIL`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.0.as_ref().map(IString::as_bytes)
    }
}

impl fmt::Debug for OtherDate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl LooseDateTime<'_> {
    /// The point in time, when it is one.
    pub fn date_time(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(time) => Some(*time),
            Self::Local(_) | Self::Other(_) => None,
        }
    }

    /// What a clock showed, when it is a date and time, with a zone or without.
    pub fn local(&self) -> Option<LocalDateTime> {
        match self {
            Self::DateTime(time) => Some(time.local),
            Self::Local(local) => Some(*local),
            Self::Other(_) => None,
        }
    }

    /// Minutes that the clock was ahead of UTC, when that is known.
    pub fn zone(&self) -> Option<i16> {
        self.date_time().map(DateTime::zone)
    }
}

impl From<DateTime> for LooseDateTime<'_> {
    fn from(time: DateTime) -> Self {
        Self::DateTime(time)
    }
}

/// ```abnf
/// date-time
/// ```
impl<'a> Wire<'a> for LooseDateTime<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match DateTime::parse(input, cx) {
            Ok((rest, time)) => Ok((rest, Self::DateTime(time))),
            Err(_) if cx.tolerates(Leniency::LOOSE_DATE) => loose(input, cx),
            Err(error) => Err(error),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::DateTime(time) => time.encode(out),
            Self::Local(time) => {
                out.put("\"");
                put_local(*time, out);
                out.put("\"");
            }
            Self::Other(other) => other.0.encode(out),
        }
    }
}

/// Any string: what is in it can be a date and time, though a literal.
#[cold]
fn loose(input: &[u8], cx: Cx) -> Parsed<'_, LooseDateTime<'_>> {
    let (rest, text) = <Option<IString<'_>>>::parse(input, cx)?;
    let octets = text.as_ref().map(IString::as_bytes).unwrap_or_default();
    let value = match local(octets) {
        Some(([], local)) => LooseDateTime::Local(local),
        Some(([b' ', after @ ..], local)) if let Some(([], zone)) = zone(after) => {
            LooseDateTime::DateTime(DateTime { local, zone })
        }
        _ => LooseDateTime::Other(OtherDate(text)),
    };
    Ok((rest, value))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{any_date_time, at, day, time};
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_refused, check_tolerated, encoded, round_trip};
    use crate::wire::exact;
    use proptest::prelude::*;

    fn other(text: &'static str) -> LooseDateTime<'static> {
        LooseDateTime::Other(OtherDate(Some(IString::new(text).unwrap())))
    }

    #[test]
    fn dates_that_servers_send() {
        let july = time(day(1996, 7, 17), 2, 44, 25);
        let parsed = LooseDateTime::DateTime(at(july, -420));
        check([("\"17-Jul-1996 02:44:25 -0700\"", parsed.clone())]);
        check_refused::<LooseDateTime<'_>, 2>([("NIL", 0), ("\"17-Jul-1996 02:44:25\"", 0)]);
        let nil = LooseDateTime::Other(OtherDate(None));
        let rows = [
            ("NIL", nil.clone()),
            ("\"Thu, 01 Jan 1970 00:00:00 +0000\"", other("Thu, 01 Jan 1970 00:00:00 +0000")),
            ("\"00-Jan-0000 00:00:00 +0000\"", other("00-Jan-0000 00:00:00 +0000")),
            ("\"17-Jul-1996 02:44:25\"", LooseDateTime::Local(july)),
            ("\"17-Jul-1996 02:44:25 \"", other("17-Jul-1996 02:44:25 ")),
            ("\"17-Jul-1996 02:44:25 -07000\"", other("17-Jul-1996 02:44:25 -07000")),
            ("\"\"", other("")),
        ];
        for (text, value) in &rows {
            assert_eq!(encoded(value), *text);
        }
        check_tolerated(rows.map(|(text, value)| (text, value, Leniency::LOOSE_DATE)));
        check_tolerated([
            ("{26}\r\n17-Jul-1996 02:44:25 -0700", parsed.clone(), Leniency::LOOSE_DATE),
            ("{20}\r\n17-Jul-1996 02:44:25", LooseDateTime::Local(july), Leniency::LOOSE_DATE),
        ]);
        assert_eq!(
            (parsed.date_time(), parsed.local(), parsed.zone()),
            (Some(at(july, -420)), Some(july), Some(-420))
        );
        let local = LooseDateTime::Local(july);
        assert_eq!((local.date_time(), local.local(), local.zone()), (None, Some(july), None));
        assert_eq!((nil.date_time(), nil.local(), nil.zone()), (None, None, None));
        assert_eq!(LooseDateTime::from(at(july, -420)), parsed);
        let LooseDateTime::Other(text) = other("x") else { panic!("not kept") };
        assert_eq!((text.as_bytes(), alloc::format!("{text:?}").as_str()), (Some(&b"x"[..]), "Some(\"x\")"));
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(time in any_date_time()) {
            round_trip(&LooseDateTime::from(time));
        }

        #[test]
        fn any_text_is_read_as_what_it_encodes_to(text in "\"[ 0-9A-Za-z:+-]{0,30}\"") {
            let tolerant = exact::<LooseDateTime<'_>>(text.as_bytes(), Dialect::TOLERANT).unwrap();
            let again = encoded(&tolerant);
            prop_assert_eq!(exact::<LooseDateTime<'_>>(again.as_bytes(), Dialect::TOLERANT), Ok(tolerant));
        }
    }
}
