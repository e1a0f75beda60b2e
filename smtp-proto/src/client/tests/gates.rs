use super::*;
use crate::ext::BodyKind;
use crate::parameter::{MailParameter, RcptParameter};

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
    talk.client.send(&utf8()).unwrap();
    talk.client.send(&rcpt("<\u{e9}@example.net>")).unwrap();
    assert_eq!(talk.client.start_body(Transfer::Data).map(|_| ()), Ok(()));
    assert!(talk.sent().ends_with("MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<\u{e9}@example.net>\r\nDATA\r\n"));
}

#[test]
fn mail_may_need_authentication() {
    let options = Options { require_auth: true, allow_plaintext_secrets: true, ..plain() };
    let mut talk = Talk::with(options, "AUTH PLAIN");
    assert_eq!(talk.client.send(&mail("<>")), Err(NotSent::AuthRequired.into()));
    assert!(talk.client.send(&Command::Noop(None)).is_ok());
    talk.hear("250 ok\r\n");
    let credentials = crate::auth::Plain::new("", "u", "p").unwrap();
    talk.client.authenticate(credentials.into()).unwrap();
    talk.hear("235 ok\r\n");
    assert!(talk.client.send(&mail("<>")).is_ok());
}
