//! Every keyword the crate knows, one row each. Adding an extension means adding rows here.

mod capability;
mod code;
mod command;
mod mailbox;
mod message;
mod response;
mod rows;
mod search;

pub use self::capability::Capability;
pub use self::code::Code;
pub(crate) use self::command::CommandName;
pub use self::command::{Command, UidCommand};
pub use self::mailbox::{
    CreateParameter, GetMetadataOption, ListExtendedItem, ListReturnOption, ListSelectOption, NotifyEvent,
    NotifyEventName, ResourceName, SelectParameter, StatusAttribute, StatusItem,
};
pub use self::message::{
    AppendExtension, ConvertItem, ConvertedItem, FetchAttribute, FetchItem, FetchModifier, SectionText,
    StoreModifier,
};
pub use self::response::{Data, NumberedData};
pub(crate) use self::rows::{Via, front, registry};
pub use self::search::{
    FilterMailboxes, SearchKey, SearchReturnData, SearchReturnOption, SortKey, ThreadAlgorithm,
};
