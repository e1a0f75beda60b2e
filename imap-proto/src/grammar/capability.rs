//! Capabilities ([RFC 9051 section 7.2.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.2.2)), and ENABLE, which takes
//! some of them ([section 6.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.1)).

use alloc::borrow::Cow;

use crate::error::Expected;
use crate::grammar::class::{ATOM, run1};
use crate::grammar::string::{Checked, text, whole};
use crate::list::{Bare, List};
use crate::options::Leniency;
use crate::registry::{Capability, ResourceName};
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, part, word};

/// Those whose `=` ends a name and begins a value.
const VALUED: [&[u8]; 9] = [
    b"AUTH=",
    b"THREAD=",
    b"QUOTA=",
    b"RIGHTS=",
    b"APPENDLIMIT=",
    b"MESSAGELIMIT=",
    b"SAVELIMIT=",
    b"I18NLEVEL=",
    b"IMAPSIEVE=",
];

/// The name of a capability: an atom, up to the `=` of those that have a value.
#[inline]
pub(crate) fn capability_name(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, atom) = run1(input, ATOM, Expected::Atom)?;
    let Some(at) = memchr::memchr(b'=', atom) else { return Ok((rest, atom)) };
    let (name, value) = input.split_at_checked(at.saturating_add(1)).unwrap_or((atom, rest));
    match VALUED.iter().any(|valued| name.eq_ignore_ascii_case(valued)) {
        true => Ok((value, name)),
        false => Ok((rest, atom)),
    }
}

/// ```abnf
/// capability = ("AUTH=" auth-type) / atom
/// ```
impl<'a> Wire<'a> for Capability<'a> {
    #[inline]
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match Self::read(input, cx) {
            Ok((rest, Self::Other(name)))
                if cx.tolerates(Leniency::SPLIT_CAPABILITY) && name == "LITERAL" =>
            {
                let (sign, behind) = rest.split_at_checked(2).unwrap_or((rest, &[]));
                match (sign, behind) {
                    (b" +", [b' ' | b']' | b'\r' | b'\n', ..] | []) => Ok((behind, Self::LiteralPlus)),
                    (b" -", [b' ' | b']' | b'\r' | b'\n', ..] | []) => Ok((behind, Self::LiteralMinus)),
                    _ => Ok((rest, Self::Other(name))),
                }
            }
            Ok((rest @ ([b' ' | b']' | b')' | b'\r' | b'\n', ..] | []), capability)) => {
                Ok((rest, capability))
            }
            Ok((rest, _)) if run1(rest, ATOM, Expected::Atom).is_err() => Fail::at(rest, Expected::Space),
            // A value that is not what its RFC says: still an atom.
            _ => OtherCapability::parse(input, cx).map(|(rest, other)| (rest, Self::Other(other))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.write(out);
    }
}

fn other_check(octets: &[u8]) -> Checked {
    match octets {
        b"+" | b"-" => Err((Expected::Keyword, 0)),
        _ => whole(octets, Expected::Atom, run1(octets, ATOM, Expected::Atom)),
    }
}

text! {
    /// A capability without a row in this crate: an atom, but no sign alone.
    ///
    /// `XFOO=BAR`
    ///
    /// RFC 9051 section 7.2.2.
    pub struct OtherCapability<'a>: "capability", other_check;
}

impl OtherCapability<'_> {
    pub(crate) fn keyword(&self) -> &str {
        self.as_str().unwrap_or_default()
    }
}

impl<'a> Wire<'a> for OtherCapability<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        match run1(input, ATOM, Expected::Atom)? {
            // `LITERAL +`: a sign alone is no capability.
            (_, b"+" | b"-") => Fail::at(input, Expected::Keyword),
            (rest, atom) => Ok((rest, Self(Cow::Borrowed(atom)))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(&self.0);
    }
}

part! {
    /// What a server can do.
    ///
    /// `IMAP4rev2 STARTTLS AUTH=GSSAPI`
    ///
    /// Kept as text: a walk reads each again. RFC 9051 section 7.2.2.
    #[derive(Debug, Default)]
    pub struct Capabilities<'a>(List<'a, Capability<'a>, Bare>);
}

impl<'a> Capabilities<'a> {
    /// The capabilities in order.
    pub fn iter(&self) -> crate::list::Iter<'_, Capability<'a>, Bare> {
        self.0.iter()
    }

    /// Whether `capability` is among them, with the same value if it has one.
    pub fn contains(&self, capability: &Capability<'_>) -> bool {
        self.iter().any(|one| one == *capability)
    }

