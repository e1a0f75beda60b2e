//! The text of a command with messages, in pieces: what stands before, between and behind their literals.

use super::super::AppendTarget;
use crate::append::AppendOptions;
use crate::error::{Expected, ParseError};
use crate::ext::url::UrlText;
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::Nz;
use crate::grammar::sequence::Number;
use crate::grammar::text::Tag;
use crate::options::{Dialect, Leniency};
use crate::registry::Via;
use crate::response::crlf;
use crate::wire::{self, Cx, Fail, Parsed, Wire, octet, word};

/// What is due in the text of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The tag.
    Start,
    /// The options of a message.
    Options,
    /// Its contents.
    Data,
    /// A part of them.
    Part,
    /// The end of a part: another one, or `)`.
    PartEnd,
    /// The `)` of `UTF8 (`, within CATENATE or not.
    Utf8End { is_part: bool },
    /// The end of a message: another one, or the end of the command.
    MessageEnd,
}

/// What messages may be, and how many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Forms {
    /// More than one: MULTIAPPEND. RFC 3502.
    pub(crate) several: bool,
    /// CATENATE. RFC 4469.
    pub(crate) catenate: bool,
    /// A literal8: BINARY. RFC 3516 section 4.4; RFC 9051 appendix B: not a part of IMAP4rev2.
    pub(crate) binary: bool,
    /// `UTF8 (~{310}`. RFC 6855 section 4.
    pub(crate) utf8: bool,
}

impl Forms {
    pub(crate) const ALL: Self = Self { several: true, catenate: true, binary: true, utf8: true };
}

/// What the text in front of a literal says of it.
pub(crate) enum Front {
    /// It is a message, or a part of one.
    Contents,
    /// It is something else.
    Argument,
    /// The command is malformed already.
    Wrong(ParseError),
}

impl Front {
    /// What the error says with which reading `head` has ended: of a literal that may stand there, it is that its octets
    /// are missing.
    pub(crate) fn of(error: ParseError, head: &[u8]) -> Self {
        match memchr::memrchr(b'{', head) {
            Some(brace) if error.offset > brace => Self::Argument,
            _ => Self::Wrong(error),
        }
    }
}

/// A piece of the text.
pub(crate) enum Piece<'i> {
    Target(Tag<'i>, AppendTarget<'i>),
    Options(AppendOptions<'i>),
    Url(UrlText<'i>),
    /// The header of a literal; whether it is UTF8's.
    Literal {
        utf8: bool,
    },
    End,
}

/// Within so many octets the name of the command is looked for: a tag that is longer has its APPEND whole or not at all.
const NAME: usize = 256;

/// Whether `input` is the front of a command that may have messages.
pub(crate) fn is_front(input: &[u8]) -> bool {
    let input = input.get(..NAME).unwrap_or(input);
    let Some(tag) = Tag::of(input) else { return false };
    let after = input.get(tag.as_bytes().len()..).unwrap_or_default();
    names(after, &[b"APPEND", b"REPLACE"])
        || behind(after, b"UID").is_some_and(|after| names(after, &[b"REPLACE"]))
}

/// Whether one of `names` and a space stand in `input`, behind spaces.
fn names(input: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|name| behind(input, name).is_some())
}

/// What stands in `input` behind spaces and `name`; it begins with a space.
fn behind<'i>(input: &'i [u8], name: &[u8]) -> Option<&'i [u8]> {
    let spaces = input.iter().take_while(|octet| **octet == b' ').count();
    let (front, rest) = input.get(spaces..)?.split_at_checked(name.len())?;
    (spaces > 0 && front.eq_ignore_ascii_case(name) && rest.starts_with(b" ")).then_some(rest)
}

/// What `head`, which is read from `place` on, says of the literal that it ends with.
pub(crate) fn front(head: &[u8], place: Place, dialect: Dialect) -> Front {
    let (mut text, mut place) = (head, place);
    loop {
        match piece(text, place, Forms::ALL, dialect) {
            Ok((_, Piece::Literal { .. }, _)) => return Front::Contents,
            Ok((_, Piece::End, _)) => return Front::Argument,
            Ok((rest, _, next)) => (text, place) = (rest, next),
            Err(error) => {
                let offset = wire::len_before(head, text).saturating_add(error.offset);
                return Front::of(ParseError { offset, ..error }, head);
            }
        }
    }
}

/// Reads a piece from the front of `text`, which ends with the header of a literal or with the command: strictly, and only
/// when that fails as `dialect` has it.
pub(crate) fn piece(
    text: &[u8],
    place: Place,
    forms: Forms,
    dialect: Dialect,
) -> Result<(&[u8], Piece<'_>, Place), ParseError> {
    let strict = dialect.with_leniency(Leniency::NONE);
    let read = match piece_as(text, place, forms, strict.into()) {
        Err(_) if !dialect.leniency.is_empty() => piece_as(text, place, forms, dialect.into()),
        read => read,
    };
    read.map_err(|error| wire::fail(error, text))
}

type Read<'i> = Result<(&'i [u8], Piece<'i>, Place), nom::Err<Fail>>;

