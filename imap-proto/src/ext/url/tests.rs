use super::*;
use crate::options::Leniency;
use crate::testing::{check, check_read, check_refused, check_tolerated, encoded as written, round_trip};
use alloc::format;
use alloc::string::ToString;
use proptest::prelude::*;

const TOKEN: &str = "91354a473744909de610943775f92038";

fn url(text: &str) -> ImapUrl<'_> {
    ImapUrl::new(text).unwrap()
}

/// A part, as written and decoded.
fn part<'a>(part: &'a Option<PctEncoded<'a>>) -> Option<(&'a str, alloc::string::String)> {
    part.as_ref().map(|part| (part.as_str(), part.to_str().unwrap().into_owned()))
}

#[test]
fn texts() {
    for text in [
        // RFC 5092 sections 6.1.2, 9 and 9.1, RFC 4469 appendix A.
        "imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
        "imap://psicorp.example.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97",
        "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2",
        ";section=1.4",
        "imap://;AUTH=*@minbari.example.org/gray%20council?SUBJECT%20shadows",
        "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20\
         %7B14+%7D%0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0",
        "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal\
         :91354a473744909de610943775f92038",
        ";UID=20",
        "..;UIDVALIDITY=385759045/;UID=20",
        "/INBOX;UIDVALIDITY=785799047/;UID=113330/;section=1.5.9",
        // Edges.
        "",
        "/",
        "//h",
        "imap://h",
        "IMAP://h/",
        "imap://",
        "imap://h:",
        "imap://h:65535/a",
        "imap://[::1]:143/a",
        "imap://[v1F.a:b;c]",
        "imap://192.0.2.1/a",
        "imap://a;b=c&d/",
        "imap://h/a//b@:c",
        "imap://h//;UIDVALIDITY=1?x",
        ";PARTIAL=0",
        ";UID=1/;SECTION=a/b/;PARTIAL=1.2",
        "a/b:c/;UID=1",
        "/a/;UID=1;EXPIRE=2024-02-29t23:59:60.25+01:00;URLAUTH=stream",
        "/a/;UID=4294967295/;SECTION=1/;PARTIAL=9223372036854775807.9223372036854775807",
    ] {
        // As an atom where it can be one, else quoted.
        let wire = written(&url(text));
        assert_eq!(wire.trim_matches('"'), text);
        check([(&*wire.leak(), url(text))]);
        check_read([(&*format!("\"{text}\"").leak(), url(text))]);
        check_read([(&*format!("{{{}}}\r\n{text}", text.len()).leak(), url(text))]);
    }
}

#[test]
fn parts_of_an_absolute_url() {
    let text = "imap://j%C3%B6;AUTH=PLAIN@example.com:993/a%2Fb/c;UIDVALIDITY=7/;UID=20/;SECTION=1.HEADER.FIELDS%20(TO)\
                /;PARTIAL=0.1024;EXPIRE=2026-03-29T02:03:04Z;URLAUTH=submit+fred:internal:\
                91354a473744909de610943775f92038";
    let url = url(text);
    assert_eq!(url.kind(), UrlKind::Absolute);
    assert_eq!(part(&url.user()), Some(("j%C3%B6", "jö".into())));
    assert_eq!(part(&url.auth()), Some(("PLAIN", "PLAIN".into())));
    assert_eq!((url.host(), url.port()), (Some("example.com"), Some(993)));
    assert_eq!(part(&url.mailbox()), Some(("a%2Fb/c", "a/b/c".into())));
    assert_eq!((url.uidvalidity(), url.uid()), (Some(7), Some(20)));
    assert_eq!(part(&url.section()).map(|(_, section)| section).as_deref(), Some("1.HEADER.FIELDS (TO)"));
    assert_eq!((url.partial(), url.search()), (Some((0, Some(1024))), None));
    assert_eq!(url.expire(), Some("2026-03-29T02:03:04Z"));
    assert_eq!(url.access(), Some(Access::Submit(PctEncoded::encode("fred"))));
    assert_eq!((url.mechanism(), url.token()), (Some("internal"), Some(TOKEN)));
    assert_eq!(url.public_url(), text.strip_suffix(TOKEN).unwrap());
    assert_eq!(url.as_str(), text);
    let rump = UrlFull::new(url.clone()).unwrap().rump().into_owned();
    assert_eq!(format!("{}:internal:{TOKEN}", rump.as_str()), text);
}

