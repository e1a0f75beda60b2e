//! THREAD responses ([RFC 5256 section 4](https://www.rfc-editor.org/rfc/rfc5256#section-4)).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::{Expected, ValueError};
use crate::grammar::class::space;
use crate::grammar::string::{Checked, text, whole};
use crate::options::Leniency;
use crate::wire::{Cx, Digits, Fail, Parsed, Wire, Writer, before, number};

fn threads_check(octets: &[u8]) -> Checked {
    if octets.is_empty() { Ok(()) } else { whole(octets, Expected::Open, threads(octets, Cx::default())) }
}

text! {
    /// Messages that belong together, kept as checked text.
    ///
    /// `(2)(3 6 (4 23)(44 7 96))`
    ///
    /// There may be none. Nests at most [`MAX_DEPTH`](Self::MAX_DEPTH) deep; reading, a walk by [`events`](Self::events)
    /// and dropping are flat and linear. RFC 5256 section 4.
    ///
    /// ```
    /// use imap_proto::ext::thread::Threads;
    ///
    /// let threads = Threads::new("(2)(3 6 (4 23)(44 7 96))")?;
    /// let second = threads.iter().nth(1).ok_or("two threads")?;
    /// assert_eq!(second.ids().collect::<Vec<_>>(), [3, 6]);
    /// assert_eq!(second.threads().map(|thread| thread.ids().count()).collect::<Vec<_>>(), [2, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Threads<'a>: "thread-list", threads_check;
}

impl Threads<'_> {
    /// How deep threads may stand in one another.
    pub const MAX_DEPTH: usize = 1_000;

    /// The threads in order.
    pub fn iter(&self) -> ThreadsIter<'_> {
        ThreadsIter { rest: &self.0 }
    }

    /// A flat walk through all of them.
    pub fn events(&self) -> ThreadEvents<'_> {
        ThreadEvents { rest: &self.0 }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Threads from a walk through them.
    ///
    /// # Errors
    /// They nest too deep, are none by the grammar (ids behind a thread in the same one, a thread alone in another one), do
    /// not close, or an id is 0. The offset is one in the text that they would become.
    pub fn from_events(
        events: impl IntoIterator<Item = ThreadEvent>,
    ) -> Result<Threads<'static>, ValueError> {
        let mut text = Vec::new();
        for event in events {
            let after_id = text.last().is_some_and(u8::is_ascii_digit);
            match event {
                ThreadEvent::Close => text.push(b')'),
                ThreadEvent::Open | ThreadEvent::Id(_) if after_id => text.push(b' '),
                ThreadEvent::Open | ThreadEvent::Id(_) => {}
            }
            match event {
                ThreadEvent::Open => text.push(b'('),
                ThreadEvent::Id(id) => text.extend_from_slice(Digits::of(id.into()).as_ref()),
                ThreadEvent::Close => {}
            }
        }
        Threads::new(text)
    }
}

impl Default for Threads<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed(b""))
    }
}

impl<'s> IntoIterator for &'s Threads<'_> {
    type Item = Thread<'s>;
    type IntoIter = ThreadsIter<'s>;

    fn into_iter(self) -> ThreadsIter<'s> {
        self.iter()
    }
}

/// Behind the keyword.
///
/// ```abnf
/// thread-data = "THREAD" [SP 1*thread-list]
/// ```
impl<'a> Wire<'a> for Threads<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b' ', b'\r' | b'\n', ..] if cx.tolerates(Leniency::TRAILING_SPACE) => {
                Ok((input, Self::default()))
            }
            [b' ', ..] => {
                let (rest, text) = threads(space(input, cx)?.0, cx)?;
                Ok((rest, Self(Cow::Borrowed(text))))
            }
            _ => Ok((input, Self::default())),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.is_empty() {
            out.put(" ");
            out.put(&self.0);
        }
    }
}

/// Which of the threads that are open have another one before them in the same one.
struct Seconds([u64; Threads::MAX_DEPTH.div_ceil(64)]);

impl Seconds {
    fn set(&mut self, depth: usize, second: bool) {
        if let Some(word) = self.0.get_mut(depth / 64) {
            let bit = 1u64.wrapping_shl((depth % 64) as u32);
            *word = if second { *word | bit } else { *word & !bit };
        }
    }

