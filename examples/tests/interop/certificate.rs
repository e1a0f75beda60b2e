//! A certificate for the servers on this machine.

use std::path::PathBuf;

use super::TempDir;

/// A self-signed certificate for `localhost`, which clients trust when they are given it.
pub struct Certificate {
    /// The certificate, PEM.
    pub chain: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl Certificate {
    pub fn make(folder: &TempDir) -> Self {
        let names = ["localhost", "mail.example.org", "127.0.0.1"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let chain = folder.write("certificate.pem", made.cert.pem());
        let key = folder.write("key.pem", made.signing_key.serialize_pem());
        Self { chain, key }
    }
}
