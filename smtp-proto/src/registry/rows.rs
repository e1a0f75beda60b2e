//! How a set of keywords follows from its rows.

use crate::wire::{Cx, Parsed};

/// What a `registry!` enum says of its rows.
pub(crate) trait Rows<'a> {
    /// How many there are.
    const ROWS: u32;

    /// Reads an item and gives the number of its row, `None` when it has none. It accepts what the parser accepts, and
    /// is cheaper than making the value.
    fn row(input: &'a [u8], cx: Cx) -> Parsed<'a, Option<u32>>;

    /// Whether `keyword`, in any case, has a row.
    fn has_row(keyword: &[u8]) -> bool;
}

/// Defines an open set of keywords.
///
/// A row is `b"KEYWORD" => Variant(Arguments), // RFC`. From the rows follow the enum with an arm `Other` for all
/// that has no row, the keyword of each variant, `into_owned`, the parser and the encoder. `Arguments` implement
/// [`Wire`](crate::wire::Wire) and read what stands behind the keyword, separator included; a row without arguments
/// reads the keyword only. `key` and `other` name how a keyword is read and what `Other` holds:
///
/// * `key: fn(&[u8]) -> Parsed<&[u8]>` takes the keyword from the front;
/// * `Other(T)` where `T: Keyed<'a>` reads the whole item, keyword included;
/// * `arguments: Trait`, when given, is what reads and writes arguments instead of `Wire`: a trait of the same two
///   functions that deals with the separator, so that the types need not;
/// * `invalid: Type`, when given, is an arm for what cannot be read. The parser never gives it, whoever calls it does.
macro_rules! registry {
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty $(, invalid: $invalid:ty)?) { $($rows:tt)* }) => {
        $crate::registry::registry! {
            $(#[$meta])*
            pub enum $name<'a>
            (key: $key, other: $other, arguments: $crate::wire::Wire $(, invalid: $invalid)?) { $($rows)* }
        }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty, arguments: $arguments:path $(, invalid: $invalid:ty)?) {
        $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(($type:ty))?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$row_meta])* $variant $(($type))?,)*
            /// One without a row, as it came.
            Other($other),
            $(
                /// What cannot be read, as it came.
                Invalid($invalid),
            )?
        }

        impl<'a> $name<'a> {
            /// The keyword, in the spelling of its RFC; of [`Other`](Self::Other) as it came.
            pub fn keyword(&self) -> &str {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? _x) => {
                        const { match core::str::from_utf8($keyword) { Ok(keyword) => keyword, Err(_) => "" } }
                    })*
                    Self::Other(other) => other.keyword(),
                    $(Self::Invalid(invalid) => <$invalid>::keyword(invalid),)?
                }
            }

            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? x) =>
                        $crate::registry::registry!(@value $name $variant $(($type))? x),)*
                    Self::Other(other) => $name::Other($crate::wire::IntoOwned::into_owned(other)),
                    $(Self::Invalid(invalid) =>
                        $name::Invalid(<$invalid as $crate::wire::IntoOwned>::into_owned(invalid)),)?
                }
            }
        }

        impl $crate::wire::IntoOwned for $name<'_> {
            type With<'s> = $name<'s>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }

        impl<'a> $crate::registry::Rows<'a> for $name<'a> {
            const ROWS: u32 = [$(stringify!($variant)),*].len() as u32;

            #[inline]
            #[allow(non_upper_case_globals)] // the row's only name
            fn row(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Option<u32>> {
                #[repr(u32)]
                enum Row { $($variant),* }
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                let (rest, keyword) = $key(input)?;
                match $crate::wire::key(keyword) {
                    $($variant => {
                        let rest = $crate::registry::registry!(@skip rest cx $arguments, $(($type))?);
                        Ok((rest, Some(Row::$variant as u32)))
                    })*
                    _ => {
                        let (rest, _) = <$other as $crate::wire::Wire>::parse(input, cx)?;
                        Ok((rest, None))
                    }
                }
            }

            #[allow(non_upper_case_globals)] // the row's only name
            fn has_row(keyword: &[u8]) -> bool {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                matches!($crate::wire::key(keyword), $($variant)|*)
            }
        }

        impl<'a> $crate::wire::Wire<'a> for $name<'a> {
            #[inline]
            #[allow(non_upper_case_globals)] // the row's only name
            fn parse(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Self> {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                let (rest, keyword) = $key(input)?;
                match $crate::wire::key(keyword) {
                    $($variant => $crate::registry::registry!(@parse rest cx $arguments, $variant $(($type))?),)*
                    _ => {
                        let (rest, other) = $crate::wire::Wire::parse(input, cx)?;
                        Ok((rest, Self::Other(other)))
                    }
                }
            }

            fn encode(&self, out: &mut $crate::wire::Writer<'_>) {
                match self {
                    $($crate::registry::registry!(@pattern $variant $(($type))? x) => {
                        out.put($keyword);
                        $crate::registry::registry!(@encode out $arguments, $(($type))? x);
                    })*
                    Self::Other(other) => $crate::wire::Wire::encode(other, out),
                    $(Self::Invalid(invalid) => <$invalid as $crate::wire::Wire<'_>>::encode(invalid, out),)?
                }
            }
        }
    };
    (@pattern $variant:ident $x:ident) => { Self::$variant };
    (@pattern $variant:ident ($type:ty) $x:ident) => { Self::$variant($x) };
    (@value $name:ident $variant:ident $x:ident) => { $name::$variant };
    (@value $name:ident $variant:ident ($type:ty) $x:ident) => {
        $name::$variant($crate::wire::IntoOwned::into_owned($x))
    };
    (@parse $rest:ident $cx:ident $arguments:path, $variant:ident) => { Ok(($rest, Self::$variant)) };
    (@parse $rest:ident $cx:ident $arguments:path, $variant:ident ($type:ty)) => {{
        let ($rest, arguments) = <$type as $arguments>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@skip $rest:ident $cx:ident $arguments:path,) => { $rest };
    (@skip $rest:ident $cx:ident $arguments:path, ($type:ty)) => { <$type as $arguments>::parse($rest, $cx)?.0 };
    (@encode $out:ident $arguments:path, $x:ident) => {{}};
    (@encode $out:ident $arguments:path, ($type:ty) $x:ident) => { <$type as $arguments>::encode($x, $out) };
}
pub(crate) use registry;