    fn get(&self, depth: usize) -> bool {
        self.0.get(depth / 64).is_some_and(|word| word.wrapping_shr((depth % 64) as u32) & 1 == 1)
    }
}

/// What was read last.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Open,
    Id,
    /// And whether the thread that ended was not the first one in its own.
    Close(bool),
}

/// ```abnf
/// thread-list    = "(" (thread-members / thread-nested) ")"
/// thread-members = nz-number *(SP nz-number) [SP thread-nested]
/// thread-nested  = 2*thread-list
/// ```
fn threads(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let mut seconds = Seconds([0; Threads::MAX_DEPTH.div_ceil(64)]);
    let mut depth = 0usize;
    let mut last = Last::Close(false);
    let mut rest = input;
    loop {
        let here = match (rest, last) {
            ([b' ', after @ ..], Last::Id) => after,
            _ => rest,
        };
        (rest, last) = match here {
            [b'(', after @ ..] if last != Last::Id || here.len() < rest.len() => {
                if depth >= Threads::MAX_DEPTH {
                    return Fail::at(here, Expected::LessDepth);
                }
                seconds.set(depth, matches!(last, Last::Close(_)));
                depth = depth.saturating_add(1);
                (after, Last::Open)
            }
            [b'0'..=b'9', ..] if last == Last::Open || last == Last::Id && here.len() < rest.len() => {
                if matches!(here, [b'0', ..]) && !cx.tolerates(Leniency::ZERO) {
                    return Fail::at(here, Expected::NonZero);
                }
                let (after, id) = number(here)?;
                if id > u32::MAX.into() {
                    return Fail::at(here, Expected::SmallerNumber);
                }
                (after, Last::Id)
            }
            [b')', after @ ..] if depth > 0 && here.len() == rest.len() => {
                match last {
                    Last::Open => return Fail::at(here, Expected::Number),
                    // One alone is no thread of its own.
                    Last::Close(false) => return Fail::at(here, Expected::Open),
                    Last::Id | Last::Close(true) => {}
                }
                depth = depth.saturating_sub(1);
                (after, Last::Close(seconds.get(depth)))
            }
            _ if depth == 0 && here.len() < input.len() => return Ok((here, before(input, here))),
            _ if depth == 0 => return Fail::at(here, Expected::Open),
            _ if last == Last::Open || here.len() < rest.len() => return Fail::at(here, Expected::Number),
            _ => return Fail::at(here, Expected::Close),
        };
    }
}

/// A thread: messages that follow one another, and then maybe threads that each follow the last of them.
///
/// `3 6 (4 23)(44 7 96)`
///
/// RFC 5256 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thread<'s> {
    text: &'s [u8],
}

impl<'s> Thread<'s> {
    /// The messages at its beginning; none where a server knows no message that the threads in it follow.
    pub fn ids(self) -> ThreadIds<'s> {
        ThreadIds { rest: self.text }
    }

    /// The threads in it. Each is looked for in the text: where they nest deep, [`Threads::events`] is faster.
    pub fn threads(self) -> ThreadsIter<'s> {
        let at = memchr::memchr(b'(', self.text).unwrap_or(self.text.len());
        ThreadsIter { rest: self.text.get(at..).unwrap_or_default() }
    }
}

/// The messages at the beginning of a [`Thread`].
///
/// `3 6` of `3 6 (4 23)(44 7 96)`
///
/// RFC 5256 section 4.
#[derive(Clone, Debug)]
pub struct ThreadIds<'s> {
    rest: &'s [u8],
}

impl Iterator for ThreadIds<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (rest, id) = number(self.rest).ok()?;
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        u32::try_from(id).ok()
    }
}

/// Threads in order.
#[derive(Clone, Debug)]
pub struct ThreadsIter<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for ThreadsIter<'s> {
    type Item = Thread<'s>;

    fn next(&mut self) -> Option<Thread<'s>> {
        let inner = self.rest.strip_prefix(b"(")?;
        let end = crate::grammar::skip::to_close(inner)?;
        self.rest = end.strip_prefix(b")")?;
        Some(Thread { text: before(inner, end) })
    }
}

