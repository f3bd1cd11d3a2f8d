//! What becomes of a template, and of an input. What programs do is tried in `tests/tests/command`.

use serde_json::{Value, json};

use super::definition::Definition;
use super::input::Checks;
use super::*;
use crate::ErrorKind;
use crate::manifest::{Action, Effect, Mode, Permission};
use crate::platform::puffer::template;

fn starter() -> Value {
    json!({
        "slug": "custom-feed", "description": "custom-feed connector", "skill": "custom-feed",
        "binary": "puffer-connector-custom-feed", "command": ["puffer-connector-custom-feed", "--quiet"],
        "requires_auth": true, "can_subscribe": true, "can_proxy_agent": false,
        "output_schema": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
        "actions": {"send_message": {
            "slug": "send_message", "description": "", "new": [1],
            "input_schema": {"type": "object", "properties": {"to": {"type": "string", "description": "Whom."}}, "required": ["to"]},
            "permission": {"category": "external_message_send", "summary": "Send it", "external_side_effect": true}
        }},
        "of_a_later_version": {"a": 1}
    })
}

#[test]
fn a_template_becomes_a_manifest() {
    for json in [starter(), json!({ "template": starter() })] {
        let connector = CommandConnector::from_template(&json.to_string()).expect("a template");
        let manifest = connector.manifest();
        assert_eq!((manifest.id.as_str(), manifest.health), ("custom-feed", true));
        assert!(manifest.events.is_some() && manifest.credentials.is_empty());
        let action = manifest.action("send_message").expect("an action");
        assert_eq!((action.description.as_str(), action.permission.mode), ("Send it", Mode::Write));
        let to = &action.parameters[0];
        assert_eq!((to.name.as_str(), to.description.as_str(), to.required), ("to", "Whom.", true));
        assert_eq!(connector.definition.command, ["puffer-connector-custom-feed", "--quiet"]);
    }
    let command = CommandConnector::from_command("feed", ["feed"]).expect("a command");
    assert!(command.manifest().events.is_some() && command.manifest().health);
    assert!(command.manifest().actions.is_empty());
}

#[test]
fn what_this_crate_writes_is_read() {
    let mut manifest = Manifest::new("notes", "Notes", "1.0.0");
    manifest.description = "Notes.".to_owned();
    for (name, effect) in [("read", Effect::Read), ("write", Effect::Write), ("remove", Effect::Destructive)]
    {
        manifest.actions.push(Action::new(name, Permission::new(effect).local()));
        manifest.actions.push(Action::new(format!("{name}_there"), Permission::new(effect)));
    }
    let text = template(&manifest, "notes").to_string();
    let read = CommandConnector::from_template(&text).expect("a template");
    for action in &manifest.actions {
        let again = read.manifest().action(&action.name).expect("it is there");
        assert_eq!(again.permission, action.permission, "{}", action.name);
        assert_eq!(again.input_schema, action.input_schema);
    }
}

#[test]
fn what_puffer_refuses_is_refused() {
    let broken = |pointer: &str, value: Value| {
        let mut template = starter();
        *template.pointer_mut(pointer).expect("it is there") = value;
        CommandConnector::from_template(&template.to_string()).expect_err(pointer)
    };
    for (pointer, value, said) in [
        ("/slug", json!("Custom"), "small letters"),
        ("/slug", json!(""), "not empty"),
        ("/description", json!(" "), "`description` is blank"),
        ("/skill", json!(""), "`skill` is blank"),
        ("/command", json!(["a", " "]), "is blank"),
        ("/command", json!([]), "has no `command`"),
        ("/command", json!("sh -c x"), "can't be read"),
        ("/binary", json!(null), "can't be read"),
        ("/actions/send_message/slug", json!("send"), "has the slug `send`"),
        ("/actions/send_message/permission/category", json!(""), "blank `category`"),
        ("/actions/send_message/permission", json!({"category": "a"}), "can't be read"),
        ("/actions", json!({"Send": starter()["actions"]["send_message"]}), "small letters"),
        ("/requires_auth", json!("yes"), "can't be read"),
    ] {
        let error = broken(pointer, value);
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains(said), "{pointer}: {error}");
    }
    for text in ["", "[]", "{", "{}", "{\"template\":{}}", "null"] {
        assert_eq!(CommandConnector::from_template(text).expect_err(text).kind(), ErrorKind::Setup);
    }
    for (id, command) in [("Feed", vec!["feed"]), ("feed", vec![]), ("feed", vec![""])] {
        CommandConnector::from_command(id, command).expect_err("no command");
    }
    // All of it at once.
    let mut worse = starter();
    (worse["slug"], worse["skill"]) = (json!("A"), json!(""));
    let error = Definition::read(&worse.to_string()).expect_err("two faults");
    assert!(error.message().contains("small letters") && error.message().contains("`skill`"), "{error}");
}

