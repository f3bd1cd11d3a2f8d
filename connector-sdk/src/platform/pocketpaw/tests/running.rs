//! Where arguments go, and what comes back.

use serde_json::{Value, json};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{call, file, message, notes, only, received, server};
use crate::ErrorKind;

async fn sent(actions: &str, action: &str, input: Value) -> (String, String, String) {
    let server = server().await;
    let answer =
        call(&file(actions), &server.uri(), action, input).await.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer, json!({ "ok": true }));
    only(&server).await
}

#[tokio::test]
async fn each_argument_goes_where_the_file_has_it() {
    let actions = "  - name: a\n    description: A\n    method: POST\n    url: '{BASE_URL}/items/{id}?v=2&w={word}+x'\n    \
                   params: { id: { type: string, required: true }, word: { type: string }, q: { type: string }, n: { type: integer, default: 25 }, f: { type: object }, l: { type: array } }\n    \
                   body: { title: { type: string }, flag: { type: boolean, default: yes }, deep: { type: object } }\n";
    let input = json!({ "id": "a/b?x=1#é", "word": "&", "q": "x & y", "f": { "a": 1 }, "l": [1, "b"], "title": "T", "deep": [{}] });
    let (method, path, body) = sent(actions, "a", input).await;
    assert_eq!(method, "POST");
    assert_eq!(path, "/items/a%2Fb%3Fx%3D1%23%C3%A9?v=2&w=%26+x&q=x+%26+y&n=25&f=%7B%22a%22%3A1%7D&l=1&l=b");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body, json!({ "title": "T", "flag": true, "deep": [{}] }));
}

