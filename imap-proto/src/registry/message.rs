//! What is said of messages by FETCH, STORE, APPEND and CONVERT, one row each.

use super::rows::registry;

use crate::error::Expected;
use crate::ext::annotate::{Annotation, Annotations, FetchAnnotation};
use crate::ext::convert::{ConvertHeader, ConvertedBinary, ConvertedHeader, ConvertedPart, MediaTypes};
use crate::ext::gmail::{GmLabel, Number64};
use crate::ext::object_id::{ObjectId, ParenthesisedOrNil};
use crate::ext::partial::PartialRange;
use crate::ext::preview::{Listed, PreviewModifier, Snippet, SnippetAlgorithm};
use crate::grammar::append::OtherAppendExtension;
use crate::grammar::body::BodyStructure;
use crate::grammar::class::keyword;
use crate::grammar::date::{DateTime, LooseDateTime};
use crate::grammar::envelope::Envelope;
use crate::grammar::fetch::{
    BinaryRequest, BinarySection, BinarySize, BodyRequest, BodySection, DateOrNil, item_name,
};
use crate::grammar::flag::Flags;
use crate::grammar::list_option::OptionExtension;
use crate::grammar::literal::NString;
use crate::grammar::number::{Nz, Parenthesised};
use crate::grammar::section::{Closed, SectionPart};
use crate::grammar::string::{AString, IString};
use crate::grammar::tagged_ext::{OtherItem, TaggedExt, label};
use crate::grammar::text::InvalidItem;
use crate::list::{List, SpacedOrEmpty};

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
