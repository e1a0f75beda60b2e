//! Every keyword the crate knows, one row each. Adding an extension means adding rows here.

use core::net::IpAddr;

use crate::auth::Auth;
use crate::command::{self, Unknown};
use crate::ehlo::{self, Arguments, Mechanisms, OtherKeyword, SizeLimit, Unreadable, keyword};
use crate::ext::{
    AltAddress, Atrn, AttributeNames, AttributeValue, Attributes, AuthSender, Bdat, BodyKind, Burl,
    BurlOffer, DeliverBy, DeliverByOffer, Envid, Etrn, FutureReleaseOffer, HoldFor, HoldUntil, Notify,
    OriginalRecipient, Priority, PriorityProfile, Ret, Rrvs, ServerLimits, SolicitationKeywords, Submitter,
    Tracking, TransId, VerpDelimiters,
};
use crate::grammar::mail::{Hello, Mail, Rcpt, Vrfy};
use crate::parameter::{self, OtherParameter};
use crate::text::Text;
use crate::wire::{Cx, Parsed};

/// A keyword without its case, to choose a row by: one comparison of numbers where text takes a loop.
///
/// Octets 1 to 8, 9 to 16 and the last 8, and the length when it is over 8.
pub(crate) type Key = [u64; 4];

/// The key of `word`, which is made of letters, digits and hyphens; `None` when it is longer than any keyword.
///
/// Without its sixth bit a letter is in upper case, and no digit or hyphen is a letter, or another digit.
#[inline]
pub(crate) const fn key(word: &[u8]) -> Option<Key> {
    const CASELESS: u64 = u64::from_ne_bytes([0xdf; 8]);
    let len = word.len() as u64;
    let key = match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
        (Some(first), Some(last)) if len <= 8 => {
            let (first, last) = (u32::from_le_bytes(*first) as u64, u32::from_le_bytes(*last) as u64);
            // Octets that are in both come to the same place.
            [first | last << (len.saturating_sub(4).saturating_mul(8)), 0, 0, 0]
        }
        (None, _) | (_, None) => {
            let mut number = 0;
            let mut rest = word;
            while let [before @ .., octet] = rest {
                number = number << 8 | *octet as u64;
                rest = before;
            }
            [number, 0, 0, 0]
        }
        _ => {
            let (Some(first), Some(last)) = (word.first_chunk(), word.last_chunk()) else { return None };
            let second = match word.split_at_checked(8) {
                Some((_, rest)) if len > 16 => match rest.first_chunk() {
                    Some(second) => u64::from_le_bytes(*second),
                    None => return None,
                },
                _ => 0,
            };
            [u64::from_le_bytes(*first), second, u64::from_le_bytes(*last), len]
        }
    };
    let [first, second, last, long] = key;
    if len > 24 { None } else { Some([first & CASELESS, second & CASELESS, last & CASELESS, long]) }
}

/// What a `registry!` enum says of its rows.
pub(crate) trait Rows<'a> {
    /// How many there are.
    const ROWS: u32;

    /// Reads an item and gives the number of its row, `None` when it has none. It accepts what the parser accepts, and
    /// is cheaper than making the value.
    fn row(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<u32>>;

    /// Whether `keyword`, in any case, has a row.
    fn has_row(keyword: &[u8]) -> bool;
}

