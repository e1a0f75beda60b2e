//! Lists, kept as the text that they are on the wire.

// Items are types of this crate; what reads and writes them is not for others to name.
#![allow(private_bounds)]

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

use bytes::BytesMut;

use crate::error::Expected;
use crate::grammar::class::spaces;
use crate::grammar::skip;
use crate::grammar::string::nil;
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Fail, IntoOwned, Parsed, Wire, Writer, before, octet};

/// How the items of a list stand.
pub(crate) trait Form {
    /// Between parentheses.
    const PARENTHESES: bool;
    /// Apart by a space.
    const SPACED: bool;
    /// There may be none.
    const EMPTY: bool;
}

/// Defines a form.
macro_rules! form {
    ($($(#[$meta:meta])* $name:ident: $parentheses:literal, $spaced:literal, $empty:literal;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {}

        impl Form for $name {
            const PARENTHESES: bool = $parentheses;
            const SPACED: bool = $spaced;
            const EMPTY: bool = $empty;
        }
    )*};
}

form! {
    /// `(a b c)`, at least one.
    Spaced: true, true, false;
    /// `(a b c)` or `()`.
    SpacedOrEmpty: true, true, true;
    /// `(abc)`, at least one, and nothing between them.
    Adjacent: true, false, false;
    /// `a b c`, at least one.
    Bare: false, true, false;
    /// `abc`, at least one, and nothing between them.
    BareAdjacent: false, false, false;
}

/// What a list is made of.
pub(crate) trait Item: IntoOwned {
    /// The item at the front of text that was read or written before.
    fn read(text: &[u8], cx: Cx) -> Parsed<'_, Self::With<'_>>;

    fn same<'s>(one: &Self::With<'s>, other: &Self::With<'s>) -> bool;

    fn hash(item: &Self::With<'_>, state: &mut impl Hasher);

    fn show(item: &Self::With<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: IntoOwned> Item for T
where
    for<'s> T::With<'s>: Wire<'s> + PartialEq<T::With<'s>> + Hash + fmt::Debug,
{
    #[inline]
    fn read(text: &[u8], cx: Cx) -> Parsed<'_, Self::With<'_>> {
        Wire::parse(text, cx)
    }

    fn same<'s>(one: &Self::With<'s>, other: &Self::With<'s>) -> bool {
        one == other
    }

    fn hash(item: &Self::With<'_>, state: &mut impl Hasher) {
        item.hash(state);
    }

    fn show(item: &Self::With<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(item, f)
    }
}

/// A list of `T`, kept as text that was checked: making one costs no allocation, and a walk reads each item again.
///
/// `(a b c)`
///
/// Two are equal when their items are. What a peer wrote otherwise than its grammar says is put right in the text.
///
/// ```
/// use imap_proto::{AString, List};
///
/// let list: List<'_, AString<'_>> = [AString::new("a")?, AString::new("b c")?].into_iter().collect();
/// assert_eq!(list.as_bytes(), b"a \"b c\"");
/// assert_eq!(list.iter().nth(1), Some(AString::new("b c")?));
/// # Ok::<(), imap_proto::ValueError>(())
/// ```
pub struct List<'a, T, F = Spaced> {
    /// What stands between the parentheses.
    text: Cow<'a, [u8]>,
    of: PhantomData<fn() -> (T, F)>,
}

impl<'a, T, F> List<'a, T, F> {
    /// The items as they are on the wire, without the parentheses around them; in front of one that could not be read stand NUL and
    /// its length, as in a literal, when the list was not read strictly.
    pub fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Text that was checked: what stands between the parentheses.
    pub(crate) const fn of(text: Cow<'a, [u8]>) -> Self {
        Self { text, of: PhantomData }
    }
}

impl<'a, T: IntoOwned, F> List<'a, T, F> {
    /// The same list, borrowing from nothing.
    pub fn into_owned(self) -> List<'static, T::With<'static>, F> {
        List::of(Cow::Owned(self.text.into_owned()))
    }
}

impl<T: Item, F: Form> List<'_, T, F> {
    /// The items in order.
    pub fn iter(&self) -> Iter<'_, T, F> {
        // What was written anew may hold broken items, which must not be taken for whole ones.
        let cx = match self.text {
            Cow::Borrowed(_) => Cx::KNOWN,
            Cow::Owned(_) => Cx::KEPT,
        };
        Iter { rest: &self.text, cx, of: PhantomData }
    }

    /// How many items there are; counts them.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Of the first `most` items those that fit, one by one, into so many octets. What does not fit is not copied.
    pub(crate) fn within(&self, most: usize, octets: usize) -> List<'static, T::With<'static>, F> {
        let mut text = Vec::with_capacity(octets.min(self.text.len()));
        let mut items = self.iter();
        for _ in 0..most {
            let from = items.rest;
            if items.next().is_none() {
                break;
            }
            // With the space behind it.
            let item = before(from, items.rest);
            if item.len() <= octets.saturating_sub(text.len()) {
                text.extend_from_slice(item);
            }
        }
        if F::SPACED && text.last() == Some(&b' ') {
            text.pop();
        }
        List::of(Cow::Owned(text))
    }

    /// The first item.
    pub fn first(&self) -> Option<T::With<'_>> {
        self.iter().next()
    }
}

