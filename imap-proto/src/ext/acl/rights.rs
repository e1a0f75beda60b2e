//! Rights ([RFC 4314 section 2](https://www.rfc-editor.org/rfc/rfc4314#section-2)).

use core::fmt;

use crate::error::{Expected, ValueError};
use crate::grammar::string::astring;
use crate::wire::{Cx, Fail, Parsed, Wire, Writer, plain};

/// What someone may do with a mailbox: a set of letters and digits.
///
/// `lrswipkxtecda`
///
/// Written in the order of RFC 4314 section 2.1, the obsolete rights before `a`, and all others behind it. Lower-case
/// letters without a constant are for later RFCs, digits for sites; a client keeps those it does not know (section 5.1.2).
/// Upper-case letters are for nobody since RFC 4314, and servers answer BAD. RFC 4314 section 2.
///
/// ```
/// use imap_proto::ext::acl::Rights;
///
/// let rights = Rights::new("rwl")?;
/// assert!(rights.contains(Rights::LOOKUP.union(Rights::READ)));
/// assert_eq!(rights.without(Rights::WRITE).to_string(), "lr");
/// # Ok::<(), imap_proto::ValueError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights(u64);

plain!(Rights);

/// All that can be rights, in the order in which they are written; the place of each is its bit.
const ORDER: &[u8; 62] = b"lrswipkxtecdabfghjmnoquvyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

impl Rights {
    /// None: `""`.
    pub const NONE: Self = Self(0);
    /// `l`: the mailbox is listed, and can be subscribed to.
    pub const LOOKUP: Self = Self::of(b"l");
    /// `r`: SELECT, STATUS.
    pub const READ: Self = Self::of(b"r");
    /// `s`: `\Seen` can be set and cleared, and is kept.
    pub const SEEN: Self = Self::of(b"s");
    /// `w`: flags other than `\Seen` and `\Deleted` can be set and cleared.
    pub const WRITE: Self = Self::of(b"w");
    /// `i`: APPEND, COPY into the mailbox.
    pub const INSERT: Self = Self::of(b"i");
    /// `p`: mail can be sent to the mailbox's address.
    pub const POST: Self = Self::of(b"p");
    /// `k`: mailboxes can be created below it.
    pub const CREATE_MAILBOX: Self = Self::of(b"k");
    /// `x`: the mailbox can be deleted and renamed.
    pub const DELETE_MAILBOX: Self = Self::of(b"x");
    /// `t`: `\Deleted` can be set and cleared.
    pub const DELETE_MESSAGES: Self = Self::of(b"t");
    /// `e`: EXPUNGE, and what CLOSE expunges.
    pub const EXPUNGE: Self = Self::of(b"e");
    /// `a`: SETACL, DELETEACL, GETACL, LISTRIGHTS.
    pub const ADMINISTER: Self = Self::of(b"a");
    /// `c` of RFC 2086, where it is for all of "create": see [`expand`](Self::expand).
    pub const CREATE: Self = Self::of(b"c");
    /// `d` of RFC 2086, where it is for all of "delete": see [`expand`](Self::expand).
    pub const DELETE: Self = Self::of(b"d");
    /// Those of RFC 4314 section 2.1.
    pub const STANDARD: Self = Self::of(b"lrswipkxtea");

    /// Takes letters and digits, in any order; what is there twice counts once.
    ///
    /// # Errors
    /// Another octet, and where.
    pub fn new(text: &str) -> Result<Self, ValueError> {
        Self::read(text.as_bytes()).map_err(|offset| ValueError {
            field: "rights",
            expected: Expected::Rights,
            offset,
        })
    }

    /// The set, or the place of what can be no right.
    pub(super) fn read(text: &[u8]) -> Result<Self, usize> {
        let mut rights = Self::NONE;
        for (place, right) in text.iter().enumerate() {
            match Self::of(core::slice::from_ref(right)) {
                Self::NONE => return Err(place),
                right => rights = rights.union(right),
            }
        }
        Ok(rights)
    }

    /// Those of the octets that are rights.
    const fn of(mut text: &[u8]) -> Self {
        let mut rights = 0;
        while let [right, rest @ ..] = text {
            let (mut order, mut bit): (&[u8], u64) = (ORDER, 1);
            while let [one, more @ ..] = order {
                if *one == *right {
                    rights |= bit;
                }
                (order, bit) = (more, bit << 1);
            }
            text = rest;
        }
        Self(rights)
    }

    /// What either has.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both have.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What this has and `other` has not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether this has all that `other` has.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The letters and digits in order.
    pub fn chars(self) -> impl Iterator<Item = char> {
        let bits = core::iter::successors(Some(1u64), |bit| bit.checked_shl(1));
        ORDER.iter().zip(bits).filter(move |&(_, bit)| self.0 & bit != 0).map(|(&right, _)| right.into())
    }

    /// With what `c` and `d` stand for in their place: what a server does with the rights of a client that may be older
    /// than RFC 4314. Section 2.1.1.
    #[must_use]
    pub const fn expand(self, rfc2086: Rfc2086) -> Self {
        let mut rights = self.without(Self::CREATE).without(Self::DELETE);
        if self.contains(Self::CREATE) {
            rights = rights.union(rfc2086.create());
        }
        if self.contains(Self::DELETE) {
            rights = rights.union(rfc2086.delete());
        }
        rights
    }

