//! Bodies as they come from the wire.

use super::scan::{self, Stop};
use super::{Anomalies, Anomaly, AnomalyKind, BodyError, Stray};

/// One step of a decoder: what is at the front of the input, and how much of the input it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded<'i> {
    /// Octets of the input that have been dealt with: do not hand them in again. May be 0.
    pub consumed: usize,
    /// What they were.
    pub piece: Piece<'i>,
}

/// Part of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'i> {
    /// Content of the message, never empty; pieces may end anywhere, so also between CR and LF.
    Content(&'i [u8]),
    /// Something is wrong with an octet that came, or its replacement, in the content so far.
    Anomaly(Anomaly),
    /// The end of the body, or with BDAT of the chunk.
    End,
}

/// What the octets before were, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Nothing, or CRLF.
    LineStart,
    Middle,
    /// CR, which has been handed out.
    Cr,
    /// Two CRs, of which the second was the last octet of a chunk and has not been handed out; under `Normalise` only.
    CrCr,
}

/// Follows CR and LF through content: what DATA and BDAT have in common.
#[derive(Clone, Debug)]
struct Strays {
    policy: Stray,
    at: At,
    /// Octets of the body on the wire so far.
    offset: u64,
    anomalies: Anomalies,
    /// Found, its octet handed out, and to be reported.
    pending: Option<Anomaly>,
}

impl Strays {
    const fn new(policy: Stray) -> Self {
        let none = super::Tally { count: 0, first: None };
        let anomalies = Anomalies { bare_cr: none, bare_lf: none, nul: none };
        Self { policy, at: At::LineStart, offset: 0, anomalies, pending: None }
    }

    /// Counts the anomaly, and has it reported unless strays are to be preserved.
    fn found(&mut self, kind: AnomalyKind, offset: u64) {
        let anomaly = Anomaly { kind, offset };
        self.anomalies.count(anomaly);
        if self.policy != Stray::Preserve {
            self.pending = Some(anomaly);
        }
    }

    /// The offset of the octet `n` before the front of the input.
    fn before(&self, n: u64) -> u64 {
        self.offset.saturating_sub(n)
    }

    /// The offset of octet `n` of the input.
    fn ahead(&self, n: usize) -> u64 {
        self.offset.wrapping_add(n as u64)
    }

    fn report<'i>(&mut self) -> Option<Decoded<'i>> {
        self.pending.take().map(|anomaly| Decoded { consumed: 0, piece: Piece::Anomaly(anomaly) })
    }

