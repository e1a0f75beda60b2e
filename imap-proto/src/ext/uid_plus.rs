//! UIDPLUS ([RFC 4315](https://www.rfc-editor.org/rfc/rfc4315)): where messages went
//! ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)).

use crate::error::{Expected, ValueError};
use crate::grammar::class::space;
use crate::grammar::number::{Nz32, put_number};
use crate::grammar::sequence::{UidSet, pairs};
use crate::registry::Via;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

part! {
    /// The UIDs of messages that were appended.
    ///
    /// `38505 3955`
    ///
    /// More than one after MULTIAPPEND, in the order of the messages. RFC 9051 section 7.1, RFC 4315 section 3.
    pub struct AppendUid<'a> {
        /// The UIDVALIDITY of their mailbox.
        pub uid_validity: u64,
        /// Their UIDs.
        pub uids: UidSet<'a>,
    }
}

/// ```abnf
/// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
/// append-uid     = uniqueid / uid-set
/// ```
impl<'a> Wire<'a> for AppendUid<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, uid_validity) = Nz32::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, uids) = UidSet::parse(rest, cx)?;
        Ok((rest, Self { uid_validity, uids }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_number(self.uid_validity, out);
        out.put(" ");
        self.uids.encode(out);
    }
}

part! {
    /// The UIDs of messages before and after they were copied or moved.
    ///
    /// `38505 304,319:320 3956:3958`
    ///
    /// As many before as after. RFC 9051 section 7.1, RFC 4315 section 3.
    pub struct CopyUid<'a> {
        /// The UIDVALIDITY of the mailbox where they are now.
        pub uid_validity: u64,
        source: UidSet<'a>,
        destination: UidSet<'a>,
    }
}

impl<'a> CopyUid<'a> {
    /// The UIDs before and after, in the same order.
    ///
    /// # Errors
    /// There are not as many before as after.
    pub fn new(uid_validity: u64, source: UidSet<'a>, destination: UidSet<'a>) -> Result<Self, ValueError> {
        match source.len() == destination.len() {
            true => Ok(Self { uid_validity, source, destination }),
            false => Err(ValueError { field: "COPYUID", expected: Expected::SequenceSet, offset: 0 }),
        }
    }

    /// The UIDs before.
    pub fn source(&self) -> &UidSet<'a> {
        &self.source
    }

    /// The UIDs after.
    pub fn destination(&self) -> &UidSet<'a> {
        &self.destination
    }

    /// Each UID before with the one after, no more than `max` of them.
    pub fn pairs(&self, max: usize) -> impl Iterator<Item = (u32, u32)> {
        pairs(&self.source, &self.destination, max).into_iter().flatten()
    }
}

/// ```abnf
/// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
/// ```
impl<'a> Wire<'a> for CopyUid<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, uid_validity) = Nz32::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, source) = UidSet::parse(rest, cx)?;
        let (start, ()) = space(rest, cx)?;
        let (rest, destination) = UidSet::parse(start, cx)?;
        match Self::new(uid_validity, source, destination) {
            Ok(value) => Ok((rest, value)),
            Err(error) => Fail::at(start, error.expected),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_number(self.uid_validity, out);
        out.put(" ");
        self.source.encode(out);
        out.put(" ");
        self.destination.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::sequence::SequenceSet;
    use crate::options::Leniency;
    use crate::registry::Code;
    use crate::testing::{check, check_refused, check_tolerated};
    use alloc::vec::Vec;

    fn uids(text: &str) -> UidSet<'_> {
        UidSet::new(text).unwrap()
    }

    #[test]
    fn codes() {
        let copied = CopyUid::new(38_505, uids("304,319:320"), uids("3956:3958")).unwrap();
        assert_eq!(copied.pairs(2).collect::<Vec<_>>(), [(304, 3956), (319, 3957)]);
        assert_eq!((copied.source(), copied.destination()), (&uids("304,319:320"), &uids("3956:3958")));
        check([
            ("APPENDUID 38505 3955", Code::AppendUid(AppendUid { uid_validity: 38_505, uids: uids("3955") })),
            ("APPENDUID 1 2:4,9", Code::AppendUid(AppendUid { uid_validity: 1, uids: uids("2:4,9") })),
            ("COPYUID 38505 304,319:320 3956:3958", Code::CopyUid(copied)),
            ("MODIFIED 7,9", Code::Modified(SequenceSet::new("7,9").unwrap())),
            ("UNKNOWN-CTE", Code::UnknownCte),
            ("TOOBIG", Code::TooBig),
            ("UIDREQUIRED", Code::UidRequired),
        ]);
        check_refused::<Code<'_>, 8>([
            ("APPENDUID 1", 11),
            ("APPENDUID 0 1", 10),
            ("APPENDUID 1 *", 12),
            ("COPYUID 1 1:3", 13),
            ("COPYUID 1 1:3 5", 14),
            ("COPYUID 1 1:4294967295 1:4294967294", 23),
            ("COPYUID 1 1 $", 12),
            ("MODIFIED", 8),
        ]);
        let long = AppendUid { uid_validity: 4_294_967_296, uids: uids("1") };
        check_tolerated([("APPENDUID 4294967296 1", Code::AppendUid(long), Leniency::LONG_NUMBER)]);
        assert!(CopyUid::new(1, uids("1:2"), uids("1")).is_err());
    }
}
