//! A Cyrus of our own: IMAP.

use std::os::unix::process::CommandExt;

use super::certificate::Certificate;
use super::programs::{Service, program, run};
use super::{PASSWORD, TempDir, USER, fill, free_ports, wait_for_port};

/// Where `.ci/install-servers` unpacks imapd: its package cannot be installed beside that of Dovecot.
const BIN: &str = "/opt/cyrus-imapd/usr/lib/cyrus/bin";

/// A running Cyrus. Its user is [`USER`].
pub struct Cyrus {
    /// The port of IMAP.
    pub imap: u16,
    /// The port of IMAP in TLS.
    pub imaps: u16,
    _service: Service,
    _folder: TempDir,
}

impl Cyrus {
    pub fn start() -> Self {
        let folder = TempDir::new("cyrus");
        let certificate = Certificate::make(&folder);
        for name in ["conf", "conf/socket", "spool"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let [imap, imaps] = free_ports();
        let values: [(&str, &dyn std::fmt::Display); _] = [
            ("FOLDER", &folder.path().display()),
            ("BIN", &BIN),
            ("CERT", &certificate.chain.display()),
            ("KEY", &certificate.key.display()),
            ("IMAP", &imap),
            ("IMAPS", &imaps),
        ];
        let config = folder.write("imapd.conf", fill(include_str!("cyrus/imapd.conf"), &values));
        let services = folder.write("cyrus.conf", fill(include_str!("cyrus/cyrus.conf"), &values));
        let mut passwords = program("saslpasswd2");
        passwords.args(["-p", "-c", "-u", "mail.example.org", "-f"]).arg(folder.path().join("sasldb2"));
        run(passwords.arg(USER), PASSWORD.as_bytes()).expect_code(0);
        run(program("chown").args(["-R", "cyrus:mail"]).arg(folder.path()), b"").expect_code(0);

        program(format!("{BIN}/imapd"));
        let mut master = program("/usr/lib/cyrus/bin/master");
        master.arg("-C").arg(config).arg("-M").arg(services).arg("-p").arg(folder.path().join("pid"));
        // It ends its process group with itself.
        let service = Service::start(master.process_group(0));
        for port in [imap, imaps] {
            wait_for_port(port);
        }
        Self { imap, imaps, _service: service, _folder: folder }
    }
}
