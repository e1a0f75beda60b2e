//! The values of SMTP's extensions, one topic each.

mod attributes;
mod auth;
mod body;
mod burl;
mod checkpoint;
mod chunking;
mod date_time;
mod deliver_by;
mod dsn;
mod future_release;
mod limits;
mod priority;
mod rrvs;
mod size;
mod solicit;
mod submitter;
mod tracking;
mod turn;
mod utf8_address;
mod verp;
mod xtext;

pub use self::attributes::{AttributeNames, AttributeValue, Attributes};
pub use self::auth::AuthSender;
pub use self::body::BodyKind;
pub use self::burl::{Burl, BurlOffer};
pub use self::checkpoint::{TransId, transaction_offset};
pub use self::chunking::Bdat;
pub use self::date_time::DateTime;
pub use self::deliver_by::{ByMode, DeliverBy, DeliverByOffer};
pub use self::dsn::{Envid, Notify, OriginalRecipient, Ret};
pub use self::future_release::{FutureReleaseOffer, HoldFor, HoldUntil};
pub use self::limits::ServerLimits;
pub use self::priority::{Priority, PriorityProfile};
pub use self::rrvs::{Rrvs, RrvsAction};
pub use self::solicit::SolicitationKeywords;
pub use self::submitter::{AltAddress, Submitter};
pub use self::tracking::Tracking;
pub use self::turn::{Atrn, Etrn, QueueName};
pub use self::utf8_address::Utf8Address;
pub use self::verp::VerpDelimiters;
pub use self::xtext::Xtext;
pub use crate::registry::Attribute;

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::parameter::{before, utf8};
use crate::wire::{self, Fail, Parsed};

/// Reads 1 to `most` decimal digits, and `most` is 9 at most: the number fits.
fn digits(input: &[u8], most: usize) -> Parsed<'_, u32> {
    let count = input.iter().take_while(|octet| octet.is_ascii_digit()).count();
    match (wire::number(input), u32::try_from(count)) {
        (Ok((rest, value)), _) if count <= most => Ok((rest, value as u32)),
        _ => Fail::at(input, Expected::ParameterValue),
    }
}

/// What of `input` stands before `rest`, as text to be kept.
fn kept<'a>(input: &'a [u8], rest: &'a [u8]) -> Parsed<'a, Cow<'a, str>> {
    utf8(before(input, rest), rest).map(|(rest, text)| (rest, Cow::Borrowed(text)))
}

/// What texts that are kept as they came have in common.
macro_rules! kept_text {
    ($($name:ident $field:literal;)*) => {$(
        impl $name<'_> {
            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Reads the text as it stands on the wire.
        impl<'a> TryFrom<&'a str> for $name<'a> {
            type Error = $crate::error::ValueError;

            fn try_from(text: &'a str) -> Result<Self, Self::Error> {
                let read = $crate::wire::exact(text.as_bytes(), $crate::options::Dialect::STRICT);
                read.map_err(|error| error.in_field($field))
            }
        }

        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), $crate::text::Shown(self.0.as_bytes()))
            }
        }
    )*};
}
use kept_text;

/// The longest text behind an EHLO keyword, in octets.
const OFFER_MAX: usize = crate::ehlo::Arguments::MAX;

/// Keeps what of `input` stands before `rest`, when it fits the line of an EHLO keyword.
fn kept_offer<'a>(input: &'a [u8], rest: &'a [u8]) -> Parsed<'a, Cow<'a, str>> {
    if before(input, rest).len() > OFFER_MAX {
        return Fail::at(input.get(OFFER_MAX..).unwrap_or_default(), Expected::Shorter);
    }
    kept(input, rest)
}

/// Reads words of printable ASCII, separated by single spaces: what stands behind an EHLO keyword.
///
/// ```abnf
/// ehlo-params = ehlo-param *( SP ehlo-param )
/// ehlo-param = 1*%d33-126
/// ```
fn words(input: &[u8]) -> Parsed<'_, Cow<'_, str>> {
    let mut rest = input;
    loop {
        let word = rest.iter().take_while(|octet| octet.is_ascii_graphic()).count();
        match rest.split_at_checked(word) {
            Some(([_, ..], [b' ', after @ ..])) if after.first().is_some_and(u8::is_ascii_graphic) => {
                rest = after
            }
            Some(([_, ..], after)) => return kept_offer(input, after),
            _ => return Fail::at(rest, Expected::Argument),
        }
    }
}
