//! MESSAGELIMIT ([RFC 9738](https://www.rfc-editor.org/rfc/rfc9738)).

use crate::grammar::class::space;
use crate::grammar::number::Nz;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, plain};

/// A command was about more messages than the server works on at a time.
///
/// `1000 23221`
///
/// RFC 9738 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageLimit {
    /// How many messages one command can be about.
    pub limit: u32,
    /// The lowest UID that was worked on, when the command was done in part.
    pub lowest: Option<u32>,
}

plain!(MessageLimit);

/// ```abnf
/// "MESSAGELIMIT" SP message-limit [SP uniqueid]
/// ```
impl<'a> Wire<'a> for MessageLimit {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, limit) = Nz::parse(input, cx)?;
        match rest {
            [b' ', after @ ..] if !matches!(after, [b']', ..]) => {
                let (rest, lowest) = Nz::parse(space(rest, cx)?.0, cx)?;
                Ok((rest, Self { limit, lowest: Some(lowest) }))
            }
            _ => Ok((rest, Self { limit, lowest: None })),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.number(self.limit.into());
        if let Some(lowest) = self.lowest {
            out.put(" ");
            out.number(lowest.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Code;
    use crate::testing::{check, check_refused};

    #[test]
    fn codes() {
        check([
            (
                "MESSAGELIMIT 1000 23221",
                Code::MessageLimit(MessageLimit { limit: 1000, lowest: Some(23_221) }),
            ),
            ("MESSAGELIMIT 1000", Code::MessageLimit(MessageLimit { limit: 1000, lowest: None })),
        ]);
        check_refused::<Code<'_>, 4>([
            ("MESSAGELIMIT", 12),
            ("MESSAGELIMIT 0", 13),
            ("MESSAGELIMIT 1 0", 15),
            ("MESSAGELIMIT 1 x", 15),
        ]);
    }
}
