//! Untagged data, one row each.

use super::rows::registry;

use crate::ext::acl::{AclData, ListRightsData, MyRightsData};
use crate::ext::convert::{ConversionData, ConvertedData};
use crate::ext::id::IdParameters;
use crate::ext::language::Comparator;
use crate::ext::metadata::MetadataData;
use crate::ext::namespace::Namespaces;
use crate::ext::quota::{QuotaData, QuotaRootData};
use crate::ext::thread::Threads;
use crate::ext::uidbatches::UidBatchesData;
use crate::ext::url::UrlFull;
use crate::ext::urlfetch::UrlFetchData;
use crate::ext::vanished::Vanished;
use crate::grammar::capability::{Capabilities, CapabilityData};
use crate::grammar::class::keyword;
use crate::grammar::esearch::EsearchData;
use crate::grammar::flag::Flags;
use crate::grammar::list_data::{ListData, Xlist};
use crate::grammar::search::SearchData;
use crate::grammar::status_data::StatusData;
use crate::grammar::string::{AString, IString};
use crate::grammar::text::{Unknown, Values};
use crate::list::{Bare, List};
use crate::registry::FetchItem;

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
