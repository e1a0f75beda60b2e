//! Parameters of MAIL and RCPT ([RFC 5321 section 4.1.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2)).

mod other;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use bytes::BytesMut;

pub use self::other::OtherParameter;
pub(crate) use self::other::{Argument, before, keyword, utf8};
use crate::error::{Expected, ParseError, ValueError};
use crate::ext::{AuthSender, BodyKind, Envid, Notify, OriginalRecipient, Ret};
use crate::options::{Dialect, Leniency};
use crate::registry::Rows;
pub use crate::registry::{MailParameter, RcptParameter};
use crate::text::{CLASS, KEYWORD, Shown};
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer, run};

/// See [`Parameters::MAX`].
const MAX: usize = 32;

/// The parameters of MAIL (`P` is [`MailParameter`]) or RCPT (`P` is [`RcptParameter`]), each keyword once.
///
/// `MAIL FROM:<a@example.org> SIZE=500000 BODY=8BITMIME`
///
/// Kept as they came, in order, case and spelling, known or not; reading them allocates nothing. At most
/// [`MAX`](Self::MAX).
///
/// ```
/// use smtp_proto::{ext::BodyKind, parameter::{MailParameter, Parameters}};
///
/// let parameters = Parameters::new().with(MailParameter::Size(500_000))?.with(MailParameter::SmtpUtf8)?;
/// assert_eq!(parameters.as_bytes(), b" SIZE=500000 SMTPUTF8");
/// assert_eq!(parameters.size(), Some(500_000));
/// assert_eq!(parameters.body(), BodyKind::SevenBit);
/// # Ok::<(), smtp_proto::ValueError>(())
/// ```
///
/// What [`Leniency::BAD_PARAMETER_VALUE`] let through is kept unread: it comes out of [`iter`](Self::iter) as `Other`
/// with a known keyword, and the getters do not see it. Of what [`Leniency::DUPLICATE`] let through, the first is
/// kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Parameters<'a, P> {
    /// Each behind a space.
    wire: Cow<'a, [u8]>,
    of: PhantomData<P>,
}

impl<'a, P> Parameters<'a, P> {
    /// How many there may be: as many as there are registered, and some more.
    pub const MAX: usize = MAX;

    /// None.
    pub const fn new() -> Self {
        Self { wire: Cow::Borrowed(&[]), of: PhantomData }
    }

    /// The wire text: each behind a space.
    pub fn as_bytes(&self) -> &[u8] {
        &self.wire
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        memchr::memchr_iter(b' ', &self.wire).count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.wire.is_empty()
    }

    /// Whether they can be sent without SMTPUTF8, as far as their octets go.
    pub fn is_ascii(&self) -> bool {
        self.wire.is_ascii()
    }

    fn borrowed(wire: &'a [u8]) -> Self {
        Self { wire: Cow::Borrowed(wire), of: PhantomData }
    }
}

impl<P> Default for Parameters<'_, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: IntoOwned> IntoOwned for Parameters<'_, P> {
    type Static = Parameters<'static, P::Static>;

    fn into_owned(self) -> Self::Static {
        Parameters { wire: IntoOwned::into_owned(self.wire), of: PhantomData }
    }
}

/// What depends on whose parameters they are.
macro_rules! parameters_of {
    ($parameter:ident) => {
        impl<'a> Parameters<'a, $parameter<'a>> {
            /// The parameters, in order.
            pub fn iter(&self) -> impl Iterator<Item = $parameter<'_>> {
                items(&self.wire)
            }

            /// The same parameters, borrowing from nothing.
            pub fn into_owned(self) -> Parameters<'static, $parameter<'static>> {
                IntoOwned::into_owned(self)
            }
        }

        impl<'a> Parameter<'a> for $parameter<'a> {
            fn unread(parameter: OtherParameter<'a>) -> Self {
                Self::Other(parameter)
            }

            fn is(&self, text: &[u8]) -> Result<bool, ParseError> {
                Ok(wire::exact::<$parameter<'_>>(text, Dialect::STRICT)? == *self)
            }
        }
    };
}

parameters_of!(MailParameter);
parameters_of!(RcptParameter);

