//! The forms that some program somewhere has taken for an end of data, and what becomes of each here.

use alloc::vec::Vec;
use std::vec;

use bytes::Bytes;

use super::{
    Anomalies, Anomaly, AnomalyKind, BdatDecoder, BdatEncoder, BodyError, DataDecoder, DataEncoder, Decoded,
    Piece, Stray,
};
use AnomalyKind::{BareCr as Cr, BareLf as Lf, Nul};

pub(super) const POLICIES: [Stray; 4] = [Stray::Reject, Stray::Close, Stray::Normalise, Stray::Preserve];

/// What a smuggler wants read as commands.
const SECOND: &[u8] = b"MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n";

/// A form, and what is expected of it.
struct Form {
    bytes: &'static [u8],
    /// Received, it ends the data.
    ends: bool,
    /// Received, it is this content.
    content: &'static [u8],
    /// The same under `Normalise`.
    normal: &'static [u8],
    /// Received, these are reported, with their offset in `bytes`.
    anomalies: &'static [(AnomalyKind, u64)],
    /// Content to be sent, it becomes this; `None`: the first of `unsendable` is the error.
    sent: Option<&'static [u8]>,
    /// The same under `Normalise`.
    sent_normal: Option<&'static [u8]>,
    /// What is wrong with it as content.
    unsendable: &'static [(AnomalyKind, u64)],
}

macro_rules! forms {
    ($($bytes:literal $verdict:ident $content:literal or $normal:literal $anomalies:tt, sent $sent:tt or $sent_normal:tt;)*) => {
        &[$(Form {
            bytes: $bytes,
            ends: forms!(@verdict $verdict),
            content: $content,
            normal: $normal,
            anomalies: &$anomalies,
            sent: forms!(@sent $sent),
            sent_normal: forms!(@sent $sent_normal),
            unsendable: &$anomalies,
        }),*]
    };
    (@verdict END) => { true };
    (@verdict is) => { false };
    (@sent error) => { None };
    (@sent $sent:literal) => { Some($sent) };
}

