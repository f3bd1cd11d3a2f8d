//! What becomes of each key, and what is said of one that is wrong.

use serde_json::json;

use super::{call, fault, file, notes, read};
use crate::ErrorKind;
use crate::manifest::{Auth, Effect, Mode, Trust};

const FULL: &str = r#"
name: my_shop
display_name: My Shop
type: E Commerce
icon: bag
auth:
  method: bearer
  headers: { Accept: application/vnd.shop+json, X-Version: 3 }
  credentials:
    - name: SHOP_DOMAIN
      description: Where the shop is
      required: true
    - { name: SHOP_TOKEN, description: "An access token", required: yes }
    - { name: NICKNAME }
actions:
  - name: list_orders
    description: List orders
    url: "https://{SHOP_DOMAIN}/orders/{year}"
    params:
      year: { type: integer, required: true, description: The year }
      state: { type: string, enum: [open, closed], default: open }
      tags: { type: object }
    trust_level: auto
  - name: note_order
    description: Write a note
    method: POST
    url: https://api.shop.test/orders/{id}
    params: { id: { type: string, required: true } }
    body: { text: { type: string } }
sync: null
surface_profile: null
"#;

#[test]
fn a_manifest_has_what_the_file_says() {
    let loaded = read(FULL);
    let manifest = loaded.factory.manifest();
    assert_eq!((manifest.id.as_str(), manifest.title.as_str()), ("my-shop", "My Shop"));
    assert_eq!((manifest.version.as_str(), manifest.category.as_str()), ("0.0.0", "e-commerce"));
    assert_eq!(manifest.icon.as_deref(), Some("bag"));
    assert_eq!(manifest.auth, Auth::Bearer { token: "SHOP_TOKEN".to_owned() });
    let domain = manifest.setting("SHOP_DOMAIN").expect("a setting");
    assert_eq!((domain.env.as_str(), domain.required), ("SHOP_DOMAIN", true));
    assert_eq!(domain.description, "Where the shop is");
    let token = manifest.credential("SHOP_TOKEN").expect("a credential");
    assert_eq!((token.env.as_str(), token.required), ("SHOP_TOKEN", true));
    assert!(!manifest.credential("NICKNAME").expect("in doubt a secret").required);
    let action = manifest.action("list_orders").expect("an action");
    assert_eq!(
        action.input_schema,
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "year": { "type": "integer", "description": "The year" },
                "state": { "type": "string", "enum": ["open", "closed"], "default": "open" },
                "tags": { "type": ["object", "array"] },
            },
            "required": ["year"],
            "additionalProperties": false,
        })
    );
    assert_eq!(action.parameters.len(), 3);
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
}

#[test]
fn a_permission_is_never_looser_than_the_file() {
    let table = [
        ("GET", "auto", Effect::Read, Mode::Readonly, Trust::Auto),
        ("GET", "confirm", Effect::Write, Mode::Write, Trust::Confirm),
        ("GET", "restricted", Effect::Destructive, Mode::Admin, Trust::Restricted),
        ("POST", "auto", Effect::Write, Mode::Write, Trust::Confirm),
        ("PUT", "confirm", Effect::Write, Mode::Write, Trust::Confirm),
        ("PATCH", "restricted", Effect::Destructive, Mode::Admin, Trust::Restricted),
        ("DELETE", "auto", Effect::Destructive, Mode::Admin, Trust::Restricted),
        ("GET", "", Effect::Write, Mode::Write, Trust::Confirm),
    ];
    for (method, trust, effect, mode, asks) in table {
        let level = if trust.is_empty() { String::new() } else { format!(", trust_level: {trust}") };
        let loaded = read(&file(&format!(
            "  - {{ name: a, description: A, method: {method}, url: 'https://a.test/'{level} }}"
        )));
        let permission = loaded.factory.manifest().actions[0].permission;
        assert_eq!(
            (permission.effect, permission.mode, permission.trust),
            (effect, mode, asks),
            "{method} {trust}"
        );
        let stricter = trust == "auto" && method != "GET";
        assert_eq!(
            loaded.notes.iter().any(|note| note.message.contains("so it needs")),
            stricter,
            "{method} {trust}"
        );
    }
}

#[tokio::test]
async fn trust_is_enforced_on_a_call() {
    use crate::call::{Caller, Connection};
    let yaml = file(
        "  - { name: wipe, description: Wipe, method: POST, url: '{BASE_URL}/wipe', trust_level: restricted }",
    );
    let server = super::server().await;
    let settings = crate::Settings::new().text("BASE_URL", server.uri()).secret("API_TOKEN", super::TOKEN);
    let connection = Connection::open("default", &*read(&yaml).factory, &settings).expect("open");
    for caller in [Caller::new("test", Mode::Full).without_asking(), Caller::new("test", Mode::Admin)] {
        let error = connection.act("wipe", &json!({}), &caller).await.expect_err("denied");
        assert_eq!(error.kind(), ErrorKind::Denied);
    }
    assert!(super::received(&server).await.is_empty(), "nothing was sent");
}

