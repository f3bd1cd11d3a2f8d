//! The files that Puffer reads, as its own readers take them (contract 1.1 to 1.3, 1.5, 1.8, 1.10).

use std::time::Duration;

use serde_json::{Value, json};
use toml::de::DeTable;

use super::{files, input, template};
use crate::manifest::{
    Action, Credential, Delivery, Effect, Events, Manifest, Parameter, Permission, Severity,
};

fn action(name: &str, permission: Permission, arguments: &[&str]) -> Action {
    let mut action = Action::new(name, permission);
    action.description = format!("{name}, in short.\n\nAnd at length.");
    for name in arguments {
        let mut parameter = Parameter::new(*name);
        parameter.description = format!("The {name}.");
        action.parameters.push(parameter);
        action.input_schema["properties"][name] = json!({"type": "string"});
    }
    action
}

fn chat() -> Manifest {
    let mut manifest = Manifest::new("chat", "Chat \"Pro\"", "1.0.0");
    manifest.description = "Talk: to \"people\".\n\nMore.".to_owned();
    manifest.credentials = vec![Credential::new("token", "CHAT_TOKEN")];
    let message = serde_json::to_value(schemars::schema_for!(crate::message::Message)).expect("a schema");
    let mut events = Events::new("Messages.", message);
    events.messages = true;
    events.every = Some(Duration::from_secs(30));
    manifest.events = Some(events);
    manifest.delivery = Some(Delivery::new("Send a message."));
    manifest.actions = vec![
        action("list_rooms", Permission::new(Effect::Read), &[]),
        action("send_reply", Permission::new(Effect::Write), &["to", "message"]),
        action("react", Permission::new(Effect::Write), &["to", "emoji"]),
        action("leave_room", Permission::new(Effect::Destructive), &["room"]),
        action("cache", Permission::new(Effect::Write).local(), &["room"]),
    ];
    manifest
}

/// What `ConnectorCatalogStore::upsert` refuses.
fn register(template: &Value) -> Result<(), String> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let slug = |slug: &str, more: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        !slug.is_empty() && slug.chars().all(allowed)
    };
    let blank = |text: &str| text.trim().is_empty();
    let refused = |what: &str| Err(what.to_owned());
    if !slug(&text(template, "slug"), "-") {
        return refused("slug");
    }
    for key in ["description", "skill"] {
        if blank(&text(template, key)) {
            return refused(key);
        }
    }
    let command = template["command"].as_array().expect("a list");
    if command.iter().any(|word| word.as_str().is_none_or(blank)) || command.is_empty() {
        return refused("command");
    }
    for (key, action) in template["actions"].as_object().expect("actions") {
        let permission = &action["permission"];
        let is_right =
            slug(key, "-_") && text(action, "slug") == *key && !blank(&text(permission, "category"));
        let keys: Vec<_> = permission.as_object().expect("a permission").keys().collect();
        if !is_right || keys.len() != 3 || !permission["external_side_effect"].is_boolean() {
            return refused(key);
        }
        assert_ne!(permission["category"], "external_reaction", "the gate lets it pass");
    }
    Ok(())
}

#[test]
fn the_template_is_whole_and_is_taken() {
    let template = template(&chat(), "connector-chat");
    register(&template).expect("it is taken");
    for (key, expected) in [
        ("slug", json!("chat")),
        ("skill", json!("chat")),
        ("binary", json!("connector-chat")),
        ("command", json!(["connector-chat"])),
        ("requires_auth", json!(true)),
        ("can_subscribe", json!(true)),
        ("can_proxy_agent", json!(false)),
    ] {
        assert_eq!(template[key], expected, "{key}");
    }
    assert!(template.get("subscriber").is_none(), "which would take the place of the command");
    let categories: Vec<_> = template["actions"]
        .as_object()
        .expect("actions")
        .iter()
        .map(|(name, action)| {
            let permission = &action["permission"];
            let category = permission["category"].as_str().expect("a text");
            (name.as_str(), category, permission["external_side_effect"] == true)
        })
        .collect();
    assert_eq!(
        categories,
        [
            ("cache", "local_write", false),
            ("leave_room", "external_message_delete", true),
            ("list_rooms", "external_message_read", false),
            ("react", "external_message_interaction", true),
            ("send_message", "external_message_send", true),
            ("send_reply", "external_message_send", true),
        ]
    );
    let reply = &template["actions"]["send_reply"];
    assert_eq!(reply["permission"]["summary"], "send_reply, in short.");
    assert_eq!(reply["input_schema"]["properties"]["to"]["type"], "string");
    assert!(reply.get("output_schema").is_some());
}

#[test]
fn what_subscribes_requires_auth_and_what_needs_nothing_does_not() {
    let mut manifest = Manifest::new("clock", "Clock", "1.0.0");
    assert_eq!(template(&manifest, "clock")["requires_auth"], false);
    assert_eq!(template(&manifest, "clock")["description"], "Clock", "never blank");
    manifest.events = Some(Events::new("Ticks.", json!({"type": "integer"})));
    let template = template(&manifest, "clock");
    // Without it a stream that ended once is never started again.
    assert_eq!((&template["requires_auth"], &template["can_subscribe"]), (&json!(true), &json!(true)));
    register(&template).expect("it is taken");
    let schema = &template["output_schema"];
    assert_eq!(schema["properties"]["message"]["type"], "string");
    assert_eq!(schema["properties"]["payload"]["type"], "integer");
    assert_eq!(schema["required"], json!(["message"]));
}