    /// Whether there are none: a server that says so says nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of the first `most` those that fit into so many octets.
    pub(crate) fn within(&self, most: usize, octets: usize) -> Capabilities<'static> {
        Capabilities(self.0.within(most, octets))
    }

    /// The mechanisms of AUTHENTICATE.
    pub fn mechanisms(&self) -> impl Iterator<Item = crate::auth::Mechanism<'_>> {
        self.iter().filter_map(|capability| match capability {
            Capability::Auth(mechanism) => Some(mechanism),
            _ => None,
        })
    }
}

impl<'a> FromIterator<Capability<'a>> for Capabilities<'a> {
    fn from_iter<I: IntoIterator<Item = Capability<'a>>>(capabilities: I) -> Self {
        Self(capabilities.into_iter().collect())
    }
}

impl<'a, const N: usize> From<[Capability<'a>; N]> for Capabilities<'a> {
    fn from(capabilities: [Capability<'a>; N]) -> Self {
        capabilities.into_iter().collect()
    }
}

/// What stands behind a word: the space first. There may be none behind `ENABLED`.
///
/// ```abnf
/// capabilities = *(SP capability)
/// ```
impl<'a> Wire<'a> for Capabilities<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        match input {
            [b' ', after @ ..] if !matches!(after, [b'\r' | b'\n' | b']', ..]) => {
                let (rest, list) = List::parse(after, cx)?;
                Ok((rest, Self(list)))
            }
            _ => Ok((input, Self(List::default()))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if !self.is_empty() {
            out.put(" ");
            self.0.encode(out);
        }
    }
}

/// At least one capability, as CAPABILITY and ENABLE have it.
pub(crate) enum Some1 {}

impl<'a> crate::registry::Via<'a, Capabilities<'a>> for Some1 {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Capabilities<'a>> {
        let (rest, list) = List::parse(crate::grammar::class::spaces(input, cx), cx)?;
        Ok((rest, Capabilities(list)))
    }

    fn encode(value: &Capabilities<'a>, out: &mut Writer<'_>) {
        value.0.encode(out);
    }
}

part! {
    /// What CAPABILITY data say.
    ///
    /// ` IMAP4rev2 IDLE`
    ///
    /// RFC 9051 section 7.2.2.
    #[derive(Debug)]
    pub struct CapabilityData<'a>(pub Capabilities<'a>);
}

/// ```abnf
/// capability-data = "CAPABILITY" 1*(SP capability)
/// ```
impl<'a> Wire<'a> for CapabilityData<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, capabilities) = Capabilities::parse(input, cx)?;
        match capabilities.is_empty() && !cx.tolerates(Leniency::EMPTY_CAPABILITY) {
            true => Fail::at(input, Expected::Space),
            false => Ok((rest, Self(capabilities))),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        self.0.encode(out);
    }
}

part! {
    /// A kind of quota that a server knows, behind `QUOTA=`.
    ///
    /// `RES-STORAGE`
    ///
    /// RFC 9208 section 3.1.1.
    pub struct QuotaCapability<'a> {
        /// The resource: `STORAGE`, `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`.
        pub resource: ResourceName<'a>,
    }
}