    fn take<'i>(&mut self, consumed: usize, content: &'i [u8], at: At) -> Decoded<'i> {
        self.offset = self.ahead(consumed);
        self.at = at;
        Decoded { consumed, piece: Piece::Content(content) }
    }

    /// The front of `input`; with `DOTS`, the content stops after a CRLF that a dot follows. `None`: it takes more input to tell.
    fn content<'i, const DOTS: bool>(&mut self, input: &'i [u8]) -> Option<Decoded<'i>> {
        let &first = input.first()?;
        match (self.at, first) {
            (At::LineStart | At::Middle, _) => {}
            (At::Cr, b'\n') => {
                return Some(match input.get(1) {
                    None => self.take(1, input, At::LineStart),
                    Some(b'.') => self.take(1, b"\n", At::LineStart),
                    Some(_) => self.run::<DOTS>(input, 1, 0),
                });
            }
            (At::Cr, b'\r') if self.policy == Stray::Normalise => {
                let &second = input.get(1)?;
                self.found(AnomalyKind::BareCr, self.before(1));
                // The first CR has been handed out: it stands for that of the CRLF, or for a line end of its own.
                return Some(match second {
                    b'\n' => self.take(2, b"\n", At::LineStart),
                    _ => self.take(1, b"\n\r", At::Cr),
                });
            }
            (At::Cr, _) => {
                if let Some(decoded) = self.bare_cr() {
                    return Some(decoded);
                }
            }
            (At::CrCr, b'\n') => {
                self.found(AnomalyKind::BareCr, self.before(2));
                return Some(self.take(1, b"\n", At::LineStart));
            }
            (At::CrCr, _) => return Some(self.split_crs()),
        }
        Some(self.run::<DOTS>(input, 0, 0))
    }

    /// The octet before was CR, and no LF follows.
    fn bare_cr<'i>(&mut self) -> Option<Decoded<'i>> {
        self.found(AnomalyKind::BareCr, self.before(1));
        if self.policy == Stray::Normalise {
            return Some(self.take(0, b"\n", At::Middle));
        }
        self.at = At::Middle;
        self.report()
    }

    /// Two CRs, and it has turned out that no LF follows: the first is a line end of its own.
    fn split_crs<'i>(&mut self) -> Decoded<'i> {
        self.found(AnomalyKind::BareCr, self.before(2));
        self.take(0, b"\n\r", At::Cr)
    }

    /// The content up to the next decision. The first `from` octets need none. `dot` octets before are consumed with it.
    fn run<'i, const DOTS: bool>(&mut self, input: &'i [u8], mut from: usize, dot: usize) -> Decoded<'i> {
        let up_to = |n| input.get(..n).unwrap_or(input);
        loop {
            let rest = input.get(from..).unwrap_or_default();
            // Places in the input: no sum of them wraps.
            let Some((n, stop)) = scan::find::<DOTS, false>(rest) else {
                let at = if rest.last() == Some(&b'\n') { At::LineStart } else { At::Middle };
                return self.take(dot.wrapping_add(input.len()), input, at);
            };
            let n = from.wrapping_add(n);
            let after = n.wrapping_add(1);
            let consumed = dot.wrapping_add(after);
            let kind = match (stop, self.policy) {
                (Stop::Dot, _) => return self.take(consumed, up_to(after), At::LineStart),
                (Stop::Cr, Stray::Preserve) if after < input.len() => AnomalyKind::BareCr,
                // What follows decides, and may be yet to come.
                (Stop::Cr, _) => return self.take(consumed, up_to(after), At::Cr),
                (Stop::Lf, Stray::Normalise) if n > 0 => {
                    return self.take(dot.wrapping_add(n), up_to(n), At::Middle);
                }
                (Stop::Lf, _) => AnomalyKind::BareLf,
                (Stop::Nul | Stop::High, _) => AnomalyKind::Nul,
            };
            self.found(kind, self.ahead(dot.wrapping_add(n)));
            match (stop, self.policy) {
                (_, Stray::Preserve) => from = after,
                (Stop::Lf, Stray::Normalise) => return self.take(consumed, b"\r\n", At::Middle),
                _ => return self.take(consumed, up_to(after), At::Middle),
            }
        }
    }
}

/// Takes the body of a DATA command off the wire: removes the dots that were added, and finds the end.
///
/// `Subject: hi CRLF CRLF ..dots CRLF . CRLF` is `Subject: hi CRLF CRLF .dots CRLF`.
///
/// Start it after the CRLF of the DATA line. It keeps a few octets of state, whatever the size of the body, and gives slices
/// of what it is given ([RFC 5321 section 4.5.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2)).
#[derive(Clone, Debug)]
pub struct DataDecoder {
    strays: Strays,
    ended: bool,
}

impl DataDecoder {
    /// A decoder at the start of a body.
    pub const fn new(policy: Stray) -> Self {
        Self { strays: Strays::new(policy), ended: false }
    }

