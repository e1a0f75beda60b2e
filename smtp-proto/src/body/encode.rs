//! Bodies as they go to the wire.

use bytes::Bytes;

use super::scan::{self, Stop};
use super::{Anomaly, AnomalyKind, BodyError, Stray};

const CRLF: Bytes = Bytes::from_static(b"\r\n");

/// What the octets before were, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Nothing, or CRLF.
    LineStart,
    Middle,
    /// CR, which is held back.
    Cr,
    /// Two CRs, both held back; under `Normalise` only.
    CrCr,
}

/// Checks content and repairs it, adds dots with `DOTS`: what DATA and BDAT have in common.
#[derive(Clone, Debug)]
struct Outgoing<const DOTS: bool> {
    policy: Stray,
    max_line: Option<usize>,
    seven_bit: bool,
    at: At,
    /// Octets given so far.
    offset: u64,
    /// Octets in the line so far.
    column: usize,
    /// Why nothing more is taken.
    closed: Option<BodyError>,
}

impl<const DOTS: bool> Outgoing<DOTS> {
    const fn new(policy: Stray) -> Self {
        Self {
            policy,
            max_line: None,
            seven_bit: false,
            at: At::LineStart,
            offset: 0,
            column: 0,
            closed: None,
        }
    }

    fn encode(&mut self, piece: &Bytes, mut out: impl FnMut(Bytes)) -> Result<(), BodyError> {
        if let Some(error) = self.closed {
            return Err(error);
        }
        let mut done = 0;
        while let Some(&first) = piece.get(done) {
            let after = match self.at {
                At::LineStart | At::Middle => self.run(piece, done, &mut out),
                At::Cr | At::CrCr => self.after_cr(first, &mut out).map(|n| done.saturating_add(n)),
            };
            let after = after.inspect_err(|error| self.closed = Some(*error))?;
            self.offset = self.offset_at(after.saturating_sub(done));
            done = after;
        }
        Ok(())
    }

    /// Decides about a CR held back, now that the octet after it is there; how many octets that took.
    fn after_cr(&mut self, next: u8, out: &mut impl FnMut(Bytes)) -> Result<usize, BodyError> {
        match (self.at, next, self.policy) {
            // Of two CRs before LF the first is left out.
            (At::Cr | At::CrCr, b'\n', _) => {
                self.new_line(out);
                Ok(1)
            }
            (At::Cr, b'\r', Stray::Normalise) => {
                self.at = At::CrCr;
                Ok(1)
            }
            (At::CrCr, _, _) => {
                self.new_line(out);
                self.at = At::Cr;
                Ok(0)
            }
            (_, _, Stray::Normalise) => {
                self.new_line(out);
                Ok(0)
            }
            _ => Err(Anomaly { kind: AnomalyKind::BareCr, offset: self.offset.saturating_sub(1) }.into()),
        }
    }

    /// Sends what is in the piece from `start` up to the next decision, and returns where to go on.
    fn run(&mut self, piece: &Bytes, start: usize, out: &mut impl FnMut(Bytes)) -> Result<usize, BodyError> {
        if DOTS && self.at == At::LineStart && piece.get(start) == Some(&b'.') {
            out(Bytes::from_static(b"."));
        }
        let (mut sent, mut from) = (start, start);
        loop {
            // Places in the piece: no sum of them wraps.
            let stop = self.find(piece.get(from..).unwrap_or_default());
            let n = stop.map_or(piece.len(), |(n, _)| from.wrapping_add(n));
            let after = n.wrapping_add(1);
            if self.policy == Stray::Preserve && matches!(stop, Some((_, Stop::Cr | Stop::Lf))) {
                from = after;
                continue;
            }
            let plain = piece.get(sent..n).unwrap_or_default();
            // What follows a CR at the end is LF, or still to come.
            let is_open = matches!(stop, None | Some((_, Stop::Dot)));
            self.measure(plain, self.offset_at(sent.wrapping_sub(start)), is_open)?;
            if let Some((_, Stop::Dot)) = stop {
                // The dot goes out at the end of this slice, and again at the start of the next.
                out(piece.slice(sent..after.wrapping_add(1)));
                self.column = 0;
                (sent, from) = (after, after);
                continue;
            }
            if let Some((_, stop)) = stop {
                self.admit(stop, self.offset_at(n.wrapping_sub(start)))?;
            }
            if !plain.is_empty() {
                out(piece.slice(sent..n));
                self.at = if plain.ends_with(b"\r\n") { At::LineStart } else { At::Middle };
            }
            match stop {
                None => return Ok(n),
                Some((_, Stop::Cr)) => self.at = At::Cr,
                Some(_) => self.new_line(out),
            }
            return Ok(after);
        }
    }