    /// With `c` and `d` where any of what they stand for is there: what a server adds in ACL and MYRIGHTS, for older
    /// clients. Section 2.1.1.
    #[must_use]
    pub const fn with_obsolete(self, rfc2086: Rfc2086) -> Self {
        let mut rights = self;
        if self.0 & rfc2086.create().0 != 0 {
            rights = rights.union(Self::CREATE);
        }
        if self.0 & rfc2086.delete().0 != 0 {
            rights = rights.union(Self::DELETE);
        }
        rights
    }
}

/// Which of the obsolete rights lets a mailbox be deleted: servers of RFC 2086 did not agree.
///
/// RFC 4314 section 2.1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rfc2086 {
    /// `c` stands for `kx`, and `d` for `te`.
    CreateDeletesMailbox,
    /// `c` stands for `k`, and `d` for `xte`.
    DeleteDeletesMailbox,
}

impl Rfc2086 {
    /// What `c` stands for.
    pub const fn create(self) -> Rights {
        match self {
            Self::CreateDeletesMailbox => Rights::of(b"kx"),
            Self::DeleteDeletesMailbox => Rights::CREATE_MAILBOX,
        }
    }

    /// What `d` stands for.
    pub const fn delete(self) -> Rights {
        match self {
            Self::CreateDeletesMailbox => Rights::of(b"te"),
            Self::DeleteDeletesMailbox => Rights::of(b"xte"),
        }
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|right| fmt::Write::write_char(f, right))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// ```abnf
/// rights = astring ; letters and digits
/// ```
impl<'a> Wire<'a> for Rights {
    fn parse(input: &'a [u8], cx: Cx) -> Parsed<'a, Self> {
        let (rest, octets) = astring(input, cx)?;
        match Self::read(&octets) {
            Ok(rights) => Ok((rest, rights)),
            Err(_) => Fail::at(input, Expected::Rights),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        if self.is_empty() {
            return out.put("\"\"");
        }
        for right in self.chars() {
            // All are ASCII; and in this order no set of them is NIL.
            out.put([right as u8]);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{check, check_read, check_refused, round_trip};
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn r(text: &str) -> Rights {
        Rights::new(text).unwrap()
    }

    #[test]
    fn rights() {
        check([("lrswipkxtecda", r("adcetxkpiwsrl")), ("\"\"", Rights::NONE), ("lzQ0", r("0Qzl"))]);
        check_read([("\"rwl\"", r("lrw")), ("{2}\r\nrl", r("lr")), ("llr", r("lr")), ("nil", r("lin"))]);
        check_refused::<Rights, 4>([("", 0), ("l.", 0), ("l\u{e9}", 1), ("+l", 0)]);
    }

    #[test]
    fn sets() {
        let rights = r("adt9zlr");
        assert_eq!(rights.to_string(), "lrtdaz9");
        assert_eq!(alloc::format!("{rights:?}"), "\"lrtdaz9\"");
        assert!(rights.contains(Rights::LOOKUP.union(Rights::DELETE)) && !rights.contains(r("lx")));
        assert_eq!(rights.intersection(Rights::STANDARD), r("lrta"));
        assert_eq!(rights.without(Rights::STANDARD), r("dz9"));
        assert!(Rights::NONE.is_empty() && rights.contains(Rights::NONE));
        assert_eq!(Rights::new("lr s").unwrap_err().offset, 2);
        let all = r(core::str::from_utf8(ORDER).unwrap());
        assert_eq!((all.chars().count(), all.0), (62, u64::MAX >> 2));
    }

    #[test]
    fn obsolete_rights() {
        use Rfc2086::{CreateDeletesMailbox, DeleteDeletesMailbox};
        // RFC 4314 section 2.1.1: both examples.
        assert_eq!(r("lrswida").expand(CreateDeletesMailbox), r("lrswieta"));
        assert_eq!(r("lrswieta").with_obsolete(CreateDeletesMailbox), r("lrswideta"));
        assert_eq!(
            r("lrswikda").expand(CreateDeletesMailbox).with_obsolete(CreateDeletesMailbox),
            r("lrswikcdeta")
        );
        assert_eq!(
            (r("c").expand(CreateDeletesMailbox), r("c").expand(DeleteDeletesMailbox)),
            (r("kx"), r("k"))
        );
        assert_eq!(
            (r("d").expand(CreateDeletesMailbox), r("d").expand(DeleteDeletesMailbox)),
            (r("te"), r("xte"))
        );
        assert_eq!(r("x").with_obsolete(DeleteDeletesMailbox), r("xd"));
        assert_eq!(r("x").with_obsolete(CreateDeletesMailbox), r("xc"));
        assert_eq!(r("lr").with_obsolete(DeleteDeletesMailbox), r("lr"));
    }

    pub(crate) fn any_rights() -> impl Strategy<Value = Rights> {
        "[a-zA-Z0-9]{0,9}".prop_map(|text| r(&text))
    }

    proptest! {
        #[test]
        fn what_can_be_built_can_be_read(rights in any_rights(), other in any_rights()) {
            round_trip(&rights);
            prop_assert_eq!(rights.union(other).without(other), rights.without(other));
            prop_assert_eq!(Rights::new(&rights.to_string()), Ok(rights));
        }
    }
}