/// An offset in a received form is that in the same bytes as content, so one list serves for both.
const FORMS: &[Form] = forms! {
    // The one end of data.
    b"\r\n.\r\n" END b"\r\n" or b"\r\n" [], sent b"\r\n..\r\n" or b"\r\n..\r\n";

    // LF alone.
    b"\n.\n" is b"\n.\n" or b"\r\n.\r\n" [(Lf, 0), (Lf, 2)], sent error or b"\r\n..\r\n";
    b"\n.\r\n" is b"\n.\r\n" or b"\r\n.\r\n" [(Lf, 0)], sent error or b"\r\n..\r\n";
    b"\r\n.\n" is b"\r\n\n" or b"\r\n\r\n" [(Lf, 3)], sent error or b"\r\n..\r\n";
    b"\n\n.\r\n" is b"\n\n.\r\n" or b"\r\n\r\n.\r\n" [(Lf, 0), (Lf, 1)], sent error or b"\r\n\r\n..\r\n";

    // CR alone.
    b"\r.\r" is b"\r.\r" or b"\r\n.\r\n" [(Cr, 0), (Cr, 2)], sent error or b"\r\n..\r\n";
    b"\r.\r\n" is b"\r.\r\n" or b"\r\n.\r\n" [(Cr, 0)], sent error or b"\r\n..\r\n";
    b"\r\n.\r" is b"\r\n\r" or b"\r\n\r\n" [(Cr, 3)], sent error or b"\r\n..\r\n";
    b"\n.\r" is b"\n.\r" or b"\r\n.\r\n" [(Lf, 0), (Cr, 2)], sent error or b"\r\n..\r\n";
    b"\r.\n" is b"\r.\n" or b"\r\n.\r\n" [(Cr, 0), (Lf, 2)], sent error or b"\r\n..\r\n";
    b"\n\r.\n\r" is b"\n\r.\n\r" or b"\r\n\r\n.\r\n\r\n" [(Lf, 0), (Cr, 1), (Lf, 3), (Cr, 4)],
        sent error or b"\r\n\r\n..\r\n\r\n";

    // More CRs than one.
    b"\r\n.\r\r\n" is b"\r\n\r\r\n" or b"\r\n\r\n" [(Cr, 3)], sent error or b"\r\n..\r\n";
    b"\r\n.\r\r\r\n" is b"\r\n\r\r\r\n" or b"\r\n\r\n\r\n" [(Cr, 3), (Cr, 4)], sent error or b"\r\n..\r\n\r\n";
    b"\r\r\n.\r\r\n" is b"\r\r\n\r\r\n" or b"\r\n\r\n" [(Cr, 0), (Cr, 4)], sent error or b"\r\n..\r\n";

    // The line before has a flaw, and the end is one all the same: not to end here would be to disagree with everyone.
    b"\r\r\n.\r\n" END b"\r\r\n" or b"\r\n" [(Cr, 0)], sent error or b"\r\n..\r\n";
    b"\n\r\n.\r\n" END b"\n\r\n" or b"\r\n\r\n" [(Lf, 0)], sent error or b"\r\n\r\n..\r\n";
    b"\0\r\n.\r\n" END b"\0\r\n" or b"\0\r\n" [(Nul, 0)], sent error or error;

    // NUL.
    b"\r\n\0.\r\n" is b"\r\n\0.\r\n" or b"\r\n\0.\r\n" [(Nul, 2)], sent error or error;
    b"\r\n.\0\r\n" is b"\r\n\0\r\n" or b"\r\n\0\r\n" [(Nul, 3)], sent error or error;
    b"\r\0\n.\r\n" is b"\r\0\n.\r\n" or b"\r\n\0\r\n.\r\n" [(Cr, 0), (Nul, 1), (Lf, 2)], sent error or error;

    // Other octets beside the dot.
    b"\r\n. \r\n" is b"\r\n \r\n" or b"\r\n \r\n" [], sent b"\r\n.. \r\n" or b"\r\n.. \r\n";
    b"\r\n.\t\r\n" is b"\r\n\t\r\n" or b"\r\n\t\r\n" [], sent b"\r\n..\t\r\n" or b"\r\n..\t\r\n";
    b"\r\n..\r\n" is b"\r\n.\r\n" or b"\r\n.\r\n" [], sent b"\r\n...\r\n" or b"\r\n...\r\n";
    b"\r\n.a" is b"\r\na" or b"\r\na" [], sent b"\r\n..a" or b"\r\n..a";

    // What is a new line elsewhere: VT, FF, U+0085, U+2028.
    b"\x0b.\x0b" is b"\x0b.\x0b" or b"\x0b.\x0b" [], sent b"\x0b.\x0b" or b"\x0b.\x0b";
    b"\x0c.\x0c" is b"\x0c.\x0c" or b"\x0c.\x0c" [], sent b"\x0c.\x0c" or b"\x0c.\x0c";
    b"\xc2\x85.\xc2\x85" is b"\xc2\x85.\xc2\x85" or b"\xc2\x85.\xc2\x85" [], sent b"\xc2\x85.\xc2\x85" or b"\xc2\x85.\xc2\x85";
    b"\xe2\x80\xa8.\xe2\x80\xa8" is b"\xe2\x80\xa8.\xe2\x80\xa8" or b"\xe2\x80\xa8.\xe2\x80\xa8" [],
        sent b"\xe2\x80\xa8.\xe2\x80\xa8" or b"\xe2\x80\xa8.\xe2\x80\xa8";
};

/// The forms that SEC-31 names as bad.
const BAD: [&[u8]; 13] = [
    b"\n.\n",
    b"\n.\r",
    b"\r.\n",
    b"\r.\r",
    b"\n.\r\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\r\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\n. \r\n",
];

/// Where in a body the form stands: before it, and after it and what was to be smuggled.
const PLACES: [(&[u8], &[u8]); 3] =
    [(b"", b"and on\r\n"), (b"Subject: x\r\n\r\ntext", b"and on\r\n"), (b"Subject: x\r\n\r\ntext", b"")];