/// The items of a [`List`] in order.
pub struct Iter<'s, T, F> {
    rest: &'s [u8],
    cx: Cx,
    of: PhantomData<fn() -> (T, F)>,
}

impl<T, F> Clone for Iter<'_, T, F> {
    fn clone(&self) -> Self {
        Self { rest: self.rest, cx: self.cx, of: PhantomData }
    }
}

impl<'s, T: Item, F: Form> Iterator for Iter<'s, T, F> {
    type Item = T::With<'s>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = T::read(self.rest, self.cx);
        debug_assert!(read.is_ok(), "the text was read or written before, so it can be read again");
        let Ok((rest, item)) = read else { return None };
        self.rest = match rest {
            [b' ', rest @ ..] if F::SPACED => rest,
            _ => rest,
        };
        Some(item)
    }
}

impl<'s, T: Item, F: Form> IntoIterator for &'s List<'_, T, F> {
    type Item = T::With<'s>;
    type IntoIter = Iter<'s, T, F>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Writes the items to text.
impl<'a, T: Wire<'a>, F: Form> FromIterator<T> for List<'a, T, F> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut anew = Anew::<F>::default();
        items.into_iter().for_each(|item| anew.push(&item));
        anew.list()
    }
}

/// The text of a list that is being written. An item is gone once its text is there: a value may take a hundred times as much.
pub(crate) struct Anew<F> {
    text: BytesMut,
    of: PhantomData<fn() -> F>,
}

impl<F> Default for Anew<F> {
    fn default() -> Self {
        Self { text: BytesMut::new(), of: PhantomData }
    }
}

impl<F: Form> Anew<F> {
    pub(crate) fn push<'a>(&mut self, item: &impl Wire<'a>) {
        if F::SPACED && !self.text.is_empty() {
            self.text.extend_from_slice(b" ");
        }
        item.encode(&mut Writer::keeping(&mut self.text));
    }

    pub(crate) fn list<'a, T>(self) -> List<'a, T, F> {
        List::of(Cow::Owned(self.text.into()))
    }
}

impl<'a, T: Wire<'a>, F: Form, const N: usize> From<[T; N]> for List<'a, T, F> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T, F> Default for List<'_, T, F> {
    fn default() -> Self {
        Self::of(Cow::Borrowed(b""))
    }
}

