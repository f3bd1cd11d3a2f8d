//! Which scopes are covered by which.

/// The scopes of `needed` that nothing of `granted` covers.
pub(crate) fn lacking<'n>(needed: &'n [String], granted: &[String]) -> Vec<&'n str> {
    let is_covered = |scope: &str| granted.iter().any(|granted| covers(granted, scope));
    needed.iter().map(String::as_str).filter(|scope| !is_covered(scope)).collect()
}

/// Whether a granted scope includes another one.
///
/// A service may leave out of what it granted whatever is included in something else: of `repo` and `repo:status`
/// GitHub tells `repo` alone, of `read:org` and `admin:org` only the latter
/// (<https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#normalized-scopes>). What
/// is taken for covered and isn't, the service refuses by itself.
fn covers(granted: &str, needed: &str) -> bool {
    if granted == needed {
        return true;
    }
    let Some((first, last)) = needed.split_once(':') else { return false };
    let strength = |word: &str| ["read", "write", "admin"].iter().position(|known| *known == word);
    match granted.split_once(':') {
        None => granted == first || granted == last,
        Some((more, of)) => of == last && strength(more) > strength(first) && strength(first).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_needs_not_be_granted() {
        for (granted, needed) in [
            ("repo", "repo"),
            ("repo", "repo:status"),
            ("user", "read:user"),
            ("user", "user:email"),
            ("admin:org", "read:org"),
            ("write:org", "read:org"),
        ] {
            assert!(covers(granted, needed), "{granted} {needed}");
        }
        for (granted, needed) in [
            ("repo:status", "repo"),
            ("gist", "repo"),
            ("read:org", "admin:org"),
            ("admin:org", "read:key"),
            ("docs:write", "docs:read"),
            ("a:x", "b:x"),
        ] {
            assert!(!covers(granted, needed), "{granted} {needed}");
        }
    }
}
