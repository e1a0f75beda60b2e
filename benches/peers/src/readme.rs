//! The tables in `benches/README.md`, made of what is kept in `measured/`.

use std::error::Error;
use std::path::{Path, PathBuf};

use crate::adapters::OURS;
use crate::job::{ACCEPTS, Any, DIFFERS, Task};
use crate::measured::{self, Instructions, Table, Times};
use crate::{goals, plot};

/// What comes before the names of the floors.
const FLOOR: &str = "floor: ";
/// What comes before the names of other ways of ours.
const WAY: &str = "ours, ";

/// A part of the tasks, with tables of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Imap,
    Smtp,
    Recorded,
    Sessions,
}

impl Group {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Imap, "imap"),
        (Self::Smtp, "smtp"),
        (Self::Recorded, "recorded"),
        (Self::Sessions, "sessions"),
    ];

    fn tasks(self) -> impl Iterator<Item = String> {
        let is_of_group = move |task: &Task| {
            self == match task.load {
                Any::Imap(_) => Self::Imap,
                Any::Smtp(_) => Self::Smtp,
                Any::Recorded(_) => Self::Recorded,
                Any::Session(..) => Self::Sessions,
            }
        };
        Task::all().into_iter().filter(is_of_group).map(Task::name)
    }
}

/// All that is kept.
struct Kept {
    times: Table<Times>,
    instructions: Table<Instructions>,
}

/// Writes the tables and the picture anew.
///
/// # Errors
/// A file cannot be read or written, or the place of a table is not marked.
pub fn write() -> Result<(), Box<dyn Error>> {
    let kept = Kept { times: measured::load()?, instructions: measured::load()? };
    let readme = render(&std::fs::read_to_string(path())?, &kept)?;
    std::fs::write(path(), &readme)?;
    std::fs::write(picture(), plot::svg(&readme)?)?;
    Ok(())
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")
}

fn picture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance.svg")
}

/// `readme` with all tables replaced.
fn render(readme: &str, kept: &Kept) -> Result<String, Box<dyn Error>> {
    let mut readme = readme.to_owned();
    for (group, name) in Group::ALL {
        readme = replace(&readme, &format!("instructions of {name}"), &kept.summary(group))?;
        readme = replace(&readme, &format!("all of {name}"), &kept.all(group))?;
    }
    Ok(readme)
}

/// `text` with what is between the marks of `name` replaced.
fn replace(text: &str, name: &str, table: &str) -> Result<String, Box<dyn Error>> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let missing = || format!("no place for {name}");
    let (head, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, tail) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{head}{begin}{table}{end}{tail}"))
}

impl Kept {
    /// A row for each task: the instructions of all libraries.
    fn summary(&self, group: Group) -> String {
        let mut table = "| task | floor | ours | goal | best other / ours | others |\n\
                         |---|--:|--:|--:|--:|---|\n"
            .to_owned();
        for task in group.tasks() {
            let mut rows: Vec<(&str, f64, &str)> = self.of(&task).collect();
            rows.sort_by(|one, other| one.1.total_cmp(&other.1));
            let named = |name: &str| rows.iter().find(|row| row.0 == name).map(|row| row.1);
            let floor = rows.iter().find(|row| row.0.starts_with(FLOOR)).map(|row| row.1);
            let ways: Vec<String> = rows
                .iter()
                .filter_map(|row| Some(format!("{} {}", row.0.strip_prefix(WAY)?, figure(row.1))))
                .collect();
            let ways = if ways.is_empty() { String::new() } else { format!(" ({})", ways.join(", ")) };
            let others = rows.iter().filter(|row| !is_ours(row.0));
            let best = others.clone().find(|row| !is_refusal(row.2)).zip(named(OURS));
            let others: Vec<String> =
                others.map(|row| format!("{}{} {}", row.0, mark(row.2), figure(row.1))).collect();
            table += &format!(
                "| {task} | {} | {}{ways} | {} | {} | {} |\n",
                floor.map_or("–".to_owned(), figure),
                named(OURS).map_or("–".to_owned(), figure),
                goals::of(&task),
                best.map_or("–".to_owned(), |(best, ours)| times(best.1 / ours)),
                others.join(", "),
            );
        }
        table
    }