/// ```abnf
/// list = "(" item *(SP item) ")"
/// ```
impl<'a, T: Wire<'a>, F: Form> Wire<'a> for List<'a, T, F> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let start = if F::PARENTHESES { octet(input, b'(', Expected::Open)?.0 } else { input };
        if cx.known() && F::PARENTHESES {
            let Some(end) = skip::to_close(start) else { return Fail::at(start, Expected::Close) };
            let (rest, ()) = octet(end, b')', Expected::Close)?;
            return Ok((rest, Self::of(Cow::Borrowed(before(start, end)))));
        }
        if cx.is_lenient() && !cx.known() {
            return lenient(start, cx);
        }
        let mut rest = start;
        if F::PARENTHESES && F::EMPTY && matches!(rest, [b')', ..]) {
            return Ok((rest.get(1..).unwrap_or_default(), Self::default()));
        }
        loop {
            (rest, ()) = T::skip(rest, cx)?;
            match rest {
                [b')', after @ ..] if F::PARENTHESES => {
                    return Ok((after, Self::of(Cow::Borrowed(before(start, rest)))));
                }
                [b' ', after @ ..] if F::SPACED => rest = after,
                [_, ..] if !F::SPACED && F::PARENTHESES => {}
                // Without parentheses or spaces only what opens another one goes on.
                [b'(', ..] if !F::SPACED => {}
                _ if F::PARENTHESES => return Fail::at(rest, Expected::Close),
                _ => return Ok((rest, Self::of(Cow::Borrowed(before(start, rest))))),
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if F::PARENTHESES {
            out.put("(");
        }
        out.known(&self.text);
        if F::PARENTHESES {
            out.put(")");
        }
    }
}

/// A list, or NIL for none.
///
/// ```abnf
/// nlist = "(" item *(SP item) ")" / nil
/// ```
pub(crate) enum OrNil {}

impl<'a, T: Wire<'a>, F: Form> Via<'a, List<'a, T, F>> for OrNil {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T, F>> {
        match input {
            [b'(', ..] => List::parse(input, cx),
            _ => match nil(input) {
                Ok((rest, ())) => Ok((rest, List::default())),
                Err(_) => Fail::at(input, Expected::Open),
            },
        }
    }

    #[inline]
    fn skip(input: &'a [u8], cx: Cx) -> Parsed<'a, ()> {
        match input {
            [b'(', ..] => List::<'a, T, F>::skip(input, cx),
            _ => Self::parse(input, cx).map(|(rest, _): (_, List<'a, T, F>)| (rest, ())),
        }
    }

    fn encode(value: &List<'a, T, F>, out: &mut Writer<'_>) {
        if value.is_empty() { out.put("NIL") } else { value.encode(out) }
    }
}

/// Whether no item stands behind a space: the end of the line, or that of a response code, where a `]` begins no item.
fn ends<'a>(after: &'a [u8], cx: Cx, skip: impl FnOnce(&'a [u8], Cx) -> Parsed<'a, ()>) -> bool {
    match after {
        [b'\r' | b'\n', ..] => true,
        [b']', ..] => skip(after, cx).is_err(),
        _ => false,
    }
}

/// Reads items with what is tolerated between them, and writes them again as they ought to be.
#[cold]
fn lenient<'a, T: Wire<'a>, F: Form>(start: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T, F>> {
    let mut items = Anew::<F>::default();
    // Whether anything stood between the parentheses.
    let mut any = false;
    let mut rest = start;
    loop {
        rest = spaces(rest, cx);
        if F::PARENTHESES
            && let [b')', after @ ..] = rest
            && (F::EMPTY || any || cx.tolerates(Leniency::EMPTY_LIST))
        {
            return Ok((after, items.list()));
        }
        if cx.tolerates(Leniency::NIL_IN_LIST)
            && F::PARENTHESES
            && !F::SPACED
            && let Ok((after, ())) = nil(rest.strip_prefix(b" ").unwrap_or(rest))
        {
            (rest, any) = (after, true);
            continue;
        }
        let item;
        (rest, item) = T::parse(rest, cx)?;
        items.push(&item);
        any = true;
        match rest {
            [b')', ..] if F::PARENTHESES => {}
            [b' ', after @ ..]
                if F::PARENTHESES
                    && matches!(spaces(after, cx), [b')', ..])
                    && !cx.tolerates(Leniency::TRAILING_SPACE) =>
            {
                return Fail::at(rest, Expected::Close);
            }
            [b' ', after @ ..] if F::PARENTHESES && matches!(after, [b')', ..]) => rest = after,
            [b' ', after @ ..] if !F::PARENTHESES && ends(after, cx, T::skip) => {
                return Ok((rest, items.list()));
            }
            [b' ', after @ ..] if F::SPACED => rest = after,
            [_, ..] if !F::SPACED && F::PARENTHESES => {}
            [b'(', ..] if !F::SPACED => {}
            _ if F::PARENTHESES => return Fail::at(rest, Expected::Close),
            _ => return Ok((rest, items.list())),
        }
    }
}

impl<'a, T: Wire<'a>> List<'a, T, Bare> {
    /// Reads what may stand behind something else: a space before each item, or nothing at all.
    pub(crate) fn parse_behind(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b' ', b'\r' | b'\n' | b')', ..] | [b' '] => Ok((input, Self::default())),
            [b' ', after @ ..] => Self::parse(after, cx),
            _ => Ok((input, Self::default())),
        }
    }

    /// Appends a space before each item, or nothing at all.
    pub(crate) fn encode_behind(&self, out: &mut Writer<'_>) {
        if !self.is_empty() {
            out.put(" ");
            self.encode(out);
        }
    }
}

/// One item, or some between parentheses; one is written without.
///
/// ```abnf
/// one-or-more = item / "(" item *(SP item) ")"
/// ```
pub(crate) enum OneOrMore {}

impl<'a, T: Wire<'a> + Item> Via<'a, List<'a, T>> for OneOrMore {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, List<'a, T>> {
        if let [b'(', ..] = input {
            return List::parse(input, cx);
        }
        let (rest, item) = T::parse(input, cx)?;
        match cx.is_lenient() && !cx.known() {
            true => Ok((rest, [item].into())),
            false => Ok((rest, List::of(Cow::Borrowed(before(input, rest))))),
        }
    }