    fn find(&self, input: &[u8]) -> Option<(usize, Stop)> {
        if self.seven_bit { scan::find::<DOTS, true>(input) } else { scan::find::<DOTS, false>(input) }
    }

    /// Judges an octet at which the search has stopped. A CR may be half of a CRLF.
    fn admit(&self, stop: Stop, offset: u64) -> Result<(), BodyError> {
        let kind = match (stop, self.policy) {
            (Stop::Dot | Stop::Cr, _) | (Stop::Lf, Stray::Normalise) => return Ok(()),
            (Stop::High, _) => return Err(BodyError::EightBit { offset }),
            (Stop::Lf, _) => AnomalyKind::BareLf,
            (Stop::Nul, _) => AnomalyKind::Nul,
        };
        Err(Anomaly { kind, offset }.into())
    }

    /// Follows the length of lines through content that is at `offset`. With `is_open` a CR at its end may be half of a line's
    /// end.
    ///
    /// The last LF that is near enough is as good as the next one, so most lines are not looked at.
    fn measure(&mut self, mut content: &[u8], mut offset: u64, is_open: bool) -> Result<(), BodyError> {
        let Some(max) = self.max_line else { return Ok(()) };
        loop {
            // Without room there is a CR before, as nothing else may be the octet too many.
            let room = max.saturating_add(1).saturating_sub(self.column);
            let is_crlf = || {
                let has_cr = room.checked_sub(1).is_none_or(|cr| content.get(cr) == Some(&b'\r'));
                has_cr && content.get(room) == Some(&b'\n')
            };
            let near = content.get(..room).unwrap_or(content);
            let lf = memchr::memrchr(b'\n', near).or_else(|| is_crlf().then_some(room));
            let Some(lf) = lf else { break };
            let after = lf.saturating_add(1);
            content = content.get(after..).unwrap_or_default();
            offset = offset.saturating_add(after as u64);
            self.column = 0;
        }
        let start = offset.saturating_sub(self.column as u64);
        self.column = self.column.saturating_add(content.len());
        let allowed = max.saturating_add(usize::from(is_open && content.last() == Some(&b'\r')));
        if self.column > allowed {
            return Err(BodyError::LineTooLong { offset: start.saturating_add(max as u64) });
        }
        Ok(())
    }

    fn new_line(&mut self, out: &mut impl FnMut(Bytes)) {
        out(CRLF);
        self.at = At::LineStart;
        self.column = 0;
    }

    /// The offset of the octet `n` after the current one.
    fn offset_at(&self, n: usize) -> u64 {
        self.offset.wrapping_add(n as u64)
    }

    /// Ends the content: an error if it has failed, or ends in CR and may not.
    fn finish(&mut self, out: &mut impl FnMut(Bytes)) -> Result<(), BodyError> {
        if let Some(error) = self.closed {
            return Err(error);
        }
        while matches!(self.at, At::Cr | At::CrCr) {
            // Whatever might follow, it is not LF.
            self.after_cr(0, out).inspect_err(|error| self.closed = Some(*error))?;
        }
        // A CR that was let through as half of a line's end was none.
        let closed = self.measure(&[], self.offset, false);
        closed.inspect_err(|error| self.closed = Some(*error))?;
        self.closed = Some(BodyError::Finished);
        Ok(())
    }
}

/// Sends the body of a DATA command: adds dots, and the end.
///
/// `.dots` is `..dots CRLF . CRLF`.
///
/// No octet is copied: what goes out is slices of the pieces that come in, and constants. Only [`finish`](Self::finish) can
/// write an end of data; whoever reads it by whatever rule of old (LF or CR alone ends a line, extra CRs or NULs left out) finds
/// it there and nowhere else, as no CR or LF outside a CRLF and no NUL goes out, and a dot after CRLF is always doubled.
/// After an error every call gives that error again and writes nothing; the peer is to be disconnected,
/// as any end would make it a message ([RFC 5321 section 4.5.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2)).
#[derive(Clone, Debug)]
pub struct DataEncoder(Outgoing<true>);