    /// A row for each task and library: instructions, time, memory.
    fn all(&self, group: Group) -> String {
        let mut table =
            "| task | library | instructions per octet | / ours | time per message | allocations | octets \
                         allocated | peak |\n|---|---|--:|--:|--:|--:|--:|--:|\n"
                .to_owned();
        for task in group.tasks() {
            let of = |library: &str| (task.clone(), library.to_owned());
            let ours = self.times.get(&of(OURS));
            let counted = |library: &str| self.instructions.get(&of(library)).map(per_octet);
            let mut rows: Vec<(&str, &Times)> = self
                .times
                .range(of("")..)
                .take_while(|((named, _), _)| *named == task)
                .map(|((_, library), times)| (library.as_str(), times))
                .filter(|(library, _)| !library.starts_with(FLOOR))
                .collect();
            // Ours comes first, then its other ways, then the others, the fastest first.
            rows.sort_by(|(one, first), (other, second)| {
                let rank = |library: &str| (library != OURS, !is_ours(library));
                (rank(one).cmp(&rank(other))).then(first.nanoseconds.total_cmp(&second.nanoseconds))
            });
            for (library, row) in rows {
                let messages = row.messages.max(1) as f64;
                let time = match ours {
                    Some(ours) if library != OURS => times(row.nanoseconds / ours.nanoseconds),
                    _ => format!("{} ns", grouped(row.nanoseconds.round() as u64)),
                };
                let ratio = counted(library).zip(counted(OURS)).filter(|_| library != OURS);
                table += &format!(
                    "| {task} | {library}{} | {} | {} | {time} | {:.2} | {} | {} |\n",
                    mark(&row.verdict),
                    counted(library).map_or("–".to_owned(), figure),
                    ratio.map_or("–".to_owned(), |(theirs, ours)| times(theirs / ours)),
                    row.allocated.count as f64 / messages,
                    grouped((row.allocated.octets as f64 / messages).round() as u64),
                    grouped(row.allocated.peak),
                );
            }
        }
        table
    }

    /// The libraries that have instructions for a task, how many per octet, and the verdicts.
    fn of(&self, task: &str) -> impl Iterator<Item = (&str, f64, &str)> {
        self.instructions
            .range((task.to_owned(), String::new())..)
            .take_while(move |((named, _), _)| named == task)
            .map(|((_, library), row)| (library.as_str(), per_octet(row), row.verdict.as_str()))
    }
}

fn is_ours(library: &str) -> bool {
    library == OURS || library.starts_with(WAY) || library.starts_with(FLOOR)
}

fn is_refusal(verdict: &str) -> bool {
    verdict != ACCEPTS && verdict != DIFFERS
}

fn per_octet(row: &Instructions) -> f64 {
    row.instructions as f64 / row.octets.max(1) as f64
}

/// What stands behind the name of a library that did not do all, or wrote something else.
fn mark(verdict: &str) -> String {
    match verdict {
        ACCEPTS => String::new(),
        DIFFERS => "²".to_owned(),
        refuses => format!("¹ ({refuses})"),
    }
}

/// Three digits or so.
fn figure(value: f64) -> String {
    match value {
        10.0.. => format!("{value:.1}"),
        0.01.. => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

fn times(ratio: f64) -> String {
    match ratio {
        100.0.. => format!("{ratio:.0}×"),
        1.0.. => format!("{ratio:.1}×"),
        _ => format!("{ratio:.2}×"),
    }
}

/// With a comma before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocations::Allocated;

    #[test]
    fn the_tables_are_those_of_the_figures() {
        let kept = Kept { times: measured::load().unwrap(), instructions: measured::load().unwrap() };
        let readme = std::fs::read_to_string(path()).unwrap();
        assert!(render(&readme, &kept).unwrap() == readme, "write them again: peers --tables");
    }

    #[test]
    fn all_tasks_were_measured() {
        let kept = Kept { times: measured::load().unwrap(), instructions: measured::load().unwrap() };
        for task in Task::all() {
            let key = (task.name(), OURS.to_owned());
            assert!(kept.times.contains_key(&key) && kept.instructions.contains_key(&key), "{key:?}");
        }
    }

    #[test]
    fn rows_tell_who_is_how_much_slower() {
        let key = |library: &str| ("append".to_owned(), library.to_owned());
        let counted = |instructions, verdict: &str| Instructions {
            instructions,
            octets: 100,
            verdict: verdict.to_owned(),
        };
        let timed = |nanoseconds, count| Times {
            nanoseconds,
            allocated: Allocated { count, octets: 3_000, peak: 1_234_567 },
            messages: 2,
            verdict: ACCEPTS.to_owned(),
        };
        let kept = Kept {
            times: Table::from([(key("ours"), timed(1500.0, 0)), (key("other"), timed(4500.0, 3))]),
            instructions: Table::from([
                (key("floor: memchr"), counted(50, ACCEPTS)),
                (key("ours"), counted(100, ACCEPTS)),
                (key("ours, framed"), counted(150, ACCEPTS)),
                (key("fast"), counted(10, "refuses 2")),
                (key("other"), counted(2_000, DIFFERS)),
            ]),
        };
        let summary = kept.summary(Group::Imap);
        let row =
            "| append | 0.50 | 1.00 (framed 1.50) | 0.25 | 20.0× | fast¹ (refuses 2) 0.10, other² 20.0 |\n";
        assert!(summary.contains(row), "{summary}");
        let all = kept.all(Group::Imap);
        let rows = "| append | ours | 1.00 | – | 1,500 ns | 0.00 | 1,500 | 1,234,567 |\n\
                    | append | other | 20.0 | 20.0× | 3.0× | 1.50 | 1,500 | 1,234,567 |\n";
        assert!(all.ends_with(rows), "{all}");
    }

    #[test]
    fn only_what_is_marked_is_replaced() {
        let text = "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n";
        assert_eq!(replace(text, "x", "new\n").unwrap(), "a\n<!-- x -->\nnew\n<!-- end of x -->\nb\n");
        assert!(replace(text, "y", "").is_err());
    }
}