#[test]
fn parts_of_other_urls() {
    let search = url("//h/gray%20council;UIDVALIDITY=5?SUBJECT%20shadows");
    assert_eq!((search.kind(), search.uid(), search.port()), (UrlKind::NetworkPath, None, None));
    assert_eq!(part(&search.search()), Some(("SUBJECT%20shadows", "SUBJECT shadows".into())));
    assert_eq!(part(&search.mailbox()).unwrap().1, "gray council");
    let message = url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=2.MIME");
    assert_eq!((message.kind(), message.host()), (UrlKind::AbsolutePath, None));
    assert_eq!(part(&message.section()).unwrap().0, "2.MIME");
    for (text, kind, uid, partial) in [
        (";UID=20", UrlKind::RelativePath, Some(20), None),
        (";SECTION=1/;PARTIAL=5", UrlKind::RelativePath, None, Some((5, None))),
        (";PARTIAL=5.6", UrlKind::RelativePath, None, Some((5, Some(6)))),
        ("", UrlKind::Empty, None, None),
        ("/", UrlKind::AbsolutePath, None, None),
    ] {
        let url = url(text);
        assert_eq!(
            (url.kind(), url.uid(), url.partial(), url.mailbox()),
            (kind, uid, partial, None),
            "{text}"
        );
    }
    let odd = url("/a%FF%0a/;UID=1");
    let mailbox = odd.mailbox().unwrap();
    assert_eq!((&*mailbox.decode(), mailbox.to_str()), (&b"a\xff\n"[..], None));
    assert_eq!(part(&url("imap://;AUTH=*@h").auth()).unwrap().0, "*");
}

#[test]
fn access() {
    let access =
        |text: &'static str| url(format!("/a/;UID=1;URLAUTH={text}").leak()).access().map(Access::into_owned);
    let fred = || PctEncoded::encode("fred");
    assert_eq!(access("submit+fred"), Some(Access::Submit(fred())));
    assert_eq!(access("USER+fred"), Some(Access::User(fred())));
    assert_eq!(access("AuthUser"), Some(Access::AuthUser));
    assert_eq!(access("anonymous"), Some(Access::Anonymous));
    assert_eq!(access("stream"), Some(Access::Stream));
    for other in ["exampleapp", "exampleapp3+test%2Buser", "submit", "user", "stream+a"] {
        let Some(Access::Other(application)) = access(other) else { panic!("{other}") };
        assert_eq!(application.as_str(), other);
        assert_eq!(format!("{application:?}"), format!("{other:?}"));
    }
    assert_eq!(format!("{:?}", fred()), "\"fred\"");
    assert!(PctEncoded::encode("a b") == "a%20b" && PctEncoded::encode("a") != *"b");
    // And written again.
    let message = url("imap://h@a/b/;UID=2");
    for text in ["submit+fred", "user+fred", "authuser", "anonymous", "stream", "exampleapp3+test"] {
        let rump = message.authorize(None, &access(text.to_string().leak()).unwrap()).unwrap();
        assert_eq!(rump.as_str(), format!("imap://h@a/b/;UID=2;URLAUTH={text}"));
        let as_text = UrlText::from(rump.clone());
        assert_eq!(as_text.to_imap().unwrap(), rump.into_url());
    }
}

