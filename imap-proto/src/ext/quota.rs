//! QUOTA ([RFC 9208](https://www.rfc-editor.org/rfc/rfc9208), [RFC 2087](https://www.rfc-editor.org/rfc/rfc2087)).

pub use crate::registry::ResourceName;

use crate::grammar::class::space;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::string::AString;
use crate::list::{Bare, List, SpacedOrEmpty};
use crate::wire::{Cx, Parsed, Wire, Writer, part};

part! {
    /// A limit on a resource.
    ///
    /// `STORAGE 512`
    ///
    /// RFC 9208 section 7 (`setquota-resource`).
    pub struct ResourceLimit<'a> {
        /// What is limited.
        pub name: ResourceName<'a>,
        /// How much of it there can be, in units of 1,024 octets or in pieces: see [`ResourceName`]. Below 2^63.
        pub limit: u64,
    }
}

/// ```abnf
/// setquota-resource = resource-name SP resource-limit
/// ```
impl<'a> Wire<'a> for ResourceLimit<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, name) = ResourceName::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, limit) = u64::parse(rest, cx)?;
        Ok((rest, Self { name, limit }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.limit.encode(out);
    }
}

part! {
    /// The limits that a quota root is to have.
    ///
    /// `"#user/alice" (STORAGE 510)`
    ///
    /// RFC 9208 section 4.1.3.
    pub struct SetQuota<'a> {
        /// The quota root.
        pub root: AString<'a>,
        /// The limits; what is not named has none.
        pub limits: List<'a, ResourceLimit<'a>, SpacedOrEmpty>,
    }
}

/// ```abnf
/// setquota-args = quota-root-name SP "(" [setquota-resource *(SP setquota-resource)] ")"
/// ```
impl<'a> Wire<'a> for SetQuota<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, root) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, limits) = List::parse(rest, cx)?;
        Ok((rest, Self { root, limits }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.root.encode(out);
        out.put(" ");
        self.limits.encode(out);
    }
}

part! {
    /// How much of a resource is used, and how much there can be.
    ///
    /// `STORAGE 10 512`
    ///
    /// RFC 9208 section 7 (`quota-resource`).
    pub struct ResourceUsage<'a> {
        /// What is used.
        pub name: ResourceName<'a>,
        /// How much is used: the unit is that of the limit. It can be more than the limit.
        pub usage: u64,
        /// How much there can be, in units of 1,024 octets or in pieces: see [`ResourceName`]. Below 2^63.
        pub limit: u64,
    }
}

/// ```abnf
/// quota-resource = resource-name SP resource-usage SP resource-limit
/// ```
impl<'a> Wire<'a> for ResourceUsage<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ResourceLimit { name, limit: usage }) = Wire::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, limit) = u64::parse(rest, cx)?;
        Ok((rest, Self { name, usage, limit }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.name.encode(out);
        out.put(" ");
        self.usage.encode(out);
        out.put(" ");
        self.limit.encode(out);
    }
}

part! {
    /// The resources of a quota root.
    ///
    /// `"#user/alice" (STORAGE 54 111 MESSAGE 42 1000)`
    ///
    /// RFC 9208 section 4.2.1.
    pub struct QuotaData<'a> {
        /// The quota root.
        pub root: AString<'a>,
        /// Those that have limits; `()` when none has, RFC 2087 section 5.1.
        pub resources: List<'a, ResourceUsage<'a>, SpacedOrEmpty>,
    }
}

/// ```abnf
/// quota-response = quota-root-name SP "(" [quota-resource *(SP quota-resource)] ")"
/// ```
impl<'a> Wire<'a> for QuotaData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, root) = AString::parse(input, cx)?;
        let (rest, ()) = space(rest, cx)?;
        let (rest, resources) = List::parse(rest, cx)?;
        Ok((rest, Self { root, resources }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.root.encode(out);
        out.put(" ");
        self.resources.encode(out);
    }
}

part! {
    /// The quota roots of a mailbox.
    ///
    /// `INBOX "#user/alice" "!partition/sda4"`, `comp.mail.mime`
    ///
    /// RFC 9208 section 4.2.2.
    pub struct QuotaRootData<'a> {
        /// The mailbox.
        pub mailbox: Mailbox<'a>,
        /// Its quota roots; none when nothing limits it.
        pub roots: List<'a, AString<'a>, Bare>,
    }
}

