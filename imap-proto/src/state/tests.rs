use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::command::TaggedCommand;
use crate::options::Dialect;

const STATES: [State; 6] = [
    State::Greeting,
    State::NotAuthenticated,
    State::Authenticated,
    State::Selected,
    State::Logout,
    State::Closed,
];

const TRIGGERS: [Trigger; 10] = [
    Trigger::Greeting,
    Trigger::PreAuth,
    Trigger::TlsEstablished,
    Trigger::Login,
    Trigger::Unauthenticate,
    Trigger::Select,
    Trigger::SelectFailed,
    Trigger::Deselect,
    Trigger::Bye,
    Trigger::Close,
];

const MODES: [Mode; 5] =
    [Mode::Commands, Mode::Authenticating, Mode::Idling, Mode::StartTls, Mode::Compressing];

const STEPS: [Step; 7] = [
    Step::Authenticate,
    Step::Idle,
    Step::StartTls,
    Step::Compress,
    Step::End,
    Step::TlsEstablished,
    Step::Close,
];

const PACES: [Pace; 5] = [Pace::Alone, Pace::Mailbox, Pace::Quiet, Pace::Numbers, Pace::Plain];

/// The rows of the tables in the documentation, without their rules.
fn documented() -> Vec<Vec<String>> {
    let rows = include_str!("../state.rs").lines().filter_map(|line| line.strip_prefix("/// |"));
    let cells = |row: &str| row.split('|').map(|cell| String::from(cell.trim())).collect();
    rows.filter(|row| !row.starts_with('-')).map(cells).collect()
}

fn row(name: String, cells: impl Iterator<Item = Option<String>>) -> Vec<String> {
    let cells = cells.map(|cell| cell.unwrap_or(String::from("·")));
    core::iter::once(name).chain(cells).chain([String::new()]).collect()
}

#[test]
fn the_documentation_shows_what_the_code_does() {
    let shown = |next: Option<&dyn core::fmt::Debug>| next.map(|next| format!("{next:?}"));
    let mut rows = Vec::new();
    rows.push(row(String::new(), STATES.iter().map(|state| shown(Some(state)))));
    for trigger in TRIGGERS {
        let cells = STATES.iter().map(|state| state.on(trigger).ok().map(|next| format!("{next:?}")));
        rows.push(row(format!("{trigger:?}"), cells));
    }
    rows.push(row(String::new(), MODES.iter().map(|mode| shown(Some(mode)))));
    for step in STEPS {
        let cells = MODES.iter().map(|mode| mode.on(step).ok().map(|next| format!("{next:?}")));
        rows.push(row(format!("{step:?}"), cells));
    }
    assert_eq!(documented(), rows);
}

#[test]
fn the_guide_shows_what_the_code_does() {
    let states = diagram::diagram(&STATES, &TRIGGERS, State::on);
    let modes = diagram::diagram(&MODES, &STEPS, Mode::on);
    diagram::check_page(&format!(
        "States: the transition tables as diagrams.

[`State`](crate::State) and [`Mode`](crate::Mode) have the same as tables. What happens in a session is named as in `state.rs`: a command
happens when it is answered with OK; `Login` is AUTHENTICATE, too, `Select` is EXAMINE, too, and `Deselect` is CLOSE and UNSELECT. What has no
arrow is refused where it has none.

Which commands there are:

{states}
Whether commands can come at all:

{modes}
A test wrote this from the code, and fails when it differs. rustdoc shows the text of the diagrams; GitHub draws them in this file,
`src/guide/states.md`, as any viewer of Mermaid does.
"
    ));
}

#[test]
fn every_pair_keeps_the_rules() {
    for (state, trigger) in STATES.iter().flat_map(|&state| TRIGGERS.map(|trigger| (state, trigger))) {
        let (next, pair) = (state.on(trigger), format!("{trigger:?} in {state:?}"));
        // Nothing leaves the end.
        let ends = [State::Logout, State::Closed];
        assert!(
            !ends.contains(&state) || next.is_err() || next.is_ok_and(|next| ends.contains(&next)),
            "{pair}"
        );
        // Nobody is let in but by LOGIN, AUTHENTICATE or PREAUTH.
        if next.is_ok_and(State::is_authenticated) && !state.is_authenticated() {
            assert!(matches!(trigger, Trigger::Login | Trigger::PreAuth), "{pair}");
        }
        // And nobody has a mailbox but by SELECT.
        if next == Ok(State::Selected) {
            assert_eq!(trigger, Trigger::Select, "{pair}");
        }
        if trigger == Trigger::TlsEstablished {
            assert!(!next.is_ok_and(State::is_authenticated), "{pair}");
        }
    }
}

