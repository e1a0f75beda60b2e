//! What a view tells.

use crate::grammar::sequence::Ranges;

/// What has changed in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Messages have come, or there were some when the mailbox was selected. Nothing is known of them but their numbers: from
    /// `exists - count + 1` to `exists`. `* 172 EXISTS`
    Arrived {
        /// How many.
        count: u32,
        /// How many there are now.
        exists: u32,
    },
    /// A message is known that was not: its UID was told, and maybe its flags.
    Known {
        /// Its UID.
        uid: u32,
        /// Its number, when it was told.
        number: Option<u32>,
    },
    /// The flags of a message are others than those that were known. `* 12 FETCH (FLAGS (\Seen))`
    ///
    /// Of a message whose UID is not known, they are not kept, and this says that there was something.
    Flags {
        /// Its UID, when it is known.
        uid: Option<u32>,
        /// Its number, when it is known.
        number: Option<u32>,
    },
    /// A message is gone, and the numbers of all behind it are less by one. `* 44 EXPUNGE`
    Expunged {
        /// The number that it had.
        number: u32,
        /// Its UID, when it was known.
        uid: Option<u32>,
    },
    /// Messages are gone: `* VANISHED 405,407`, `* VANISHED (EARLIER) 41,43:116`, or a resynchronisation has not found them.
    Vanished {
        /// Those that were known.
        uids: Ranges,
        /// How many others.
        others: u32,
    },
    /// Nothing that was known of the mailbox holds any more: its UIDs mean other messages.
    Forgotten {
        /// The UIDVALIDITY that was known.
        from: u64,
        /// The one that there is now; `None` when the server has told none.
        to: Option<u64>,
    },
    /// There is room for no more messages, and this one is not kept, or not any more.
    NotKept {
        /// Its UID.
        uid: u32,
    },
    /// There is room for no more keywords, and this message has some that are not kept.
    FlagsNotKept {
        /// Its UID.
        uid: u32,
    },
    /// The server contradicts itself, or what was saved.
    Contradiction(Contradiction),
}

/// How a server contradicts itself. Each says what the view makes of it: it is never an error, and never the end.
///
/// "Numbers are forgotten" means that the messages stay known, with UIDs and flags, and without numbers until those are told
/// again. "Is to be synchronised" means that [`is_synchronized`](super::MailboxView::is_synchronized) is false until
/// [`next_step`](super::MailboxView::next_step) has been through once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Contradiction {
    /// EXISTS is less than what there was, and no message was said to be gone. Numbers are forgotten; the mailbox is to be
    /// synchronised. RFC 9051 section 7.4.1.
    ExistsDecreased {
        /// How many there were.
        from: u32,
        /// How many there are.
        to: u32,
    },
    /// More messages are known than there are: some are gone, and it was not told which. The mailbox is to be synchronised.
    MoreThanExists {
        /// How many are known.
        known: u32,
        /// How many there are.
        exists: u32,
    },
    /// EXPUNGE of a number that no message has. It is ignored. RFC 9051 section 7.5.1.
    ExpungeBeyondExists {
        /// The number.
        number: u32,
        /// How many messages there are.
        exists: u32,
    },
    /// FETCH of a number that no message has, as Exchange sends it. The number is ignored; flags are kept when there is the UID
    /// of a known message with them.
    FetchBeyondExists {
        /// The number.
        number: u32,
        /// How many messages there are.
        exists: u32,
    },
    /// Another UID for a number than before. Numbers are forgotten, except this one. The mailbox is to be synchronised.
    UidChanged {
        /// The number.
        number: u32,
        /// The UID that it had.
        from: u32,
        /// The UID that it has.
        to: u32,
    },
    /// Another number for a UID than before. Numbers are forgotten, except this one. The mailbox is to be synchronised.
    NumberChanged {
        /// The UID.
        uid: u32,
        /// The number that it had.
        from: u32,
        /// The number that it has.
        to: u32,
    },
    /// UIDs do not ascend with numbers, or there is no room for the UIDs of the messages between. Numbers are forgotten, except
    /// this one. The mailbox is to be synchronised. RFC 9051 section 2.3.1.1.
    UidOrder {
        /// The number.
        number: u32,
        /// Its UID.
        uid: u32,
    },
    /// A message that was there when UIDNEXT was told has a UID that is not below. It is believed.
    UidNotBelowUidNext {
        /// The UID.
        uid: u32,
        /// What UIDNEXT was.
        uid_next: u32,
    },
    /// A message that came after UIDNEXT was told has a UID that is below. It is believed.
    UidBelowUidNext {
        /// The UID.
        uid: u32,
        /// What UIDNEXT was.
        uid_next: u32,
    },
    /// A UID of 0. It is ignored.
    UidZero,
    /// UIDNEXT is less than it was, with the same UIDVALIDITY. The higher one stays. The mailbox is to be synchronised, and all of
    /// it fetched again. RFC 9051 section 2.3.1.1.
    UidNextDecreased {
        /// What it was.
        from: u32,
        /// What it is.
        to: u32,
    },
    /// UIDVALIDITY is 0, which is no value: it is as if none was told. RFC 9051 section 2.3.1.1.
    UidValidityZero,
    /// A message's mod-sequence is less than it was. The higher one stays. RFC 7162 section 3.1.
    ModSeqDecreased {
        /// Its UID.
        uid: u32,
        /// What it was.
        from: u64,
        /// What it is.
        to: u64,
    },
    /// HIGHESTMODSEQ is less than it was, with the same UIDVALIDITY. What is told counts. The mailbox is to be synchronised, and all
    /// of it fetched again. RFC 7162 section 3.1.2.1.
    HighestModSeqDecreased {
        /// What it was.
        from: u64,
        /// What it is.
        to: u64,
    },
    /// VANISHED, without `(EARLIER)`, of UIDs that no message can have. They are ignored. RFC 7162 section 3.2.10.2.
    VanishedUnknown {
        /// How many.
        count: u32,
    },
    /// VANISHED `(EARLIER)` of a message that has a number now. Its UID is forgotten, its number stays. The mailbox is to be
    /// synchronised. RFC 7162 section 3.2.10.1.
    VanishedEarlier {
        /// Its UID.
        uid: u32,
    },
    /// The mailbox was selected, and EXISTS was not told. It is as if there was no message. RFC 9051 section 6.3.2.
    NoExists,
    /// The mailbox was selected, and UIDVALIDITY was not told: UIDs do not last. RFC 9051 section 6.3.2.
    NoUidValidity,
}