/// Everything a decoder said, with how much content had come before each report.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    pub(super) content: Vec<u8>,
    pub(super) reports: Vec<(usize, Anomaly)>,
    pub(super) ends: Vec<usize>,
}

impl Trace {
    /// Takes steps until there are none; returns how much input they took.
    fn steps(&mut self, mut input: &[u8], mut step: impl FnMut(&[u8], &mut Self) -> Option<usize>) -> usize {
        let whole = input.len();
        for _ in 0..10 * whole + 10 {
            let Some(consumed) = step(input, self) else { return whole - input.len() };
            input = &input[consumed..];
        }
        panic!("no progress");
    }

    fn add(&mut self, decoded: Decoded<'_>) -> usize {
        match decoded.piece {
            Piece::Content(content) => {
                assert!(!content.is_empty());
                self.content.extend_from_slice(content);
            }
            Piece::Anomaly(anomaly) => self.reports.push((self.content.len(), anomaly)),
            Piece::End => self.ends.push(self.content.len()),
        }
        decoded.consumed
    }
}

/// What `wire` is to a decoder that sees it up to each of `cuts` in turn and then whole; and how much of it was body.
pub(super) fn data(policy: Stray, wire: &[u8], cuts: &[usize]) -> (Trace, Anomalies, usize) {
    let (mut decoder, mut trace, mut at) = (DataDecoder::new(policy), Trace::default(), 0);
    for &seen in cuts.iter().chain([&wire.len()]) {
        at += trace
            .steps(&wire[at..seen], |input, trace| decoder.decode(input).map(|decoded| trace.add(decoded)));
        assert!(decoder.is_ended() || seen - at <= 2, "{} octets wait", seen - at);
    }
    assert_eq!(decoder.is_ended(), !trace.ends.is_empty());
    assert_eq!(decoder.finish_eof().is_ok(), decoder.is_ended());
    (trace, decoder.anomalies(), at)
}

/// The same for chunks, each followed by a command, seen `step` octets at a time.
pub(super) fn bdat(policy: Stray, binary: bool, chunks: &[&[u8]], step: usize) -> (Trace, Anomalies) {
    let (mut decoder, mut trace) = (BdatDecoder::new(policy, binary), Trace::default());
    for (n, chunk) in chunks.iter().enumerate() {
        let last = n + 1 == chunks.len();
        decoder.start(chunk.len() as u64, last).unwrap();
        assert_eq!(decoder.start(1, true), Err(BodyError::ChunkOpen));
        let wire = [chunk, &b"\n.\r\nNOOP\r\n"[..]].concat();
        let (mut at, mut seen) = (0, 0);
        while trace.ends.len() <= n {
            seen = wire.len().min(seen + step);
            at += trace.steps(&wire[at..seen], |input, trace| {
                decoder.decode(input).map(|decoded| trace.add(decoded))
            });
        }
        assert_eq!(at, chunk.len(), "all of the chunk and nothing else");
        assert_eq!(decoder.is_ended(), last);
        assert_eq!(decoder.finish_eof().is_ok(), last);
    }
    assert_eq!(decoder.start(1, true), Err(BodyError::Finished));
    (trace, decoder.anomalies())
}

pub(super) fn slices(content: &[u8], cuts: &[usize]) -> Vec<Bytes> {
    let content = Bytes::copy_from_slice(content);
    let (mut pieces, mut at) = (Vec::new(), 0);
    for &cut in cuts.iter().chain([&content.len()]) {
        pieces.push(content.slice(at..cut));
        at = cut;
    }
    pieces
}

