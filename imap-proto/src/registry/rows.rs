//! How a set of keywords follows from its rows.

use crate::wire::{Fail, Key, Parsed, key};

/// Defines a set of keywords.
///
/// A row is one of
///
/// * `b"KEYWORD" => Variant,` the keyword alone;
/// * `b"KEYWORD" => Variant(Type),` a space and a `Type`;
/// * `b"KEYWORD" => Variant(Type as How),` a space and a `Type`, read and written by `How`, a [`Via`](crate::registry::Via);
/// * `b"KEYWORD" => Variant?(Type),` a space and a `Type`, or nothing: the variant holds an `Option`;
/// * `b"KEYWORD" => Variant[Type],` or `Variant[Type as How],` a `Type` right behind the keyword, which reads its own
///   separator.
///
/// From the rows follow the enum, the keyword of each variant, `into_owned`, the parser and the encoder. In parentheses
/// behind the name stand
///
/// * `key: fn(&[u8]) -> Parsed<&[u8]>`, which takes the keyword from the front;
/// * either `other: Type`, what is held by the arm `Other` for all that has no row and reads the whole item, keyword
///   included, or `else: Expected`, what is expected when there is no row;
/// * `invalid: Type`, when given: an arm for what cannot be read;
/// * `wire: by_hand`, or an `invalid` arm: `Wire` is not implemented. Who writes it calls `read` and `write`.
macro_rules! registry {
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty) { $($rows:tt)* }) => {
        $crate::registry::registry! { @enum { $(#[$meta])* } $name { key: $key, other: [$other], none: [], invalid: [] } $($rows)* }
        $crate::registry::registry! { @wire $name }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, else: $none:expr) { $($rows:tt)* }) => {
        $crate::registry::registry! { @enum { $(#[$meta])* } $name { key: $key, other: [], none: [$none], invalid: [] } $($rows)* }
        $crate::registry::registry! { @wire $name }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty, invalid: $invalid:ty) { $($rows:tt)* }) => {
        $crate::registry::registry! { @enum { $(#[$meta])* } $name { key: $key, other: [$other], none: [], invalid: [$invalid] } $($rows)* }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty, wire: by_hand) { $($rows:tt)* }) => {
        $crate::registry::registry! { @enum { $(#[$meta])* } $name { key: $key, other: [$other], none: [], invalid: [] } $($rows)* }
    };
    (@wire $name:ident) => {
        impl<'a> $crate::wire::Wire<'a> for $name<'a> {
            #[inline]
            fn parse(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Self> {
                Self::read(input, cx)
            }

            #[inline]
            fn skip(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, ()> {
                Self::pass(input, cx)
            }

            fn encode(&self, out: &mut $crate::wire::Writer<'_>) {
                self.write(out);
            }
        }
    };
    (@enum { $(#[$meta:meta])* } $name:ident
     { key: $key:path, other: [$($other:ty)?], none: [$($none:expr)?], invalid: [$($invalid:ty)?] }
     $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(? ($optional:ty))? $(($type:ty $(as $via:ty)?))? $([$direct:ty $(as $how:ty)?])?),* $(,)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name<'a> {
            $($(#[$row_meta])* $variant $((Option<$optional>))? $(($type))? $(($direct))?,)*
            $(
                /// One without a row, as it came.
                Other($other),
            )?
            $(
                /// What cannot be read, as it came.
                Invalid($invalid),
            )?
        }

        #[allow(dead_code)] // not every set is asked for all of these
        impl<'a> $name<'a> {
            /// The keyword, in the spelling of its RFC; of one without a row as it came.
            pub fn keyword(&self) -> &str {
                match self {
                    $($crate::registry::registry!(@pattern $variant [$($optional)? $($type)? $($direct)?] _x) => {
                        const { match core::str::from_utf8($keyword) { Ok(keyword) => keyword, Err(_) => "" } }
                    })*
                    $(Self::Other(other) => <$other>::keyword(other),)?
                    $(Self::Invalid(invalid) => <$invalid>::keyword(invalid),)?
                }
            }

            /// The same value, borrowing from nothing.
            pub fn into_owned(self) -> $name<'static> {
                match self {
                    $($crate::registry::registry!(@pattern $variant [$($optional)? $($type)? $($direct)?] x) =>
                        $crate::registry::registry!(@value $name $variant [$($optional)? $($type)? $($direct)?] x),)*
                    $(Self::Other(other) => $name::Other(<$other as $crate::wire::IntoOwned>::into_owned(other)),)?
                    $(Self::Invalid(invalid) =>
                        $name::Invalid(<$invalid as $crate::wire::IntoOwned>::into_owned(invalid)),)?
                }
            }

            /// Whether `keyword`, in any case, has a row.
            #[allow(non_upper_case_globals)] // the row's only name
            pub(crate) fn has_row(keyword: &[u8]) -> bool {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                match $crate::wire::key(keyword) {
                    $($variant => true,)*
                    _ => false,
                }
            }

            /// Reads one from the front of `input`.
            #[inline]
            #[allow(non_upper_case_globals, unused_variables)] // the row's only name; a set may have no arguments
            pub(crate) fn read(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, Self> {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                let mut found = $crate::registry::Found::at(input, $key)?;
                loop {
                    let rest = found.rest;
                    break match found.key {
                        $($variant => $crate::registry::registry!(@parse rest cx $variant $(? ($optional))? $(($type $(as $via)?))? $([$direct $(as $how)?])?),)*
                        _ if found.quick => {
                            found = $crate::registry::Found::exactly(input, $key)?;
                            continue;
                        }
                        _ => {
                            $(
                                let (rest, other) = <$other as $crate::wire::Wire<'a>>::parse(input, cx)?;
                                Ok((rest, Self::Other(other)))
                            )?
                            $($crate::wire::Fail::at(input, $none))?
                        }
                    };
                }
            }

            /// Reads like `read` and keeps nothing.
            #[inline]
            #[allow(non_upper_case_globals, unused_variables)] // as above
            pub(crate) fn pass(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, ()> {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                let mut found = $crate::registry::Found::at(input, $key)?;
                loop {
                    let rest = found.rest;
                    break match found.key {
                        $($variant => $crate::registry::registry!(@skip rest cx $(? ($optional))? $(($type $(as $via)?))? $([$direct $(as $how)?])?),)*
                        _ if found.quick => {
                            found = $crate::registry::Found::exactly(input, $key)?;
                            continue;
                        }
                        _ => {
                            $(<$other as $crate::wire::Wire<'a>>::skip(input, cx))?
                            $($crate::wire::Fail::at(input, $none))?
                        }
                    };
                }
            }

            /// Appends its text.
            pub(crate) fn write(&self, out: &mut $crate::wire::Writer<'_>) {
                match self {
                    $($crate::registry::registry!(@pattern $variant [$($optional)? $($type)? $($direct)?] x) => {
                        out.put($keyword);
                        $crate::registry::registry!(@encode out x $(? ($optional))? $(($type $(as $via)?))? $([$direct $(as $how)?])?);
                    })*
                    $(Self::Other(other) => <$other as $crate::wire::Wire<'_>>::encode(other, out),)?
                    $(Self::Invalid(invalid) => <$invalid as $crate::wire::Wire<'_>>::encode(invalid, out),)?
                }
            }
        }

        impl $crate::wire::IntoOwned for $name<'_> {
            type With<'s> = $name<'s>;

            fn into_owned(self) -> $name<'static> {
                $name::into_owned(self)
            }
        }
    };
    (@pattern $variant:ident [] $x:ident) => { Self::$variant };
    (@pattern $variant:ident [$type:ty] $x:ident) => { Self::$variant($x) };
    (@value $name:ident $variant:ident [] $x:ident) => { $name::$variant };
    (@value $name:ident $variant:ident [$type:ty] $x:ident) => {
        $name::$variant($crate::wire::IntoOwned::into_owned($x))
    };
    (@parse $rest:ident $cx:ident $variant:ident) => { Ok(($rest, Self::$variant)) };
    (@parse $rest:ident $cx:ident $variant:ident ?($type:ty)) => {
        if let [b' ', ..] = $rest {
            let (after, ()) = $crate::grammar::class::space($rest, $cx)?;
            match <$type as $crate::wire::Wire<'a>>::parse(after, $cx) {
                Ok(($rest, arguments)) => Ok(($rest, Self::$variant(Some(arguments)))),
                // Nothing but the space: let who reads the end decide.
                Err(_) if matches!(after, [b'\r' | b'\n' | b']' | b')', ..]) => Ok(($rest, Self::$variant(None))),
                Err(error) => Err(error),
            }
        } else {
            Ok(($rest, Self::$variant(None)))
        }
    };
    (@parse $rest:ident $cx:ident $variant:ident ($type:ty)) => {{
        let ($rest, ()) = $crate::grammar::class::space($rest, $cx)?;
        let ($rest, arguments) = <$type as $crate::wire::Wire<'a>>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@parse $rest:ident $cx:ident $variant:ident ($type:ty as $via:ty)) => {{
        let ($rest, ()) = $crate::grammar::class::space($rest, $cx)?;
        let ($rest, arguments) = <$via as $crate::registry::Via<'a, $type>>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@parse $rest:ident $cx:ident $variant:ident [$type:ty]) => {{
        let ($rest, arguments) = <$type as $crate::wire::Wire<'a>>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@parse $rest:ident $cx:ident $variant:ident [$type:ty as $via:ty]) => {{
        let ($rest, arguments) = <$via as $crate::registry::Via<'a, $type>>::parse($rest, $cx)?;
        Ok(($rest, Self::$variant(arguments)))
    }};
    (@skip $rest:ident $cx:ident) => { Ok(($rest, ())) };
    (@skip $rest:ident $cx:ident ?($type:ty)) => {
        if let [b' ', ..] = $rest {
            let (after, ()) = $crate::grammar::class::space($rest, $cx)?;
            match <$type as $crate::wire::Wire<'a>>::skip(after, $cx) {
                Err(_) if matches!(after, [b'\r' | b'\n' | b']' | b')', ..]) => Ok(($rest, ())),
                skipped => skipped,
            }
        } else {
            Ok(($rest, ()))
        }
    };
    (@skip $rest:ident $cx:ident ($type:ty)) => {{
        let ($rest, ()) = $crate::grammar::class::space($rest, $cx)?;
        <$type as $crate::wire::Wire<'a>>::skip($rest, $cx)
    }};
    (@skip $rest:ident $cx:ident ($type:ty as $via:ty)) => {{
        let ($rest, ()) = $crate::grammar::class::space($rest, $cx)?;
        <$via as $crate::registry::Via<'a, $type>>::skip($rest, $cx)
    }};
    (@skip $rest:ident $cx:ident [$type:ty]) => {
        <$type as $crate::wire::Wire<'a>>::skip($rest, $cx)
    };
    (@skip $rest:ident $cx:ident [$type:ty as $via:ty]) => {
        <$via as $crate::registry::Via<'a, $type>>::skip($rest, $cx)
    };
    (@encode $out:ident $x:ident) => {{}};
    (@encode $out:ident $x:ident ?($type:ty)) => {
        if let Some(x) = $x {
            $out.put(" ");
            <$type as $crate::wire::Wire<'_>>::encode(x, $out);
        }
    };
    (@encode $out:ident $x:ident ($type:ty)) => {{
        $out.put(" ");
        <$type as $crate::wire::Wire<'_>>::encode($x, $out);
    }};
    (@encode $out:ident $x:ident ($type:ty as $via:ty)) => {{
        $out.put(" ");
        <$via as $crate::registry::Via<'_, $type>>::encode($x, $out);
    }};
    (@encode $out:ident $x:ident [$type:ty]) => {
        <$type as $crate::wire::Wire<'_>>::encode($x, $out)
    };
    (@encode $out:ident $x:ident [$type:ty as $via:ty]) => {
        <$via as $crate::registry::Via<'_, $type>>::encode($x, $out)
    };
}
pub(crate) use registry;

/// The keyword at the front of the input, to choose a row by.
pub(crate) struct Found<'a> {
    pub(crate) rest: &'a [u8],
    pub(crate) key: Option<Key>,
    /// It was taken eight octets at a time, which finds where a keyword ends only when it is one with a row.
    pub(crate) quick: bool,
}

impl<'a> Found<'a> {
    /// The keyword that `name` takes, or one without a row and `quick`.
    #[inline]
    pub(crate) fn at(
        input: &'a [u8],
        name: fn(&'a [u8]) -> Parsed<'a, &'a [u8]>,
    ) -> Result<Self, nom::Err<Fail>> {
        match quick(input) {
            Some((rest, key)) => Ok(Self { rest, key: Some(key), quick: true }),
            None => Self::exactly(input, name),
        }
    }

    /// The keyword that `name` takes.
    #[inline]
    pub(crate) fn exactly(
        input: &'a [u8],
        name: fn(&'a [u8]) -> Parsed<'a, &'a [u8]>,
    ) -> Result<Self, nom::Err<Fail>> {
        let (rest, keyword) = name(input)?;
        Ok(Self { rest, key: key(keyword), quick: false })
    }
}

/// The key of a word of up to 15 octets with a space, parenthesis, `]` or CR behind it, none of which is in a keyword, and
/// what begins there.
///
/// What is in the word is not looked at, but nothing in it has the key of what a keyword is made of: that takes a control
/// for a digit, and one of `{|}~` for `[`.
#[inline]
fn quick(input: &[u8]) -> Option<(&[u8], Key)> {
    const CASELESS: u64 = u64::from_ne_bytes([0xdf; 8]);
    let first = u64::from_le_bytes(*input.first_chunk()?);
    let (end, key) = match stop(first) {
        64 => {
            let (_, behind) = input.split_at_checked(8)?;
            let bits = stop(u64::from_le_bytes(*behind.first_chunk()?));
            let end = (bits / 8).saturating_add(8) as usize;
            // Of eight octets there is nothing behind the first ones.
            if bits == 0 || bits == 64 {
                return None;
            }
            let last = input.get(end.saturating_sub(8)..).and_then(<[u8]>::first_chunk)?;
            (end, [first & CASELESS, 0, u64::from_le_bytes(*last) & CASELESS, end as u64])
        }
        bits => ((bits / 8) as usize, [first & CASELESS & !u64::MAX.wrapping_shl(bits), 0, 0, 0]),
    };
    match input.get(end..)? {
        rest @ [b' ' | b'(' | b')' | b']' | b'\r', ..] if end > 0 => Some((rest, key)),
        _ => None,
    }
}

/// How many bits of eight octets, a multiple of eight, stand before the first that is below `-`, above `z`, or `]`.
#[inline]
fn stop(word: u64) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let bracket = word ^ ONES.wrapping_mul(0x5d);
    // The lowest octet whose high bit is set here is the first that stops; those above it may be wrong.
    let stops = ((word.wrapping_sub(ONES.wrapping_mul(0x2d)) & !word)
        | (bracket.wrapping_sub(ONES) & !bracket)
        | word.wrapping_add(ONES.wrapping_mul(5))
        | word)
        & TOPS;
    stops.trailing_zeros() & !7
}

/// Another way to read and write a `T` than its own.
pub(crate) trait Via<'a, T> {
    fn parse(input: &'a [u8], cx: crate::wire::Cx) -> crate::wire::Parsed<'a, T>;

    /// Reads like `parse` and keeps nothing.
    #[inline]
    fn skip(input: &'a [u8], cx: crate::wire::Cx) -> crate::wire::Parsed<'a, ()> {
        Self::parse(input, cx).map(|(rest, _)| (rest, ()))
    }

    fn encode(value: &T, out: &mut crate::wire::Writer<'_>);
}

/// Defines two sets from the same rows: the names alone, as one asks for them, and the names with their values, as one is
/// told them. A row is `b"KEYWORD" => Variant(Type),` or `b"KEYWORD" => Variant(Type as How),`; what stands in parentheses
/// behind the names of the sets is that of [`registry`].
macro_rules! asked_and_told {
    ($(#[$asked_meta:meta])* pub enum $asked:ident<'a> ($($asked_key:tt)*);
     $(#[$told_meta:meta])* pub enum $told:ident<'a> ($($told_key:tt)*);
     { $($(#[$row_meta:meta])* $keyword:literal => $variant:ident ($($value:tt)*)),* $(,)? }) => {
        $crate::registry::registry! {
            $(#[$asked_meta])*
            pub enum $asked<'a> ($($asked_key)*) {
                $($(#[$row_meta])* $keyword => $variant,)*
            }
        }
        $crate::registry::registry! {
            $(#[$told_meta])*
            pub enum $told<'a> ($($told_key)*) {
                $($(#[$row_meta])* $keyword => $variant($($value)*),)*
            }
        }
    };
}
pub(crate) use asked_and_told;

#[cfg(test)]
mod tests {
    use super::{key, quick};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    const ROWS: [&[u8]; 8] = [
        b"UID",
        b"BODY[",
        b"SEQUENCE",
        b"BINARY.SIZE[",
        b"INTERNALDATE",
        b"UTF8=ACCEPT",
        b"CREATE-SPECIALU",
        b"CREATE-SPECIAL-USE",
    ];

    #[test]
    fn quick_keys_are_those_of_rows() {
        for row in ROWS {
            for behind in 0..=u8::MAX {
                let text = [row, &[behind], b"12345678"].concat();
                let ends =
                    matches!(behind, b' ' | b'(' | b')' | b']' | b'\r') && row.len() < 16 && row.len() != 8;
                let found = quick(&text).filter(|(_, found)| Some(*found) == key(row));
                assert_eq!(found.map(|(rest, _)| rest.len()), ends.then_some(9), "{}", text.escape_ascii());
            }
            assert_eq!(quick(row), None, "nothing behind it");
        }
        assert_eq!(quick(b" 12345678"), None);
    }

    proptest! {
        #[test]
        fn no_other_text_has_a_key_of_a_row(row in 0..ROWS.len(), place in 0..20usize, octet: u8, behind in "[ ()\\]\r]") {
            let row = ROWS[row];
            let mut text: Vec<u8> = row.to_vec();
            if let Some(changed) = text.get_mut(place) {
                *changed = octet;
            }
            let same = text.eq_ignore_ascii_case(row);
            text.extend_from_slice(behind.as_bytes());
            text.extend_from_slice(b"12345678");
            let found = quick(&text).is_some_and(|(_, found)| Some(found) == key(row));
            prop_assert!(!found || same, "{}", text.escape_ascii());
        }
    }
}
