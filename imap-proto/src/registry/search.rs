//! What is said in SEARCH, SORT, THREAD and ESEARCH, one row each.

use super::rows::registry;

use crate::error::Expected;
use crate::ext::annotate::{SearchAnnotation, SortAnnotation};
use crate::ext::filter_mailboxes::OneOrMoreMailbox;
use crate::ext::filters::FilterName;
use crate::ext::fuzzy::Score;
use crate::ext::gmail::{GmLabel, Number64};
use crate::ext::object_id::ObjectId;
use crate::ext::partial::PartialRange;
use crate::ext::search_context::{ContextChange, Update, UpdateAttributes};
use crate::ext::search_mod_seq::ModSeqKey;
use crate::ext::search_partial::PartialResults;
use crate::ext::sort::OtherSortKey;
use crate::ext::thread::OtherAlgorithm;
use crate::grammar::class::keyword;
use crate::grammar::date::Date;
use crate::grammar::number::Nz;
use crate::grammar::search::{Group, HeaderKey, NestedKey, OrKeys, SearchKeys, key_name};
use crate::grammar::sequence::{SequenceSet, UidSet};
use crate::grammar::string::{AString, Atom};
use crate::grammar::tagged_ext::{OtherItem, TaggedExt, atom_name, label};
use crate::grammar::text::InvalidItem;
use crate::list::{List, SpacedOrEmpty};

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
