//! What is to be written, in order, without copying what the caller already owns.
//!
//! This file is byte-identical in both crates; a test says so.

use alloc::collections::VecDeque;
use core::fmt;

use bytes::{Buf, Bytes, BytesMut};

use crate::wire::Writer;

/// Bytes waiting to be written; empty it with [`bytes::Buf`], for example `io.write_all_buf(conn.transmit())`.
///
/// What stands behind a *hold* (a synchronising literal that waits for `+`, a group of commands or replies that is
/// not complete) does not count as [`remaining`](Buf::remaining) until the session releases it. A short write is
/// safe: advance by what was taken.
#[derive(Default)]
#[cfg_attr(test, derive(Clone))]
pub struct Transmit {
    /// Whole segments in order; empty or not, `tail` comes behind them.
    segments: VecDeque<Segment>,
    /// Text that was written last and may still grow.
    tail: BytesMut,
    /// How many bytes stand before the first hold.
    ready: usize,
    /// How many bytes stand behind it.
    held: usize,
    /// How many holds there are.
    holds: usize,
    /// How many bytes were ever taken. Wraps after 2^64.
    taken: u64,
}

#[cfg_attr(test, derive(Clone))]
enum Segment {
    Bytes(Bytes),
    Hold,
}

impl Transmit {
    /// Appends text.
    pub(crate) fn write(&mut self, text: impl FnOnce(&mut Writer<'_>)) {
        let before = self.tail.len();
        text(&mut Writer::new(&mut self.tail));
        self.count(self.tail.len().saturating_sub(before));
    }

    /// Appends what the caller already owns, without copying it.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        self.seal();
        self.count(bytes.len());
        self.segments.push_back(Segment::Bytes(bytes));
    }

    /// Everything appended from here on waits for a [`release`](Self::release) of its own.
    pub(crate) fn hold(&mut self) {
        self.seal();
        self.segments.push_back(Segment::Hold);
        self.holds = self.holds.saturating_add(1);
    }

    /// Lets through what stands behind the first hold, up to the next one.
    pub(crate) fn release(&mut self) {
        let Some(at) = self.segments.iter().position(Segment::is_hold) else { return };
        self.segments.remove(at);
        self.holds = self.holds.saturating_sub(1);
        let freed: usize =
            self.segments.iter().skip(at).take_while(|next| !next.is_hold()).map(Segment::len).sum();
        let rest = if self.is_holding() { 0 } else { self.tail.len() };
        let freed = freed.saturating_add(rest);
        self.ready = self.ready.saturating_add(freed);
        self.held = self.held.saturating_sub(freed);
    }

    /// Forgets what stands behind the first hold, and the hold.
    #[allow(dead_code)] // for refused literals; in SMTP nothing is taken back
    pub(crate) fn discard_held(&mut self) {
        let Some(at) = self.segments.iter().position(Segment::is_hold) else { return };
        self.segments.truncate(at);
        self.tail.clear();
        (self.held, self.holds) = (0, 0);
    }

    /// Forgets everything that was not taken.
    pub(crate) fn clear(&mut self) {
        *self = Self { taken: self.taken, ..Self::default() };
    }

    /// Whether anything waits for a [`release`](Self::release).
    pub(crate) fn is_holding(&self) -> bool {
        self.holds > 0
    }

    /// How many bytes are kept, held ones too.
    pub(crate) fn len(&self) -> usize {
        self.ready.saturating_add(self.held)
    }

    /// How many bytes were ever appended and not forgotten: the position behind the last of them.
    pub(crate) fn end(&self) -> u64 {
        self.taken.wrapping_add(self.len() as u64)
    }

    /// How many bytes were ever taken.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    fn count(&mut self, added: usize) {
        let kept = if self.is_holding() { &mut self.held } else { &mut self.ready };
        *kept = kept.saturating_add(added);
    }

    /// Ends the text that may still grow.
    fn seal(&mut self) {
        if !self.tail.is_empty() {
            let text = self.tail.split().freeze();
            self.segments.push_back(Segment::Bytes(text));
        }
    }
}

/// Passwords pass through here: only sizes show.
impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ready, held, holds, taken, .. } = self;
        write!(f, "Transmit({ready} ready, {held} behind {holds} holds, {taken} taken)")
    }
}

impl Segment {
    fn is_hold(&self) -> bool {
        matches!(self, Self::Hold)
    }

    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Hold => 0,
        }
    }
}

impl Buf for Transmit {
    fn remaining(&self) -> usize {
        self.ready
    }

    fn chunk(&self) -> &[u8] {
        match self.segments.front() {
            Some(Segment::Bytes(bytes)) => bytes,
            Some(Segment::Hold) => &[],
            None => &self.tail,
        }
    }