/// Defines an open set of keywords.
///
/// A row is `b"KEYWORD" => Variant(Arguments), // RFC`. From the rows follow the enum with an arm `Other` for all
/// that has no row, the keyword of each variant, `into_owned`, the parser and the encoder. `Arguments` implement
/// [`Wire`](crate::wire::Wire) and read what stands behind the keyword, separator included; a row without arguments
/// reads the keyword only. `key` and `other` name how a keyword is read and what `Other` holds:
///
/// * `key: fn(&[u8]) -> Parsed<&[u8]>` takes the keyword from the front;
/// * `Other(T)` where `T: Keyed<'a>` reads the whole item, keyword included;
/// * `arguments: Trait`, when given, is what reads and writes arguments instead of `Wire`: a trait of the same two
///   functions that deals with the separator, so that the types need not;
/// * `invalid: Type`, when given, is an arm for what cannot be read. The parser never gives it, whoever calls it does.
macro_rules! registry {
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty $(, invalid: $invalid:ty)?) { $($rows:tt)* }) => {
        $crate::registry::registry! {
            $(#[$meta])*
            pub enum $name<'a>
            (key: $key, other: $other, arguments: $crate::wire::Wire $(, invalid: $invalid)?) { $($rows)* }
        }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty, arguments: $arguments:path $(, invalid: $invalid:ty)?) {
        $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(($type:ty))?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$row_meta])* $variant $(($type))?,)*
            /// One without a row, as it came.
            Other($other),
            $(
                /// What cannot be read, as it came.
                Invalid($invalid),
            )?
        }

        impl<'a> $name<'a> {
            /// The keyword, in the spelling of its RFC; of [`Other`](Self::Other) as it came.
            pub fn keyword(&self) -> &str {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? _x) => {
                        const { match core::str::from_utf8($keyword) { Ok(keyword) => keyword, Err(_) => "" } }
                    })*
                    Self::Other(other) => other.keyword(),
                    $(Self::Invalid(invalid) => <$invalid>::keyword(invalid),)?
                }
            }

            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? x) =>
                        $crate::registry::registry!(@value $name $variant $(($type))? x),)*
                    Self::Other(other) => $name::Other($crate::wire::IntoOwned::into_owned(other)),
                    $(Self::Invalid(invalid) =>
                        $name::Invalid(<$invalid as $crate::wire::IntoOwned>::into_owned(invalid)),)?
                }
            }
        }

        impl $crate::wire::IntoOwned for $name<'_> {
            type Static = $name<'static>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }

        impl<'a> $crate::registry::Rows<'a> for $name<'a> {
            const ROWS: u32 = [$(stringify!($variant)),*].len() as u32;

            #[inline]
            #[allow(non_upper_case_globals)] // the row's only name
            fn row(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Option<u32>> {
                #[repr(u32)]
                enum Row { $($variant),* }
                $(const $variant: Option<$crate::registry::Key> = $crate::registry::key($keyword);)*
                let (rest, keyword) = $key(input)?;
                match $crate::registry::key(keyword) {
                    $($variant => {
                        let rest = $crate::registry::registry!(@skip rest cx $arguments, $(($type))?);
                        Ok((rest, Some(Row::$variant as u32)))
                    })*
                    _ => {
                        let (rest, _) = <$other as $crate::wire::Wire>::parse(input, cx)?;
                        Ok((rest, None))
                    }
                }
            }

            #[allow(non_upper_case_globals)] // the row's only name
            fn has_row(keyword: &[u8]) -> bool {
                $(const $variant: Option<$crate::registry::Key> = $crate::registry::key($keyword);)*
                matches!($crate::registry::key(keyword), $($variant)|*)
            }
        }

        impl<'a> $crate::wire::Wire<'a> for $name<'a> {
            #[inline]
            #[allow(non_upper_case_globals)] // the row's only name
            fn parse(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Self> {
                $(const $variant: Option<$crate::registry::Key> = $crate::registry::key($keyword);)*
                let (rest, keyword) = $key(input)?;
                match $crate::registry::key(keyword) {
                    $($variant => $crate::registry::registry!(@parse rest cx $arguments, $variant $(($type))?),)*
                    _ => {
                        let (rest, other) = $crate::wire::Wire::parse(input, cx)?;
                        Ok((rest, Self::Other(other)))
                    }
                }
            }

            fn encode(&self, out: &mut $crate::wire::Writer<'_>) {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? x) => {
                        out.put($keyword);
                        $crate::registry::registry!(@encode out $arguments, $(($type))? x);
                    })*
                    Self::Other(other) => $crate::wire::Wire::encode(other, out),
                    $(Self::Invalid(invalid) => <$invalid as $crate::wire::Wire<'_>>::encode(invalid, out),)?
                }
            }
        }
    };
    (@pattern $variant:ident $x:ident) => { Self::$variant };
    (@pattern $variant:ident ($type:ty) $x:ident) => { Self::$variant($x) };
    (@value $name:ident $variant:ident $x:ident) => { $name::$variant };
    (@value $name:ident $variant:ident ($type:ty) $x:ident) => {
        $name::$variant($crate::wire::IntoOwned::into_owned($x))
    };
    (@parse $rest:ident $cx:ident $arguments:path, $variant:ident) => { Ok(($rest, Self::$variant)) };
    (@parse $rest:ident $cx:ident $arguments:path, $variant:ident ($type:ty)) => {{
        let ($rest, arguments) = <$type as $arguments>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@skip $rest:ident $cx:ident $arguments:path,) => { $rest };
    (@skip $rest:ident $cx:ident $arguments:path, ($type:ty)) => { <$type as $arguments>::parse($rest, $cx)?.0 };
    (@encode $out:ident $arguments:path, $x:ident) => {{}};
    (@encode $out:ident $arguments:path, ($type:ty) $x:ident) => { <$type as $arguments>::encode($x, $out) };
}
pub(crate) use registry;