/// What goes out for the content, given in pieces.
pub(super) fn encode(mut encoder: DataEncoder, pieces: &[Bytes]) -> Result<Vec<u8>, BodyError> {
    let mut wire = Vec::new();
    let done = (|| {
        for piece in pieces {
            encoder.encode(piece, |bytes| wire.extend_from_slice(&bytes))?;
        }
        encoder.finish(|bytes| wire.extend_from_slice(&bytes))
    })();
    let closed = done.err().unwrap_or(BodyError::Finished);
    let late = |_| panic!("written after the end or an error");
    assert_eq!(encoder.encode(&Bytes::from_static(b"x"), late), Err(closed));
    assert_eq!(encoder.finish(late), Err(closed));
    done.map(|()| wire)
}

/// The same for chunks.
pub(super) fn encode_bdat(mut encoder: BdatEncoder, pieces: &[Bytes]) -> Result<Vec<u8>, BodyError> {
    let mut wire = Vec::new();
    for piece in pieces {
        encoder.encode(piece, |bytes| wire.extend_from_slice(&bytes))?;
    }
    encoder.finish(|bytes| wire.extend_from_slice(&bytes))?;
    assert_eq!(encoder.encode(&Bytes::new(), |_| ()), Err(BodyError::Finished));
    Ok(wire)
}

/// A reader of DATA that takes more than CRLF for a new line: there have been such in all combinations.
#[derive(Clone, Copy, Debug)]
struct Reader {
    /// CR alone ends a line.
    cr: bool,
    /// LF alone ends a line.
    lf: bool,
    /// NUL is left out.
    nul: bool,
    /// Any number of CRs before an LF is one.
    extra_cr: bool,
    /// Blanks at the end of a line are left out.
    blank: bool,
}

impl Reader {
    fn all() -> impl Iterator<Item = Self> {
        (0..32_u8).map(|bits| {
            let bit = |n: u8| bits & 1 << n != 0;
            Self { cr: bit(0), lf: bit(1), nul: bit(2), extra_cr: bit(3), blank: bit(4) }
        })
    }

    /// After which octets of `wire` it sees an end of data.
    fn ends(self, wire: &[u8]) -> Vec<usize> {
        let octets: Vec<(usize, u8)> =
            wire.iter().copied().enumerate().filter(|&(_, octet)| !(self.nul && octet == 0)).collect();
        let (mut ends, mut line, mut n) = (Vec::new(), Vec::new(), 0);
        while let Some(&(_, octet)) = octets.get(n) {
            let crs = octets[n..].iter().take_while(|(_, octet)| *octet == b'\r').count();
            let before_lf = octets.get(n + crs).is_some_and(|(_, octet)| *octet == b'\n');
            let new_line = match crs {
                0 => usize::from(self.lf && octet == b'\n'),
                _ if before_lf && (crs == 1 || self.extra_cr) => crs + 1,
                _ => usize::from(self.cr),
            };
            if new_line == 0 {
                line.push(octet);
                n += 1;
                continue;
            }
            n += new_line;
            while self.blank && matches!(line.last(), Some(b' ' | b'\t')) {
                line.pop();
            }
            if line == b"." {
                ends.push(octets[n - 1].0 + 1);
            }
            line.clear();
        }
        ends
    }
}

/// Nobody, however lenient, or strict in an odd way, sees an end in `wire` but at its end.
pub(super) fn assert_one_end(wire: &[u8]) {
    for reader in Reader::all() {
        assert_eq!(reader.ends(wire), [wire.len()], "{reader:?} {:?}", Bytes::copy_from_slice(wire));
    }
    // One that does not end after a line that ends in CR.
    let end = if wire.len() > 3 { &b"\r\n.\r\n"[..] } else { b".\r\n" };
    assert!(wire.ends_with(end) && !wire.ends_with(b"\r\r\n.\r\n"));
}

fn anomalies(list: &[(AnomalyKind, u64)], base: usize) -> Vec<Anomaly> {
    list.iter().map(|&(kind, offset)| Anomaly { kind, offset: offset + base as u64 }).collect()
}

/// All ways to see `len` octets in two goes, and octet by octet.
fn all_cuts(len: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..=len).map(|cut| vec![cut]).chain([(0..len).collect()])
}