#[tokio::test]
async fn a_body_parameter_that_fills_the_url_is_not_in_the_body() {
    let actions = "  - name: a\n    description: A\n    method: PUT\n    url: '{BASE_URL}/items/{id}'\n    \
                   body: { id: { type: integer, required: true }, title: { type: string } }\n";
    let (_, path, body) = sent(actions, "a", json!({ "id": 7, "title": "T" })).await;
    assert_eq!((path.as_str(), body.as_str()), ("/items/7", r#"{"title":"T"}"#));
    assert!(notes(&file(actions)).iter().any(|note| note.contains("isn't sent in the body")));
}

#[tokio::test]
async fn forms_have_brackets_and_empty_bodies_are_objects() {
    let form = "  - name: a\n    description: A\n    method: POST\n    content_type: form\n    url: '{BASE_URL}/x'\n    \
                params: { range: { type: object } }\n    body: { items: { type: object }, on: { type: boolean }, t: { type: string } }\n";
    let input =
        json!({ "items": [{ "price": "p 1", "meta": { "k": null } }], "on": true, "range": { "gte": 5 } });
    let (_, path, body) = sent(form, "a", input).await;
    assert_eq!(path, "/x?range%5Bgte%5D=5");
    assert_eq!(body, "items%5B0%5D%5Bmeta%5D%5Bk%5D=&items%5B0%5D%5Bprice%5D=p+1&on=true");
    let stripe = form
        .replace("content_type: form", "trust_level: confirm")
        .replace("{BASE_URL}", "https://api.stripe.com");
    assert!(notes(&file(&stripe)).iter().any(|note| note.contains("sends a form, since Stripe")));
    let empty = "  - { name: a, description: A, method: POST, url: '{BASE_URL}/x' }\n";
    assert_eq!(sent(empty, "a", json!({})).await.2, "{}");
    let gone = "  - { name: a, description: A, method: DELETE, url: '{BASE_URL}/x', body: { why: { type: string } } }\n";
    let (method, path, body) = sent(gone, "a", json!({ "why": "b" })).await;
    assert_eq!((method.as_str(), path.as_str(), body.as_str()), ("DELETE", "/x?why=b", ""));
}

const ANY_PATH: &str = "  - name: get\n    description: G\n    trust_level: auto\n    \
    params: { path: { type: string, required: true }, query: { type: object } }\n  - name: post\n    description: P\n    \
    method: POST\n    params: { path: { type: string, required: true } }\n    body: { data: { type: object } }\n";

#[tokio::test]
async fn an_action_without_a_url_goes_below_the_base() {
    let input =
        json!({ "path": "/users/a b/x:run?page=2", "query": { "q": "&", "tag": ["a", "b"], "none": null } });
    assert_eq!(sent(ANY_PATH, "get", input).await.1, "/users/a%20b/x:run?page=2&q=%26&tag=a&tag=b");
    let (_, path, body) =
        sent(ANY_PATH, "post", json!({ "path": "users", "data": [1, { "a": null }] })).await;
    assert_eq!((path.as_str(), body.as_str()), ("/users", r#"[1,{"a":null}]"#));
    assert_eq!(sent(ANY_PATH, "post", json!({ "path": "" })).await.2, "{}");
}

#[tokio::test]
async fn a_path_can_not_leave_the_base() {
    let server = server().await;
    let base = format!("{}/api/v1/", server.uri());
    for path in [
        "../admin",
        "/../admin",
        "/a/../../b",
        "/%2e%2e/admin",
        "/a/.%2E/b",
        "/..%2f..%2fadmin",
        "%2e%2e%2F%2e%2e%2Fadmin",
        "..%5c..%5Cadmin",
        "/.%00./x",
        "//evil.test/x",
        "https://evil.test/x",
        "https:/evil.test",
        "/a\\..\\b",
        "/a#b",
        "/a\nb",
    ] {
        let error = call(&file(ANY_PATH), &base, "get", json!({ "path": path })).await.expect_err(path);
        assert_eq!(error.kind(), ErrorKind::Usage, "{path}: {error}");
    }
    assert!(received(&server).await.is_empty(), "nothing was sent");
    call(&file(ANY_PATH), &base, "get", json!({ "path": "@evil.test/{x}" })).await.expect("a strange path");
    assert_eq!(only(&server).await.1, "/api/v1/@evil.test/%7Bx%7D");
}

#[tokio::test]
async fn arguments_are_checked_before_anything_is_sent() {
    let actions = "  - name: a\n    description: A\n    url: '{BASE_URL}/{id}'\n    params: { id: { type: string, required: true }, \
                   limit: { type: integer, default: 25 }, state: { type: string, enum: [open, closed] }, \
                   ratio: { type: number }, on: { type: boolean }, o: { type: object }, l: { type: array } }\n";
    let server = server().await;
    for (input, says) in [
        (json!({}), "argument `id` is missing"),
        (json!({ "id": "1", "limt": 3 }), "unknown argument `limt`; did you mean `limit`?"),
        (
            json!({ "id": "1", "limit": "notint" }),
            "argument `limit`: invalid type: string \"notint\", expected an integer",
        ),
        (
            json!({ "id": "1", "limit": 1.5 }),
            "argument `limit`: invalid type: floating point `1.5`, expected an integer",
        ),
        (json!({ "id": 7 }), "argument `id`: invalid type: integer `7`, expected a string"),
        (json!({ "id": null }), "argument `id`: invalid type: null, expected a string"),
        (
            json!({ "id": "1", "state": "opn" }),
            "argument `state`: unknown variant `opn`, did you mean `open`?",
        ),
        (
            json!({ "id": "1", "state": "gone" }),
            "argument `state`: unknown variant `gone`, expected `open` or `closed`",
        ),
        (json!({ "id": "1", "o": "x" }), "expected an object or a list"),
        (json!({ "id": "1", "l": {} }), "expected a list"),
        (json!({ "id": "1", "on": "true" }), "expected a boolean"),
        (json!({ "id": "1", "ratio": "1" }), "expected a number"),
        (json!({ "id": "" }), "`id` is empty; it is a part of a path"),
        (json!({ "id": ".." }), "`.` and `..` are no parts of a path"),
        (json!([]), "the input must be a JSON object"),
    ] {
        let error = call(&file(actions), &server.uri(), "a", input.clone()).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Usage, "{input}");
        assert!(error.message().contains(says), "{input}: {error}");
    }
    assert!(received(&server).await.is_empty(), "nothing was sent");
    call(&file(actions), &server.uri(), "a", json!({ "id": "{id}", "ratio": 3 })).await.expect("sent");
    assert_eq!(only(&server).await.1, "/%7Bid%7D?limit=25&ratio=3");
}

#[tokio::test]
async fn numbers_of_an_enum_are_compared_by_value() {
    let actions = "  - name: a\n    description: A\n    url: '{BASE_URL}/x'\n    \
                   params: { n: { type: number, enum: [1, 2.50], default: 2.5 }, any: { enum: [7, x] } }\n";
    for (input, path) in [
        (json!({ "n": 1.0 }), "/x?n=1.0"),
        (json!({ "n": 2.5, "any": 7.0 }), "/x?n=2.5&any=7.0"),
        (json!({ "any": "x" }), "/x?n=2.5&any=x"),
    ] {
        assert_eq!(sent(actions, "a", input).await.1, path);
    }
    let server = server().await;
    for input in [json!({ "n": 1.5 }), json!({ "n": 1, "any": "7" })] {
        let error =
            call(&file(actions), &server.uri(), "a", input.clone()).await.expect_err("no such choice");
        assert_eq!(error.kind(), ErrorKind::Usage, "{input}");
    }
}

#[tokio::test]
async fn answers_are_results() {
    let server = MockServer::start().await;
    let raw = |body: &[u8], kind: &str| ResponseTemplate::new(200).set_body_raw(body.to_vec(), kind);
    for (at, answer) in [
        ("json", raw(b" {\"a\": 1.10, \"b\":[ ]} ", "application/json; charset=utf-8")),
        ("problem", raw(b"{\"a\":1}", "application/vnd.api+json")),
        ("text", raw("h\u{e9} \"x\"".as_bytes(), "text/plain")),
        ("none", ResponseTemplate::new(204)),
        ("broken", raw(b"{\"a\": NaN}", "application/json")),
        ("image", raw(b"\x89PNG\xff", "image/png")),
        ("latin", raw(b"h\xe9", "text/plain")),
    ] {
        Mock::given(path(format!("/{at}"))).respond_with(answer).mount(&server).await;
    }
    let yaml = file(ANY_PATH);
    let (yaml, base) = (&yaml, &server.uri());
    let get = |at: &'static str| call(yaml, base, "get", json!({ "path": at }));
    assert_eq!(get("json").await.expect("JSON"), json!({ "a": 1.10, "b": [] }));
    assert_eq!(get("problem").await.expect("JSON"), json!({ "a": 1 }));
    assert_eq!(get("text").await.expect("text"), json!("h\u{e9} \"x\""));
    assert_eq!(get("none").await.expect("nothing"), json!(null));
    assert_eq!(get("latin").await.expect("text"), json!("h\u{fffd}"));
    assert!(message(get("broken").await).contains("broken JSON"));
    assert!(message(get("image").await).contains("`image/png`, which is no text"));
}

#[tokio::test]
async fn an_answer_leads_on_to_allowed_hosts_only() {
    let other = server().await;
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(302)
        .insert_header("location", other.uri().replace("127.0.0.1", "localhost").as_str());
    Mock::given(any()).respond_with(moved).mount(&server).await;
    let yaml = file(ANY_PATH);
    let refused = message(call(&yaml, &server.uri(), "get", json!({ "path": "x" })).await);
    assert!(refused.contains("leads on to `localhost`"), "{refused}");
    assert!(received(&other).await.is_empty());
    let yaml = format!("allowed_hosts: [localhost]\n{yaml}");
    call(&yaml, &server.uri(), "get", json!({ "path": "x" })).await.expect("followed");
    let followed = received(&other).await.remove(0);
    assert!(!followed.headers.contains_key("authorization"), "credentials stay at home");
}