    fn encode(value: &List<'a, T>, out: &mut Writer<'_>) {
        let mut items = value.iter();
        match (items.next(), items.next()) {
            (Some(_), None) => out.known(&value.text),
            _ => value.encode(out),
        }
    }
}

impl<T: IntoOwned, F> IntoOwned for List<'_, T, F> {
    type With<'s> = List<'s, T::With<'s>, F>;

    fn into_owned(self) -> List<'static, T::With<'static>, F> {
        List::into_owned(self)
    }
}

impl<T, F> Clone for List<'_, T, F> {
    fn clone(&self) -> Self {
        Self::of(self.text.clone())
    }
}

impl<T: Item, F: Form> PartialEq for List<'_, T, F> {
    fn eq(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        same::<T>(self.iter(), other.iter())
    }
}

impl<T: Item, F: Form> Eq for List<'_, T, F> {}

/// Equal lists can differ in text, but not in their items.
impl<T: Item, F: Form> Hash for List<'_, T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash::<T, H>(self.iter(), state);
    }
}

impl<T: Item, F: Form> fmt::Debug for List<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::<T>(self.iter(), f)
    }
}

/// Whether both have the same items.
pub(crate) fn same<'s, T: Item>(
    mut these: impl Iterator<Item = T::With<'s>>,
    mut those: impl Iterator<Item = T::With<'s>>,
) -> bool {
    loop {
        match (these.next(), those.next()) {
            (None, None) => return true,
            (Some(this), Some(that)) if T::same(&this, &that) => {}
            _ => return false,
        }
    }
}

/// Hashes items, and how many there are.
pub(crate) fn hash<'s, T: Item, H: Hasher>(items: impl Iterator<Item = T::With<'s>>, state: &mut H) {
    let mut len = 0usize;
    for item in items {
        T::hash(&item, state);
        len = len.saturating_add(1);
    }
    state.write_usize(len);
}

/// Shows items between brackets.
pub(crate) fn show<'s, T: Item>(
    items: impl Iterator<Item = T::With<'s>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    struct Show<'s, T: Item>(T::With<'s>);

    impl<T: Item> fmt::Debug for Show<'_, T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            T::show(&self.0, f)
        }
    }

    f.debug_list().entries(items.map(Show::<T>)).finish()
}
