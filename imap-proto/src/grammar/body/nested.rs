//! Structures inside of structures: checked once and as a whole, without recursion, and kept as text.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::BytesMut;

use crate::error::{Expected, ValueError};
use crate::grammar::body::fields::{
    BodyFields, MediaType, Parameters, ext_1part, ext_mpart, lines, skip_ext, write_ext_1part,
    write_ext_mpart,
};
use crate::grammar::body::{BodyStructure, Head, Kind, head};
use crate::grammar::class::{close, space, spaces};
use crate::grammar::envelope::Envelope;
use crate::grammar::string::{IString, nil};
use crate::grammar::{octets, skip};
use crate::list::OrNil;
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, before, octet};
use crate::writer::EncodeOptions;

/// Structures inside of another one: checked text, of which each is read when it is asked for.
///
/// `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)("IMAGE" "PNG" NIL NIL NIL "BASE64" 4554)`
///
/// Two are equal when they say the same, however it is written.
///
/// RFC 9051 section 7.5.2.
#[derive(Clone)]
pub struct Bodies<'a>(Cow<'a, [u8]>);

impl<'a> Bodies<'a> {
    /// What a server that left them out gives.
    pub(super) const NONE: Self = Self(Cow::Borrowed(b""));

    /// These structures.
    ///
    /// # Errors
    /// There are none, or too many would stand in one another.
    pub fn new<'b>(structures: impl IntoIterator<Item = BodyStructure<'b>>) -> Result<Self, ValueError> {
        let mut text = BytesMut::new();
        for structure in structures {
            structure.encode(&mut kept(&mut text));
        }
        match check_all(&text, Cx::KEPT, &mut ()) {
            Ok(_) => Ok(Self(Cow::Owned(text.into()))),
            Err(error) => Err(wire::fail(error, &text).in_field("body structure")),
        }
    }

    /// The text on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are; counts them.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// The first.
    pub fn first(&self) -> Option<BodyStructure<'_>> {
        self.iter().next()
    }

    /// Each in order.
    pub fn iter(&self) -> BodiesIter<'_> {
        BodiesIter { rest: &self.0 }
    }

    /// The same, borrowing from nothing.
    pub fn into_owned(self) -> Bodies<'static> {
        Bodies(Cow::Owned(self.0.into_owned()))
    }

    /// The same, borrowing from it.
    pub(super) fn borrowed(&self) -> Bodies<'_> {
        Bodies(Cow::Borrowed(&self.0))
    }

    /// Each in order, for as long as what is borrowed lives.
    pub(super) fn iter_borrowed(&self) -> BodiesIter<'a> {
        match self.0 {
            Cow::Borrowed(rest) => BodiesIter { rest },
            // Never of what was read from text that was checked, or of what `borrowed` gives.
            Cow::Owned(_) => BodiesIter { rest: b"" },
        }
    }

    /// Text that is the same for all that mean the same.
    fn meaning(&self) -> Vec<u8> {
        anew(&self.0, |out| check_all(&self.0, Cx::KEPT, &mut Meant(out)))
    }

    pub(super) fn without_extension(&self) -> Self {
        Self(Cow::Owned(anew(&self.0, |out| check_all(&self.0, Cx::KEPT, &mut Bare(out)))))
    }

    /// One structure: what is in a message.
    #[inline]
    pub(super) fn parse_one(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.known() {
            let rest = past(input)?;
            return Ok((rest, Self(Cow::Borrowed(before(input, rest)))));
        }
        if cx.is_lenient() {
            let (text, rest) = rewritten(|out| check(input, cx, out))?;
            return Ok((rest, Self(Cow::Owned(text))));
        }
        let (rest, ()) = check(input, cx, &mut ())?;
        Ok((rest, Self(Cow::Borrowed(before(input, rest)))))
    }
}