#[test]
fn payloads_are_described_as_they_are_written() {
    let template = template(&chat(), "chat");
    let schema = &template["output_schema"];
    assert_eq!(schema["properties"]["message"]["type"], "string");
    assert!(schema["properties"]["sender"].is_object() && schema["$defs"].is_object());
    assert!(schema["required"].as_array().expect("a list").contains(&json!("message")));
}

#[test]
fn delivering_is_an_action_that_can_be_drafted() {
    let own = action("send_message", Permission::new(Effect::Write), &["to", "message"]);
    let mut manifest = chat();
    let ours = template(&manifest, "chat");
    let schema = &ours["actions"]["send_message"]["input_schema"];
    for name in
        ["to", "target", "channel", "chat_id", "open_id", "user", "receive_id", "message", "text", "caption"]
    {
        assert!(schema["properties"][name].is_object(), "{name}");
    }
    assert!(schema.get("required").is_none());
    manifest.actions.push(own);
    let theirs = template(&manifest, "chat");
    assert_eq!(theirs["actions"]["send_message"]["description"], "send_message, in short.\n\nAnd at length.");
}

#[test]
fn what_agents_can_not_run_is_found() {
    let findings = chat().findings();
    let found: Vec<_> = findings
        .iter()
        .filter(|finding| finding.message.starts_with("Puffer's agents can't run it"))
        .map(|finding| (finding.subject.as_str(), finding.severity))
        .collect();
    assert_eq!(found, [("react", Severity::Warning), ("leave_room", Severity::Warning)]);
}

#[test]
fn the_files_are_where_puffer_looks() {
    let manifest = chat();
    let files = files(&manifest, "chat");
    let of = |path: &str| {
        let file = files.iter().find(|file| file.path == std::path::Path::new(path));
        String::from_utf8(file.unwrap_or_else(|| panic!("no {path}")).contents.clone()).expect("UTF-8")
    };
    let json = |path: &str| serde_json::from_str::<Value>(&of(path)).expect("JSON");
    let template = template(&manifest, "chat");
    assert_eq!(json("connectors/chat/register.json"), json!({ "template": template }));
    assert_eq!(json("connectors/chat/template.json"), template);
    let subscriber = of("subscribers/chat/manifest.toml");
    DeTable::parse(&subscriber).expect("TOML");
    let expected = r#"manifest_version = 1
id = "chat"
kind = "subscriber"
topic = "chat"
display_name = "Chat \"Pro\""

[run]
cmd = ["chat", "subscriber"]

[state]
dir = "state"
"#;
    assert_eq!(subscriber, expected);
    let skill = of("skills/chat/SKILL.md");
    let front = skill.split("---\n").nth(1).expect("front matter");
    for line in
        ["name: chat", r#"description: "Talk: to \"people\".""#, "arguments: target", "user-invocable: true"]
    {
        assert!(front.lines().any(|known| known == line), "{front}");
    }
    assert!(skill.contains("- `leave_room` (needs a draft): leave_room, in short."), "{skill}");
    assert!(skill.contains("$target"), "{skill}");
    let mute = super::files(&Manifest::new("mute", "Mute", "1"), "mute");
    assert!(mute.iter().all(|file| !file.path.starts_with("subscribers")));
    assert_eq!(super::files(&manifest, "chat"), files, "the same each time");
}

#[test]
fn what_the_host_adds_to_an_input_is_left_out_unless_it_is_asked_for() {
    let plain = action("plain", Permission::new(Effect::Read), &["text"]);
    let wants = action("wants", Permission::new(Effect::Read), &["connection_slug"]);
    let cut =
        |action, text: &'static str| input(Some(action), text.as_bytes()).map(|input| input.into_owned());
    for (text, expected) in [
        (r#"{"text":"a"}"#, r#"{"text":"a"}"#),
        (r#"{"connection_slug":"c","text":"a","connector_slug":"d"}"#, r#"{"text":"a"}"#),
        (r#" {"connection_slug":"c"} "#, "{}"),
        (r#"{"connection\u005fslug":"c","text":{"connection_slug":1}}"#, r#"{"text":{"connection_slug":1}}"#),
        (r#"{"text":1,"text":2,"connector_slug":""}"#, r#"{"text":1,"text":2}"#),
        ("", "{}"),
        ("\u{feff}{}", "{}"),
        ("[1]", "[1]"),
    ] {
        assert_eq!(cut(&plain, text).expect(text), expected.as_bytes(), "{text}");
    }
    let kept = cut(&wants, r#"{"connection_slug":"c","connector_slug":"d"}"#).expect("read");
    assert_eq!(kept, br#"{"connection_slug":"c"}"#);
    assert!(cut(&plain, "{\"text\":").is_err());
}
