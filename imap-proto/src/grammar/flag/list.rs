//! Lists of flags, kept as text and as bits.

use super::{Flag, FlagPerm, SystemFlags};

/// Defines a list whose registered items are bits, too: what it holds is asked more often than what all is in it.
macro_rules! flag_list {
    ($(#[$meta:meta])* pub struct $name:ident<'a>: $item:ident, $abnf:literal;) => {
        $crate::wire::part! {
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name<'a> {
                list: $crate::list::List<'a, $item<'a>, $crate::list::SpacedOrEmpty>,
                bits: u64,
            }
        }

        impl<'a> $name<'a> {
            /// The items in order, as they were written.
            pub fn list(&self) -> &$crate::list::List<'a, $item<'a>, $crate::list::SpacedOrEmpty> {
                &self.list
            }

            /// The items in order.
            pub fn iter(&self) -> impl Iterator<Item = $item<'_>> {
                self.list.iter()
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.list.is_empty()
            }
        }

        impl<'a> From<$crate::list::List<'a, $item<'a>, $crate::list::SpacedOrEmpty>> for $name<'a> {
            fn from(list: $crate::list::List<'a, $item<'a>, $crate::list::SpacedOrEmpty>) -> Self {
                let bits = list.iter().fold(0, |bits, item| bits | item.bit());
                Self { list, bits }
            }
        }

        impl<'a> FromIterator<$item<'a>> for $name<'a> {
            fn from_iter<I: IntoIterator<Item = $item<'a>>>(items: I) -> Self {
                items.into_iter().collect::<$crate::list::List<'_, _, _>>().into()
            }
        }

        impl<'a, const N: usize> From<[$item<'a>; N]> for $name<'a> {
            fn from(items: [$item<'a>; N]) -> Self {
                items.into_iter().collect()
            }
        }

        #[doc = concat!("```abnf\n", $abnf, "\n```")]
        impl<'a> $crate::wire::Wire<'a> for $name<'a> {
            #[inline]
            fn parse(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Self> {
                use $crate::error::Expected;
                if cx.is_lenient() && !cx.known() {
                    let (rest, list) = $crate::list::List::parse(input, cx)?;
                    return Ok((rest, Self::from(list)));
                }
                let (start, ()) = $crate::wire::octet(input, b'(', Expected::Open)?;
                if let [b')', rest @ ..] = start {
                    return Ok((rest, Self::default()));
                }
                let (mut rest, mut bits) = (start, 0);
                loop {
                    let item;
                    (rest, item) = $item::parse(rest, cx)?;
                    bits |= item.bit();
                    match rest {
                        [b' ', after @ ..] => rest = after,
                        [b')', after @ ..] => {
                            let text = $crate::wire::before(start, rest);
                            let list = $crate::list::List::of(alloc::borrow::Cow::Borrowed(text));
                            return Ok((after, Self { list, bits }));
                        }
                        _ => return $crate::wire::Fail::at(rest, Expected::Close),
                    }
                }
            }

            #[inline]
            fn skip(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, ()> {
                <$crate::list::List<'a, $item<'a>, $crate::list::SpacedOrEmpty> as $crate::wire::Wire<'a>>::skip(input, cx)
            }

            fn encode(&self, out: &mut $crate::wire::Writer<'_>) {
                self.list.encode(out);
            }
        }
    };
}
pub(crate) use flag_list;

flag_list! {
    /// Flags of a message or a mailbox.
    ///
    /// `(\Seen $Forwarded)`, `()`
    ///
    /// Kept as text that was checked, and as bits of what is registered. Two are equal when their flags are, in order.
    /// RFC 9051 section 9 (`flag-list`).
    pub struct Flags<'a>: Flag, "flag-list = \"(\" [flag *(SP flag)] \")\"";
}

impl Flags<'_> {
    /// The system flags among them.
    pub fn system(&self) -> SystemFlags {
        SystemFlags::of(self.bits)
    }

    /// Whether `flag` is among them, in any case. A look at one number for a registered flag, else a walk.
    pub fn contains(&self, flag: &Flag<'_>) -> bool {
        match flag.bit() {
            0 => self.iter().any(|one| one == *flag),
            bit => self.bits & bit != 0,
        }
    }
}

flag_list! {
    /// The flags that clients can change for good.
    ///
    /// `(\Deleted \Seen \*)`
    ///
    /// RFC 9051 section 7.1 (`PERMANENTFLAGS`).
    pub struct PermanentFlags<'a>: FlagPerm, "\"(\" [flag-perm *(SP flag-perm)] \")\"";
}

impl PermanentFlags<'_> {
    /// The system flags among them.
    pub fn system(&self) -> SystemFlags {
        SystemFlags::of(self.bits)
    }

    /// Whether `flag` is among them, in any case.
    pub fn contains(&self, flag: &Flag<'_>) -> bool {
        match flag.bit() {
            0 => self.iter().any(|one| matches!(one, FlagPerm::Flag(one) if one == *flag)),
            bit => self.bits & bit != 0,
        }
    }

    /// Whether `\*` is among them: clients can make new keywords by using them.
    pub fn has_any(&self) -> bool {
        self.bits & FlagPerm::ANY != 0
    }
}
