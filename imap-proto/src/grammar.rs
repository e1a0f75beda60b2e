//! RFC 9051's grammar by topic.

pub(crate) mod attribute;
pub mod capability;
pub(crate) mod class;
pub mod create;
pub(crate) mod date;
pub(crate) mod delimiter;
pub mod esearch;
pub(crate) mod fetch;
pub(crate) mod flag;
pub mod list_command;
pub mod list_data;
pub mod list_item;
pub mod list_option;
pub(crate) mod mailbox;
pub(crate) mod number;
pub(crate) mod octets;
pub mod search;
pub mod select;
pub(crate) mod sequence;
pub(crate) mod skip;
pub(crate) mod status;
pub mod status_data;
pub(crate) mod string;
pub mod tagged_ext;
pub(crate) mod text;
pub(crate) mod utf7;
