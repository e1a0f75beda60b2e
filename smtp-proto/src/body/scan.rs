//! Finding the octets of a body that need a decision.
//!
//! Nearly all of a body is text and proper CRLFs, which need none. There is a CRLF about every 70 octets, so a search that
//! stops at each of them costs more than one that looks at everything without stopping. The loops over arrays
//! below are written so that the compiler makes vector instructions of them: 12 for each 16 octets on plain x86-64.

/// The unit that is looked at without branches, where the input has been plain for a while.
const COARSE: usize = 256;
/// The unit at the front, as lines that begin with a dot, or end in LF alone, come close together: a line of 78 octets, the most
/// that RFC 5322 recommends, and its CRLF.
const LINE: usize = 80;
/// The unit where a coarse one was not plain, in what is shorter than a line, and at the end.
const FINE: usize = 32;
/// So many of them are one that is coarse.
const FINE_BLOCKS: usize = COARSE / FINE;
/// Each octet is judged with the two after it.
const AHEAD: usize = 2;

/// Why a search has stopped at an octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The LF of a CRLF that a dot follows; with `DOTS` only.
    Dot,
    /// A CR without LF after it, or at the end of the input.
    Cr,
    /// An LF without CR before it.
    Lf,
    Nul,
    /// An octet above 127; with `HIGH` only.
    High,
}

/// The first octet of `input` that needs a decision, and why.
///
/// What came before `input` is taken to be no CR.
pub(super) fn find<const DOTS: bool, const HIGH: bool>(input: &[u8]) -> Option<(usize, Stop)> {
    if input.first() == Some(&b'\n') {
        return Some((0, Stop::Lf));
    }
    let mut rest = input;
    let mut fine = FINE_BLOCKS;
    if let Some((block, after)) = split::<LINE, { LINE + AHEAD }>(rest) {
        if let Some(n) = first_set(&flags::<DOTS, HIGH, LINE>(block)) {
            return stop::<DOTS, HIGH>(input, rest, n);
        }
        (rest, fine) = (after, 0);
    }
    loop {
        if fine == 0 {
            rest = skip_plain::<DOTS, HIGH>(rest);
            fine = FINE_BLOCKS;
        }
        let Some((block, after)) = split::<FINE, { FINE + AHEAD }>(rest) else { break };
        if let Some(n) = first_set(&flags::<DOTS, HIGH, FINE>(block)) {
            return stop::<DOTS, HIGH>(input, rest, n);
        }
        rest = after;
        fine = fine.wrapping_sub(1);
    }
    // The last block covers octets that are known to be plain too, which does no harm.
    if let Some(window) = input.last_chunk::<{ FINE + AHEAD }>()
        && let Some((block, after)) = split::<FINE, { FINE + AHEAD }>(window)
    {
        if let Some(n) = first_set(&flags::<DOTS, HIGH, FINE>(block)) {
            return stop::<DOTS, HIGH>(input, window, n);
        }
        rest = after;
    }
    (0..rest.len()).find_map(|n| stop::<DOTS, HIGH>(input, rest, n))
}

/// [`judge`] for the octet that is `n` octets into the end `rest` of `input`, where the stop is as a place in `input`.
fn stop<const DOTS: bool, const HIGH: bool>(input: &[u8], rest: &[u8], n: usize) -> Option<(usize, Stop)> {
    let (ahead, stop) = judge::<DOTS, HIGH>(rest.get(n..)?)?;
    // Places in slices that exist: no sum of them is over the length of one.
    Some((input.len().wrapping_sub(rest.len()).wrapping_add(n).wrapping_add(ahead), stop))
}

/// Whether the first octet of `at`, or the LF after it, needs a decision.
fn judge<const DOTS: bool, const HIGH: bool>(at: &[u8]) -> Option<(usize, Stop)> {
    match *at {
        [b'\r', b'\n', b'.', ..] if DOTS => Some((1, Stop::Dot)),
        [b'\r', b'\n', ..] => None,
        [b'\r', ..] => Some((0, Stop::Cr)),
        [b'\0', ..] => Some((0, Stop::Nul)),
        [128..=u8::MAX, ..] if HIGH => Some((0, Stop::High)),
        [_, b'\n', ..] => Some((1, Stop::Lf)),
        _ => None,
    }
}

/// [`judge`] for one octet and the two after it, without branches: 0 where it finds nothing; but not NUL and 8-bit.
fn flag<const DOTS: bool>(here: u8, next: u8, third: u8) -> u8 {
    let cr = u8::from(here == b'\r');
    (cr ^ u8::from(next == b'\n')) | (cr & u8::from(DOTS && third == b'.'))
}

/// Three views of the front of `input`, each an octet further on, so that octets stand beside their successors.
type Block<'i, const N: usize> = [&'i [u8; N]; 3];

/// The block at the front, and the input from the end of the block. `W` is `N` and [`AHEAD`].
fn split<const N: usize, const W: usize>(input: &[u8]) -> Option<(Block<'_, N>, &[u8])> {
    let window = input.first_chunk::<W>()?;
    let block = [window.first_chunk()?, window.get(1..)?.first_chunk()?, window.get(2..)?.first_chunk()?];
    Some((block, input.get(N..)?))
}