/// Each form, received in each place, cut everywhere, under each policy.
fn check_received(forms: impl Iterator<Item = &'static Form>) {
    for (form, policy) in forms.flat_map(|form| POLICIES.map(|policy| (form, policy))) {
        let content = if policy == Stray::Normalise { form.normal } else { form.content };
        for (before, after) in PLACES {
            let wire = [before, form.bytes, SECOND, after, b".\r\n"].concat();
            let (expected, body) = match form.ends {
                true => ([before, content].concat(), before.len() + form.bytes.len()),
                false => ([before, content, SECOND, after].concat(), wire.len()),
            };
            let expected_anomalies = anomalies(form.anomalies, before.len());
            let (whole, ..) = data(policy, &wire, &[]);
            for cuts in all_cuts(wire.len()) {
                let (trace, counts, consumed) = data(policy, &wire, &cuts);
                let context = (policy, Bytes::copy_from_slice(&wire), cuts);
                assert_eq!(trace, whole, "{context:?}");
                assert_eq!(trace.content, expected, "{context:?}");
                assert_eq!((trace.ends.len(), consumed), (1, body), "{context:?}");
                assert_eq!(counts.first(), expected_anomalies.first().copied(), "{context:?}");
                let count = counts.bare_cr.count + counts.bare_lf.count + counts.nul.count;
                assert_eq!(count, form.anomalies.len() as u64, "{context:?}");
                let reported: Vec<_> = trace.reports.iter().map(|(_, anomaly)| *anomaly).collect();
                let unreported = policy == Stray::Preserve;
                assert_eq!(reported, if unreported { &[] } else { &expected_anomalies[..] }, "{context:?}");
            }
        }
    }
}

#[test]
fn sec_31_only_crlf_dot_crlf_ends_data() {
    assert_eq!(BAD.len(), 13);
    for bad in BAD {
        let form = FORMS.iter().find(|form| form.bytes == bad).unwrap();
        assert!(!form.ends);
    }
    check_received(FORMS.iter().filter(|form| BAD.contains(&form.bytes) || form.anomalies.is_empty()));
}

/// At the very start, the CRLF of the DATA line is the first.
#[test]
fn sec_31_dot_crlf_at_the_start_is_an_empty_body() {
    for (policy, cuts) in POLICIES.into_iter().flat_map(|policy| all_cuts(8).map(move |cuts| (policy, cuts)))
    {
        let (trace, counts, consumed) = data(policy, b".\r\nQUIT\r", &cuts);
        assert_eq!(trace, Trace { ends: vec![0], ..Trace::default() });
        assert!(counts.is_empty());
        assert_eq!(consumed, 3);
    }
    for (start, content) in [
        (&b".\n"[..], &b"\n"[..]),
        (b".\r", b"\r"),
        (b".\r\r\n", b"\r\r\n"),
        (b"..\r\n", b".\r\n"),
        (b".a", b"a"),
        (b"\n.\r\n", b"\n.\r\n"),
        (b"\0.\r\n", b"\0.\r\n"),
    ] {
        let wire = [start, SECOND, b".\r\n"].concat();
        for cuts in all_cuts(wire.len()) {
            let (trace, _, consumed) = data(Stray::Reject, &wire, &cuts);
            assert_eq!((trace.content, consumed), ([content, SECOND].concat(), wire.len()));
        }
    }
}

#[test]
fn sec_32_strays_are_reported_and_never_part_of_an_end() {
    check_received(FORMS.iter().filter(|form| !form.anomalies.is_empty()));
}

