//! Every keyword the crate knows, one row each. Adding an extension means adding rows here.

mod rows;

pub(crate) use self::rows::{Via, registry};

use crate::grammar::class::keyword;
use crate::grammar::number::{Nz, Nz32, Parenthesised};
use crate::grammar::status::{InvalidCode, OtherCode, code_name};
use crate::grammar::text::{InvalidItem, Unknown};
use crate::list::List;

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

        // Mailboxes: RFC 9051 section 6.3, SELECT, LIST, STATUS.

        // Access, quota, metadata, annotations: ACL, QUOTA, METADATA, NOTIFY.

        // Searching: RFC 9051 section 6.4.4, SORT, THREAD, ESEARCH.

        // Messages: RFC 9051 section 6.4, FETCH, STORE, COPY, MOVE, APPEND, REPLACE.

        // URLs and conversion: URLAUTH, CONVERT.
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

        // Mailboxes: LIST, STATUS.

        // Access, quota, metadata, annotations.

        // Searching: SEARCH, SORT, THREAD, ESEARCH.

        // Messages: FLAGS, VANISHED.

        // URLs and conversion.
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

        // Conversion.
    }
}

registry! {
    /// One thing about a message in a FETCH response.
    ///
    /// `RFC822.SIZE 44827`
    ///
    /// RFC 9051 section 7.5.2 (`msg-att`).
    pub enum FetchItem<'a> (key: crate::grammar::fetch::item_name, other: Unknown<'a>, invalid: InvalidItem<'a>) {
        /// `UID 4392`: its UID.
        b"UID" => Uid(u32 as Nz),
        /// `RFC822.SIZE 44827`: its size in octets.
        b"RFC822.SIZE" => Rfc822Size(u64),
        /// `MODSEQ (624140003)`: when it was last changed. RFC 7162 section 3.1.4.
        b"MODSEQ" => ModSeq(u64 as Parenthesised),

        // Envelope and structure.

        // Contents: BODY[], BINARY[], RFC822.

        // Flags, dates, identifiers and the rest.
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

        // Mailboxes: LIST, SELECT, STATUS.

        // Access, quota, metadata, annotations, NOTIFY.

        // Searching.

        // Messages: UIDPLUS, CONDSTORE, APPEND.

        // URLs and conversion.
    }
}
