//! Search keys in one another ([RFC 9051 section 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4)), kept as
//! text: however deeply they are nested, no value is, and no function calls itself.

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::BytesMut;

use crate::error::{Expected, ValueError};
use crate::grammar::class::{space, spaces};
use crate::grammar::octets;
use crate::grammar::text::kept;
use crate::list::{Bare, List};
use crate::options::Leniency;
use crate::registry::{SearchKey, Via};
use crate::wire::{Cx, Fail, IntoOwned, Parsed, Wire, Writer, before, octet, part, word};
use crate::writer::EncodeOptions;

/// What puts keys together.
///
/// `NOT`, `OR`, `(`
///
/// RFC 9051 section 6.4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// `(SEEN FLAGGED)`: all of them.
    And,
    /// `OR SEEN FLAGGED`: either.
    Or,
    /// `NOT SEEN`: all but these.
    Not,
    /// `FUZZY SUBJECT x`: those that are like it. RFC 6203 section 3.
    Fuzzy,
}

part! {
    /// What a walk through nested keys comes by.
    pub enum KeyEvent<'a> {
        /// Keys that belong together begin here: two for [`Nesting::Or`], at least one for [`Nesting::And`], else one.
        Open(Nesting),
        /// A key with none in it.
        Key(SearchKey<'a>),
        /// They end here.
        Close(Nesting),
    }
}

crate::wire::plain!(Nesting);

/// How deep the text of a value may nest: one less than a key may, as the value is part of one.
const DEPTH: usize = SearchKey::MAX_DEPTH.saturating_sub(1) as usize;

/// Which keys are still to come.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Any number, up to a `)`.
    Group,
    Two,
    /// The second of two.
    Second,
    Not,
    Fuzzy,
}

/// A walk through nested keys: flat, and linear in their text.
#[derive(Clone, Debug)]
pub struct KeyEvents<'s> {
    rest: &'s [u8],
    cx: Cx,
    frames: [Frame; DEPTH],
    depth: usize,
    /// A key is due here; else one has ended.
    due: bool,
    /// Another key may follow the last.
    many: bool,
}

impl<'s> KeyEvents<'s> {
    fn new(text: &'s [u8], cx: Cx, many: bool) -> Self {
        Self { rest: text, cx, frames: [Frame::Not; DEPTH], depth: 0, due: true, many }
    }

