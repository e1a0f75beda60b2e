//! What is said of mailboxes by SELECT, LIST, STATUS, QUOTA, METADATA and NOTIFY, one row each.

use super::rows::{asked_and_told, registry};

use crate::ext::metadata::{Depth, Entry};
use crate::ext::notify::NewMessageItems;
use crate::ext::object_id::ObjectId;
use crate::ext::qresync::QResync;
use crate::grammar::attribute::MailboxAttributes;
use crate::grammar::list_item::{ChildInfo, OtherListItem, item_tag};
use crate::grammar::list_option::OptionExtension;
use crate::grammar::mailbox::Mailbox;
use crate::grammar::number::{Nz, Nz32, Parenthesised};
use crate::grammar::status_data::NumberOrNil;
use crate::grammar::string::{AString, Atom};
use crate::grammar::tagged_ext::{OtherItem, TaggedExt, atom_name, label};
use crate::grammar::text::InvalidItem;
use crate::list::List;

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
