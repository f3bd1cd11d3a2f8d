//! What a stored connection is found by.

use crate::{Error, Result};

/// A longer name is a mistake, such as a whole file in a variable.
const LONGEST: usize = 200;

/// What a connection is found by: the workspace, the connector's id, and the connection's own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    workspace: String,
    connector: String,
    connection: String,
}

impl Address {
    /// The workspace and the connection's name where nobody says one.
    pub const DEFAULT: &'static str = "default";

    /// An address. A name may be any text of up to 200 characters on one line.
    ///
    /// # Errors
    ///
    /// [`Usage`](crate::ErrorKind::Usage) when one of the names is empty, begins or ends with a space, has a control
    /// character, or is too long.
    pub fn new(
        workspace: impl Into<String>,
        connector: impl Into<String>,
        connection: impl Into<String>,
    ) -> Result<Self> {
        Ok(Self {
            workspace: checked("a workspace", workspace.into())?,
            connector: checked("a connector", connector.into())?,
            connection: checked("a connection", connection.into())?,
        })
    }

    /// Keeps the same names of different workspaces apart.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// The id of the connector.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// The name of the connection.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// 16 hexadecimal digits that stand for it in the name of a file, and don't tell it.
    pub(super) fn digest(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let mut hash = Sha256::new();
        for name in [&self.workspace, &self.connector, &self.connection] {
            // No name has a control character in it.
            hash.update(name);
            hash.update([0]);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

fn checked(what: &str, name: String) -> Result<String> {
    let fault = if name.is_empty() {
        "is empty"
    } else if name.trim() != name {
        "begins or ends with a space"
    } else if name.chars().any(char::is_control) {
        "has a control character"
    } else if name.chars().count() > LONGEST {
        "is longer than 200 characters"
    } else {
        return Ok(name);
    };
    Err(Error::usage(format!("the name of {what} {fault}; give it a short name on one line")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_texts_on_one_line() {
        let address = Address::new("My Business", "notes", "Büro").expect("an address");
        assert_eq!(
            (address.workspace(), address.connector(), address.connection()),
            ("My Business", "notes", "Büro")
        );
        for (name, fault) in [
            (String::new(), "the name of a connection is empty; give it a short name on one line"),
            (" a".to_owned(), "begins or ends"),
            ("a\nb".to_owned(), "control character"),
            ("x".repeat(201), "longer than 200"),
        ] {
            let error = Address::new("default", "notes", name).expect_err(fault);
            assert!(error.message().contains(fault), "{error}");
            assert_eq!(error.kind(), crate::ErrorKind::Usage);
        }
    }
}
