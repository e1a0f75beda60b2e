//! RRVS ([RFC 7293](https://www.rfc-editor.org/rfc/rfc7293)).

use crate::error::{Expected, ValueError};
use crate::parameter::before;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, plain};

use super::DateTime;

/// Since when a mailbox has to have had the same owner, for the message to be for them.
///
/// `RCPT TO:<b@example.net> RRVS=2014-04-03T23:01:00Z;C`
///
/// To the second. [RFC 7293 section 3.1](https://www.rfc-editor.org/rfc/rfc7293#section-3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rrvs {
    since: DateTime,
    action: Option<RrvsAction>,
}

plain!(Rrvs);

/// What is done where RRVS is not known.
///
/// `R` in `RRVS=2014-04-03T23:01:00Z;R`
///
/// RFC 7293 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RrvsAction {
    /// `C`: the message goes on all the same.
    Continue,
    /// `R`: it is rejected, as without saying so.
    Reject,
}

impl Rrvs {
    /// The same owner since `since`.
    ///
    /// # Errors
    /// It is not a whole second.
    pub fn new(since: DateTime) -> Result<Self, ValueError> {
        if since.nanosecond() > 0 {
            return Err(ValueError { field: "RRVS", expected: Expected::ParameterValue, offset: 0 });
        }
        Ok(Self { since, action: None })
    }

    /// The same, and what is done where RRVS is not known.
    #[must_use]
    pub fn or(self, action: RrvsAction) -> Self {
        Self { action: Some(action), ..self }
    }

    /// Since when.
    pub fn since(&self) -> DateTime {
        self.since
    }

    /// What is done where RRVS is not known; `None` when nothing is said, which means [`RrvsAction::Reject`].
    pub fn action(&self) -> Option<RrvsAction> {
        self.action
    }
}

/// ```abnf
/// rrvs-value = date-time [ ";" ( "C" / "R" ) ]
/// ```
impl<'a> Wire<'a> for Rrvs {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, since) = DateTime::parse(input, cx)?;
        if before(input, rest).contains(&b'.') {
            return Fail::at(input, Expected::ParameterValue);
        }
        let (rest, action) = match rest {
            [b';', b'C' | b'c', rest @ ..] => (rest, Some(RrvsAction::Continue)),
            [b';', b'R' | b'r', rest @ ..] => (rest, Some(RrvsAction::Reject)),
            _ => (rest, None),
        };
        Ok((rest, Self { since, action }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.since.encode(out);
        match self.action {
            Some(RrvsAction::Continue) => out.put(";C"),
            Some(RrvsAction::Reject) => out.put(";R"),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn rrvs() {
        let since = DateTime::try_from("2014-04-03T23:01:00Z").unwrap();
        let rrvs = Rrvs::new(since).unwrap();
        assert_eq!((rrvs.since(), rrvs.action()), (since, None));
        assert_eq!(rrvs.or(RrvsAction::Continue).action(), Some(RrvsAction::Continue));
        check([
            ("2014-04-03T23:01:00Z", rrvs),
            ("2014-04-03T23:01:00Z;C", rrvs.or(RrvsAction::Continue)),
            ("2014-04-03T23:01:00Z;R", rrvs.or(RrvsAction::Reject)),
        ]);
        check_read([("2014-04-03t23:01:00z;c", rrvs.or(RrvsAction::Continue))]);
        check_refused::<Rrvs, 5>([
            ("", 0),
            ("2014-04-03T23:01:00.0Z", 0),
            ("2014-04-03T23:01:00Z;", 20),
            ("2014-04-03T23:01:00Z;X", 20),
            ("2014-04-03T23:01:00Z;CR", 22),
        ]);
        assert!(Rrvs::new(DateTime::try_from("2014-04-03T23:01:00.5Z").unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(seconds in -62_167_219_200i64..=253_402_300_799) {
            let rrvs = Rrvs::new(DateTime::from_unix_seconds(seconds).unwrap()).unwrap();
            for rrvs in [rrvs, rrvs.or(RrvsAction::Continue), rrvs.or(RrvsAction::Reject)] {
                round_trip(&rrvs);
            }
        }
    }
}
