//! How the crate is used, page by page. Each page has an example that is a test.
//!
//! 1. [Buffers and events](buffers_and_events): whose octets are whose.
//! 2. [Bodies and streaming](streaming): messages of any size in constant memory.
//! 3. [Barriers](barriers): where STARTTLS, pipelining and open answers stop the stream.
//! 4. [Leniency](leniency): strict first, and what is put up with by name.
//! 5. [Errors](errors): whose fault it was, and what to tell the peer.
//! 6. [Writing a client](writing_a_client).
//! 7. [Writing a server](writing_a_server).
//! 8. [Writing a proxy](writing_a_proxy).
//! 9. [Adding an extension](adding_an_extension): with what the crate has, and with a row of its own.
//! 10. [States](states): the transition table as a diagram.

#[doc = include_str!("guide/buffers_and_events.md")]
pub mod buffers_and_events {}

#[doc = include_str!("guide/streaming.md")]
pub mod streaming {}

#[doc = include_str!("guide/barriers.md")]
pub mod barriers {}

#[doc = include_str!("guide/leniency.md")]
pub mod leniency {}

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/writing_a_client.md")]
pub mod writing_a_client {}

#[doc = include_str!("guide/writing_a_server.md")]
pub mod writing_a_server {}

#[doc = include_str!("guide/writing_a_proxy.md")]
pub mod writing_a_proxy {}

#[doc = include_str!("guide/adding_an_extension.md")]
pub mod adding_an_extension {}

#[doc = include_str!("guide/states.md")]
pub mod states {}
