//! INPROGRESS ([RFC 9585](https://www.rfc-editor.org/rfc/rfc9585)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::esearch::TagString;
use crate::grammar::number::Nz;
use crate::grammar::string::nil;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part, plain};

/// How far a command has come.
///
/// `"A1" 175 2000` in `* OK [INPROGRESS ("A1" 175 2000)] Still on the job`
///
/// RFC 9585 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// How many items are done.
    pub done: u32,
    /// How many there are, when that is known.
    pub goal: Option<u32>,
}

plain!(Progress);

part! {
    /// A command that takes a while, and how far it has come.
    ///
    /// `("A001" 454 1000)`, `("tag" 175 NIL)`, `("tag" NIL NIL)`
    ///
    /// RFC 9585 section 4.
    pub struct InProgress<'a> {
        /// The tag of the command.
        pub tag: Option<TagString<'a>>,
        /// How far it has come, when that is known.
        pub progress: Option<Progress>,
    }
}

/// ```abnf
/// inprogress       = "(" inprogress-tag SP inprogress-state ")"
/// inprogress-tag   = quoted / nil
/// inprogress-state = nil SP nil / number SP nil / number SP nz-number
/// ```
impl<'a> Wire<'a> for InProgress<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (start, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, tag) = match nil(start) {
            Ok((rest, ())) => (rest, None),
            Err(_) => TagString::parse(start, cx).map(|(rest, tag)| (rest, Some(tag)))?,
        };
        let (start, ()) = space(rest, cx)?;
        let (rest, done) = match nil(start) {
            Ok((rest, ())) => (rest, None),
            Err(_) => u32::parse(start, cx).map(|(rest, done)| (rest, Some(done)))?,
        };
        let (start, ()) = space(rest, cx)?;
        let (rest, goal) = match (nil(start), done) {
            (Ok((rest, ())), _) => (rest, None),
            // There is no goal without a beginning.
            (Err(error), None) => return Err(error),
            (Err(_), Some(_)) => {
                <Nz as Via<'a, u32>>::parse(start, cx).map(|(rest, goal)| (rest, Some(goal)))?
            }
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { tag, progress: done.map(|done| Progress { done, goal }) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        match &self.tag {
            Some(tag) => tag.encode(out),
            None => out.put("NIL"),
        }
        for number in
            [self.progress.map(|progress| progress.done), self.progress.and_then(|progress| progress.goal)]
        {
            out.put(" ");
            match number {
                Some(number) => out.number(number.into()),
                None => out.put("NIL"),
            }
        }
        out.put(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Code;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    fn progress(tag: Option<&str>, progress: Option<(u32, Option<u32>)>) -> Code<'_> {
        Code::InProgress(Some(InProgress {
            tag: tag.map(|tag| TagString::new(tag).unwrap()),
            progress: progress.map(|(done, goal)| Progress { done, goal }),
        }))
    }

    #[test]
    fn codes() {
        check([
            ("INPROGRESS", Code::InProgress(None)),
            ("INPROGRESS (\"A001\" 454 1000)", progress(Some("A001"), Some((454, Some(1000))))),
            ("INPROGRESS (\"tag\" 0 NIL)", progress(Some("tag"), Some((0, None)))),
            ("INPROGRESS (\"tag\" NIL NIL)", progress(Some("tag"), None)),
            ("INPROGRESS (NIL 5 7)", progress(None, Some((5, Some(7))))),
        ]);
        check_read([("inprogress (nil nil nil)", progress(None, None))]);
        check_refused::<Code<'_>, 7>([
            ("INPROGRESS ()", 12),
            ("INPROGRESS (A001 1 2)", 12),
            ("INPROGRESS (\"+\" 1 2)", 13),
            ("INPROGRESS (\"a\" NIL 2)", 20),
            ("INPROGRESS (\"a\" 1 0)", 18),
            ("INPROGRESS (\"a\" 1)", 17),
            ("INPROGRESS (\"a\" 1 2", 19),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            tag in proptest::option::of("[A-Z0-9]{1,6}"),
            progress in proptest::option::of((any::<u32>(), proptest::option::of(1u32..))),
        ) {
            round_trip(&InProgress {
                tag: tag.map(|tag| TagString::new(tag).unwrap()),
                progress: progress.map(|(done, goal)| Progress { done, goal }),
            });
        }
    }
}
