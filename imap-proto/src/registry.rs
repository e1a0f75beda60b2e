//! Every keyword the crate knows, one row each. Adding an extension means adding rows here.

mod rows;

pub(crate) use self::rows::{Found, Via, registry};

use self::rows::asked_and_told;

use crate::auth::{Authenticate, Mechanism, UserPassword};
use crate::error::Expected;
use crate::ext::acl::{AclData, ListRightsData, MailboxIdentifier, MyRightsData, SetAcl};
use crate::ext::annotate::{
    AnnotateCode, Annotation, AnnotationSupport, Annotations, FetchAnnotation, SearchAnnotation,
    SortAnnotation,
};
use crate::ext::catenate::BadUrl;
use crate::ext::convert::{
    ConversionData, Conversions, Convert, ConvertHeader, ConvertedBinary, ConvertedData, ConvertedHeader,
    ConvertedPart, MediaTypes,
};
use crate::ext::filter_mailboxes::OneOrMoreMailbox;
use crate::ext::filters::FilterName;
use crate::ext::fuzzy::Score;
use crate::ext::gmail::{GmLabel, Number64};
use crate::ext::id::IdParameters;
use crate::ext::inprogress::InProgress;
use crate::ext::language::Comparator;
use crate::ext::message_limit::MessageLimit;
use crate::ext::metadata::{Depth, Entry, GetMetadata, MetadataCode, MetadataData, SetMetadata};
use crate::ext::multisearch::Esearch;
use crate::ext::namespace::Namespaces;
use crate::ext::notify::{BadEvents, NewMessageItems, Notify};
use crate::ext::object_id::{ObjectId, ParenthesisedOrNil};
use crate::ext::partial::PartialRange;
use crate::ext::preview::{Listed, PreviewModifier, Snippet, SnippetAlgorithm};
use crate::ext::qresync::QResync;
use crate::ext::quota::{QuotaData, QuotaRootData, SetQuota};
use crate::ext::referral::ReferralUrl;
use crate::ext::replace::Replace;
use crate::ext::search_context::{CancelUpdate, ContextChange, Update, UpdateAttributes};
use crate::ext::search_mod_seq::ModSeqKey;
use crate::ext::search_partial::PartialResults;
use crate::ext::sort::{OtherSortKey, Sort};
use crate::ext::thread::{OtherAlgorithm, ThreadCommand, Threads};
use crate::ext::uid_plus::{AppendUid, CopyUid};
use crate::ext::uidbatches::{UidBatches, UidBatchesData};
use crate::ext::url::UrlFull;
use crate::ext::urlauth::{GenUrlAuth, ResetKey, UrlMechs};
use crate::ext::urlfetch::{UrlFetch, UrlFetchData};
use crate::ext::vanished::Vanished;
use crate::grammar::append::{Append, OtherAppendExtension};
use crate::grammar::attribute::MailboxAttributes;
use crate::grammar::body::BodyStructure;
use crate::grammar::capability::{
    Capabilities, CapabilityData, OtherCapability, QuotaCapability, Some1, capability_name,
};
use crate::grammar::class::keyword;
use crate::grammar::copy::CopyTo;
use crate::grammar::create::{Create, Rename};
use crate::grammar::date::{Date, DateTime, LooseDateTime};
use crate::grammar::envelope::Envelope;
use crate::grammar::esearch::{EsearchData, TagString};
use crate::grammar::fetch::{
    BinaryRequest, BinarySection, BinarySize, BodyRequest, BodySection, DateOrNil, Fetch, item_name,
};
use crate::grammar::flag::{Flags, PermanentFlags};
use crate::grammar::list_command::{ListCommand, PlainList};
use crate::grammar::list_data::{ListData, Xlist};
use crate::grammar::list_item::{ChildInfo, OtherListItem, item_tag};
use crate::grammar::list_option::OptionExtension;
use crate::grammar::literal::NString;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::{Nz, Nz32, Parenthesised};
use crate::grammar::search::{Group, HeaderKey, NestedKey, OrKeys, Search, SearchData, SearchKeys, key_name};
use crate::grammar::section::{Closed, SectionPart};
use crate::grammar::select::Select;
use crate::grammar::sequence::{SequenceSet, UidSet};
use crate::grammar::status::{Charsets, InvalidCode, OtherCode, code_name};
use crate::grammar::status_data::{NumberOrNil, StatusCommand, StatusData};
use crate::grammar::store::Store;
use crate::grammar::string::{AString, Atom, IString};
use crate::grammar::tagged_ext::{OtherItem, TaggedExt, atom_name, label};
use crate::grammar::text::{InvalidItem, Unknown, Values};
use crate::list::{Bare, List, SpacedOrEmpty};

