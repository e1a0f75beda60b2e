//! Extensions: everything after RFC 9051 and RFC 3501.

pub(crate) mod catenate;
pub mod id;
pub mod language;
pub mod namespace;
pub(crate) mod referral;
pub(crate) mod url;
pub(crate) mod urlauth;
pub(crate) mod urlfetch;

pub use self::catenate::{BadUrl, CatPart, Catenate};
pub use self::referral::ReferralUrl;
pub use self::url::{Access, Application, ImapUrl, PctEncoded, UrlFull, UrlKind, UrlRump, UrlText};
pub use self::urlauth::{GenUrlAuth, ResetKey, UauthMechanism, UrlMech, UrlMechData, UrlMechs};
pub use self::urlfetch::{
    OtherUrlFetchParam, UrlBody, UrlContent, UrlFetch, UrlFetchData, UrlFetchParam, UrlFetched, UrlMetadata,
    UrlMetadataItem,
};
pub mod object_id;
pub mod qresync;
