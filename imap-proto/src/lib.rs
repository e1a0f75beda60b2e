//! IMAP.
#![no_std]
