//! Bodies as they come: compressed, in parts, too large.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::*;

/// A JSON text of 3,000 bytes, in 40 of gzip.
const COMPRESSED: &str = "H4sIAAAAAAACA+3BIQEAAAACoC+udL43DEAKAACcywDVc0GXuAsAAA==";

async fn compressed() -> MockServer {
    let server = MockServer::start().await;
    let body = BASE64_STANDARD.decode(COMPRESSED).expect("base64");
    let answer = ResponseTemplate::new(200).insert_header("content-encoding", "gzip");
    let answer = answer.set_body_raw(body, "application/json");
    Mock::given(header("accept-encoding", "gzip")).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn compression_is_taken_off_and_what_it_hid_is_counted() {
    let server = compressed().await;
    let answer = async |most| {
        let http = builder(&server.uri()).most_bytes(most).build().expect("a client");
        http.get("/x").send().await.expect("an answer").json::<String>().await
    };
    assert_eq!(answer(3000).await.expect("a text"), "x".repeat(2998));
    let error = answer(2999).await.expect_err("too large");
    assert!(error.message().contains("more than the 2999 bytes"), "{error}");
}

#[tokio::test]
async fn a_body_comes_in_parts_up_to_the_same_limit() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(server::large(1_000_000)).mount(&server).await;
    let parts = async |most| {
        let http = builder(&server.uri()).most_bytes(most).build().expect("a client");
        let parts = http.get("/x").send().await.expect("an answer").stream();
        parts.try_fold(0, async |length, part| Ok(length + part.len())).await
    };
    assert_eq!(parts(1_000_000).await.expect("all of it"), 1_000_000);
    let error = parts(999_999).await.expect_err("too large");
    assert!(error.message().contains("more than the 999999 bytes"), "{error}");
}