/// ```abnf
/// bodies = 1*body
/// ```
impl<'a> Wire<'a> for Bodies<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        if cx.known() {
            let mut rest = past(input)?;
            while let [b'(', ..] = rest {
                rest = past(rest)?;
            }
            return Ok((rest, Self(Cow::Borrowed(before(input, rest)))));
        }
        if cx.is_lenient() {
            let (text, rest) = rewritten(|out| check_all(input, cx, out))?;
            return Ok((rest, Self(Cow::Owned(text))));
        }
        let (rest, ()) = check_all(input, cx, &mut ())?;
        Ok((rest, Self(Cow::Borrowed(before(input, rest)))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.known(&self.0);
    }
}

/// Past a structure that was checked before.
fn past(input: &[u8]) -> Result<&[u8], nom::Err<Fail>> {
    let (inner, ()) = octet(input, b'(', Expected::Open)?;
    match skip::to_close(inner) {
        Some([_, rest @ ..]) => Ok(rest),
        _ => Fail::at(input, Expected::Close).map(|(rest, ())| rest),
    }
}

/// The structures in [`Bodies`].
#[derive(Clone)]
pub struct BodiesIter<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for BodiesIter<'s> {
    type Item = BodyStructure<'s>;

    fn next(&mut self) -> Option<BodyStructure<'s>> {
        if self.rest.is_empty() {
            return None;
        }
        let read = BodyStructure::parse(self.rest, Cx::KNOWN);
        debug_assert!(read.is_ok(), "the text was read or written before, so it can be read again");
        let (rest, structure) = read.ok()?;
        self.rest = rest;
        Some(structure)
    }
}

impl<'s> IntoIterator for &'s Bodies<'_> {
    type Item = BodyStructure<'s>;
    type IntoIter = BodiesIter<'s>;

    fn into_iter(self) -> BodiesIter<'s> {
        self.iter()
    }
}

/// Writes text that is to be kept: with UTF-8 in quotes.
fn kept(text: &mut BytesMut) -> Writer<'_> {
    Writer::with(text, EncodeOptions::default().with_utf8(true), false)
}

/// Where text goes as it ought to be, when it is not kept as it is.
pub(super) trait Sink {
    /// Extension data go there, too.
    const EXTENSIBLE: bool = true;
    /// With as many fields of them as were given, be the last ones NIL.
    const AS_GIVEN: bool = true;
    /// Nothing goes there, so that nothing need be made of the text.
    const AS_IS: bool = false;

