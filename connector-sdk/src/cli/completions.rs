//! Scripts by which a shell asks this program what may stand on a command line.
//!
//! They hold nothing of the connector, so they stay true when it changes. Each calls the hidden command
//! of `complete.rs` with what is written, and knows only how its shell wants the answer.

use super::command::SHELLS;
use super::show::clean_line;
use crate::similar::listed;
use crate::{Error, Result};

/// The script for a shell.
pub(super) fn script(program: &str, shell: &str) -> Result<String> {
    let (script, quote): (_, fn(&str) -> String) = match shell {
        "bash" => (include_str!("completions/bash.sh"), posix),
        "elvish" => (include_str!("completions/elvish.elv"), doubled),
        "fish" => (include_str!("completions/fish.fish"), escaped),
        "powershell" => (include_str!("completions/powershell.ps1"), doubled),
        "zsh" => (include_str!("completions/zsh.sh"), posix),
        _ => {
            let known = listed(SHELLS);
            return Err(Error::usage(format!(
                "there are no completions for that shell; there are for {known}"
            )));
        }
    };
    let function = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let function: String = program.chars().map(function).collect();
    Ok(script
        .replace("@function@", &format!("__{function}_complete"))
        .replace("@quoted@", &quote(program))
        .replace("@program@", &clean_line(program)))
}

/// A word as a POSIX shell quotes it.
pub(super) fn posix(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A word in single quotes, which a second one escapes.
fn doubled(word: &str) -> String {
    format!("'{}'", word.replace('\'', "''"))
}

/// A word in single quotes, which a backslash escapes.
fn escaped(word: &str) -> String {
    format!("'{}'", word.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script() {
        for shell in SHELLS {
            let script = script("aos-notes", shell).expect(shell);
            assert!(script.contains("__complete") && !script.contains("@program@"), "{shell}: {script}");
            assert!(!script.contains("@quoted@") && !script.contains("@function@"), "{shell}: {script}");
        }
        let error = script("notes", "tcsh").expect_err("no such");
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
    }

    #[test]
    fn a_program_of_any_name_is_a_word() {
        let quoted = |shell| script("it's a\\b\n", shell).expect(shell);
        assert!(quoted("bash").ends_with("-- 'it'\\''s a\\b\n'\n"), "{}", quoted("bash"));
        assert!(quoted("fish").contains(r"-c 'it\'s a\\b"), "{}", quoted("fish"));
        assert!(quoted("powershell").contains(r"-CommandName 'it''s a\b"), "{}", quoted("powershell"));
        assert!(quoted("zsh").starts_with("#compdef it's a\\b \n"), "{}", quoted("zsh"));
    }
}