    /// What is at the front of `input`, which is what follows the octets consumed before.
    ///
    /// `None`: call again with the same octets and more, or it has ended. At most two octets are left waiting in this way.
    /// After [`Piece::End`] the octets after `consumed` are the next command. How the input is cut makes no difference to the
    /// content in sum, to the anomalies, or to where among the content they are reported.
    pub fn decode<'i>(&mut self, input: &'i [u8]) -> Option<Decoded<'i>> {
        if let Some(report) = self.strays.report() {
            return Some(report);
        }
        if self.ended {
            return None;
        }
        if self.strays.at != At::LineStart {
            return self.strays.content::<true>(input);
        }
        match input {
            [b'.', b'\r', b'\n', ..] => {
                self.ended = true;
                self.strays.offset = self.strays.ahead(3);
                Some(Decoded { consumed: 3, piece: Piece::End })
            }
            [b'.'] | [b'.', b'\r'] => None,
            [b'.', rest @ ..] => Some(self.strays.run::<true>(rest, 0, 1)),
            [] => None,
            _ => Some(self.strays.run::<true>(input, 0, 0)),
        }
    }

    /// What was wrong with the body so far.
    pub const fn anomalies(&self) -> Anomalies {
        self.strays.anomalies
    }

    /// Whether [`Piece::End`] has been given.
    pub const fn is_ended(&self) -> bool {
        self.ended
    }

    /// The input has ended: an error unless the body has.
    ///
    /// # Errors
    /// [`BodyError::Truncated`]: what was delivered is not a message.
    pub const fn finish_eof(&self) -> Result<(), BodyError> {
        if self.ended { Ok(()) } else { Err(BodyError::Truncated) }
    }
}

/// Takes the chunks of a message sent by BDAT off the wire: counted octets, checked as the body of DATA is.
///
/// `BDAT 6 CRLF` `hi CRLF .x` `BDAT 5 LAST CRLF` `. CRLF` `ok` is `hi CRLF .x. CRLF ok`: no dot is taken off, and nothing
/// in a chunk is an end ([RFC 3030 section 2](https://www.rfc-editor.org/rfc/rfc3030#section-2)). One decoder is for all chunks
/// of a message, so that a CRLF may be cut by a chunk's end.
#[derive(Clone, Debug)]
pub struct BdatDecoder {
    strays: Strays,
    binary: bool,
    chunk: Chunk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chunk {
    None,
    Open {
        remaining: u64,
        last: bool,
    },
    /// The last one has ended.
    Done,
}

impl BdatDecoder {
    /// A decoder before the first chunk. `binary`: MAIL said `BODY=BINARYMIME`, so nothing is checked.
    pub const fn new(policy: Stray, binary: bool) -> Self {
        Self { strays: Strays::new(policy), binary, chunk: Chunk::None }
    }

    /// Starts the chunk of a `BDAT size [LAST]` line; `size` 0 is one too.
    ///
    /// # Errors
    /// [`BodyError::ChunkOpen`] inside a chunk, [`BodyError::Finished`] after the last.
    pub const fn start(&mut self, size: u64, last: bool) -> Result<(), BodyError> {
        match self.chunk {
            Chunk::None => self.chunk = Chunk::Open { remaining: size, last },
            Chunk::Open { .. } => return Err(BodyError::ChunkOpen),
            Chunk::Done => return Err(BodyError::Finished),
        }
        Ok(())
    }