impl DataEncoder {
    /// An encoder at the start of a body, with 8-bit octets and lines of any length allowed.
    pub const fn new(policy: Stray) -> Self {
        Self(Outgoing::new(match policy {
            Stray::Normalise => Stray::Normalise,
            Stray::Reject | Stray::Close | Stray::Preserve => Stray::Reject,
        }))
    }

    /// Refuses lines with more octets than this, CRLF and an added dot not counted. `None`, the default: any length.
    ///
    /// [RFC 5321 section 4.5.3.1.6](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.6) allows 998. Many senders exceed that and
    /// nearly all receivers take it.
    #[must_use]
    pub const fn max_line(mut self, octets: Option<usize>) -> Self {
        self.0.max_line = octets;
        self
    }

    /// Refuses octets above 127: the server has no 8BITMIME, or MAIL said `BODY=7BIT`.
    #[must_use]
    pub const fn seven_bit(mut self, only: bool) -> Self {
        self.0.seven_bit = only;
        self
    }

    /// Writes a piece of the content. Pieces may end anywhere, so also between CR and LF.
    ///
    /// # Errors
    /// [`BodyError`], for the first octet that cannot be sent; neither it nor anything after it has been written.
    pub fn encode(&mut self, piece: &Bytes, out: impl FnMut(Bytes)) -> Result<(), BodyError> {
        self.0.encode(piece, out)
    }

    /// Ends the body: with CRLF if the last line has none, and `. CRLF`.
    ///
    /// # Errors
    /// As [`encode`](Self::encode); [`BodyError::Finished`] the second time.
    pub fn finish(&mut self, mut out: impl FnMut(Bytes)) -> Result<(), BodyError> {
        self.0.finish(&mut out)?;
        out(Bytes::from_static(match self.0.at {
            At::LineStart => b".\r\n",
            _ => b"\r\n.\r\n",
        }));
        Ok(())
    }
}

/// Checks, and if need be repairs, the content of chunks sent by BDAT.
///
/// `BDAT 6 LAST CRLF` `.hi CRLF ok` has the content as it is: no dot is added, and a last line without CRLF stays without.
/// What is written is what the sizes of the BDAT lines count ([RFC 3030 section 2](https://www.rfc-editor.org/rfc/rfc3030#section-2)).
#[derive(Clone, Debug)]
pub struct BdatEncoder {
    outgoing: Outgoing<false>,
    binary: bool,
}

impl BdatEncoder {
    /// An encoder at the start of a body. `binary`: MAIL says `BODY=BINARYMIME`, so nothing is checked.
    pub const fn new(policy: Stray, binary: bool) -> Self {
        Self { outgoing: Outgoing::new(policy), binary }
    }

    /// As [`DataEncoder::max_line`].
    #[must_use]
    pub const fn max_line(mut self, octets: Option<usize>) -> Self {
        self.outgoing.max_line = octets;
        self
    }

    /// As [`DataEncoder::seven_bit`].
    #[must_use]
    pub const fn seven_bit(mut self, only: bool) -> Self {
        self.outgoing.seven_bit = only;
        self
    }

    /// Writes a piece of the content. Pieces may end anywhere, so also between CR and LF; a CR at the end of one may be written
    /// with the next.
    ///
    /// # Errors
    /// As [`DataEncoder::encode`].
    pub fn encode(&mut self, piece: &Bytes, mut out: impl FnMut(Bytes)) -> Result<(), BodyError> {
        match self.outgoing.closed {
            None if self.binary => {
                if !piece.is_empty() {
                    out(piece.clone());
                }
                Ok(())
            }
            _ => self.outgoing.encode(piece, out),
        }
    }

