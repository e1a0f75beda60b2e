//! Commands, one row each.

use super::rows::registry;

use crate::auth::{Authenticate, UserPassword};
use crate::error::Expected;
use crate::ext::acl::{MailboxIdentifier, SetAcl};
use crate::ext::convert::{Conversions, Convert};
use crate::ext::id::IdParameters;
use crate::ext::metadata::{GetMetadata, SetMetadata};
use crate::ext::multisearch::Esearch;
use crate::ext::notify::Notify;
use crate::ext::quota::SetQuota;
use crate::ext::replace::Replace;
use crate::ext::search_context::CancelUpdate;
use crate::ext::sort::Sort;
use crate::ext::thread::ThreadCommand;
use crate::ext::uidbatches::UidBatches;
use crate::ext::urlauth::{GenUrlAuth, ResetKey};
use crate::ext::urlfetch::UrlFetch;
use crate::grammar::append::Append;
use crate::grammar::capability::{Capabilities, Some1};
use crate::grammar::class::keyword;
use crate::grammar::copy::CopyTo;
use crate::grammar::create::{Create, Rename};
use crate::grammar::fetch::Fetch;
use crate::grammar::list_command::{ListCommand, PlainList};
use crate::grammar::mailbox::Mailbox;
use crate::grammar::search::Search;
use crate::grammar::select::Select;
use crate::grammar::sequence::SequenceSet;
use crate::grammar::status_data::StatusCommand;
use crate::grammar::store::Store;
use crate::grammar::string::{AString, Atom};
use crate::grammar::text::{Unknown, Values};
use crate::list::{Bare, List};

