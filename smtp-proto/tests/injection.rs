//! Nothing that a caller puts into a value gets out of its place on the wire: every public constructor that takes text
//! or octets, with every payload, either refuses or makes a value that is read back equal from exactly one message.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::borrow::Cow;

#[path = "common/payloads.rs"]
mod payloads;

use bytes::BytesMut;
use smtp_proto::address::{Domain, ForwardPath, Mailbox, Path, ReversePath};
use smtp_proto::auth::{
    Anonymous, Auth, Credentials, External, Login, Mechanism, OauthBearer, Plain, Secret, XOauth2,
};
use smtp_proto::command::{Hello, Mail, Rcpt, Unknown, Vrfy};
use smtp_proto::ehlo::{Arguments, EhloReply, Keyword, OtherKeyword};
use smtp_proto::ext::{
    AltAddress, Atrn, Attribute, AttributeValue, Attributes, AuthSender, Burl, Envid, Etrn, HoldUntil,
    OriginalRecipient, ServerLimits, Submitter, Tracking, Utf8Address, VerpDelimiters, Xtext,
};
use smtp_proto::parameter::{MailParameter, OtherParameter, RcptParameter};
use smtp_proto::status::{EnhancedCode, ReplyCode};
use smtp_proto::text::Text;
use smtp_proto::{Command, Dialect, Reply};

use self::payloads::payloads;

/// What a constructor made of a payload.
enum Made {
    /// Nothing: it was refused.
    Refused,
    /// This, which reads back as the equal value or does not.
    Wire(Vec<u8>, bool),
}

fn command(command: Command<'_>) -> Made {
    let mut out = BytesMut::new();
    command.encode(&mut out);
    let same = Command::parse(&out, Dialect::STRICT) == Ok((&b""[..], command.clone()));
    let reported = Command::parse_reporting(&out, Dialect::TOLERANT) == Ok((&b""[..], command, None));
    Made::Wire(out.to_vec(), same && reported)
}

fn reply(reply: Reply<'_>) -> Made {
    let mut out = BytesMut::new();
    reply.encode(&mut out);
    let same = Reply::parse(&out, Dialect::STRICT) == Ok((&b""[..], reply.clone()));
    Made::Wire(out.to_vec(), same)
}

fn login(credentials: impl Into<Credentials>) -> Made {
    let credentials = credentials.into();
    let initial_response = credentials.initial_response();
    command(Command::Auth(Auth { mechanism: credentials.mechanism(), initial_response }))
}

fn mail(parameter: MailParameter<'_>) -> Made {
    let mail = Mail::new(ReversePath::Null).with(parameter);
    mail.map_or(Made::Refused, |mail| command(Command::Mail(mail)))
}

fn rcpt(parameter: RcptParameter<'_>) -> Made {
    let rcpt = Rcpt::new(Mailbox::parse("a@b").unwrap()).with(parameter);
    rcpt.map_or(Made::Refused, |rcpt| command(Command::Rcpt(rcpt)))
}

fn ehlo(keyword: Keyword<'_>) -> Made {
    let domain = Domain::parse("a").unwrap();
    let made = EhloReply::new(&domain).with(keyword.clone()).into_reply();
    let same = EhloReply::of(&made).is_some_and(|ehlo| ehlo.keywords().eq([keyword]));
    match reply(made) {
        Made::Wire(wire, reads) => Made::Wire(wire, reads && same),
        Made::Refused => Made::Refused,
    }
}

/// A row is a constructor with the field that the payload goes to, and what is made with it: an `Option` of [`Made`].
/// `|text|` is for constructors that take `&str`: for them, what is not UTF-8 cannot be said.
macro_rules! inventory {
    (@text $payload:ident $text:ident $made:expr) => {
        std::str::from_utf8($payload).ok().and_then(|$text: &str| $made)
    };
    ($($name:literal: $kind:ident $argument:ident => $made:expr;)*) => {
        const INVENTORY: &[(&str, fn(&[u8]) -> Made)] = &[$(($name, |payload: &[u8]| {
            inventory!(@$kind payload $argument $made).unwrap_or(Made::Refused)
        })),*];
    };
    (@octets $payload:ident $octets:ident $made:expr) => {
        Some($payload).and_then(|$octets: &[u8]| $made)
    };
}

