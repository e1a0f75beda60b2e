//! Capabilities, one row each.

use super::rows::registry;

use crate::auth::Mechanism;
use crate::grammar::capability::{OtherCapability, QuotaCapability, capability_name};
use crate::grammar::string::Atom;

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