    /// Takes up to `count` bytes; more than [`remaining`](Self::remaining) takes what there is.
    fn advance(&mut self, count: usize) {
        let mut left = count.min(self.ready);
        self.ready = self.ready.saturating_sub(left);
        self.taken = self.taken.wrapping_add(left as u64);
        while left > 0 {
            let Some(Segment::Bytes(front)) = self.segments.front_mut() else {
                self.tail.advance(left.min(self.tail.len()));
                break;
            };
            let step = left.min(front.len());
            front.advance(step);
            left = left.saturating_sub(step);
            if front.is_empty() {
                self.segments.pop_front();
            }
        }
        if self.len() == 0 && self.segments.is_empty() {
            // An idle connection keeps no heap.
            self.segments = VecDeque::new();
            self.tail = BytesMut::new();
        }
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'a>(&'a self, slots: &mut [std::io::IoSlice<'a>]) -> usize {
        let text = if self.is_holding() { &[][..] } else { &self.tail[..] };
        let ready = self.segments.iter().map_while(|segment| match segment {
            Segment::Bytes(bytes) => Some(&bytes[..]),
            Segment::Hold => None,
        });
        let mut used = 0usize;
        let ready = ready.chain([text]).filter(|bytes| !bytes.is_empty());
        for (slot, bytes) in slots.iter_mut().zip(ready) {
            *slot = std::io::IoSlice::new(bytes);
            used = used.saturating_add(1);
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn take(transmit: &mut Transmit, step: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while transmit.has_remaining() {
            let chunk = transmit.chunk();
            let n = chunk.len().min(step);
            out.extend_from_slice(&chunk[..n]);
            transmit.advance(n);
        }
        out
    }

    #[test]
    fn what_is_held_waits_for_its_release() {
        for step in 1..6 {
            let mut transmit = Transmit::default();
            transmit.write(|out| out.put("a {3}\r\n"));
            transmit.hold();
            transmit.push(Bytes::from_static(b"xyz"));
            transmit.write(|out| out.put(" {2}\r\n"));
            transmit.hold();
            transmit.write(|out| out.put("12\r\n"));
            assert_eq!((transmit.remaining(), transmit.len()), (7, 20));
            assert_eq!(take(&mut transmit, step), b"a {3}\r\n");
            assert!(transmit.is_holding());
            transmit.release();
            assert_eq!(take(&mut transmit, step), b"xyz {2}\r\n");
            transmit.release();
            assert!(!transmit.is_holding());
            assert_eq!(take(&mut transmit, step), b"12\r\n");
            assert_eq!((transmit.taken(), transmit.end(), transmit.len()), (20, 20, 0));
        }
    }

    #[test]
    fn what_is_held_can_be_forgotten() {
        let mut transmit = Transmit::default();
        transmit.write(|out| out.put("a {3}\r\n"));
        transmit.hold();
        transmit.push(Bytes::from_static(b"xyz"));
        transmit.write(|out| out.put("\r\n"));
        transmit.discard_held();
        transmit.write(|out| out.put("b NOOP\r\n"));
        assert_eq!(take(&mut transmit, 4), b"a {3}\r\nb NOOP\r\n");
    }

    #[test]
    fn nothing_is_copied_and_an_idle_queue_keeps_no_heap() {
        let body = Bytes::from(alloc::vec![b'x'; 100]);
        let mut transmit = Transmit::default();
        transmit.push(body.clone());
        assert_eq!(transmit.chunk().as_ptr(), body.as_ptr());
        transmit.write(|out| out.number(u64::MAX));
        transmit.advance(1_000);
        assert_eq!((transmit.taken(), transmit.tail.capacity(), transmit.segments.capacity()), (120, 0, 0));
    }

    #[test]
    fn only_sizes_show() {
        let mut transmit = Transmit::default();
        transmit.write(|out| out.put("hunter2"));
        assert_eq!(alloc::format!("{transmit:?}"), "Transmit(7 ready, 0 behind 0 holds, 0 taken)");
    }

    #[cfg(feature = "std")]
    #[test]
    fn vectored_chunks_stop_at_the_hold() {
        let mut transmit = Transmit::default();
        transmit.push(Bytes::from_static(b"one"));
        transmit.write(|out| out.put("two"));
        let mut slots = [std::io::IoSlice::new(b""); 4];
        assert_eq!(transmit.chunks_vectored(&mut slots), 2);
        assert_eq!((&*slots[0], &*slots[1]), (&b"one"[..], &b"two"[..]));
        transmit.hold();
        transmit.write(|out| out.put("three"));
        let mut slots = [std::io::IoSlice::new(b""); 4];
        assert_eq!(transmit.chunks_vectored(&mut slots), 2);
    }

    /// A caller that asks for a chunk with nothing ready, and one that gives nothing.
    #[test]
    fn nothing_is_ready_behind_a_hold() {
        let mut transmit = Transmit::default();
        transmit.push(Bytes::new());
        assert_eq!((transmit.chunk(), transmit.segments.len()), (&b""[..], 0));
        transmit.hold();
        transmit.write(|out| out.put("x"));
        assert_eq!((transmit.remaining(), transmit.chunk()), (0, &b""[..]));
        transmit.hold();
        transmit.advance(1);
        assert_eq!((transmit.len(), transmit.end()), (1, 1));
        transmit.release();
        assert_eq!(take(&mut transmit, 4), b"x");
    }
}
