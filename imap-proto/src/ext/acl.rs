//! ACL ([RFC 4314](https://www.rfc-editor.org/rfc/rfc4314), [RFC 2086](https://www.rfc-editor.org/rfc/rfc2086)).

mod rights;

pub use self::rights::{Rfc2086, Rights};

use crate::error::Expected;
use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::{AString, astring};
use crate::list::{Bare, List};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, plain};

/// What SETACL does to the rights of an identifier.
///
/// `lrs`, `+wi`, `-x`
///
/// RFC 4314 section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RightsChange {
    /// `lrs`: these, and no others.
    Replace(Rights),
    /// `+wi`: these, too.
    Add(Rights),
    /// `-x`: no longer these.
    Remove(Rights),
}

plain!(RightsChange);

/// ```abnf
/// mod-rights = astring ; ["+" / "-"] rights
/// ```
impl<'a> Wire<'a> for RightsChange {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = astring(input, cx)?;
        let (change, rights): (fn(Rights) -> Self, _) = match &*octets {
            [b'+', rights @ ..] => (Self::Add, rights),
            [b'-', rights @ ..] => (Self::Remove, rights),
            rights => (Self::Replace, rights),
        };
        match Rights::read(rights) {
            Ok(rights) => Ok((rest, change(rights))),
            Err(_) => Fail::at(input, Expected::Rights),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        let (sign, rights) = match self {
            Self::Replace(rights) => return rights.encode(out),
            Self::Add(rights) => ("+", rights),
            Self::Remove(rights) => ("-", rights),
        };
        out.put(sign);
        for right in rights.chars() {
            out.put([right as u8]);
        }
    }
}

part! {
    /// The rights of one identifier.
    ///
    /// `Fred lrswi`
    ///
    /// An identifier is the name of a user, `anyone`, or what a server makes of it; one that begins with `-` has the rights
    /// taken from it that stand there. RFC 4314 section 2.
    pub struct AclEntry<'a> {
        /// Whose they are.
        pub identifier: AString<'a>,
        /// The rights.
        pub rights: Rights,
    }
}

impl AclEntry<'_> {
    /// The identifier without its `-`, when these are negative rights.
    pub fn negative(&self) -> Option<&[u8]> {
        self.identifier.as_bytes().strip_prefix(b"-")
    }
}

/// ```abnf
/// acl-entry = identifier SP rights
/// ```
impl<'a> Wire<'a> for AclEntry<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, identifier) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, rights) = Rights::parse(rest, cx)?;
        Ok((rest, Self { identifier, rights }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.identifier.encode(out);
        out.put(" ");
        self.rights.encode(out);
    }
}

part! {
    /// Whose rights to a mailbox SETACL changes, and how.
    ///
    /// `INBOX/Drafts John +lrs`
    ///
    /// RFC 4314 section 3.1.
    pub struct SetAcl<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// Whose rights.
        pub identifier: AString<'a>,
        /// What becomes of them.
        pub change: RightsChange,
    }
}

/// ```abnf
/// setacl-args = mailbox SP identifier SP mod-rights
/// ```
impl<'a> Wire<'a> for SetAcl<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, MailboxIdentifier { mailbox, identifier }) = Wire::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, change) = RightsChange::parse(rest, cx)?;
        Ok((rest, Self { mailbox, identifier, change }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.identifier.encode(out);
        out.put(" ");
        self.change.encode(out);
    }
}

part! {
    /// A mailbox, and whose rights to it: of DELETEACL and LISTRIGHTS.
    ///
    /// `INBOX Fred`
    ///
    /// RFC 4314 sections 3.2 and 3.4.
    pub struct MailboxIdentifier<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// Whose rights.
        pub identifier: AString<'a>,
    }
}

/// ```abnf
/// mailbox-identifier = mailbox SP identifier
/// ```
impl<'a> Wire<'a> for MailboxIdentifier<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, identifier) = AString::parse(rest, cx)?;
        Ok((rest, Self { mailbox, identifier }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.identifier.encode(out);
    }
}

part! {
    /// Who has which rights to a mailbox.
    ///
    /// `INBOX Fred rwipslxetad -Fred wetd $team w`
    ///
    /// RFC 4314 section 3.6.
    pub struct AclData<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// The rights of each.
        pub entries: List<'a, AclEntry<'a>, Bare>,
    }
}

/// ```abnf
/// acl-data = mailbox *(SP identifier SP rights)
/// ```
impl<'a> Wire<'a> for AclData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, entries) = List::parse_behind(rest, cx)?;
        Ok((rest, Self { mailbox, entries }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        self.entries.encode_behind(out);
    }
}

part! {
    /// Which rights someone can be given to a mailbox.
    ///
    /// `~/Mail/saved smith la r swicdkxte`
    ///
    /// RFC 4314 section 3.7.
    pub struct ListRightsData<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// Who.
        pub identifier: AString<'a>,
        /// Those that are always granted.
        pub required: Rights,
        /// Those that can be granted; what stands together only together.
        pub optional: List<'a, Rights, Bare>,
    }
}

/// ```abnf
/// listrights-data = mailbox SP identifier SP rights *(SP rights)
/// ```
impl<'a> Wire<'a> for ListRightsData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, AclEntry { identifier, rights: required }) = Wire::parse(rest, cx)?;
        let (rest, optional) = List::parse_behind(rest, cx)?;
        Ok((rest, Self { mailbox, identifier, required, optional }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.identifier.encode(out);
        out.put(" ");
        self.required.encode(out);
        self.optional.encode_behind(out);
    }
}

