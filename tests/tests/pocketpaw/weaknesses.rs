//! What PocketPaw's engine does wrong with its files (its contract, 2.8), and the tests that show it mended.
//!
//! [`MENDED`] is the table; that each test is there is a test itself. Those that need no other crate are in
//! `connector-sdk/src/platform/pocketpaw/tests`, those of the host's command line in `cli/host/tests`.

use super::*;

const MENDED: connector_tests::Mended = &[
    (
        "1. Basic sends an empty user and password, `api_key` sends whatever comes first, vendors' headers are missed",
        &[
            (PAW_AUTH, "basic_works_whatever_the_two_are_called"),
            (PAW_AUTH, "keys_and_tokens_are_found_and_settings_never_sent_as_one"),
            (PAW_AUTH, "services_that_want_a_header_get_it"),
            (HERE, "whatever_authenticates_is_sent"),
        ],
    ),
    (
        "2. no validation, defaults, encoding: injection into path and host, braces sent as they are",
        &[
            (PAW_RUNNING, "each_argument_goes_where_the_file_has_it"),
            (PAW_RUNNING, "arguments_are_checked_before_anything_is_sent"),
            (PAW_RUNNING, "a_path_can_not_leave_the_base"),
            (PAW_SETTINGS, "what_goes_into_a_host_is_a_bare_host"),
            (PAW_SETTINGS, "what_need_not_be_set_is_missed_only_where_it_is_used"),
            (PAW_READING, "bad_values_are_refused_where_they_stand"),
        ],
    ),
    (
        "3. trust is not enforced, `restricted` is the same as `confirm`, `sandbox` is not built",
        &[
            (HOST_CALLS, "trust_is_enforced_by_every_way_to_call"),
            (PAW_READING, "trust_is_enforced_on_a_call"),
            (PAW_READING, "a_permission_is_never_looser_than_the_file"),
            (PAW_READING, "what_only_pocketpaw_can_do_is_in_the_manifest_and_refused"),
        ],
    ),
    (
        "4. `sync` does nothing and reports success: here it is told that it has no effect",
        &[(PAW_READING, "what_has_no_effect_is_noted")],
    ),
    (
        "5. no retry, rate limit, pages, headers of an action, mapping of the answer; what files have no word for, \
         actions in Rust do",
        &[
            (WEAKNESSES, "a_read_is_repeated_and_a_write_is_not"),
            (REQUESTS, "every_argument_goes_to_its_place"),
            (HTTP, "what_is_beyond_the_rate_waits_or_is_refused"),
        ],
    ),
    (
        "5. OAuth: no tokens are renewed. An `oauth` of a file is refused and not pretended; connectors in Rust have it",
        &[
            (PAW_AUTH, "oauth_loads_and_does_not_open"),
            (WEAKNESSES, "a_file_that_logs_in_by_oauth_sends_nothing"),
            (OAUTH_RENEWAL, "many_callers_renew_once"),
            (OAUTH_RENEWAL, "a_refused_request_is_sent_once_more_with_a_new_token"),
            (OAUTH_RENEWAL, "what_is_new_is_kept_before_it_is_used"),
            (OAUTH, "somebody_agrees_in_a_browser_and_later_runs_renew"),
            (OAUTH, "two_programs_renew_once"),
        ],
    ),
    (
        "6. credentials in plain text, private networks open, LOCAL actions that pretend",
        &[
            (HOST_CONNECTIONS, "what_is_connected_is_called_with"),
            (WEAKNESSES, "a_setting_leads_to_no_private_network"),
            (PAW_RUNNING, "an_answer_leads_on_to_allowed_hosts_only"),
            (PAW_READING, "what_only_pocketpaw_can_do_is_in_the_manifest_and_refused"),
        ],
    ),
    (
        "7. files with mistakes are skipped in silence, `connected` says nothing",
        &[
            (HOST_LISTING, "a_file_that_does_not_load_is_named_with_its_line_and_the_others_go_on"),
            (HOST_LISTING, "two_of_one_id_are_both_named_and_neither_is_called"),
            (HOST_CONNECTIONS, "status_asks_each_connection_and_shows_no_secret"),
        ],
    ),
    (
        "7. OAuth that went stale is never agreed to again (issue #1101)",
        &[
            (OAUTH_RENEWAL, "a_refused_refresh_token_is_not_sent_again"),
            (OAUTH, "connecting_again_keeps_what_works_and_renews_what_ended"),
            (OAUTH, "what_was_taken_back_is_not_healthy"),
        ],
    ),
    (
        "8. the commands of the documents are missing, one way alone is in the audit trail, `params` is changed",
        &[
            (HOST_LISTING, "linked_ones_and_files_are_listed_alike"),
            (HOST_AUDIT, "every_call_leaves_a_line_the_refused_ones_too"),
            (HOST_AUDIT, "nothing_is_called_that_can_not_be_recorded"),
            (WEAKNESSES, "an_input_is_as_good_the_second_time"),
        ],
    ),
    (
        "9. a parameter of the body is taken by the URL, a credential of its name before it",
        &[
            (PAW_RUNNING, "a_body_parameter_that_fills_the_url_is_not_in_the_body"),
            (WEAKNESSES, "a_name_is_a_credential_or_a_parameter"),
        ],
    ),
];

