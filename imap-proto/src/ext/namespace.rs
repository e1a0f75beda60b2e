//! NAMESPACE ([RFC 2342](https://www.rfc-editor.org/rfc/rfc2342), [RFC 9051 section
//! 7.3.4](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.4)).

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::delimiter::Delimiter;
use crate::grammar::string::{IString, nil};
use crate::list::{Adjacent, Bare, List};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, octet, part};

part! {
    /// The prefixes of the mailbox names of three kinds.
    ///
    /// `(("" "/")) NIL (("#shared/" "/"))`
    ///
    /// RFC 9051 section 7.3.4.
    pub struct Namespaces<'a> {
        /// Of the user's own mailboxes.
        pub personal: NamespaceList<'a>,
        /// Of other users' mailboxes.
        pub other_users: NamespaceList<'a>,
        /// Of mailboxes that are shared.
        pub shared: NamespaceList<'a>,
    }
}

/// ```abnf
/// namespaces = namespace SP namespace SP namespace
/// ```
impl<'a> Wire<'a> for Namespaces<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, personal) = NamespaceList::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, other_users) = NamespaceList::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, shared) = NamespaceList::parse(rest, cx)?;
        Ok((rest, Self { personal, other_users, shared }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.personal.encode(out);
        out.put(" ");
        self.other_users.encode(out);
        out.put(" ");
        self.shared.encode(out);
    }
}

part! {
    /// The namespaces of one kind; `NIL` when there are none.
    ///
    /// `(("" "/")("#mh/" "/"))`
    ///
    /// RFC 2342 section 6.
    #[derive(Debug)]
    pub struct NamespaceList<'a>(pub List<'a, Namespace<'a>, Adjacent>);
}

/// ```abnf
/// namespace = "(" 1*namespace-descr ")" / nil
/// ```
impl<'a> Wire<'a> for NamespaceList<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b'(', ..] => List::parse(input, cx).map(|(rest, list)| (rest, Self(list))),
            _ => match nil(input) {
                Ok((rest, ())) => Ok((rest, Self(List::default()))),
                Err(_) => Fail::at(input, Expected::Open),
            },
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self.0.is_empty() {
            true => out.put("NIL"),
            false => self.0.encode(out),
        }
    }
}

part! {
    /// One namespace: a prefix of mailbox names, and the hierarchy delimiter behind it.
    ///
    /// `("INBOX." ".")`
    ///
    /// RFC 2342 section 6.
    pub struct Namespace<'a> {
        /// What the names begin with.
        pub prefix: IString<'a>,
        /// The hierarchy delimiter; `None` where names are flat.
        pub delimiter: Option<Delimiter>,
        /// More about it.
        pub extensions: List<'a, NamespaceExtension<'a>, Bare>,
    }
}

/// ```abnf
/// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) *(SP namespace-response-extension) ")"
/// ```
impl<'a> Wire<'a> for Namespace<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = octet(input, b'(', Expected::Open)?;
        let (rest, prefix) = IString::parse(rest, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, delimiter) = Wire::parse(rest, cx)?;
        let (rest, extensions) = match rest {
            [b' ', after @ ..] => List::parse(after, cx)?,
            _ => (rest, List::default()),
        };
        let (rest, ()) = octet(rest, b')', Expected::Close)?;
        Ok((rest, Self { prefix, delimiter, extensions }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("(");
        self.prefix.encode(out);
        out.put(" ");
        self.delimiter.encode(out);
        if !self.extensions.is_empty() {
            out.put(" ");
            self.extensions.encode(out);
        }
        out.put(")");
    }
}

part! {
    /// More about a namespace: a name and values.
    ///
    /// `"TRANSLATION" ("Gruppenmappe&2Ds-")`
    ///
    /// RFC 2342 section 6; `TRANSLATION` is how the prefix reads in the user's language, RFC 5255 section 3.4.
    pub struct NamespaceExtension<'a> {
        /// What it is.
        pub name: IString<'a>,
        /// What it says.
        pub values: List<'a, IString<'a>>,
    }
}

/// ```abnf
/// namespace-response-extension = string SP "(" string *(SP string) ")"
/// ```
impl<'a> Wire<'a> for NamespaceExtension<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = IString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, values) = List::parse(rest, cx)?;
        Ok((rest, Self { name, values }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.values.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Data;
    use crate::testing::{check, check_refused, round_trip};
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn s(text: &str) -> IString<'_> {
        IString::new(text).unwrap()
    }

    fn one<'a>(prefix: &'a str, delimiter: Option<Delimiter>) -> Namespace<'a> {
        Namespace { prefix: s(prefix), delimiter, extensions: List::default() }
    }

    fn list<'a, const N: usize>(namespaces: [Namespace<'a>; N]) -> NamespaceList<'a> {
        NamespaceList(namespaces.into())
    }

    #[test]
    fn namespaces() {
        let slash = Some(Delimiter::SLASH);
        let extended = Namespace {
            extensions: [
                NamespaceExtension { name: s("X-PARAM"), values: [s("FLAG1"), s("FLAG2")].into() },
                NamespaceExtension { name: s("TRANSLATION"), values: [s("Gruppen/")].into() },
            ]
            .into(),
            ..one("#mh/", slash)
        };
        check([
            (
                "NAMESPACE ((\"\" \"/\")) NIL ((\"#shared/\" \"/\")(\"#news.\" \".\"))",
                Data::Namespace(Namespaces {
                    personal: list([one("", slash)]),
                    other_users: list([]),
                    shared: list([one("#shared/", slash), one("#news.", Some(Delimiter::DOT))]),
                }),
            ),
            (
                "NAMESPACE ((\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\") \"TRANSLATION\" (\"Gruppen/\"))) NIL ((\"\" NIL))",
                Data::Namespace(Namespaces {
                    personal: list([extended]),
                    other_users: list([]),
                    shared: list([one("", None)]),
                }),
            ),
        ]);
        check_refused::<Namespaces<'_>, 5>([
            ("NIL NIL", 7),
            ("() NIL NIL", 1),
            ("((\"\")) NIL NIL", 4),
            ("((\"\" \"//\")) NIL NIL", 6),
            ("((\"\" \"/\" x)) NIL NIL", 9),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            prefixes: Vec<(String, Option<u8>)>,
            values in proptest::collection::vec("[a-z\"]{0,5}", 1..3),
        ) {
            let namespaces = prefixes.into_iter().filter_map(|(prefix, delimiter)| {
                let values = values.iter().map(|value| IString::new(value.clone()).unwrap());
                Some(Namespace {
                    prefix: IString::new(prefix).ok()?,
                    delimiter: delimiter.and_then(|octet| Delimiter::new(octet).ok()),
                    extensions: [NamespaceExtension { name: s("X"), values: values.collect() }].into(),
                })
            });
            let personal = NamespaceList(namespaces.collect());
            round_trip(&Namespaces { personal, other_users: list([]), shared: list([]) });
        }
    }
}
