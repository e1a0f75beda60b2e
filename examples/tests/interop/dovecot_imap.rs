//! A Dovecot of our own: IMAP with every mechanism.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::certificate::Certificate;
use super::programs::{Service, program, run};
use super::{PASSWORD, TempDir, USER, fill, free_ports, wait_for_port};

/// What OAuth tokens are signed with.
const KEY: &str = "a key that only this test knows";

/// A running Dovecot. Its user is [`USER`]; who is anonymous is `guest`.
pub struct DovecotImap {
    /// The port of IMAP.
    pub imap: u16,
    /// The port of IMAP in TLS.
    pub imaps: u16,
    /// The certificate of [`USER`].
    pub user: Certificate,
    _service: Service,
    folder: TempDir,
}

impl DovecotImap {
    /// One that offers whatever it can.
    pub fn start() -> Self {
        Self::configured("")
    }

    /// One that offers only these capabilities after login.
    pub fn offering(capabilities: &str) -> Self {
        Self::configured(&format!("imap_capability = {capabilities}"))
    }

    fn configured(more: &str) -> Self {
        let folder = TempDir::new("dovecot");
        let path = folder.path().display();
        // 8 is Debian's user and group `mail`.
        let user = |name: &str| format!("{name}:{{PLAIN}}{PASSWORD}:8:8::{path}/mail/{name}::\n");
        folder.write("users", [user(USER), user("guest")].concat());
        let mail = folder.path().join("mail");
        std::fs::create_dir(&mail).unwrap();
        std::os::unix::fs::chown(&mail, Some(8), Some(8)).unwrap();
        let keys = folder.path().join("keys/default/HS256");
        std::fs::create_dir_all(&keys).unwrap();
        let encoded = run(program("base64").arg("-w0"), KEY.as_bytes()).expect_code(0).stdout;
        std::fs::write(keys.join("default"), encoded).unwrap();
        let oauth = format!(
            "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={path}/keys/\n\
             username_attribute = sub\n"
        );
        folder.write("oauth2.conf", oauth);

        let server = Certificate::make(&folder);
        let user = certificate_of_user(&folder);
        let authority = folder.path().join("ca.pem");
        let [imap, imaps] = free_ports();
        let values: [(&str, &dyn std::fmt::Display); _] = [
            ("FOLDER", &path),
            ("CERT", &server.chain.display()),
            ("KEY", &server.key.display()),
            ("CA", &authority.display()),
            ("IMAP", &imap),
            ("IMAPS", &imaps),
            ("MORE", &more),
        ];
        let config = folder.write("dovecot.conf", fill(include_str!("dovecot/imap.conf"), &values));
        let service = Service::start(program("dovecot").arg("-F").arg("-c").arg(config));
        for port in [imap, imaps] {
            wait_for_port(port);
        }
        Self { imap, imaps, user, _service: service, folder }
    }

    /// The Maildir of [`USER`].
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail").join(USER)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// An OAuth token for this user, a JWT (RFC 7519) that it believes.
    pub fn token(user: &str) -> String {
        const SCRIPT: &str = "import base64, hashlib, hmac, json, sys, time
pack = lambda octets: base64.urlsafe_b64encode(octets).rstrip(b'=')
now = int(time.time())
claims = {'sub': sys.argv[1], 'iat': now - 60, 'nbf': now - 60, 'exp': now + 3600}
parts = [{'alg': 'HS256', 'typ': 'JWT'}, claims]
text = b'.'.join(pack(json.dumps(part).encode()) for part in parts)
signature = hmac.new(sys.argv[2].encode(), text, hashlib.sha256).digest()
print((text + b'.' + pack(signature)).decode(), end='')";
        run(program("python3").args(["-c", SCRIPT, user, KEY]), b"").expect_code(0).stdout
    }
}

/// A certificate of [`USER`], by an authority whose own is in `ca.pem`.
fn certificate_of_user(folder: &TempDir) -> Certificate {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "authority");
    let key = KeyPair::generate().unwrap();
    folder.write("ca.pem", authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, USER);
    let key = KeyPair::generate().unwrap();
    let chain = params.signed_by(&key, &issuer).unwrap().pem();
    Certificate {
        chain: folder.write("user.pem", chain),
        key: folder.write("user-key.pem", key.serialize_pem()),
    }
}