/// Content that looks like an end, in each place, sent in two pieces cut everywhere and octet by octet.
#[test]
fn sec_34_no_form_can_be_sent() {
    for (form, policy) in FORMS.iter().flat_map(|form| POLICIES.map(|policy| (form, policy))) {
        let sent = if policy == Stray::Normalise { form.sent_normal } else { form.sent };
        for (before, after) in PLACES {
            let content = [before, form.bytes, SECOND, after].concat();
            let expected = match sent {
                Some(sent) => Ok([before, sent, SECOND, after, b".\r\n"].concat()),
                None => {
                    let mut wrong = anomalies(form.unsendable, before.len()).into_iter();
                    let repaired = |anomaly: &Anomaly| policy == Stray::Normalise && anomaly.kind != Nul;
                    Err(BodyError::Anomaly(wrong.find(|anomaly| !repaired(anomaly)).unwrap()))
                }
            };
            for cuts in all_cuts(content.len()) {
                let wire = encode(DataEncoder::new(policy), &slices(&content, &cuts));
                assert_eq!(wire, expected, "{policy:?} {:?} {cuts:?}", Bytes::copy_from_slice(&content));
                wire.iter().for_each(|wire| assert_one_end(wire));
            }
        }
    }
}

#[test]
fn sec_34_dot_at_the_start_and_line_ends() {
    for (content, wire) in [
        ("", ".\r\n"),
        (".", "..\r\n.\r\n"),
        (".\r\n", "..\r\n.\r\n"),
        ("\r\n", "\r\n.\r\n"),
        ("a", "a\r\n.\r\n"),
        ("a\r\n", "a\r\n.\r\n"),
        ("a\r\n.", "a\r\n..\r\n.\r\n"),
        ("a\r\n\r\n", "a\r\n\r\n.\r\n"),
    ] {
        for (policy, cuts) in
            POLICIES.into_iter().flat_map(|policy| all_cuts(content.len()).map(move |cuts| (policy, cuts)))
        {
            let got = encode(DataEncoder::new(policy), &slices(content.as_bytes(), &cuts));
            assert_eq!(got.as_deref(), Ok(wire.as_bytes()), "{content:?} {cuts:?}");
            assert_one_end(wire.as_bytes());
        }
    }
}

/// The readers that `assert_one_end` tries would fall for the forms, so they can tell.
#[test]
fn sec_34_readers_fall_for_the_forms() {
    for bad in BAD {
        let wire = [b"text", bad, SECOND].concat();
        let end = 4 + bad.len();
        assert!(Reader::all().any(|reader| reader.ends(&wire) == [end]), "{bad:?}");
        let strict = Reader { cr: false, lf: false, nul: false, extra_cr: false, blank: false };
        assert!(strict.ends(&wire).is_empty());
    }
}

/// What is held back at the end of a chunk is content of the last one.
#[test]
fn two_crs_at_the_end_are_two_line_ends() {
    let mut decoder = BdatDecoder::new(Stray::Normalise, false);
    decoder.start(3, true).unwrap();
    let (mut content, mut rest, mut found) = (Vec::new(), &b"a\r\r"[..], 0);
    while let Some(Decoded { consumed, piece }) = decoder.decode(rest) {
        rest = &rest[consumed..];
        match piece {
            Piece::Content(octets) => content.extend_from_slice(octets),
            Piece::Anomaly(anomaly) => {
                assert_eq!(anomaly.kind, AnomalyKind::BareCr);
                found += 1;
            }
            Piece::End => break,
        }
    }
    assert_eq!((&content[..], found, decoder.is_ended()), (&b"a\r\n\r\n"[..], 2, true));
}

/// Chunks have no end but their size, whatever is in them; and a CRLF may be cut by it.
#[test]
fn sec_27_forms_in_chunks_are_content() {
    for form in FORMS {
        let content = [b"text", form.bytes, SECOND].concat();
        let expected = super::decode::reference(Stray::Reject, &content);
        for policy in POLICIES {
            let normal = super::decode::reference(policy, &content);
            for (cut, step) in (0..=content.len()).flat_map(|cut| [1, 1000].map(|step| (cut, step))) {
                let chunks = [&content[..cut], &content[cut..]];
                let (trace, counts) = bdat(policy, false, &chunks, step);
                assert_eq!(trace.content, normal.0, "{policy:?} {chunks:?}");
                assert_eq!(counts.first(), expected.1.first().copied());
                let (trace, counts) = bdat(policy, true, &chunks, step);
                assert_eq!(trace.content, content);
                assert!(counts.is_empty() && trace.reports.is_empty());
            }
        }
    }
}
