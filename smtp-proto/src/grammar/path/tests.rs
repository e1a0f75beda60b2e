use super::super::mailbox::tests::any_mailbox;
use super::*;
use crate::testing::{check, check_refused, round_trip};
use alloc::format;
use alloc::string::ToString;
use proptest::prelude::*;

fn mailbox(text: &str) -> Mailbox<'_> {
    Mailbox::parse(text).unwrap()
}

fn routed<'a>(route: &'a str, text: &'a str) -> Path<'a> {
    Path { route: Some(Box::new(Route(Utf8::of(route)))), mailbox: mailbox(text) }
}

#[test]
fn paths() {
    check([
        ("<a@b>", mailbox("a@b").into()),
        ("<\"a> b\"@c>", mailbox("\"a> b\"@c").into()),
        ("<@a,@b:c@d>", routed("@a,@b", "c@d")),
        ("<@a.example:c@[IPv6:::1]>", routed("@a.example", "c@[IPv6:::1]")),
    ]);
    check_refused::<Path<'_>, 13>([
        ("", 0),
        ("a@b", 0),
        ("<>", 1),
        ("<a@b", 4),
        ("<<a@b>>", 1),
        ("< a@b>", 1),
        ("<a@b >", 4),
        ("<a@b>>", 5),
        ("<Test <a@b>>", 5),
        ("\"Joe\" <a@b>", 0),
        ("<@a c@d>", 3),
        ("<@a,b:c@d>", 4),
        ("<@:c@d>", 2),
    ]);
    let path = routed("@a.example,@b.example", "c@d");
    let hosts: alloc::vec::Vec<_> =
        path.route().unwrap().hosts().map(|host| host.as_str().to_string()).collect();
    assert_eq!(hosts, ["a.example", "b.example"]);
}

#[test]
fn a_path_has_256_octets() {
    let path = |route: usize| format!("<@{}:a@{}>", "r".repeat(route), "d".repeat(100));
    assert!(Path::parse(&path(150)).is_ok());
    let error = Path::parse(&path(151)).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Address(AddressPart::Shorter), 256));
}

#[test]
fn sec_44_null_postmaster_and_routes() {
    check::<ReversePath<'_>, 3>([
        ("<>", ReversePath::Null),
        ("<a@b>", mailbox("a@b").into()),
        ("<@x:a@b>", ReversePath::Path(routed("@x", "a@b"))),
    ]);
    check_refused::<ReversePath<'_>, 3>([("<postmaster>", 11), ("", 0), ("< >", 1)]);
    check::<ForwardPath<'_>, 4>([
        ("<postmaster>", ForwardPath::Postmaster(Postmaster::default())),
        ("<PostMaster>", ForwardPath::Postmaster(Postmaster(Utf8::of("PostMaster")))),
        ("<Postmaster@b>", mailbox("Postmaster@b").into()),
        ("<-oQ/tmp@b>", mailbox("-oQ/tmp@b").into()),
    ]);
    check_refused::<ForwardPath<'_>, 4>([
        ("<>", 1),
        ("<root>", 5),
        ("<postmaster", 11),
        ("<a@[IPv6:2001:db8::1::2]>", 4),
    ]);
}

#[test]
fn what_is_tolerated() {
    let read =
        |wire: &'static str, leniency| wire::exact::<ReversePath<'_>>(wire.as_bytes(), Dialect { leniency });
    assert_eq!(read("a@b", Leniency::MISSING_BRACKETS), Ok(mailbox("a@b").into()));
    let root = ReversePath::Unqualified(Unqualified(Utf8::of("root")));
    assert_eq!((root.to_string().as_str(), root.mailbox()), ("<root>", None));
    assert_eq!(read("<root>", Leniency::MISSING_DOMAIN), Ok(root));
    let quoted = read("<r..t>", Leniency::MISSING_DOMAIN.union(Leniency::LOOSE_LOCAL_PART)).unwrap();
    assert_eq!(quoted.to_string(), "<\"r..t\">");
    let ReversePath::Unqualified(quoted) = quoted else { panic!("{quoted:?}") };
    assert_eq!((quoted.local_part(), &*quoted.unquoted_local_part()), ("\"r..t\"", "r..t"));
    let to: ForwardPath<'_> = wire::exact(b"<root>", Dialect { leniency: Leniency::MISSING_DOMAIN }).unwrap();
    assert_eq!(to.to_string(), "<root>");
    for (len, is_read) in [(64, true), (65, false)] {
        let path = format!("<{}>", "r".repeat(len));
        let read =
            wire::exact::<ReversePath<'_>>(path.as_bytes(), Dialect { leniency: Leniency::MISSING_DOMAIN });
        assert_eq!(read.is_ok(), is_read, "{len}");
    }
    for never in ["root", "<Test <a@b>>", "\"Joe\" <a@b>", "a@b>", "<a@b", "<root", "@x:a@b", "<r\u{1}>"] {
        assert!(read(never, Leniency::ALL).is_err(), "{never}");
    }
}

#[test]
fn what_is_shown_is_the_wire_form() {
    for text in ["<>", "<a@b>", "<@x,@y:a@b>"] {
        assert_eq!(ReversePath::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(ForwardPath::parse("<postMASTER>").unwrap().to_string(), "<postMASTER>");
}

#[test]
fn whose_path_it_is() {
    let text = "<@x:a@b>";
    let path = Path::try_from(text).unwrap();
    assert_eq!(ReversePath::try_from(text).unwrap().mailbox(), Some(path.mailbox()));
    assert_eq!((path.mailbox(), ReversePath::Null.mailbox()), (&mailbox("a@b"), None));
    assert_eq!(ForwardPath::try_from(text), Ok(ForwardPath::Path(path)));
    assert_eq!(Path::try_from("a@b").unwrap_err().field, "path");
}

#[test]
fn a_route_has_256_octets() {
    let route = format!("@{}", "r".repeat(255));
    assert_eq!(
        wire::exact::<Route<'_>>(route.as_bytes(), Dialect::STRICT).map(|route| route.hosts().count()),
        Ok(1)
    );
    let error = wire::exact::<Route<'_>>(format!("{route}r").as_bytes(), Dialect::STRICT).unwrap_err();
    assert_eq!((error.expected, error.offset), (Expected::Address(AddressPart::Shorter), 256));
}

/// Any path.
pub(crate) fn any_path() -> impl Strategy<Value = Path<'static>> {
    let route = proptest::option::of("@[a-z]{1,9}(,@[a-z]{1,9}){0,2}");
    (route, any_mailbox()).prop_filter_map("too long", |(route, mailbox)| {
        let route = route.map(|route| Box::new(Route(Utf8::from(route))));
        let path = Path { route, mailbox };
        (path.to_string().len() <= Path::MAX).then_some(path)
    })
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(path in any_path()) {
        round_trip(&path);
        round_trip(&ReversePath::Path(path.clone()));
        round_trip(&ForwardPath::Path(path.clone()));
        let text = path.to_string();
        prop_assert_eq!(Path::parse(&text), Ok(path));
    }
}
