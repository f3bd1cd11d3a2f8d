//! Where the credentials of a stored connection may go.
//!
//! A store finds a connection by the id of its connector, and what a connector of that id is depends on the folder
//! that a program reads, on the program's version, and on settings that are given on top. So the store keeps
//! the addresses that credentials were given for, and nothing else gets them.

use crate::{Error, Result};

/// The detail of a refusal that says where to.
pub(crate) const SENT_TO: &str = "sent_to";

/// Which credentials were given for which addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bound {
    /// Scheme, host and port of each; none where nobody said.
    pub(crate) origins: Option<Vec<String>>,
    /// The names of the credentials that are stored, and not given anew.
    secrets: Vec<String>,
}

impl Bound {
    pub(crate) fn new(origins: Option<Vec<String>>, secrets: impl Iterator<Item = String>) -> Self {
        let sorted = |mut origins: Vec<String>| {
            origins.sort();
            origins.dedup();
            origins
        };
        Self { origins: origins.map(sorted), secrets: secrets.collect() }
    }

    /// Whether a credential is one that was stored.
    #[cfg(all(feature = "cli", feature = "oauth"))]
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.secrets.iter().any(|known| known == name)
    }

    /// A credential was given anew, and for whatever it is sent to now.
    pub(crate) fn release(&mut self, name: &str) {
        self.secrets.retain(|known| known != name);
    }

    /// The same for some of the credentials.
    #[cfg(feature = "cli")]
    pub(crate) fn of(&self, is_taken: impl Fn(&str) -> bool) -> Self {
        let secrets = self.secrets.iter().filter(|name| is_taken(name));
        Self { origins: self.origins.clone(), secrets: secrets.cloned().collect() }
    }

    /// Refuses to send credentials elsewhere than they were given for.
    ///
    /// # Errors
    ///
    /// `setup`, which names both places.
    pub(crate) fn check(
        &self,
        connector: &str,
        sent_to: &[String],
        sends: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let Some(given_for) = &self.origins else { return Ok(()) };
        let Some(elsewhere) = sent_to.iter().find(|origin| !given_for.contains(origin)) else {
            return Ok(());
        };
        if !self.secrets.iter().any(|name| sends(name)) {
            return Ok(());
        }
        let known: Vec<String> = given_for.iter().map(|origin| format!("`{origin}`")).collect();
        let known = if known.is_empty() { "no address".to_owned() } else { known.join(" and ") };
        Err(Error::setup(format!(
            "the stored credentials were given for {known}, and `{connector}` would send them to `{elsewhere}`, so nothing \
             was sent; if that is right, `disconnect` and `connect` again"
        ))
        .with_detail("given_for", given_for.clone())
        .with_detail(SENT_TO, elsewhere.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> Bound {
        let names = ["token", "key"].map(str::to_owned);
        let origins = ["https://b.test", "https://a.test"].map(str::to_owned);
        Bound::new(Some(origins.into()), names.into_iter())
    }

    fn refusal(bound: &Bound, origin: &str) -> Option<String> {
        bound.check("shop", &[origin.to_owned()], |_| true).err().map(|error| error.to_string())
    }

    #[test]
    fn the_origin_is_compared_as_a_whole() {
        let bound = bound();
        assert_eq!(refusal(&bound, "https://a.test"), None);
        for other in ["http://a.test", "https://a.test:8443", "https://a.test.evil.test", "https://evil.test"]
        {
            let said = refusal(&bound, other).unwrap_or_else(|| panic!("{other} is taken"));
            for part in ["`https://a.test` and `https://b.test`", "`shop`", &format!("`{other}`")] {
                assert!(said.contains(part), "{said}");
            }
        }
        assert_eq!(bound.check("shop", &[], |_| true).err().map(|error| error.to_string()), None);
    }

    #[test]
    fn a_credential_that_was_given_anew_goes_where_it_is_sent() {
        let mut bound = bound();
        bound.release("token");
        assert!(refusal(&bound, "https://c.test").is_some(), "the other one is bound still");
        assert!(bound.check("shop", &["https://c.test".to_owned()], |name| name == "token").is_ok());
        bound.release("key");
        assert_eq!(refusal(&bound, "https://c.test"), None);
    }

    #[test]
    fn what_was_given_for_no_address_goes_to_none() {
        let bound = Bound::new(Some(Vec::new()), std::iter::once("token".to_owned()));
        assert!(refusal(&bound, "https://a.test").is_some_and(|said| said.contains("no address")));
        let unsaid = Bound::new(None, std::iter::once("token".to_owned()));
        assert_eq!(refusal(&unsaid, "https://a.test"), None, "nobody said");
    }
}
