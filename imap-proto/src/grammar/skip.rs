//! How to get past what is not understood: balanced text of any kind, in linear time and however deeply nested.

use crate::error::Expected;
use crate::grammar::class::{ATOM, CLASS, HIGH};
use crate::grammar::quoted::quoted;
use crate::grammar::string::{announces, any_literal, literal};
use crate::wire::{Cx, Fail, Parsed, before, run};

/// Gets past quoted strings in text where not every quote has another: each octet is looked at once, however many do not.
pub(crate) struct Quotes {
    /// What is left of the text where a string could not go on. No quote before that ends, either: it is an escaped one
    /// of the string that failed.
    failed: usize,
}

impl Quotes {
    pub(crate) const NEW: Self = Self { failed: usize::MAX };

    /// From behind a `"`, to behind the one that ends the string; `None` when there is none.
    pub(crate) fn end<'a>(&mut self, after: &'a [u8]) -> Option<&'a [u8]> {
        let mut rest = after;
        while rest.len() <= self.failed {
            let at = rest.iter().position(|octet| matches!(octet, b'"' | b'\\' | b'\r' | b'\n' | 0));
            rest = rest.get(at.unwrap_or(rest.len())..).unwrap_or_default();
            rest = match rest {
                [b'"', rest @ ..] => return Some(rest),
                [b'\\', b'"' | b'\\', rest @ ..] => rest,
                _ => {
                    self.failed = rest.len();
                    return None;
                }
            };
        }
        None
    }
}

/// From behind a `(` to the `)` that closes it, which is at the front of what is given back.
pub(crate) fn to_close(input: &[u8]) -> Option<&[u8]> {
    let mut depth = 0usize;
    let mut rest = input;
    loop {
        let at = rest.iter().position(|octet| matches!(octet, b'(' | b')' | b'"' | b'{'))?;
        let (_, from) = rest.split_at_checked(at)?;
        rest = match from {
            [b')', after @ ..] => {
                let Some(less) = depth.checked_sub(1) else { return Some(from) };
                depth = less;
                after
            }
            [b'(', after @ ..] => {
                depth = depth.saturating_add(1);
                after
            }
            [b'"', after @ ..] => quoted(after, Cx::KNOWN).ok()?.0,
            [b'{', after @ ..] => any_literal(after).map_or(after, |(rest, _)| rest),
            _ => return None,
        };
    }
}

/// One value of any kind: a string, a list, or a run of atom characters and the like.
pub(crate) fn value(input: &[u8], cx: Cx) -> Parsed<'_, &[u8]> {
    let mut depth = 0usize;
    let mut rest = input;
    loop {
        rest = match rest {
            [b'(', after @ ..] => {
                depth = depth.saturating_add(1);
                after
            }
            [b')', after @ ..] if depth > 0 => {
                depth = depth.saturating_sub(1);
                after
            }
            [b'"', after @ ..] => quoted(after, cx)?.0,
            [b'{', after @ ..] => literal(after, cx)?.0,
            [b'~', b'{', after @ ..] => any_literal(after)?.0,
            [b' ', after @ ..] if depth > 0 => after,
            _ => match run(rest, &CLASS, ATOM) {
                // What an atom cannot hold, but flags, sections and wildcards can.
                ([], [b'\\' | b'*' | b'%' | b']' | b'[', after @ ..]) => after,
                ([], _) => return Fail::at(rest, Expected::Syntax),
                (_, after) => after,
            },
        };
        if depth == 0 && matches!(rest, [] | [b' ' | b')' | b'\r' | b'\n' | b'(', ..]) {
            return Ok((rest, before(input, rest)));
        }
    }
}

/// Whatever it is but CR, LF and NUL, up to the space, `)` or end of line behind it: parentheses, quotes and literals are taken
/// whole where they are whole.
pub(crate) fn anything(input: &[u8]) -> Parsed<'_, &[u8]> {
    let mut depth = 0usize;
    let mut quotes = Quotes::NEW;
    let mut rest = input;
    loop {
        rest = match rest {
            [b')', ..] if depth == 0 => break,
            [b' ', ..] if depth == 0 => break,
            [] | [0 | b'\r' | b'\n', ..] => break,
            [b'(', after @ ..] => {
                depth = depth.saturating_add(1);
                after
            }
            [b')', after @ ..] => {
                depth = depth.saturating_sub(1);
                after
            }
            [b'"', after @ ..] => quotes.end(after).unwrap_or(after),
            [b'{', after @ ..] => match any_literal(after) {
                Ok((rest, _)) => rest,
                // Whoever frames the message would take what follows the line for it.
                Err(_) if announces(after) => return Fail::at(rest, Expected::Literal),
                Err(_) => after,
            },
            [_, after @ ..] => run(after, &CLASS, ATOM | HIGH).1,
        };
    }
    match before(input, rest) {
        [] => Fail::at(input, Expected::Syntax),
        octets if depth == 0 => Ok((rest, octets)),
        _ => Fail::at(rest, Expected::Close),
    }
}