inventory! {
    "Domain::parse": text text => Some(command(Command::Ehlo(Domain::parse(text).ok()?.into())));
    "Domain::try_from": text text => Some(command(Command::Helo(Hello::from(Domain::try_from(text).ok()?))));
    "Mailbox::parse": text text => Some(command(Command::Mail(Mail::new(Mailbox::parse(text).ok()?))));
    "Mailbox::try_from": text text => Some(command(Command::Rcpt(Rcpt::new(Mailbox::try_from(text).ok()?))));
    "Mailbox::new, local part": text text => {
        Some(command(Command::Mail(Mail::new(Mailbox::new(text, "example.org").ok()?))))
    };
    "Mailbox::new, domain": text text => Some(command(Command::Rcpt(Rcpt::new(Mailbox::new("a", text).ok()?))));
    "Path::parse": text text => {
        Some(command(Command::Mail(Mail::new(ReversePath::Path(Path::parse(text).ok()?)))))
    };
    "ReversePath::parse": text text => Some(command(Command::Soml(Mail::new(ReversePath::parse(text).ok()?))));
    "ForwardPath::parse": text text => Some(command(Command::Rcpt(Rcpt::new(ForwardPath::parse(text).ok()?))));
    "Text::new in NOOP": octets octets => Some(command(Command::Noop(Some(Text::new(octets).ok()?))));
    "Text::try_from in HELP": text text => Some(command(Command::Help(Some(Text::try_from(text).ok()?))));
    "Text::from_checked": text text => {
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        Some(command(Command::Noop(Some(Text::from_checked(leaked)))))
    };
    "Vrfy::new": octets octets => {
        Some(command(Command::Vrfy(Vrfy::new(Text::new(octets).ok()?, false).ok()?)))
    };
    "Vrfy::new with SMTPUTF8": octets octets => {
        Some(command(Command::Expn(Vrfy::new(Text::new(octets).ok()?, true).ok()?)))
    };
    "Unknown::new, verb": text text => Some(command(Command::Other(Unknown::new(text, None).ok()?)));
    "Unknown::new, arguments": octets octets => {
        Some(command(Command::Other(Unknown::new("X-FROB", Some(Text::new(octets).ok()?)).ok()?)))
    };
    "Mechanism::try_from": text text => {
        let mechanism = Mechanism::try_from(text).ok()?;
        Some(command(Command::Auth(Auth { mechanism, initial_response: None })))
    };
    "Secret::new": octets octets => {
        let initial_response = Some(Secret::new(octets));
        Some(command(Command::Auth(Auth { mechanism: Mechanism::PLAIN, initial_response })))
    };
    "Plain::new, authzid": text text => Some(login(Plain::new(text, "user", "password").ok()?));
    "Plain::new, authcid": text text => Some(login(Plain::new("", text, "password").ok()?));
    "Plain::new, password": octets octets => Some(login(Plain::new("", "user", octets).ok()?));
    "Login::new, user": text text => Some(login(Login::new(text, "password").ok()?));
    "External::new": text text => Some(login(External::new(text).ok()?));
    "Anonymous::new": text text => Some(login(Anonymous::new(text).ok()?));
    "XOauth2::new, user": text text => Some(login(XOauth2::new(text, "token").ok()?));
    "XOauth2::new, token": octets octets => Some(login(XOauth2::new("user", octets).ok()?));
    "OauthBearer::new, authzid": text text => Some(login(OauthBearer::new(text, "token").ok()?));
    "OauthBearer::new, token": octets octets => Some(login(OauthBearer::new("user", octets).ok()?));
    "OauthBearer::at": text text => Some(login(OauthBearer::new("user", "token").ok()?.at(text, 587).ok()?));
    "OtherParameter::new, keyword": text text => {
        Some(mail(MailParameter::Other(OtherParameter::new(text, Some("x")).ok()?)))
    };
    "OtherParameter::new, value": text text => {
        Some(mail(MailParameter::Other(OtherParameter::new("X-A", Some(text)).ok()?)))
    };
    "OtherParameter::new, value, on RCPT": text text => {
        Some(rcpt(RcptParameter::Other(OtherParameter::new("X-A", Some(text)).ok()?)))
    };
    "Xtext::new": octets octets => {
        let xtext = Xtext::new(octets);
        assert_eq!(*xtext.decode(), *octets);
        Some(mail(MailParameter::Other(OtherParameter::new("X-A", Some(xtext.as_str())).ok()?)))
    };
    "Xtext::try_from": text text => {
        let xtext = Xtext::try_from(text).ok()?;
        Some(mail(MailParameter::Other(OtherParameter::new("X-A", Some(xtext.as_str())).ok()?)))
    };
    "Envid::new": text text => Some(mail(MailParameter::Envid(Envid::new(text).ok()?)));
    "AuthSender::new": text text => {
        Some(mail(MailParameter::Auth(AuthSender::new(&Mailbox::new(text, "example.org").ok()?))))
    };
    "AuthSender::try_from": text text => Some(mail(MailParameter::Auth(AuthSender::try_from(text).ok()?)));
    "Submitter::new": text text => {
        Some(mail(MailParameter::Submitter(Submitter::new(&Mailbox::new(text, "example.org").ok()?))))
    };
    "Submitter::try_from": text text => Some(mail(MailParameter::Submitter(text.try_into().ok()?)));
    "AltAddress::new": text text => {
        let mailbox = Mailbox::new(text, "example.org").ok()?;
        Some(rcpt(RcptParameter::AltAddress(AltAddress::new(&mailbox).ok()?)))
    };
    "AltAddress::try_from": text text => Some(mail(MailParameter::AltAddress(text.try_into().ok()?)));
    "SolicitationKeywords::try_from": text text => Some(mail(MailParameter::Solicit(text.try_into().ok()?)));
    "TransId::try_from": text text => Some(mail(MailParameter::TransId(text.try_into().ok()?)));
    "Tracking::new": text text => Some(mail(MailParameter::Mtrk(Tracking::new(text).ok()?)));
    "VerpDelimiters::new": octets octets => {
        let [first, second, ..] = octets else { return None };
        Some(mail(MailParameter::Xverp(Some(VerpDelimiters::new(*first, *second).ok()?))))
    };
    "DateTime::try_from": text text => {
        Some(mail(MailParameter::HoldUntil(HoldUntil::new(text.try_into().ok()?).ok()?)))
    };
    "OriginalRecipient::rfc822": text text => {
        Some(rcpt(RcptParameter::Orcpt(OriginalRecipient::rfc822(text).ok()?)))
    };
    "Utf8Address::new": text text => {
        Some(rcpt(RcptParameter::Orcpt(OriginalRecipient::utf8(&Utf8Address::new(text).ok()?).ok()?)))
    };
    "Utf8Address::ascii": text text => {
        Some(rcpt(RcptParameter::Orcpt(OriginalRecipient::utf8(&Utf8Address::ascii(text).ok()?).ok()?)))
    };
    "Utf8Address::try_from": text text => {
        Some(rcpt(RcptParameter::Orcpt(OriginalRecipient::utf8(&text.try_into().ok()?).ok()?)))
    };
    "OriginalRecipient::try_from": text text => Some(rcpt(RcptParameter::Orcpt(text.try_into().ok()?)));
    "Burl::new": text text => Some(command(Command::Burl(Burl::new(text, true).ok()?)));
    "QueueName::try_from": text text => Some(command(Command::Etrn(Etrn::Queue(text.try_into().ok()?))));
    "Domain in ETRN": text text => Some(command(Command::Etrn(Etrn::Domain(Domain::parse(text).ok()?))));
    "Domain in ATRN": text text => {
        Some(command(Command::Atrn(Atrn::new(&[Domain::parse(text).ok()?]).ok()?)))
    };
    "Atrn::try_from": text text => Some(command(Command::Atrn(text.try_into().ok()?)));
    "AttributeValue::new": text text => {
        let name = Attribute::Name(AttributeValue::new(text).ok()?);
        Some(command(Command::XClient(Attributes::new(name).ok()?)))
    };
    "OtherParameter as an attribute": text text => {
        let other = Attribute::Other(OtherParameter::new("TTL", Some(text)).ok()?);
        Some(command(Command::XForward(Attributes::new(other).ok()?)))
    };
    "SolicitationKeywords in EHLO": text text => Some(ehlo(Keyword::NoSoliciting(Some(text.try_into().ok()?))));
    "BurlOffer::try_from": text text => Some(ehlo(Keyword::Burl(Some(text.try_into().ok()?))));
    "PriorityProfile::try_from": text text => Some(ehlo(Keyword::MtPriority(Some(text.try_into().ok()?))));
    "ServerLimits::new": text text => Some(ehlo(Keyword::Limits(Some(ServerLimits::new(text, 1).ok()?))));
    "ServerLimits::with": text text => {
        Some(ehlo(Keyword::Limits(Some(ServerLimits::new("A", 1).ok()?.with(text, 1).ok()?))))
    };
    "ServerLimits::try_from": text text => Some(ehlo(Keyword::Limits(Some(text.try_into().ok()?))));
    "AttributeNames::try_from": text text => Some(ehlo(Keyword::XClient(Some(text.try_into().ok()?))));
    "Arguments::new": octets octets => Some(ehlo(Keyword::Help(Arguments::new(octets).ok()?)));
    "OtherKeyword::new, keyword": text text => {
        Some(ehlo(Keyword::Other(OtherKeyword::new(text, Arguments::default()).ok()?)))
    };
    "OtherKeyword::new, arguments": octets octets => {
        Some(ehlo(Keyword::Other(OtherKeyword::new("XFOO", Arguments::new(octets).ok()?).ok()?)))
    };
    "Mechanism in EHLO": text text => Some(ehlo(Keyword::Auth([text.try_into().ok()?].into_iter().collect())));
    "EhloReply::with_greeting": octets octets => {
        let domain = Domain::parse("a").ok()?;
        Some(reply(EhloReply::with_greeting(&domain, &Text::new(octets).ok()?).into_reply()))
    };
    "Reply::new": octets octets => Some(reply(Reply::new(ReplyCode::OK, None, Text::new(octets).ok()?)));
    "Reply::new with an enhanced code": octets octets => {
        let enhanced = EnhancedCode::SYNTAX_ERROR;
        Some(reply(Reply::new(ReplyCode::SYNTAX_ERROR, enhanced, Text::new(octets).ok()?)))
    };
    "Reply::multiline": octets octets => {
        let text = Text::new(octets).ok()?;
        Some(reply(Reply::multiline(ReplyCode::OK, None, &[text.clone(), text])))
    };
}