    /// What is at the front of `input`, which is what follows the octets consumed before.
    ///
    /// `None`: call again with the same octets and more, or no chunk is open. After [`Piece::End`] the octets after `consumed`
    /// are the next command. How the input is cut, and how the sender cut it into chunks, makes no difference to the content
    /// in sum and to the anomalies.
    pub fn decode<'i>(&mut self, input: &'i [u8]) -> Option<Decoded<'i>> {
        if let Some(report) = self.strays.report() {
            return Some(report);
        }
        let Chunk::Open { remaining, last } = self.chunk else { return None };
        if remaining == 0 {
            return Some(self.end(last));
        }
        // A chunk that does not fit into the address space has more octets than the input.
        let size = usize::try_from(remaining).unwrap_or(usize::MAX);
        let input = input.get(..size).unwrap_or(input);
        let decoded = if self.binary && !input.is_empty() {
            self.strays.take(input.len(), input, At::Middle)
        } else if let Some(decoded) = self.strays.content::<false>(input) {
            decoded
        } else if input.len() == size {
            // A CR after a CR, and the next chunk will tell what they are.
            self.strays.offset = self.strays.ahead(size);
            self.strays.at = At::CrCr;
            let Decoded { piece, .. } = self.end(last);
            return Some(Decoded { consumed: size, piece });
        } else {
            return None;
        };
        self.chunk = Chunk::Open { remaining: remaining.saturating_sub(decoded.consumed as u64), last };
        Some(decoded)
    }

    /// The chunk has no more octets. After the last, no LF can follow a CR.
    fn end<'i>(&mut self, last: bool) -> Decoded<'i> {
        self.chunk = Chunk::Open { remaining: 0, last };
        let open = match self.strays.at {
            At::Cr if last => self.strays.bare_cr(),
            At::CrCr if last => Some(self.strays.split_crs()),
            _ => None,
        };
        if let Some(decoded) = open {
            return decoded;
        }
        self.chunk = if last { Chunk::Done } else { Chunk::None };
        Decoded { consumed: 0, piece: Piece::End }
    }

    /// Whether the chunk that was started last has more octets than were consumed.
    pub(crate) const fn has_octets_to_come(&self) -> bool {
        matches!(self.chunk, Chunk::Open { remaining: 1.., .. })
    }

    /// What was wrong with the chunks so far.
    pub const fn anomalies(&self) -> Anomalies {
        self.strays.anomalies
    }

    /// Whether the last chunk has ended.
    pub const fn is_ended(&self) -> bool {
        matches!(self.chunk, Chunk::Done)
    }

    /// The input has ended: an error unless the last chunk has.
    ///
    /// # Errors
    /// [`BodyError::Truncated`]: what was delivered is not a message.
    pub const fn finish_eof(&self) -> Result<(), BodyError> {
        if self.is_ended() { Ok(()) } else { Err(BodyError::Truncated) }
    }
}

