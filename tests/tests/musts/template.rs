//! `ConnectorTemplate`, and what registers it (contract 1.1 to 1.5, 1.7).

use serde_json::{Map, Value, json};

use crate::connectors::{Connector, all, is_slug};

/// Names of an input by which a draft knows whom and what (contract 1.5).
const RECIPIENTS: [&str; 7] = ["to", "target", "channel", "chat_id", "open_id", "user", "receive_id"];
const TEXTS: [&str; 4] = ["message", "text", "caption", "body"];

fn each(check: impl Fn(&Connector, &Value)) {
    for connector in all() {
        check(&connector, &connector.template());
    }
}

fn actions(template: &Value) -> &Map<String, Value> {
    template["actions"].as_object().expect("a map")
}

fn each_action(check: impl Fn(&str, &Value)) {
    each(|connector, template| {
        for (key, action) in actions(template) {
            check(&format!("{} {key}", connector.program), action);
        }
    });
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_key_is_there_with_its_type_and_no_other() {
    each(|connector, template| {
        let keys: Vec<&String> = template.as_object().expect("an object").keys().collect();
        let mut expected = [
            "slug",
            "description",
            "skill",
            "binary",
            "command",
            "requires_auth",
            "can_subscribe",
            "can_proxy_agent",
            "output_schema",
            "actions",
        ];
        expected.sort_unstable();
        assert_eq!(keys, expected, "{}", connector.program);
        for key in ["requires_auth", "can_subscribe", "can_proxy_agent"] {
            assert!(template[key].is_boolean(), "{key} of {}", connector.program);
        }
    });
}

#[test]
fn a_slug_is_one_for_templates_and_for_subscribers() {
    each(|connector, template| {
        let slug = template["slug"].as_str().expect("a text");
        assert!(is_slug(slug), "{slug}");
        assert_eq!(slug, connector.id());
    });
    assert!(!is_slug("a--b") && !is_slug("-a") && !is_slug("A") && !is_slug("a_b") && !is_slug(""));
}

#[test]
fn texts_that_must_not_be_blank_are_not() {
    each(|connector, template| {
        for key in ["description", "skill", "binary"] {
            assert!(is_text(&template[key]), "{key} of {}", connector.program);
        }
    });
}

#[test]
fn there_is_a_command_without_a_blank_word_and_without_a_path() {
    each(|connector, template| {
        let command = template["command"].as_array().expect("a list");
        assert!(!command.is_empty() && command.iter().all(is_text), "{command:?}");
        // The host starts it wherever it is itself.
        assert_eq!(command[0], connector.program.as_str());
        // The host takes that word for itself.
        assert_ne!(command[0], "puffer");
    });
}

#[test]
fn the_skill_is_there() {
    each(|connector, template| {
        let path = format!("skills/{}/SKILL.md", template["skill"].as_str().expect("a text"));
        assert!(connector.puffer.contains_key(&path), "{path}");
    });
}

#[test]
fn what_subscribes_requires_auth() {
    each(|connector, template| {
        assert_eq!(template["can_subscribe"], connector.subscribes(), "{}", connector.program);
        // Without it a stream that ended once never comes back.
        if template["can_subscribe"] == true {
            assert_eq!(template["requires_auth"], true, "{}", connector.program);
        }
    });
}

#[test]
fn no_agent_is_stood_in_for() {
    each(|_, template| assert_eq!(template["can_proxy_agent"], false));
}

/// With it the host would run topics and no stream.
#[test]
fn no_subscriber_takes_the_place_of_the_command() {
    each(|_, template| assert!(template.get("subscriber").is_none()));
}

#[test]
fn events_are_said_to_have_a_message_that_is_a_text() {
    each(|connector, template| {
        if connector.subscribes() {
            let schema = &template["output_schema"];
            assert_eq!(schema["properties"]["message"], json!({"type": "string"}), "{}", connector.program);
            assert!(schema["required"].as_array().expect("a list").contains(&json!("message")));
        }
    });
}

#[test]
fn what_is_registered_is_the_whole_template() {
    each(|connector, template| {
        let path = format!("connectors/{}/register.json", connector.id());
        let register: Value = serde_json::from_str(&connector.puffer[&path]).expect("JSON");
        assert_eq!(register, json!({ "template": template }));
    });
}

#[test]
fn every_action_of_the_connector_is_there() {
    each(|connector, template| {
        for action in connector.manifest["actions"].as_array().into_iter().flatten() {
            let name = action["name"].as_str().expect("a name");
            assert!(actions(template).contains_key(name), "{name} of {}", connector.program);
        }
    });
}

#[test]
fn an_action_has_the_slug_of_its_key() {
    each_action(|which, action| {
        let slug = action["slug"].as_str().expect("a text");
        assert!(which.ends_with(&format!(" {slug}")), "{which}: {slug}");
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        assert!(!slug.is_empty() && slug.bytes().all(allowed), "{slug}");
    });
}

#[test]
fn an_action_says_what_it_takes_and_gives() {
    each_action(|which, action| {
        assert!(is_text(&action["description"]), "{which}");
        assert_eq!(action["input_schema"]["type"], "object", "{which}");
        assert!(action["output_schema"].is_object() || action["output_schema"].is_boolean(), "{which}");
    });
}

#[test]
fn a_permission_has_its_three_fields() {
    each_action(|which, action| {
        let permission = action["permission"].as_object().expect("an object");
        let keys: Vec<&String> = permission.keys().collect();
        assert_eq!(keys, ["category", "external_side_effect", "summary"], "{which}");
        assert!(is_text(&permission["category"]), "{which}");
        assert!(permission["summary"].is_string() && permission["external_side_effect"].is_boolean());
    });
}

/// The gate lets these pass whatever they do.
#[test]
fn no_side_effect_calls_itself_a_reaction() {
    each_action(|which, action| {
        assert_ne!(action["permission"]["category"], "external_reaction", "{which}");
    });
}

#[test]
fn a_side_effect_is_one_where_the_action_has_one() {
    each(|connector, template| {
        for action in connector.manifest["actions"].as_array().into_iter().flatten() {
            let name = action["name"].as_str().expect("a name");
            let permission = &actions(template)[name]["permission"];
            let reads = action["permission"]["effect"] == "read" || action["permission"]["local"] == true;
            assert_eq!(
                permission["external_side_effect"], !reads,
                "{name} of {}: {action}",
                connector.program
            );
        }
    });
}

/// A draft needs them, and without a draft no agent gets it done.
#[test]
fn what_can_not_be_drafted_is_found_before() {
    let mut found = 0;
    each(|connector, template| {
        let Some(findings) = &connector.findings else { return };
        for (name, action) in actions(template) {
            let properties = &action["input_schema"]["properties"];
            let is_one_of = |schema: &Value, types: &[&str]| match &schema["type"] {
                Value::Array(names) => names.iter().any(|name| types.iter().any(|one| name == one)),
                name => types.iter().any(|one| name == one),
            };
            let takes = |names: &[&str], types: &[&str]| {
                names.iter().any(|name| properties.get(*name).is_some_and(|schema| is_one_of(schema, types)))
            };
            let draftable =
                takes(&RECIPIENTS, &["string", "integer", "number"]) && takes(&TEXTS, &["string"]);
            let told = findings.iter().any(|(subject, message)| {
                subject == name && message.starts_with("Puffer's agents can't run it")
            });
            let effect = action["permission"]["external_side_effect"] == true;
            assert_eq!(told, effect && !draftable, "{name} of {}", connector.program);
        }
    });
    // (That it is not always so by chance.)
    for connector in all() {
        found +=
            connector.findings.iter().flatten().filter(|(_, message)| message.contains("Puffer")).count();
    }
    assert!(found > 0, "no example has one: give the test one that does");
}

#[test]
fn a_message_can_be_sent_by_every_name_of_a_draft() {
    each(|connector, template| {
        let mut own = connector.manifest["actions"].as_array().into_iter().flatten();
        // A connector's own action of that name has the arguments that it has; whether it can be drafted is above.
        if connector.manifest["delivery"].is_null() || own.any(|action| action["name"] == "send_message") {
            return;
        }
        let send = &actions(template)["send_message"];
        let schema = &send["input_schema"];
        let (to, text) = (&RECIPIENTS[..], &TEXTS[..]);
        for name in to.iter().chain(text) {
            assert!(schema["properties"][name].is_object(), "{name} of {}", connector.program);
        }
        assert!(schema.get("required").is_none(), "none alone is needed");
        assert_eq!(schema["additionalProperties"], true);
        let valid = jsonschema::validator_for(schema).expect("a schema");
        assert!(valid.is_valid(&json!({"chat_id": 17, "caption": "hi", "more": 1})));
        assert!(!valid.is_valid(&json!({"to": "a"})) && !valid.is_valid(&json!({"text": "hi"})));
        assert_eq!(send["permission"]["external_side_effect"], true);
    });
}

/// Nothing that a template says is of one machine or of one person.
#[test]
fn no_environment_and_no_path_is_told() {
    each(|connector, _| {
        for (path, text) in &connector.puffer {
            let credentials = connector.manifest["credentials"].as_array().into_iter().flatten();
            for credential in credentials {
                let variable = credential["env"].as_str().expect("a text");
                assert!(!text.contains(variable), "{path} has `{variable}`");
            }
            assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{path}");
        }
    });
}