#[test]
fn sec_36_no_constructor_lets_a_payload_out() {
    let payloads = payloads();
    assert_eq!(payloads.len(), 27);
    let (mut made, mut refused) = (0, 0);
    for (name, build) in INVENTORY {
        for payload in &payloads {
            // Alone, and in the middle of what would be taken.
            let inside = [b"a", &payload[..], b"b"].concat();
            let quoted = [b"<\"", &payload[..], b"\"@b>"].concat();
            for payload in [payload, &inside, &quoted] {
                let shown = || Cow::from(payload[..payload.len().min(40)].escape_ascii().to_string());
                let Made::Wire(wire, same) = build(payload) else {
                    refused += 1;
                    continue;
                };
                made += 1;
                assert!(same, "{name}: {} does not read back", shown());
                let is_stray = |(at, octet): (usize, &u8)| match octet {
                    b'\r' => wire.get(at + 1) != Some(&b'\n'),
                    b'\n' => at == 0 || wire[at - 1] != b'\r',
                    _ => *octet == 0,
                };
                assert!(!wire.iter().enumerate().any(is_stray), "{name}: {}", shown());
                let lines = if name.contains("multiline") || wire.starts_with(b"250-a") { 2 } else { 1 };
                assert_eq!(
                    wire.iter().filter(|&&octet| octet == b'\n').count(),
                    lines,
                    "{name}: {}",
                    shown()
                );
            }
        }
    }
    // Were everything refused, nothing would be tested.
    assert!(made > 500 && refused > 500, "{made} made, {refused} refused");
}

