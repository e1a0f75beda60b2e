//! Lists that may hold much: the text that was read, or the values that were given.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::slice;

use crate::list::{self, Anew, Form, Item, List};
use crate::wire::{Cx, IntoOwned, Parsed, Wire, Writer, before};

/// A list of `T` whose octets a user may share: what was read is text, as in a [`List`]; what was given stays as it is, so that its
/// octets are written without a copy.
///
/// Two are equal when their items are, be one read and the other given.
#[derive(Clone)]
pub(crate) enum Items<'a, T, F> {
    /// What a peer wrote, or this crate in its place.
    Read(List<'a, T, F>),
    /// What a user made.
    Given(Vec<T>),
}

/// What can be borrowed from; what may be much is not copied.
pub(crate) trait Lend: Item {
    /// The same value, borrowing from this one.
    fn lend(&self) -> Self::With<'_>;
}

impl<T: Lend, F: Form> Items<'_, T, F> {
    /// The items in order; what was read is read again.
    pub(crate) fn iter(&self) -> Iter<'_, T, F> {
        match self {
            Self::Read(list) => Iter::Read(list.iter()),
            Self::Given(items) => Iter::Given(items.iter()),
        }
    }

    /// The same items, borrowing from these: text that was written anew is not what a [`List`] may borrow.
    pub(crate) fn lend(&self) -> Items<'_, T::With<'_>, F> {
        Items::Given(self.iter().collect())
    }
}

impl<'a, T: Wire<'a>, F: Form> Items<'a, T, F> {
    /// Reads one item and more of them, for as long as `next` finds another one in what is left, without what stands around them.
    /// What a peer may have written otherwise than its grammar says is written anew.
    pub(crate) fn parse_between(
        input: &'a [u8],
        cx: Cx,
        next: impl Fn(&'a [u8]) -> Option<&'a [u8]>,
    ) -> Parsed<'a, Self> {
        let mut anew = (cx.is_lenient() && !cx.known()).then(Anew::default);
        let mut start = input;
        loop {
            let rest = match &mut anew {
                None => T::skip(start, cx)?.0,
                Some(anew) => {
                    let (rest, item) = T::parse(start, cx)?;
                    anew.push(&item);
                    rest
                }
            };
            let Some(after) = next(rest) else {
                let text = || List::of(Cow::Borrowed(before(input, rest)));
                return Ok((rest, Self::Read(anew.map_or_else(text, Anew::list))));
            };
            start = after;
        }
    }

    /// Appends the items, with what stands around and between them.
    pub(crate) fn encode(&self, out: &mut Writer<'_>) {
        let items = match self {
            Self::Read(list) => return list.encode(out),
            Self::Given(items) => items,
        };
        if F::PARENTHESES {
            out.put("(");
        }
        for (place, item) in items.iter().enumerate() {
            if F::SPACED && place > 0 {
                out.put(" ");
            }
            item.encode(out);
        }
        if F::PARENTHESES {
            out.put(")");
        }
    }
}

impl<T: IntoOwned, F> IntoOwned for Items<'_, T, F> {
    type With<'s> = Items<'s, T::With<'s>, F>;

    fn into_owned(self) -> Items<'static, T::With<'static>, F> {
        match self {
            Self::Read(list) => Items::Read(list.into_owned()),
            Self::Given(items) => Items::Given(items.into_owned()),
        }
    }
}

impl<T: Lend, F: Form> PartialEq for Items<'_, T, F> {
    fn eq(&self, other: &Self) -> bool {
        if let (Self::Read(this), Self::Read(that)) = (self, other) {
            return this == that;
        }
        list::same::<T>(self.iter(), other.iter())
    }
}

impl<T: Lend, F: Form> Eq for Items<'_, T, F> {}

/// Of the items, as the equality is.
impl<T: Lend, F: Form> Hash for Items<'_, T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        list::hash::<T, H>(self.iter(), state);
    }
}

impl<T: Lend, F: Form> fmt::Debug for Items<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list::show::<T>(self.iter(), f)
    }
}

/// The items of [`Items`] in order.
pub(crate) enum Iter<'s, T, F> {
    Read(list::Iter<'s, T, F>),
    Given(slice::Iter<'s, T>),
}

impl<T, F> Clone for Iter<'_, T, F> {
    fn clone(&self) -> Self {
        match self {
            Self::Read(items) => Self::Read(items.clone()),
            Self::Given(items) => Self::Given(items.clone()),
        }
    }
}

impl<'s, T: Lend, F: Form> Iterator for Iter<'s, T, F> {
    type Item = T::With<'s>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Read(items) => items.next(),
            Self::Given(items) => items.next().map(T::lend),
        }
    }
}
