//! The values of SMTP's extensions, one topic each.

mod auth;
mod body;
mod chunking;
mod dsn;
mod size;
mod utf8_address;
mod xtext;

pub use self::auth::AuthSender;
pub use self::body::BodyKind;
pub use self::chunking::Bdat;
pub use self::dsn::{Envid, Notify, OriginalRecipient, Ret};
pub use self::utf8_address::Utf8Address;
pub use self::xtext::Xtext;
