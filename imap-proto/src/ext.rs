//! Extensions: everything after RFC 9051 and RFC 3501.