#[test]
fn refusals() {
    // Quoted, so that the octets of no URL are read, too: offsets are one more.
    let quoted = |text: &str, offset: usize| {
        let error = ImapUrl::new(text.as_bytes()).unwrap_err();
        assert_eq!(error.offset, offset, "{text:?}: {error}");
        if !text.contains(['"', '\\', '\r', '\n']) && text.is_ascii() {
            check_refused::<ImapUrl<'_>, 1>([(&*format!("\"{text}\"").leak(), offset + 1)]);
        }
    };
    for (text, offset) in [
        ("http://h/a", 4),
        ("imaps://h/a", 5),
        ("imap:/h/a", 4),
        ("imap://h?x", 8),
        ("imap://@h", 7),
        ("imap://a:b@h", 8),
        ("imap://a;X=b@h", 8),
        ("imap://a;AUTH=@h", 14),
        ("imap://h:65536", 9),
        ("imap://h:1a", 10),
        ("imap://[::g]/", 8),
        ("imap://[::1", 11),
        ("imap://[v.a]", 8),
        ("imap://[v1.]", 8),
        ("imap://h/a%4", 10),
        ("imap://h/a%4G", 10),
        ("imap://h%/a", 8),
        ("imap://h/a b", 10),
        ("imap://h/a\"b", 10),
        ("imap://h/a\\b", 10),
        ("imap://h/a\r\n", 10),
        ("imap://h/a[1]", 10),
        ("imap://h/a#b", 10),
        ("imap://h/\u{e9}", 9),
        ("imap://h/;UID=1", 9),
        ("imap://h//;UID=1", 9),
        ("/;UID=1", 1),
        ("/a;UID=1", 2),
        ("/a/;UID=", 8),
        ("/a/;UID=0", 8),
        ("/a/;UID=4294967296", 8),
        ("/a;UIDVALIDITY=0/;UID=1", 15),
        ("/a;UIDVALIDITY=1;UID=1", 16),
        ("/a;UIDVALIDITY=1/x", 16),
        ("/a/;UID=1?x", 9),
        ("/a/;UID=1/", 9),
        ("/a?", 3),
        ("/a?x?y", 4),
        ("/a/;UID=1/;SECTION=", 19),
        ("/a/;UID=1/;SECTION=1;PARTIAL=0", 20),
        ("/a/;UID=1/;SECTION=/;PARTIAL=0", 19),
        ("/a/;UID=1/;PARTIAL=", 19),
        ("/a/;UID=1/;PARTIAL=0.", 21),
        ("/a/;UID=1/;PARTIAL=0.0", 21),
        ("/a/;UID=1/;PARTIAL=9223372036854775808", 19),
        ("/a/;UID=1/;PARTIAL=0/;SECTION=1", 20),
        ("/a;URLAUTH=anonymous", 2),
        (";UID=1;URLAUTH=anonymous", 6),
        (";SIZE=1", 0),
        ("/a/;UID=1;URLAUTH=", 18),
        ("/a/;UID=1;URLAUTH=user+", 23),
        ("/a/;UID=1;URLAUTH=a-b", 19),
        ("/a/;UID=1;URLAUTH=a:", 20),
        ("/a/;UID=1;URLAUTH=a:b", 21),
        ("/a/;UID=1;URLAUTH=a:b:91354a473744909de610943775f9203", 53),
        ("/a/;UID=1;URLAUTH=a:b:91354a473744909de610943775f92038x", 54),
        ("/a/;UID=1;EXPIRE=2026-03-29T02:03:04Z", 37),
        ("/a/;UID=1;EXPIRE=2023-02-29T02:03:04Z;URLAUTH=a", 25),
        ("/a/;UID=1;EXPIRE=2026-13-01T02:03:04Z;URLAUTH=a", 22),
        ("/a/;UID=1;EXPIRE=2026-03-29 02:03:04Z;URLAUTH=a", 27),
        ("/a/;UID=1;EXPIRE=2026-03-29T02:03:04.Z;URLAUTH=a", 36),
        ("/a/;UID=1;EXPIRE=2026-03-29T02:03:04;URLAUTH=a", 36),
        ("/a/;UID=1;EXPIRE=2026-03-29T02:03:04+24:00;URLAUTH=a", 37),
    ] {
        quoted(text, offset);
    }
    assert!(ImapUrl::new("/a\0").is_err());
    check_refused::<ImapUrl<'_>, 5>([
        ("imap://h/a%20b", 10),
        ("{3}\r\n/a ", 7),
        ("\"/a\\\"b\"", 3),
        ("\"/a\\\\b\"", 3),
        ("http://h", 4),
    ]);
    check_tolerated([("/a/;UID=0", ImapUrl(b"/a/;UID=0".into()), Leniency::ZERO)]);
}

