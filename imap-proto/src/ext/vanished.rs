//! VANISHED ([RFC 7162 section 3.2.10](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.10)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::sequence::UidSet;
use crate::wire::{Cx, Parsed, Wire, Writer, part, word};

part! {
    /// Messages that are gone.
    ///
    /// `(EARLIER) 41,43:116`, `405,407`
    ///
    /// RFC 7162 section 3.2.10.
    pub struct Vanished<'a> {
        /// Whether this is what the client asked for, so that message numbers stay as they are.
        pub earlier: bool,
        /// Their UIDs; also of some that there never were.
        pub uids: UidSet<'a>,
    }
}

/// ```abnf
/// expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
/// ```
impl<'a> Wire<'a> for Vanished<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (earlier, rest) = match input {
            [b'(', ..] => {
                let (rest, ()) = word(input, b"(EARLIER)", Expected::Keyword)?;
                (true, space(rest, cx)?.0)
            }
            _ => (false, input),
        };
        let (rest, uids) = UidSet::parse(rest, cx)?;
        Ok((rest, Self { earlier, uids }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(if self.earlier { "(EARLIER) " } else { "" });
        self.uids.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Data;
    use crate::testing::{check, check_read, check_refused};

    #[test]
    fn data() {
        let vanished = |earlier, uids| Data::Vanished(Vanished { earlier, uids: UidSet::new(uids).unwrap() });
        check([
            ("VANISHED (EARLIER) 41,43:116,118", vanished(true, "41,43:116,118")),
            ("VANISHED 405,407", vanished(false, "405,407")),
        ]);
        check_read([("vanished (earlier) 1", vanished(true, "1"))]);
        check_refused::<Data<'_>, 5>([
            ("VANISHED", 8),
            ("VANISHED ()", 9),
            ("VANISHED (EARLIER)", 18),
            ("VANISHED 1:*", 11),
            ("VANISHED $", 9),
        ]);
    }
}
