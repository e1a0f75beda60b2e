//! A walk through a structure, and what FETCH calls the parts that it comes by
//! ([RFC 9051 section 6.4.5.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5.1)).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::grammar::body::nested::BodiesIter;
use crate::grammar::body::{BodyStructure, Content, Part};
use crate::wire::part;

part! {
    /// A part of a message, and what FETCH calls it.
    ///
    /// `4.2.1` of `BODY[4.2.1]`
    ///
    /// RFC 9051 section 6.4.5.1.
    pub struct Located<'a> {
        number: Vec<u32>,
        text: bool,
        /// What it is made of.
        pub structure: BodyStructure<'a>,
    }
}

impl Located<'_> {
    /// The part number: `[4, 2]` of `4.2` and of `4.2.TEXT`.
    pub fn number(&self) -> &[u32] {
        &self.number
    }

    /// Whether it has no part number of its own: the multipart that a message consists of.
    pub fn is_text(&self) -> bool {
        self.text
    }

    /// The section to fetch it by: `1`, `4.2.2`, `4.2.TEXT`, `TEXT`.
    pub fn section(&self) -> String {
        let mut section = String::new();
        for number in &self.number {
            if !section.is_empty() {
                section.push('.');
            }
            section.push_str(&number.to_string());
        }
        if self.text {
            section.push_str(if section.is_empty() { "TEXT" } else { ".TEXT" });
        }
        section
    }
}

impl<'a> BodyStructure<'a> {
    /// This structure and all that is inside of it, each before what it consists of. It keeps a place for each level of it,
    /// at most [`MAX_DEPTH`](Self::MAX_DEPTH).
    ///
    /// ```
    /// use imap_proto::{Dialect, FetchItem, Response, response::NumberedData};
    ///
    /// let wire = b"* 1 FETCH (BODY ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 8 1)(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 9) \"MIXED\"))\r\n";
    /// let (_, response) = Response::parse(wire, Dialect::STRICT)?;
    /// let Response::Numbered(data) = response else { panic!() };
    /// let NumberedData::Fetch(items) = data.data else { panic!() };
    /// let Some(FetchItem::Body(structure)) = items.first() else { panic!() };
    /// let sections: Vec<_> = structure.parts().map(|part| part.section()).collect();
    /// assert_eq!(sections, ["TEXT", "1", "2"]);
    /// # Ok::<(), imap_proto::ParseError>(())
    /// ```
    pub fn parts(&self) -> Parts<'_> {
        Parts { next: Some(self.borrowed()), levels: Vec::new(), number: Vec::new() }
    }

    /// What FETCH gives by this section, of part numbers and perhaps `TEXT`: `2`, `4.2.TEXT`.
    pub fn find(&self, section: &str) -> Option<BodyStructure<'_>> {
        let (mut at, mut is_message) = (self.borrowed(), true);
        let mut names = section.split('.').peekable();
        while let Some(name) = names.next() {
            if !is_message && let Some(body) = at.body_of_message() {
                (at, is_message) = (body, true);
            }
            if name.eq_ignore_ascii_case("TEXT") && is_message && names.peek().is_none() {
                return Some(at);
            }
            if !name.bytes().all(|octet| octet.is_ascii_digit()) {
                return None;
            }
            let place = name.parse::<usize>().ok()?.checked_sub(1)?;
            (at, is_message) = match &at {
                BodyStructure::Multipart(multipart) => (multipart.parts.iter_borrowed().nth(place)?, false),
                // A message that consists of one part calls it 1.
                BodyStructure::Part(_) if is_message && place == 0 => (at, false),
                BodyStructure::Part(_) => return None,
            };
        }
        Some(at)
    }

    /// The same; what is inside borrows from it.
    pub(crate) fn borrowed(&self) -> BodyStructure<'_> {
        let mut borrowed: BodyStructure<'_> = self.clone();
        match (&mut borrowed, self) {
            (BodyStructure::Multipart(to), Self::Multipart(from)) => to.parts = from.parts.borrowed(),
            (
                BodyStructure::Part(Part { content: Content::Message(to), .. }),
                Self::Part(Part { content: Content::Message(from), .. }),
            ) => to.body = from.body.borrowed(),
            _ => {}
        }
        borrowed
    }

    /// What the message in this part consists of.
    fn body_of_message(&self) -> Option<BodyStructure<'a>> {
        match self {
            Self::Part(part) => part.as_message()?.body.iter_borrowed().next(),
            Self::Multipart(_) => None,
        }
    }
}

/// A walk through a structure, each part before what it consists of.
///
/// RFC 9051 section 6.4.5.1.
#[derive(Clone)]
pub struct Parts<'s> {
    /// The next one, when that is what a message consists of.
    next: Option<BodyStructure<'s>>,
    levels: Vec<Level<'s>>,
    number: Vec<u32>,
}

/// A multipart that we are inside of.
#[derive(Clone)]
struct Level<'s> {
    bodies: BodiesIter<'s>,
    /// How many were taken from it.
    taken: u32,
    /// How many part numbers its own has.
    numbers: usize,
}

impl<'s> Parts<'s> {
    /// The next part of the innermost multipart that has one.
    fn sibling(&mut self) -> Option<BodyStructure<'s>> {
        loop {
            let level = self.levels.last_mut()?;
            self.number.truncate(level.numbers);
            if let Some(structure) = level.bodies.next() {
                level.taken = level.taken.saturating_add(1);
                self.number.push(level.taken);
                return Some(structure);
            }
            self.levels.pop();
        }
    }
}

impl<'s> Iterator for Parts<'s> {
    type Item = Located<'s>;

    fn next(&mut self) -> Option<Located<'s>> {
        let (structure, of_message) = match self.next.take() {
            Some(structure) => (structure, true),
            None => (self.sibling()?, false),
        };
        let text = of_message && structure.is_multipart();
        if of_message && !text {
            self.number.push(1);
        }
        match &structure {
            BodyStructure::Multipart(multipart) => {
                let (bodies, numbers) = (multipart.parts.iter_borrowed(), self.number.len());
                self.levels.push(Level { bodies, taken: 0, numbers });
            }
            BodyStructure::Part(_) => self.next = structure.body_of_message(),
        }
        Some(Located { number: self.number.clone(), text, structure })
    }
}
