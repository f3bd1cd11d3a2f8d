//! Proxies of the environment, which a program reads when it begins: each test runs itself once more as one.

use super::*;

/// Runs a test of this file as a program of its own that is told of a proxy.
async fn run_with_proxy(test: &str, proxy: &str) {
    let program = std::env::current_exe().expect("a path");
    let mut program = std::process::Command::new(program);
    program.args(["--exact", &format!("http::tests::proxy::{test}")]);
    for name in ["no_proxy", "NO_PROXY", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "REQUEST_METHOD"] {
        program.env_remove(name);
    }
    program.env("http_proxy", proxy).env("CONNECTOR_TEST_PROXY", "1");
    let output = tokio::task::spawn_blocking(move || program.output()).await.expect("no panic").expect("run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn is_told() -> bool {
    std::env::var_os("CONNECTOR_TEST_PROXY").is_some()
}

#[tokio::test]
async fn loopback_is_not_reached_through_a_proxy() {
    if is_told() {
        let (server, http) = server().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        http.get("/x").retry(Retry::never()).send().await.expect("reached");
        return;
    }
    run_with_proxy("loopback_is_not_reached_through_a_proxy", "http://127.0.0.1:1").await;
}

#[tokio::test]
async fn other_hosts_are_reached_through_a_proxy() {
    if is_told() {
        let http = builder("http://api.test").allow_plain_http().build().expect("a client");
        http.get("/x").retry(Retry::never()).send().await.expect("reached");
        return;
    }
    let proxy = MockServer::start().await;
    Mock::given(path("/x")).respond_with(ResponseTemplate::new(200)).mount(&proxy).await;
    run_with_proxy("other_hosts_are_reached_through_a_proxy", &proxy.uri()).await;
    let all = received(&proxy).await;
    assert_eq!((all.len(), all[0].headers["host"].to_str().ok()), (1, Some("api.test")));
}