    fn step(&mut self) -> Result<Option<KeyEvent<'s>>, nom::Err<Fail>> {
        self.advance(
            |input, cx| SearchKey::read(input, cx).map(|(rest, key)| (rest, KeyEvent::Key(key))),
            |event| event,
        )
    }

    /// [`step`](Self::step) with what `key` makes of a key, and `other` of the events between keys.
    #[inline]
    fn advance<E>(
        &mut self,
        key: impl FnOnce(&'s [u8], Cx) -> Parsed<'s, E>,
        other: impl FnOnce(KeyEvent<'s>) -> E,
    ) -> Result<Option<E>, nom::Err<Fail>> {
        loop {
            if self.due {
                return self.key(key, other).map(Some);
            }
            let top = self.depth.checked_sub(1).and_then(|top| self.frames.get_mut(top));
            let closed = match top {
                None if !self.many => return Ok(None),
                None | Some(Frame::Group) => match self.next_of_many(self.depth > 0)? {
                    None => continue,
                    Some(false) => return Ok(None),
                    Some(true) => Nesting::And,
                },
                Some(frame @ Frame::Two) => {
                    *frame = Frame::Second;
                    (self.rest, ()) = space(self.rest, self.cx)?;
                    self.due = true;
                    continue;
                }
                Some(Frame::Second) => Nesting::Or,
                Some(Frame::Not) => Nesting::Not,
                Some(Frame::Fuzzy) => Nesting::Fuzzy,
            };
            self.depth = self.depth.saturating_sub(1);
            return Ok(Some(other(KeyEvent::Close(closed))));
        }
    }

    /// Behind a key of many: `None` when another one is due, else whether it was the `)` of a group that ended them.
    fn next_of_many(&mut self, group: bool) -> Result<Option<bool>, nom::Err<Fail>> {
        if let [b' ', after @ ..] = self.rest {
            let after = spaces(after, self.cx);
            match after {
                [b')', ..] if self.cx.tolerates(Leniency::TRAILING_SPACE) => self.rest = after,
                // Let who reads the end decide.
                [b'\r' | b'\n', ..] | [] if !group => return Ok(Some(false)),
                _ => {
                    self.rest = after;
                    self.due = true;
                    return Ok(None);
                }
            }
        }
        if group {
            (self.rest, ()) = octet(self.rest, b')', Expected::Close)?;
        }
        Ok(Some(group))
    }

    /// A key, or the beginning of one that has others in it.
    #[inline]
    fn key<E>(
        &mut self,
        key: impl FnOnce(&'s [u8], Cx) -> Parsed<'s, E>,
        other: impl FnOnce(KeyEvent<'s>) -> E,
    ) -> Result<E, nom::Err<Fail>> {
        let input = self.rest;
        let Some((frame, nesting, rest)) = operator(input) else {
            let (rest, key) = key(input, self.cx)?;
            (self.rest, self.due) = (rest, false);
            return Ok(key);
        };
        let Some(top) = self.frames.get_mut(self.depth) else {
            return Err(nom::Err::Error(Fail { expected: Expected::LessDepth, remaining: input.len() }));
        };
        *top = frame;
        self.depth = self.depth.saturating_add(1);
        self.rest = match nesting {
            Nesting::And => spaces(rest, self.cx),
            _ => space(rest, self.cx)?.0,
        };
        Ok(other(KeyEvent::Open(nesting)))
    }
}

/// The beginning of a key that has others in it.
#[inline]
fn operator(input: &[u8]) -> Option<(Frame, Nesting, &[u8])> {
    let (frame, nesting, rest) = match input {
        [b'(', rest @ ..] => return Some((Frame::Group, Nesting::And, rest)),
        [b'N' | b'n', b'O' | b'o', b'T' | b't', rest @ ..] => (Frame::Not, Nesting::Not, rest),
        [b'O' | b'o', b'R' | b'r', rest @ ..] => (Frame::Two, Nesting::Or, rest),
        [b'F' | b'f', b'U' | b'u', ..] => {
            (Frame::Fuzzy, Nesting::Fuzzy, word(input, b"FUZZY", Expected::Keyword).ok()?.0)
        }
        _ => return None,
    };
    matches!(rest, [b' ', ..]).then_some((frame, nesting, rest))
}

impl<'s> Iterator for KeyEvents<'s> {
    type Item = KeyEvent<'s>;

    fn next(&mut self) -> Option<Self::Item> {
        // The text was read or written before, so it can be read again.
        self.step().ok().flatten()
    }
}

/// Writes events as keys.
struct Keys<'k, 'w> {
    out: &'k mut Writer<'w>,
    /// A space has to come before the next key.
    apart: bool,
}

impl Keys<'_, '_> {
    fn put(&mut self, event: &KeyEvent<'_>) {
        if self.apart && !matches!(event, KeyEvent::Close(_)) {
            self.out.put(" ");
        }
        self.apart = true;
        match event {
            KeyEvent::Open(Nesting::And) => {
                self.out.put("(");
                self.apart = false;
            }
            KeyEvent::Open(Nesting::Or) => self.out.put("OR"),
            KeyEvent::Open(Nesting::Not) => self.out.put("NOT"),
            KeyEvent::Open(Nesting::Fuzzy) => self.out.put("FUZZY"),
            KeyEvent::Key(key) => key.write(self.out),
            KeyEvent::Close(Nesting::And) => self.out.put(")"),
            KeyEvent::Close(_) => {}
        }
    }
}

/// Text that is kept, from what `write` writes.
fn text(write: impl FnOnce(&mut Writer<'_>)) -> Cow<'static, [u8]> {
    let mut text = BytesMut::new();
    write(&mut Writer::with(&mut text, EncodeOptions::default().with_utf8(true), false));
    Cow::Owned(text.into())
}

/// Reads one key or many. What is read with leniency is written again as it ought to be.
fn read(input: &[u8], cx: Cx, many: bool) -> Parsed<'_, Cow<'_, [u8]>> {
    let mut events = KeyEvents::new(input, cx, many);
    if !cx.is_lenient() || cx.known() {
        while events.advance(SearchKey::pass, drop)?.is_some() {}
        return Ok((events.rest, Cow::Borrowed(before(input, events.rest))));
    }
    let mut failed = None;
    let text = text(|out| {
        let mut keys = Keys { out, apart: false };
        loop {
            match events.step() {
                Ok(Some(event)) => keys.put(&event),
                Ok(None) => return,
                Err(error) => return failed = Some(error),
            }
        }
    });
    match failed {
        None => Ok((events.rest, text)),
        Some(error) => Err(error),
    }
}

/// Takes text that this crate has written, unless it nests too deep.
fn checked(text: Cow<'static, [u8]>, many: bool) -> Result<Cow<'static, [u8]>, ValueError> {
    let mut events = KeyEvents::new(&text, Cx::KNOWN, many);
    loop {
        match events.step() {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(text),
            Err(error) => return Err(crate::wire::fail(error, &text).in_field("search-key")),
        }
    }
}

/// Defines keys that are kept as text.
macro_rules! nested {
    ($(#[$meta:meta])* pub struct $name:ident<'a>, $many:literal;) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name<'a>(Cow<'a, [u8]>);

        impl $name<'_> {
            /// The text, as on the wire.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }

            /// A walk through all keys, those in others too.
            pub fn events(&self) -> KeyEvents<'_> {
                KeyEvents::new(&self.0, Cx::KNOWN, $many)
            }

            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                $name(IntoOwned::into_owned(self.0))
            }
        }

        impl IntoOwned for $name<'_> {
            type With<'s> = $name<'s>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0 || self.events().eq(other.events())
            }
        }

        impl Eq for $name<'_> {}

        /// Equal ones can differ in text, but not in their number of events.
        impl Hash for $name<'_> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.events().count().hash(state);
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // How its literals were announced, and whether octets above 127 stood in quotes, makes no other value.
                octets::debug(&kept(&self.0), f)
            }
        }

        impl<'a> Wire<'a> for $name<'a> {
            fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
                let (rest, text) = read(input, cx, $many)?;
                Ok((rest, Self(text)))
            }

            fn encode(&self, out: &mut Writer<'_>) {
                if !out.options().ascending {
                    return out.known(&self.0);
                }
                let mut keys = Keys { out, apart: false };
                self.events().for_each(|event| keys.put(&event));
            }
        }
    };
}

