use super::*;
use crate::address::Mailbox;
use crate::ehlo::Extension;
use crate::ext::{
    AltAddress, AuthSender, BodyKind, ByMode, DateTime, DeliverBy, Envid, HoldFor, HoldUntil, Notify,
    OriginalRecipient, Priority, Ret, Rrvs, Submitter, Tracking, VerpDelimiters, Xtext,
};
use crate::testing::{check, check_refused, round_trip};
use alloc::string::String;
use proptest::prelude::*;

type Mail<'a> = Parameters<'a, MailParameter<'a>>;
type Rcpt<'a> = Parameters<'a, RcptParameter<'a>>;

fn mail<const N: usize>(parameters: [MailParameter<'static>; N]) -> Mail<'static> {
    parameters.into_iter().try_fold(Parameters::new(), Parameters::with).unwrap()
}

fn rcpt<const N: usize>(parameters: [RcptParameter<'static>; N]) -> Rcpt<'static> {
    parameters.into_iter().try_fold(Parameters::new(), Parameters::with).unwrap()
}

fn other<'a>(keyword: &'a str, value: Option<&'a str>) -> OtherParameter<'a> {
    OtherParameter::new(keyword, value).unwrap()
}

#[test]
fn no_parameters() {
    assert_eq!((Mail::default().is_empty(), Mail::default().len()), (true, 0));
    assert_eq!((mail([MailParameter::SmtpUtf8]).is_empty(), Mail::default()), (false, Mail::new()));
}

#[test]
fn parameters_of_mail() {
    use MailParameter::{Auth, Body, Envid, Other, Ret, Size, SmtpUtf8};
    let auth = AuthSender::try_from("e+3Dmc2@example.com").unwrap();
    check([
        ("", mail([])),
        (" SIZE=1000", mail([Size(1000)])),
        (" SIZE=0", mail([Size(0)])),
        // Thunderbird's order, and Postfix's.
        (" BODY=8BITMIME SIZE=3592", mail([Body(BodyKind::EightBitMime), Size(3592)])),
        (" SIZE=3592 BODY=8BITMIME", mail([Size(3592), Body(BodyKind::EightBitMime)])),
        (" SMTPUTF8 RET=HDRS", mail([SmtpUtf8, Ret(crate::ext::Ret::Hdrs)])),
        (" ENVID=a+2Bb", mail([Envid(crate::ext::Envid::new("a+b").unwrap())])),
        // Exchange, hMail.
        (" AUTH=<>", mail([Auth(AuthSender::unknown())])),
        (" AUTH=e+3Dmc2@example.com", mail([Auth(auth)])),
        (" XRDST=INBOX X", mail([Other(other("XRDST", Some("INBOX"))), Other(other("X", None))])),
        (" X-A=j\u{f6}", mail([Other(other("X-A", Some("j\u{f6}")))])),
    ]);
}

/// One of each, in a line of its own.
#[test]
fn parameters_of_extensions() {
    let mailbox = Mailbox::parse("a@b").unwrap();
    let time = DateTime::try_from("2030-01-01T00:00:00Z").unwrap();
    let date_time = "2030-01-01T00:00:00Z";
    let delimiters = VerpDelimiters::new(b'+', b'=').ok();
    for (text, parameter, extension) in [
        ("SIZE=1", MailParameter::Size(1), Some(Extension::Size)),
        ("BODY=7BIT", MailParameter::Body(BodyKind::SevenBit), Some(Extension::EightBitMime)),
        ("BODY=BINARYMIME", MailParameter::Body(BodyKind::BinaryMime), Some(Extension::BinaryMime)),
        ("SMTPUTF8", MailParameter::SmtpUtf8, Some(Extension::SmtpUtf8)),
        ("RET=FULL", MailParameter::Ret(Ret::Full), Some(Extension::Dsn)),
        ("ENVID=x", MailParameter::Envid(Envid::new("x").unwrap()), Some(Extension::Dsn)),
        ("AUTH=<>", MailParameter::Auth(AuthSender::unknown()), Some(Extension::Auth)),
        ("REQUIRETLS", MailParameter::RequireTls, Some(Extension::RequireTls)),
        ("SOLICIT=a:B", MailParameter::Solicit("a:B".try_into().unwrap()), Some(Extension::NoSoliciting)),
        ("BY=1;R", MailParameter::By(DeliverBy::new(1, ByMode::Return).unwrap()), Some(Extension::DeliverBy)),
        ("TRANSID=<a@b>", MailParameter::TransId("<a@b>".try_into().unwrap()), Some(Extension::Checkpoint)),
        ("HOLDFOR=9", MailParameter::HoldFor(HoldFor::new(9).unwrap()), Some(Extension::FutureRelease)),
        (
            &["HOLDUNTIL=", date_time].concat(),
            MailParameter::HoldUntil(HoldUntil::new(time).unwrap()),
            Some(Extension::FutureRelease),
        ),
        ("MTRK=abc", MailParameter::Mtrk(Tracking::new("abc").unwrap()), Some(Extension::Mtrk)),
        ("SUBMITTER=a@b", MailParameter::Submitter(Submitter::new(&mailbox)), Some(Extension::Submitter)),
        ("CONPERM", MailParameter::ConPerm, Some(Extension::ConPerm)),
        (
            "ALT-ADDRESS=a@b",
            MailParameter::AltAddress(AltAddress::new(&mailbox).unwrap()),
            Some(Extension::Utf8Smtp),
        ),
        (
            "MT-PRIORITY=-9",
            MailParameter::MtPriority(Priority::new(-9).unwrap()),
            Some(Extension::MtPriority),
        ),
        // Postfix's list servers.
        ("XVERP=+=", MailParameter::Xverp(delimiters), Some(Extension::XVerp)),
        ("XVERP", MailParameter::Xverp(None), Some(Extension::XVerp)),
        ("PRDR", MailParameter::Prdr, Some(Extension::Prdr)),
        ("XRDST=x", MailParameter::Other(other("XRDST", Some("x"))), Some(Extension::XRdst)),
        ("XNONE=x", MailParameter::Other(other("XNONE", Some("x"))), None),
        ("PIPELINING", MailParameter::Other(other("PIPELINING", None)), None),
        ("NOTIFY=NEVER", MailParameter::Other(other("NOTIFY", Some("NEVER"))), None),
    ] {
        check([(text, parameter.clone())]);
        assert_eq!(parameter.extension(), extension, "{text}");
        let line = [" ", text].concat();
        let read: Mail<'_> = wire::exact(line.as_bytes(), Dialect::STRICT).unwrap();
        assert!(read.iter().eq([parameter]), "{text}");
    }
    for (text, parameter, extension) in [
        ("NOTIFY=NEVER", RcptParameter::Notify(Notify::NEVER), Some(Extension::Dsn)),
        ("ORCPT=x;y", RcptParameter::Orcpt("x;y".try_into().unwrap()), Some(Extension::Dsn)),
        ("CONNEG", RcptParameter::ConNeg, Some(Extension::ConNeg)),
        (
            &["RRVS=", date_time].concat(),
            RcptParameter::Rrvs(Rrvs::new(time).unwrap()),
            Some(Extension::Rrvs),
        ),
        (
            "ALT-ADDRESS=a@b",
            RcptParameter::AltAddress(AltAddress::new(&mailbox).unwrap()),
            Some(Extension::Utf8Smtp),
        ),
        ("X", RcptParameter::Other(other("X", None)), None),
        ("SIZE=1", RcptParameter::Other(other("SIZE", Some("1"))), None),
    ] {
        check([(text, parameter.clone())]);
        assert_eq!(parameter.extension(), extension, "{text}");
    }
}

#[test]
fn getters() {
    let line =
        b" SOLICIT=a BY=2;N TRANSID=<a@b> HOLDFOR=3 MTRK=x SUBMITTER=a@b MT-PRIORITY=4 ALT-ADDRESS=c@d \
        XVERP REQUIRETLS CONPERM PRDR AUTH=<> RET=HDRS ENVID=y";
    let read: Mail<'_> = wire::exact(line, Dialect::STRICT).unwrap();
    assert_eq!(read.solicit().map(|value| value.as_str().len()), Some(1));
    assert_eq!(read.by().map(|by| by.seconds()), Some(2));
    assert_eq!(read.trans_id().map(|id| id.as_str().len()), Some(5));
    assert_eq!((read.hold_for(), read.hold_until()), (HoldFor::new(3).ok(), None));
    assert_eq!(read.mtrk(), Tracking::new("x").ok());
    assert_eq!(read.submitter().and_then(|submitter| submitter.mailbox()), Mailbox::parse("a@b").ok());
    assert_eq!(read.alt_address().and_then(|address| address.mailbox()), Mailbox::parse("c@d").ok());
    assert_eq!(read.mt_priority().map(Priority::get), Some(4));
    assert_eq!(read.xverp(), Some(None));
    assert!(read.is_requiretls() && read.is_conperm() && read.is_prdr() && !read.is_smtputf8());
    assert_eq!((read.auth(), read.ret()), (Some(AuthSender::unknown()), Some(Ret::Hdrs)));
    assert_eq!((read.envid(), read.size()), (Envid::new("y").ok(), None));
    let read: Rcpt<'_> =
        wire::exact(b" CONNEG RRVS=2030-01-01T00:00:00Z ALT-ADDRESS=c@d", Dialect::STRICT).unwrap();
    assert!(read.is_conneg() && read.rrvs().is_some() && read.alt_address().is_some());
    assert_eq!((read.notify(), read.orcpt()), (None, None));
}

/// RFC 4865 section 4.2.
#[test]
fn a_message_is_held_for_a_time_or_until_one() {
    check_refused::<Mail<'_>, 2>([
        (" HOLDFOR=1 HOLDUNTIL=2030-01-01T00:00:00Z", 11),
        (" HOLDUNTIL=2030-01-01T00:00:00Z X HOLDFOR=1", 34),
    ]);
    let text = b" HOLDUNTIL=2030-01-01T00:00:00Z HOLDFOR=1";
    let (_, read, _) = wire::lenient::<Mail<'_>>(text, Dialect::TOLERANT).unwrap();
    assert_eq!((read.len(), read.hold_for()), (1, None));
    let mut built = mail([MailParameter::HoldFor(HoldFor::new(1).unwrap())]);
    let until = HoldUntil::new(DateTime::try_from("2030-01-01T00:00:00Z").unwrap()).unwrap();
    assert_eq!(built.push(MailParameter::HoldUntil(until)).unwrap_err().expected, Expected::NoDuplicate);
}

#[test]
fn parameters_of_rcpt() {
    use RcptParameter::{Notify, Orcpt, Other};
    let delay_failure = crate::ext::Notify { delay: true, failure: true, success: false };
    check([
        (" NOTIFY=NEVER", rcpt([Notify(crate::ext::Notify::NEVER)])),
        (" NOTIFY=FAILURE,DELAY", rcpt([Notify(delay_failure)])),
        (" ORCPT=rfc822;a+2Bb@c", rcpt([Orcpt(OriginalRecipient::rfc822("a+b@c").unwrap())])),
        (" X=1", rcpt([Other(other("X", Some("1")))])),
    ]);
}

#[test]
fn case_does_not_count_and_is_kept() {
    let read: Mail<'_> = wire::exact(b" size=1 body=7bit Smtputf8 x=Y", Dialect::STRICT).unwrap();
    assert_eq!((read.size(), read.body(), read.is_smtputf8()), (Some(1), BodyKind::SevenBit, true));
    assert_eq!(read.as_bytes(), b" size=1 body=7bit Smtputf8 x=Y");
    assert_eq!(read.len(), 4);
    let read: Rcpt<'_> = wire::exact(b" notify=delay,FAILURE", Dialect::STRICT).unwrap();
    assert_eq!(read.notify(), Some(Notify { delay: true, failure: true, success: false }));
}

#[test]
fn what_follows_is_left_alone() {
    for (text, left) in [(&b"SIZE=100\r\n"[..], 10), (b" SIZE=100\r\n", 2), (b"\r\n", 2)] {
        let (rest, _) = wire::front::<Mail<'_>>(text, Dialect::STRICT).unwrap();
        assert_eq!(rest.len(), left, "{}", text.escape_ascii());
    }
}

#[test]
fn what_no_parameter_is_is_refused() {
    check_refused::<Mail<'_>, 22>([
        (" ", 1),
        ("  SIZE=1", 1),
        (" SIZE=1 ", 8),
        (" SIZE=1  RET=FULL", 8),
        (" -X=1", 1),
        (" =1", 1),
        (" SIZE", 5),
        (" SIZE=", 6),
        (" SIZE=-1", 6),
        (" SIZE=+1", 6),
        (" SIZE=1k", 7),
        (" SIZE=1\0", 7),
        (" BODY=8BIT", 6),
        (" BODY=7BITX", 10),
        (" SMTPUTF8=1", 9),
        (" RET=NONE", 5),
        (" ENVID=", 7),
        (" ENVID=a+zz", 8),
        (" AUTH=user", 6),
        (" AUTH=", 6),
        (" X=", 3),
        (" X=a=b", 4),
    ]);
    check_refused::<Rcpt<'_>, 8>([
        (" NOTIFY=NEVER,SUCCESS", 13),
        (" NOTIFY=SUCCESS,NEVER", 16),
        (" NOTIFY=", 8),
        (" NOTIFY=SUCCESS,", 16),
        (" ORCPT=a@b", 8),
        (" ORCPT=rfc822;", 7),
        (" ORCPT=;a@b", 7),
        (" ORCPT=rfc822;a=b", 15),
    ]);
    assert!(wire::exact::<Mail<'_>>(b" X=\xff", Dialect::STRICT).is_err());
}

