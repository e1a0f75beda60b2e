//! The ratios of the kept table as a picture.

use std::error::Error;

use plotters::prelude::*;

/// Pixels of a row.
const ROW: u32 = 18;
const WIDTH: u32 = 900;
/// Pixels for the names of the tasks.
const NAMES: u32 = 210;
/// The largest ratio that is drawn to scale.
const MOST: f64 = 128.0;

/// A task, and how many times ours the instructions of the best other library are.
type Ratio<'t> = (&'t str, f64);

/// The rows of the tables of instructions in which there is a ratio.
fn ratios(readme: &str) -> Vec<Ratio<'_>> {
    let rows = readme.lines().filter(|line| line.starts_with("| "));
    rows.filter_map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [task, _floor, _ours, _goal, ratio, _others] = cells[..] else { return None };
        Some((task, ratio.strip_suffix('×')?.parse().ok()?))
    })
    .collect()
}

/// A bar for each task, on a logarithmic scale; the line is ours.
///
/// # Errors
/// There is no table, or it cannot be drawn.
pub fn svg(readme: &str) -> Result<String, Box<dyn Error>> {
    let ratios = ratios(readme);
    if ratios.is_empty() {
        return Err("no table of ratios".into());
    }
    let mut svg = String::new();
    let height = ROW * (ratios.len() as u32 + 3);
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        let style = ("sans-serif", 12).into_font();
        let title = "Instructions per octet: the best other library as a multiple of ours";
        area.draw(&Text::new(title, (8, 8), ("sans-serif", 14).into_font()))?;
        let scale = f64::from(WIDTH - NAMES - 60) / MOST.log2().max(1.0);
        // A half is left of the line by so much, where there is room for a name.
        let zero = NAMES as i32 + 20;
        let at = |ratio: f64| zero + (ratio.clamp(0.75, MOST).log2() * scale) as i32;
        for (row, &(task, ratio)) in (2..).zip(&ratios) {
            let (top, bottom) = (row * ROW as i32 + 2, (row + 1) * ROW as i32 - 2);
            let colour = if ratio >= 1.0 { RGBColor(70, 130, 180) } else { RGBColor(205, 92, 92) };
            let (left, right) = (zero.min(at(ratio)), zero.max(at(ratio)));
            area.draw(&Text::new(task, (8, top + 1), style.clone()))?;
            area.draw(&Rectangle::new([(left, top), (right, bottom)], colour.filled()))?;
            area.draw(&Text::new(format!("{ratio}×"), (right + 4, top + 1), style.clone()))?;
        }
        area.draw(&PathElement::new(vec![(zero, 2 * ROW as i32), (zero, height as i32 - 8)], BLACK))?;
        area.present()?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn the_picture_is_that_of_the_table() {
        let kept = include_str!("../../../docs/performance.svg");
        assert!(kept == svg(README).unwrap(), "draw it again: peers --tables");
    }

    #[test]
    fn ratios_are_found_among_the_rows() {
        let table = "| task | floor | ours | goal | best other / ours | others |\n|---|--:|--:|--:|--:|---|\n\
                     | a | 1 | 2 | 3 | 2.5× | x 5 |\n| b | 1 | 2 | 3 | – | |\n| c | 1 |\n";
        assert_eq!(ratios(table), [("a", 2.5)]);
        assert!(svg("no table").is_err());
    }
}