nested! {
    /// A key inside another one, kept as checked text.
    ///
    /// `SUBJECT "x"` in `NOT SUBJECT "x"`
    ///
    /// Nests less deep than [`SearchKey::MAX_DEPTH`]. Two are equal when their keys are.
    ///
    /// RFC 9051 section 6.4.4.
    pub struct NestedKey<'a>, false;
}

nested! {
    /// Keys that all have to match, kept as checked text: at least one.
    ///
    /// `FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"`
    ///
    /// What a command searches for, and what stands between parentheses. Nests less deep than [`SearchKey::MAX_DEPTH`].
    /// Two are equal when their keys are. RFC 9051 section 6.4.4.
    ///
    /// ```
    /// use imap_proto::search::{SearchKey, SearchKeys};
    ///
    /// let keys = SearchKeys::new([SearchKey::Flagged, SearchKey::not(SearchKey::Seen)?])?;
    /// assert_eq!(keys.as_bytes(), b"FLAGGED NOT SEEN");
    /// assert_eq!(keys.iter().next(), Some(SearchKey::Flagged));
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    pub struct SearchKeys<'a>, true;
}

impl NestedKey<'_> {
    /// The key.
    pub fn key(&self) -> SearchKey<'_> {
        // The text was read or written before, so it can be read again.
        SearchKey::parse(&self.0, Cx::KNOWN).map_or(SearchKey::All, |(_, key)| key)
    }

    fn new(key: &SearchKey<'_>) -> Result<NestedKey<'static>, ValueError> {
        checked(text(|out| key.write(out)), false).map(NestedKey)
    }
}