/// What is left unread, for each line that only a leniency accepts.
#[test]
fn bad_values_are_kept_unread() {
    for (text, keyword, value) in [
        (" SIZE", "SIZE", None),
        (" SIZE=", "SIZE", Some("")),
        (" SIZE=-1", "SIZE", Some("-1")),
        (" ENVID=a+zz", "ENVID", Some("a+zz")),
        (" ENVID=a+2", "ENVID", Some("a+2")),
        (" SMTPUTF8=1", "SMTPUTF8", Some("1")),
        (" X=a=b", "X", Some("a=b")),
    ] {
        let dialect = Dialect::STRICT.with_leniency(Leniency::BAD_PARAMETER_VALUE);
        let (_, read, tolerated) = wire::lenient::<Mail<'_>>(text.as_bytes(), dialect).unwrap();
        assert_eq!(tolerated.unwrap().leniency, Leniency::BAD_PARAMETER_VALUE, "{text}");
        assert_eq!(read.as_bytes(), text.as_bytes());
        let parameters: Vec<_> = read.iter().collect();
        let [MailParameter::Other(other)] = &parameters[..] else { panic!("{parameters:?}") };
        assert_eq!((other.keyword(), other.value()), (keyword, value));
        assert_eq!(parameters[0].extension().is_some(), keyword != "X", "{text}");
        assert_eq!(Mail::new().push(parameters[0].clone()).map_err(|error| error.field), Err("parameter"));
    }
}