fn action() -> Action {
    let mut action = Action::new("send", Permission::new(Effect::Write));
    action.input_schema = json!({
        "type": "object", "additionalProperties": false, "required": ["to"],
        "properties": {
            "to": {"type": "string", "minLength": 2},
            "times": {"type": "integer", "maximum": 3},
            "at": {"type": "object", "properties": {"hour": {"type": "integer"}}, "required": ["hour"]}
        }
    });
    action.parameters = ["to", "times", "at"].map(crate::manifest::Parameter::new).into();
    action
}

fn line(input: &str) -> Result<String> {
    let action = action();
    let line = Checks::of(&action)?.line(&action, input.as_bytes(), "work", "feed")?;
    Ok(String::from_utf8(line).expect("UTF-8"))
}

#[test]
fn an_input_is_one_line_with_what_puffer_puts_into_it() {
    let both = r#""connection_slug":"work","connector_slug":"feed"}"#;
    for (input, expected) in [
        (r#"{"to":"ab"}"#, format!("{{\"to\":\"ab\",{both}\n")),
        (" {\n \"to\" :\r\n \"a\\nb\" }\n", format!("{{\"to\":\"a\\nb\",{both}\n")),
        // Nobody else's connection is had by naming it.
        (
            r#"{"connection_slug":"home","to":"ab","times":1.0}"#,
            format!("{{\"to\":\"ab\",\"times\":1.0,{both}\n"),
        ),
        (r#"{"to":"ab","connector\u005fslug":{"a":1}}"#, format!("{{\"to\":\"ab\",{both}\n")),
    ] {
        assert_eq!(line(input).expect(input), expected);
    }
    // An action that asks for it is told what its caller says.
    let mut asking = action();
    asking.input_schema["properties"]["connection_slug"] = json!({"type": "string"});
    asking.parameters.push(crate::manifest::Parameter::new("connection_slug"));
    let said = br#"{"to":"ab","connection_slug":"home"}"#;
    let said = Checks::of(&asking).expect("checks").line(&asking, said, "work", "feed").expect("a line");
    assert_eq!(said, b"{\"to\":\"ab\",\"connection_slug\":\"home\",\"connector_slug\":\"feed\"}\n");
    let many = line("{\"to\":\"ab\",\"at\":{\n\"hour\": 1}}").expect("a line");
    assert_eq!(many.matches('\n').count(), 1);
    // Without a schema all is taken.
    let anything = Action::new("any", Permission::new(Effect::Read));
    let anything = Action { input_schema: json!({"type": "object"}), ..anything };
    Checks::of(&anything).expect("checks").line(&anything, b"{\"x\":[1]}", "work", "feed").expect("anything");
}

#[test]
fn an_input_that_its_schema_does_not_allow_starts_nothing() {
    for (input, said) in [
        ("{}", "needs the argument `to`"),
        (r#"{"to":"ab","tmes":1}"#, "did you mean `times`?"),
        (r#"{"to":7}"#, "the argument `to`"),
        (r#"{"to":"a"}"#, "the argument `to`"),
        (r#"{"to":"ab","times":4}"#, "the argument `times`"),
        (r#"{"to":"ab","at":{}}"#, "the argument `at`"),
        (r#"{"to":"ab","to":"cd"}"#, "twice"),
        ("[]", "not a JSON object"),
        ("", "not a JSON object"),
        (r#"{"to":"ab"} 1"#, "not a JSON object"),
        ("{\"to\":\"a\u{0}\"}", "not a JSON object"),
    ] {
        let error = line(input).expect_err(input);
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().contains(said), "{input}: {error}");
    }
    assert!(
        Checks::of(&action())
            .expect("checks")
            .line(&action(), b"{\"to\":\"\xff\xff\"}", "work", "feed")
            .is_err()
    );
}

#[cfg(feature = "validate")]
#[test]
fn with_a_validator_all_of_a_schema_is_enforced() {
    let mut action = action();
    // Of this the crate itself has no opinion.
    action.input_schema = json!({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}});
    let checks = Checks::of(&action).expect("checks");
    checks.line(&action, b"{}", "work", "feed").expect("right");
    let error = checks.line(&action, b"{\"a\":\"s3cret\"}", "work", "feed").expect_err("wrong");
    assert!(error.message().contains("then") && !error.message().contains("s3cret"), "{error}");
}

#[cfg(feature = "validate")]
#[test]
fn a_schema_that_cannot_be_enforced_is_refused() {
    for schema in [json!({"type": "strin"}), json!({"properties": {"to": {"$ref": "#/nowhere"}}})] {
        let mut template = starter();
        template["actions"]["send_message"]["input_schema"] = schema;
        let error = CommandConnector::from_template(&template.to_string()).expect_err("no schema");
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains("of the action `send_message` is no JSON Schema"), "{error}");
    }
}
