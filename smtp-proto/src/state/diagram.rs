//! Draws the transition tables, so that the drawing in the guide cannot say anything else than the code.

use core::fmt::{Debug, Write as _};
use std::string::String;
use std::vec::Vec;
use std::{env, format, fs};

/// A Mermaid diagram of where `triggers` lead in which of `states`, the first of which is where it begins.
///
/// What leads from everywhere to one state is drawn as a note to that.
pub(super) fn diagram<S, T, E>(states: &[S], triggers: &[T], on: impl Fn(S, T) -> Result<S, E>) -> String
where
    S: Copy + Debug + PartialEq,
    T: Copy + Debug,
{
    let leads_to =
        |trigger: T, to: S| states.iter().all(|&from| on(from, trigger).is_ok_and(|next| next == to));
    let mut text = String::from("```mermaid\nstateDiagram-v2\n");
    if let Some(first) = states.first() {
        let _ = writeln!(text, "    [*] --> {first:?}");
    }
    for &from in states {
        for &to in states {
            let names =
                |trigger: &&T| on(from, **trigger).is_ok_and(|next| next == to) && !leads_to(**trigger, to);
            let names: Vec<String> =
                triggers.iter().filter(names).map(|trigger| format!("{trigger:?}")).collect();
            if !names.is_empty() {
                let _ = writeln!(text, "    {from:?} --> {to:?}: {}", names.join(", "));
            }
        }
    }
    for &to in states {
        for &trigger in triggers.iter().filter(|trigger| leads_to(**trigger, to)) {
            let _ = writeln!(text, "    note right of {to:?}: {trigger:?}, from everywhere");
        }
    }
    text.push_str("```\n");
    text
}

/// The page of the guide is `page`; with `WRITE_STATES` in the environment it is made so.
pub(super) fn check_page(page: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/states.md");
    if env::var_os("WRITE_STATES").is_some() {
        fs::write(path, page).unwrap();
    }
    let written = fs::read_to_string(path).unwrap();
    assert_eq!(written, page, "the table has changed: write the page anew, with WRITE_STATES=1");
}