registry! {
    /// What a client asks for.
    ///
    /// `SELECT INBOX`
    ///
    /// RFC 9051 section 6.
    pub enum Command<'a> (key: keyword, other: Unknown<'a>) {
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

registry! {
    /// Data that begin with their name.
    ///
    /// `FLAGS (\Seen)`
    ///
    /// RFC 9051 section 7.
    pub enum Data<'a> (key: keyword, other: Unknown<'a>) {

        // The session: CAPABILITY, ENABLED, ID, LANGUAGE, NAMESPACE.

        /// `CAPABILITY IMAP4rev2 IDLE`: RFC 9051 section 7.2.2.
        b"CAPABILITY" => Capability[CapabilityData<'a>],
        /// `ENABLED CONDSTORE`: RFC 9051 section 7.2.1.
        b"ENABLED" => Enabled[Capabilities<'a>],
        /// `ID ("name" "Cyrus")`: RFC 2971 section 3.2.
        b"ID" => Id(IdParameters<'a>),
        /// `NAMESPACE (("" "/")) NIL NIL`: RFC 9051 section 7.3.3.
        b"NAMESPACE" => Namespace(Namespaces<'a>),
        /// `LANGUAGE (EN DE)`: RFC 5255 section 3.3.
        b"LANGUAGE" => Language(List<'a, AString<'a>>),
        /// `COMPARATOR i;basic`: RFC 5255 section 4.8.
        b"COMPARATOR" => Comparator(Comparator<'a>),
        /// `JMAPACCESS "https://example.com/.well-known/jmap"`: RFC 9698 section 4.
        b"JMAPACCESS" => JmapAccess(IString<'a>),
        /// `XAPPLEPUSHSERVICE aps-version "2" aps-topic "…"`: Apple.
        b"XAPPLEPUSHSERVICE" => XApplePushService(Values<'a>),

        // Mailboxes: LIST, STATUS.

        /// `LIST (\HasNoChildren) "/" INBOX`: RFC 9051 section 7.3.1.
        b"LIST" => List(ListData<'a>),
        /// `LSUB () "." #news.comp.mail.misc`: RFC 3501 section 7.2.3.
        b"LSUB" => Lsub(ListData<'a>),
        /// `XLIST (\HasNoChildren \Inbox) "/" INBOX`: read with [`Leniency::XLIST`](crate::Leniency::XLIST) only. Gmail, QQ.
        b"XLIST" => Xlist(ListData<'a> as Xlist),
        /// `STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)`: RFC 9051 section 7.3.3.
        b"STATUS" => Status(StatusData<'a>),
        /// `FLAGS (\Answered \Seen)`: the flags that there are in the mailbox. RFC 9051 section 7.3.5.
        b"FLAGS" => Flags(Flags<'a>),

        // Access, quota, metadata, annotations.

        /// `ACL INBOX Fred rwipsldexta`: RFC 4314 section 3.6.
        b"ACL" => Acl(AclData<'a>),
        /// `LISTRIGHTS ~/Mail/saved smith la r swicdkxte`: RFC 4314 section 3.7.
        b"LISTRIGHTS" => ListRights(ListRightsData<'a>),
        /// `MYRIGHTS INBOX rwiptsldaex`: RFC 4314 section 3.8.
        b"MYRIGHTS" => MyRights(MyRightsData<'a>),
        /// `QUOTA "" (STORAGE 10 512)`: RFC 9208 section 4.2.1.
        b"QUOTA" => Quota(QuotaData<'a>),
        /// `QUOTAROOT INBOX "" "#user"`: RFC 9208 section 4.2.2.
        b"QUOTAROOT" => QuotaRoot(QuotaRootData<'a>),
        /// `METADATA INBOX (/shared/comment "x")`: RFC 5464 section 4.4.
        b"METADATA" => Metadata(MetadataData<'a>),

        // Searching: SEARCH, SORT, THREAD, ESEARCH.
        /// `SEARCH 2 84 882`: RFC 3501 section 7.2.5.
        b"SEARCH" => Search[SearchData<'a>],
        /// `ESEARCH (TAG "A282") MIN 2 COUNT 3`: RFC 9051 section 7.3.4.
        b"ESEARCH" => Esearch[EsearchData<'a>],
        /// `SORT 2 84 882`: RFC 5256 section 4.
        b"SORT" => Sort[SearchData<'a>],
        /// `THREAD (2)(3 6 (4 23)(44 7 96))`: RFC 5256 section 4.
        b"THREAD" => Thread[Threads<'a>],
        /// `UIDBATCHES (TAG "A143") 215295:99696,99695:20351`: RFC 10022 section 3.1.
        b"UIDBATCHES" => UidBatches[UidBatchesData<'a>],

        // Messages: FLAGS, VANISHED.

        /// `VANISHED (EARLIER) 41,43:116`: messages that are gone. RFC 7162 section 3.2.10.
        b"VANISHED" => Vanished(Vanished<'a>),

        // URLs and conversion.

        /// `CONVERSION "image/gif" "image/jpeg" ("pix-y" "pix-x")`: RFC 5259 section 5.2.
        b"CONVERSION" => Conversion(ConversionData<'a>),

        /// `GENURLAUTH "imap://…"`: the URLs with their tokens. RFC 4467 section BASE.7.4.GENURLAUTH.
        b"GENURLAUTH" => GenUrlAuth(List<'a, UrlFull<'a>, Bare>),
        /// `URLFETCH "imap://…" "text"`: RFC 4467 section BASE.7.4.URLFETCH, RFC 5524 section 3.2.
        b"URLFETCH" => UrlFetch(UrlFetchData<'a>),
    }
}

registry! {
    /// Data that begin with a number, without the number.
    ///
    /// `EXISTS`
    ///
    /// RFC 9051 sections 7.4 and 7.5.
    pub enum NumberedData<'a> (key: keyword, other: Unknown<'a>) {
        /// `23 EXISTS`: how many messages there are. RFC 9051 section 7.4.1.
        b"EXISTS" => Exists,
        /// `5 RECENT`: how many of them are recent. RFC 3501 section 7.3.2.
        b"RECENT" => Recent,
        /// `44 EXPUNGE`: this message is gone. RFC 9051 section 7.5.1.
        b"EXPUNGE" => Expunge,
        /// `23 FETCH (FLAGS (\Seen) RFC822.SIZE 44827)`: RFC 9051 section 7.5.2.
        b"FETCH" => Fetch(List<'a, FetchItem<'a>>),
        /// `25996 UIDFETCH (FLAGS (\Seen))`: the same of a UID. RFC 9586 section 3.3.
        b"UIDFETCH" => UidFetch(List<'a, FetchItem<'a>>),

        // Conversion.

        /// `2 CONVERTED (TAG "c000") (BINARY.SIZE[4] 3135)`: RFC 5259 section 8.1.
        b"CONVERTED" => Converted(ConvertedData<'a>),
    }
}

registry! {
    /// One thing about a message in a FETCH response.
    ///
    /// `RFC822.SIZE 44827`
    ///
    /// RFC 9051 section 7.5.2 (`msg-att`).
    pub enum FetchItem<'a> (key: item_name, other: OtherItem<'a>, invalid: InvalidItem<'a>) {
        /// `UID 4392`: its UID.
        b"UID" => Uid(u32 as Nz),
        /// `RFC822.SIZE 44827`: its size in octets.
        b"RFC822.SIZE" => Rfc822Size(u64),
        /// `MODSEQ (624140003)`: when it was last changed. RFC 7162 section 3.1.4.
        b"MODSEQ" => ModSeq(u64 as Parenthesised),

        // Envelope and structure.
        /// `ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" "minutes" NIL NIL NIL NIL NIL NIL NIL NIL)`: its header in brief.
        b"ENVELOPE" => Envelope(Envelope<'a>),
        /// `BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92 NIL NIL NIL NIL)`: what it is made of.
        b"BODYSTRUCTURE" => BodyStructure(BodyStructure<'a>),
        /// `BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)`: what it is made of, without extension data.
        b"BODY" => Body(BodyStructure<'a>),

        // Contents: BODY[], BINARY[], RFC822.

        /// `BODY[TEXT]<0> {5}` CRLF `hello`: a section as it is in the message.
        b"BODY[" => BodySection[BodySection<'a>],
        /// `BINARY[1.2] ~{3}` CRLF and 3 octets: a part without its transfer encoding. RFC 3516 section 4.3.
        b"BINARY[" => BinarySection[BinarySection<'a>],
        /// `BINARY.SIZE[1.2] 44827`: how many octets that has. RFC 3516 section 4.3.
        b"BINARY.SIZE[" => BinarySize[BinarySize<'a>],
        /// `RFC822 {5}` CRLF `hello`: the message. RFC 3501 section 7.4.2.
        b"RFC822" => Rfc822(NString<'a>),
        /// `RFC822.HEADER {2}` CRLF CRLF: its header. RFC 3501 section 7.4.2.
        b"RFC822.HEADER" => Rfc822Header(NString<'a>),
        /// `RFC822.TEXT {5}` CRLF `hello`: what stands behind its header. RFC 3501 section 7.4.2.
        b"RFC822.TEXT" => Rfc822Text(NString<'a>),

        // Flags, dates, identifiers and the rest.

        /// `ANNOTATION (/comment (value.priv "My comment"))`: RFC 5257 section 4.4.
        b"ANNOTATION" => Annotation(Annotations<'a>),
        /// `FLAGS (\Seen)`: its flags.
        b"FLAGS" => Flags(Flags<'a>),
        /// `INTERNALDATE "17-Jul-1996 02:44:25 -0700"`: when it came.
        b"INTERNALDATE" => InternalDate(LooseDateTime<'a>),
        /// `SAVEDATE "01-Jan-2015 18:50:53 +0100"`: when it came into this mailbox. RFC 8514 section 4.3.
        b"SAVEDATE" => SaveDate(Option<DateTime> as DateOrNil),
        /// `EMAILID (M6d99ac3275bb4e)`: the same for all copies of the message. RFC 8474 section 5.1.
        b"EMAILID" => EmailId(ObjectId<'a> as Parenthesised),
        /// `THREADID (T64b478a75b7ea9)`: the same for all messages of a thread. RFC 8474 section 5.2.
        b"THREADID" => ThreadId(Option<ObjectId<'a>> as ParenthesisedOrNil),
        /// `PREVIEW "hello"`: its beginning. RFC 8970 section 3.2.
        b"PREVIEW" => Preview(Option<IString<'a>>),
        /// `SNIPPET (FUZZY "hello")`: the same before RFC 8970.
        b"SNIPPET" => Snippet(Snippet<'a>),
        /// `X-GM-MSGID 1278455344230334865`: EMAILID in Gmail.
        b"X-GM-MSGID" => XGmMsgId(u64 as Number64),
        /// `X-GM-THRID 1266894439832287888`: THREADID in Gmail.
        b"X-GM-THRID" => XGmThrId(u64 as Number64),
        /// `X-GM-LABELS (\Inbox "Muy Importante")`: its labels in Gmail.
        b"X-GM-LABELS" => XGmLabels(List<'a, GmLabel<'a>, SpacedOrEmpty>),
    }
}

registry! {
    /// What of a message FETCH asks for.
    ///
    /// `RFC822.SIZE`, `BODY.PEEK[TEXT]<0.1024>`
    ///
    /// RFC 9051 section 6.4.5 (`fetch-att`).
    pub enum FetchAttribute<'a> (key: item_name, other: OptionExtension<'a>) {
        /// `FLAGS`.
        b"FLAGS" => Flags,
        /// `UID`.
        b"UID" => Uid,
        /// `INTERNALDATE`.
        b"INTERNALDATE" => InternalDate,
        /// `RFC822.SIZE`.
        b"RFC822.SIZE" => Rfc822Size,
        /// `ENVELOPE`.
        b"ENVELOPE" => Envelope,
        /// `BODYSTRUCTURE`.
        b"BODYSTRUCTURE" => BodyStructure,
        /// `BODY`: BODYSTRUCTURE without its extensions.
        b"BODY" => Body,
        /// `BODY[1.2]`: sets `\Seen`, too.
        b"BODY[" => BodySection[BodyRequest<'a>],
        /// `BODY.PEEK[HEADER]<0.1024>`.
        b"BODY.PEEK[" => BodyPeek[BodyRequest<'a>],
        /// `BINARY[1.2]`: sets `\Seen`, too. RFC 3516 section 4.2.
        b"BINARY[" => BinarySection[BinaryRequest<'a>],
        /// `BINARY.PEEK[1.2]`. RFC 3516 section 4.2.
        b"BINARY.PEEK[" => BinaryPeek[BinaryRequest<'a>],
        /// `BINARY.SIZE[1.2]`. RFC 3516 section 4.2.
        b"BINARY.SIZE[" => BinarySize[SectionPart<'a> as Closed],
        /// `RFC822`: sets `\Seen`, too. RFC 3501 section 6.4.5.
        b"RFC822" => Rfc822,
        /// `RFC822.HEADER`. RFC 3501 section 6.4.5.
        b"RFC822.HEADER" => Rfc822Header,
        /// `RFC822.TEXT`: sets `\Seen`, too. RFC 3501 section 6.4.5.
        b"RFC822.TEXT" => Rfc822Text,
        /// `MODSEQ`. RFC 7162 section 3.1.4.2.
        b"MODSEQ" => ModSeq,
        /// `SAVEDATE`. RFC 8514 section 4.2.
        b"SAVEDATE" => SaveDate,
        /// `EMAILID`. RFC 8474 section 5.3.
        b"EMAILID" => EmailId,
        /// `THREADID`. RFC 8474 section 5.3.
        b"THREADID" => ThreadId,
        /// `PREVIEW`, `PREVIEW (LAZY)`. RFC 8970 section 3.1.
        b"PREVIEW" => Preview[List<'a, PreviewModifier<'a>> as Listed],
        /// `SNIPPET (LAZY=FUZZY FUZZY)`: PREVIEW before RFC 8970.
        b"SNIPPET" => Snippet[List<'a, SnippetAlgorithm<'a>> as Listed],
        /// `X-GM-MSGID`. Gmail.
        b"X-GM-MSGID" => XGmMsgId,
        /// `X-GM-THRID`. Gmail.
        b"X-GM-THRID" => XGmThrId,
        /// `X-GM-LABELS`. Gmail.
        b"X-GM-LABELS" => XGmLabels,
        /// `ANNOTATION (/comment value)`. RFC 5257 section 4.3.
        b"ANNOTATION" => Annotation(FetchAnnotation<'a>),
    }
}

registry! {
    /// A modifier of FETCH.
    ///
    /// `CHANGEDSINCE 12345`
    ///
    /// RFC 4466 section 2.4.
    pub enum FetchModifier<'a> (key: label, other: TaggedExt<'a>) {
        /// `CHANGEDSINCE 12345`: only messages changed since. RFC 7162 section 3.1.4.1.
        b"CHANGEDSINCE" => ChangedSince(u64 as Nz),
        /// `VANISHED`: tell what was expunged since, too. RFC 7162 section 3.2.6.
        b"VANISHED" => Vanished,
        /// `PARTIAL -1:-30`: some of the messages. RFC 9394 section 3.3.
        b"PARTIAL" => Partial(PartialRange),
    }
}

registry! {
    /// A modifier of STORE.
    ///
    /// `UNCHANGEDSINCE 320162338`
    ///
    /// RFC 4466 section 2.5.
    pub enum StoreModifier<'a> (key: label, other: TaggedExt<'a>) {
        /// `UNCHANGEDSINCE 320162338`: only messages that were not changed since. RFC 7162 section 3.1.3.
        b"UNCHANGEDSINCE" => UnchangedSince(u64),
    }
}

registry! {
    /// Something that is to be known of a message that is appended.
    ///
    /// `ANNOTATION (/comment (value.priv "My comment"))`
    ///
    /// RFC 4466 section 2.3 (`append-ext`).
    pub enum AppendExtension<'a> (key: label, other: OtherAppendExtension<'a>) {
        /// `ANNOTATION (/comment (value.priv "My comment"))`: its annotations. RFC 5257 section 4.7.
        b"ANNOTATION" => Annotation(List<'a, Annotation<'a>>),
    }
}

registry! {
    /// What of a message or of one of its parts.
    ///
    /// `HEADER.FIELDS (DATE FROM)`
    ///
    /// RFC 9051 section 6.4.5.1.
    pub enum SectionText<'a> (key: keyword, else: Expected::Section) {
        /// `HEADER`: the header of the message.
        b"HEADER" => Header,
        /// `HEADER.FIELDS (DATE FROM)`: the fields of the header that are named so.
        b"HEADER.FIELDS" => HeaderFields(List<'a, AString<'a>>),
        /// `HEADER.FIELDS.NOT (RECEIVED)`: all the others.
        b"HEADER.FIELDS.NOT" => HeaderFieldsNot(List<'a, AString<'a>>),
        /// `TEXT`: what stands behind the header.
        b"TEXT" => Text,
        /// `MIME`: the MIME header of a part.
        b"MIME" => Mime,
    }
}

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

registry! {
    /// What a quota limits.
    ///
    /// `STORAGE`
    ///
    /// RFC 9208 section 5.
    pub enum ResourceName<'a> (key: atom_name, other: Atom<'a>) {
        /// `STORAGE`: the size of all messages, in units of 1,024 octets. RFC 9208 section 5.1.
        b"STORAGE" => Storage,
        /// `MESSAGE`: how many messages there are. RFC 9208 section 5.2.
        b"MESSAGE" => Message,
        /// `MAILBOX`: how many mailboxes there are. RFC 9208 section 5.3.
        b"MAILBOX" => Mailbox,
        /// `ANNOTATION-STORAGE`: the size of all annotations, in units of 1,024 octets. RFC 9208 section 5.4.
        b"ANNOTATION-STORAGE" => AnnotationStorage,
    }
}

registry! {
    /// Which metadata a client wants.
    ///
    /// `MAXSIZE 1024`
    ///
    /// RFC 5464 sections 4.2.1 and 4.2.2.
    pub enum GetMetadataOption<'a> (key: label, other: TaggedExt<'a>) {
        /// `MAXSIZE 1024`: no values with more octets. RFC 5464 section 4.2.1.
        b"MAXSIZE" => MaxSize(u32),
        /// `DEPTH 1`: also entries below those that are named. RFC 5464 section 4.2.2.
        b"DEPTH" => Depth(Depth),
    }
}

registry! {
    /// Something that can happen, and that a server can tell unasked.
    ///
    /// `MessageNew (UID FLAGS)`, `FlagChange`
    ///
    /// RFC 5465 section 5.
    pub enum NotifyEvent<'a> (key: atom_name, other: Atom<'a>) {
        /// `MessageNew (UID FLAGS)`: a message has come. RFC 5465 section 5.2.
        b"MessageNew" => MessageNew[NewMessageItems<'a>],
        /// `MessageExpunge`: a message is gone. RFC 5465 section 5.3.
        b"MessageExpunge" => MessageExpunge,
        /// `FlagChange`: flags have changed. RFC 5465 section 5.1.
        b"FlagChange" => FlagChange,
        /// `AnnotationChange`: annotations of messages have changed. RFC 5465 section 5.1.
        b"AnnotationChange" => AnnotationChange,
        /// `MailboxName`: mailboxes are new, gone, or renamed. RFC 5465 section 5.4.
        b"MailboxName" => MailboxName,
        /// `SubscriptionChange`: the user has subscribed or unsubscribed. RFC 5465 section 5.5.
        b"SubscriptionChange" => SubscriptionChange,
        /// `MailboxMetadataChange`: metadata of mailboxes have changed. RFC 5465 section 5.6.
        b"MailboxMetadataChange" => MailboxMetadataChange,
        /// `ServerMetadataChange`: metadata of the server have changed. RFC 5465 section 5.7.
        b"ServerMetadataChange" => ServerMetadataChange,
    }
}

registry! {
    /// The name of something that can happen.
    ///
    /// `MessageNew`
    ///
    /// RFC 5465 section 8 (`event-name`).
    pub enum NotifyEventName<'a> (key: atom_name, other: Atom<'a>) {
        /// `MessageNew`: a message has come. RFC 5465 section 5.2.
        b"MessageNew" => MessageNew,
        /// `MessageExpunge`: a message is gone. RFC 5465 section 5.3.
        b"MessageExpunge" => MessageExpunge,
        /// `FlagChange`: flags have changed. RFC 5465 section 5.1.
        b"FlagChange" => FlagChange,
        /// `AnnotationChange`: annotations of messages have changed. RFC 5465 section 5.1.
        b"AnnotationChange" => AnnotationChange,
        /// `MailboxName`: mailboxes are new, gone, or renamed. RFC 5465 section 5.4.
        b"MailboxName" => MailboxName,
        /// `SubscriptionChange`: the user has subscribed or unsubscribed. RFC 5465 section 5.5.
        b"SubscriptionChange" => SubscriptionChange,
        /// `MailboxMetadataChange`: metadata of mailboxes have changed. RFC 5465 section 5.6.
        b"MailboxMetadataChange" => MailboxMetadataChange,
        /// `ServerMetadataChange`: metadata of the server have changed. RFC 5465 section 5.7.
        b"ServerMetadataChange" => ServerMetadataChange,
    }
}

registry! {
    /// What of a message to convert, or to tell of its conversion.
    ///
    /// `BINARY[3]`
    ///
    /// RFC 5259 sections 6 and 8.
    pub enum ConvertItem<'a> (key: crate::grammar::fetch::item_name, else: Expected::Item) {
        /// `UID`: its UID.
        b"UID" => Uid,
        /// `BODYPARTSTRUCTURE[3]`: the structure of what comes of a part.
        b"BODYPARTSTRUCTURE[" => BodyPartStructure[SectionPart<'a> as Closed],
        /// `BINARY[4]<2001.1000>`: what comes of a part.
        b"BINARY[" => Binary[BinaryRequest<'a>],
        /// `BINARY.SIZE[4]`: how many octets what comes of a part has.
        b"BINARY.SIZE[" => BinarySize[SectionPart<'a> as Closed],
        /// `BODY[HEADER]`: a header.
        b"BODY[" => Body[ConvertHeader<'a> as Closed],
        /// `AVAILABLECONVERSIONS[2]`: what a part can be converted to.
        b"AVAILABLECONVERSIONS[" => AvailableConversions[SectionPart<'a> as Closed],
    }
}

registry! {
    /// One thing about what came of a message.
    ///
    /// `BINARY.SIZE[4] 3135`
    ///
    /// RFC 5259 section 8.
    #[allow(clippy::large_enum_variant)] // one at a time, and on the stack
    pub enum ConvertedItem<'a> (key: crate::grammar::fetch::item_name, other: OtherItem<'a>, invalid: InvalidItem<'a>) {
        /// `UID 4392`: its UID.
        b"UID" => Uid(u32 as Nz),
        /// `BODYPARTSTRUCTURE[3] ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3028 92)`: its structure.
        b"BODYPARTSTRUCTURE[" => BodyPartStructure[ConvertedPart<'a, BodyStructure<'a>>],
        /// `BINARY[3] {135}` and so many octets: what it is.
        b"BINARY[" => Binary[ConvertedBinary<'a>],
        /// `BINARY.SIZE[4] 3135`: how many octets it has.
        b"BINARY.SIZE[" => BinarySize[ConvertedPart<'a, u32>],
        /// `BODY[HEADER] {157}` and so many octets: a header.
        b"BODY[" => Body[ConvertedHeader<'a>],
        /// `AVAILABLECONVERSIONS[2] (("image/jpeg"))`: what a part can be converted to.
        b"AVAILABLECONVERSIONS[" => AvailableConversions[ConvertedPart<'a, MediaTypes<'a>>],
    }
}

registry! {
    /// Something that a server can do.
    ///
    /// `IMAP4rev2`, `AUTH=PLAIN`
    ///
    /// RFC 9051 section 7.2.2, and IANA's registry.
    pub enum Capability<'a> (key: capability_name, other: OtherCapability<'a>, wire: by_hand) {
        /// `IMAP4rev1`: RFC 3501.
        b"IMAP4rev1" => Imap4Rev1,
        /// `IMAP4rev2`: RFC 9051.
        b"IMAP4rev2" => Imap4Rev2,
        /// `IMAP4`: RFC 1730, obsolete.
        b"IMAP4" => Imap4,
        /// `ACL`: RFC 4314.
        b"ACL" => Acl,
        /// `ANNOTATE-EXPERIMENT-1`: RFC 5257.
        b"ANNOTATE-EXPERIMENT-1" => AnnotateExperiment1,
        /// `BINARY`: RFC 3516.
        b"BINARY" => Binary,
        /// `CATENATE`: RFC 4469.
        b"CATENATE" => Catenate,
        /// `CHILDREN`: RFC 3348.
        b"CHILDREN" => Children,
        /// `COMPRESS=DEFLATE`: RFC 4978.
        b"COMPRESS=DEFLATE" => CompressDeflate,
        /// `CONDSTORE`: RFC 7162.
        b"CONDSTORE" => CondStore,
        /// `CONTEXT=SEARCH`: RFC 5267.
        b"CONTEXT=SEARCH" => ContextSearch,
        /// `CONTEXT=SORT`: RFC 5267.
        b"CONTEXT=SORT" => ContextSort,
        /// `CONVERT`: RFC 5259.
        b"CONVERT" => Convert,
        /// `CREATE-SPECIAL-USE`: RFC 6154.
        b"CREATE-SPECIAL-USE" => CreateSpecialUse,
        /// `ENABLE`: RFC 5161.
        b"ENABLE" => Enable,
        /// `ESEARCH`: RFC 4731.
        b"ESEARCH" => ESearch,
        /// `ESORT`: RFC 5267.
        b"ESORT" => ESort,
        /// `FILTERS`: RFC 5466.
        b"FILTERS" => Filters,
        /// `ID`: RFC 2971.
        b"ID" => Id,
        /// `IDLE`: RFC 2177.
        b"IDLE" => Idle,
        /// `INPROGRESS`: RFC 9585.
        b"INPROGRESS" => InProgress,
        /// `JMAPACCESS`: RFC 9698.
        b"JMAPACCESS" => JmapAccess,
        /// `LANGUAGE`: RFC 5255.
        b"LANGUAGE" => Language,
        /// `LIST-EXTENDED`: RFC 5258.
        b"LIST-EXTENDED" => ListExtended,
        /// `LIST-METADATA`: RFC 9590.
        b"LIST-METADATA" => ListMetadata,
        /// `LIST-MYRIGHTS`: RFC 8440.
        b"LIST-MYRIGHTS" => ListMyRights,
        /// `LIST-STATUS`: RFC 5819.
        b"LIST-STATUS" => ListStatus,
        /// `LITERAL+`: RFC 7888.
        b"LITERAL+" => LiteralPlus,
        /// `LITERAL-`: RFC 7888.
        b"LITERAL-" => LiteralMinus,
        /// `LOGIN-REFERRALS`: RFC 2221.
        b"LOGIN-REFERRALS" => LoginReferrals,
        /// `LOGINDISABLED`: RFC 9051.
        b"LOGINDISABLED" => LoginDisabled,
        /// `MAILBOX-REFERRALS`: RFC 2193.
        b"MAILBOX-REFERRALS" => MailboxReferrals,
        /// `METADATA`: RFC 5464.
        b"METADATA" => Metadata,
        /// `METADATA-SERVER`: RFC 5464.
        b"METADATA-SERVER" => MetadataServer,
        /// `MOVE`: RFC 6851.
        b"MOVE" => Move,
        /// `MULTIAPPEND`: RFC 3502.
        b"MULTIAPPEND" => MultiAppend,
        /// `MULTISEARCH`: RFC 7377.
        b"MULTISEARCH" => MultiSearch,
        /// `NAMESPACE`: RFC 2342.
        b"NAMESPACE" => Namespace,
        /// `NOTIFY`: RFC 5465.
        b"NOTIFY" => Notify,
        /// `OBJECTID`: RFC 8474.
        b"OBJECTID" => ObjectId,
        /// `PARTIAL`: RFC 9394.
        b"PARTIAL" => Partial,
        /// `PREVIEW`: RFC 8970.
        b"PREVIEW" => Preview,
        /// `QRESYNC`: RFC 7162.
        b"QRESYNC" => QResync,
        /// `QUOTASET`: RFC 9208.
        b"QUOTASET" => QuotaSet,
        /// `REPLACE`: RFC 8508.
        b"REPLACE" => Replace,
        /// `SASL-IR`: RFC 4959.
        b"SASL-IR" => SaslIr,
        /// `SAVEDATE`: RFC 8514.
        b"SAVEDATE" => SaveDate,
        /// `SEARCH=FUZZY`: RFC 6203.
        b"SEARCH=FUZZY" => SearchFuzzy,
        /// `SEARCHRES`: RFC 5182.
        b"SEARCHRES" => SearchRes,
        /// `SORT`: RFC 5256.
        b"SORT" => Sort,
        /// `SORT=DISPLAY`: RFC 5957.
        b"SORT=DISPLAY" => SortDisplay,
        /// `SPECIAL-USE`: RFC 6154.
        b"SPECIAL-USE" => SpecialUse,
        /// `STARTTLS`: RFC 9051.
        b"STARTTLS" => StartTls,
        /// `STATUS=SIZE`: RFC 8438.
        b"STATUS=SIZE" => StatusSize,
        /// `UIDBATCHES`: RFC 10022.
        b"UIDBATCHES" => UidBatches,
        /// `UIDONLY`: RFC 9586.
        b"UIDONLY" => UidOnly,
        /// `UIDPLUS`: RFC 4315.
        b"UIDPLUS" => UidPlus,
        /// `UNAUTHENTICATE`: RFC 8437.
        b"UNAUTHENTICATE" => Unauthenticate,
        /// `UNSELECT`: RFC 3691.
        b"UNSELECT" => Unselect,
        /// `URL-PARTIAL`: RFC 5550.
        b"URL-PARTIAL" => UrlPartial,
        /// `URLAUTH`: RFC 4467.
        b"URLAUTH" => UrlAuth,
        /// `URLAUTH=BINARY`: RFC 5524.
        b"URLAUTH=BINARY" => UrlAuthBinary,
        /// `UTF8=ACCEPT`: RFC 9755.
        b"UTF8=ACCEPT" => Utf8Accept,
        /// `UTF8=ONLY`: RFC 9755.
        b"UTF8=ONLY" => Utf8Only,
        /// `UTF8=ALL`: RFC 5738, obsolete.
        b"UTF8=ALL" => Utf8All,
        /// `UTF8=APPEND`: RFC 5738, obsolete.
        b"UTF8=APPEND" => Utf8Append,
        /// `UTF8=USER`: RFC 5738, obsolete.
        b"UTF8=USER" => Utf8User,
        /// `WITHIN`: RFC 5032.
        b"WITHIN" => Within,
        /// `QUOTA`: RFC 2087.
        b"QUOTA" => PlainQuota,
        /// `APPENDLIMIT`: RFC 7889: each mailbox has its own.
        b"APPENDLIMIT" => AppendLimitPerMailbox,
        /// `X-GM-EXT-1`: Gmail.
        b"X-GM-EXT-1" => XGmExt1,
        /// `XLIST`: Gmail, obsolete.
        b"XLIST" => XList,
        /// `XAPPLEPUSHSERVICE`: Apple.
        b"XAPPLEPUSHSERVICE" => XApplePushService,
        /// `SNIPPET=FUZZY`: draft-slusarz-imap-fetch-snippet.
        b"SNIPPET=FUZZY" => SnippetFuzzy,
        /// `X-REALLY-SPECIAL`: Fastmail, Cyrus.
        b"X-REALLY-SPECIAL" => XReallySpecial,
        /// `XYMHIGHESTMODSEQ`: Yahoo.
        b"XYMHIGHESTMODSEQ" => XYmHighestModSeq,
        /// `AUTH=PLAIN`: RFC 9051.
        b"AUTH=" => Auth[Mechanism<'a>],
        /// `THREAD=REFERENCES`: RFC 5256.
        b"THREAD=" => Thread[Atom<'a>],
        /// `QUOTA=RES-STORAGE`: RFC 9208.
        b"QUOTA=" => Quota[QuotaCapability<'a>],
        /// `RIGHTS=texk`: RFC 4314.
        b"RIGHTS=" => Rights[Atom<'a>],
        /// `APPENDLIMIT=35651584`: RFC 7889.
        b"APPENDLIMIT=" => AppendLimit[u64],
        /// `MESSAGELIMIT=1000`: RFC 9738.
        b"MESSAGELIMIT=" => MessageLimit[u32],
        /// `SAVELIMIT=1000`: RFC 9738.
        b"SAVELIMIT=" => SaveLimit[u32],
        /// `I18NLEVEL=1`: RFC 5255.
        b"I18NLEVEL=" => I18nLevel[u32],
        /// `IMAPSIEVE=sieve://example.com`: RFC 6785.
        b"IMAPSIEVE=" => ImapSieve[Atom<'a>],
    }
}

registry! {
    /// A parameter of SELECT and EXAMINE.
    ///
    /// `CONDSTORE`
    ///
    /// RFC 4466 section 2.1.
    pub enum SelectParameter<'a> (key: label, other: TaggedExt<'a>) {
        /// `CONDSTORE`: tell mod-sequences from now on. RFC 7162 section 3.1.8.
        b"CONDSTORE" => CondStore,
        /// `QRESYNC (67890007 20050715194045000 41,43:211,214:541)`: tell what has changed. RFC 7162 section 3.2.5.
        b"QRESYNC" => QResync(QResync<'a>),
        /// `ANNOTATE`: tell of annotations as they change. RFC 5257 section 4.2.
        b"ANNOTATE" => Annotate,
        /// `UTF8`: in UTF-8, obsolete. RFC 5738 section 3.2.
        b"UTF8" => Utf8,
    }
}

registry! {
    /// A parameter of CREATE.
    ///
    /// `USE (\Drafts)`
    ///
    /// RFC 4466 section 2.2.
    pub enum CreateParameter<'a> (key: label, other: TaggedExt<'a>) {
        /// `USE (\Drafts \Sent)`: what the mailbox is for. RFC 6154 section 3.
        b"USE" => Use(MailboxAttributes<'a>),
    }
}

registry! {
    /// Which mailboxes LIST is to list.
    ///
    /// `SUBSCRIBED`
    ///
    /// RFC 5258 section 3.1.
    pub enum ListSelectOption<'a> (key: atom_name, other: OptionExtension<'a>) {
        /// `SUBSCRIBED`: those that the user has subscribed to. RFC 5258 section 3.1.
        b"SUBSCRIBED" => Subscribed,
        /// `REMOTE`: those on other servers, too. RFC 5258 section 3.1.
        b"REMOTE" => Remote,
        /// `RECURSIVEMATCH`: those above one that the other options are for, too. RFC 5258 section 3.1.
        b"RECURSIVEMATCH" => RecursiveMatch,
        /// `SPECIAL-USE`: those with a special use. RFC 6154 section 2.
        b"SPECIAL-USE" => SpecialUse,
        /// `UTF8`: those with headers in UTF-8, too, obsolete. RFC 5738 section 3.4.1.
        b"UTF8" => Utf8,
        /// `UTF8ONLY`: those that can have headers in UTF-8, obsolete. RFC 5738 section 3.4.1.
        b"UTF8ONLY" => Utf8Only,
    }
}

registry! {
    /// What LIST is to say of mailboxes.
    ///
    /// `CHILDREN`
    ///
    /// RFC 5258 section 3.2.
    pub enum ListReturnOption<'a> (key: atom_name, other: OptionExtension<'a>) {
        /// `SUBSCRIBED`: whether the user has subscribed to it. RFC 5258 section 3.2.
        b"SUBSCRIBED" => Subscribed,
        /// `CHILDREN`: whether there are mailboxes below it. RFC 5258 section 3.2.
        b"CHILDREN" => Children,
        /// `STATUS (MESSAGES UNSEEN)`: what STATUS says. RFC 5819 section 2.
        b"STATUS" => Status(List<'a, StatusAttribute<'a>>),
        /// `MYRIGHTS`: what MYRIGHTS says. RFC 8440 section 3.
        b"MYRIGHTS" => MyRights,
        /// `METADATA (/shared/comment)`: what GETMETADATA says of these entries. RFC 9590.
        b"METADATA" => Metadata(List<'a, Entry<'a>>),
        /// `SPECIAL-USE`: what it is for. RFC 6154 section 2.
        b"SPECIAL-USE" => SpecialUse,
        /// `UTF8`: whether it can have headers in UTF-8, obsolete. RFC 5738 section 3.4.2.
        b"UTF8" => Utf8,
    }
}

registry! {
    /// Something about a mailbox besides its attributes.
    ///
    /// `CHILDINFO ("SUBSCRIBED")`, with or without quotes around the name
    ///
    /// RFC 5258 section 6 (`mbox-list-extended-item`).
    pub enum ListExtendedItem<'a> (key: item_tag, other: OtherListItem<'a>, invalid: InvalidItem<'a>) {
        /// `CHILDINFO ("SUBSCRIBED")`: there is one below it that these selection options are for. RFC 5258 section 3.5.
        b"CHILDINFO" => ChildInfo(List<'a, ChildInfo<'a>>),
        /// `OLDNAME ("inbox")`: what it was called before. RFC 9051 section 6.3.9.7.
        b"OLDNAME" => OldName(Mailbox<'a> as Parenthesised),
    }
}

asked_and_told! {
    /// What STATUS can ask of a mailbox.
    ///
    /// `MESSAGES`
    ///
    /// RFC 9051 section 6.3.11.
    pub enum StatusAttribute<'a> (key: atom_name, other: Atom<'a>);

    /// One thing about a mailbox in STATUS data.
    ///
    /// `MESSAGES 231`
    ///
    /// RFC 9051 section 7.3.3.
    pub enum StatusItem<'a> (key: atom_name, other: OtherItem<'a>, invalid: InvalidItem<'a>);
    {
        /// `MESSAGES 231`: how many messages there are. RFC 9051 section 6.3.11.
        b"MESSAGES" => Messages(u32),
        /// `UIDNEXT 44292`: what the UID of the next message will be, at least. RFC 9051 section 6.3.11.
        b"UIDNEXT" => UidNext(u32 as Nz),
        /// `UIDVALIDITY 3857529045`: as long as it is the same, UIDs are. RFC 9051 section 6.3.11.
        b"UIDVALIDITY" => UidValidity(u64 as Nz32),
        /// `UNSEEN 5`: how many messages were not seen. RFC 9051 section 6.3.11.
        b"UNSEEN" => Unseen(u32),
        /// `RECENT 1`: how many messages are recent. RFC 3501 section 6.3.10.
        b"RECENT" => Recent(u32),
        /// `DELETED 4`: how many messages have the flag `\Deleted`. RFC 9051 section 6.3.11.
        b"DELETED" => Deleted(u32),
        /// `SIZE 44421`: how many octets all messages have, about. RFC 9051 section 6.3.11, RFC 8438.
        b"SIZE" => Size(u64),
        /// `HIGHESTMODSEQ 7011231777`: when it was last changed; 0 when it has no mod-sequences. RFC 7162 section 3.1.7.
        b"HIGHESTMODSEQ" => HighestModSeq(u64),
        /// `APPENDLIMIT 257890`: the most octets that a message may have; NIL when there is no limit. RFC 7889 section 3.1.
        b"APPENDLIMIT" => AppendLimit(Option<u64> as NumberOrNil),
        /// `MAILBOXID (F2212ea87-6097)`: what it is called whatever its name. RFC 8474 section 4.3.
        b"MAILBOXID" => MailboxId(ObjectId<'a> as Parenthesised),
        /// `DELETED-STORAGE 8`: how many octets would be free after EXPUNGE. RFC 9208 section 4.1.4.
        b"DELETED-STORAGE" => DeletedStorage(u64),
        /// `X-GUID 3e0f1c2d`: MAILBOXID in Dovecot.
        b"X-GUID" => XGuid(AString<'a>),
        /// `X-SIZE 44421`: SIZE in Dovecot before RFC 8438.
        b"X-SIZE" => XSize(u64),
        /// `XYMHIGHESTMODSEQ 7011231777`: HIGHESTMODSEQ at Yahoo.
        b"XYMHIGHESTMODSEQ" => XYmHighestModSeq(u64),
    }
}

registry! {
    /// What messages are searched by.
    ///
    /// `FLAGGED`, `NOT FROM "Smith"`, `1:100`
    ///
    /// Keys that have others in them, [`Not`](Self::Not), [`Or`](Self::Or), [`And`](Self::And), [`Fuzzy`](Self::Fuzzy), keep
    /// them as text. RFC 9051 section 6.4.4.
    pub enum SearchKey<'a> (key: key_name, else: Expected::Keyword) {
        /// `1:100`, `$`: these message numbers.
        b"" => SequenceSet[SequenceSet<'a>],
        /// `(SEEN FLAGGED)`: all of these match.
        b"(" => And[SearchKeys<'a> as Group],
        /// `ALL`: every message.
        b"ALL" => All,
        /// `ANSWERED`: `\Answered` is set.
        b"ANSWERED" => Answered,
        /// `BCC smith`: somewhere in the Bcc field.
        b"BCC" => Bcc(AString<'a>),
        /// `BEFORE 1-Feb-1994`: received before that day.
        b"BEFORE" => Before(Date),
        /// `BODY x`: somewhere in the body.
        b"BODY" => Body(AString<'a>),
        /// `CC smith`: somewhere in the Cc field.
        b"CC" => Cc(AString<'a>),
        /// `DELETED`: `\Deleted` is set.
        b"DELETED" => Deleted,
        /// `DRAFT`: `\Draft` is set.
        b"DRAFT" => Draft,
        /// `FLAGGED`: `\Flagged` is set.
        b"FLAGGED" => Flagged,
        /// `FROM smith`: somewhere in the From field.
        b"FROM" => From(AString<'a>),
        /// `HEADER Message-ID x`: somewhere in that field.
        b"HEADER" => Header(HeaderKey<'a>),
        /// `KEYWORD $Junk`: that flag is set.
        b"KEYWORD" => Keyword(Atom<'a>),
        /// `LARGER 4096`: of more octets.
        b"LARGER" => Larger(u64),
        /// `NEW`: recent and not seen. RFC 3501 section 6.4.4.
        b"NEW" => New,
        /// `NOT SEEN`: that does not match.
        b"NOT" => Not(NestedKey<'a>),
        /// `OLD`: not recent. RFC 3501 section 6.4.4.
        b"OLD" => Old,
        /// `ON 1-Feb-1994`: received on that day.
        b"ON" => On(Date),
        /// `OR SEEN FLAGGED`: either matches.
        b"OR" => Or(OrKeys<'a>),
        /// `RECENT`: `\Recent` is set. RFC 3501 section 6.4.4.
        b"RECENT" => Recent,
        /// `SEEN`: `\Seen` is set.
        b"SEEN" => Seen,
        /// `SENTBEFORE 1-Feb-1994`: the Date field has an earlier day.
        b"SENTBEFORE" => SentBefore(Date),
        /// `SENTON 1-Feb-1994`: the Date field has that day.
        b"SENTON" => SentOn(Date),
        /// `SENTSINCE 1-Feb-1994`: the Date field has that day or a later one.
        b"SENTSINCE" => SentSince(Date),
        /// `SINCE 1-Feb-1994`: received on that day or later.
        b"SINCE" => Since(Date),
        /// `SMALLER 4096`: of fewer octets.
        b"SMALLER" => Smaller(u64),
        /// `SUBJECT x`: somewhere in the Subject field.
        b"SUBJECT" => Subject(AString<'a>),
        /// `TEXT x`: somewhere in the header or the body.
        b"TEXT" => Text(AString<'a>),
        /// `TO smith`: somewhere in the To field.
        b"TO" => To(AString<'a>),
        /// `UID 1:100`: these UIDs.
        b"UID" => Uid(SequenceSet<'a>),
        /// `UNANSWERED`: `\Answered` is not set.
        b"UNANSWERED" => Unanswered,
        /// `UNDELETED`: `\Deleted` is not set.
        b"UNDELETED" => Undeleted,
        /// `UNDRAFT`: `\Draft` is not set.
        b"UNDRAFT" => Undraft,
        /// `UNFLAGGED`: `\Flagged` is not set.
        b"UNFLAGGED" => Unflagged,
        /// `UNKEYWORD $Junk`: that flag is not set.
        b"UNKEYWORD" => Unkeyword(Atom<'a>),
        /// `UNSEEN`: `\Seen` is not set.
        b"UNSEEN" => Unseen,

        /// `MODSEQ 620162338`: changed since. RFC 7162 section 3.1.5.
        b"MODSEQ" => ModSeq(ModSeqKey<'a>),
        /// `OLDER 259200`: received so many seconds ago or earlier. RFC 5032 section 2.
        b"OLDER" => Older(u32 as Nz),
        /// `YOUNGER 259200`: received within so many seconds. RFC 5032 section 2.
        b"YOUNGER" => Younger(u32 as Nz),
        /// `FILTER on-the-road`: what the filter of that name matches. RFC 5466 section 3.1.
        b"FILTER" => Filter(FilterName<'a>),
        /// `FUZZY SUBJECT x`: like that. RFC 6203 section 3.
        b"FUZZY" => Fuzzy(NestedKey<'a>),
        /// `EMAILID M6d99ac3275bb4e`: RFC 8474 section 6.
        b"EMAILID" => EmailId(ObjectId<'a>),
        /// `THREADID T64b478a75b7ea9`: RFC 8474 section 6.
        b"THREADID" => ThreadId(ObjectId<'a>),
        /// `SAVEDBEFORE 28-Dec-2014`: put into the mailbox before that day. RFC 8514 section 4.3.
        b"SAVEDBEFORE" => SavedBefore(Date),
        /// `SAVEDON 28-Dec-2014`: put into the mailbox on that day. RFC 8514 section 4.3.
        b"SAVEDON" => SavedOn(Date),
        /// `SAVEDSINCE 28-Dec-2014`: put into the mailbox on that day or later. RFC 8514 section 4.3.
        b"SAVEDSINCE" => SavedSince(Date),
        /// `SAVEDATESUPPORTED`: the mailbox knows when that was. RFC 8514 section 4.3.
        b"SAVEDATESUPPORTED" => SaveDateSupported,
        /// `ANNOTATION /comment value "IMAP4"`: somewhere in the annotation. RFC 5257 section 4.8.
        b"ANNOTATION" => Annotation(SearchAnnotation<'a>),
        /// `UIDAFTER 25000`: larger UIDs. RFC 9738 section 3.2.
        b"UIDAFTER" => UidAfter(u32 as Nz),
        /// `UIDBEFORE 25000`: smaller UIDs. RFC 9738 section 3.2.
        b"UIDBEFORE" => UidBefore(u32 as Nz),
        /// `X-GM-RAW has:attachment`: as on Gmail's web page.
        b"X-GM-RAW" => XGmRaw(AString<'a>),
        /// `X-GM-MSGID 1278455344230334865`: Gmail's id of the message.
        b"X-GM-MSGID" => XGmMsgId(u64 as Number64),
        /// `X-GM-THRID 1266894439832287888`: Gmail's id of the thread.
        b"X-GM-THRID" => XGmThrId(u64 as Number64),
        /// `X-GM-LABELS work`: Gmail's label.
        b"X-GM-LABELS" => XGmLabels(GmLabel<'a>),
    }
}

registry! {
    /// What a search is to return.
    ///
    /// `COUNT`
    ///
    /// RFC 9051 section 6.4.4 (`search-return-opt`).
    pub enum SearchReturnOption<'a> (key: label, other: TaggedExt<'a>) {
        /// `MIN`: the lowest number.
        b"MIN" => Min,
        /// `MAX`: the highest number.
        b"MAX" => Max,
        /// `ALL`: all numbers.
        b"ALL" => All,
        /// `COUNT`: how many there are.
        b"COUNT" => Count,
        /// `SAVE`: nothing, but keep the result for `$`. RFC 9051 section 6.4.4.1.
        b"SAVE" => Save,
        /// `PARTIAL 1:500`: some of the numbers. RFC 9394 section 3.1.
        b"PARTIAL" => Partial(PartialRange),
        /// `RELEVANCY`: how well each matches. RFC 6203 section 4.
        b"RELEVANCY" => Relevancy,
        /// `UPDATE`: and what changes later. RFC 5267 section 4.3, RFC 5465 section 7.
        b"UPDATE" => Update[Option<UpdateAttributes<'a>> as Update],
        /// `CONTEXT`: there will be more like it. RFC 5267 section 4.2.
        b"CONTEXT" => Context,
    }
}

registry! {
    /// One thing that was found.
    ///
    /// `COUNT 3`
    ///
    /// RFC 9051 section 7.3.4 (`search-return-data`).
    pub enum SearchReturnData<'a> (key: label, other: OtherItem<'a>, invalid: InvalidItem<'a>) {
        /// `MIN 2`: the lowest number.
        b"MIN" => Min(u32 as Nz),
        /// `MAX 3800`: the highest number.
        b"MAX" => Max(u32 as Nz),
        /// `ALL 2,10:11`: all numbers; never `$`.
        b"ALL" => All(UidSet<'a>),
        /// `COUNT 3`: how many there are.
        b"COUNT" => Count(u32),
        /// `MODSEQ 917162488`: the highest mod-sequence of what was found. RFC 4731 section 3.2.
        b"MODSEQ" => ModSeq(u64 as Nz),
        /// `PARTIAL (1:500 2,10:11)`: some of the numbers. RFC 9394 section 3.1.
        b"PARTIAL" => Partial(PartialResults<'a>),
        /// `RELEVANCY (4 99 42)`: how well each matches. RFC 6203 section 4.
        b"RELEVANCY" => Relevancy(List<'a, Score, SpacedOrEmpty>),
        /// `ADDTO (1 2733)`: these match now. RFC 5267 section 4.3.3.
        b"ADDTO" => AddTo(List<'a, ContextChange<'a>>),
        /// `REMOVEFROM (0 32768)`: these match no more. RFC 5267 section 4.3.4.
        b"REMOVEFROM" => RemoveFrom(List<'a, ContextChange<'a>>),
    }
}

registry! {
    /// What to sort by.
    ///
    /// `SUBJECT`
    ///
    /// RFC 5256 section 3 (`sort-key`).
    pub enum SortKey<'a> (key: atom_name, other: OtherSortKey<'a>) {
        /// `ARRIVAL`: when it was received.
        b"ARRIVAL" => Arrival,
        /// `CC`: the mailbox of the first Cc address.
        b"CC" => Cc,
        /// `DATE`: when it was sent.
        b"DATE" => Date,
        /// `FROM`: the mailbox of the first From address.
        b"FROM" => From,
        /// `SIZE`: its octets.
        b"SIZE" => Size,
        /// `SUBJECT`: the base subject.
        b"SUBJECT" => Subject,
        /// `TO`: the mailbox of the first To address.
        b"TO" => To,
        /// `DISPLAYFROM`: what is shown of the first From address. RFC 5957 section 4.
        b"DISPLAYFROM" => DisplayFrom,
        /// `DISPLAYTO`: what is shown of the first To address. RFC 5957 section 4.
        b"DISPLAYTO" => DisplayTo,
        /// `RELEVANCY`: how well it matches. RFC 6203 section 6.
        b"RELEVANCY" => Relevancy,
        /// `ANNOTATION /altsubject value.shared`: an annotation. RFC 5257 section 4.9.
        b"ANNOTATION" => Annotation(SortAnnotation<'a>),
    }
}

registry! {
    /// How threads are made.
    ///
    /// `REFERENCES`
    ///
    /// RFC 5256 section 3 (`thread-alg`).
    pub enum ThreadAlgorithm<'a> (key: atom_name, other: OtherAlgorithm<'a>) {
        /// `ORDEREDSUBJECT`: by subject, then by date.
        b"ORDEREDSUBJECT" => OrderedSubject,
        /// `REFERENCES`: by the messages that each one names, and by subject.
        b"REFERENCES" => References,
        /// `REFS`: by the messages that each one names. draft-ietf-morg-inthread.
        b"REFS" => Refs,
    }
}

registry! {
    /// Which mailboxes are meant.
    ///
    /// `subtree "folder2"`
    ///
    /// RFC 5465 section 6, RFC 7377 section 2.2 (`filter-mailboxes`).
    pub enum FilterMailboxes<'a> (key: keyword, else: Expected::Keyword) {
        /// `selected`: the selected one.
        b"selected" => Selected,
        /// `selected-delayed`: the selected one, but expunges are told later. Only for NOTIFY.
        b"selected-delayed" => SelectedDelayed,
        /// `inboxes`: those that new mail may come to.
        b"inboxes" => Inboxes,
        /// `personal`: those of the user's own namespaces.
        b"personal" => Personal,
        /// `subscribed`: those that the user has subscribed to.
        b"subscribed" => Subscribed,
        /// `subtree "folder2"`: these, and all below them.
        b"subtree" => Subtree(OneOrMoreMailbox<'a>),
        /// `subtree-one "folder2"`: these, and those one level below them. RFC 7377 section 2.2.
        b"subtree-one" => SubtreeOne(OneOrMoreMailbox<'a>),
        /// `mailboxes "folder1"`: these.
        b"mailboxes" => Mailboxes(OneOrMoreMailbox<'a>),
    }
}
