//! Mechanism names ([RFC 4422 section 3.1](https://www.rfc-editor.org/rfc/rfc4422#section-3.1)).

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::error::{Expected, ValueError};
use crate::options::Dialect;
use crate::wire::{self, Cx, Fail, IntoOwned, Parsed, Wire, Writer};
use crate::wire::{Key, key};

/// The name of a SASL mechanism.
///
/// `SCRAM-SHA-256`
///
/// 1 to 20 letters, digits, `-` and `_`. Kept as it was written; compared with upper and lower case alike. The names
/// in IANA's registry and in common use are constants; any other is as good.
#[derive(Clone)]
pub struct Mechanism<'a>(Cow<'a, str>);

/// A row is a constant and the name.
macro_rules! mechanisms {
    ($($(#[$meta:meta])* $constant:ident = $name:literal;)*) => {
        impl Mechanism<'static> {
            $($(#[$meta])* pub const $constant: Self = Self(Cow::Borrowed($name));)*

            /// The names that have a constant.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$constant),*];

            /// Where `name`, in any case and of printable octets, is in [`ALL`](Self::ALL).
            #[inline]
            pub(crate) fn index_of(name: &[u8]) -> Option<u32> {
                $(const $constant: Option<Key> = key($name.as_bytes());)*
                #[allow(non_camel_case_types, clippy::upper_case_acronyms)] // the row's only name
                #[repr(u32)]
                enum Row { $($constant),* }
                match key(name) {
                    $($constant => Some(Row::$constant as u32),)*
                    _ => None,
                }
            }
        }
    };
}

mechanisms! {
    /// User name and password in clear: RFC 4616.
    PLAIN = "PLAIN";
    /// User name and password in clear, one after the other: draft-murchison-sasl-login.
    LOGIN = "LOGIN";
    /// Who the channel says, for example by a TLS certificate: RFC 4422 appendix A.
    EXTERNAL = "EXTERNAL";
    /// Nobody: RFC 4505.
    ANONYMOUS = "ANONYMOUS";
    /// RFC 2195.
    CRAM_MD5 = "CRAM-MD5";
    /// RFC 2831, historic by RFC 6331.
    DIGEST_MD5 = "DIGEST-MD5";
    /// RFC 5802.
    SCRAM_SHA_1 = "SCRAM-SHA-1";
    /// RFC 5802, bound to the TLS channel.
    SCRAM_SHA_1_PLUS = "SCRAM-SHA-1-PLUS";
    /// RFC 7677.
    SCRAM_SHA_256 = "SCRAM-SHA-256";
    /// RFC 7677, bound to the TLS channel.
    SCRAM_SHA_256_PLUS = "SCRAM-SHA-256-PLUS";
    /// draft-melnikov-scram-sha-512.
    SCRAM_SHA_512 = "SCRAM-SHA-512";
    /// draft-melnikov-scram-sha-512, bound to the TLS channel.
    SCRAM_SHA_512_PLUS = "SCRAM-SHA-512-PLUS";
    /// A bearer token as Google and Microsoft take it.
    XOAUTH2 = "XOAUTH2";
    /// A bearer token: RFC 7628.
    OAUTHBEARER = "OAUTHBEARER";
    /// A signed OAuth 1.0a request: RFC 7628.
    OAUTH10A = "OAUTH10A";
    /// Kerberos: RFC 4752.
    GSSAPI = "GSSAPI";
    /// RFC 5801.
    GS2_KRB5 = "GS2-KRB5";
    /// RFC 5801, bound to the TLS channel.
    GS2_KRB5_PLUS = "GS2-KRB5-PLUS";
    /// SPNEGO: RFC 4178, as Microsoft uses it.
    GSS_SPNEGO = "GSS-SPNEGO";
    /// Windows.
    NTLM = "NTLM";
    /// RFC 2222, obsolete.
    KERBEROS_V4 = "KERBEROS_V4";
    /// RFC 2444.
    OTP = "OTP";
    /// RFC 2222, obsolete.
    SKEY = "SKEY";
    /// RFC 2808.
    SECURID = "SECURID";
    /// RFC 6595.
    SAML20 = "SAML20";
    /// RFC 6616.
    OPENID20 = "OPENID20";
    /// RFC 3163.
    ISO_9798_M_RSA_SHA1_ENC = "9798-M-RSA-SHA1-ENC";
    /// RFC 3163.
    ISO_9798_U_RSA_SHA1_ENC = "9798-U-RSA-SHA1-ENC";
    /// RFC 8120.
    EAP_AES128 = "EAP-AES128";
    /// RFC 7055, bound to the TLS channel.
    EAP_AES128_PLUS = "EAP-AES128-PLUS";
    /// draft-ietf-kitten-sasl-ecdsa-nist256p-challenge.
    ECDSA_NIST256P_CHALLENGE = "ECDSA-NIST256P-CHALL";
}

impl<'a> Mechanism<'a> {
    /// The longest name, in octets.
    pub const MAX: usize = 20;

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name, borrowing from nothing.
    pub fn into_owned(self) -> Mechanism<'static> {
        Mechanism(IntoOwned::into_owned(self.0))
    }

    /// Whether whoever reads the exchange learns what is needed to log in as the user.
    pub fn is_clear_text(&self) -> bool {
        [Mechanism::PLAIN, Mechanism::LOGIN, Mechanism::XOAUTH2, Mechanism::OAUTHBEARER].contains(self)
    }
}

/// ```abnf
/// sasl-mech = 1*20(ALPHA / DIGIT / "-" / "_")
/// ```
impl<'a> Wire<'a> for Mechanism<'a> {
    fn parse(input: &'a [u8], _: Cx) -> Parsed<'a, Self> {
        let is_other = |octet: &u8| !(octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
        let end = input.iter().position(is_other).unwrap_or(input.len());
        let (name, rest) = input.split_at_checked(end).unwrap_or((input, &[]));
        match core::str::from_utf8(name) {
            Ok(name) if (1..=Self::MAX).contains(&name.len()) => Ok((rest, Self(Cow::Borrowed(name)))),
            _ => Fail::at(input, Expected::Mechanism),
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.put(self.0.as_bytes());
    }
}

impl<'a> TryFrom<&'a str> for Mechanism<'a> {
    type Error = ValueError;

    fn try_from(name: &'a str) -> Result<Self, ValueError> {
        wire::exact(name.as_bytes(), Dialect::STRICT).map_err(|error| error.in_field("mechanism"))
    }
}

impl IntoOwned for Mechanism<'_> {
    type With<'s> = Mechanism<'s>;

    fn into_owned(self) -> Mechanism<'static> {
        Mechanism::into_owned(self)
    }
}

impl PartialEq<Mechanism<'_>> for Mechanism<'_> {
    fn eq(&self, other: &Mechanism<'_>) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Mechanism<'_> {}

impl Hash for Mechanism<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.len().hash(state);
        self.0.bytes().for_each(|octet| octet.to_ascii_uppercase().hash(state));
    }
}

impl fmt::Display for Mechanism<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Mechanism<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mechanism({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, check_refused};

    #[test]
    fn names() {
        check([("PLAIN", Mechanism::PLAIN), ("plain", Mechanism(Cow::Borrowed("plain")))]);
        assert_eq!(Mechanism::try_from("scram-SHA-1-plus").unwrap(), Mechanism::SCRAM_SHA_1_PLUS);
        check_refused::<Mechanism<'_>, 4>([("", 0), ("A B", 1), ("A.B", 1), ("ABCDEFGHIJKLMNOPQRSTU", 0)]);
        for mechanism in Mechanism::ALL {
            assert_eq!(Mechanism::try_from(mechanism.as_str()).as_ref(), Ok(mechanism));
            let index = Mechanism::index_of(mechanism.as_str().to_ascii_lowercase().as_bytes());
            assert_eq!(index.and_then(|index| Mechanism::ALL.get(index as usize)), Some(mechanism));
        }
        assert_eq!(Mechanism::index_of(b"X-PLAIN"), None);
        assert_eq!(alloc::format!("{}", Mechanism::try_from("plain").unwrap()), "plain");
        assert_eq!(Mechanism::try_from("A B").unwrap_err().field, "mechanism");
    }

    #[test]
    fn equal_names_hash_alike() {
        let hash = |name: &'static str| {
            let mut state = std::hash::DefaultHasher::new();
            Mechanism::try_from(name).unwrap().hash(&mut state);
            state.finish()
        };
        assert_eq!(hash("Plain"), hash("PLAIN"));
        assert_ne!(Mechanism::try_from("PLAIN-CLIENTTOKEN").unwrap(), Mechanism::PLAIN);
    }
}