/// ```abnf
/// append         = "APPEND" SP mailbox 1*(SP append-message)
/// append-message = append-opts SP append-data
/// append-data    = literal / literal8 / "UTF8" SP "(" literal8 ")" / "CATENATE" SP "(" cat-part *(SP cat-part) ")"
/// cat-part       = "URL" SP astring / "TEXT" SP literal / "UTF8" SP "(" literal8 ")"
/// ```
fn piece_as(text: &[u8], place: Place, forms: Forms, cx: Cx) -> Read<'_> {
    let (mut rest, mut place) = (text, place);
    loop {
        place = match place {
            Place::Start => {
                let (rest, (tag, target)) = target(rest, cx)?;
                return Ok((rest, Piece::Target(tag, target), Place::Options));
            }
            Place::Options => {
                let (rest, options) = AppendOptions::parse(rest, cx)?;
                return Ok((rest, Piece::Options(options), Place::Data));
            }
            Place::Data => match rest {
                [b'~', ..] if !forms.binary => return refuse(rest, Expected::Literal),
                [b'{' | b'~', ..] => return literal(rest, false, Place::MessageEnd, cx),
                _ => match word(rest, b"CATENATE", Expected::Literal) {
                    Ok((after, ())) if forms.catenate => {
                        rest = octet(space(after, cx)?.0, b'(', Expected::Open)?.0;
                        Place::Part
                    }
                    _ => return utf8(rest, Place::Utf8End { is_part: false }, forms, cx),
                },
            },
            Place::Part => match rest {
                [b'T' | b't', ..] => {
                    let (rest, ()) = word(rest, b"TEXT", Expected::Keyword)?;
                    return match space(rest, cx)?.0 {
                        rest @ [b'{', ..] => literal(rest, false, Place::PartEnd, cx),
                        rest => refuse(rest, Expected::Literal),
                    };
                }
                [b'U' | b'u', b'R' | b'r', ..] => {
                    let (rest, ()) = word(rest, b"URL", Expected::Keyword)?;
                    let (rest, url) = UrlText::parse(space(rest, cx)?.0, cx)?;
                    return Ok((rest, Piece::Url(url), Place::PartEnd));
                }
                _ => return utf8(rest, Place::Utf8End { is_part: true }, forms, cx),
            },
            Place::PartEnd => match rest {
                [b' ', ..] => {
                    rest = space(rest, cx)?.0;
                    Place::Part
                }
                _ => {
                    rest = octet(rest, b')', Expected::Close)?.0;
                    Place::MessageEnd
                }
            },
            Place::Utf8End { is_part } => {
                rest = octet(rest, b')', Expected::Close)?.0;
                if is_part { Place::PartEnd } else { Place::MessageEnd }
            }
            Place::MessageEnd => {
                if let Ok((rest, ())) = crlf(rest, cx) {
                    return Ok((rest, Piece::End, Place::MessageEnd));
                }
                if !forms.several {
                    return refuse(rest, Expected::Crlf);
                }
                rest = space(rest, cx)?.0;
                Place::Options
            }
        };
    }
}

/// `tag SP "APPEND" SP mailbox SP`, and the same of REPLACE.
fn target(input: &[u8], cx: Cx) -> Parsed<'_, (Tag<'_>, AppendTarget<'_>)> {
    let (rest, tag) = Tag::parse(input, cx)?;
    let (rest, ()) = space(rest, cx)?;
    if let Ok((rest, ())) = word(rest, b"APPEND", Expected::Command) {
        let (rest, mailbox) = Mailbox::parse(space(rest, cx)?.0, cx)?;
        return Ok((space(rest, cx)?.0, (tag, AppendTarget::Append(mailbox))));
    }
    let (rest, is_uid) = match word(rest, b"UID", Expected::Command) {
        Ok((rest, ())) => (space(rest, cx)?.0, true),
        Err(_) => (rest, false),
    };
    let (rest, ()) = word(rest, b"REPLACE", Expected::Command)?;
    let (rest, ()) = space(rest, cx)?;
    let (rest, number) = match rest {
        [b'*', rest @ ..] => (rest, Number::Star),
        _ => Nz::parse(rest, cx).map(|(rest, number)| (rest, Number::Value(number)))?,
    };
    let (rest, ()) = space(rest, cx)?;
    let (rest, mailbox) = Mailbox::parse(rest, cx)?;
    let target = match is_uid {
        true => AppendTarget::UidReplace(number, mailbox),
        false => AppendTarget::Replace(number, mailbox),
    };
    Ok((space(rest, cx)?.0, (tag, target)))
}

/// `UTF8 (~{310}` CRLF
fn utf8(input: &[u8], next: Place, forms: Forms, cx: Cx) -> Read<'_> {
    if !forms.utf8 {
        return refuse(input, Expected::Literal);
    }
    let (rest, ()) = word(input, b"UTF8", Expected::Literal)?;
    let (rest, ()) = octet(space(rest, cx)?.0, b'(', Expected::Open)?;
    match rest {
        [b'~', ..] => literal(rest, true, next, cx),
        _ => refuse(rest, Expected::Literal),
    }
}

/// The header of a literal, which ends the text: its numbers are the framer's to read.
fn literal(input: &[u8], utf8: bool, next: Place, cx: Cx) -> Read<'_> {
    let rest = input.strip_prefix(b"~").unwrap_or(input);
    let (rest, ()) = octet(rest, b'{', Expected::Literal)?;
    let (rest, _) = wire::number(rest)?;
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let (rest, ()) = octet(rest, b'}', Expected::Literal)?;
    match crlf(rest, cx)? {
        (rest @ [], ()) => Ok((rest, Piece::Literal { utf8 }, next)),
        (rest, ()) => refuse(rest, Expected::Syntax),
    }
}

fn refuse(input: &[u8], expected: Expected) -> Read<'_> {
    Err(nom::Err::Error(Fail { expected, remaining: input.len() }))
}
