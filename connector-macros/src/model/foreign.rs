//! Keys that other frameworks have for what is written in another way here.

use crate::keys;

/// The ways, each with the names that it has elsewhere, in one spelling.
const WAYS: [(&[&str], &str, &str); 16] = [
    (&["name"], keys::ID, "write `id = \"..\"`, and `title = \"..\"` for people"),
    (&["version"], keys::ID, "leave it out; the version is your crate's"),
    (&["label", "displayname"], keys::TITLE, "write `title = \"..\"`"),
    (&["url", "website", "homepage", "documentation"], keys::DOCS, "write `docs = \"https://..\"`"),
    (
        &["secret", "sensitive", "password"],
        keys::PLACEHOLDER,
        "mark the field `#[secret]`, and make its type `Secret`",
    ),
    (&["readonly", "readonlyhint"], keys::READ, "write `read`"),
    (&["destructivehint"], keys::DESTRUCTIVE, "write `destructive`"),
    (&["idempotenthint"], keys::IDEMPOTENT, "write `idempotent`"),
    (&["openworld", "openworldhint"], keys::LOCAL, "write `local` if nothing outside the machine is touched"),
    (&["annotations", "effect"], keys::READ, "write `read`, `write` or `destructive` alone"),
    (&["min", "max", "minimum", "maximum"], keys::RANGE, "write `range = 1..=9`"),
    (&["minlength", "maxlength", "len", "minitems", "maxitems"], keys::LENGTH, "write `length = 1..=9`"),
    (&["regex"], keys::PATTERN, "write `pattern = \"..\"`"),
    (&["choices", "enum"], keys::OPTIONS, "write `options = method`, or take an enum as the type"),
    (&["rename"], keys::NAME, "write `name = \"..\"`"),
    (&["permissions"], keys::SCOPES, "write `scopes = [\"..\"]`"),
];

/// Whether a foreign key was meant to say what an action may do.
pub(super) fn is_effect(name: &str) -> bool {
    said_here(name, &[keys::READ, keys::DESTRUCTIVE]).is_some_and(|way| way.starts_with("write `"))
}

/// How what a foreign key says is said here, in a list that has some keys.
pub(super) fn said_here(name: &str, known: &[&str]) -> Option<&'static str> {
    let name = name.replace('_', "").to_lowercase();
    match name.as_str() {
        "description" | "desc" | "about" => return Some("write a doc comment `/// ..`"),
        "required" | "optional" if known.contains(&keys::DEFAULT) => {
            return Some("every value is required, unless it has a `default` or is an `Option`");
        }
        _ => {}
    }
    let way = WAYS.iter().find(|(names, key, _)| names.contains(&name.as_str()) && known.contains(key));
    way.map(|(_, _, help)| *help)
}