/// `input` without the coarse blocks at its front that need no decision.
fn skip_plain<const DOTS: bool, const HIGH: bool>(mut input: &[u8]) -> &[u8] {
    while let Some((block, after)) = split::<COARSE, { COARSE + AHEAD }>(input) {
        if !is_plain::<DOTS, HIGH>(block) {
            break;
        }
        input = after;
    }
    input
}

/// Whether no octet needs a decision. The lowest of the octets in each lane tells about NUL at the end.
fn is_plain<const DOTS: bool, const HIGH: bool>([here, next, third]: Block<'_, COARSE>) -> bool {
    let (mut stray, mut low, mut high) = ([0; FINE], [u8::MAX; FINE], [0; FINE]);
    let blocks =
        here.as_chunks::<FINE>().0.iter().zip(next.as_chunks::<FINE>().0).zip(third.as_chunks::<FINE>().0);
    for ((here, next), third) in blocks {
        let lanes = stray.iter_mut().zip(&mut low).zip(&mut high).zip(here).zip(next).zip(third);
        for (((((stray, low), high), &here), &next), &third) in lanes {
            *stray |= flag::<DOTS>(here, next, third);
            *low = here.min(*low);
            *high |= here;
        }
    }
    let lanes = stray.into_iter().zip(low).zip(high);
    lanes.fold(0, |any, ((stray, low), high)| any | stray | u8::from(low == 0) | u8::from(HIGH && high > 127))
        == 0
}

/// For each octet whether [`judge`] finds something there.
fn flags<const DOTS: bool, const HIGH: bool, const N: usize>([here, next, third]: Block<'_, N>) -> [u8; N] {
    let mut flags = [0; N];
    for (((to, &here), &next), &third) in flags.iter_mut().zip(here).zip(next).zip(third) {
        *to = flag::<DOTS>(here, next, third) | u8::from(here == 0) | u8::from(HIGH && here > 127);
    }
    flags
}

/// Where the first octet is that is not 0.
fn first_set<const N: usize>(flags: &[u8; N]) -> Option<usize> {
    let (words, _) = flags.as_chunks::<8>();
    words.iter().enumerate().find_map(|(n, word)| {
        let word = u64::from_le_bytes(*word);
        (word != 0).then(|| n.wrapping_mul(8).wrapping_add(word.trailing_zeros() as usize / 8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// What `find` promises, said by looking at each octet alone.
    fn expected(input: &[u8], dots: bool, high: bool) -> Option<(usize, Stop)> {
        let at = |n: usize| input.get(n).copied();
        let stop = |n: usize| match at(n)? {
            0 => Some(Stop::Nul),
            128.. if high => Some(Stop::High),
            b'\r' if at(n + 1) != Some(b'\n') => Some(Stop::Cr),
            b'\n' if n == 0 || at(n - 1) != Some(b'\r') => Some(Stop::Lf),
            b'\n' if dots && at(n + 1) == Some(b'.') => Some(Stop::Dot),
            _ => None,
        };
        (0..input.len()).find_map(|n| Some((n, stop(n)?)))
    }

    fn check(input: &[u8]) {
        assert_eq!(find::<false, false>(input), expected(input, false, false), "{input:?}");
        assert_eq!(find::<true, false>(input), expected(input, true, false), "{input:?} dots");
        assert_eq!(find::<false, true>(input), expected(input, false, true), "{input:?} high");
        assert_eq!(find::<true, true>(input), expected(input, true, true), "{input:?} dots and high");
    }

    /// Every place of a finding against the borders of the blocks.
    #[test]
    fn every_offset() {
        for finding in [
            "\0",
            "\r",
            "\n",
            "\r\n",
            "\r\n.",
            "\n.",
            "\r.",
            "\rx.",
            "\r\n\0",
            "\r\r\n",
            "\u{e9}",
            "\r\n\u{e9}",
            "\n\r",
        ] {
            for before in 0..600 {
                for after in [0, 1, 2, 3, 40, 300] {
                    let mut input = std::vec![b'x'; before];
                    input.extend_from_slice(finding.as_bytes());
                    input.resize(input.len() + after, b'x');
                    check(&input);
                }
            }
        }
    }

    /// Behind so many plain octets, large blocks with nothing else; and octets that are next to those looked for.
    #[test]
    fn long_runs() {
        for octet in [0, 1, b'\r', b'\n', 127, 128, u8::MAX] {
            for before in [0, 96, 127, 128, 129, 400] {
                for front in [b'x', 1, 127] {
                    let mut input = std::vec![front; before];
                    input.resize(before + 600, octet);
                    check(&input);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn agrees(runs in prop::collection::vec((0..400_usize, prop::sample::select(b"\r\n.\0a\xe9".to_vec()), 0..4_usize), 0..6)) {
            let mut input = Vec::new();
            for (filler, octet, count) in runs {
                for line in 0..filler {
                    input.push(if line % 70 == 0 { b' ' } else { b'x' });
                }
                input.extend_from_slice(b"\r\n");
                input.resize(input.len() + count, octet);
            }
            check(&input);
            check(input.get(2..).unwrap_or_default());
        }
    }
}