#[test]
fn unknown_keys_are_noted_where_they_stand() {
    let yaml = "name: shop\ndisplayname: Shop\nauth:\n  methd: bearer\nactions:\n  - name: a\n    description: A\n    \
                url: https://a.test/\n    params:\n      x: { type: string, requird: true }\n    timeout: 3\n";
    assert_eq!(
        notes(yaml),
        [
            "line 2, column 1: unknown key `displayname` of the file; did you mean `display_name`?",
            "line 4, column 3: unknown key `methd` of `auth`; did you mean `method`?",
            "line 10, column 26: unknown key `requird` of parameter `x`; did you mean `required`?",
            "line 11, column 5: unknown key `timeout` of action `a`, which has no effect; expected `name`, \
             `description`, `method`, `url`, `trust_level`, `execution_mode`, `content_type`, `requires_binary`, \
             `params` or `body`",
        ]
    );
}

#[test]
fn bad_values_are_refused_where_they_stand() {
    let action = |rest: &str| file(&format!("  - name: a\n    description: A\n    {rest}"));
    for (yaml, says) in [
        ("name: [shop]".to_owned(), "line 1, column 7: `name` must be a text, and is a list"),
        ("name: 7".to_owned(), "line 1, column 7: `name` must be a text, and is a number; put it in quotes"),
        (
            "name: '7'".to_owned(),
            "line 1, column 7: `name` must begin with a letter, since it becomes the connector's id, like `stripe`",
        ),
        ("actions: {}".to_owned(), "line 1, column 10: `actions` must be a list, and is a map"),
        (
            "auth:\n  method: baerer".to_owned(),
            "line 2, column 11: unknown auth method `baerer`; did you mean `bearer`?",
        ),
        (
            "auth:\n  method: ntlm".to_owned(),
            "line 2, column 11: unknown auth method `ntlm`; expected `none`, `api_key`, `bearer`, `basic`, `header`, `cookie`, `oauth` or `oauth2`",
        ),
        (
            "auth:\n  credentials:\n    - description: x".to_owned(),
            "line 3, column 7: a credential has no `name`; write the name that it is set by",
        ),
        (
            "auth:\n  credentials:\n    - name: A\n    - name: A".to_owned(),
            "line 4, column 13: credential `A` is declared twice; declare it once",
        ),
        (
            "actions:\n  - url: https://a.test/".to_owned(),
            "line 2, column 5: an action has no `name`; write the name that it is called by",
        ),
        (
            action("method: FETCH"),
            "line 10, column 13: unknown method `FETCH`; expected `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `LOCAL`",
        ),
        (
            action("trust_level: confrim\n    url: https://a.test/"),
            "line 10, column 18: unknown trust level `confrim`; did you mean `confirm`?",
        ),
        (
            action("execution_mode: moon\n    url: https://a.test/"),
            "line 10, column 21: unknown execution mode `moon`; expected `cloud`, `local` or `sandbox`",
        ),
        (
            action("content_type: xml\n    url: https://a.test/"),
            "line 10, column 19: unknown content type `xml`; expected `form` or `json`",
        ),
        (
            action("url: https://a.test/{idd}\n    params: { id: { type: string } }"),
            "line 10, column 10: nothing fills `{idd}` of the `url`; did you mean `{id}`?",
        ),
        (
            action("url: https://a.test/{thing}"),
            "line 10, column 10: nothing fills `{thing}` of the `url`: it is neither a credential nor a parameter; there is `BASE_URL` or `API_TOKEN`",
        ),
        (
            action("url: 'https://{host}/x'\n    params: { host: { type: string } }"),
            "line 10, column 10: `{host}` would let whoever calls `a` choose the host; make it a credential",
        ),
        (
            action("url: 'https://{API_TOKEN}.a.test/x'"),
            "line 10, column 10: credential `API_TOKEN` would be a part of the host, which everybody on the way sees; call it otherwise if it is no secret",
        ),
        (
            action("url: http://a.test/"),
            "line 10, column 10: a `url` must be `https`, so that nobody on the way reads the credentials",
        ),
        (
            action("method: GET"),
            "line 8, column 11: action `a` has no `url`; write one, or declare a credential `BASE_URL` and a parameter `path`",
        ),
        (
            action("url: https://a.test/\n    params:\n      x: { type: string, enum: [a, b], default: c }"),
            "line 12, column 49: the `default` of parameter `x` is not one of its `enum`; write one that is",
        ),
        (
            action("url: https://a.test/\n    params:\n      x: { type: integer, default: many }"),
            "line 12, column 36: the `default` of parameter `x` must be an integer, and is a text",
        ),
        (
            action("url: https://a.test/\n    params:\n      x: { type: text }"),
            "line 12, column 18: unknown type `text`; expected `string`, `integer`, `number`, `boolean`, `object` or `array`",
        ),
        (
            action("url: https://a.test/\n    params:\n      x: { type: string, required: maybe }"),
            "line 12, column 36: `required` must be `true` or `false`, and is a text",
        ),
        (
            action(
                "url: https://a.test/\n    params: { x: { type: string } }\n    body: { x: { type: string } }",
            ),
            "line 12, column 13: parameter `x` of action `a` is in `params` and in `body`; name it in one of them",
        ),
        (
            action("url: https://a.test/\n  - name: a\n    url: https://a.test/"),
            "line 11, column 11: action `a` is there twice; rename one",
        ),
        (
            action("url: https://a.test/\n  - name: A\n    url: https://a.test/"),
            "line 11, column 11: action `A` differs from `a` by its spelling only; rename one",
        ),
        (
            action("url: https://a.test/{API_TOKEN}\n    params: { API_TOKEN: { type: string } }"),
            "line 10, column 10: `{API_TOKEN}` is a credential and a parameter of `a`; rename one of them",
        ),
        (
            action("url: https://a.test/{x}\n    params: { x: { type: object } }"),
            "line 11, column 15: parameter `x` fills a part of the URL, so it can't be an object; make it a string",
        ),
        (
            "allowed_hosts: ['https://a.test']".to_owned(),
            "line 1, column 17: an entry of `allowed_hosts` must be a host and nothing else, like `files.example.com`",
        ),
        (
            "auth:\n  headers: { 'X Y': a }".to_owned(),
            "line 2, column 14: `X Y` can't be the name of a header",
        ),
        (
            "auth:\n  headers: { X-Y: \"a\\nb\" }".to_owned(),
            "line 2, column 19: what the header `x-y` should hold has a character that no header can hold, such as a line break",
        ),
        (
            "auth:\n  headers: { Host: evil.test }".to_owned(),
            "line 2, column 14: the header `host` is set by the client; remove it",
        ),
    ] {
        assert_eq!(fault(&yaml), says, "{yaml}");
    }
}

