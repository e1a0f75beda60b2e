//! What was meant to be reached, in instructions per octet: a good deal less than the best other library, where there is one.

/// The tasks that have a goal.
const GOALS: &[(&str, &str)] = &[
    ("fetch-flags", "11.0"),
    ("fetch-envelope", "10.5"),
    ("fetch-bodystructure", "14.0"),
    ("list-status", "12.0"),
    ("search-ids", "7.00"),
    ("esearch", "6.50"),
    ("resync", "13.0"),
    ("status", "12.0"),
    ("client-commands", "20.0"),
    ("uid-fetch", "13.0"),
    ("search-keys", "22.0"),
    ("append", "0.25"),
    ("fetch-body-20k", "0.12"),
    ("fetch-body-5m", "0.01"),
    ("fetch-flags/encode", "12.0"),
    ("fetch-envelope/encode", "9.00"),
    ("fetch-bodystructure/encode", "9.00"),
    ("list-status/encode", "11.0"),
    ("search-ids/encode", "7.00"),
    ("resync/encode", "13.0"),
    ("status/encode", "8.00"),
    ("client-commands/encode", "14.0"),
    ("uid-fetch/encode", "12.0"),
    ("search-keys/encode", "14.0"),
    ("append/encode", "0.30"),
    ("mail-rcpt", "15.0"),
    ("commands", "15.0"),
    ("replies", "8.00"),
    ("ehlo", "14.0"),
    ("data-in", "0.35"),
    ("data-in-dots", "2.40"),
    ("data-out", "0.40"),
    ("data-out-dots", "2.00"),
    ("bdat-in", "0.02"),
    ("mail-rcpt/encode", "2.70"),
    ("commands/encode", "3.40"),
    ("replies/encode", "4.00"),
    ("ehlo/encode", "4.50"),
];

/// The goal of that task.
pub fn of(task: &str) -> &'static str {
    GOALS.iter().find(|(named, _)| *named == task).map_or("–", |(_, goal)| goal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Task;

    #[test]
    fn goals_are_those_of_tasks() {
        for (task, goal) in GOALS {
            assert!(Task::named(task).is_some(), "{task}");
            assert!(goal.parse::<f64>().is_ok(), "{task}");
        }
        assert_eq!((of("append"), of("esearch/encode")), ("0.25", "–"));
    }
}