/// A getter is a row; it finds its parameter anew each time.
macro_rules! getters {
    ($parameter:ident { $($(#[$meta:meta])* $getter:ident: $variant:ident($type:ty);)* }) => {
        impl<'a> Parameters<'a, $parameter<'a>> {
            $($(#[$meta])* pub fn $getter(&self) -> Option<$type> {
                self.iter().find_map(|parameter| match parameter {
                    $parameter::$variant(value) => Some(value),
                    _ => None,
                })
            })*
        }
    };
}

getters! {
    MailParameter {
        /// SIZE: about how many octets the message has (RFC 1870).
        size: Size(u64);
        /// RET: how much of the message a report of its failure returns (RFC 3461).
        ret: Ret(Ret);
        /// ENVID: what the sender calls the message (RFC 3461).
        envid: Envid(Envid<'_>);
        /// AUTH: who submitted the message, as the client says (RFC 4954).
        auth: Auth(AuthSender<'_>);
    }
}

getters! {
    RcptParameter {
        /// NOTIFY: what to report (RFC 3461).
        notify: Notify(Notify);
        /// ORCPT: whom the sender wrote to (RFC 3461).
        orcpt: Orcpt(OriginalRecipient<'_>);
    }
}

impl<'a> Parameters<'a, MailParameter<'a>> {
    /// BODY: which octets the message is made of (RFC 6152, RFC 3030); without it, 7BIT.
    pub fn body(&self) -> BodyKind {
        let body = self.iter().find_map(|parameter| match parameter {
            MailParameter::Body(body) => Some(body),
            _ => None,
        });
        body.unwrap_or_default()
    }

    /// Whether SMTPUTF8 is there (RFC 6531).
    pub fn is_smtputf8(&self) -> bool {
        self.iter().any(|parameter| parameter == MailParameter::SmtpUtf8)
    }
}

/// A parameter of either command.
pub(crate) trait Parameter<'a>: Wire<'a> + Rows<'a> {
    /// What was kept without looking at its value.
    fn unread(parameter: OtherParameter<'a>) -> Self;

    /// Whether `text` is read as this one.
    fn is(&self, text: &[u8]) -> Result<bool, ParseError>;
}

#[allow(private_bounds)] // sealed: there are two kinds of parameters, both here
impl<'a, P: Parameter<'a>> Parameters<'a, P> {
    /// Appends one.
    ///
    /// # Errors
    /// Its keyword is there already, there are [`MAX`](Self::MAX), or it is an `Other` that would be read as
    /// something else: with a known keyword.
    pub fn push(&mut self, parameter: P) -> Result<(), ValueError> {
        let mut text = BytesMut::new();
        parameter.encode(&mut Writer::new(&mut text));
        let refused = match parameter.is(&text) {
            Ok(true) if has_keyword(&self.wire, keyword_of(&text)) => Expected::NoDuplicate,
            Ok(true) if self.len() >= MAX => Expected::FewerParameters,
            Ok(true) => {
                let wire = self.wire.to_mut();
                wire.push(b' ');
                wire.extend_from_slice(&text);
                return Ok(());
            }
            Ok(false) => Expected::ParameterValue,
            Err(error) => error.expected,
        };
        Err(ValueError { field: "parameter", expected: refused, offset: 0 })
    }

    /// The same and one more.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn with(mut self, parameter: P) -> Result<Self, ValueError> {
        self.push(parameter)?;
        Ok(self)
    }
}

/// ```abnf
/// Mail-parameters = esmtp-param *(SP esmtp-param)
/// Rcpt-parameters = esmtp-param *(SP esmtp-param)
/// ```
///
/// With the space before the first; nothing is no parameters.
impl<'a, P: Parameter<'a>> Wire<'a> for Parameters<'a, P> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let strict = strictly(input, cx);
        if strict.is_err() && !cx.dialect.leniency.is_empty() {
            return tolerantly(input, cx);
        }
        strict
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.wire);
    }
}

#[inline]
fn strictly<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, Parameters<'a, P>> {
    let mut rest = input;
    let mut rows = 0u64;
    let mut count = 0usize;
    while let [b' ', at @ ..] = rest {
        let (after, row) = P::row(at, cx)?;
        if !is_end(after) {
            return Fail::at(after, Expected::ParameterValue);
        }
        let fresh = match row {
            Some(row) => {
                const { assert!(P::ROWS <= 64, "a bit for each row") };
                let before = rows;
                rows |= 1u64.wrapping_shl(row);
                rows != before
            }
            None => !has_keyword(before(input, rest), keyword_of(at)),
        };
        if !fresh {
            return Fail::at(at, Expected::NoDuplicate);
        }
        if count == MAX {
            return Fail::at(at, Expected::FewerParameters);
        }
        count = count.saturating_add(1);
        rest = after;
    }
    Ok((rest, Parameters::borrowed(before(input, rest))))
}

