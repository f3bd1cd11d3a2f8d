//! Where the store of a user is.

use std::ffi::OsString;
use std::path::PathBuf;

/// The folder of the store, by the environment; none where nothing says one.
pub(crate) fn folder(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = path("CONNECTOR_HOME") {
        return Some(home);
    }
    // The XDG specification says to ignore paths that are relative.
    let data = path("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let data = data.or_else(|| {
        if cfg!(windows) {
            return path("LOCALAPPDATA");
        }
        let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
        path("HOME").filter(|path| path.is_absolute()).map(|home| home.join(below))
    })?;
    Some(data.join("connector-sdk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Option<PathBuf> {
        folder(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn what_is_said_most_clearly_comes_first() {
        let all = [("CONNECTOR_HOME", "/c"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        assert_eq!(found(&all), Some("/c".into()));
        assert_eq!(found(&all[1..]), Some("/x/connector-sdk".into()));
        assert_eq!(found(&all[2..]), Some("/h/.local/share/connector-sdk".into()));
        assert_eq!(found(&[("XDG_DATA_HOME", "x"), ("HOME", "/h")]), found(&all[2..]));
        assert_eq!(found(&[("CONNECTOR_HOME", "")]), None);
        assert_eq!(found(&[("HOME", "")]), None);
    }
}