/// What a walk through threads comes by.
///
/// RFC 5256 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThreadEvent {
    /// `(`: a thread begins, which follows the message before it.
    Open,
    /// A message, which follows the one before it.
    Id(u32),
    /// `)`: the thread ends.
    Close,
}

/// A flat walk through threads.
#[derive(Clone, Debug)]
pub struct ThreadEvents<'s> {
    rest: &'s [u8],
}

impl Iterator for ThreadEvents<'_> {
    type Item = ThreadEvent;

    fn next(&mut self) -> Option<ThreadEvent> {
        let here = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        let (rest, event) = match here {
            [b'(', rest @ ..] => (rest, ThreadEvent::Open),
            [b')', rest @ ..] => (rest, ThreadEvent::Close),
            _ => {
                let (rest, id) = number(here).ok()?;
                (rest, ThreadEvent::Id(u32::try_from(id).ok()?))
            }
        };
        self.rest = rest;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Dialect;
    use crate::registry::Data;
    use crate::response::Response;
    use crate::testing::{check, check_refused, check_tolerated, round_trip};
    use crate::wire::exact;
    use alloc::string::String;
    use proptest::prelude::*;

    fn t(text: &str) -> Threads<'_> {
        Threads::new(text).unwrap()
    }

    fn data(text: &str) -> Response<'_> {
        Response::Data(Data::Thread(t(text)))
    }

    /// Threads as their grammar makes them.
    pub(crate) fn any_threads() -> impl Strategy<Value = Threads<'static>> {
        let ids = proptest::collection::vec(1u32.., 1..4).prop_map(|ids| {
            let mut events = alloc::vec![ThreadEvent::Open];
            events.extend(ids.into_iter().map(ThreadEvent::Id));
            events
        });
        let leaf = ids.clone().prop_map(|mut events| {
            events.push(ThreadEvent::Close);
            events
        });
        let thread = leaf.prop_recursive(5, 40, 4, move |inner| {
            let head = prop_oneof![ids.clone(), Just(alloc::vec![ThreadEvent::Open])];
            (head, proptest::collection::vec(inner, 2..4)).prop_map(|(mut events, inner)| {
                events.extend(inner.into_iter().flatten());
                events.push(ThreadEvent::Close);
                events
            })
        });
        proptest::collection::vec(thread, 0..4)
            .prop_map(|threads| Threads::from_events(threads.into_iter().flatten()).unwrap())
    }

    #[test]
    fn no_threads() {
        check([("", Threads::default())]);
        assert!(Threads::default().is_empty());
    }

    #[test]
    fn responses() {
        check([
            ("* THREAD (2)(3 6 (4 23)(44 7 96))\r\n", data("(2)(3 6 (4 23)(44 7 96))")),
            ("* THREAD ((3)(5))\r\n", data("((3)(5))")),
            ("* THREAD ((1)(2 (3)((4)(5))))\r\n", data("((1)(2 (3)((4)(5))))")),
            ("* THREAD\r\n", data("")),
        ]);
        check_refused::<Threads<'_>, 21>([
            (" ", 1),
            (" 1", 1),
            (" ()", 2),
            (" (1", 3),
            (" (1)2", 4),
            (" (1) (2)", 4),
            (" (0)", 2),
            (" (01)", 2),
            (" (4294967296)", 2),
            (" (1 )", 4),
            (" (1  2)", 4),
            (" ( 1)", 2),
            (" (1(2)(3))", 3),
            (" (1 (2))", 7),
            (" ((2))", 5),
            (" ((1)2)", 5),
            (" ((1) (2))", 5),
            (" (1 (2)(3) 4)", 10),
            (" (1 (2)()(3))", 8),
            (" (1))", 4),
            (" (a)", 2),
        ]);
        check_tolerated([
            ("* THREAD \r\n", data(""), Leniency::TRAILING_SPACE),
            ("* THREAD (1) \r\n", data("(1)"), Leniency::TRAILING_SPACE),
            ("* THREAD (0 1)\r\n", Response::Data(Data::Thread(Threads(b"(0 1)".into()))), Leniency::ZERO),
        ]);
    }

    #[test]
    fn views() {
        use ThreadEvent::{Close, Id, Open};
        let threads = t("(2)(3 6 (4 23)((5)(7)))");
        let events = [
            Open,
            Id(2),
            Close,
            Open,
            Id(3),
            Id(6),
            Open,
            Id(4),
            Id(23),
            Close,
            Open,
            Open,
            Id(5),
            Close,
            Open,
            Id(7),
            Close,
            Close,
            Close,
        ];
        assert!(threads.events().eq(events));
        assert_eq!(Threads::from_events(events), Ok(threads.clone()));
        let [first, second] = threads.iter().collect::<Vec<_>>()[..] else { panic!("{threads:?}") };
        assert_eq!((first.ids().collect::<Vec<_>>(), first.threads().count()), ([2].to_vec(), 0));
        assert_eq!(second.ids().collect::<Vec<_>>(), [3, 6]);
        let [one, other] = second.threads().collect::<Vec<_>>()[..] else { panic!("{second:?}") };
        assert_eq!(one.ids().collect::<Vec<_>>(), [4, 23]);
        assert_eq!((other.ids().count(), other.threads().count()), (0, 2));
        assert!(t("").is_empty() && t("").iter().next().is_none() && !threads.is_empty());
        assert_eq!((&threads).into_iter().count(), 2);
        for bad in [&[Id(1)][..], &[Open, Close], &[Open, Id(1)], &[Close], &[Open, Id(0), Close]] {
            assert!(Threads::from_events(bad.iter().copied()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sec_51_deep_threads_are_flat() {
        let deep = |depth: usize| -> String {
            // The innermost has one id, all others one and two threads.
            [" ", &"(1 (2)".repeat(depth - 1), "(1)", &")".repeat(depth - 1)].concat()
        };
        let small = std::thread::Builder::new().stack_size(256 * 1024);
        small
            .spawn(move || {
                let text = deep(Threads::MAX_DEPTH);
                let threads = exact::<Threads<'_>>(text.as_bytes(), Dialect::TOLERANT).unwrap();
                let owned = threads.clone().into_owned();
                assert_eq!(owned, threads);
                assert!(!alloc::format!("{owned:?}").is_empty());
                assert_eq!(Threads::from_events(owned.events()), Ok(threads));
                let text = deep(Threads::MAX_DEPTH + 1);
                let error = exact::<Threads<'_>>(text.as_bytes(), Dialect::TOLERANT).unwrap_err();
                assert_eq!(error.expected, Expected::LessDepth);
                assert!(Threads::new(text.trim()).is_err());
            })
            .unwrap()
            .join()
            .unwrap();
        let endless = alloc::vec![b'('; 1 << 20];
        assert_eq!(Threads::new(endless).unwrap_err().offset, Threads::MAX_DEPTH);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(threads in any_threads()) {
            round_trip(&threads);
            prop_assert_eq!(Threads::from_events(threads.events()), Ok(threads));
        }

        #[test]
        fn anything_is_read_as_the_grammar_says(text in "[()1 ]{0,14}") {
            // By the definition, with nothing of the code under test.
            fn list(text: &str) -> Option<&str> {
                let mut rest = text.strip_prefix('(')?;
                let mut members = false;
                while let Some(after) = rest.strip_prefix('1') {
                    members = true;
                    rest = after.trim_start_matches('1');
                    match rest.strip_prefix(" 1") {
                        Some(_) => rest = &rest[1..],
                        None => break,
                    }
                }
                if members && rest.starts_with(')') {
                    return Some(&rest[1..]);
                }
                if members {
                    rest = rest.strip_prefix(' ')?;
                }
                rest = list(list(rest)?)?;
                while rest.starts_with('(') {
                    rest = list(rest)?;
                }
                rest.strip_prefix(')')
            }
            let mut rest = Some(text.as_str());
            while let Some(some) = rest && !some.is_empty() {
                rest = list(some);
            }
            let digits = text.split(|c| c != '1').map(str::len).max().unwrap_or_default();
            prop_assume!(digits < 10);
            prop_assert_eq!(Threads::new(text.as_str()).is_ok(), rest.is_some());
        }
    }
}
