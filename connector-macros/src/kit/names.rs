//! Names: how they are spelt, and which was meant.

/// `help: did you mean ..`, or a list of what there is.
pub(crate) fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(written, known.clone()) {
        Some(near) => format!("help: did you mean `{near}`?"),
        None => format!("help: {}", expected_one_of(known)),
    }
}

/// `` expected one of `a`, `b`, `c` ``.
pub(crate) fn expected_one_of<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    match known.as_slice() {
        [] => "there is nothing to name".to_owned(),
        [only] => format!("expected {only}"),
        many => format!("expected one of {}", many.join(", ")),
    }
}

/// The known name that is a slip away from what was written.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(written, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let moved = if swapped { rows[i - 2][j - 2] + 1 } else { changed };
                changed.min(moved).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1)
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Whether a name is kebab-case: small letters and digits, in words joined by single dashes, a letter
/// first.
pub(crate) fn is_kebab(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

/// `rust-forum` as people write it: `Rust forum`.
pub(crate) fn humanize(id: &str) -> String {
    let words = id.replace(['-', '_'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        assert_eq!(nearest("titel", ["id", "title"]), Some("title"));
        assert_eq!(nearest("desctructive", ["read", "destructive"]), Some("destructive"));
        assert_eq!(nearest("colour", ["id", "title"]), None);
    }

    #[test]
    fn kebab_case_is_told_from_everything_else() {
        for good in ["a", "github", "rust-forum", "s3", "a-1"] {
            assert!(is_kebab(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "1a", "a b", "é"] {
            assert!(!is_kebab(bad), "{bad}");
        }
    }
}
