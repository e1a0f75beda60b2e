//! Asking for a password.

use std::io::IsTerminal;

use anyhow::{Context, bail};

/// The password that was given, else what is typed on the terminal.
///
/// # Errors
/// There is no terminal: one has to be given, and `variable` is where, other than on the command line.
pub fn password(given: Option<String>, variable: &str) -> anyhow::Result<String> {
    match given {
        Some(password) => Ok(password),
        None if !std::io::stdin().is_terminal() => {
            bail!("no password: give --password, set {variable}, or run on a terminal")
        }
        None => rpassword::prompt_password("password: ").context("cannot ask for the password"),
    }
}