/// Whoever has to say whether it was offered must not care what its value is.
#[test]
fn an_unread_value_of_rcpt_belongs_to_its_extension() {
    let dialect = Dialect::STRICT.with_leniency(Leniency::BAD_PARAMETER_VALUE);
    for (text, extension) in
        [(" NOTIFY=", Some(Extension::Dsn)), (" RRVS=x", Some(Extension::Rrvs)), (" X=", None)]
    {
        let (_, read, _) = wire::lenient::<Rcpt<'_>>(text.as_bytes(), dialect).unwrap();
        let parameters: Vec<_> = read.iter().collect();
        assert!(matches!(parameters[..], [RcptParameter::Other(_)]), "{parameters:?}");
        assert_eq!(parameters[0].extension(), extension, "{text}");
    }
}

#[test]
fn what_leniencies_accept_becomes_strict() {
    for (text, strict, left, leniency) in [
        ("  SIZE=1", " SIZE=1", 0, Leniency::EXTRA_SPACE),
        (" SIZE=1   RET=FULL", " SIZE=1 RET=FULL", 0, Leniency::EXTRA_SPACE),
        (" SIZE=1 \r\n", " SIZE=1", 3, Leniency::TRAILING_SPACE),
        (" SIZE=1  \t\r\n", " SIZE=1", 5, Leniency::TRAILING_SPACE),
        (" SIZE=1 size=2 X=1", " SIZE=1 X=1", 0, Leniency::DUPLICATE),
        (" X=1 Y=2 x=3", " X=1 Y=2", 0, Leniency::DUPLICATE),
    ] {
        let (rest, read, tolerated) = wire::lenient::<Mail<'_>>(text.as_bytes(), Dialect::TOLERANT).unwrap();
        assert_eq!(tolerated.unwrap().leniency, leniency, "{text}");
        assert_eq!((read.as_bytes(), rest.len()), (strict.as_bytes(), left), "{text}");
        assert!(wire::exact::<Mail<'_>>(text.as_bytes(), Dialect::STRICT).is_err());
    }
}

#[test]
fn sec_28_sizes_beyond_all_numbers() {
    let largest = alloc::format!(" SIZE={}", i64::MAX);
    assert_eq!(
        wire::exact::<Mail<'_>>(largest.as_bytes(), Dialect::STRICT).unwrap().size(),
        Some(i64::MAX.unsigned_abs())
    );
    for size in
        ["9223372036854775808", "18446744073709551616", "99999999999999999999999", "000000000000000000001"]
    {
        let text = alloc::format!(" SIZE={size}");
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            let error = wire::exact::<Mail<'_>>(text.as_bytes(), dialect).unwrap_err();
            assert_eq!(error, ParseError { expected: Expected::SmallerSize, offset: 6 });
            assert!(error.suggested_reply().as_bytes().starts_with(b"552 5.3.4 "));
        }
    }
}

