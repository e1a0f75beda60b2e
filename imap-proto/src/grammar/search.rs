//! SEARCH ([RFC 9051 section 6.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4),
//! [RFC 3501 section 7.2.5](https://www.rfc-editor.org/rfc/rfc3501#section-7.2.5)).

mod nested;

pub(crate) use self::nested::Group;
pub use crate::registry::SearchKey;

pub use self::nested::{KeyEvent, KeyEvents, NestedKey, Nesting, OrKeys, SearchKeys, SearchKeysIter};

use crate::error::{Expected, ValueError};
use crate::grammar::class::{keyword, space};
use crate::grammar::esearch::{ReturnOptions, put_return_options, return_options};
use crate::grammar::sequence::Ids;
use crate::grammar::string::AString;
use crate::options::Leniency;
use crate::registry::Via;
use crate::wire::{Cx, Parsed, Wire, Writer, octet, part, word};

part! {
    /// What to search for, and what to return of it.
    ///
    /// `RETURN (MIN COUNT) CHARSET UTF-8 FLAGGED NOT FROM "Smith"`
    ///
    /// RFC 9051 section 6.4.4.
    pub struct Search<'a> {
        /// What to return; an ESEARCH response comes when there are any, even none in the parentheses.
        pub return_options: Option<ReturnOptions<'a>>,
        /// The charset of the strings in the keys.
        pub charset: Option<AString<'a>>,
        /// What has to match.
        pub keys: SearchKeys<'a>,
    }
}

impl<'a> Search<'a> {
    /// What has all of these, without options.
    ///
    /// ```
    /// use imap_proto::search::{Search, SearchKey};
    /// use imap_proto::{AString, Command};
    ///
    /// let search = Search::new([SearchKey::Unseen, SearchKey::From(AString::new("smith")?)])?;
    /// assert_eq!(search.keys.as_bytes(), b"UNSEEN FROM smith");
    /// let command = Command::Search(search);
    /// # assert_eq!(command.keyword(), "SEARCH");
    /// # Ok::<(), imap_proto::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// There are none, or they nest too deep.
    pub fn new<'k>(keys: impl IntoIterator<Item = SearchKey<'k>>) -> Result<Search<'static>, ValueError> {
        Ok(Search { return_options: None, charset: None, keys: SearchKeys::new(keys)? })
    }
}

/// ```abnf
/// search         = "SEARCH" [search-return-opts] SP search-program
/// search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
/// charset        = astring
/// ```
impl<'a> Wire<'a> for Search<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, return_options) = return_options(input, cx)?;
        let (rest, charset) = match word(rest, b"CHARSET ", Expected::Keyword) {
            Ok(_) => {
                let after = rest.get(b"CHARSET".len()..).unwrap_or_default();
                let (rest, charset) = AString::parse(space(after, cx)?.0, cx)?;
                (space(rest, cx)?.0, Some(charset))
            }
            Err(_) => (rest, None),
        };
        let (rest, keys) = SearchKeys::parse(rest, cx)?;
        Ok((rest, Self { return_options, charset, keys }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        put_return_options(self.return_options.as_ref(), out);
        if let Some(charset) = &self.charset {
            out.put("CHARSET ");
            charset.encode(out);
            out.put(" ");
        }
        self.keys.encode(out);
    }
}

/// What tells which key it is: nothing for a sequence set, `(` for keys in parentheses, else a keyword.
#[inline]
pub(crate) fn key_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    match input {
        [b'0'..=b'9' | b'*' | b'$', ..] => Ok((input, b"")),
        [b'(', rest @ ..] => Ok((rest, b"(")),
        _ => keyword(input),
    }
}

part! {
    /// A field of the header and what is in it.
    ///
    /// `Message-ID "<x@y>"` in `HEADER Message-ID "<x@y>"`
    ///
    /// RFC 9051 section 6.4.4.
    pub struct HeaderKey<'a> {
        /// The name of the field.
        pub name: AString<'a>,
        /// What is somewhere in its text; empty when there only has to be such a field.
        pub value: AString<'a>,
    }
}

/// ```abnf
/// header-key = header-fld-name SP astring
/// header-fld-name = astring
/// ```
impl<'a> Wire<'a> for HeaderKey<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, value) = AString::parse(rest, cx)?;
        Ok((rest, Self { name, value }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.value.encode(out);
    }
}

part! {
    /// What was found, in a SEARCH or SORT response.
    ///
    /// `2 84 882 (MODSEQ 917162500)`
    ///
    /// RFC 3501 section 7.2.5, RFC 5256 section 4, RFC 7162 section 7.
    pub struct SearchData<'a> {
        /// Message numbers, or UIDs when the command was of UIDs.
        pub ids: Ids<'a>,
        /// The highest mod-sequence of these messages; not written when there are none.
        pub mod_seq: Option<u64>,
    }
}

impl<'a> SearchData<'a> {
    /// Ids without a mod-sequence.
    pub fn new(ids: Ids<'a>) -> Self {
        Self { ids, mod_seq: None }
    }
}

/// Behind the keyword.
///
/// ```abnf
/// search-data = [1*(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"]]
/// ```
impl<'a> Wire<'a> for SearchData<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let rest = match input {
            [b' ', rest @ ..] => space(input, cx).map_or(rest, |(rest, ())| rest),
            _ => return Ok((input, Self::new(Ids::default()))),
        };
        if matches!(rest, [b'\r' | b'\n', ..] | []) && cx.tolerates(Leniency::TRAILING_SPACE) {
            return Ok((input, Self::new(Ids::default())));
        }
        let (rest, ids) = Ids::parse(rest, cx)?;
        let [b' ', b'(', after @ ..] = rest else { return Ok((rest, Self::new(ids))) };
        let (after, ()) = word(after, b"MODSEQ", Expected::Keyword)?;
        let (after, ()) = space(after, cx)?;
        let (after, mod_seq) = <crate::grammar::number::Nz as Via<'a, u64>>::parse(after, cx)?;
        let (after, ()) = octet(after, b')', Expected::Close)?;
        Ok((after, Self { ids, mod_seq: Some(mod_seq) }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.ids.is_empty() {
            // Without ids there is no place for a mod-sequence.
            return;
        }
        out.put(" ");
        self.ids.encode(out);
        if let Some(mod_seq) = self.mod_seq {
            out.put(" (MODSEQ ");
            crate::grammar::number::put_number(mod_seq, out);
            out.put(")");
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