#[test]
fn what_is_made() {
    let message = ImapUrl::message("Entwürfe; 1/a?", Some(385_759_045), 20, Some("HEADER.FIELDS (TO)"), None);
    assert_eq!(
        message.unwrap().as_str(),
        "/Entw%C3%BCrfe%3B%201/a%3F;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER.FIELDS%20(TO)"
    );
    let made = |mailbox, partial| ImapUrl::message(mailbox, None, 1, None, partial).unwrap().to_string();
    assert_eq!(made("/a", Some((5, None))), "/%2Fa/;UID=1/;PARTIAL=5");
    assert_eq!(made("//a//b/", Some((0, Some(7)))), "/%2F/a//b//;UID=1/;PARTIAL=0.7");
    assert_eq!(made("./../a/..b/..", None), "/%2E/%2E%2E/a/..b/%2E%2E/;UID=1");
    let found = ImapUrl::messages("gray council", Some(1), Some(b"SUBJECT shadows")).unwrap();
    assert_eq!(found.as_str(), "/gray%20council;UIDVALIDITY=1?SUBJECT%20shadows");
    let server = ImapUrl::server(Some("j;@"), Some("*"), "[::1]", Some(143)).unwrap();
    assert_eq!(server.as_str(), "imap://j%3B%40;AUTH=*@[::1]:143");
    let joined = server.join(&found).unwrap();
    assert_eq!(joined.to_string(), format!("{server}{found}"));
    assert_eq!(joined.join(&url("/")).unwrap().to_string(), format!("{server}/"));
    assert_eq!(url("//h").join(&found).unwrap().to_string(), format!("//h{found}"));
    assert!(
        server.join(&server).is_err() && found.join(&found).is_err() && server.join(&url(";UID=1")).is_err()
    );
    for host in ["", "a/b", "u@h", "h:1", "h?", "[::g]", "h h"] {
        assert!(ImapUrl::server(None, None, host, None).is_err(), "{host}");
    }
    assert!(ImapUrl::server(Some(""), None, "h", None).is_err());
    assert!(ImapUrl::server(Some(""), Some("X"), "h", None).is_err());
    assert!(ImapUrl::server(Some("a"), Some(""), "h", None).is_err());
    for (mailbox, uidvalidity, uid, section, partial) in [
        ("", None, 1, None, None),
        ("a", Some(0), 1, None, None),
        ("a", None, 0, None, None),
        ("a", None, 1, Some(""), None),
        ("a", None, 1, None, Some((0, Some(0)))),
        ("a", None, 1, None, Some((u64::MAX, None))),
    ] {
        assert!(ImapUrl::message(mailbox, uidvalidity, uid, section, partial).is_err());
    }
    assert!(ImapUrl::messages("a", None, Some(b"")).is_err());
    assert!(ImapUrl::messages("", None, None).is_err());
    assert_eq!(PctEncoded::encode("a/ü").as_str(), "a%2F%C3%BC");
}