impl<'a> SearchKeys<'a> {
    /// All of these.
    ///
    /// # Errors
    /// There is none, or one nests as deep as [`SearchKey::MAX_DEPTH`].
    pub fn new<'k>(keys: impl IntoIterator<Item = SearchKey<'k>>) -> Result<SearchKeys<'static>, ValueError> {
        let keys: List<'_, SearchKey<'_>, Bare> = keys.into_iter().collect();
        checked(Cow::Owned(keys.as_bytes().to_vec()), true).map(SearchKeys)
    }

    /// The keys in order, each with those in it.
    pub fn iter(&self) -> SearchKeysIter<'_> {
        SearchKeysIter { rest: &self.0 }
    }
}

impl<'s> IntoIterator for &'s SearchKeys<'_> {
    type Item = SearchKey<'s>;
    type IntoIter = SearchKeysIter<'s>;

    fn into_iter(self) -> SearchKeysIter<'s> {
        self.iter()
    }
}

/// The keys of [`SearchKeys`] in order.
#[derive(Clone, Debug)]
pub struct SearchKeysIter<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for SearchKeysIter<'s> {
    type Item = SearchKey<'s>;

    fn next(&mut self) -> Option<SearchKey<'s>> {
        let (rest, key) = SearchKey::parse(self.rest, Cx::KNOWN).ok()?;
        self.rest = match rest {
            [b' ', rest @ ..] => rest,
            _ => &[],
        };
        Some(key)
    }
}

/// Keys and the `)` behind them.
pub(crate) enum Group {}

impl<'a> Via<'a, SearchKeys<'a>> for Group {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, SearchKeys<'a>> {
        let (rest, keys) = SearchKeys::parse(spaces(input, cx), cx)?;
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, keys))
    }

    fn encode(value: &SearchKeys<'a>, out: &mut Writer<'_>) {
        value.encode(out);
        out.put(")");
    }
}

part! {
    /// The two keys of OR.
    ///
    /// `SEEN FLAGGED` in `OR SEEN FLAGGED`
    ///
    /// RFC 9051 section 6.4.4.
    pub struct OrKeys<'a> {
        /// Either this one matches,
        pub left: NestedKey<'a>,
        /// or this one, or both.
        pub right: NestedKey<'a>,
    }
}

/// ```abnf
/// or-keys = search-key SP search-key
/// ```
impl<'a> Wire<'a> for OrKeys<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, left) = NestedKey::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, right) = NestedKey::parse(rest, cx)?;
        Ok((rest, Self { left, right }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.left.encode(out);
        out.put(" ");
        self.right.encode(out);
    }
}

impl SearchKey<'_> {
    /// How deep keys may stand in one another, parentheses counted. What a command searches for counts as one, too.
    pub const MAX_DEPTH: u16 = 128;

    /// `NOT SEEN`: all but what `key` matches.
    ///
    /// # Errors
    /// It nests as deep as [`MAX_DEPTH`](Self::MAX_DEPTH).
    pub fn not(key: SearchKey<'_>) -> Result<SearchKey<'static>, ValueError> {
        NestedKey::new(&key).map(SearchKey::Not)
    }

    /// `OR SEEN FLAGGED`: what `left` matches, or `right`.
    ///
    /// # Errors
    /// One nests as deep as [`MAX_DEPTH`](Self::MAX_DEPTH).
    pub fn or(left: SearchKey<'_>, right: SearchKey<'_>) -> Result<SearchKey<'static>, ValueError> {
        Ok(SearchKey::Or(OrKeys { left: NestedKey::new(&left)?, right: NestedKey::new(&right)? }))
    }

    /// `(SEEN FLAGGED)`: what all of `keys` match.
    ///
    /// # Errors
    /// There is none, or one nests as deep as [`MAX_DEPTH`](Self::MAX_DEPTH).
    pub fn and<'k>(keys: impl IntoIterator<Item = SearchKey<'k>>) -> Result<SearchKey<'static>, ValueError> {
        SearchKeys::new(keys).map(SearchKey::And)
    }

    /// `FUZZY SUBJECT x`: what is like what `key` matches. RFC 6203 section 3.
    ///
    /// # Errors
    /// It nests as deep as [`MAX_DEPTH`](Self::MAX_DEPTH).
    pub fn fuzzy(key: SearchKey<'_>) -> Result<SearchKey<'static>, ValueError> {
        NestedKey::new(&key).map(SearchKey::Fuzzy)
    }
}

#[cfg(test)]
mod tests;
