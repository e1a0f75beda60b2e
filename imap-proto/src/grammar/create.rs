//! CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE ([RFC 9051 section 6.3.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.4)
//! and on, with the parameters of [RFC 4466 section 2.2](https://www.rfc-editor.org/rfc/rfc4466#section-2.2)).

pub use crate::registry::CreateParameter;

use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::tagged_ext::{TaggedExt, parameters, put_parameters};
use crate::list::List;
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// What CREATE makes, and how.
    ///
    /// `owatagusiam/`, `MySpecial (USE (\Drafts \Sent))`
    ///
    /// RFC 9051 section 6.3.4, RFC 4466 section 2.2.
    pub struct Create<'a> {
        /// The name of the new mailbox, with a delimiter behind it when it is to have others below it only.
        pub mailbox: Mailbox<'a>,
        /// Parameters; may be none.
        pub parameters: List<'a, CreateParameter<'a>>,
    }
}

impl<'a> Create<'a> {
    /// A mailbox without parameters.
    pub fn new(mailbox: Mailbox<'a>) -> Self {
        Self { mailbox, parameters: List::default() }
    }
}

/// ```abnf
/// create        = "CREATE" SP mailbox [create-params]
/// create-params = SP "(" create-param *(SP create-param) ")"
/// ```
impl<'a> Wire<'a> for Create<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, parameters) = parameters(rest, cx)?;
        Ok((rest, Self { mailbox, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        put_parameters(&self.parameters, out);
    }
}

part! {
    /// What RENAME renames, to what, and how.
    ///
    /// `blurdybloop sarasoop`
    ///
    /// RFC 9051 section 6.3.6, RFC 4466 section 2.3.
    pub struct Rename<'a> {
        /// The name that the mailbox has.
        pub from: Mailbox<'a>,
        /// The name that it is to have.
        pub to: Mailbox<'a>,
        /// Parameters; may be none, and no RFC has any.
        pub parameters: List<'a, TaggedExt<'a>>,
    }
}

impl<'a> Rename<'a> {
    /// Two names without parameters.
    pub fn new(from: Mailbox<'a>, to: Mailbox<'a>) -> Self {
        Self { from, to, parameters: List::default() }
    }
}

/// ```abnf
/// rename        = "RENAME" SP mailbox SP mailbox [rename-params]
/// rename-params = SP "(" rename-param *(SP rename-param) ")"
/// ```
impl<'a> Wire<'a> for Rename<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, from) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, to) = Mailbox::parse(rest, cx)?;
        let (rest, parameters) = parameters(rest, cx)?;
        Ok((rest, Self { from, to, parameters }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.from.encode(out);
        out.put(" ");
        self.to.encode(out);
        put_parameters(&self.parameters, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::attribute::tests::any_attributes;
    use crate::grammar::attribute::{MailboxAttribute, MailboxAttributes};
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::tagged_ext::tests::{any_tagged_ext, ext};
    use crate::options::Leniency;
    use crate::registry::Command;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn m(name: &str) -> Mailbox<'_> {
        Mailbox::new(name).unwrap()
    }

    fn special<const N: usize>(uses: [MailboxAttribute<'static>; N]) -> Command<'static> {
        let parameters = List::from([CreateParameter::Use(MailboxAttributes::from(uses))]);
        Command::Create(Create { mailbox: m("MySpecial"), parameters })
    }

    #[test]
    fn commands() {
        use MailboxAttribute::{Drafts, Sent};
        check([
            ("CREATE owatagusiam/", Command::Create(Create::new(m("owatagusiam/")))),
            // RFC 6154 section 5.3.
            ("CREATE MySpecial (USE (\\Drafts \\Sent))", special([Drafts, Sent])),
            ("CREATE MySpecial (USE ())", special([])),
            (
                "CREATE MySpecial (X USE () Y (z))",
                Command::Create(Create {
                    mailbox: m("MySpecial"),
                    parameters: List::from([
                        CreateParameter::Other(ext("X", "")),
                        CreateParameter::Use(MailboxAttributes::default()),
                        CreateParameter::Other(ext("Y", "(z)")),
                    ]),
                }),
            ),
            ("DELETE blurdybloop", Command::Delete(m("blurdybloop"))),
            ("RENAME INBOX old-mail", Command::Rename(Rename::new(Mailbox::INBOX, m("old-mail")))),
            ("RENAME \"a b\" {1}\r\n\n", Command::Rename(Rename::new(m("a b"), m("\n")))),
            (
                "RENAME a b (X 5)",
                Command::Rename(Rename {
                    parameters: List::from([ext("X", "5")]),
                    ..Rename::new(m("a"), m("b"))
                }),
            ),
            ("SUBSCRIBE #news.comp.mail.mime", Command::Subscribe(m("#news.comp.mail.mime"))),
            ("UNSUBSCRIBE #news.comp.mail.mime", Command::Unsubscribe(m("#news.comp.mail.mime"))),
        ]);
        check_read([("create MySpecial (use (\\drafts))", special([Drafts]))]);
        check_refused::<Command<'_>, 9>([
            ("CREATE", 6),
            ("CREATE a b", 8),
            ("CREATE a ()", 10),
            ("CREATE a (USE)", 13),
            ("CREATE a (USE (Drafts))", 15),
            ("DELETE", 6),
            ("DELETE a b", 8),
            ("RENAME a", 8),
            ("RENAME a b ()", 12),
        ]);
        check_tolerated([
            ("CREATE MySpecial (USE (\\Drafts ))", special([Drafts]), Leniency::TRAILING_SPACE),
            ("RENAME  a  b", Command::Rename(Rename::new(m("a"), m("b"))), Leniency::EXTRA_SPACE),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            from in any_mailbox(),
            to in any_mailbox(),
            uses in proptest::option::of(any_attributes()),
            ext in proptest::option::of(any_tagged_ext()),
        ) {
            let other = ext.clone().filter(|ext| !CreateParameter::has_row(ext.label.as_bytes()));
            let parameters = uses.map(CreateParameter::Use).into_iter().chain(other.map(CreateParameter::Other));
            round_trip(&Create { mailbox: from.clone(), parameters: parameters.collect() });
            round_trip(&Rename { from, to, parameters: ext.into_iter().collect() });
        }
    }
}
