//! A Dovecot of our own: LMTP, and SASL for Postfix.

use std::path::PathBuf;

use super::programs::{Service, program};
use super::{PASSWORD, TempDir, USER, fill, free_ports, wait_for, wait_for_port};

/// A running Dovecot. Its users are [`USER`], `bob`, and `tiny`, who has room for 10 kB.
pub struct Dovecot {
    /// The port of LMTP.
    pub lmtp: u16,
    _service: Service,
    folder: TempDir,
}

impl Dovecot {
    pub fn start() -> Self {
        let folder = TempDir::new("dovecot");
        let path = folder.path().display();
        let user = |name: &str, quota: &str| {
            // 8 is Debian's user and group `mail`.
            format!(
                "{name}:{{PLAIN}}{PASSWORD}:8:8::{path}/mail/{name}::userdb_quota_rule=*:storage={quota}\n"
            )
        };
        folder.write("users", [user(USER, "1G"), user("bob", "1G"), user("tiny", "10k")].concat());
        let mail = folder.path().join("mail");
        std::fs::create_dir(&mail).unwrap();
        std::os::unix::fs::chown(&mail, Some(8), Some(8)).unwrap();

        let [lmtp] = free_ports();
        let values: [(&str, &dyn std::fmt::Display); _] = [("FOLDER", &path), ("LMTP", &lmtp)];
        let config = folder.write("dovecot.conf", fill(include_str!("dovecot/dovecot.conf"), &values));
        let service = Service::start(program("dovecot").arg("-F").arg("-c").arg(config));
        wait_for_port(lmtp);
        let dovecot = Self { lmtp, _service: service, folder };
        wait_for("Dovecot's SASL socket", || dovecot.sasl().exists().then_some(()));
        dovecot
    }

    /// The socket on which it answers Postfix's questions about passwords.
    pub fn sasl(&self) -> PathBuf {
        self.folder.path().join("auth")
    }

    /// The Maildir of a user.
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.folder.path().join("mail").join(user)
    }
}
