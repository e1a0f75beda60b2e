//! Extensions: everything after RFC 9051 and RFC 3501.

pub mod catenate;
pub mod filter_mailboxes;
pub mod filters;
pub mod fuzzy;
pub mod gmail;
pub mod id;
pub mod inprogress;
pub mod language;
pub mod multisearch;
pub mod namespace;
pub mod object_id;
pub mod partial;
pub mod qresync;
pub mod referral;
pub mod search_annotation;
pub mod search_context;
pub mod search_mod_seq;
pub mod search_partial;
pub mod sort;
pub mod thread;
pub mod uidbatches;
pub mod url;
pub mod urlauth;
pub mod urlfetch;
