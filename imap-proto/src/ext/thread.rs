//! THREAD ([RFC 5256](https://www.rfc-editor.org/rfc/rfc5256)).

mod data;

use alloc::borrow::Cow;

pub use crate::registry::ThreadAlgorithm;

pub use self::data::{Thread, ThreadEvent, ThreadEvents, ThreadIds, Threads, ThreadsIter};

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1, space};
use crate::grammar::search::SearchKeys;
use crate::grammar::string::{AString, Checked, text, whole};
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// What to search for, and how to find what belongs together.
    ///
    /// `REFERENCES UTF-8 SINCE 5-Mar-2000`
    ///
    /// RFC 5256 section 3.
    pub struct ThreadCommand<'a> {
        /// How threads are made.
        pub algorithm: ThreadAlgorithm<'a>,
        /// The charset of the strings in the keys.
        pub charset: AString<'a>,
        /// What has to match.
        pub keys: SearchKeys<'a>,
    }
}

/// ```abnf
/// thread          = "THREAD" SP thread-alg SP search-criteria
/// search-criteria = charset 1*(SP search-key)
/// charset         = atom / quoted
/// ```
impl<'a> Wire<'a> for ThreadCommand<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, algorithm) = ThreadAlgorithm::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, charset) = AString::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, keys) = SearchKeys::parse(rest, cx)?;
        Ok((rest, Self { algorithm, charset, keys }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.algorithm.encode(out);
        out.put(" ");
        self.charset.encode(out);
        out.put(" ");
        self.keys.encode(out);
    }
}

fn other_check(octets: &[u8]) -> Checked {
    match ThreadAlgorithm::has_row(octets) {
        true => Err((Expected::Keyword, 0)),
        false => whole(octets, Expected::Atom, run1(octets, ATOM, Expected::Atom)),
    }
}

text! {
    /// A threading algorithm without a row in this crate: an atom.
    ///
    /// `X-SUBJECT`
    ///
    /// RFC 5256 section 5 (`thread-alg-ext`).
    pub struct OtherAlgorithm<'a>: "thread-alg", other_check;
}

impl OtherAlgorithm<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.as_str().unwrap_or_default()
    }
}

impl<'a> Wire<'a> for OtherAlgorithm<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = run1(input, ATOM, Expected::Atom)?;
        Ok((rest, Self(Cow::Borrowed(name))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::grammar::search::tests::any_search_keys;
    use crate::registry::{SearchKey, UidCommand};
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    fn thread(algorithm: ThreadAlgorithm<'static>) -> ThreadCommand<'static> {
        ThreadCommand {
            algorithm,
            charset: AString::new("UTF-8").unwrap(),
            keys: SearchKeys::new([SearchKey::All]).unwrap(),
        }
    }

    #[test]
    fn commands() {
        let other = ThreadAlgorithm::Other(OtherAlgorithm::new("X-SUBJECT").unwrap());
        check([
            ("THREAD REFERENCES UTF-8 ALL", Command::Thread(thread(ThreadAlgorithm::References))),
            ("THREAD ORDEREDSUBJECT UTF-8 ALL", Command::Thread(thread(ThreadAlgorithm::OrderedSubject))),
            ("UID THREAD REFS UTF-8 ALL", Command::Uid(UidCommand::Thread(thread(ThreadAlgorithm::Refs)))),
            ("THREAD X-SUBJECT UTF-8 ALL", Command::Thread(thread(other))),
        ]);
        check_read([("thread refs \"UTF-8\" all", Command::Thread(thread(ThreadAlgorithm::Refs)))]);
        check_refused::<Command<'_>, 5>([
            ("THREAD", 6),
            ("THREAD REFS", 11),
            ("THREAD REFS UTF-8", 17),
            ("THREAD REFS UTF-8 (ALL", 22),
            ("THREAD (REFS) UTF-8 ALL", 7),
        ]);
        assert!(OtherAlgorithm::new("refs").is_err() && OtherAlgorithm::new("").is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name in "X[A-Z+-]{1,6}", keys in any_search_keys()) {
            let algorithm = ThreadAlgorithm::Other(OtherAlgorithm::new(name).unwrap());
            round_trip(&Command::Thread(ThreadCommand { keys, ..thread(algorithm) }));
        }
    }
}