#[test]
fn sec_36_a_refusal_says_where() {
    let error = Mailbox::new("user\r\nDATA", "example.org").unwrap_err();
    assert_eq!((error.field, error.offset), ("local part", 4));
    let error = Mailbox::new("user", "example.org\r\nDATA").unwrap_err();
    assert_eq!((error.field, error.offset), ("domain", 11));
    let error = Text::new(&b"ok\r\nQUIT"[..]).unwrap_err();
    assert_eq!((error.field, error.offset), ("text", 2));
    let error = Unknown::new("X\nQUIT", None).unwrap_err();
    assert_eq!((error.field, error.offset), ("verb", 1));
}

/// What has no row is a verb and a text, both validated; no known command comes in through that door.
#[test]
fn sec_37_there_is_no_raw_hatch() {
    for known in ["MAIL", "rcpt", "Data", "STARTTLS", "quit", "AUTH", "EHLO", "NOOP"] {
        assert!(Unknown::new(known, None).is_err(), "{known}");
    }
    for bad in ["", "X Y", "X\r\nQUIT", "X\0", "9X", "-X", "X:", "\u{e9}"] {
        assert!(Unknown::new(bad, None).is_err(), "{bad:?}");
    }
    let arguments = Text::new(&b"a b"[..]).unwrap();
    let Made::Wire(wire, true) = command(Command::Other(Unknown::new("X-FROB", Some(arguments)).unwrap()))
    else {
        panic!("reads back");
    };
    assert_eq!(wire, b"X-FROB a b\r\n");
}