    /// Ends the content, before or with the last chunk.
    ///
    /// # Errors
    /// As [`DataEncoder::finish`].
    pub fn finish(&mut self, mut out: impl FnMut(Bytes)) -> Result<(), BodyError> {
        self.outgoing.finish(&mut out)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use proptest::prelude::*;

    use super::super::decode::reference;
    use super::super::smuggling::{POLICIES, assert_one_end, data, encode, encode_bdat, slices};
    use super::*;

    /// The pieces of an all-clean body are slices of it: nothing is copied, and one slice is enough where no dot is added.
    #[test]
    fn nothing_is_copied() {
        let body =
            Bytes::from([&b"text\r\n".repeat(2000)[..], b".dot\r\n", &b"text\r\n".repeat(2000)].concat());
        let mut written = Vec::new();
        let mut encoder = DataEncoder::new(Stray::Normalise);
        encoder.encode(&body, |bytes| written.push(bytes)).unwrap();
        let dot = 12_000;
        assert_eq!(written, [&body[..=dot], &body[dot..]]);
        let within = body.as_ptr_range();
        assert!(written.iter().all(|bytes| within.contains(&bytes.as_ptr())));
    }

    #[test]
    fn sec_34_eight_bit() {
        for (content, offset) in [("h\u{e9}", 1), ("\u{e9}", 0), ("a\r\n.b\r\n\u{e9}", 7)] {
            for cut in 0..=content.len() {
                let pieces = slices(content.as_bytes(), &[cut]);
                let error = Err(BodyError::EightBit { offset });
                assert_eq!(encode(DataEncoder::new(Stray::Reject).seven_bit(true), &pieces), error);
                assert_eq!(
                    encode_bdat(BdatEncoder::new(Stray::Preserve, false).seven_bit(true), &pieces),
                    error
                );
                assert!(encode(DataEncoder::new(Stray::Reject), &pieces).is_ok());
            }
        }
    }

    #[test]
    fn sec_34_long_lines() {
        let x = |n| "x".repeat(n);
        for (content, error) in [
            (x(998), None),
            (x(998) + "\r\n", None),
            (std::format!("a\r\n.{}\r\n{}", x(997), x(998)), None),
            (x(999), Some(998)),
            (x(999) + "\r\n", Some(998)),
            (x(5000), Some(998)),
            (std::format!("a\r\n{}\r\n{}\r\n", x(998), x(999)), Some(3 + 1000 + 998)),
            (std::format!("a\r\n.{}\r\n", x(998)), Some(3 + 998)),
            ("a\r\n".repeat(1000) + &x(999), Some(3998)),
        ] {
            let cuts = (0..content.len()).step_by(97).map(|cut| std::vec![cut]);
            for cuts in cuts.chain([(0..content.len()).collect(), (0..content.len()).step_by(500).collect()])
            {
                let pieces = slices(content.as_bytes(), &cuts);
                let expected = error.map(|offset| BodyError::LineTooLong { offset });
                for policy in POLICIES {
                    assert_eq!(
                        encode(DataEncoder::new(policy).max_line(Some(998)), &pieces).err(),
                        expected,
                        "{cuts:?}"
                    );
                    assert_eq!(
                        encode_bdat(BdatEncoder::new(policy, false).max_line(Some(998)), &pieces).err(),
                        expected
                    );
                }
                assert!(encode(DataEncoder::new(Stray::Reject), &pieces).is_ok());
            }
        }
        // A new line is one where it was none before.
        let lines = x(998) + "\n" + &x(998) + "\r" + &x(998);
        let encoder = DataEncoder::new(Stray::Normalise).max_line(Some(998));
        assert!(encode(encoder, &slices(lines.as_bytes(), &[999, 1000, 1997, 1998])).is_ok());
    }

    /// What chunks carry as it is: one octet more may be in a line only if it is the CR of its CRLF.
    #[test]
    fn sec_34_long_lines_with_stray_ends() {
        for (len, max) in (0..=5).flat_map(|len| [0, 1, 2].map(|max| (len, max))) {
            for number in 0..5_usize.pow(len) {
                let content: Vec<u8> =
                    (0..len).map(|n| b"\r\n\0\xe9a"[number / 5_usize.pow(n) % 5]).collect();
                let (mut start, mut long) = (0, None);
                for line in content.split_inclusive(|octet| *octet == b'\n') {
                    let text = line.strip_suffix(b"\n").map(|text| text.strip_suffix(b"\r").unwrap_or(text));
                    let is_long = text.unwrap_or(line).len() > max;
                    long = long.or(is_long.then_some(start + max));
                    start += line.len();
                }
                let other = content.iter().position(|octet| matches!(octet, b'\0' | b'\xe9'));
                let error = match (long, other) {
                    (Some(long), other) if other.is_none_or(|other| long < other) => {
                        Some(BodyError::LineTooLong { offset: long as u64 })
                    }
                    (_, Some(at)) if content[at] == 0 => {
                        Some(Anomaly { kind: AnomalyKind::Nul, offset: at as u64 }.into())
                    }
                    (_, other) => other.map(|at| BodyError::EightBit { offset: at as u64 }),
                };
                let every = (0..content.len()).collect();
                for cuts in (0..=content.len()).map(|cut| std::vec![cut]).chain([every]) {
                    let encoder =
                        BdatEncoder::new(Stray::Preserve, false).max_line(Some(max)).seven_bit(true);
                    let wire = encode_bdat(encoder, &slices(&content, &cuts));
                    assert_eq!(wire.err(), error, "{} {max} {cuts:?}", content.escape_ascii());
                }
            }
        }
    }

    /// The first error is the one reported, however the content is cut.
    #[test]
    fn first_error_wins() {
        let content = std::format!("{}\n\0\u{e9}", "x".repeat(20));
        for cut in 0..=content.len() {
            let pieces = slices(content.as_bytes(), &[cut]);
            let encoder = |policy| DataEncoder::new(policy).seven_bit(true);
            let anomaly = |kind, offset| BodyError::Anomaly(Anomaly { kind, offset });
            assert_eq!(encode(encoder(Stray::Reject), &pieces), Err(anomaly(AnomalyKind::BareLf, 20)));
            assert_eq!(encode(encoder(Stray::Normalise), &pieces), Err(anomaly(AnomalyKind::Nul, 21)));
            let error = Err(BodyError::LineTooLong { offset: 19 });
            assert_eq!(encode(encoder(Stray::Normalise).max_line(Some(19)), &pieces), error);
        }
        let late = encode(DataEncoder::new(Stray::Reject), &slices(b"a\r", &[]));
        assert_eq!(late, Err(BodyError::Anomaly(Anomaly { kind: AnomalyKind::BareCr, offset: 1 })));
    }

    #[test]
    fn chunks() {
        let bdat = |policy, binary, content: &'static [u8]| {
            encode_bdat(BdatEncoder::new(policy, binary), &slices(content, &[content.len() / 2]))
        };
        for policy in POLICIES {
            assert_eq!(bdat(policy, false, b".a\r\n.b").as_deref(), Ok(&b".a\r\n.b"[..]));
            assert_eq!(bdat(policy, true, b"\r.\n\0\xe9\r").as_deref(), Ok(&b"\r.\n\0\xe9\r"[..]));
        }
        assert_eq!(bdat(Stray::Preserve, false, b"\r.\n.\n\r").as_deref(), Ok(&b"\r.\n.\n\r"[..]));
        assert_eq!(bdat(Stray::Normalise, false, b"\r.\n.\n\r").as_deref(), Ok(&b"\r\n.\r\n.\r\n\r\n"[..]));
        for policy in [Stray::Reject, Stray::Close] {
            let error = BodyError::Anomaly(Anomaly { kind: AnomalyKind::BareLf, offset: 1 });
            assert_eq!(bdat(policy, false, b".\n"), Err(error));
        }
        for policy in POLICIES {
            let error = BodyError::Anomaly(Anomaly { kind: AnomalyKind::Nul, offset: 3 });
            assert_eq!(bdat(policy, false, b".\r\n\0"), Err(error));
        }
    }