part! {
    /// The user's own rights to a mailbox.
    ///
    /// `INBOX rwiptsldaex`
    ///
    /// RFC 4314 section 3.8.
    pub struct MyRightsData<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// The rights.
        pub rights: Rights,
    }
}

/// ```abnf
/// myrights-data = mailbox SP rights
/// ```
impl<'a> Wire<'a> for MyRightsData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, rights) = Rights::parse(rest, cx)?;
        Ok((rest, Self { mailbox, rights }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        out.put(" ");
        self.rights.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::rights::tests::any_rights;
    use super::*;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::registry::{Command, Data};
    use crate::testing::{check, check_read, check_refused, round_trip};
    use proptest::prelude::*;

    fn m(name: &str) -> Mailbox<'_> {
        Mailbox::new(name).unwrap()
    }

    fn a(text: &str) -> AString<'_> {
        AString::new(text).unwrap()
    }

    fn r(text: &str) -> Rights {
        Rights::new(text).unwrap()
    }

    fn set<'a>(identifier: &'a str, change: RightsChange) -> Command<'a> {
        Command::SetAcl(SetAcl { mailbox: Mailbox::INBOX, identifier: a(identifier), change })
    }

    fn entry<'a>(identifier: &'a str, rights: &str) -> AclEntry<'a> {
        AclEntry { identifier: a(identifier), rights: r(rights) }
    }

    #[test]
    fn commands() {
        let smith = || MailboxIdentifier { mailbox: m("~/Mail/saved"), identifier: a("smith") };
        check([
            ("SETACL INBOX David lrswida", set("David", RightsChange::Replace(r("lrswida")))),
            ("SETACL INBOX Chris +cda", set("Chris", RightsChange::Add(r("cda")))),
            ("SETACL INBOX Chris -x", set("Chris", RightsChange::Remove(r("x")))),
            ("SETACL INBOX Chris +", set("Chris", RightsChange::Add(Rights::NONE))),
            ("SETACL INBOX Chris \"\"", set("Chris", RightsChange::Replace(Rights::NONE))),
            ("DELETEACL ~/Mail/saved smith", Command::DeleteAcl(smith())),
            ("GETACL INBOX", Command::GetAcl(Mailbox::INBOX)),
            ("LISTRIGHTS ~/Mail/saved smith", Command::ListRights(smith())),
            ("MYRIGHTS INBOX", Command::MyRights(Mailbox::INBOX)),
        ]);
        check_read([
            // Whoever is asked for it answers BAD: RFC 4314 section 3.1.
            ("SETACL INBOX John lrQswicda", set("John", RightsChange::Replace(r("lrswicdaQ")))),
            ("setacl inbox \"John\" \"+rl\"", set("John", RightsChange::Add(r("lr")))),
        ]);
        check_refused::<Command<'_>, 5>([
            ("SETACL INBOX John l.r", 18),
            ("SETACL INBOX John +-r", 18),
            ("SETACL INBOX John", 17),
            ("DELETEACL INBOX", 15),
            ("GETACL", 6),
        ]);
    }

    #[test]
    fn data() {
        let entries = [entry("Fred", "rwipslxetad"), entry("-Fred", "wetd"), entry("$team", "w")];
        let acl = |entries| Data::Acl(AclData { mailbox: Mailbox::INBOX, entries });
        let list = |required, optional| {
            Data::ListRights(ListRightsData {
                mailbox: m("archive/imap"),
                identifier: a("anyone"),
                required: r(required),
                optional,
            })
        };
        check([
            ("ACL INBOX", acl(List::default())),
            ("ACL INBOX Fred lrswipxteda -Fred wted $team w", acl(entries.into())),
            ("ACL INBOX ] lr", acl([entry("]", "lr")].into())),
            (
                "LISTRIGHTS archive/imap anyone \"\" lr swted 0",
                list("", [r("lr"), r("swted"), r("0")].into()),
            ),
            ("LISTRIGHTS archive/imap anyone la", list("al", List::default())),
            ("MYRIGHTS INBOX lrswi", {
                Data::MyRights(MyRightsData { mailbox: Mailbox::INBOX, rights: r("lrswi") })
            }),
        ]);
        check_read([
            ("ACL INBOX Fred rwipsldexta", acl([entry("Fred", "lrswipxteda")].into())),
            ("ACL INBOX \"\" \"\"", acl([entry("", "")].into())),
        ]);
        check_refused::<Data<'_>, 4>([
            ("ACL INBOX Fred", 14),
            ("ACL INBOX Fred l-", 15),
            ("LISTRIGHTS INBOX Fred", 21),
            ("MYRIGHTS INBOX", 14),
        ]);
        assert_eq!(entry("-Fred", "w").negative(), Some(&b"Fred"[..]));
        assert_eq!(entry("Fred", "w").negative(), None);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            mailbox in any_mailbox(),
            name in "[ -~]{0,9}",
            rights in any_rights(),
            other in any_rights(),
        ) {
            let identifier = AString::new(name).unwrap();
            for change in [RightsChange::Replace(rights), RightsChange::Add(rights), RightsChange::Remove(rights)] {
                round_trip(&SetAcl { mailbox: mailbox.clone(), identifier: identifier.clone(), change });
            }
            let entry = AclEntry { identifier: identifier.clone(), rights };
            round_trip(&AclData { mailbox: mailbox.clone(), entries: [entry.clone(), entry].into() });
            let optional = [other, rights].into();
            round_trip(&ListRightsData { mailbox, identifier, required: rights, optional });
        }
    }
}
