//! Aligned columns that fit a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::data::Data;
use super::show::{Style, clean_line};

const GAP: usize = 2;
/// A column is not cut shorter than this; where that doesn't fit, each row becomes a block of lines.
const NARROWEST: usize = 8;

/// Rows as a table. Columns come in the order in which the rows first have them.
pub(super) fn table(rows: &[&[(String, Data)]], style: Style) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().copied().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let cell = |row: &[(String, Data)], name: &str| {
        row.iter().find(|(known, _)| known == name).map(|(_, value)| value.one_line()).unwrap_or_default()
    };
    let header: Vec<String> = names.iter().map(|name| clean_line(name).to_uppercase()).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| names.iter().map(|name| cell(row, name)).collect()).collect();
    let natural: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(at, title)| cells.iter().map(|row| row[at].width()).fold(title.width(), usize::max))
        .collect();
    let Some(widths) = fit(&natural, style.columns) else { return blocks(&header, &cells) };
    let right: Vec<bool> = (0..names.len()).map(|at| is_numeric(&cells, at)).collect();
    let mut out = String::new();
    let (bold, plain) = if style.colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    out.push_str(bold);
    out.push_str(&line(&header, &widths, &right));
    out.push_str(plain);
    out.push('\n');
    for row in &cells {
        out.push_str(&line(row, &widths, &right));
        out.push('\n');
    }
    out
}

/// Widths that fit: the widest columns give way first. None where even the narrowest don't fit.
fn fit(natural: &[usize], columns: Option<usize>) -> Option<Vec<usize>> {
    let mut widths = natural.to_vec();
    let Some(columns) = columns else { return Some(widths) };
    let room = columns.saturating_sub(GAP * natural.len().saturating_sub(1));
    let mut over = widths.iter().sum::<usize>().saturating_sub(room);
    while over > 0 {
        let widest = widths.iter().copied().max()?;
        if widest <= NARROWEST {
            return None;
        }
        // Down to the second widest in one step, or as far as it takes.
        let next = widths.iter().copied().filter(|width| *width < widest).max().unwrap_or(0).max(NARROWEST);
        let same = widths.iter().filter(|width| **width == widest).count();
        let step = (widest - next).min(over.div_ceil(same));
        for width in widths.iter_mut().filter(|width| **width == widest) {
            let cut = step.min(over);
            *width -= cut;
            over -= cut;
        }
    }
    Some(widths)
}

fn is_numeric(cells: &[Vec<String>], at: usize) -> bool {
    let mut filled = cells.iter().map(|row| row[at].as_str()).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| cell.parse::<f64>().is_ok())
}

fn line(cells: &[String], widths: &[usize], right: &[bool]) -> String {
    let mut out = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(right) {
        if !out.is_empty() || cells.first().is_some_and(|first| !std::ptr::eq(first, cell)) {
            out.extend(std::iter::repeat_n(' ', GAP));
        }
        let cell = cut(cell, *width);
        let space = std::iter::repeat_n(' ', width.saturating_sub(cell.width()));
        if *right {
            out.extend(space);
            out.push_str(&cell);
        } else {
            out.push_str(&cell);
            out.extend(space);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text in that many columns, `…` where something is left out.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = columns.saturating_sub(1);
    for letter in text.chars() {
        let width = letter.width().unwrap_or(0);
        if width > left {
            break;
        }
        left -= width;
        out.push(letter);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// Each row as lines of its own.
fn blocks(header: &[String], cells: &[Vec<String>]) -> String {
    let block = |row: &Vec<String>| {
        let lines = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        lines.map(|(name, cell)| format!("{}: {cell}\n", name.to_lowercase())).collect::<String>()
    };
    cells.iter().map(block).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(json: &str, columns: Option<usize>) -> String {
        super::super::show::show(json.as_bytes(), Style { columns, colour: false })
    }

    const ROWS: &str = r#"[{"path":"a.md","size":5,"title":"Ein langer Titel über Äpfel"},
                           {"path":"longer/b.md","size":1234},{"size":null,"title":"日本語の題名です","path":""}]"#;

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        assert_eq!(
            made(ROWS, None),
            "PATH         SIZE  TITLE\n\
             a.md            5  Ein langer Titel über Äpfel\n\
             longer/b.md  1234\n\
             \u{20}                  日本語の題名です\n"
        );
    }

    #[test]
    fn a_table_fits_its_terminal() {
        for columns in [28, 33, 40] {
            let out = made(ROWS, Some(columns));
            assert!(out.lines().all(|line| line.width() <= columns), "{columns}:\n{out}");
            assert!(out.contains('…') && out.contains("1234"), "{out}");
        }
        assert_eq!(made(ROWS, Some(200)), made(ROWS, None));
    }

    #[test]
    fn what_can_not_be_a_table_is_blocks() {
        let out = made(ROWS, Some(12));
        assert!(
            out.starts_with("path: a.md\nsize: 5\ntitle: Ein langer Titel über Äpfel\n\npath: longer/b.md\n"),
            "{out}"
        );
    }

    #[test]
    fn only_the_header_is_coloured_and_only_when_asked() {
        let style = Style { columns: None, colour: true };
        let out = super::super::show::show(b"[{\"a\":1}]", style);
        assert_eq!(out, "\u{1b}[1mA\u{1b}[0m\n1\n");
    }
}
