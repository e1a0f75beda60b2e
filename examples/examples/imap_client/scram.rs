//! SCRAM by the crate rsasl: the machine carries what it says.

use anyhow::{Context, bail};
use imap_proto::auth::{Mechanism, Secret};
use imap_proto::response::StatusKind;
use rsasl::prelude::{Mechname, SASLClient, SASLConfig, Session};

use crate::connection::{Connection, Step, said};

/// One exchange.
pub struct Scram {
    mechanism: Mechanism<'static>,
    session: Session,
    /// The server has proved that it knows the password, too.
    is_done: bool,
}

impl Scram {
    pub fn new(mechanism: Mechanism<'static>, user: &str, password: &str) -> anyhow::Result<Self> {
        let config = SASLConfig::with_credentials(None, user.to_owned(), password.to_owned())
            .context("the user name or the password cannot be used")?;
        let name = Mechname::parse(mechanism.as_str().as_bytes())?;
        let session = SASLClient::new(config).start_suggested(&[name]).context("no SCRAM")?;
        Ok(Self { mechanism, session, is_done: false })
    }

    pub async fn log_in(mut self, connection: &mut Connection) -> anyhow::Result<()> {
        let first = self.step(None)?;
        let name = self.mechanism.as_str().to_lowercase();
        let token = connection.machine.authenticate_with(self.mechanism.clone(), Some(first))?;
        let status = loop {
            match connection.next(&mut |_| Ok(())).await? {
                Step::Challenge(challenge) => match self.step(Some(&challenge)) {
                    Ok(answer) => connection.machine.answer(answer)?,
                    Err(error) => {
                        connection.machine.cancel()?;
                        connection.finish(token, &mut |_| Ok(())).await?;
                        return Err(error);
                    }
                },
                Step::Finished(to, status) if to == token => break status,
                Step::Closed => connection.fail_closed()?,
                _ => {}
            }
        };
        if status.kind != StatusKind::Ok {
            bail!("the server does not let us in: {}", said(&status));
        }
        // RFC 5802 section 5: who does not say what only the server can know is not the server.
        if !self.is_done {
            bail!("the server has not proved that it knows the password");
        }
        connection.note(|| format!("logged in by {name}"));
        Ok(())
    }

    /// What comes after this challenge.
    fn step(&mut self, challenge: Option<&Secret>) -> anyhow::Result<Secret> {
        let mut out = Vec::new();
        let state = self.session.step(challenge.map(Secret::as_bytes), &mut out);
        self.is_done = state.context("the server's side of SCRAM is wrong")?.is_finished();
        Ok(Secret::new(out))
    }
}
