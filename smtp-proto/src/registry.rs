//! Every keyword the crate knows, one row each. Adding an extension means adding rows here.

mod rows;

use core::net::IpAddr;

pub(crate) use self::rows::{Rows, front, line, registry};

use self::rows::extensions;

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
    ///
    /// RFC 5321 section 4.1.1.2.
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
    ///
    /// RFC 5321 section 4.1.1.3.
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
    ///
    /// RFC 5321 section 4.1.1.1.
    pub enum Extension
}
