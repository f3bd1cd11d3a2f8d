//! What an action may do, from the three fields that a template has for it.

use serde::Deserialize;

use crate::manifest::{Effect, Permission};

/// A template's permission (contract 1.1).
#[derive(Deserialize)]
pub(super) struct Stated {
    pub(super) category: String,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) external_side_effect: bool,
}

impl Stated {
    /// Categories are words that anybody may make up, so one that isn't known is the strictest there is, and a
    /// reading that has side effects is no reading.
    pub(super) fn derived(&self) -> Permission {
        let category = self.category.trim();
        let local = category.strip_prefix("local_");
        let effect = match local.or_else(|| category.strip_prefix("external_")).unwrap_or(category) {
            "read" | "message_read" | "calendar_read" if self.external_side_effect => Effect::Write,
            "read" | "message_read" | "calendar_read" => Effect::Read,
            "write"
            | "message_send"
            | "message_interaction"
            | "message_edit"
            | "message_draft"
            | "calendar_rsvp"
            | "account_profile"
            | "reaction"
            | "user_browser_action" => Effect::Write,
            _ => Effect::Destructive,
        };
        let permission = Permission::new(effect);
        match local {
            Some(_) if !self.external_side_effect => permission.local(),
            _ => permission,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Mode, Trust};

    fn derived(category: &str, external_side_effect: bool) -> Permission {
        Stated { category: category.to_owned(), summary: String::new(), external_side_effect }.derived()
    }

    #[test]
    fn what_isnt_known_is_the_strictest() {
        for (category, external, mode, trust) in [
            ("external_message_read", false, Mode::Readonly, Trust::Auto),
            ("external_read", false, Mode::Readonly, Trust::Auto),
            ("external_calendar_read", false, Mode::Readonly, Trust::Auto),
            ("local_read", false, Mode::Readonly, Trust::Auto),
            ("external_read", true, Mode::Write, Trust::Confirm),
            ("external_message_send", true, Mode::Write, Trust::Confirm),
            // Stating no side effect doesn't make it a reading.
            ("external_message_send", false, Mode::Write, Trust::Confirm),
            ("external_message_delete", true, Mode::Admin, Trust::Restricted),
            ("external_chat_membership", true, Mode::Admin, Trust::Restricted),
            ("external_message_admin", true, Mode::Admin, Trust::Restricted),
            ("thinking", false, Mode::Admin, Trust::Restricted),
            ("Read", false, Mode::Admin, Trust::Restricted),
        ] {
            let permission = derived(category, external);
            assert_eq!((permission.mode, permission.trust), (mode, trust), "{category} {external}");
        }
    }

    #[test]
    fn what_this_crate_writes_is_read_back() {
        for (category, external, effect, local) in [
            ("local_read", false, Effect::Read, true),
            ("local_write", false, Effect::Write, true),
            ("local_delete", false, Effect::Destructive, true),
            ("external_read", false, Effect::Read, false),
            ("external_write", true, Effect::Write, false),
            ("external_delete", true, Effect::Destructive, false),
            ("local_write", true, Effect::Write, false),
        ] {
            let permission = derived(category, external);
            assert_eq!((permission.effect, permission.local), (effect, local), "{category}");
        }
    }
}