#[test]
fn sec_67_the_token_is_not_shown() {
    let text = format!("imap://h@a/b/;UID=2;urlauth=submit+h:internal:{TOKEN}");
    let (url, any) = (url(&text), UrlText::new(text.as_str()).unwrap());
    assert_eq!(format!("{url:?}"), "\"imap://h@a/b/;UID=2;urlauth=submit+h:internal:…\"");
    assert_eq!(format!("{any}"), "imap://h@a/b/;UID=2…");
    for shown in [format!("{:?}", UrlFull::new(url.clone())), format!("{url}{any:?}")] {
        assert!(!shown.contains(TOKEN), "{shown}");
    }
    // Also of what is no URL, for lack of a digit.
    let broken = text.strip_suffix('8').unwrap();
    let any = UrlText::new(broken).unwrap();
    assert!(any.to_imap().is_err() && !format!("{any:?}").contains("91354a"));
    assert_eq!(format!("{:?}", UrlText::new(&b"\xff;x"[..]).unwrap()), "\"…\"");
    assert_eq!(format!("{:?}", ImapUrl::new("/a/;UID=1").unwrap()), "\"/a/;UID=1\"");
}

/// An octet string that says something about encoding.
fn any_name() -> impl Strategy<Value = alloc::string::String> {
    "[a-zA-Z0-9 ;/?:@%.=&\"\\\\\u{e9}]{1,8}"
}

/// A URL of a message, made or signed.
pub(crate) fn any_url() -> impl Strategy<Value = ImapUrl<'static>> {
    let message = (
        any_name(),
        proptest::option::of(1u32..),
        1u32..,
        proptest::option::of(any_name()),
        proptest::option::of((0u64..1 << 63, proptest::option::of(1u64..1 << 63))),
    );
    let server = (proptest::option::of(any_name()), proptest::option::of(any_name()), any::<Option<u16>>());
    (message, server, 0u8..4, any_name()).prop_map(|(message, server, form, fred)| {
        let (mailbox, uidvalidity, uid, section, partial) = message;
        let path = ImapUrl::message(&mailbox, uidvalidity, uid, section.as_deref(), partial).unwrap();
        assert_eq!(path.mailbox().unwrap().to_str().unwrap(), mailbox);
        assert_eq!(path.section().map(|it| it.to_str().unwrap().into_owned()), section);
        assert_eq!((path.uidvalidity(), path.uid(), path.partial()), (uidvalidity, Some(uid), partial));
        if form == 0 {
            return path;
        }
        let (user, auth, port) = server;
        let server = ImapUrl::server(user.as_deref(), auth.as_deref(), "h.example", port).unwrap();
        let url = server.join(&path).unwrap();
        assert_eq!(url.user().map(|it| it.to_str().unwrap().into_owned()), user);
        assert_eq!(url.auth().map(|it| it.to_str().unwrap().into_owned()), auth);
        let access = Access::User(PctEncoded::encode(&fred));
        match url.authorize(Some("2026-03-29T02:03:04Z"), &access) {
            Ok(rump) if form > 1 => {
                assert_eq!(rump.access(), Some(access));
                match form {
                    2 => rump.into_url(),
                    _ => rump.sign(&crate::ext::urlauth::UauthMechanism::INTERNAL, TOKEN).unwrap().into_url(),
                }
            }
            _ => url,
        }
    })
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(url in any_url(), search in any::<Vec<u8>>()) {
        round_trip(&url);
        round_trip(&UrlText::from(url));
        if let Ok(url) = ImapUrl::messages("a", None, Some(&search)) {
            let read = url.search().unwrap();
            prop_assert_eq!(&*read.decode(), &search[..]);
            round_trip(&url);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(imap:)?/{0,2}[ab;@:/%20]{0,6}(;UIDVALIDITY=1)?/?(;UID=[0-2])?/?(;SECTION=[a/])?/?(;PARTIAL=1)?(;URLAUTH=a)?") {
        if let Ok(url) = ImapUrl::new(text) {
            round_trip(&url);
            prop_assert_eq!(url.kind() == UrlKind::Empty, url.as_str().is_empty());
        }
    }
}
