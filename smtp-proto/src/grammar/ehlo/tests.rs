use super::*;
use crate::auth::Mechanism;
use crate::error::Expected;
use crate::ext::{DeliverByOffer, FutureReleaseOffer, HoldFor, HoldUntil, ServerLimits};
use crate::testing::{check, check_refused, encoded_bytes, round_trip};
use crate::text;
use alloc::string::String;
use proptest::prelude::*;

fn other(keyword: &str, arguments: &str) -> Keyword<'static> {
    let arguments = Arguments::new(String::from(arguments).into_bytes()).unwrap();
    Keyword::Other(OtherKeyword::new(String::from(keyword), arguments).unwrap())
}

fn arguments(text: &'static str) -> Arguments<'static> {
    Arguments::new(text.as_bytes()).unwrap()
}

fn mechanisms(names: &[&'static str]) -> Mechanisms<'static> {
    names.iter().map(|&name| Mechanism::try_from(name).unwrap()).collect()
}

/// The reply of a server with these lines behind its domain.
fn ehlo(lines: &[&[u8]]) -> Reply<'static> {
    let mut wire = b"250-mail.example.org\r\n".to_vec();
    for (line, number) in lines.iter().zip(1..) {
        wire.extend_from_slice(if number == lines.len() { b"250 " } else { b"250-" });
        wire.extend_from_slice(line);
        wire.extend_from_slice(b"\r\n");
    }
    Reply::parse(&wire, Dialect::STRICT).unwrap().1.into_owned()
}

fn keywords(reply: &Reply<'_>) -> Vec<Keyword<'static>> {
    EhloReply::of(reply).unwrap().keywords().map(Keyword::into_owned).collect()
}

fn capabilities(lines: &[&[u8]]) -> Capabilities {
    Capabilities::from(&EhloReply::of(&ehlo(lines)).unwrap())
}

#[test]
fn keywords_both_ways() {
    let max_date_time = HoldUntil::new("2030-01-01T00:00:00Z".try_into().unwrap()).unwrap();
    let future = FutureReleaseOffer { max_interval: HoldFor::new(604_800).unwrap(), max_date_time };
    check([
        ("PIPELINING", Keyword::Pipelining),
        ("8BITMIME", Keyword::EightBitMime),
        ("ENHANCEDSTATUSCODES", Keyword::EnhancedStatusCodes),
        ("SIZE", Keyword::Size(SizeLimit::Unstated)),
        ("SIZE 0", Keyword::Size(SizeLimit::Unlimited)),
        ("SIZE 31457280", Keyword::Size(31_457_280.into())),
        ("AUTH", Keyword::Auth(Mechanisms::default())),
        ("AUTH PLAIN LOGIN", Keyword::Auth(mechanisms(&["PLAIN", "LOGIN"]))),
        ("AUTH=PLAIN LOGIN", Keyword::Auth(mechanisms(&["PLAIN", "LOGIN"]).into_legacy())),
        ("AUTH=", Keyword::Auth(Mechanisms::default().into_legacy())),
        ("X-EXPS GSSAPI NTLM", Keyword::XExps(mechanisms(&["GSSAPI", "NTLM"]))),
        ("DELIVERBY 240", Keyword::DeliverBy(DeliverByOffer::new(240).ok())),
        ("BURL imap", Keyword::Burl("imap".try_into().ok())),
        ("HELP see https://example.org/  x", Keyword::Help(arguments("see https://example.org/  x"))),
        ("NO-SOLICITING", Keyword::NoSoliciting(None)),
        ("NO-SOLICITING net.example:ADV", Keyword::NoSoliciting("net.example:ADV".try_into().ok())),
        ("MT-PRIORITY STANAG4406", Keyword::MtPriority("STANAG4406".try_into().ok())),
        ("FUTURERELEASE 604800 2030-01-01T00:00:00Z", Keyword::FutureRelease(Some(future))),
        ("LIMITS RCPTMAX=100", Keyword::Limits(ServerLimits::new("RCPTMAX", 100).ok())),
        ("XCLIENT NAME ADDR", Keyword::XClient("NAME ADDR".try_into().ok())),
        ("XADR", other("XADR", "")),
        ("X_PIPE_CONNECT", other("X_PIPE_CONNECT", "")),
        ("XFOO caf\u{e9} b", other("XFOO", "caf\u{e9} b")),
    ]);
    check_refused::<Line<'_>, 16>([
        ("\r\n", 0),
        (" SIZE\r\n", 0),
        ("-SIZE\r\n", 0),
        ("SIZE \r\n", 4),
        ("SIZE  1\r\n", 5),
        ("SIZE=1\r\n", 4),
        ("SIZE unlimited\r\n", 5),
        ("SIZE 99999999999999999999\r\n", 5),
        ("SIZE 1", 6),
        ("STARTTLS x\r\n", 8),
        ("STARTTLS \r\n", 8),
        ("X.Y\r\n", 1),
        ("AUTH PLAIN,LOGIN\r\n", 5),
        ("AUTH PLAIN \r\n", 10),
        ("XFOO a \r\n", 6),
        ("XFOO \r\n", 4),
    ]);
}

/// The reading of a line on its own.
fn read_line(line: &[u8]) -> (Keyword<'static>, Leniency) {
    let wire = [b"250 ", line, b"\r\n250 next\r\n"].concat();
    let (rest, keyword, tolerated) = read(&wire).unwrap();
    assert_eq!(rest, b"250 next\r\n", "all of the line is read: {}", line.escape_ascii());
    (keyword.into_owned(), tolerated)
}

/// Every keyword, in any case and without arguments, is read to its own name.
#[test]
fn keywords_are_matched_whole_and_in_any_case() {
    for &extension in Extension::ALL {
        for name in [String::from(extension.keyword()), extension.keyword().to_ascii_lowercase()] {
            let (keyword, tolerated) = read_line(name.as_bytes());
            assert_eq!((keyword.extension(), tolerated), (Some(extension), Leniency::NONE), "{name}");
            assert_eq!(Extension::of(name.as_bytes()), Some(extension));
            let longer = alloc::format!("{name}X");
            assert_eq!(read_line(longer.as_bytes()).0.extension(), None, "{longer}");
            assert_eq!(keyword.keyword(), extension.keyword());
            assert_eq!(alloc::format!("{extension}"), extension.keyword());
        }
    }
    assert_eq!(capabilities(&[b"8bitmime", b"Pipelining"]).extensions().count(), 2);
    assert!(!capabilities(&[b"STARTTLSX", b"XSTARTTLS"]).has(Extension::StartTls));
}

/// The readings of lines that are not as the RFC wants them.
#[test]
fn what_servers_announce() {
    let equals = Leniency::EQUALS_AFTER_KEYWORD;
    let bad = Leniency::BAD_PARAMETER_VALUE;
    for (line, expected, tolerated) in [
        (&b"SIZE 10240000 "[..], Keyword::Size(10_240_000.into()), Leniency::TRAILING_SPACE),
        (b"SIZE \t", Keyword::Size(SizeLimit::Unstated), Leniency::TRAILING_SPACE),
        (b"SIZE  1000", Keyword::Size(1_000.into()), Leniency::EXTRA_SPACE),
        (b"SIZE=1000", Keyword::Size(1_000.into()), equals),
        (b"SIZE=", Keyword::Size(SizeLimit::Unstated), equals),
        (b"size=1000 ", Keyword::Size(1_000.into()), equals.union(Leniency::TRAILING_SPACE)),
        (b"SIZE 99999999999999999999", Keyword::Size(u64::MAX.into()), bad),
        (b"SIZE unlimited", Keyword::Invalid(Unreadable::of(b"SIZE unlimited")), bad),
        (b"SIZE -1", Keyword::Invalid(Unreadable::of(b"SIZE -1")), bad),
        (b"STARTTLS ", Keyword::StartTls, Leniency::TRAILING_SPACE),
        (b"STARTTLS REQUIRED", Keyword::Invalid(Unreadable::of(b"STARTTLS REQUIRED")), bad),
        (b"AUTH=LOGIN PLAIN", Keyword::Auth(mechanisms(&["LOGIN", "PLAIN"]).into_legacy()), Leniency::NONE),
        (b"LIMITS=", Keyword::Limits(None), equals),
        (b"DELIVERBY x", Keyword::Invalid(Unreadable::of(b"DELIVERBY x")), bad),
        (
            b"LIMITS RCPTMAX=100 ",
            Keyword::Limits(ServerLimits::new("RCPTMAX", 100).ok()),
            Leniency::TRAILING_SPACE,
        ),
        (b"DELIVERBY=240", Keyword::DeliverBy(DeliverByOffer::new(240).ok()), equals),
        (b"caf\xe9", Keyword::Invalid(Unreadable::of(b"caf\xe9")), bad),
        (b"XFOO=a", other("XFOO", "a"), equals),
        (b"X.FOO a", Keyword::Invalid(Unreadable::of(b"X.FOO a")), bad),
    ] {
        let expected = (expected, tolerated);
        assert_eq!(read_line(line), expected, "{}", line.escape_ascii());
    }
    // A word that is no mechanism name hides no other.
    let (keyword, tolerated) = read_line(b"AUTH  PLAIN A.B LOGIN ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let Keyword::Auth(mechanisms) = keyword else { panic!("{keyword:?}") };
    assert!(mechanisms.iter().eq([Mechanism::PLAIN, Mechanism::LOGIN]));
    assert_eq!(tolerated, Leniency::EXTRA_SPACE.union(bad));
}

#[test]
fn mechanisms_are_whole_words_and_merged() {
    let gmail = capabilities(&[b"AUTH PLAIN LOGIN PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH"]);
    let names = ["PLAIN", "LOGIN", "OAUTHBEARER", "PLAIN-CLIENTTOKEN", "XOAUTH"];
    assert!(gmail.mechanisms().eq(names.map(|name| Mechanism::try_from(name).unwrap())));
    assert!(!gmail.has_mechanism(&Mechanism::XOAUTH2));
    assert!(gmail.has_mechanism(&Mechanism::try_from("xoauth").unwrap()));

    let both = capabilities(&[b"AUTH=LOGIN PLAIN XA", b"AUTH PLAIN NTLM XA XB"]);
    let names = ["PLAIN", "LOGIN", "NTLM", "XA", "XB"];
    assert!(both.mechanisms().eq(names.map(|name| Mechanism::try_from(name).unwrap())));
    assert_eq!(both.tolerated(), Leniency::EQUALS_AFTER_KEYWORD.union(Leniency::DUPLICATE));
    assert_eq!(capabilities(&[b"AUTH=LOGIN"]).tolerated(), Leniency::EQUALS_AFTER_KEYWORD);
    // What servers have among themselves is no AUTH.
    assert_eq!(capabilities(&[b"X-EXPS NTLM"]).mechanisms().count(), 0);
}

#[test]
fn capabilities_of_a_server() {
    let usual = capabilities(&[
        b"PIPELINING",
        b"SIZE 31457280",
        b"ETRN",
        b"STARTTLS",
        b"AUTH PLAIN LOGIN",
        b"ENHANCEDSTATUSCODES",
        b"8BITMIME",
        b"DSN",
        b"SMTPUTF8",
        b"CHUNKING",
        b"XADR",
    ]);
    assert_eq!(usual.extensions().count(), 10);
    assert_eq!((usual.size(), usual.tolerated()), (Some(31_457_280), Leniency::NONE));
    assert!(usual.has(Extension::Chunking) && !usual.has(Extension::BinaryMime));
    assert!(size_of::<Capabilities>() <= 200);

    // SMTPUTF8 includes 8BITMIME.
    assert!(capabilities(&[b"SMTPUTF8"]).has(Extension::EightBitMime));
    assert!(!capabilities(&[b"UTF8SMTP"]).has(Extension::SmtpUtf8));
    // Of several, the smallest; no limit is no number.
    for (lines, size) in [
        (&[&b"SIZE 100"[..], b"SIZE 50", b"SIZE 70"][..], Some(50)),
        (&[b"SIZE 0", b"SIZE 100"], Some(100)),
        (&[b"SIZE", b"SIZE 0"], None),
        (&[b"SIZE unlimited"], None),
        (&[b"SIZE unlimited", b"SIZE 9"], Some(9)),
    ] {
        let capabilities = capabilities(lines);
        assert!(capabilities.has(Extension::Size));
        assert_eq!(capabilities.size(), size);
        assert_eq!(capabilities.tolerated().contains(Leniency::DUPLICATE), lines.len() > 1);
    }
    assert_eq!(capabilities(&[b"CHUNKING", b"CHUNKING"]).tolerated(), Leniency::DUPLICATE);
    // The first one counts, and a limit that cannot be read is not there.
    let limited = capabilities(&[
        b"LIMITS MAILMAX=1000 RCPTMAX=50000 RCPTDOMAINMAX=none X=1",
        b"LIMITS RCPTMAX=1 RCPTDOMAINMAX=1",
        b"DELIVERBY 240",
        b"FUTURERELEASE 604800 2030-01-01T00:00:00Z",
    ]);
    assert_eq!(
        (limited.mail_max(), limited.rcpt_max(), limited.rcpt_domain_max()),
        (Some(1_000), Some(50_000), None)
    );
    assert_eq!(limited.deliver_by_min_seconds(), Some(240));
    assert_eq!(limited.future_release().map(|offer| offer.max_interval), HoldFor::new(604_800).ok());
    assert_eq!(limited.tolerated(), Leniency::DUPLICATE);
    // An unreadable argument takes no extension away.
    let odd = capabilities(&[b"STARTTLS REQUIRED", b"SIZE unlimited"]);
    assert!(odd.has(Extension::StartTls) && odd.has(Extension::Size));
    assert_eq!(odd.tolerated(), Leniency::BAD_PARAMETER_VALUE);
}

#[test]
fn sec_58_a_reply_has_no_more_than_256_keywords() {
    let many: Vec<Vec<u8>> = (0..300).map(|n| alloc::format!("XN{n}").into_bytes()).collect();
    let mut lines: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    lines.push(b"STARTTLS");
    let reply = ehlo(&lines);
    assert_eq!(keywords(&reply).len(), EhloReply::MAX_KEYWORDS);
    assert!(!capabilities(&lines).has(Extension::StartTls));
}

#[test]
fn first_lines() {
    for (wire, domain, greeting) in [
        (&b"250 mail.example.org\r\n"[..], Some("mail.example.org"), &b""[..]),
        (
            b"250-mail.example.org at your service\r\n250 SIZE\r\n",
            Some("mail.example.org"),
            b"at your service",
        ),
        (b"250-[192.0.2.1] hello\r\n250 SIZE\r\n", Some("[192.0.2.1]"), b"hello"),
        (b"250-my_host hello\r\n250 SIZE\r\n", None, b"my_host hello"),
        (b"250-\r\n250 SIZE\r\n", None, b""),
        (b"250-\r\n250-\r\n250-SIZE\r\n250\r\n", None, b""),
        (b"250\r\n", None, b""),
        (b"251-mail.example.org x\r\n251 SIZE\r\n", Some("mail.example.org"), b"x"),
    ] {
        let (_, reply) = Reply::parse(wire, Dialect::STRICT).unwrap();
        let ehlo = EhloReply::of(&reply).unwrap();
        assert_eq!(ehlo.domain().as_ref().map(Domain::as_str), domain, "{}", wire.escape_ascii());
        assert_eq!(ehlo.greeting(), greeting);
        let size = Keyword::Size(SizeLimit::Unstated);
        assert!(ehlo.keywords().all(|keyword| keyword == size));
        assert_eq!(ehlo.keywords().count(), usize::from(wire.windows(4).any(|part| part == b"SIZE")));
        // What is added comes last, whatever the last line was.
        let added = ehlo.clone().with(Keyword::Chunking).into_reply();
        let mut expected = keywords(&reply);
        expected.push(Keyword::Chunking);
        assert_eq!(keywords(&added), expected);
        assert!(matches!(Reply::parse(added.as_bytes(), Dialect::STRICT), Ok(([], same)) if same == added));
        let first = ehlo.retain(|_| false).into_reply();
        assert!(matches!(Reply::parse(first.as_bytes(), Dialect::STRICT), Ok(([], same)) if same == first));
        assert_eq!(first.code(), reply.code());
        assert_eq!(ehlo.retain(|_| true).into_reply().text(), reply.text());
        assert_eq!(ehlo.into_reply(), reply);
    }
    assert_eq!(EhloReply::of(&Reply::new(ReplyCode::BAD_SEQUENCE, None, text!("no"))), None);
}

#[test]
fn replies_are_built_to_fit() {
    let domain = ["a", "b", "c"].map(|label| label.repeat(63)).join(".") + "." + &"d".repeat(63);
    let domain = Domain::parse(&domain).unwrap();
    let greeting = Text::new(alloc::vec![b'x'; Text::MAX]).unwrap();
    let many: Mechanisms<'_> = core::iter::repeat_n(Mechanism::SCRAM_SHA_256_PLUS, 200).collect();
    let long = Arguments::new(alloc::vec![b'x'; Arguments::MAX]).unwrap();
    let keyword = OtherKeyword::new("K".repeat(64), long.clone()).unwrap();
    let reply = EhloReply::with_greeting(&domain, &greeting)
        .with(Keyword::Auth(many))
        .with(Keyword::Help(long))
        .with(Keyword::Other(keyword))
        .into_reply();
    assert!(matches!(Reply::parse(reply.as_bytes(), Dialect::STRICT), Ok(([], same)) if same == reply));
    assert_eq!(EhloReply::of(&reply).unwrap().domain(), Some(domain));
}

#[test]
fn arguments_are_words() {
    let reply = ehlo(&[b"X-FOO  a=1\tb  c ", b"X-BAR", b"SIZE -1", b"X-BAR.9 \xff"]);
    let [Keyword::Other(foo), Keyword::Other(bar), Keyword::Invalid(size), Keyword::Invalid(none)] =
        &keywords(&reply)[..]
    else {
        panic!("{reply:?}")
    };
    assert_eq!((foo.keyword(), foo.arguments().as_bytes()), ("X-FOO", &b"a=1\tb  c"[..]));
    assert_eq!(foo.arguments().words().collect::<Vec<_>>(), [b"a=1", &b"b"[..], b"c"]);
    assert!(!foo.arguments().is_empty() && bar.arguments().is_empty());
    assert_eq!((bar.keyword(), bar.arguments().words().count()), ("X-BAR", 0));
    assert_eq!((size.as_bytes(), size.keyword()), (&b"SIZE -1"[..], "SIZE"));
    assert_eq!((none.as_bytes(), none.keyword()), (&b"X-BAR.9 \xff"[..], ""));
    assert_eq!(reply_keywords(&reply), ["X-FOO", "X-BAR", "SIZE", ""]);
    // A proxy passes on what it cannot read.
    let passed =
        EhloReply::new(&Domain::parse("mx").unwrap()).with(Keyword::Invalid(size.clone())).into_reply();
    assert_eq!(passed.as_bytes(), b"250-mx\r\n250 SIZE -1\r\n");
}

fn reply_keywords(reply: &Reply<'_>) -> Vec<String> {
    EhloReply::of(reply).unwrap().keywords().map(|keyword| keyword.keyword().into()).collect()
}

#[test]
fn what_is_shown_is_printable() {
    let reply = ehlo(&[b"PIPELINING", b"SIZE \xff"]);
    let shown = alloc::format!("{:?}", EhloReply::of(&reply).unwrap());
    assert_eq!(
        shown,
        "EhloReply(250 \"mail.example.org\" [Pipelining, Invalid(Unreadable(\"SIZE \\xff\"))])"
    );
}

#[test]
fn sec_41_no_line_in_a_keyword() {
    for text in ["a\r\n250 STARTTLS", "a\nb", "\0", " a", "a ", "\ta"] {
        assert!(Arguments::new(text.as_bytes()).is_err(), "{text:?}");
    }
    for keyword in ["", "A B", "A\r\n250 B", "-A", "A=B", "caf\u{e9}", "SIZE", "starttls", &"K".repeat(65)] {
        assert!(OtherKeyword::new(keyword, Arguments::default()).is_err(), "{keyword:?}");
    }
    assert_eq!(Arguments::new(alloc::vec![b'x'; 1_901]).unwrap_err().expected, Expected::Shorter);
}

fn any_keyword() -> impl Strategy<Value = Keyword<'static>> {
    let any_arguments =
        || "([!-~é]([ -~\té]{0,20}[!-~é])?)?".prop_map(|text| Arguments::new(text.into_bytes()).unwrap());
    let any_mechanisms = proptest::collection::vec("[A-Za-z0-9_-]{1,20}", 0..6).prop_map(|names| {
        names.iter().map(|name| Mechanism::try_from(name.as_str()).unwrap()).collect::<Mechanisms<'_>>()
    });
    prop_oneof![
        Just(Keyword::StartTls),
        any::<u64>().prop_map(|octets| Keyword::Size(octets.into())),
        (any_mechanisms, any::<bool>())
            .prop_map(|(names, legacy)| { Keyword::Auth(if legacy { names.into_legacy() } else { names }) }),
        any_arguments().prop_map(Keyword::XExchangeAuth),
        ("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", any_arguments())
            .prop_filter_map("no row", |(keyword, arguments)| OtherKeyword::new(keyword, arguments).ok())
            .prop_map(Keyword::Other),
    ]
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(announced in proptest::collection::vec(any_keyword(), 0..6)) {
        announced.iter().for_each(round_trip);
        let ehlo = EhloReply::new(&Domain::parse("mail.example.org").unwrap());
        let ehlo = announced.iter().cloned().fold(ehlo, EhloReply::with);
        let reply = ehlo.clone().into_reply();
        prop_assert_eq!(keywords(&reply), announced);
        prop_assert!(matches!(Reply::parse(reply.as_bytes(), Dialect::STRICT), Ok(([], same)) if same == reply));
        prop_assert_eq!(Capabilities::from(&ehlo), Capabilities::from(&EhloReply::of(&reply).unwrap()));
    }

    #[test]
    fn whatever_comes_is_read_and_comes_out_readable(
        line in "(SIZE|AUTH|STARTTLS|X-Y|HELP|é)?[ =\t]{0,2}([0-9]{0,22}|[ -~é]{0,9})[ \t]{0,2}",
    ) {
        let (keyword, _) = read_line(line.as_bytes());
        let again = encoded_bytes(&keyword);
        let (read_again, tolerated) = read_line(&again);
        prop_assert_eq!(&read_again, &keyword);
        // Only what could not be read, and words that are no mechanisms, stay as they came.
        let kept = matches!(keyword, Keyword::Invalid(_) | Keyword::Auth(_));
        prop_assert!(kept || tolerated.is_empty(), "{:?}", tolerated);
    }
}
