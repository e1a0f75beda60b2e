//! How a set of keywords follows from its rows.

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
/// * `name: Name`, when given: the variants without what they hold, as an enum of that name;
/// * `wire: by_hand`, or an `invalid` arm: `Wire` is not implemented. Who writes it calls `read` and `write`.
macro_rules! registry {
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty) { $($rows:tt)* }) => {
        $crate::registry::registry! { @enum { $(#[$meta])* } $name { key: $key, other: [$other], none: [], invalid: [] } $($rows)* }
        $crate::registry::registry! { @wire $name }
    };
    ($(#[$meta:meta])* pub enum $name:ident<'a>
     (key: $key:path, other: $other:ty, name: $short:ident) { $($rows:tt)* }) => {
        $crate::registry::registry! { $(#[$meta])* pub enum $name<'a> (key: $key, other: $other) { $($rows)* } }
        $crate::registry::registry! { @names $name $short $($rows)* }
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
    (@names $name:ident $short:ident
     $($(#[$row_meta:meta])* $keyword:literal => $variant:ident $(? ($optional:ty))? $(($type:ty $(as $via:ty)?))? $([$direct:ty $(as $how:ty)?])?),* $(,)?
    ) => {
        /// The name alone.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $short {
            $($variant,)*
            /// One without a row.
            Other,
        }

        impl $short {
            /// The one called `keyword`, in any case.
            #[allow(non_upper_case_globals)] // the row's only name
            pub(crate) fn of(keyword: &[u8]) -> Self {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                match $crate::wire::key(keyword) {
                    $($variant => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }

        impl $name<'_> {
            /// The name alone.
            pub(crate) const fn name(&self) -> $short {
                match self {
                    $($crate::registry::registry!(@pattern $variant [$($optional)? $($type)? $($direct)?] _x) => $short::$variant,)*
                    Self::Other(_) => $short::Other,
                }
            }
        }
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
            /// The keywords of all rows.
            #[cfg(test)]
            pub(crate) const KEYWORDS: &'static [&'static [u8]] = &[$($keyword),*];

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
                $crate::registry::registry!(@numbers $($variant)*);
                let (rest, row) = Self::row(input)?;
                match row {
                    $($variant => $crate::registry::registry!(@parse rest cx $variant $(? ($optional))? $(($type $(as $via)?))? $([$direct $(as $how)?])?),)*
                    _ => {
                        $(
                            let (rest, other) = <$other as $crate::wire::Wire<'a>>::parse(input, cx)?;
                            Ok((rest, Self::Other(other)))
                        )?
                        $($crate::wire::Fail::at(input, $none))?
                    }
                }
            }

            /// Reads like `read` and keeps nothing.
            #[inline]
            #[allow(non_upper_case_globals, unused_variables)] // as above
            pub(crate) fn pass(input: &'a [u8], cx: $crate::wire::Cx) -> $crate::wire::Parsed<'a, ()> {
                $crate::registry::registry!(@numbers $($variant)*);
                let (rest, row) = Self::row(input)?;
                match row {
                    $($variant => $crate::registry::registry!(@skip rest cx $(? ($optional))? $(($type $(as $via)?))? $([$direct $(as $how)?])?),)*
                    _ => {
                        $(<$other as $crate::wire::Wire<'a>>::skip(input, cx))?
                        $($crate::wire::Fail::at(input, $none))?
                    }
                }
            }

            /// The number of the row whose keyword is at the front, or of none.
            ///
            /// Nearly always the keyword is in the spelling of its RFC: then its first octets choose the row, and the rest
            /// is compared as text of a length known when compiling.
            #[inline(always)] // who asks goes on in the row that was found, and keeps no number
            #[allow(non_upper_case_globals)] // as above
            pub(crate) fn row(input: &'a [u8]) -> $crate::wire::Parsed<'a, u8> {
                $(const $variant: u32 = $crate::registry::front($keyword);)*
                enum Row { $($variant),* }
                // No keyword has NUL.
                let first = input.first_chunk().map_or(0, |first| u32::from_le_bytes(*first) & 0x00ff_ffff);
                let (rest, row) = match first {
                    $($variant if let Some(rest) = input.strip_prefix($keyword)
                        && $crate::registry::registry!(@ends rest $keyword $(? ($optional))? $(($type))? $([$direct])?) =>
                        (rest, Row::$variant as u8),)*
                    // Taken apart here, lest all rows are kept where a call leaves its outcome.
                    _ => Self::other_row(input)?,
                };
                Ok((rest, row))
            }

            /// `row` in any case.
            #[inline(never)]
            #[allow(non_upper_case_globals)] // as above
            pub(crate) fn other_row(input: &'a [u8]) -> $crate::wire::Parsed<'a, u8> {
                $(const $variant: Option<$crate::wire::Key> = $crate::wire::key($keyword);)*
                enum Row { $($variant,)* None }
                let (rest, keyword) = $key(input)?;
                let row = match $crate::wire::key(keyword) {
                    $($variant => Row::$variant,)*
                    _ => Row::None,
                };
                Ok((rest, row as u8))
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
    (@numbers $($variant:ident)*) => {
        enum Row { $($variant),* }
        $(const $variant: u8 = Row::$variant as u8;)*
    };
    (@ends $rest:ident $keyword:literal ($type:ty)) => { matches!($rest, [b' ', ..]) };
    (@ends $rest:ident $keyword:literal $($optional_or_direct:tt)*) => {
        const { matches!($keyword.as_slice(), [.., b'[' | b'=']) } || matches!($rest, [b' ' | b'(' | b')' | b']' | b'\r', ..])
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

/// The first three octets of a keyword, to choose a row by, or of what begins with one; of two octets with the space behind
/// them. No three octets are those of a shorter one.
#[inline]
pub(crate) const fn front(text: &[u8]) -> u32 {
    match text {
        [a, b, c, ..] => u32::from_le_bytes([*a, *b, *c, 0]),
        [a, b] => u32::from_le_bytes([*a, *b, b' ', 0]),
        _ => u32::MAX,
    }
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
    use crate::Dialect;
    use crate::registry::*;
    use crate::wire::{Parsed, exact};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    type Row = for<'a> fn(&'a [u8]) -> Parsed<'a, u8>;

    /// The keywords of a set, and the two ways to find the row of one.
    fn sets() -> [(&'static [&'static [u8]], Row, Row); 7] {
        macro_rules! sets {
            ($($name:ident)*) => { [$(($name::KEYWORDS, |text| $name::row(text), |text| $name::other_row(text))),*] };
        }
        sets!(Capability Code Command Data FetchItem ListExtendedItem SearchKey)
    }

    #[test]
    fn rows_are_found_by_their_keywords() {
        for (keywords, row, other_row) in sets() {
            for (number, keyword) in keywords.iter().enumerate() {
                for behind in 0..=u8::MAX {
                    for text in [keyword.to_vec(), keyword.to_ascii_lowercase()] {
                        let text = [&text, &[behind][..], b"1234"].concat();
                        assert_eq!(row(&text), other_row(&text), "{}", text.escape_ascii());
                    }
                }
                let found = row(&[keyword, &b" 1"[..]].concat()).map(|(rest, row)| (rest.len(), row));
                // Without a keyword: where a set of numbers begins.
                let number = u8::try_from(number).unwrap();
                assert!(keyword.is_empty() || found == Ok((2, number)), "{}", keyword.escape_ascii());
            }
        }
    }

    #[test]
    fn what_has_no_row_is_named_as_it_came() {
        macro_rules! check {
            ($($name:ident $text:literal $keyword:literal)*) => {$(
                let value = exact::<$name<'_>>($text.as_bytes(), Dialect::TOLERANT).unwrap();
                assert_eq!(value.keyword(), $keyword, "{}", stringify!($name));
            )*};
        }
        check! {
            SortKey "X-Score" "X-Score"
            ThreadAlgorithm "X-Subject" "X-Subject"
            AppendExtension "X-Foo (a b)" "X-Foo"
            FetchModifier "X-Foo 5" "X-Foo"
            ListExtendedItem "Tablecloth (\"edge\")" "Tablecloth"
            ResourceName "X-Links" "X-Links"
            Code "Xyzzy 1 of 2" "Xyzzy"
            Code "Error=\"a server\" Proxy=x:1993" "Error="
        }
    }

    proptest! {
        #[test]
        fn rows_are_found_alike(set in 0..7usize, row in any::<proptest::sample::Index>(), place in 0..24usize, octet: u8,
                                behind in "[ ()\\]\r=+]?", end in "[A-Z1 ]{0,4}") {
            let (keywords, row_of, other_row) = sets()[set];
            let mut text: Vec<u8> = row.get(keywords).to_vec();
            if let Some(changed) = text.get_mut(place) {
                *changed = octet;
            }
            text.extend_from_slice(behind.as_bytes());
            text.extend_from_slice(end.as_bytes());
            prop_assert_eq!(row_of(&text), other_row(&text), "{}", text.escape_ascii());
        }
    }
}