    fn with(&mut self, write: impl FnOnce(&mut Writer<'_>));
}

/// It is kept as it is.
impl Sink for () {
    const AS_IS: bool = true;

    #[inline]
    fn with(&mut self, _: impl FnOnce(&mut Writer<'_>)) {}
}

impl Sink for Writer<'_> {
    fn with(&mut self, write: impl FnOnce(&mut Writer<'_>)) {
        write(self);
    }
}

/// Without extension data.
struct Bare<'b, 'w>(&'b mut Writer<'w>);

impl Sink for Bare<'_, '_> {
    const EXTENSIBLE: bool = false;

    fn with(&mut self, write: impl FnOnce(&mut Writer<'_>)) {
        write(self.0);
    }
}

/// With no more fields of extension data than say something.
struct Meant<'b, 'w>(&'b mut Writer<'w>);

impl Sink for Meant<'_, '_> {
    const AS_GIVEN: bool = false;

    fn with(&mut self, write: impl FnOnce(&mut Writer<'_>)) {
        write(self.0);
    }
}

/// What `check` puts where it is told to, of text that was checked before or that is empty.
pub(super) fn anew<'a>(text: &[u8], check: impl FnOnce(&mut Writer<'_>) -> Parsed<'a, ()>) -> Vec<u8> {
    if text.is_empty() {
        return Vec::new();
    }
    let read = rewritten(check);
    debug_assert!(read.is_ok(), "the text was read or written before, so it can be read again");
    read.map_or_else(|_| text.into(), |(anew, _)| anew)
}

/// What `check` puts where it is told to, and what it leaves of its input.
#[cold]
pub(super) fn rewritten<'a>(
    check: impl FnOnce(&mut Writer<'_>) -> Parsed<'a, ()>,
) -> Result<(Vec<u8>, &'a [u8]), nom::Err<Fail>> {
    let mut text = BytesMut::new();
    let (rest, ()) = check(&mut kept(&mut text))?;
    Ok((text.into(), rest))
}

/// What the structure at hand stands in: a bit for each, 1 for a message, 0 for a multipart, the innermost the lowest.
#[derive(Clone, Copy, Default)]
struct Around {
    messages: u128,
    depth: u16,
}

const _: () = assert!(BodyStructure::MAX_DEPTH <= 128, "a bit for each");

impl Around {
    fn enter(&mut self, message: bool) {
        self.messages = self.messages.rotate_left(1) | u128::from(message);
        self.depth = self.depth.saturating_add(1);
    }

    fn leave(&mut self) {
        self.messages >>= 1;
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether the innermost is a message.
    fn innermost(self) -> Option<bool> {
        (self.depth > 0).then_some(self.messages & 1 == 1)
    }
}

/// One structure after the other.
fn check_all<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Parsed<'a, ()> {
    let mut rest = input;
    loop {
        (rest, ()) = check(rest, cx, sink)?;
        match spaces(rest, cx) {
            next @ [b'(', ..] => rest = next,
            _ => return Ok((rest, ())),
        }
    }
}

/// One structure that stands in no other one, and all that is in it.
pub(super) fn check_outermost(input: &[u8], cx: Cx) -> Parsed<'_, ()> {
    check_at(0, input, cx, &mut ())
}

/// One structure that stands in another one, and all that is in it.
fn check<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Parsed<'a, ()> {
    check_at(1, input, cx, sink)
}

/// One structure that stands in so many others, and all that is in it.
fn check_at<'a, S: Sink>(outside: u16, input: &'a [u8], cx: Cx, sink: &mut S) -> Parsed<'a, ()> {
    let mut around = Around::default();
    let mut rest = input;
    loop {
        let (inner, ()) = octet(rest, b'(', Expected::Open)?;
        // Those that it stands in, and itself.
        if around.depth.saturating_add(outside).saturating_add(1) > BodyStructure::MAX_DEPTH {
            return Fail::at(rest, Expected::LessDepth);
        }
        sink.with(|out| out.put("("));
        if let bodies @ [b'(', ..] = spaces(inner, cx) {
            around.enter(false);
            rest = bodies;
            continue;
        }
        rest = match start(inner, cx, sink)? {
            (body, true) => {
                around.enter(true);
                rest = body;
                continue;
            }
            (rest, false) => rest,
        };
        // It has ended; maybe what it stands in, too.
        loop {
            rest = match around.innermost() {
                None => return Ok((rest, ())),
                Some(true) => lines_end(rest, cx, sink)?,
                Some(false) => match spaces(rest, cx) {
                    next @ [b'(', ..] => {
                        rest = next;
                        break;
                    }
                    _ => multipart_end(rest, cx, sink)?,
                },
            };
            around.leave();
        }
    }
}

/// Behind the `(` of a structure that does not begin with another one: up to its end, or up to the body of a message, and
/// whether it is that.
#[inline]
fn start<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Parsed<'a, bool> {
    let (rest, media) = if S::AS_IS && !cx.is_lenient() {
        let (rest, media) = MediaType::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        (BodyFields::skip(rest, cx)?.0, media)
    } else {
        match head(input, cx)? {
            (rest, Head::Part(media, fields)) => {
                sink.with(|out| {
                    media.encode(out);
                    out.put(" ");
                    fields.encode(out);
                });
                (rest, media)
            }
            (rest, Head::Childless(subtype)) => {
                sink.with(|out| subtype.encode(out));
                return Ok((multipart_extension(rest, cx, true, sink)?, false));
            }
        }
    };
    match Kind::of(&media, rest, cx) {
        Kind::Basic => Ok((part_extension(rest, cx, sink)?, false)),
        Kind::Text => Ok((lines_end(rest, cx, sink)?, false)),
        Kind::Message => {
            let (rest, ()) = space(rest, cx)?;
            let rest = if S::AS_IS {
                Envelope::skip(rest, cx)?.0
            } else {
                let (rest, envelope) = Envelope::parse(rest, cx)?;
                sink.with(|out| {
                    out.put(" ");
                    envelope.encode(out);
                    out.put(" ");
                });
                rest
            };
            let (rest, ()) = space(rest, cx)?;
            match no_body(rest, cx) {
                Some(rest) => {
                    sink.with(|out| out.put("()"));
                    Ok((lines_end(rest, cx, sink)?, false))
                }
                None => Ok((rest, true)),
            }
        }
    }
}