/// What becomes of `content` without regard to lines, said with the whole of it in view: what is delivered, and all anomalies.
#[cfg(test)]
pub(super) fn reference(policy: Stray, content: &[u8]) -> (alloc::vec::Vec<u8>, alloc::vec::Vec<Anomaly>) {
    let (mut out, mut anomalies) = (alloc::vec::Vec::new(), alloc::vec::Vec::new());
    for (n, &octet) in content.iter().enumerate() {
        let (before, after) = (&content[..n], &content[n + 1..]);
        let (kind, normal): (_, &[u8]) = match octet {
            b'\r' if after.starts_with(b"\r\n") => (AnomalyKind::BareCr, b""),
            b'\r' if !after.starts_with(b"\n") => (AnomalyKind::BareCr, b"\r\n"),
            b'\n' if !before.ends_with(b"\r") => (AnomalyKind::BareLf, b"\r\n"),
            0 => (AnomalyKind::Nul, b"\0"),
            _ => {
                out.push(octet);
                continue;
            }
        };
        anomalies.push(Anomaly { kind, offset: n as u64 });
        out.extend_from_slice(if policy == Stray::Normalise { normal } else { &content[n..=n] });
    }
    (out, anomalies)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use proptest::prelude::*;

    use super::super::smuggling::{POLICIES, bdat, data};
    use super::*;

    /// What `wire`, which has an end, is: the content with the wire's offset of each octet, and the length of the body.
    fn unstuff(wire: &[u8]) -> (Vec<u8>, Vec<u64>, usize) {
        let (mut content, mut offsets, mut n) = (Vec::new(), Vec::new(), 0);
        loop {
            let line_start = n == 0 || wire[..n].ends_with(b"\r\n");
            if line_start && wire[n..].starts_with(b".\r\n") {
                return (content, offsets, n + 3);
            }
            if line_start && wire[n] == b'.' {
                n += 1;
            }
            content.push(wire[n]);
            offsets.push(n as u64);
            n += 1;
        }
    }

    /// `wire`, with an end added, cut in these ways, is what it should be.
    fn check(policy: Stray, mut wire: Vec<u8>, cuts: impl Iterator<Item = Vec<usize>>) {
        wire.extend_from_slice(b"\r\n.\r\n");
        let (content, offsets, body) = unstuff(&wire);
        let (expected, anomalies) = reference(policy, &content);
        let offset = |anomaly: Anomaly| Anomaly { offset: offsets[anomaly.offset as usize], ..anomaly };
        let anomalies: Vec<_> = anomalies.into_iter().map(offset).collect();
        let (whole, counts, consumed) = data(policy, &wire, &[]);
        assert_eq!((&whole.content, consumed), (&expected, body), "{policy:?} {wire:?}");
        let reported: Vec<_> = whole.reports.iter().map(|(_, anomaly)| *anomaly).collect();
        assert_eq!(
            reported,
            if policy == Stray::Preserve { Vec::new() } else { anomalies.clone() },
            "{policy:?} {wire:?}"
        );
        for (kind, tally) in [
            (AnomalyKind::BareCr, counts.bare_cr),
            (AnomalyKind::BareLf, counts.bare_lf),
            (AnomalyKind::Nul, counts.nul),
        ] {
            let of_kind: Vec<_> = anomalies.iter().filter(|anomaly| anomaly.kind == kind).collect();
            assert_eq!(
                (tally.count, tally.first),
                (of_kind.len() as u64, of_kind.first().map(|anomaly| anomaly.offset))
            );
        }
        for cuts in cuts {
            let cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut <= wire.len()).collect();
            let (trace, cut_counts, consumed) = data(policy, &wire, &cuts);
            assert_eq!((&trace, consumed), (&whole, body), "{policy:?} {wire:?} {cuts:?}");
            assert_eq!(cut_counts, counts, "{policy:?} {wire:?} {cuts:?}");
        }
    }

    /// All bodies of up to five octets that matter, cut once everywhere and octet by octet.
    #[test]
    fn all_short_bodies() {
        for len in 0..=5 {
            for number in 0..5_usize.pow(len) {
                let wire: Vec<u8> = (0..len).map(|n| b"\r\n.\0a"[number / 5_usize.pow(n) % 5]).collect();
                let end = wire.len() + 5;
                for policy in POLICIES {
                    check(policy, wire.clone(), (0..end).map(|cut| [cut].into()).chain([(0..end).collect()]));
                }
            }
        }
    }

    #[test]
    fn clean_input_is_handed_out_whole() {
        let text = b"some text\r\n".repeat(3000);
        let wire = [&text[..], b".\r\n"].concat();
        for policy in POLICIES {
            let mut decoder = DataDecoder::new(policy);
            let first = decoder.decode(&wire).unwrap();
            assert_eq!(first, Decoded { consumed: text.len(), piece: Piece::Content(&text) });
            let end = decoder.decode(&wire[first.consumed..]).unwrap();
            assert_eq!(end, Decoded { consumed: 3, piece: Piece::End });
            assert_eq!(decoder.decode(b"QUIT\r\n"), None, "it has ended");
        }
    }

    /// Text with ends of lines of its own costs no more pieces than text with CRLF.
    #[test]
    fn what_is_preserved_is_handed_out_whole() {
        let mut decoder = BdatDecoder::new(Stray::Preserve, false);
        decoder.start(12, true).unwrap();
        let decoded = decoder.decode(b"a\nb\rc\0d\r\n.e\n").unwrap();
        assert_eq!((decoded.consumed, decoded.piece), (12, Piece::Content(b"a\nb\rc\0d\r\n.e\n")));
        let mut decoder = DataDecoder::new(Stray::Preserve);
        let decoded = decoder.decode(b"a\nb\rc\0d\r\n.\r\n").unwrap();
        assert_eq!((decoded.consumed, decoded.piece), (9, Piece::Content(b"a\nb\rc\0d\r\n")));
    }

    #[test]
    fn sec_29_a_body_cut_off_is_no_message() {
        let wire = b"..a\r\n.\r\n";
        for cut in 0..wire.len() {
            let mut decoder = DataDecoder::new(Stray::Reject);
            let mut rest = &wire[..cut];
            while let Some(Decoded { consumed, piece }) = decoder.decode(rest) {
                assert_ne!(piece, Piece::End);
                rest = &rest[consumed..];
            }
            assert!(!decoder.is_ended());
            assert_eq!(decoder.finish_eof(), Err(BodyError::Truncated));
        }
        let mut decoder = BdatDecoder::new(Stray::Reject, false);
        assert_eq!(decoder.finish_eof(), Err(BodyError::Truncated));
        decoder.start(0, false).unwrap();
        assert_eq!(decoder.decode(b""), Some(Decoded { consumed: 0, piece: Piece::End }));
        assert_eq!(decoder.finish_eof(), Err(BodyError::Truncated), "no chunk was the last");
        decoder.start(2, true).unwrap();
        assert_eq!(decoder.decode(b"a"), Some(Decoded { consumed: 1, piece: Piece::Content(b"a") }));
        assert_eq!(decoder.decode(b""), None);
        assert_eq!(decoder.finish_eof(), Err(BodyError::Truncated));
    }

    #[test]
    fn any_anomaly_is_one() {
        for (content, anomaly) in [
            (&b"ab\r\n"[..], None),
            (b"a\rb\r\n", Some(AnomalyKind::BareCr)),
            (b"a\nb\r\n", Some(AnomalyKind::BareLf)),
            (b"a\0b\r\n", Some(AnomalyKind::Nul)),
        ] {
            let wire = [content, b".\r\n"].concat();
            let (_, anomalies, _) = data(Stray::Preserve, &wire, &[]);
            assert_eq!(anomalies.is_empty(), anomaly.is_none());
            assert_eq!(
                anomalies.first().map(|first| (first.kind, first.offset)),
                anomaly.map(|kind| (kind, 1))
            );
        }
    }

    /// A chunk larger than memory is no trouble, nor is one of size 0.
    #[test]
    fn chunk_sizes() {
        let mut decoder = BdatDecoder::new(Stray::Reject, false);
        decoder.start(u64::MAX, true).unwrap();
        assert_eq!(
            decoder.decode(b"ab\r\n"),
            Some(Decoded { consumed: 4, piece: Piece::Content(b"ab\r\n") })
        );
        assert!(!decoder.is_ended());
        for policy in POLICIES {
            let (trace, counts) = bdat(policy, false, &[b"", b"a\r", b"", b"\n", b""], 1);
            assert_eq!((trace.content, trace.ends.len()), (b"a\r\n".to_vec(), 5));
            assert!(counts.is_empty());
        }
    }

    fn body() -> impl Strategy<Value = Vec<u8>> {
        const SPECIAL: &[&[u8]] = &[b"\r\n", b"\r", b"\n", b".", b"\0", b"\r\n.", b"\r\n..", b"a"];
        let part = prop_oneof![
            8 => prop::sample::select(SPECIAL).prop_map(<[u8]>::to_vec),
            1 => (0..300_usize).prop_map(|n| b"x".repeat(n)),
            1 => (0..9_usize).prop_map(|n| b"a line of text and its end\r\n".repeat(n)),
        ];
        prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_body_cut_anyhow(wire in body(), mut cuts in prop::collection::vec(0..400_usize, 0..8), policy in prop::sample::select(&POLICIES[..])) {
            cuts.sort_unstable();
            check(policy, wire, [cuts].into_iter());
        }

        #[test]
        fn any_chunks_cut_anyhow(chunks in prop::collection::vec(body(), 1..5), step in 1..300_usize, policy in prop::sample::select(&POLICIES[..])) {
            let (content, anomalies) = reference(policy, &chunks.concat());
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let (trace, counts) = bdat(policy, false, &chunks, step);
            prop_assert_eq!(trace.content, content);
            prop_assert_eq!(counts.first(), anomalies.first().copied());
            if policy != Stray::Preserve {
                let reported: Vec<_> = trace.reports.into_iter().map(|(_, anomaly)| anomaly).collect();
                prop_assert_eq!(reported, anomalies);
            }
        }

        /// What `Normalise` delivers has no stray newline, and is the same again.
        #[test]
        fn normal_content_is_clean(wire in body()) {
            let wire = [&wire[..], b"\r\n.\r\n"].concat();
            let (trace, ..) = data(Stray::Normalise, &wire, &[]);
            let (again, anomalies) = reference(Stray::Reject, &trace.content);
            prop_assert!(anomalies.iter().all(|anomaly| anomaly.kind == AnomalyKind::Nul));
            prop_assert_eq!(again, trace.content);
        }
    }
}