/// The first three octets of a keyword, to choose a row by.
#[inline]
pub(crate) const fn front(keyword: &[u8]) -> u32 {
    match keyword {
        [a, b, c, ..] => u32::from_le_bytes([*a, *b, *c, 0]),
        _ => u32::MAX,
    }
}

/// `keyword` and CRLF; `N` is the length of both.
pub(crate) const fn line<const N: usize>(mut keyword: &[u8]) -> [u8; N] {
    let mut line = [b'\r'; N];
    let mut rest = line.as_mut_slice();
    if let [.., end] = rest {
        *end = b'\n';
    }
    while let [to, after @ ..] = rest
        && let [octet, octets @ ..] = keyword
    {
        *to = *octet;
        (rest, keyword) = (after, octets);
    }
    line
}

/// Defines the EHLO keywords, and what names each without its arguments.
macro_rules! extensions {
    ($(#[$meta:meta])* pub enum $name:ident<'a> { $($rows:tt)* }
     $(#[$extension_meta:meta])* pub enum $extension:ident) => {
        registry! {
            $(#[$meta])*
            pub enum $name<'a> (
                key: keyword, other: OtherKeyword<'a>, arguments: ehlo::extensions::KeywordArguments, invalid: Unreadable<'a>
            ) { $($rows)* }
        }

        extensions! { @names $name $(#[$extension_meta])* $extension { $($rows)* } }
    };
    (@names $name:ident $(#[$meta:meta])* $extension:ident {
        $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(($type:ty))?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $extension {
            $($(#[$row_meta])* $variant),*
        }

        impl $extension {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The keyword, in the spelling of its RFC.
            pub const fn keyword(self) -> &'static str {
                match self {
                    $(Self::$variant => {
                        const { match core::str::from_utf8($keyword) { Ok(keyword) => keyword, Err(_) => "" } }
                    })*
                }
            }

            /// The extension that `keyword`, in any case and of printable octets, announces.
            #[inline(always)] // the extension is matched on at once
            #[allow(non_upper_case_globals)] // the row's only name
            pub(crate) fn of(keyword: &[u8]) -> Option<Self> {
                $(const $variant: u32 = $crate::registry::front($keyword);)*
                // Nearly always in the spelling of its RFC, and of a length known when compiling.
                match $crate::registry::front(keyword) {
                    $($variant if keyword == $keyword => Some(Self::$variant),)*
                    _ => Self::of_any_case(keyword),
                }
            }

            #[inline(never)]
            #[allow(non_upper_case_globals)] // the row's only name
            fn of_any_case(keyword: &[u8]) -> Option<Self> {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                match $crate::wire::key(keyword) {
                    $($variant => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $name<'_> {
            /// Writes it and the end of its line, which is one piece with a keyword that has no arguments.
            pub(crate) fn encode_line(&self, out: &mut $crate::wire::Writer<'_>) {
                match self {
                    $(registry!(@pattern $variant $(($type))? x) => {
                        extensions! { @line out $keyword, $(($type))? x }
                    })*
                    Self::Other(other) => {
                        $crate::wire::Wire::encode(other, out);
                        out.put("\r\n");
                    }
                    Self::Invalid(invalid) => {
                        $crate::wire::Wire::encode(invalid, out);
                        out.put("\r\n");
                    }
                }
            }

            /// The extension it announces, also when the arguments cannot be read; `None` for one without a row.
            pub fn extension(&self) -> Option<$extension> {
                match self {
                    $(registry!(@pattern $variant $(($type))? _x) => Some($extension::$variant),)*
                    Self::Other(_) => None,
                    Self::Invalid(invalid) => $extension::of(invalid.keyword().as_bytes()),
                }
            }
        }
    };
    (@line $out:ident $keyword:literal, $x:ident) => {
        $out.put(const { $crate::registry::line::<{ $keyword.len() + 2 }>($keyword) });
    };
    (@line $out:ident $keyword:literal, ($type:ty) $x:ident) => {
        $out.put($keyword);
        ehlo::extensions::KeywordArguments::encode($x, $out);
        $out.put("\r\n");
    };
}
pub(crate) use extensions;