/// One of each kind, as a line, and what it needs.
const COMMANDS: [(&str, Needs, Pace); 57] = [
    ("CAPABILITY", Needs::Nothing, Pace::Plain),
    ("NOOP", Needs::Nothing, Pace::Plain),
    ("LOGOUT", Needs::Nothing, Pace::Alone),
    ("ID NIL", Needs::Nothing, Pace::Plain),
    ("LANGUAGE", Needs::Nothing, Pace::Plain),
    ("XYZZY", Needs::Nothing, Pace::Plain),
    ("STARTTLS", Needs::NoLogin, Pace::Alone),
    ("AUTHENTICATE PLAIN", Needs::NoLogin, Pace::Alone),
    ("LOGIN a b", Needs::NoLogin, Pace::Alone),
    ("ENABLE CONDSTORE", Needs::Login, Pace::Plain),
    ("SELECT a", Needs::Login, Pace::Mailbox),
    ("EXAMINE a", Needs::Login, Pace::Mailbox),
    ("CREATE a", Needs::Login, Pace::Plain),
    ("DELETE a", Needs::Login, Pace::Plain),
    ("RENAME a b", Needs::Login, Pace::Plain),
    ("SUBSCRIBE a", Needs::Login, Pace::Plain),
    ("UNSUBSCRIBE a", Needs::Login, Pace::Plain),
    ("LIST \"\" *", Needs::Login, Pace::Plain),
    ("LSUB \"\" *", Needs::Login, Pace::Plain),
    ("RLIST \"\" *", Needs::Login, Pace::Plain),
    ("RLSUB \"\" *", Needs::Login, Pace::Plain),
    ("XLIST \"\" *", Needs::Login, Pace::Plain),
    ("NAMESPACE", Needs::Login, Pace::Plain),
    ("STATUS a (UIDNEXT)", Needs::Login, Pace::Plain),
    ("IDLE", Needs::Login, Pace::Alone),
    ("COMPRESS DEFLATE", Needs::Login, Pace::Alone),
    ("COMPARATOR", Needs::Login, Pace::Plain),
    ("UNAUTHENTICATE", Needs::Login, Pace::Alone),
    ("GETJMAPACCESS", Needs::Login, Pace::Plain),
    ("ESEARCH IN (mailboxes a) ALL", Needs::Login, Pace::Plain),
    ("CHECK", Needs::Mailbox, Pace::Plain),
    ("CLOSE", Needs::Mailbox, Pace::Mailbox),
    ("UNSELECT", Needs::Mailbox, Pace::Mailbox),
    ("SEARCH ALL", Needs::Mailbox, Pace::Quiet),
    ("SORT (DATE) UTF-8 ALL", Needs::Mailbox, Pace::Quiet),
    ("THREAD REFERENCES UTF-8 ALL", Needs::Mailbox, Pace::Quiet),
    ("CANCELUPDATE \"A1\"", Needs::Mailbox, Pace::Plain),
    ("UIDBATCHES 2000", Needs::Mailbox, Pace::Plain),
    ("APPEND a {0}\r\n", Needs::Login, Pace::Plain),
    ("GETACL a", Needs::Login, Pace::Plain),
    ("GETQUOTA \"\"", Needs::Login, Pace::Plain),
    ("GETMETADATA \"\" /shared/comment", Needs::Login, Pace::Plain),
    ("NOTIFY NONE", Needs::Login, Pace::Plain),
    ("RESETKEY", Needs::Login, Pace::Plain),
    ("EXPUNGE", Needs::Mailbox, Pace::Plain),
    ("FETCH 1 FLAGS", Needs::Mailbox, Pace::Quiet),
    ("STORE 1 FLAGS ()", Needs::Mailbox, Pace::Quiet),
    ("COPY 1 a", Needs::Mailbox, Pace::Numbers),
    ("MOVE 1 a", Needs::Mailbox, Pace::Numbers),
    ("REPLACE 1 a {0}\r\n", Needs::Mailbox, Pace::Numbers),
    ("UID FETCH 1 FLAGS", Needs::Mailbox, Pace::Plain),
    ("UID STORE 1 FLAGS ()", Needs::Mailbox, Pace::Plain),
    ("UID COPY 1 a", Needs::Mailbox, Pace::Plain),
    ("UID EXPUNGE 1", Needs::Mailbox, Pace::Plain),
    ("UID SEARCH ALL", Needs::Mailbox, Pace::Numbers),
    ("UID SORT (DATE) UTF-8 ALL", Needs::Mailbox, Pace::Numbers),
    ("UID THREAD REFERENCES UTF-8 ALL", Needs::Mailbox, Pace::Numbers),
];

#[test]
fn where_commands_may_come() {
    for (text, needs, pace) in COMMANDS {
        let line = format!("a {text}\r\n");
        let (_, TaggedCommand { command, .. }) = TaggedCommand::parse(line.as_bytes(), Dialect::STRICT)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((Needs::of(command.name()), Pace::of(&command)), (needs, pace), "{text}");
        let allowed: Vec<State> = STATES.into_iter().filter(|state| state.allows(&command).is_ok()).collect();
        let expected: &[State] = match needs {
            Needs::Nothing => &[State::NotAuthenticated, State::Authenticated, State::Selected],
            Needs::NoLogin => &[State::NotAuthenticated],
            Needs::Login => &[State::Authenticated, State::Selected],
            Needs::Mailbox => &[State::Selected],
        };
        assert_eq!(allowed, expected, "{text}");
    }
}

#[test]
fn what_waits_for_what() {
    let table = |pace: Pace| PACES.map(|open| if pace.waits_for(open) { "waits" } else { "–" });
    let documented = include_str!("commands.rs").lines().skip_while(|line| !line.contains("open: Alone"));
    for (line, pace) in documented.skip(1).zip(PACES) {
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[1], format!("{pace:?}"));
        assert_eq!(words[2..], table(pace), "{pace:?}");
    }
}
