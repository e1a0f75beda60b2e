//! What stands behind keywords that an extension's own file has a type for.

use super::arguments::separator;
use crate::ext::{
    AttributeNames, BurlOffer, DeliverByOffer, FutureReleaseOffer, PriorityProfile, ServerLimits,
    SolicitationKeywords,
};
use crate::grammar::line::is_blank;
use crate::wire::{Cx, Parsed, Wire, Writer};

/// What stands behind a keyword, separator included.
pub(crate) trait KeywordArguments<'a>: Sized {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self>;
    fn encode(&self, out: &mut Writer<'_>);
}

impl<'a, T: Wire<'a>> KeywordArguments<'a> for T {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        Wire::parse(input, cx)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        Wire::encode(self, out);
    }
}

/// What an extension's file has a type for; `None` when nothing stands there.
macro_rules! extension_arguments {
    ($($type:ty),*) => {$(
        impl<'a> KeywordArguments<'a> for Option<$type> {
            fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
                if is_blank(input) {
                    return Ok((input, None));
                }
                let (arguments, ()) = separator(input, cx)?;
                if input.starts_with(b"=") && is_blank(arguments) {
                    return Ok((arguments, None));
                }
                let (rest, arguments) = Wire::parse(arguments, cx)?;
                Ok((rest, Some(arguments)))
            }

            fn encode(&self, out: &mut Writer<'_>) {
                if let Some(arguments) = self {
                    out.put(" ");
                    Wire::encode(arguments, out);
                }
            }
        }
    )*};
}

extension_arguments! {
    SolicitationKeywords<'a>, DeliverByOffer<'a>, BurlOffer<'a>, FutureReleaseOffer, PriorityProfile<'a>,
    ServerLimits<'a>, AttributeNames<'a>
}
