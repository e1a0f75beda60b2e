//! Extensions: everything after RFC 9051 and RFC 3501.

pub mod catenate;
pub mod id;
pub mod language;
pub mod namespace;
pub mod object_id;
pub mod qresync;
pub mod referral;
pub mod url;
pub mod urlauth;
pub mod urlfetch;
