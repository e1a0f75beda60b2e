//! MTRK: message tracking ([RFC 3885](https://www.rfc-editor.org/rfc/rfc3885)).

use alloc::borrow::Cow;

use crate::error::{Expected, ValueError};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part};

use super::{digits, kept};

part! {
    /// By what a sender shows later that a message to track is its own, and for how long it may be tracked.
    ///
    /// `MAIL FROM:<a@example.org> ENVID=12345@example.org MTRK=YWJj:86400`
    ///
    /// The certifier is base64 without padding: the hash of a secret. A message with MTRK has ENVID, too.
    /// [RFC 3885 section 3.1](https://www.rfc-editor.org/rfc/rfc3885#section-3.1).
    pub struct Tracking<'a> {
        certifier: Cow<'a, str>,
        timeout: Option<u32>,
    }
}

impl<'a> Tracking<'a> {
    /// Tracking by a certifier in base64, for as long as the servers see fit.
    ///
    /// # Errors
    /// The certifier is empty or not base64 without padding.
    pub fn new(certifier: &'a str) -> Result<Self, ValueError> {
        match base64(certifier.as_bytes()) {
            Ok(([], certifier)) => Ok(Self { certifier, timeout: None }),
            Ok((rest, _)) => Err(bad(certifier.len().saturating_sub(rest.len()))),
            Err(_) => Err(bad(0)),
        }
    }

    /// The same for so many seconds.
    ///
    /// # Errors
    /// There are more than 999,999,999.
    pub fn with_timeout(self, seconds: u32) -> Result<Self, ValueError> {
        if seconds > 999_999_999 {
            return Err(bad(0));
        }
        Ok(Self { timeout: Some(seconds), ..self })
    }

    /// The certifier in base64.
    pub fn certifier(&self) -> &str {
        &self.certifier
    }

    /// For how many seconds, 999,999,999 at most; `None`: as the server sees fit.
    pub fn timeout_seconds(&self) -> Option<u32> {
        self.timeout
    }
}

fn bad(offset: usize) -> ValueError {
    ValueError { field: "MTRK", expected: Expected::ParameterValue, offset }
}

fn base64(input: &[u8]) -> Parsed<'_, Cow<'_, str>> {
    let is_base64 = |octet: &&u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    match input.split_at_checked(input.iter().take_while(is_base64).count()) {
        Some(([_, ..], rest)) => kept(input, rest),
        _ => Fail::at(input, Expected::ParameterValue),
    }
}

/// ```abnf
/// mtrk-value = mtrk-certifier [ ":" mtrk-timeout ]
/// mtrk-certifier = 1*( ALPHA / DIGIT / "+" / "/" )
/// mtrk-timeout = 1*9DIGIT
/// ```
impl<'a> Wire<'a> for Tracking<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, certifier) = base64(input)?;
        let Some(timeout) = rest.strip_prefix(b":") else {
            return Ok((rest, Self { certifier, timeout: None }));
        };
        let (rest, timeout) = digits(timeout, 9)?;
        Ok((rest, Self { certifier, timeout: Some(timeout) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.certifier.as_bytes());
        if let Some(timeout) = self.timeout {
            out.put(":");
            out.number(timeout.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn tracking() {
        let certifier = Tracking::new("Az0+/").unwrap();
        assert_eq!((certifier.certifier(), certifier.timeout_seconds()), ("Az0+/", None));
        assert_eq!(certifier.clone().with_timeout(0).unwrap().timeout_seconds(), Some(0));
        check([
            ("Az0+/", certifier.clone()),
            ("Az0+/:0", certifier.clone().with_timeout(0).unwrap()),
            ("Az0+/:86400", certifier.clone().with_timeout(86_400).unwrap()),
        ]);
        check_refused::<Tracking<'_>, 7>([
            ("", 0),
            (":1", 0),
            ("a:", 2),
            ("a:x", 2),
            ("a:1234567890", 2),
            ("a=", 1),
            ("a:1:2", 3),
        ]);
        assert!(certifier.with_timeout(1_000_000_000).is_err());
        assert_eq!(Tracking::new("ab==").unwrap_err().offset, 2);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(certifier in "[a-z0-9+/=:]{0,8}", timeout: u32) {
            let Ok(tracking) = Tracking::new(&certifier) else { return Ok(()) };
            round_trip(&tracking.clone().into_owned());
            if let Ok(tracking) = tracking.with_timeout(timeout) {
                round_trip(&tracking.into_owned());
            }
        }
    }
}
