//! The bodies of DATA and BDAT ([RFC 5321 section 4.5.2](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.2),
//! [RFC 3030](https://www.rfc-editor.org/rfc/rfc3030)): slices in, slices out, no copy of the body.
//!
//! Two programs that disagree about where a message ends let a sender hide a second message in the first. So there is
//! one rule here and no option for it: a body of DATA ends at `CRLF . CRLF`, or at `. CRLF` when that is the first
//! thing in it, and at nothing else. What an option decides ([`Stray`]) is what becomes of a CR or an LF that is not
//! part of a CRLF; it never ends a line for the purpose of finding the end, whatever the option says.
//!
//! | | from the wire | to the wire |
//! |---|---|---|
//! | DATA | [`DataDecoder`] | [`DataEncoder`] |
//! | BDAT | [`BdatDecoder`] | [`BdatEncoder`] |
//!
//! ```
//! use smtp_proto::body::{DataDecoder, Decoded, Piece, Stray};
//!
//! let mut wire: &[u8] = b"Subject: hi\r\n\r\n..\r\n.\r\nQUIT\r\n";
//! let mut decoder = DataDecoder::new(Stray::Reject);
//! let mut message = Vec::new();
//! while let Some(Decoded { consumed, piece }) = decoder.decode(wire) {
//!     wire = &wire[consumed..];
//!     match piece {
//!         Piece::Content(content) => message.extend_from_slice(content),
//!         Piece::Anomaly(anomaly) => println!("{anomaly}"),
//!         Piece::End => break,
//!     }
//! }
//! assert_eq!(message, b"Subject: hi\r\n\r\n.\r\n");
//! assert_eq!(wire, b"QUIT\r\n");
//! ```

mod decode;
mod encode;

mod scan;
#[cfg(test)]
mod smuggling;
pub use self::decode::{BdatDecoder, DataDecoder, Decoded, Piece};
pub use self::encode::{BdatEncoder, DataEncoder};

/// What to do with a CR or an LF that is not part of a CRLF, and with NUL, in a body.
///
/// None of them is ever part of an end of data. Under BINARYMIME nothing is checked and this does not apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stray {
    /// In: the body is delivered as it is and each stray octet is reported; the body is to be read to its true end
    /// and then refused (554 5.6.0), so that the peer sees the reply. Out: an error.
    #[default]
    Reject,
    /// In: as [`Reject`](Self::Reject), but the connection is to be closed (421) at the first report. Out: an error.
    Close,
    /// A CR directly before a CRLF is left out, any other stray CR or LF becomes CRLF. In: each is reported too. NUL
    /// has no replacement: in, it is delivered and reported; out, it is an error.
    ///
    /// In: a dot that follows such a new CRLF is content, even a doubled one, as the line it stands on was none on the wire.
    Normalise,
    /// In: delivered as it is, counted and not reported; for those who do not pass the message on by DATA. Out: BDAT takes
    /// stray CR and LF as they are; DATA cannot carry them safely and refuses as with [`Reject`](Self::Reject).
    Preserve,
}

/// What is wrong with an octet of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AnomalyKind {
    /// A CR that no LF follows ([RFC 5321 section 2.3.8](https://www.rfc-editor.org/rfc/rfc5321#section-2.3.8)).
    #[error("CR without LF")]
    BareCr,
    /// An LF that no CR precedes.
    #[error("LF without CR")]
    BareLf,
    /// The octet zero, allowed under BINARYMIME only ([RFC 3030 section 3](https://www.rfc-editor.org/rfc/rfc3030#section-3)).
    #[error("NUL")]
    Nul,
}

/// An octet that should not be in a body, and where.
///
/// `offset` counts the octets of the body on the wire before it: with the dots that were taken off, from the first octet
/// after the DATA line; for BDAT the octets of all chunks of the message, without the BDAT lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at octet {offset} of the body")]
pub struct Anomaly {
    /// What it is.
    pub kind: AnomalyKind,
    /// Octets of the body on the wire before it.
    pub offset: u64,
}

/// How many anomalies of one kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The offset of the first, as in [`Anomaly`].
    pub first: Option<u64>,
}

/// All anomalies of a body so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Anomalies {
    /// CR without LF.
    pub bare_cr: Tally,
    /// LF without CR.
    pub bare_lf: Tally,
    /// NUL.
    pub nul: Tally,
}

impl Anomalies {
    /// Whether the body was clean so far.
    pub const fn is_empty(&self) -> bool {
        self.bare_cr.count == 0 && self.bare_lf.count == 0 && self.nul.count == 0
    }

    /// The anomaly that came first.
    pub fn first(&self) -> Option<Anomaly> {
        [
            (AnomalyKind::BareCr, self.bare_cr),
            (AnomalyKind::BareLf, self.bare_lf),
            (AnomalyKind::Nul, self.nul),
        ]
        .into_iter()
        .filter_map(|(kind, tally)| Some(Anomaly { kind, offset: tally.first? }))
        .min_by_key(|anomaly| anomaly.offset)
    }

    fn count(&mut self, Anomaly { kind, offset }: Anomaly) {
        let tally = match kind {
            AnomalyKind::BareCr => &mut self.bare_cr,
            AnomalyKind::BareLf => &mut self.bare_lf,
            AnomalyKind::Nul => &mut self.nul,
        };
        tally.count = tally.count.saturating_add(1);
        tally.first.get_or_insert(offset);
    }
}

/// Why a body cannot be sent, or is not whole.
///
/// On the way out, `offset` counts the octets given to `encode` before the one in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// A CR, LF or NUL that may not be sent.
    #[error("the body cannot be sent: {0}")]
    Anomaly(#[from] Anomaly),
    /// An octet above 127 where only 7-bit may be sent (no 8BITMIME, [RFC 6152](https://www.rfc-editor.org/rfc/rfc6152)).
    #[error("the body cannot be sent: 8-bit octet at octet {offset}")]
    EightBit {
        /// Where it is.
        offset: u64,
    },
    /// A line longer than allowed ([RFC 5321 section 4.5.3.1.6](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.6)).
    #[error("the body cannot be sent: line too long at octet {offset}")]
    LineTooLong {
        /// The first octet past the limit.
        offset: u64,
    },
    /// The input ended and the body had not.
    #[error("the input ended inside a message")]
    Truncated,
    /// The body has been finished, or its last chunk has been started: nothing can be added.
    #[error("the body has been finished")]
    Finished,
    /// A chunk was started and the one before has octets to come.
    #[error("the chunk before has not ended")]
    ChunkOpen,
}