impl<'a> Wire<'a> for QuotaCapability<'a> {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, ()) = word(input, b"RES-", Expected::Keyword)?;
        let (rest, resource) = ResourceName::parse(rest, cx)?;
        Ok((rest, Self { resource }))
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put("RES-");
        self.resource.encode(out);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::auth::Mechanism;
    use crate::command::TaggedCommand;
    use crate::grammar::string::Atom;
    use crate::options::Dialect;
    use crate::registry::{Command, Data};
    use crate::response::Response;
    use crate::testing::{check, check_read, check_refused, check_tolerated, round_trip};
    use proptest::prelude::*;

    fn other(text: &str) -> OtherCapability<'_> {
        OtherCapability::new(text).unwrap()
    }

    fn atom(text: &str) -> Atom<'_> {
        Atom::new(text).unwrap()
    }

    fn data<'a, const N: usize>(capabilities: [Capability<'a>; N]) -> Data<'a> {
        Data::Capability(CapabilityData(capabilities.into()))
    }

    #[test]
    fn capabilities() {
        check([
            ("IMAP4rev1", Capability::Imap4Rev1),
            ("LITERAL+", Capability::LiteralPlus),
            ("LITERAL-", Capability::LiteralMinus),
            ("AUTH=SCRAM-SHA-256-PLUS", Capability::Auth(Mechanism::SCRAM_SHA_256_PLUS)),
            ("SORT=DISPLAY", Capability::SortDisplay),
            ("THREAD=REFS", Capability::Thread(atom("REFS"))),
            ("QUOTA=RES-STORAGE", Capability::Quota(QuotaCapability { resource: ResourceName::Storage })),
            ("RIGHTS=texk", Capability::Rights(atom("texk"))),
            ("APPENDLIMIT=35651584", Capability::AppendLimit(35_651_584)),
            ("APPENDLIMIT", Capability::AppendLimitPerMailbox),
            ("I18NLEVEL=1", Capability::I18nLevel(1)),
            ("X-GM-EXT-1", Capability::XGmExt1),
            ("ANNOTATE-EXPERIMENT-1", Capability::AnnotateExperiment1),
            ("XFOO=BAR", Capability::Other(other("XFOO=BAR"))),
            ("APPENDLIMIT=x", Capability::Other(other("APPENDLIMIT=x"))),
            ("AUTH=ABCDEFGHIJKLMNOPQRSTUVWXYZ", Capability::Other(other("AUTH=ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        ]);
        check_read([
            ("imap4REV2", Capability::Imap4Rev2),
            ("auth=PLAIN", Capability::Auth(Mechanism::PLAIN)),
        ]);
        check_refused::<Capability<'_>, 3>([("", 0), ("A\"", 1), ("(", 0)]);
    }

    #[test]
    fn lists() {
        check([
            (
                "CAPABILITY IMAP4rev2 AUTH=PLAIN",
                data([Capability::Imap4Rev2, Capability::Auth(Mechanism::PLAIN)]),
            ),
            ("ENABLED", Data::Enabled([].into())),
            ("ENABLED X-GOOD-IDEA", Data::Enabled([Capability::Other(other("X-GOOD-IDEA"))].into())),
        ]);
        check([("ENABLE CONDSTORE X-FOO", {
            Command::Enable([Capability::CondStore, Capability::Other(other("X-FOO"))].into())
        })]);
        check_refused::<Command<'_>, 2>([("ENABLE", 6), ("ENABLE ", 7)]);
        let split = [Capability::Imap4Rev1, Capability::LiteralPlus, Capability::Idle];
        check_tolerated([
            ("CAPABILITY IMAP4rev1 LITERAL + IDLE", data(split), Leniency::SPLIT_CAPABILITY),
            (
                "CAPABILITY LITERAL - IDLE",
                data([Capability::LiteralMinus, Capability::Idle]),
                Leniency::SPLIT_CAPABILITY,
            ),
            ("CAPABILITY", data([]), Leniency::EMPTY_CAPABILITY),
        ]);
        let wire = b"* CAPABILITY IMAP4rev1 \r\n";
        assert!(Response::parse_reporting(wire, Dialect::STRICT).unwrap().2.is_some());
        let (_, response, tolerated) = Response::parse_reporting(wire, Dialect::TOLERANT).unwrap();
        assert_eq!(response, Response::Data(data([Capability::Imap4Rev1])));
        assert_eq!(tolerated.unwrap().leniency, Leniency::TRAILING_SPACE);
        let capabilities = Capabilities::from([Capability::Idle, Capability::Auth(Mechanism::PLAIN)]);
        assert!(capabilities.contains(&Capability::Idle) && !capabilities.contains(&Capability::Move));
        assert!(capabilities.mechanisms().eq([Mechanism::PLAIN]));
        assert!(TaggedCommand::parse(b"a ENABLE IMAP4rev2\r\n", Dialect::STRICT).is_ok());
    }

    /// Any capability.
    pub(crate) fn any_capability() -> impl Strategy<Value = Capability<'static>> {
        prop_oneof![
            "[A-Z0-9=-][A-Z0-9+=-]{1,24}".prop_map(|name| {
                let name = alloc::string::String::leak(name);
                crate::wire::exact(name.as_bytes(), Dialect::STRICT).unwrap()
            }),
            "[A-Z-]{1,20}"
                .prop_map(|name| Capability::Auth(Mechanism::try_from(&*name).unwrap().into_owned())),
            any::<u32>().prop_map(|limit| Capability::AppendLimit(limit.into())),
        ]
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(capabilities in proptest::collection::vec(any_capability(), 1..5)) {
            for capability in &capabilities {
                round_trip(capability);
            }
            let capabilities: Capabilities<'static> = capabilities.into_iter().collect();
            round_trip(&Data::Capability(CapabilityData(capabilities.clone())));
            round_trip(&Command::Enable(capabilities));
        }
    }
}
