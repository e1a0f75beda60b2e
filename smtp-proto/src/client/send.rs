//! What the client says.

use alloc::boxed::Box;

use super::flight::Answer;
use super::transfer::Transfer;
use super::{Client, NotSent, TlsPolicy};
use crate::address::Domain;
use crate::command::{Command, Hello};
use crate::ehlo::Extension;
use crate::error::{ApiMisuse, Error};
use crate::ext::Burl;
use crate::session::{Protocol, Token};
use crate::state::{Refusal, State, Trigger};
use crate::transmit::Transmit;
use crate::wire::Wire;

impl Client {
    /// Says who the client is: EHLO, or LHLO with LMTP. It ends a transaction.
    ///
    /// The reply sets [`capabilities`](Self::capabilities). A server that has never heard of EHLO is sent HELO instead,
    /// unless the options ask for TLS or authentication, which HELO cannot give: an attacker could make the client
    /// forget them by that refusal.
    ///
    /// There is no need to say it again after AUTH (RFC 4954), and it must be said again after STARTTLS.
    ///
    /// # Errors
    /// [`NotSent`]: before the greeting, or while something else goes on.
    pub fn hello(&mut self, name: Domain<'_>) -> Result<Token, Error> {
        self.say_hello(&name.into())
    }

    /// Sends a command that has no method of its own, or one that has.
    ///
    /// The reply to RSET in a transaction has to be waited for, as have those to EHLO, STARTTLS and AUTH.
    ///
    /// # Errors
    /// [`NotSent`], with the reason. [`ApiMisuse::OutputFull`]: write what [`transmit`](Self::transmit) holds first.
    /// [`ApiMisuse::State`] for BDAT, which [`start_body`](Self::start_body) sends.
    pub fn send(&mut self, command: &Command<'_>) -> Result<Token, Error> {
        self.check_failed()?;
        let is_lmtp = self.options.protocol == Protocol::Lmtp;
        match command {
            Command::Ehlo(_) | Command::Helo(_) if is_lmtp => return Err(NotSent::OtherProtocol.into()),
            Command::Lhlo(_) if !is_lmtp => return Err(NotSent::OtherProtocol.into()),
            Command::Ehlo(name) | Command::Lhlo(name) => return self.say_hello(name),
            Command::StartTls => return self.start_tls(),
            Command::Auth(auth) => {
                return self.authenticate_with(auth.mechanism.clone(), auth.initial_response.clone());
            }
            Command::Mail(mail) | Command::Send(mail) | Command::Soml(mail) | Command::Saml(mail) => {
                return self.send_mail(mail, command);
            }
            Command::Rcpt(rcpt) => return self.send_rcpt(rcpt, command),
            Command::Data => return self.start_body(Transfer::Data),
            Command::Bdat(_) => return Err(ApiMisuse::State.into()),
            Command::Burl(burl) => return self.send_burl(burl, command),
            Command::Vrfy(vrfy) | Command::Expn(vrfy) if vrfy.is_smtputf8() => {
                self.offered(Extension::SmtpUtf8)?;
            }
            Command::Vrfy(vrfy) | Command::Expn(vrfy) if !vrfy.what().is_ascii() => {
                return Err(NotSent::NeedsSmtpUtf8.into());
            }
            _ => command.extension().map_or(Ok(()), |extension| self.offered(extension))?,
        }
        self.send_as(Trigger::of(command), Answer::Reply, command)
    }

    /// A piece of the message that the server fetches; the last one ends the message.
    fn send_burl(&mut self, burl: &Burl<'_>, command: &Command<'_>) -> Result<Token, Error> {
        self.offered(Extension::Burl)?;
        if self.body.is_some() {
            return Err(NotSent::Order(Refusal::Busy).into());
        }
        let answer = if burl.is_last() { self.answer_to_body() } else { Answer::Reply };
        self.send_as(Trigger::of(command), answer, command)
    }

    /// Sends what has no gate but that of its trigger.
    pub(super) fn send_as(
        &mut self,
        trigger: Trigger,
        answer: Answer,
        command: &Command<'_>,
    ) -> Result<Token, Error> {
        let planned = self.permit(trigger)?;
        if matches!(trigger, Trigger::Hello | Trigger::Reset | Trigger::Quit) {
            // The message is given up.
            self.body = None;
        }
        let token = self.tokens.next();
        self.take_off(token, trigger, answer, |out| write_line(out, command));
        if trigger == Trigger::Reset
            && self.session.planned.is_transaction()
            && let Some(flight) = self.flights.back_mut()
        {
            // Should it be refused, what comes next would become part of the old message.
            flight.is_barrier = true;
        }
        self.session.planned = planned;
        Ok(token)
    }

    /// Asks for TLS. After [`Event::StartTls`](super::Event::StartTls) make the handshake, and say
    /// [`tls_established`](Self::tls_established).
    ///
    /// # Errors
    /// [`NotSent`]: the server does not offer it, or not now. [`ApiMisuse::State`]: the connection is TLS.
    pub fn start_tls(&mut self) -> Result<Token, Error> {
        self.check_failed()?;
        if self.session.is_tls {
            return Err(ApiMisuse::State.into());
        }
        self.permit(Trigger::StartTls)?;
        self.offered(Extension::StartTls)?;
        self.send_as(Trigger::StartTls, Answer::Reply, &Command::StartTls)
    }

    fn say_hello(&mut self, name: &Hello<'_>) -> Result<Token, Error> {
        // RFC 6531 section 3.7.1: whether the server takes it is what the reply will say.
        if !name.as_str().is_ascii() {
            return Err(NotSent::NeedsSmtpUtf8.into());
        }
        let command = match self.options.protocol {
            Protocol::Lmtp => Command::Lhlo(name.clone()),
            _ => Command::Ehlo(name.clone()),
        };
        let is_first = self.session.state == State::Fresh;
        let token = self.send_as(Trigger::Hello, Answer::Capabilities, &command)?;
        let may_fall_back = is_first
            && self.options.protocol != Protocol::Lmtp
            && self.options.tls == TlsPolicy::None
            && !self.options.requires_authentication;
        self.helo = may_fall_back.then(|| Box::new(name.clone().into_owned()));
        Ok(token)
    }

    /// EHLO was refused; the same once more, in the language of 1982.
    pub(super) fn say_helo(&mut self, token: Token, name: Hello<'_>) {
        self.take_off(token, Trigger::Hello, Answer::Reply, |out| write_line(out, &Command::Helo(name)));
    }

    /// Appends what `write` does to the output, behind what it has to wait for.
    pub(super) fn take_off(
        &mut self,
        token: Token,
        trigger: Trigger,
        answer: Answer,
        write: impl FnOnce(&mut Transmit),
    ) {
        let pipelining = self.session.capabilities.has(Extension::Pipelining);
        self.flights.push((token, trigger, answer), pipelining, &mut self.transmit, write);
    }
}

fn write_line(out: &mut Transmit, command: &Command<'_>) {
    out.write(|out| {
        Wire::encode(command, out);
        out.put("\r\n");
    });
}