/// For each parameter with a number: the least and the greatest that it takes, and what stands around the number.
#[test]
fn sec_54_numbers_at_their_edges() {
    let edges = [-1_000_000_000i128, -999_999_999, -10, -9, -1, 0, 1, 9, 10, 65_535, 65_536, 999_999_999]
        .into_iter()
        .chain([1_000_000_000, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, 1 << 64, i128::MAX]);
    let is_mail = |text: &str| wire::exact::<Mail<'_>>(text.as_bytes(), Dialect::STRICT).is_ok();
    let is_attribute = |text: &str| wire::exact::<Attribute<'_>>(text.as_bytes(), Dialect::STRICT).is_ok();
    for number in edges {
        let nine = |least: i128| (least..=999_999_999).contains(&number);
        for (before, after, fits) in [
            (" SIZE=", "", (0..1 << 63).contains(&number)),
            (" BY=", ";N", nine(-999_999_999)),
            (" BY=", ";R", nine(1)),
            (" HOLDFOR=", "", nine(1)),
            (" MTRK=x:", "", nine(0)),
            (" MT-PRIORITY=", "", (-9..=9).contains(&number)),
        ] {
            let text = alloc::format!("{before}{number}{after}");
            assert_eq!(is_mail(&text), fits, "{text}");
        }
        for before in ["PORT=", "DESTPORT="] {
            let text = alloc::format!("{before}{number}");
            assert_eq!(is_attribute(&text), (0..=65_535).contains(&number), "{text}");
        }
    }
}