registry! {
    /// What a client asks for.
    ///
    /// `SELECT INBOX`
    ///
    /// RFC 9051 section 6.
    pub enum Command<'a> (key: keyword, other: Unknown<'a>, name: CommandName) {
        /// `CAPABILITY`: RFC 9051 section 6.1.1.
        b"CAPABILITY" => Capability,
        /// `NOOP`: RFC 9051 section 6.1.2.
        b"NOOP" => Noop,
        /// `LOGOUT`: RFC 9051 section 6.1.3.
        b"LOGOUT" => Logout,

        // Authentication and the session: RFC 9051 section 6.2, ID, LANGUAGE, COMPRESS.

        /// `STARTTLS`: go on inside TLS. RFC 9051 section 6.2.1.
        b"STARTTLS" => StartTls,
        /// `AUTHENTICATE PLAIN AHVzZXIAcGFzcw==`: RFC 9051 section 6.2.2.
        b"AUTHENTICATE" => Authenticate(Authenticate<'a>),
        /// `LOGIN SMITH SESAME`: RFC 9051 section 6.2.3.
        b"LOGIN" => Login(UserPassword<'a>),
        /// `ENABLE CONDSTORE`: RFC 9051 section 6.3.1.
        b"ENABLE" => Enable(Capabilities<'a> as Some1),
        /// `IDLE`: tell what happens until `DONE`. RFC 9051 section 6.3.13.
        b"IDLE" => Idle,
        /// `ID ("name" "sodr")`: RFC 2971 section 3.1.
        b"ID" => Id(IdParameters<'a>),
        /// `NAMESPACE`: RFC 9051 section 6.3.10.
        b"NAMESPACE" => Namespace,
        /// `COMPRESS DEFLATE`: go on compressed. RFC 4978 section 3.
        b"COMPRESS" => Compress(Atom<'a>),
        /// `LANGUAGE DE`: RFC 5255 section 3.1.
        b"LANGUAGE" => Language?(List<'a, AString<'a>, Bare>),
        /// `COMPARATOR "cz;*" i;basic`: RFC 5255 section 4.7.
        b"COMPARATOR" => Comparator?(List<'a, AString<'a>, Bare>),
        /// `UNAUTHENTICATE`: RFC 8437 section 2.
        b"UNAUTHENTICATE" => Unauthenticate,
        /// `GETJMAPACCESS`: RFC 9698 section 4.
        b"GETJMAPACCESS" => GetJmapAccess,
        /// `XAPPLEPUSHSERVICE aps-version 2 …`: push notifications to Apple's devices.
        b"XAPPLEPUSHSERVICE" => XApplePushService(Values<'a>),

        // Mailboxes: RFC 9051 section 6.3, SELECT, LIST, STATUS.

        /// `SELECT INBOX`: RFC 9051 section 6.3.2.
        b"SELECT" => Select(Select<'a>),
        /// `EXAMINE blurdybloop`: RFC 9051 section 6.3.3.
        b"EXAMINE" => Examine(Select<'a>),
        /// `CREATE owatagusiam/`: RFC 9051 section 6.3.4.
        b"CREATE" => Create(Create<'a>),
        /// `DELETE blurdybloop`: RFC 9051 section 6.3.5.
        b"DELETE" => Delete(Mailbox<'a>),
        /// `RENAME blurdybloop sarasoop`: RFC 9051 section 6.3.6.
        b"RENAME" => Rename(Rename<'a>),
        /// `SUBSCRIBE #news.comp.mail.mime`: RFC 9051 section 6.3.7.
        b"SUBSCRIBE" => Subscribe(Mailbox<'a>),
        /// `UNSUBSCRIBE #news.comp.mail.mime`: RFC 9051 section 6.3.8.
        b"UNSUBSCRIBE" => Unsubscribe(Mailbox<'a>),
        /// `LIST "" *`: RFC 9051 section 6.3.9.
        b"LIST" => List(ListCommand<'a>),
        /// `LSUB "#news." "comp.mail.*"`: RFC 3501 section 6.3.9.
        b"LSUB" => Lsub(PlainList<'a>),
        /// `RLIST "" *`: those on other servers, too. RFC 2193 section 5.1.
        b"RLIST" => Rlist(PlainList<'a>),
        /// `RLSUB "" *`: those on other servers, too. RFC 2193 section 5.2.
        b"RLSUB" => Rlsub(PlainList<'a>),
        /// `XLIST "" *`: what Gmail had before LIST had special uses.
        b"XLIST" => Xlist(PlainList<'a>),
        /// `STATUS blurdybloop (UIDNEXT MESSAGES)`: RFC 9051 section 6.3.11.
        b"STATUS" => Status(StatusCommand<'a>),
        /// `CHECK`: RFC 3501 section 6.4.1.
        b"CHECK" => Check,
        /// `CLOSE`: RFC 9051 section 6.4.1.
        b"CLOSE" => Close,
        /// `UNSELECT`: CLOSE, but expunge nothing. RFC 9051 section 6.4.2.
        b"UNSELECT" => Unselect,

        // Access, quota, metadata, annotations: ACL, QUOTA, METADATA, NOTIFY.

        /// `SETACL INBOX/Drafts John lrswi`: RFC 4314 section 3.1.
        b"SETACL" => SetAcl(SetAcl<'a>),
        /// `DELETEACL INBOX Fred`: RFC 4314 section 3.2.
        b"DELETEACL" => DeleteAcl(MailboxIdentifier<'a>),
        /// `GETACL INBOX`: RFC 4314 section 3.3.
        b"GETACL" => GetAcl(Mailbox<'a>),
        /// `LISTRIGHTS ~/Mail/saved smith`: RFC 4314 section 3.4.
        b"LISTRIGHTS" => ListRights(MailboxIdentifier<'a>),
        /// `MYRIGHTS INBOX`: RFC 4314 section 3.5.
        b"MYRIGHTS" => MyRights(Mailbox<'a>),
        /// `SETQUOTA "" (STORAGE 512)`: RFC 9208 section 4.1.3.
        b"SETQUOTA" => SetQuota(SetQuota<'a>),
        /// `GETQUOTA ""`: RFC 9208 section 4.1.1.
        b"GETQUOTA" => GetQuota(AString<'a>),
        /// `GETQUOTAROOT INBOX`: RFC 9208 section 4.1.2.
        b"GETQUOTAROOT" => GetQuotaRoot(Mailbox<'a>),
        /// `GETMETADATA "" /shared/comment`: RFC 5464 section 4.2.
        b"GETMETADATA" => GetMetadata(GetMetadata<'a>),
        /// `SETMETADATA INBOX (/private/comment "x")`: RFC 5464 section 4.3.
        b"SETMETADATA" => SetMetadata(SetMetadata<'a>),
        /// `NOTIFY SET (personal (MailboxName))`: RFC 5465 section 3.1.
        b"NOTIFY" => Notify(Notify<'a>),

        // Searching: RFC 9051 section 6.4.4, SORT, THREAD, ESEARCH.
        /// `SEARCH FLAGGED SINCE 1-Feb-1994`: RFC 9051 section 6.4.4.
        b"SEARCH" => Search(Search<'a>),
        /// `ESEARCH IN (mailboxes "folder1") UNSEEN`: RFC 7377 section 2.
        b"ESEARCH" => Esearch(Esearch<'a>),
        /// `SORT (SUBJECT REVERSE DATE) UTF-8 ALL`: RFC 5256 section 3.
        b"SORT" => Sort(Sort<'a>),
        /// `THREAD REFERENCES UTF-8 ALL`: RFC 5256 section 3.
        b"THREAD" => Thread(ThreadCommand<'a>),
        /// `CANCELUPDATE "B01"`: RFC 5267 section 4.3.5.
        b"CANCELUPDATE" => CancelUpdate(CancelUpdate<'a>),
        /// `UIDBATCHES 2000`: RFC 10022 section 3.1.
        b"UIDBATCHES" => UidBatches(UidBatches),

        // Messages: RFC 9051 section 6.4, FETCH, STORE, COPY, MOVE, APPEND, REPLACE.

        /// `APPEND saved-messages (\Seen) {310}` CRLF and 310 octets: RFC 9051 section 6.3.12.
        b"APPEND" => Append(Append<'a>),
        /// `COPY 2:4 MEETING`: RFC 9051 section 6.4.7.
        b"COPY" => Copy(CopyTo<'a>),
        /// `EXPUNGE`: RFC 9051 section 6.4.3.
        b"EXPUNGE" => Expunge,
        /// `FETCH 2:4 (FLAGS BODY[TEXT])`: RFC 9051 section 6.4.5.
        b"FETCH" => Fetch(Fetch<'a>),
        /// `MOVE 42:69 foo`: RFC 9051 section 6.4.8.
        b"MOVE" => Move(CopyTo<'a>),
        /// `REPLACE 4 Drafts {312}` CRLF and 312 octets: RFC 8508 section 3.2.
        b"REPLACE" => Replace(Replace<'a>),
        /// `STORE 2:4 +FLAGS (\Deleted)`: RFC 9051 section 6.4.6.
        b"STORE" => Store(Store<'a>),
        /// `UID FETCH 4827313:4828442 FLAGS`: a command with UIDs for message numbers. RFC 9051 section 6.4.9.
        b"UID" => Uid(UidCommand<'a>),

        // URLs and conversion: URLAUTH, CONVERT.

        /// `CONVERSIONS image/gif "*"`: RFC 5259 section 5.1.
        b"CONVERSIONS" => Conversions(Conversions<'a>),
        /// `CONVERT 2 ("text/plain") BINARY[3]`: RFC 5259 section 6.
        b"CONVERT" => Convert(Convert<'a>),

        /// `RESETKEY INBOX XSAMPLE`: make a key anew, or all. RFC 4467 section BASE.6.3.RESETKEY.
        b"RESETKEY" => ResetKey?(ResetKey<'a>),
        /// `GENURLAUTH "imap://…;URLAUTH=anonymous" INTERNAL`: RFC 4467 section BASE.6.3.GENURLAUTH.
        b"GENURLAUTH" => GenUrlAuth(List<'a, GenUrlAuth<'a>, Bare>),
        /// `URLFETCH "imap://…"`: RFC 4467 section BASE.6.3.URLFETCH, RFC 5524 section 3.1.
        b"URLFETCH" => UrlFetch(List<'a, UrlFetch<'a>, Bare>),
    }
}

registry! {
    /// A command with UIDs for message numbers.
    ///
    /// `FETCH 4827313:4828442 FLAGS`
    ///
    /// RFC 9051 section 6.4.9.
    pub enum UidCommand<'a> (key: keyword, else: Expected::Command) {
        // Messages.

        /// `UID COPY 304,319 meeting`: RFC 9051 section 6.4.9.
        b"COPY" => Copy(CopyTo<'a>),
        /// `UID EXPUNGE 3000:3002`: of those with `\Deleted`. RFC 9051 section 6.4.9, RFC 4315 section 2.1.
        b"EXPUNGE" => Expunge(SequenceSet<'a>),
        /// `UID FETCH 4827313:4828442 FLAGS`: RFC 9051 section 6.4.9.
        b"FETCH" => Fetch(Fetch<'a>),
        /// `UID MOVE 42:69 foo`: RFC 9051 section 6.4.9.
        b"MOVE" => Move(CopyTo<'a>),
        /// `UID REPLACE 2000 Drafts {350}` CRLF and 350 octets: RFC 8508 section 3.3.
        b"REPLACE" => Replace(Replace<'a>),
        /// `UID STORE 25627 +FLAGS.SILENT ($Forwarded)`: RFC 9051 section 6.4.9.
        b"STORE" => Store(Store<'a>),

        // Searching: SEARCH, SORT, THREAD.

        /// `UID SEARCH UNDELETED`: RFC 9051 section 6.4.9.
        b"SEARCH" => Search(Search<'a>),
        /// `UID SORT (SUBJECT) UTF-8 ALL`: RFC 5256 section 3.
        b"SORT" => Sort(Sort<'a>),
        /// `UID THREAD REFERENCES UTF-8 ALL`: RFC 5256 section 3.
        b"THREAD" => Thread(ThreadCommand<'a>),


        // Conversion.

        /// `UID CONVERT 100 ("image/jpeg") BINARY[2]`: RFC 5259 section 6.
        b"CONVERT" => Convert(Convert<'a>),
    }
}