#[test]
fn all_faults_are_said_at_once_and_the_first_is_in_the_details() {
    let error = super::parse("icon: 7\nauth: { method: x }\nsenses: no\n", "shop").expect_err("faults");
    assert_eq!(error.message().matches("column").count(), 3, "{error}");
    assert_eq!((&error.details()["line"], &error.details()["column"]), (&json!(1), &json!(7)));
    assert_eq!(error.details()["file"], "shop.yaml");
}

#[test]
fn what_has_no_effect_is_noted() {
    let yaml = "senses: [paw.code.v1]\nsurface_profile: { skill: x }\nsync: { table: t, schedule: every_5m, mapping: { a: b.c } }\n";
    let notes = notes(yaml);
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes.iter().all(|note| note.contains("has no effect here")), "{notes:?}");
    assert!(super::notes("auth: null\nsync: null\nactions: null\nsenses: null\n").is_empty());
}

#[tokio::test]
async fn what_only_pocketpaw_can_do_is_in_the_manifest_and_refused() {
    let yaml = file(
        "  - { name: local, description: L, method: LOCAL, params: { x: { type: string, required: true } } }\n  \
         - { name: boxed, description: S, url: '{BASE_URL}/', execution_mode: sandbox }\n  \
         - { name: near, description: N, url: '{BASE_URL}/', execution_mode: local }\n",
    );
    let server = super::server().await;
    for action in ["local", "boxed", "near"] {
        assert!(read(&yaml).factory.manifest().action(action).is_some());
        let error = call(&yaml, &server.uri(), action, json!({})).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(
            error.message().contains("can't run here") && error.message().ends_with("nothing was done"),
            "{error}"
        );
    }
    assert!(super::received(&server).await.is_empty());
    assert_eq!(
        super::notes(&yaml).iter().filter(|note| note.contains("is refused when it is called")).count(),
        3
    );
    let native = "name: gmail\nactions:\n  - { name: send, description: S, method: POST }\n";
    assert!(super::notes(native)[0].contains("an adapter inside PocketPaw"));
}
