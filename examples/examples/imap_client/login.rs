//! From a connection to a session: TLS, login, and all that the server and we both can.

use anyhow::{Context, bail};
use examples::net::Stream;
use imap_proto::auth::{
    Anonymous, Credentials, External, Login, Mechanism, OauthBearer, Plain, Secret, UserPassword, XOauth2,
};
use imap_proto::client::{Event, Options, TagPrefix, TlsPolicy};
use imap_proto::ext::id::{IdParameter, IdParameters};
use imap_proto::response::{Data, Greeting, Response, StatusKind};
use imap_proto::{AString, Atom, Capability, Client, Command, Dialect, IString, LiteralMode};
use tokio::net::TcpStream;

use crate::connection::{Connection, Step, is_called, said};
use crate::scram::Scram;
use crate::{Arguments, MechanismName, Tls};

/// A session that is protected and logged in as `arguments` say.
pub async fn connect(arguments: &Arguments) -> anyhow::Result<Connection> {
    let mut server = arguments.server.clone();
    if !server.contains(':') {
        let port = if arguments.tls == Tls::Implicit { imap_proto::PORT_TLS } else { imap_proto::PORT };
        server += &format!(":{port}");
    }
    let (host, _) = server.rsplit_once(':').with_context(|| format!("{server} is not HOST:PORT"))?;
    let pem = arguments.cert.as_deref().zip(arguments.key.as_deref());
    let connector = examples::tls::connector_as(arguments.insecure, pem)?;
    let name = examples::tls::server_name(host.trim_matches(['[', ']']))?;
    let tcp = TcpStream::connect(&server).await.with_context(|| format!("cannot connect to {server}"))?;
    tcp.set_nodelay(true)?;
    let handshake = |plain: Stream| async move {
        Ok(Box::new(connector.connect(name, plain).await.context("TLS handshake")?) as Stream)
    };
    let (stream, handshake): (Stream, _) = match arguments.tls {
        Tls::Implicit => (handshake(Box::new(tcp)).await?, None),
        Tls::Starttls => (Box::new(tcp), Some(handshake)),
        Tls::None => (Box::new(tcp), None),
    };
    let mut connection = Connection::new(Client::new(options(arguments)?), stream, arguments);
    greet(&mut connection).await?;
    if let Some(handshake) = handshake {
        let token = connection.machine.start_tls()?;
        loop {
            match connection.next(&mut |_| Ok(())).await? {
                Step::StartTls => break,
                Step::Finished(to, status) if to == token => bail!("the server says {}", said(&status)),
                Step::Closed => connection.fail_closed()?,
                _ => {}
            }
        }
        connection.upgrade(handshake).await?;
        connection.note(|| "TLS by STARTTLS".into());
    }
    log_in(&mut connection, arguments).await?;
    settle(&mut connection).await?;
    Ok(connection)
}

fn options(arguments: &Arguments) -> anyhow::Result<Options> {
    let mut options = Options::new(tag_prefix()?);
    options.tls = match arguments.tls {
        Tls::Implicit => TlsPolicy::Implicit,
        Tls::Starttls => TlsPolicy::RequireStartTls,
        Tls::None => TlsPolicy::None,
    };
    options.allow_plaintext_secrets = arguments.insecure;
    options.dialect = Dialect::TOLERANT;
    let is_out = |capability| arguments.without.iter().any(|name| is_called(&capability, name));
    options.literals = match (is_out(Capability::LiteralPlus), is_out(Capability::LiteralMinus)) {
        (false, _) => LiteralMode::Plus,
        (true, false) => LiteralMode::Minus,
        (true, true) => LiteralMode::Synchronizing,
    };
    Ok(options)
}

/// Four letters that nobody can guess: the standard library seeds its hash maps with random numbers.
fn tag_prefix() -> anyhow::Result<TagPrefix> {
    use std::hash::{BuildHasher, RandomState};
    let mut random = RandomState::new().hash_one(0);
    let letters = [(); 4].map(|()| {
        let letter = b'A' + (random % 26) as u8;
        random /= 26;
        letter
    });
    Ok(TagPrefix::new(letters)?)
}

async fn greet(connection: &mut Connection) -> anyhow::Result<()> {
    loop {
        match connection.next(&mut |_| Ok(())).await? {
            Step::Greeting(Greeting::Bye(text)) => {
                bail!("the server refuses to talk: {}", text.text.as_str().unwrap_or_default());
            }
            Step::Greeting(_) => return Ok(()),
            Step::Closed => connection.fail_closed()?,
            _ => {}
        }
    }
}

/// Asks what the server offers, unless it has told.
async fn ask_capabilities(connection: &mut Connection) -> anyhow::Result<()> {
    if connection.machine.capabilities().is_none() {
        connection.ask(&Command::Capability, &mut |_| Ok(())).await?;
    }
    Ok(())
}