/// Lines of every kind of command.
const LINES: &[&str] = &[
    "EHLO client.example.org",
    "HELO [192.0.2.1]",
    "MAIL FROM:<user@example.org>",
    "MAIL FROM:<\"odd user\"@[IPv6:2001:db8::1]>",
    "RCPT TO:<@a.example:user@example.org>",
    "RCPT TO:<Postmaster>",
    "VRFY user SMTPUTF8",
    "NOOP text",
    "AUTH PLAIN AHUAcA==",
    "XFROB text",
    "DATA",
];

/// What becomes of every line with `octets` put into every place of it, in either dialect.
fn with_octets_anywhere(octets: &[u8], mut judge: impl FnMut(&[u8], Result<Command<'_>, ()>)) {
    for line in LINES {
        for at in 0..=line.len() {
            let (front, back) = line.as_bytes().split_at(at);
            let line = [front, octets, back, b"\r\n"].concat();
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                judge(&line, Command::parse(&line, dialect).map(|(_, command)| command).map_err(drop));
            }
        }
    }
}

#[test]
fn sec_62_nul_is_nowhere() {
    for control in [b"\0", b"\x01", b"\x08", b"\x0b", b"\x1b", b"\x7f"] {
        with_octets_anywhere(control, |line, read| {
            assert!(read.is_err(), "{} is read", line.escape_ascii());
        });
    }
}

#[test]
fn sec_64_what_is_not_utf8_is_no_address() {
    for bad in [&b"\xC0\x80"[..], b"\xED\xA0\x80", b"\xC3", b"\xF4\x90\x80\x80", b"\xFF"] {
        let mut texts = 0;
        with_octets_anywhere(bad, |line, read| match read {
            Err(()) => {}
            Ok(Command::Noop(Some(text))) => {
                texts += 1;
                assert_eq!(text.as_str(), None);
            }
            Ok(Command::Vrfy(vrfy)) => assert!(std::str::from_utf8(vrfy.what()).is_err()),
            Ok(Command::Other(unknown)) => assert_eq!(unknown.arguments().unwrap().as_str(), None),
            Ok(other) => panic!("{} is {other:?}", line.escape_ascii()),
        });
        assert!(texts > 0);
    }
    // And what is, is.
    let mut read = 0;
    with_octets_anywhere("\u{e9}".as_bytes(), |_, command| read += usize::from(command.is_ok()));
    assert!(read > 50, "{read}");
}
