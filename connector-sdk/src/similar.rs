//! "Did you mean": the nearest of some known names, and how names stand in such a message.

/// The known name that is nearest to what was written, if any is near enough to be meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(written, &mut known.into_iter())
}

fn nearest_of<'a>(written: &str, known: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond this a name is not a slip, and the table below would grow with what a stranger sent.
    const LONGEST: usize = 100;
    if written.len() > LONGEST {
        return None;
    }
    let mut allowed = (written.chars().count() / 3).max(1);
    let mut nearest = None;
    for name in known {
        let distance = distance(written, name);
        // The first of several that are as near.
        if distance < allowed || (distance == allowed && nearest.is_none()) {
            allowed = distance;
            nearest = Some(name);
        }
    }
    nearest
}

/// How many letters have to be added, dropped, changed or swapped with their neighbour (optimal
/// string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().map(fold).collect();
    let b: Vec<char> = b.chars().map(fold).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// `Page-Size` and `page_size` are the same slip.
fn fold(letter: char) -> char {
    if letter == '-' { '_' } else { letter.to_ascii_lowercase() }
}

/// `` `a`, `b` or `c` `` for a message, cut after ten.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    sentence(&mut names.into_iter())
}

fn sentence(names: &mut dyn Iterator<Item = &str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [init @ .., last] if names.len() <= 10 => format!("{} or {last}", init.join(", ")),
        _ => format!("{} and {} more", names[..10].join(", "), names.len() - 10),
    }
}

/// What a stranger wrote, no longer than a message can bear.
pub(crate) fn excerpt(written: &str) -> String {
    written.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["title", "body", "page_size"];
        assert_eq!(nearest("titel", known), Some("title"));
        assert_eq!(nearest("Page-Size", known), Some("page_size"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(listed([]), "nothing");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
