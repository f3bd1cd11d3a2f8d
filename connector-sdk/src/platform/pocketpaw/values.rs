//! The settings and credentials of one connection, and which of the two a name is.

use std::collections::HashMap;

use crate::Secret;

/// What was set, by name. Nothing is empty.
#[derive(Default)]
pub(super) struct Values {
    pub(super) texts: HashMap<String, String>,
    pub(super) secrets: HashMap<String, Secret>,
}

impl Values {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str).or_else(|| self.secrets.get(name).map(Secret::expose))
    }

    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.get(name).map(Secret::new)
    }
}

/// Last words of names of what anybody may see.
const PLAIN: [&str; 14] = [
    "URL",
    "HOST",
    "HOSTNAME",
    "PORT",
    "STORE",
    "SITE",
    "DOMAIN",
    "SUBDOMAIN",
    "INSTANCE",
    "REGION",
    "EMAIL",
    "USER",
    "USERNAME",
    "LOGIN",
];

/// Last words of names of what is a part of a path, and told in no other way.
const PART: [&str; 8] = ["ID", "ACCOUNT", "REPOSITORY", "PROJECT", "WORKSPACE", "TENANT", "OWNER", "ORG"];

/// Words of names of what nobody may see.
const SECRET: [&str; 6] = ["TOKEN", "KEY", "SECRET", "PASSWORD", "PASSPHRASE", "PASS"];

/// Words of names of URLs that have a password in them.
const CARRIES_A_SECRET: [&str; 8] =
    ["WEBHOOK", "DATABASE", "DB", "CONNECTION", "DSN", "MONGODB", "POSTGRES", "REDIS"];

/// Whether a credential of the file is plainly none, by its name: the last word says what anybody may see,
/// and no other says the contrary. In doubt it is a secret.
pub(super) fn is_plain(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    if name.ends_with("HEADER_NAME") {
        return true;
    }
    ends_in(&name, &PLAIN)
}

/// Whether a credential of the file that is a part of a URL, and that nothing is authenticated by, is none.
pub(super) fn is_part(name: &str) -> bool {
    ends_in(&name.to_ascii_uppercase(), &PART)
}

fn ends_in(name: &str, last: &[&str]) -> bool {
    name.rsplit('_').next().is_some_and(|word| last.contains(&word))
        && !name.split('_').any(|word| SECRET.contains(&word) || CARRIES_A_SECRET.contains(&word))
}

/// Whether a name says that it is a secret.
pub(super) fn says_secret(name: &str) -> bool {
    name.to_ascii_uppercase().split('_').any(|word| SECRET.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_may_be_seen() {
        for plain in [
            "BASE_URL",
            "JIRA_EMAIL",
            "SHOPIFY_STORE_URL",
            "FRESHDESK_DOMAIN",
            "ZENDESK_SUBDOMAIN",
            "username",
            "CUSTOM_HEADER_NAME",
            "API_KEY_HEADER_NAME",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for secret in [
            "STRIPE_API_KEY",
            "CUSTOM_HEADER_VALUE",
            "SLACK_WEBHOOK_URL",
            "DATABASE_URL",
            "TOKEN_URL",
            "password",
            "ANYTHING",
            "",
        ] {
            assert!(!is_plain(secret), "{secret}");
        }
    }
}