registry! {
    /// What a client says: a verb and its arguments, one line.
    ///
    /// `MAIL FROM:<user@example.org>` CRLF
    ///
    /// Verbs are read in any case. RFC 5321 section 4.1.
    pub enum Command<'a> (key: command::front, other: Unknown<'a>) {
        /// `EHLO client.example.org`: RFC 5321 section 4.1.1.1.
        b"EHLO" => Ehlo(Hello<'a>),
        /// `HELO client.example.org`: RFC 5321 section 4.1.1.1.
        b"HELO" => Helo(Hello<'a>),
        /// `LHLO client.example.org`: RFC 2033 section 4.1.
        b"LHLO" => Lhlo(Hello<'a>),
        /// `MAIL FROM:<user@example.org>`: RFC 5321 section 4.1.1.2.
        b"MAIL" => Mail(Mail<'a>),
        /// `RCPT TO:<user@example.org>`: RFC 5321 section 4.1.1.3.
        b"RCPT" => Rcpt(Rcpt<'a>),
        /// `DATA`: RFC 5321 section 4.1.1.4.
        b"DATA" => Data,
        /// `BDAT 86 LAST`: RFC 3030 section 2.
        b"BDAT" => Bdat(Bdat),
        /// `RSET`: RFC 5321 section 4.1.1.5.
        b"RSET" => Rset,
        /// `VRFY user`: RFC 5321 section 4.1.1.6.
        b"VRFY" => Vrfy(Vrfy<'a>),
        /// `EXPN staff`: RFC 5321 section 4.1.1.7.
        b"EXPN" => Expn(Vrfy<'a>),
        /// `HELP`, `HELP MAIL`: RFC 5321 section 4.1.1.8.
        b"HELP" => Help(Option<Text<'a>>),
        /// `NOOP`, `NOOP text`: RFC 5321 section 4.1.1.9.
        b"NOOP" => Noop(Option<Text<'a>>),
        /// `QUIT`: RFC 5321 section 4.1.1.10.
        b"QUIT" => Quit,
        /// `SEND FROM:<user@example.org>`, obsolete: RFC 821 section 3.4.
        b"SEND" => Send(Mail<'a>),
        /// `SOML FROM:<user@example.org>`, obsolete: RFC 821 section 3.4.
        b"SOML" => Soml(Mail<'a>),
        /// `SAML FROM:<user@example.org>`, obsolete: RFC 821 section 3.4.
        b"SAML" => Saml(Mail<'a>),
        /// `TURN`, obsolete: RFC 821 section 3.8.
        b"TURN" => Turn,
        /// `STARTTLS`: RFC 3207 section 4.
        b"STARTTLS" => StartTls,
        /// `AUTH PLAIN AHVzZXIAcGFzcw==`: RFC 4954 section 4.
        b"AUTH" => Auth(Auth<'a>),
        /// `VERB ON`: sendmail's wordy mode.
        b"VERB" => Verb(Option<Text<'a>>),
        /// `ONEX`: sendmail's mode of one transaction.
        b"ONEX" => Onex,
        /// `ETRN example.org`: RFC 1985 section 5.
        b"ETRN" => Etrn(Etrn<'a>),
        /// `ATRN example.org`: RFC 2645 section 5.2.1.
        b"ATRN" => Atrn(Atrn<'a>),
        /// `BURL imap://harry@imap.example.com/Drafts;UID=5 LAST`: RFC 4468 section 3.
        b"BURL" => Burl(Burl<'a>),
        /// `XCLIENT ADDR=192.0.2.1`: Postfix.
        b"XCLIENT" => XClient(Attributes<'a>),
        /// `XFORWARD ADDR=192.0.2.1`: Postfix.
        b"XFORWARD" => XForward(Attributes<'a>),
    }
}

registry! {
    /// A parameter of MAIL.
    ///
    /// `SIZE=500000`
    pub enum MailParameter<'a> (key: parameter::keyword, other: OtherParameter<'a>, arguments: parameter::Argument) {
        /// About how many octets the message has. RFC 1870.
        b"SIZE" => Size(u64),
        /// Which octets it is made of. RFC 6152, RFC 3030.
        b"BODY" => Body(BodyKind),
        /// The message or its envelope needs UTF-8. RFC 6531.
        b"SMTPUTF8" => SmtpUtf8,
        /// How much of it a report returns. RFC 3461.
        b"RET" => Ret(Ret),
        /// What the sender calls it. RFC 3461.
        b"ENVID" => Envid(Envid<'a>),
        /// Who submitted it. RFC 4954.
        b"AUTH" => Auth(AuthSender<'a>),
        /// TLS all the way, or no delivery. RFC 8689.
        b"REQUIRETLS" => RequireTls,
        /// What it solicits. RFC 3865.
        b"SOLICIT" => Solicit(SolicitationKeywords<'a>),
        /// How soon it is to be delivered. RFC 2852.
        b"BY" => By(DeliverBy),
        /// By what name to go on with it after an interruption. RFC 1845.
        b"TRANSID" => TransId(TransId<'a>),
        /// How long it is held. RFC 4865.
        b"HOLDFOR" => HoldFor(HoldFor),
        /// Until when it is held. RFC 4865.
        b"HOLDUNTIL" => HoldUntil(HoldUntil),
        /// How it can be tracked. RFC 3885.
        b"MTRK" => Mtrk(Tracking<'a>),
        /// Who is responsible for it. RFC 4405.
        b"SUBMITTER" => Submitter(Submitter<'a>),
        /// Relays may convert it. RFC 4141.
        b"CONPERM" => ConPerm,
        /// The sender's address in ASCII, obsolete. RFC 5336.
        b"ALT-ADDRESS" => AltAddress(AltAddress<'a>),
        /// How urgent it is. RFC 6710.
        b"MT-PRIORITY" => MtPriority(Priority),
        /// Return addresses tell recipients apart. Postfix.
        b"XVERP" => Xverp(Option<VerpDelimiters>),
        /// One reply per recipient is wanted. draft-hall-prdr.
        b"PRDR" => Prdr,
    }
}

registry! {
    /// A parameter of RCPT.
    ///
    /// `NOTIFY=FAILURE,DELAY`
    pub enum RcptParameter<'a> (key: parameter::keyword, other: OtherParameter<'a>, arguments: parameter::Argument) {
        /// What to report. RFC 3461.
        b"NOTIFY" => Notify(Notify),
        /// Whom the sender wrote to. RFC 3461.
        b"ORCPT" => Orcpt(OriginalRecipient<'a>),
        /// What they can show is to be told. RFC 4141.
        b"CONNEG" => ConNeg,
        /// Since when the mailbox has to be theirs. RFC 7293.
        b"RRVS" => Rrvs(Rrvs),
        /// The recipient's address in ASCII, obsolete. RFC 5336.
        b"ALT-ADDRESS" => AltAddress(AltAddress<'a>),
    }
}

registry! {
    /// What a trusted client says of its own client with XCLIENT and XFORWARD.
    ///
    /// `ADDR=192.0.2.1`
    pub enum Attribute<'a> (key: parameter::keyword, other: OtherParameter<'a>, arguments: parameter::Argument) {
        /// The client's host name.
        b"NAME" => Name(AttributeValue<'a>),
        /// Its address; `None` when it is not known.
        b"ADDR" => Addr(Option<IpAddr>),
        /// Its port; `None` when it is not known.
        b"PORT" => Port(Option<u16>),
        /// Its protocol: `SMTP`, `ESMTP`.
        b"PROTO" => Proto(AttributeValue<'a>),
        /// What it called itself.
        b"HELO" => Helo(AttributeValue<'a>),
        /// Whom it authenticated as. XCLIENT only.
        b"LOGIN" => Login(AttributeValue<'a>),
        /// The address that it connected to; `None` when it is not known. XCLIENT only.
        b"DESTADDR" => DestAddr(Option<IpAddr>),
        /// The port that it connected to; `None` when it is not known. XCLIENT only.
        b"DESTPORT" => DestPort(Option<u16>),
        /// What the message was called there. XFORWARD only.
        b"IDENT" => Ident(AttributeValue<'a>),
        /// `LOCAL` or `REMOTE`: whether it came from one of its own. XFORWARD only.
        b"SOURCE" => Source(AttributeValue<'a>),
    }
}

/// Defines the EHLO keywords, and what names each without its arguments.
macro_rules! extensions {
    ($(#[$meta:meta])* pub enum $name:ident<'a> { $($rows:tt)* }
     $(#[$extension_meta:meta])* pub enum $extension:ident) => {
        registry! {
            $(#[$meta])*
            pub enum $name<'a> (
                key: keyword, other: OtherKeyword<'a>, arguments: ehlo::extensions::KeywordArguments, invalid: Unreadable<'a>
            ) { $($rows)* }
        }

        extensions! { @names $name $(#[$extension_meta])* $extension { $($rows)* } }
    };
    (@names $name:ident $(#[$meta:meta])* $extension:ident {
        $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(($type:ty))?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $extension {
            $($(#[$row_meta])* $variant),*
        }

        impl $extension {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The keyword, in the spelling of its RFC.
            pub const fn keyword(self) -> &'static str {
                match self {
                    $(Self::$variant => {
                        const { match core::str::from_utf8($keyword) { Ok(keyword) => keyword, Err(_) => "" } }
                    })*
                }
            }

            /// The extension that `keyword`, in any case and of printable octets, announces.
            #[inline]
            #[allow(non_upper_case_globals)] // the row's only name
            pub(crate) fn of(keyword: &[u8]) -> Option<Self> {
                $(const $variant: Option<Key> = key($keyword);)*
                match key(keyword) {
                    $($variant => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $name<'_> {
            /// The extension it announces, also when the arguments cannot be read; `None` for one without a row.
            pub fn extension(&self) -> Option<$extension> {
                match self {
                    $(registry!(@pattern $variant $(($type))? _x) => Some($extension::$variant),)*
                    Self::Other(_) => None,
                    Self::Invalid(invalid) => $extension::of(invalid.keyword().as_bytes()),
                }
            }
        }
    };
}

extensions! {
    /// A keyword in the reply to EHLO: what the server can do, and how far.
    ///
    /// `SIZE 31457280`
    ///
    /// Keywords are read in any case and matched whole. RFC 5321 section 4.1.1.1.
    pub enum Keyword<'a> {
        /// `SIZE 31457280`: RFC 1870.
        b"SIZE" => Size(SizeLimit),
        /// `8BITMIME`: RFC 6152.
        b"8BITMIME" => EightBitMime,
        /// `BINARYMIME`: RFC 3030.
        b"BINARYMIME" => BinaryMime,
        /// `CHUNKING`: RFC 3030.
        b"CHUNKING" => Chunking,
        /// `PIPELINING`: RFC 2920.
        b"PIPELINING" => Pipelining,
        /// `DSN`: RFC 3461.
        b"DSN" => Dsn,
        /// `ETRN`: RFC 1985.
        b"ETRN" => Etrn,
        /// `ATRN`: RFC 2645.
        b"ATRN" => Atrn,
        /// `ENHANCEDSTATUSCODES`: RFC 2034.
        b"ENHANCEDSTATUSCODES" => EnhancedStatusCodes,
        /// `STARTTLS`: RFC 3207.
        b"STARTTLS" => StartTls,
        /// `REQUIRETLS`: RFC 8689.
        b"REQUIRETLS" => RequireTls,
        /// `AUTH PLAIN LOGIN`: RFC 4954.
        b"AUTH" => Auth(Mechanisms<'a>),
        /// `NO-SOLICITING net.example:ADV`: RFC 3865.
        b"NO-SOLICITING" => NoSoliciting(Option<SolicitationKeywords<'a>>),
        /// `DELIVERBY 240`: RFC 2852.
        b"DELIVERBY" => DeliverBy(Option<DeliverByOffer<'a>>),
        /// `CHECKPOINT`: RFC 1845.
        b"CHECKPOINT" => Checkpoint,
        /// `BURL imap`: RFC 4468.
        b"BURL" => Burl(Option<BurlOffer<'a>>),
        /// `FUTURERELEASE 604800 2030-01-01T00:00:00Z`: RFC 4865.
        b"FUTURERELEASE" => FutureRelease(Option<FutureReleaseOffer>),
        /// `MTRK`: RFC 3885.
        b"MTRK" => Mtrk,
        /// `SUBMITTER`: RFC 4405.
        b"SUBMITTER" => Submitter,
        /// `CONPERM`: RFC 4141.
        b"CONPERM" => ConPerm,
        /// `CONNEG`: RFC 4141.
        b"CONNEG" => ConNeg,
        /// `SMTPUTF8`: RFC 6531.
        b"SMTPUTF8" => SmtpUtf8,
        /// `UTF8SMTP`, obsolete: RFC 5336.
        b"UTF8SMTP" => Utf8Smtp,
        /// `MT-PRIORITY STANAG4406`: RFC 6710.
        b"MT-PRIORITY" => MtPriority(Option<PriorityProfile<'a>>),
        /// `RRVS`: RFC 7293.
        b"RRVS" => Rrvs,
        /// `LIMITS RCPTMAX=1000`: RFC 9422.
        b"LIMITS" => Limits(Option<ServerLimits<'a>>),
        /// `HELP`: RFC 5321.
        b"HELP" => Help(Arguments<'a>),
        /// `EXPN`: RFC 5321.
        b"EXPN" => Expn(Arguments<'a>),
        /// `VRFY`: RFC 5321.
        b"VRFY" => Vrfy(Arguments<'a>),
        /// `SEND`, obsolete: RFC 821.
        b"SEND" => Send,
        /// `SOML`, obsolete: RFC 821.
        b"SOML" => Soml,
        /// `SAML`, obsolete: RFC 821.
        b"SAML" => Saml,
        /// `TURN`, obsolete: RFC 821.
        b"TURN" => Turn,
        /// `XCLIENT NAME ADDR`: Postfix.
        b"XCLIENT" => XClient(Option<AttributeNames<'a>>),
        /// `XFORWARD NAME ADDR`: Postfix.
        b"XFORWARD" => XForward(Option<AttributeNames<'a>>),
        /// `XVERP`: Postfix.
        b"XVERP" => XVerp(Arguments<'a>),
        /// `PRDR`, one reply per recipient after DATA: draft-hall-prdr.
        b"PRDR" => Prdr,
        /// `PIPECONNECT`, commands before the greeting: Exim.
        b"PIPECONNECT" => PipeConnect,
        /// `VERB`: sendmail.
        b"VERB" => Verb,
        /// `ONEX`: sendmail.
        b"ONEX" => Onex,
        /// `XEXCH50`: Exchange 2000 to 2003.
        b"XEXCH50" => XExch50(Arguments<'a>),
        /// `X-EXPS GSSAPI NTLM`, authentication between servers: Exchange.
        b"X-EXPS" => XExps(Mechanisms<'a>),
        /// `X-ANONYMOUSTLS`, TLS between servers: Exchange.
        b"X-ANONYMOUSTLS" => XAnonymousTls,
        /// `X-EXCHANGEAUTH SHA256`: Exchange.
        b"X-EXCHANGEAUTH" => XExchangeAuth(Arguments<'a>),
        /// `X-LINK2STATE`: Exchange 2000 to 2003.
        b"X-LINK2STATE" => XLink2State,
        /// `XRDST`: Exchange.
        b"XRDST" => XRdst,
        /// `XOORG`: Exchange.
        b"XOORG" => XOorg,
        /// `XSHADOW`: Exchange.
        b"XSHADOW" => XShadow,
        /// `XPROXY`: Exchange.
        b"XPROXY" => XProxy,
    }

    /// What an EHLO keyword announces, without its arguments.
    pub enum Extension
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let words = [
            "",
            "A",
            "B",
            "AB",
            "BA",
            "ABC",
            "MAIL",
            "MAIM",
            "RCPT",
            "ETRN",
            "XFORW",
            "XFORWA",
            "XFORWAR",
            "XFORWARD",
            "12345678",
            "123456789",
            "1234567890",
            "PIPELINING",
            "AAAAAAAAA",
            "AAAAAAAAAA",
            "AAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAA",
            "ENHANCEDSTATUSCODES",
            "ENHANCEDSTATUSCODED",
            "ENHANCEDXTATUSCODES",
            "MT-PRIORITY",
            "A-B",
            "A0B",
            "-",
            "0",
            "9",
            "ABCDEFGHIJKLMNOPQRSTUVWX",
        ];
        for one in words {
            assert!(key(one.as_bytes()).is_some());
            assert_eq!(key(one.as_bytes()), key(one.to_ascii_lowercase().as_bytes()));
            for other in words {
                assert_eq!(key(one.as_bytes()) == key(other.as_bytes()), one == other, "{one} {other}");
            }
        }
        assert_eq!(key(&[b'A'; 25]), None);
    }
}