const PAW_AUTH: &str = "connector-sdk/src/platform/pocketpaw/tests/authentication.rs";
const PAW_READING: &str = "connector-sdk/src/platform/pocketpaw/tests/reading.rs";
const PAW_RUNNING: &str = "connector-sdk/src/platform/pocketpaw/tests/running.rs";
const PAW_SETTINGS: &str = "connector-sdk/src/platform/pocketpaw/tests/settings.rs";
const HOST_AUDIT: &str = "connector-sdk/src/cli/host/tests/audit.rs";
const HOST_CALLS: &str = "connector-sdk/src/cli/host/tests/calls.rs";
const HOST_CONNECTIONS: &str = "connector-sdk/src/cli/host/tests/connections.rs";
const HOST_LISTING: &str = "connector-sdk/src/cli/host/tests/listing.rs";
const HTTP: &str = "connector-sdk/src/http/rate.rs";
const OAUTH: &str = "tests/tests/oauth.rs";
const OAUTH_RENEWAL: &str = "connector-sdk/src/oauth/tests/renewal.rs";
const REQUESTS: &str = "tests/tests/requests.rs";
const HERE: &str = "tests/tests/pocketpaw/main.rs";
const WEAKNESSES: &str = "tests/tests/pocketpaw/weaknesses.rs";

#[test]
fn every_test_of_the_table_is_there() {
    connector_tests::each_test_is_there(MENDED);
}

fn shop(base: &str) -> Connection {
    let yaml = format!(
        "actions:\n  - {{ name: list, description: List, url: '{base}/a/{{id}}', params: {{ id: {{ type: string }} }}, trust_level: auto }}\n  \
         - {{ name: add, description: Add, method: POST, url: '{base}/a', body: {{ b: {{ type: string }} }}, trust_level: confirm }}\n"
    );
    let loaded = pocketpaw::parse(&yaml, "shop").unwrap_or_else(|error| panic!("{error}"));
    Connection::open("default", &*loaded.factory, &Settings::new()).expect("a connection")
}

#[tokio::test]
async fn a_read_is_repeated_and_a_write_is_not() {
    for (action, input, requests) in [("list", json!({"id": "1"}), 2), ("add", json!({"b": "x"}), 1)] {
        let server = MockServer::start().await;
        let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
        Mock::given(any()).respond_with(busy).up_to_n_times(1).mount(&server).await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(200).set_body_json(json!([])))
            .mount(&server)
            .await;
        let result = shop(&server.uri()).act(action, &input, &caller()).await;
        assert_eq!(result.is_ok(), requests == 2, "{action}");
        assert_eq!(server.received_requests().await.expect("recorded").len(), requests, "{action}");
    }
}

#[tokio::test]
async fn a_setting_leads_to_no_private_network() {
    let yaml = "auth: { credentials: [{ name: SHOP, required: true }] }\n\
                actions: [{ name: list, description: List, url: 'https://{SHOP}/a', trust_level: auto }]\n";
    let loaded = pocketpaw::parse(yaml, "shop").expect("a file");
    // (Whoever sets a connection up may have the service on this machine.)
    for host in ["10.0.0.7", "192.168.1.1", "169.254.169.254", "0x0a.7", "evil.test/#", "me@evil.test"] {
        let settings = Settings::new().text("SHOP", host);
        let result = match Connection::open("default", &*loaded.factory, &settings) {
            Ok(connection) => connection.act("list", &json!({}), &caller()).await.map(drop),
            Err(error) => Err(error),
        };
        let error = result.expect_err(host);
        assert!(matches!(error.kind(), ErrorKind::Setup | ErrorKind::Denied), "{host}: {error:?}");
    }
}

#[tokio::test]
async fn a_file_that_logs_in_by_oauth_sends_nothing() {
    let server = server().await;
    for word in ["oauth", "oauth2"] {
        let yaml = format!(
            "auth: {{ method: {word}, auth_url: '{0}/authorize', token_url: '{0}/token', credentials: [{{ name: ACCESS_TOKEN }}] }}\n\
             actions: [{{ name: list, description: List, url: '{0}/a', trust_level: auto }}]\n",
            server.uri()
        );
        let loaded = pocketpaw::parse(&yaml, "shop").unwrap_or_else(|error| panic!("{error}"));
        let settings = Settings::new().secret("ACCESS_TOKEN", TOKEN);
        let error = Connection::open("default", &*loaded.factory, &settings).expect_err("no login");
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.message().contains("use one with `bearer`"), "{error}");
    }
    assert!(server.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn an_input_is_as_good_the_second_time() {
    let server = server().await;
    let connection = shop(&server.uri());
    let input = json!({ "id": "a/b?x=1" });
    for _ in 0..2 {
        connection.act("list", &input, &caller()).await.expect("an answer");
    }
    let paths: Vec<_> = server
        .received_requests()
        .await
        .expect("recorded")
        .iter()
        .map(|request| request.url.path().to_owned())
        .collect();
    assert_eq!(paths, ["/a/a%2Fb%3Fx%3D1"; 2]);
}

#[test]
fn a_name_is_a_credential_or_a_parameter() {
    let yaml = "auth: { credentials: [{ name: id }] }\n\
                actions: [{ name: list, description: List, url: 'https://shop.test/{id}', params: { id: { type: string } } }]\n";
    let error = pocketpaw::parse(yaml, "shop").expect_err("which of them is meant");
    assert!(error.message().contains("is a credential and a parameter"), "{error}");
}