    /// What DATA and BDAT should send for `content`, said with the whole of it in view.
    fn expected(policy: Stray, content: &[u8]) -> [Result<Vec<u8>, BodyError>; 2] {
        let (repaired, anomalies) = reference(policy, content);
        [false, true].map(|chunks| {
            let accepted = |anomaly: &&Anomaly| match policy {
                Stray::Normalise => anomaly.kind != AnomalyKind::Nul,
                Stray::Preserve => chunks && anomaly.kind != AnomalyKind::Nul,
                Stray::Reject | Stray::Close => false,
            };
            if let Some(anomaly) = anomalies.iter().find(|anomaly| !accepted(anomaly)) {
                return Err(BodyError::Anomaly(*anomaly));
            }
            if chunks {
                return Ok(repaired.clone());
            }
            let lines = std::string::String::from_utf8_lossy(&repaired).replace("\r\n.", "\r\n..");
            let dot = if lines.starts_with('.') { "." } else { "" };
            let end = if lines.is_empty() || lines.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" };
            Ok([dot, &lines, end].concat().into_bytes())
        })
    }

    /// All bodies of up to five octets that matter, cut once everywhere and octet by octet.
    #[test]
    fn all_short_bodies() {
        for len in 0..=5 {
            for number in 0..5_usize.pow(len) {
                let content: Vec<u8> = (0..len).map(|n| b"\r\n.\0a"[number / 5_usize.pow(n) % 5]).collect();
                for policy in POLICIES {
                    let [data, chunks] = expected(policy, &content);
                    data.iter().for_each(|wire| assert_one_end(wire));
                    for cuts in
                        (0..=content.len()).map(|cut| std::vec![cut]).chain([(0..content.len()).collect()])
                    {
                        let pieces = slices(&content, &cuts);
                        assert_eq!(
                            encode(DataEncoder::new(policy), &pieces),
                            data,
                            "{policy:?} {content:?} {cuts:?}"
                        );
                        let bdat = encode_bdat(BdatEncoder::new(policy, false), &pieces);
                        assert_eq!(bdat, chunks, "{policy:?} {content:?} {cuts:?}");
                    }
                }
            }
        }
    }