#[test]
fn sec_58_keywords_once_and_no_more_than_32() {
    check_refused::<Mail<'_>, 4>([
        (" SIZE=1 SIZE=1", 8),
        (" SIZE=1 size=2", 8),
        (" X=1 Y x=2", 7),
        (" SMTPUTF8 SMTPUTF8", 10),
    ]);
    let many = |count: usize| (0..count).map(|n| alloc::format!(" X{n}=1")).collect::<String>();
    assert_eq!(wire::exact::<Mail<'_>>(many(32).as_bytes(), Dialect::STRICT).unwrap().iter().count(), 32);
    for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
        let error = wire::exact::<Mail<'_>>(many(33).as_bytes(), dialect).unwrap_err();
        assert_eq!(error.expected, Expected::FewerParameters);
    }
    let mut full = wire::exact::<Mail<'_>>(many(32).as_bytes(), Dialect::STRICT).unwrap().into_owned();
    assert_eq!(full.push(MailParameter::Size(1)).unwrap_err().expected, Expected::FewerParameters);
    let mut one = mail([MailParameter::Size(1)]);
    assert_eq!(one.push(MailParameter::Size(2)).unwrap_err().expected, Expected::NoDuplicate);
}

#[test]
fn other_cannot_pass_for_a_known_one() {
    for (keyword, value) in [("SIZE", Some("1")), ("size", Some("x")), ("SMTPUTF8", None)] {
        let parameter = MailParameter::Other(other(keyword, value));
        assert!(Mail::new().push(parameter.clone()).is_err(), "{parameter:?}");
    }
}

proptest! {
    #[test]
    fn what_can_be_built_can_be_read(
        size in 0..=i64::MAX.unsigned_abs(), envid: String, auth: Vec<u8>, keyword: String, value: String,
    ) {
        let auth = Xtext::new(auth);
        let parameters = [
            Some(MailParameter::Size(size)),
            Envid::new(&envid).ok().map(MailParameter::Envid),
            OtherParameter::new(&keyword, Some(&value)).ok().map(MailParameter::Other),
            AuthSender::try_from(auth.as_str()).ok().map(MailParameter::Auth),
        ];
        let mut built = Mail::new();
        for parameter in parameters.into_iter().flatten() {
            let _ = built.push(parameter);
        }
        prop_assert_eq!(built.size(), Some(size));
        round_trip(&built.into_owned());
    }

    #[test]
    fn whatever_is_read_is_counted(text in "( ?(SIZE|size|X|RET|ENVID|-)(=[0-9+a=]{0,3})?){0,6}\r?") {
        for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
            if let Ok((_, read)) = wire::front::<Mail<'_>>(text.as_bytes(), dialect) {
                prop_assert_eq!(read.iter().count(), read.len());
                let again = wire::front::<Mail<'_>>(read.as_bytes(), dialect).unwrap();
                prop_assert_eq!(again, (&b""[..], read.clone()));
            }
        }
    }
}
