//! FILTERS ([RFC 5466](https://www.rfc-editor.org/rfc/rfc5466)): searches with a name.

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{ATOM, CLASS};
use crate::grammar::string::{Checked, text, whole};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, run};

/// An atom without `/`.
fn filter_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (atom, _) = run(input, &CLASS, ATOM);
    let end = memchr::memchr(b'/', atom).unwrap_or(atom.len());
    match input.split_at_checked(end) {
        Some((name @ [_, ..], rest)) => Ok((rest, name)),
        _ => Fail::at(input, Expected::Atom),
    }
}

fn filter_name_check(octets: &[u8]) -> Checked {
    whole(octets, Expected::Atom, filter_name(octets))
}

text! {
    /// The name of a filter.
    ///
    /// `on-the-road`
    ///
    /// An atom without `/`. RFC 5466 section 4 (`filter-name`).
    pub struct FilterName<'a>: "filter-name", filter_name_check;
}

/// ```abnf
/// filter-name = 1*<any ATOM-CHAR except "/">
/// ```
impl<'a> Wire<'a> for FilterName<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let (rest, name) = filter_name(input)?;
        Ok((rest, Self(Cow::Borrowed(name))))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::registry::Code;
    use crate::testing::{check, check_refused, round_trip};
    use proptest::prelude::*;

    pub(crate) fn any_filter_name() -> impl Strategy<Value = FilterName<'static>> {
        "[a-zA-Z0-9.+-]{1,12}".prop_map(|name| FilterName::new(name).unwrap())
    }

    #[test]
    fn names() {
        let name = |name| FilterName::new(name).unwrap();
        check([("on-the-road", name("on-the-road")), ("a+[~", name("a+[~"))]);
        check_refused::<FilterName<'_>, 4>([("", 0), ("/", 0), ("a/b", 1), ("a]", 1)]);
        check([("UNDEFINED-FILTER on-the-road", Code::UndefinedFilter(name("on-the-road")))]);
        check_refused::<Code<'_>, 2>([("UNDEFINED-FILTER", 16), ("UNDEFINED-FILTER a/b", 18)]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(name in any_filter_name()) {
            round_trip(&name);
        }
    }
}
