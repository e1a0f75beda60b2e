//! CHECKPOINT ([RFC 1845](https://www.rfc-editor.org/rfc/rfc1845)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::reply::Reply;
use crate::wire::{self, Cx, Fail, Parsed, Wire, Writer, part};

use super::{kept, kept_text};

part! {
    /// Names a transaction, so that one that was interrupted can be gone on with.
    ///
    /// `MAIL FROM:<ned@example.com> TRANSID=<12345@example.com>`
    ///
    /// 80 octets at most; case counts. [RFC 1845 section 2](https://www.rfc-editor.org/rfc/rfc1845#section-2).
    pub struct TransId<'a>(Cow<'a, str>);
}

impl TransId<'_> {
    /// The longest, in octets, brackets included.
    pub const MAX: usize = 80;
}

kept_text! {
    TransId "TRANSID";
}

/// Where an interrupted message goes on, in octets from its beginning: `355 6135 is the transaction offset`.
///
/// [RFC 1845 section 5](https://www.rfc-editor.org/rfc/rfc1845#section-5).
pub fn transaction_offset(reply: &Reply<'_>) -> Option<u64> {
    if reply.code().get() != 355 {
        return None;
    }
    let (rest, offset) = wire::number(reply.lines().next()?).ok()?;
    matches!(rest, [] | [b' ', ..]).then_some(offset)
}

/// ```abnf
/// transid-value = "<" transid-token "@" transid-token ">"
/// transid-token = transid-atom *( "." transid-atom )
/// transid-atom = 1*( any CHAR except SPACE, CTLs, tspecials and "." )
/// ```
impl<'a> Wire<'a> for TransId<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = wire::octet(input, b'<', Expected::ParameterValue)?;
        let (rest, ()) = wire::octet(token(rest)?, b'@', Expected::ParameterValue)?;
        let (rest, ()) = wire::octet(token(rest)?, b'>', Expected::ParameterValue)?;
        let (rest, text) = kept(input, rest)?;
        if text.len() > Self::MAX {
            return Fail::at(input.get(Self::MAX..).unwrap_or_default(), Expected::ParameterValue);
        }
        Ok((rest, Self(text)))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.as_str());
    }
}

/// What stands behind a token.
fn token(input: &[u8]) -> Result<&[u8], nom::Err<Fail>> {
    let mut rest = input;
    loop {
        let is_atom = |octet: &&u8| octet.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=.".contains(octet);
        let end = rest.iter().take_while(is_atom).count();
        match rest.split_at_checked(end) {
            Some(([_, ..], [b'.', after @ ..])) => rest = after,
            Some(([_, ..], after)) => return Ok(after),
            _ => return Fail::at::<()>(rest, Expected::ParameterValue).map(|_| rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Dialect;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    #[test]
    fn trans_id() {
        let id = |text| TransId(Cow::Borrowed(text));
        check([("<12345@claremont.edu>", id("<12345@claremont.edu>")), ("<a.b+c@d>", id("<a.b+c@d>"))]);
        check_refused::<TransId<'_>, 9>([
            ("", 0),
            ("1@d", 0),
            ("<@d>", 1),
            ("<a@>", 3),
            ("<a>", 2),
            ("<a..b@d>", 3),
            ("<a@d.>", 5),
            ("<a=b@d>", 2),
            ("<a@d", 4),
        ]);
        let long = ["<", &"x".repeat(76), "@d>"].concat();
        assert!(TransId::try_from(long.as_str()).is_ok());
        assert!(TransId::try_from(long.replace('@', "x@").as_str()).is_err());
    }

    #[test]
    fn transaction_offsets() {
        let offset =
            |wire: &'static [u8]| transaction_offset(&Reply::parse(wire, Dialect::STRICT).unwrap().1);
        assert_eq!(offset(b"355 6135 is the transaction offset\r\n"), Some(6_135));
        assert_eq!(offset(b"355 0\r\n"), Some(0));
        for wire in
            [&b"354 6135 go on\r\n"[..], b"355 go on\r\n", b"355\r\n", b"355 99999999999999999999 x\r\n"]
        {
            assert_eq!(offset(wire), None);
        }
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(text in "<[a-c.=]{0,4}@[d.-]{0,4}>") {
            if let Ok(id) = TransId::try_from(text.as_str()) {
                round_trip(&id.into_owned());
            }
        }
    }
}
