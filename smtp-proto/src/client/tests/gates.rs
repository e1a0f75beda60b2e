use super::*;
use crate::ext::BodyKind;
use crate::parameter::{MailParameter, RcptParameter};
use crate::text::Text;

fn mail_with(parameter: MailParameter<'_>) -> Command<'static> {
    Command::Mail(Mail::new(ReversePath::Null).with(parameter).unwrap()).into_owned()
}

fn rcpt_with(parameter: RcptParameter<'_>) -> Command<'static> {
    let to = ForwardPath::parse("<a@example.net>").unwrap();
    Command::Rcpt(Rcpt::new(to).with(parameter).unwrap()).into_owned()
}

#[test]
fn parameters_need_what_they_belong_to() {
    use crate::ext::{Notify, Ret};
    let not_offered = |extension| Err(NotSent::NotOffered(extension).into());
    for (keyword, extension, parameter) in [
        ("SIZE", Extension::Size, MailParameter::Size(1)),
        ("8BITMIME", Extension::EightBitMime, MailParameter::Body(BodyKind::EightBitMime)),
        ("8BITMIME", Extension::EightBitMime, MailParameter::Body(BodyKind::SevenBit)),
        ("BINARYMIME", Extension::BinaryMime, MailParameter::Body(BodyKind::BinaryMime)),
        ("SMTPUTF8", Extension::SmtpUtf8, MailParameter::SmtpUtf8),
        ("DSN", Extension::Dsn, MailParameter::Ret(Ret::Hdrs)),
    ] {
        let command = mail_with(parameter);
        let mut talk = Talk::plain("");
        assert_eq!(talk.client.send(&command), not_offered(extension));
        assert_eq!(talk.sent(), "");
        assert!(Talk::plain(keyword).client.send(&command).is_ok(), "{keyword}");
    }
    let notify = || rcpt_with(RcptParameter::Notify(Notify::NEVER));
    for (keywords, sent) in [("", false), ("DSN", true)] {
        let mut talk = Talk::plain(keywords);
        talk.client.send(&mail("<>")).unwrap();
        assert_eq!(talk.client.send(&notify()).is_ok(), sent);
    }
    assert_eq!(Talk::plain("").client.start_tls(), not_offered(Extension::StartTls));
    let mut talk = Talk::plain("");
    talk.envelope(1);
    assert_eq!(talk.client.start_body(Transfer::Chunking), not_offered(Extension::Chunking));
}

#[test]
fn sizes() {
    for (keywords, size, sent) in [
        ("SIZE 1000", 1_000, Ok(())),
        ("SIZE 1000", 1_001, Err(NotSent::TooBig { limit: 1_000 }.into())),
        ("SIZE 0", i64::MAX as u64, Ok(())),
        ("SIZE", i64::MAX as u64, Ok(())),
    ] {
        let mut talk = Talk::plain(keywords);
        let command = mail_with(MailParameter::Size(size));
        assert_eq!(talk.client.send(&command).map(|_| ()), sent, "{keywords} {size}");
    }
}

#[test]
fn addresses_beyond_ascii_need_smtputf8() {
    let utf8 = || mail_with(MailParameter::SmtpUtf8);
    let needs = Err(NotSent::NeedsSmtpUtf8.into());
    let mut talk = Talk::plain("SMTPUTF8|8BITMIME|PIPELINING");
    assert_eq!(talk.client.send(&mail("<j\u{f6}s\u{e9}@example.org>")), needs);
    talk.client.send(&mail("<>")).unwrap();
    for to in ["<\u{e9}@example.net>", "<a@ex\u{e4}mple.net>"] {
        assert_eq!(talk.client.send(&rcpt(to)), needs);
    }
    talk.client.send(&Command::Rset).unwrap();
    talk.hear("250 ok\r\n250 ok\r\n");
    talk.client.send(&utf8()).unwrap();
    talk.client.send(&rcpt("<\u{e9}@example.net>")).unwrap();
    assert_eq!(talk.client.start_body(Transfer::Data).map(|_| ()), Ok(()));
    assert!(talk.sent().ends_with("MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<\u{e9}@example.net>\r\nDATA\r\n"));
}

#[test]
fn names_beyond_ascii_need_smtputf8_too() {
    use crate::command::Vrfy;
    let needs = Err(NotSent::NeedsSmtpUtf8.into());
    let vrfy = |smtputf8| Vrfy::new(Text::try_from("j\u{f6}s\u{e9}").unwrap(), smtputf8).unwrap();
    let mut talk = Talk::plain("");
    assert_eq!(talk.client.send(&Command::Vrfy(vrfy(false))), needs);
    assert_eq!(
        talk.client.send(&Command::Expn(vrfy(true))),
        Err(NotSent::NotOffered(Extension::SmtpUtf8).into())
    );
    assert_eq!(talk.client.hello(Domain::parse("ex\u{e4}mple.org").unwrap()), needs);
    let mut talk = Talk::plain("SMTPUTF8");
    talk.client.send(&Command::Vrfy(vrfy(true))).unwrap();
    assert_eq!(talk.sent(), "VRFY j\u{f6}s\u{e9} SMTPUTF8\r\n");
}

#[test]
fn limits_of_the_server() {
    let mut talk = Talk::plain("PIPELINING|LIMITS MAILMAX=2 RCPTMAX=3 RCPTDOMAINMAX=2");
    let send = |talk: &mut Talk, to: &str| talk.client.send(&rcpt(to)).map(|_| ());
    let many_domains = Err(NotSent::TooManyDomains { limit: 2 }.into());
    talk.client.send(&mail("<>")).unwrap();
    assert_eq!(send(&mut talk, "<a@one.example>"), Ok(()));
    assert_eq!(send(&mut talk, "<b@ONE.example>"), Ok(()));
    assert_eq!(send(&mut talk, "<Postmaster>"), Ok(()));
    assert_eq!(send(&mut talk, "<c@one.example>"), Err(NotSent::TooManyRecipients { limit: 3 }.into()));
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.hear("250 ok\r\n".repeat(5)).len(), 5);
    talk.client.send(&mail("<>")).unwrap();
    assert_eq!(send(&mut talk, "<a@two.example>"), Ok(()));
    // RFC 9422 counts the domains of a session, and the recipients of a transaction.
    assert_eq!(send(&mut talk, "<a@three.example>"), many_domains);
    assert_eq!(send(&mut talk, "<a@one.example>"), Ok(()));
    talk.client.send(&Command::Rset).unwrap();
    assert_eq!(talk.hear("250 ok\r\n".repeat(4)).len(), 4);
    assert_eq!(talk.client.send(&mail("<>")), Err(NotSent::TooManyMessages { limit: 2 }.into()));
    assert_eq!(talk.sent().matches("RCPT").count(), 5);
}

#[test]
fn mail_may_need_authentication() {
    let options = Options { requires_authentication: true, allow_plaintext_secrets: true, ..plain() };
    let mut talk = Talk::with(options, "AUTH PLAIN");
    assert_eq!(talk.client.send(&mail("<>")), Err(NotSent::AuthRequired.into()));
    assert!(talk.client.send(&Command::Noop(None)).is_ok());
    talk.hear("250 ok\r\n");
    let credentials = crate::auth::Plain::new("", "u", "p").unwrap();
    talk.client.authenticate(credentials.into()).unwrap();
    talk.hear("235 ok\r\n");
    assert!(talk.client.send(&mail("<>")).is_ok());
}

#[test]
fn commands_of_extensions_need_what_they_belong_to() {
    for (keywords, extension, line) in [
        ("ETRN", Extension::Etrn, "ETRN example.org\r\n"),
        ("ATRN", Extension::Atrn, "ATRN\r\n"),
        ("XCLIENT ADDR", Extension::XClient, "XCLIENT ADDR=IPV6:::1\r\n"),
        ("XFORWARD ADDR", Extension::XForward, "XFORWARD ADDR=192.0.2.1\r\n"),
    ] {
        let (_, command) = Command::parse(line.as_bytes(), Dialect::STRICT).unwrap();
        let mut talk = Talk::plain("");
        assert_eq!(talk.client.send(&command), Err(NotSent::NotOffered(extension).into()));
        assert_eq!(talk.sent(), "");
        let mut talk = Talk::plain(keywords);
        talk.client.send(&command).unwrap();
        assert_eq!(talk.sent(), line);
        let mut talk = Talk::plain(keywords);
        talk.envelope(1);
        assert_eq!(talk.client.send(&command), Err(NotSent::Order(Refusal::InTransaction).into()));
    }
    for (keyword, extension) in
        [("TURN", Extension::Turn), ("VERB", Extension::Verb), ("ONEX", Extension::Onex)]
    {
        let (line, mut talk) = (alloc::format!("{keyword}\r\n"), Talk::plain(""));
        let (_, command) = Command::parse(line.as_bytes(), Dialect::STRICT).unwrap();
        assert_eq!(talk.client.send(&command), Err(NotSent::NotOffered(extension).into()));
        let mut talk = Talk::plain(keyword);
        talk.client.send(&command).unwrap();
        assert_eq!(talk.sent(), line);
    }
    // Its octets come with it.
    let chunk = Command::Bdat(crate::ext::Bdat::new(0, true).unwrap());
    let mut talk = Talk::plain("CHUNKING");
    talk.envelope(1);
    assert_eq!(talk.client.send(&chunk), Err(ApiMisuse::State.into()));
}

#[test]
fn the_reply_to_xclient_is_a_greeting() {
    for (reply, state) in [("220 mx.example.net\r\n", State::Fresh), ("550 no\r\n", State::Ready)] {
        let mut talk = Talk::plain("XCLIENT ADDR|PIPELINING");
        let (_, command) = Command::parse(b"XCLIENT ADDR=192.0.2.1\r\n", Dialect::STRICT).unwrap();
        talk.client.send(&command).unwrap();
        // Nothing is known of the new session.
        assert!(talk.client.send(&mail("<a@example.org>")).is_err());
        talk.hear(reply);
        assert_eq!(talk.client.state(), state);
    }
}

#[test]
fn pieces_that_the_server_fetches() {
    use crate::ext::Burl;
    let piece = |is_last| Command::Burl(Burl::new("imap://h/a", is_last).unwrap());
    let mut talk = Talk::plain("BURL imap|PIPELINING");
    assert_eq!(talk.client.send(&piece(true)), Err(NotSent::Order(Refusal::MailFirst).into()));
    talk.envelope(1);
    talk.client.send(&piece(false)).unwrap();
    talk.client.send(&piece(true)).unwrap();
    assert!(talk.sent().ends_with("BURL imap://h/a\r\nBURL imap://h/a LAST\r\n"));
    let replies = "250 ok\r\n".repeat(4);
    assert_eq!(talk.hear(&replies), ["2:250", "3:250", "4:250", "5:250"]);
    assert_eq!(talk.client.state(), State::Ready);
    let mut talk = Talk::plain("CHUNKING");
    talk.envelope(1);
    assert_eq!(talk.client.send(&piece(true)), Err(NotSent::NotOffered(Extension::Burl).into()));
    // Nor between the client's own chunks, whose octets may not have been sent.
    let mut talk = Talk::plain("BURL imap|CHUNKING|PIPELINING");
    talk.envelope(1);
    talk.client.start_body(Transfer::Chunking).unwrap();
    assert_eq!(talk.client.send(&piece(true)), Err(NotSent::Order(Refusal::Busy).into()));
}

/// RFC 8689 section 4.2.1.
#[test]
fn requiretls_needs_tls() {
    let command = mail_with(MailParameter::RequireTls);
    assert_eq!(Talk::plain("REQUIRETLS").client.send(&command), Err(NotSent::TlsRequired.into()));
    let mut talk = Talk::new(Options { tls: TlsPolicy::Implicit, ..Options::new(Protocol::Smtp) });
    talk.client.tls_established().unwrap();
    talk.hear("220 mx.example.net\r\n");
    talk.hello("REQUIRETLS");
    assert!(talk.client.send(&command).is_ok());
}