/// Reads what leniencies let through; what can be put into the strict form is.
#[cold]
fn tolerantly<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, Parameters<'a, P>> {
    let mut wire = Vec::new();
    let mut rest = input;
    let mut count = 0usize;
    while let [b' ', second @ ..] = rest {
        let at = behind_spaces(second);
        if matches!(at, [] | [b'\r' | b'\n' | b'\t', ..]) && cx.tolerates(Leniency::TRAILING_SPACE) {
            // The command deals with it.
            break;
        }
        if at.len() != second.len() && !cx.tolerates(Leniency::EXTRA_SPACE) {
            return Fail::at(second, Expected::NoSpace);
        }
        let after = match one::<P>(at, cx) {
            Ok((after, _)) => after,
            Err(error) => loose(at, cx).ok_or(error)?.0,
        };
        rest = after;
        if has_keyword(&wire, keyword_of(at)) {
            if cx.tolerates(Leniency::DUPLICATE) {
                continue;
            }
            return Fail::at(at, Expected::NoDuplicate);
        }
        if count == MAX {
            return Fail::at(at, Expected::FewerParameters);
        }
        count = count.saturating_add(1);
        wire.push(b' ');
        wire.extend_from_slice(before(at, after));
    }
    let text = before(input, rest);
    let wire = if wire == text { Cow::Borrowed(text) } else { Cow::Owned(wire) };
    Ok((rest, Parameters { wire, of: PhantomData }))
}
/// One parameter, and what stands behind it.
#[inline]
fn one<'a, P: Parameter<'a>>(input: &'a [u8], cx: Cx) -> Parsed<'a, P> {
    let (rest, parameter) = P::parse(input, cx)?;
    if is_end(rest) { Ok((rest, parameter)) } else { Fail::at(rest, Expected::ParameterValue) }
}

/// Whether a parameter may end here.
#[inline]
fn is_end(rest: &[u8]) -> bool {
    matches!(rest, [] | [b' ' | b'\r' | b'\n' | b'\t', ..])
}

/// One parameter that is kept unread.
fn loose(input: &[u8], cx: Cx) -> Option<(&[u8], OtherParameter<'_>)> {
    // A size beyond all numbers is too big, not badly spelled.
    let too_big = matches!(
        one::<MailParameter<'_>>(input, cx),
        Err(nom::Err::Error(Fail { expected: Expected::SmallerSize, .. }))
    );
    if too_big || !cx.tolerates(Leniency::BAD_PARAMETER_VALUE) {
        return None;
    }
    OtherParameter::parse_unread(input).ok()
}

/// The parameters of `wire`, which were read once.
fn items<'a, P: Parameter<'a>>(wire: &'a [u8]) -> impl Iterator<Item = P> {
    texts(wire).filter_map(|text| {
        let read = wire::exact(text, Dialect::STRICT).ok();
        // What does not read was kept unread.
        read.or_else(|| OtherParameter::parse_unread(text).ok().map(|(_, other)| P::unread(other)))
    })
}

/// The text of each parameter. None holds a space.
fn texts(wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = wire;
    core::iter::from_fn(move || {
        let text = rest.strip_prefix(b" ")?;
        let end = memchr::memchr(b' ', text).unwrap_or(text.len());
        let (text, after) = text.split_at_checked(end)?;
        rest = after;
        Some(text)
    })
}

fn has_keyword(wire: &[u8], keyword: &[u8]) -> bool {
    texts(wire).any(|text| keyword_of(text).eq_ignore_ascii_case(keyword))
}

impl<P> fmt::Debug for Parameters<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(texts(&self.wire).map(Shown)).finish()
    }
}

fn keyword_of(text: &[u8]) -> &[u8] {
    run(text, &CLASS, KEYWORD).0
}

fn behind_spaces(input: &[u8]) -> &[u8] {
    let spaces = input.iter().take_while(|&&octet| octet == b' ').count();
    input.get(spaces..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ext::Xtext;
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
            assert_eq!(
                Mail::new().push(parameters[0].clone()).map_err(|error| error.field),
                Err("parameter")
            );
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
            let (rest, read, tolerated) =
                wire::lenient::<Mail<'_>>(text.as_bytes(), Dialect::TOLERANT).unwrap();
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
        for size in [
            "9223372036854775808",
            "18446744073709551616",
            "99999999999999999999999",
            "000000000000000000001",
        ] {
            let text = alloc::format!(" SIZE={size}");
            for dialect in [Dialect::STRICT, Dialect::TOLERANT] {
                let error = wire::exact::<Mail<'_>>(text.as_bytes(), dialect).unwrap_err();
                assert_eq!(error, ParseError { expected: Expected::SmallerSize, offset: 6 });
                assert!(error.suggested_reply().as_bytes().starts_with(b"552 5.3.4 "));
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
}