    fn part(clean: bool) -> impl Strategy<Value = Vec<u8>> {
        let special: &[&[u8]] = match clean {
            true => &[b"\r\n", b".", b"..", b" ", b"\xe9", b"a"],
            false => &[b"\r\n", b".", b"..", b" ", b"\xe9", b"a", b"\r", b"\n", b"\r.\r", b"\n.\n", b"\0"],
        };
        prop_oneof![
            8 => prop::sample::select(special).prop_map(<[u8]>::to_vec),
            1 => (0..300_usize).prop_map(|n| b"x".repeat(n)),
            1 => (0..9_usize).prop_map(|n| b".a line of text and its end\r\n".repeat(n)),
        ]
    }

    fn body(clean: bool) -> impl Strategy<Value = (Vec<u8>, Vec<usize>)> {
        let content = prop::collection::vec(part(clean), 0..12).prop_map(|parts| parts.concat());
        (content, prop::collection::vec(any::<prop::sample::Index>(), 0..6)).prop_map(|(content, cuts)| {
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(content.len() + 1)).collect();
            cuts.sort_unstable();
            (content, cuts)
        })
    }

    proptest! {
        /// What is sent is what arrives, with a last line end if there was none.
        #[test]
        fn sec_34_decode_of_encode((mut content, cuts) in body(true), policy in prop::sample::select(&POLICIES[..])) {
            let wire = encode(DataEncoder::new(policy), &slices(&content, &cuts)).unwrap();
            assert_one_end(&wire);
            if !content.is_empty() && !content.ends_with(b"\r\n") {
                content.extend_from_slice(b"\r\n");
            }
            let (trace, counts, consumed) = data(Stray::Reject, &wire, &[]);
            prop_assert_eq!((trace.content, consumed), (content, wire.len()));
            prop_assert!(counts.is_empty());
        }

        /// Whatever is accepted has one end for everyone; and how it is cut makes no difference.
        #[test]
        fn sec_34_one_end_for_everyone((content, cuts) in body(false), policy in prop::sample::select(&POLICIES[..])) {
            let wire = encode(DataEncoder::new(policy), &slices(&content, &cuts));
            prop_assert_eq!(&wire, &encode(DataEncoder::new(policy), &slices(&content, &[])));
            let [data, _] = expected(policy, &content);
            prop_assert_eq!(wire.as_ref().err(), data.as_ref().err());
            wire.iter().for_each(|wire| assert_one_end(wire));
        }

        /// What a lenient server takes in and passes on by DATA is as safe as what a client sends.
        #[test]
        fn sec_34_passed_on((content, _) in body(false)) {
            let wire = [&content[..], b"\r\n.\r\n"].concat();
            let (trace, ..) = data(Stray::Normalise, &wire, &[]);
            let content: Vec<u8> = trace.content.into_iter().filter(|octet| *octet != 0).collect();
            let again = encode(DataEncoder::new(Stray::Normalise), &slices(&content, &[])).unwrap();
            assert_one_end(&again);
        }

        /// Chunks carry what `reference` says, where it may be sent.
        #[test]
        fn chunks_cut_anyhow((content, cuts) in body(false), policy in prop::sample::select(&POLICIES[..])) {
            let wire = encode_bdat(BdatEncoder::new(policy, false), &slices(&content, &cuts));
            prop_assert_eq!(&wire, &expected(policy, &content)[1]);
        }
    }
}