/// Past what stands for the structure of a message where there is none.
#[inline]
pub(super) fn no_body(input: &[u8], cx: Cx) -> Option<&[u8]> {
    match input {
        [b'(', b')', rest @ ..] if cx.tolerates(Leniency::LOOSE_BODY) => Some(rest),
        [b'N' | b'n', ..] if cx.tolerates(Leniency::LOOSE_BODY) => nil(input).ok().map(|(rest, ())| rest),
        _ => None,
    }
}

/// The lines, extension data, and `)`.
#[inline]
fn lines_end<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Result<&'a [u8], nom::Err<Fail>> {
    let (rest, lines) = lines(input, cx)?;
    if let Some(lines) = lines {
        sink.with(|out| {
            out.put(" ");
            out.number(lines);
        });
    }
    part_extension(rest, cx, sink)
}

/// Extension data, and `)`.
#[inline]
fn part_extension<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Result<&'a [u8], nom::Err<Fail>> {
    if S::AS_IS {
        let (rest, ()) = skip_ext(input, cx, <Option<IString<'_>>>::skip)?;
        return close(rest, cx).map(|(rest, ())| rest);
    }
    let (rest, (md5, data)) = ext_1part(input, cx)?;
    let data = if S::AS_GIVEN { data } else { data.needed() };
    let (rest, ()) = close(rest, cx)?;
    sink.with(|out| {
        if S::EXTENSIBLE {
            write_ext_1part(&md5, &data, out);
        }
        out.put(")");
    });
    Ok(rest)
}

/// From behind the last part to behind the `)` of the multipart.
#[inline]
fn multipart_end<'a, S: Sink>(input: &'a [u8], cx: Cx, sink: &mut S) -> Result<&'a [u8], nom::Err<Fail>> {
    let (rest, ()) = space(input, cx)?;
    let (rest, subtype) = IString::parse(rest, cx)?;
    sink.with(|out| {
        out.put(" ");
        subtype.encode(out);
    });
    multipart_extension(rest, cx, false, sink)
}

/// Extension data, and `)`.
#[inline]
fn multipart_extension<'a, S: Sink>(
    input: &'a [u8],
    cx: Cx,
    childless: bool,
    sink: &mut S,
) -> Result<&'a [u8], nom::Err<Fail>> {
    if S::AS_IS {
        let (rest, ()) = skip_ext(input, cx, <OrNil as Via<'_, Parameters<'_>>>::skip)?;
        return close(rest, cx).map(|(rest, ())| rest);
    }
    let (rest, (parameters, data)) = ext_mpart(input, cx)?;
    let data = if S::AS_GIVEN { data } else { data.needed() };
    let (rest, ()) = close(rest, cx)?;
    sink.with(|out| {
        if S::EXTENSIBLE {
            write_ext_mpart(childless, &parameters, &data, out);
        }
        out.put(")");
    });
    Ok(rest)
}

impl IntoOwned for Bodies<'_> {
    type With<'s> = Bodies<'s>;

    fn into_owned(self) -> Bodies<'static> {
        Bodies::into_owned(self)
    }
}

impl PartialEq for Bodies<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.meaning() == other.meaning()
    }
}

impl Eq for Bodies<'_> {}

impl Hash for Bodies<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.meaning().hash(state);
    }
}

/// The text: to show each would recurse as deep as they are nested.
impl fmt::Debug for Bodies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        octets::debug(&self.0, f)
    }
}
