//! `skills/<id>/SKILL.md` (contract 1.10).

use serde_json::{Value, json};

use crate::connectors::{Connector, all};

/// The front matter and the text.
fn each(check: impl Fn(&Connector, &Value, &str)) {
    for connector in all() {
        let text = &connector.puffer[&format!("skills/{}/SKILL.md", connector.id())];
        let (front, body) =
            text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("front matter");
        check(&connector, &serde_saphyr::from_str(front).expect("YAML"), body);
    }
}

#[test]
fn it_is_named_as_its_folder() {
    each(|connector, front, _| assert_eq!(front["name"], connector.id()));
}

#[test]
fn it_says_what_it_is_for() {
    each(|connector, front, _| {
        let text = front["description"].as_str().expect("a text");
        assert!(!text.trim().is_empty() && !text.contains('\n'), "{}", connector.program);
    });
}

#[test]
fn a_person_and_a_model_may_use_it() {
    each(|_, front, _| {
        assert_eq!(front["user-invocable"], json!(true));
        assert_eq!(front["disable-model-invocation"], json!(false));
    });
}

/// Others list `Bash` as `allowed-tools`, for command lines that this one doesn't have.
#[test]
fn it_asks_for_no_shell() {
    each(|connector, front, _| {
        assert!(front.get("allowed-tools").is_none(), "{}", connector.program);
    });
}

#[test]
fn its_argument_is_the_connection() {
    each(|connector, front, body| {
        assert_eq!(front["arguments"], "target", "{}", connector.program);
        assert!(front["argument-hint"].is_string() && body.contains("$target"), "{}", connector.program);
    });
}

#[test]
fn it_names_every_action_and_which_need_a_draft() {
    each(|connector, _, body| {
        for (name, action) in connector.template()["actions"].as_object().expect("a map") {
            let line = body.lines().find(|line| line.starts_with(&format!("- `{name}`")));
            let line = line.unwrap_or_else(|| panic!("`{name}` of {} is missing", connector.program));
            let effect = action["permission"]["external_side_effect"] == true;
            assert_eq!(line.contains("(needs a draft)"), effect, "{line}");
        }
    });
}
