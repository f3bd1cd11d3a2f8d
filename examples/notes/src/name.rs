//! From a note's title to a file name that every system can hold.
//!
//! A folder of notes travels: it is synchronised, checked out and unpacked on other systems. So a
//! name keeps its words in whatever script and loses only what some system refuses or misreads.

/// In bytes, with room for the ending in the 143 that an encrypted home directory allows.
const LONGEST: usize = 120;

/// The file name for a note of that title. Different titles may get the same.
pub(crate) fn file_name(title: &str) -> String {
    let mut stem = String::new();
    for c in title.chars().map(|c| if is_unfit(c) { ' ' } else { c }) {
        if stem.len() + c.len_utf8() > LONGEST {
            break;
        }
        // A hidden file, or one that a command would take for an option, is of no use; and spaces
        // come one at a time.
        let leads = stem.is_empty() && matches!(c, '.' | '-' | '~' | ' ');
        let repeats = c == ' ' && stem.ends_with(' ');
        if !leads && !repeats {
            stem.push(c);
        }
    }
    let stem = stem.trim_end_matches([' ', '.']);
    match stem {
        "" => "untitled.md".to_owned(),
        _ if is_reserved(stem) => format!("note {stem}.md"),
        _ => format!("{stem}.md"),
    }
}

/// What separates paths, what Windows refuses, and what shows a name other than it is.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The names of devices on Windows, which it knows with any ending.
fn is_reserved(stem: &str) -> bool {
    let name = stem.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    match name.strip_prefix("COM").or_else(|| name.strip_prefix("LPT")) {
        Some(port) => {
            matches!(port, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        }
        None => matches!(name.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_as_they_are() {
        assert_eq!(file_name("Weekly plan"), "Weekly plan.md");
        assert_eq!(file_name("Überblick 日本語 🎉"), "Überblick 日本語 🎉.md");
        assert_eq!(file_name("it's v1.2"), "it's v1.2.md");
    }

    #[test]
    fn nothing_leads_elsewhere() {
        assert_eq!(file_name("../../etc/passwd"), "etc passwd.md");
        assert_eq!(file_name("/etc/passwd"), "etc passwd.md");
        assert_eq!(file_name(r"C:\x"), "C x.md");
        assert_eq!(file_name("a\u{202e}dm.exe"), "a dm.exe.md");
    }

    #[test]
    fn nothing_is_hidden_or_an_option() {
        assert_eq!(file_name(".hidden"), "hidden.md");
        assert_eq!(file_name("--help"), "help.md");
        assert_eq!(file_name("~root"), "root.md");
        assert_eq!(file_name("ends in dots. . ."), "ends in dots.md");
        for empty in ["", " ", "...", "///", "- -", "\u{feff}"] {
            assert_eq!(file_name(empty), "untitled.md", "{empty:?}");
        }
    }

    #[test]
    fn devices_are_no_notes() {
        for name in ["con", "NUL", "com1", "LPT9.txt", "aux .x", "COM²"] {
            assert_eq!(file_name(name), format!("note {name}.md"));
        }
        for name in ["console", "com", "com10", "nullable"] {
            assert_eq!(file_name(name), format!("{name}.md"));
        }
    }

    #[test]
    fn long_titles_are_cut_between_characters() {
        assert_eq!(file_name(&"x".repeat(1000)).len(), LONGEST + 3);
        let emoji = file_name(&format!("x{}", "🎉".repeat(500)));
        assert!(emoji.len() <= LONGEST + 3 && emoji.ends_with("🎉.md"), "{emoji}");
    }
}