/// ```abnf
/// quotaroot-response = mailbox *(SP quota-root-name)
/// ```
impl<'a> Wire<'a> for QuotaRootData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, mailbox) = Mailbox::parse(input, cx)?;
        let (rest, roots) = List::parse_behind(rest, cx)?;
        Ok((rest, Self { mailbox, roots }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.mailbox.encode(out);
        self.roots.encode_behind(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::mailbox::tests::any_mailbox;
    use crate::grammar::string::Atom;
    use crate::registry::{Command, Data};
    use crate::testing::{check, check_read, check_refused, round_trip};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn a(text: &str) -> AString<'_> {
        AString::new(text).unwrap()
    }

    fn other(text: &str) -> ResourceName<'_> {
        ResourceName::Other(Atom::new(text).unwrap())
    }

    fn of(name: ResourceName<'_>, usage: u64, limit: u64) -> ResourceUsage<'_> {
        ResourceUsage { name, usage, limit }
    }

    #[test]
    fn commands() {
        let set = |root, limits| Command::SetQuota(SetQuota { root: a(root), limits });
        let storage = ResourceLimit { name: ResourceName::Storage, limit: 510 };
        let messages = ResourceLimit { name: ResourceName::Message, limit: 0 };
        check([
            ("GETQUOTA !partition/sda4", Command::GetQuota(a("!partition/sda4"))),
            ("GETQUOTA \"\"", Command::GetQuota(a(""))),
            ("GETQUOTAROOT INBOX", Command::GetQuotaRoot(Mailbox::INBOX)),
            ("SETQUOTA #user/alice (STORAGE 510)", set("#user/alice", [storage.clone()].into())),
            ("SETQUOTA \"\" (STORAGE 510 MESSAGE 0)", set("", [storage, messages].into())),
            ("SETQUOTA \"\" ()", set("", [].into())),
        ]);
        check_refused::<Command<'_>, 5>([
            ("SETQUOTA x (STORAGE)", 19),
            ("SETQUOTA x (STORAGE -1)", 20),
            ("SETQUOTA x (STORAGE 9223372036854775808)", 20),
            ("SETQUOTA x", 10),
            ("GETQUOTA", 8),
        ]);
    }

    #[test]
    fn data() {
        let quota = |root, resources| Data::Quota(QuotaData { root: a(root), resources });
        let roots = |mailbox, roots| Data::QuotaRoot(QuotaRootData { mailbox, roots });
        check([
            ("QUOTA \"\" (STORAGE 10 512)", quota("", [of(ResourceName::Storage, 10, 512)].into())),
            ("QUOTA \"\" ()", quota("", [].into())),
            (
                "QUOTA #user/alice (MESSAGE 42 1000 MAILBOX 5 4 ANNOTATION-STORAGE 1 2 X-NODES 0 9223372036854775807)",
                quota("#user/alice", {
                    let last = of(other("X-NODES"), 0, i64::MAX.unsigned_abs());
                    let annotations = of(ResourceName::AnnotationStorage, 1, 2);
                    [of(ResourceName::Message, 42, 1000), of(ResourceName::Mailbox, 5, 4), annotations, last]
                        .into()
                }),
            ),
            ("QUOTAROOT INBOX \"\"", roots(Mailbox::INBOX, [a("")].into())),
            ("QUOTAROOT INBOX #user/alice ]", roots(Mailbox::INBOX, [a("#user/alice"), a("]")].into())),
            ("QUOTAROOT comp.mail.mime", roots(Mailbox::new("comp.mail.mime").unwrap(), [].into())),
        ]);
        check_read([
            ("quota {0}\r\n (storage 1 2)", quota("", [of(ResourceName::Storage, 1, 2)].into())),
            ("QUOTAROOT \"inbox\" \"a\"", roots(Mailbox::INBOX, [a("a")].into())),
        ]);
        check_refused::<Data<'_>, 4>([
            ("QUOTA \"\" (STORAGE 10)", 20),
            ("QUOTA \"\" (STORAGE 10 512 )", 25),
            ("QUOTA \"\"", 8),
            ("QUOTAROOT INBOX ", 15),
        ]);
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(
            mailbox in any_mailbox(),
            root in "[ -~]{0,9}",
            resources in proptest::collection::vec(("[a-z!-]{1,20}", 0..=i64::MAX as u64), 0..4),
        ) {
            let root = AString::new(root).unwrap();
            let usage = resources.into_iter().map(|(name, limit)| {
                let wire: &'static str = name.leak();
                of(ResourceName::parse(wire.as_bytes(), Cx::default()).unwrap().1, limit / 3, limit)
            });
            let usage: Vec<_> = usage.collect();
            let limits = usage.iter().cloned().map(|ResourceUsage { name, limit, .. }| ResourceLimit { name, limit });
            round_trip(&SetQuota { root: root.clone(), limits: limits.collect() });
            round_trip(&QuotaData { root: root.clone(), resources: usage.into_iter().collect() });
            round_trip(&QuotaRootData { mailbox, roots: [root.clone(), root].into() });
        }
    }
}