async fn log_in(connection: &mut Connection, arguments: &Arguments) -> anyhow::Result<()> {
    ask_capabilities(connection).await?;
    let is_in = connection.machine.state().is_authenticated();
    let (user, password) = (arguments.user.as_deref(), arguments.password.as_deref().unwrap_or_default());
    let mechanism = match (arguments.mechanism, user) {
        _ if is_in => return Ok(()),
        (Some(mechanism), _) => mechanism,
        (None, Some(_)) => best(connection),
        (None, None) => bail!("the server wants a login: give --user"),
    };
    let name = user.unwrap_or_default();
    let token = match mechanism {
        MechanismName::ScramSha256 | MechanismName::ScramSha1 => {
            let mechanism = match mechanism {
                MechanismName::ScramSha256 => Mechanism::SCRAM_SHA_256,
                _ => Mechanism::SCRAM_SHA_1,
            };
            return Scram::new(mechanism, name, password)?.log_in(connection).await;
        }
        MechanismName::LoginCommand => {
            let user = UserPassword::new(AString::new(name)?, Secret::new(password))?;
            connection.machine.send(&Command::Login(user))?
        }
        mechanism => connection.machine.authenticate(credentials(mechanism, name, password)?)?,
    };
    let status = connection.finish(token, &mut |_| Ok(())).await?;
    if status.kind != StatusKind::Ok {
        bail!("the server does not let {} in: {}", user.unwrap_or("us"), said(&status));
    }
    let name = clap::ValueEnum::to_possible_value(&mechanism).map(|value| value.get_name().to_owned());
    connection.note(|| format!("logged in by {}", name.unwrap_or_default()));
    Ok(())
}

/// The one that tells the server least.
fn best(connection: &Connection) -> MechanismName {
    let offers = |mechanism: &Mechanism<'_>| {
        let offered = connection.machine.capabilities();
        offered.is_some_and(|offered| offered.mechanisms().any(|one| one == *mechanism))
    };
    [
        (Mechanism::SCRAM_SHA_256, MechanismName::ScramSha256),
        (Mechanism::SCRAM_SHA_1, MechanismName::ScramSha1),
        (Mechanism::PLAIN, MechanismName::Plain),
        (Mechanism::LOGIN, MechanismName::Login),
    ]
    .into_iter()
    .find(|(mechanism, _)| offers(mechanism))
    .map_or(MechanismName::LoginCommand, |(_, name)| name)
}

fn credentials(mechanism: MechanismName, user: &str, password: &str) -> anyhow::Result<Credentials> {
    Ok(match mechanism {
        MechanismName::Plain => Plain::new("", user, password)?.into(),
        MechanismName::Login => Login::new(user, password)?.into(),
        MechanismName::Xoauth2 => XOauth2::new(user, password)?.into(),
        MechanismName::Oauthbearer => OauthBearer::new(user, password)?.into(),
        MechanismName::External => External::new(user)?.into(),
        MechanismName::Anonymous => Anonymous::new(user)?.into(),
        MechanismName::ScramSha256 | MechanismName::ScramSha1 | MechanismName::LoginCommand => {
            bail!("no credentials that are known beforehand")
        }
    })
}

/// Who is logged in is told more: what the server offers now, what is enabled, who we are; and from here on it is compressed.
async fn settle(connection: &mut Connection) -> anyhow::Result<()> {
    ask_capabilities(connection).await?;
    if connection.offers(&Capability::CompressDeflate) {
        let token = connection.machine.send(&Command::Compress(Atom::new("DEFLATE")?))?;
        loop {
            match connection.next(&mut |_| Ok(())).await? {
                Step::Compress => {
                    connection.compress()?;
                    connection.note(|| "compressed by DEFLATE".into());
                    break;
                }
                // It may be compressed by TLS already.
                Step::Finished(to, _) if to == token => break,
                Step::Closed => connection.fail_closed()?,
                _ => {}
            }
        }
    }
    if connection.offers(&Capability::Id) {
        let id = IdParameter { field: IString::new("name")?, value: Some(IString::new("imap_client")?) };
        connection.ask(&Command::Id(IdParameters(Some([id].into()))), &mut |_| Ok(())).await?;
    }
    let wanted = [Capability::CondStore, Capability::QResync, Capability::Utf8Accept, Capability::Imap4Rev2];
    let wanted: Vec<_> = wanted.into_iter().filter(|one| connection.offers(one)).collect();
    if connection.offers(&Capability::Enable) && !wanted.is_empty() {
        let mut enabled = None;
        let mut on = |event: &Event<'_>| {
            if let Event::Response { response: Response::Data(Data::Enabled(now)), .. } = event {
                enabled = Some(now.clone().into_owned());
            }
            Ok(())
        };
        connection.ask(&Command::Enable(wanted.into_iter().collect()), &mut on).await?;
        connection.enabled = enabled.unwrap_or_default();
        let names: Vec<_> = connection.enabled.iter().map(|one| one.keyword().to_owned()).collect();
        connection.note(|| format!("enabled {}", names.join(" ")));
    }
    Ok(())
}
