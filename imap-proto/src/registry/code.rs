//! Response codes, one row each.

use super::rows::registry;

use crate::ext::annotate::{AnnotateCode, AnnotationSupport};
use crate::ext::catenate::BadUrl;
use crate::ext::filters::FilterName;
use crate::ext::inprogress::InProgress;
use crate::ext::message_limit::MessageLimit;
use crate::ext::metadata::MetadataCode;
use crate::ext::notify::BadEvents;
use crate::ext::object_id::ObjectId;
use crate::ext::referral::ReferralUrl;
use crate::ext::uid_plus::{AppendUid, CopyUid};
use crate::ext::urlauth::UrlMechs;
use crate::grammar::capability::CapabilityData;
use crate::grammar::esearch::TagString;
use crate::grammar::flag::PermanentFlags;
use crate::grammar::number::{Nz, Nz32, Parenthesised};
use crate::grammar::sequence::SequenceSet;
use crate::grammar::status::{Charsets, InvalidCode, OtherCode, code_name};
use crate::grammar::string::AString;
use crate::list::{Bare, List};
use crate::registry::NotifyEventName;

registry! {
    /// What of a status a program can act on.
    ///
    /// `UIDNEXT 4392`
    ///
    /// RFC 9051 section 7.1.
    pub enum Code<'a> (key: code_name, other: OtherCode<'a>, invalid: InvalidCode<'a>) {
        /// `ALERT`: the text must be shown to the user.
        b"ALERT" => Alert,
        /// `UIDNEXT 4392`: what the UID of the next message will be, at least.
        b"UIDNEXT" => UidNext(u32 as Nz),
        /// `UIDVALIDITY 3857529045`: as long as it is the same, UIDs are.
        b"UIDVALIDITY" => UidValidity(u64 as Nz32),

        // The session: RFC 9051 section 7.1, RFC 5530.

        /// `CAPABILITY IMAP4rev2 IDLE`: RFC 9051 section 7.1.
        b"CAPABILITY" => Capability[CapabilityData<'a>],
        /// `PARSE`: a message could not be taken apart. RFC 9051 section 7.1.
        b"PARSE" => Parse,
        /// `COMPRESSIONACTIVE`: it is on already. RFC 4978 section 3.
        b"COMPRESSIONACTIVE" => CompressionActive,
        /// `UNAVAILABLE`: something that is needed is down for now. RFC 5530 section 3.
        b"UNAVAILABLE" => Unavailable,
        /// `AUTHENTICATIONFAILED`: the credentials are wrong, or the reason is not told. RFC 5530 section 3.
        b"AUTHENTICATIONFAILED" => AuthenticationFailed,
        /// `AUTHORIZATIONFAILED`: the user may not act as the other. RFC 5530 section 3.
        b"AUTHORIZATIONFAILED" => AuthorizationFailed,
        /// `EXPIRED`: the password has expired. RFC 5530 section 3.
        b"EXPIRED" => Expired,
        /// `PRIVACYREQUIRED`: not without TLS. RFC 5530 section 3.
        b"PRIVACYREQUIRED" => PrivacyRequired,
        /// `CONTACTADMIN`: the user should ask an administrator. RFC 5530 section 3.
        b"CONTACTADMIN" => ContactAdmin,
        /// `NOPERM`: the user may not. RFC 5530 section 3.
        b"NOPERM" => NoPerm,
        /// `INUSE`: something is locked for now. RFC 5530 section 3.
        b"INUSE" => InUse,
        /// `EXPUNGEISSUED`: someone has expunged one of these messages. RFC 5530 section 3.
        b"EXPUNGEISSUED" => ExpungeIssued,
        /// `CORRUPTION`: the server's data are damaged. RFC 5530 section 3.
        b"CORRUPTION" => Corruption,
        /// `SERVERBUG`: the server has met a fault of its own. RFC 5530 section 3.
        b"SERVERBUG" => ServerBug,
        /// `CLIENTBUG`: the client has done something odd. RFC 5530 section 3.
        b"CLIENTBUG" => ClientBug,
        /// `CANNOT`: it can never be done. RFC 5530 section 3.
        b"CANNOT" => Cannot,
        /// `LIMIT`: too many of something. RFC 5530 section 3.
        b"LIMIT" => Limit,
        /// `OVERQUOTA`: the user is over quota, or would be. RFC 5530 section 3.
        b"OVERQUOTA" => OverQuota,
        /// `ALREADYEXISTS`: there is such a mailbox already. RFC 5530 section 3.
        b"ALREADYEXISTS" => AlreadyExists,
        /// `NONEXISTENT`: there is no such mailbox. RFC 5530 section 3.
        b"NONEXISTENT" => NonExistent,

        // Mailboxes: LIST, SELECT, STATUS.

        /// `PERMANENTFLAGS (\Deleted \Seen \*)`: those that can be changed for good. RFC 9051 section 7.1.
        b"PERMANENTFLAGS" => PermanentFlags(PermanentFlags<'a>),
        /// `READ-ONLY`: the mailbox cannot be changed. RFC 9051 section 7.1.
        b"READ-ONLY" => ReadOnly,
        /// `READ-WRITE`: the mailbox can be changed. RFC 9051 section 7.1.
        b"READ-WRITE" => ReadWrite,
        /// `TRYCREATE`: there is no such mailbox, but it can be made. RFC 9051 section 7.1.
        b"TRYCREATE" => TryCreate,
        /// `UNSEEN 12`: the number of the first message that was not seen. RFC 3501 section 7.1.
        b"UNSEEN" => Unseen(u32 as Nz),
        /// `UIDNOTSTICKY`: UIDs do not last. RFC 9051 section 7.1.
        b"UIDNOTSTICKY" => UidNotSticky,
        /// `HASCHILDREN`: there are mailboxes below the one that was to go. RFC 9051 section 6.3.5.
        b"HASCHILDREN" => HasChildren,
        /// `HIGHESTMODSEQ 715194045007`: when the mailbox was last changed. RFC 7162 section 3.1.2.1.
        b"HIGHESTMODSEQ" => HighestModSeq(u64 as Nz),
        /// `NOMODSEQ`: the mailbox has no mod-sequences. RFC 7162 section 3.1.2.2.
        b"NOMODSEQ" => NoModSeq,
        /// `CLOSED`: what comes from here on is about the other mailbox. RFC 9051 section 7.1, RFC 7162 section 3.2.11.
        b"CLOSED" => Closed,
        /// `USEATTR`: the mailbox cannot have this special use. RFC 6154 section 3.
        b"USEATTR" => UseAttr,
        /// `MAILBOXID (F2212ea87-6097)`: what the mailbox is called whatever its name. RFC 8474 section 4.
        b"MAILBOXID" => MailboxId(ObjectId<'a> as Parenthesised),
        /// `NOT-UTF-8`: the mailbox cannot be selected with UTF8, obsolete. RFC 5738 section 3.2.
        b"NOT-UTF-8" => NotUtf8,
        /// `UTF-8-ONLY`: the mailbox can be selected with UTF8 only, obsolete. RFC 5738 section 3.2.
        b"UTF-8-ONLY" => Utf8Only,

        // Access, quota, metadata, annotations, NOTIFY.

        /// `METADATA LONGENTRIES 2199`: RFC 5464 sections 4.2.1 and 4.3.
        b"METADATA" => Metadata(MetadataCode),
        /// `ANNOTATIONS 20480 NOPRIVATE`: which annotations there can be. RFC 5257 section 4.1.
        b"ANNOTATIONS" => Annotations(AnnotationSupport),
        /// `ANNOTATE TOOBIG`: why an annotation was not stored. RFC 5257 section 4.5.
        b"ANNOTATE" => Annotate(AnnotateCode),
        /// `NOTIFICATIONOVERFLOW`: too many events, and none is told any more. RFC 5465 section 5.8.
        b"NOTIFICATIONOVERFLOW" => NotificationOverflow,
        /// `BADEVENT (MessageNew FlagChange)`: only these events can be told. RFC 5465 section 3.1.
        b"BADEVENT" => BadEvent(List<'a, NotifyEventName<'a>> as BadEvents),

        // Searching.
        /// `BADCHARSET (UTF-8 US-ASCII)`: the charset is unknown; these are known. RFC 9051 section 7.1.
        b"BADCHARSET" => BadCharset[Option<List<'a, AString<'a>>> as Charsets],
        /// `BADCOMPARATOR`: there is no such comparator. RFC 5255 section 4.9.
        b"BADCOMPARATOR" => BadComparator,
        /// `NOTSAVED`: the result could not be saved. RFC 9051 section 7.1, RFC 5182 section 2.5.
        b"NOTSAVED" => NotSaved,
        /// `UNDEFINED-FILTER on-the-road`: there is no such filter. RFC 5466 section 3.1.
        b"UNDEFINED-FILTER" => UndefinedFilter(FilterName<'a>),
        /// `NOUPDATE "B02"`: the result is not kept up to date. RFC 5267 section 4.3.1.
        b"NOUPDATE" => NoUpdate(TagString<'a>),
        /// `INPROGRESS ("A001" 454 1000)`: the command goes on. RFC 9585 section 4.
        b"INPROGRESS" => InProgress?(InProgress<'a>),
        /// `TOOFEW`: a batch is to have too few messages. RFC 10022 section 3.1.3.
        b"TOOFEW" => TooFew,
        /// `TOOMANY`: there are too many messages to find batches of. RFC 10022 section 3.1.5.
        b"TOOMANY" => TooMany,

        // Messages: UIDPLUS, CONDSTORE, APPEND.

        /// `APPENDUID 38505 3955`: the UIDs of what was appended. RFC 9051 section 7.1.
        b"APPENDUID" => AppendUid(AppendUid<'a>),
        /// `COPYUID 38505 304,319:320 3956:3958`: the UIDs of what was copied or moved. RFC 9051 section 7.1.
        b"COPYUID" => CopyUid(CopyUid<'a>),
        /// `MODIFIED 7,9`: these were changed by someone else, and not by STORE. RFC 7162 section 3.1.3.
        b"MODIFIED" => Modified(SequenceSet<'a>),
        /// `UNKNOWN-CTE`: a part has a transfer encoding that the server does not know. RFC 9051 section 7.1.
        b"UNKNOWN-CTE" => UnknownCte,
        /// `UIDREQUIRED`: no message numbers any more. RFC 9586 section 3.
        b"UIDREQUIRED" => UidRequired,
        /// `MESSAGELIMIT 1000 23221`: too many messages at a time. RFC 9738 section 3.1.
        b"MESSAGELIMIT" => MessageLimit(MessageLimit),

        // URLs and conversion.

        /// `TEMPFAIL`: a conversion failed for now. RFC 5259 section 9.
        b"TEMPFAIL" => TempFail,
        /// `MAXCONVERTMESSAGES 1`: the most messages that are converted at once. RFC 5259 section 9.
        b"MAXCONVERTMESSAGES" => MaxConvertMessages(u32 as Nz),
        /// `MAXCONVERTPARTS 1`: the most parts of a message that are converted at once. RFC 5259 section 9.
        b"MAXCONVERTPARTS" => MaxConvertParts(u32 as Nz),

        /// `REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE`: where to go instead. RFC 2193 section 6, RFC 2221 section 5.
        b"REFERRAL" => Referral(List<'a, ReferralUrl<'a>, Bare>),
        /// `BADURL "/INBOX;UIDVALIDITY=785799047/;UID=113330"`: RFC 4469 section 4.1.
        b"BADURL" => BadUrl(BadUrl<'a>),
        /// `TOOBIG`: the message would be too large. RFC 4469 section 4.2.
        b"TOOBIG" => TooBig,
        /// `URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==`: RFC 4467 section BASE.7.1.URLMECH.
        b"URLMECH" => UrlMech(UrlMechs<'a>),
    }
}
