//! OAuth 2.0 with an OpenID provider.

use connector_sdk::http::Http;
use serde_json::Value;

use crate::servers;

#[tokio::test]
#[ignore = "needs oidc-provider: tests/servers/install"]
async fn it_says_where_its_endpoints_are() {
    let server = servers::oidc_provider(5);
    let http = Http::builder(server.url()).build().expect("a client");
    let answer = http.get("/.well-known/openid-configuration").send().await.expect("an answer");
    let endpoints: Value = answer.json().await.expect("JSON");
    assert_eq!(endpoints["token_endpoint"], format!("{}/token", server.url()));
}
