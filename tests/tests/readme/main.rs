//! What README and the guide show to a newcomer: pasted into an empty crate and run.

#![expect(clippy::expect_used, reason = "a test that can't go on says so by panicking")]

mod guide;
mod pasted;
#[path = "../../../connector-sdk/src/traces.rs"]
mod traces;

use serde_json::Value;

use pasted::Pasted;

#[test]
fn the_connector_of_the_readme_runs_in_an_empty_crate() {
    let greeter = Pasted::new("README.md", "<!-- connector -->", "greeter", "", "");
    assert!(greeter.lines <= 30, "it is still short");

    let greeting = greeter.run(&["greet", "Ada", "--times", "2"]);
    let text = String::from_utf8_lossy(&greeting.stdout);
    assert!(greeting.status.success(), "{}", String::from_utf8_lossy(&greeting.stderr));
    assert_eq!(text.matches("Hello, Ada!").count(), 2, "{text}");

    let refused = greeter.run(&["--json", "greet", "--name", "Ada", "--times", "20"]);
    let envelope: Value = serde_json::from_slice(&refused.stdout).expect("an envelope");
    assert_eq!(
        (refused.status.code(), &envelope["error"]["code"]),
        (Some(2), &"INVALID_USAGE".into()),
        "{envelope}"
    );

    let capabilities = greeter.run(&["--json", "capabilities"]);
    let envelope: Value = serde_json::from_slice(&capabilities.stdout).expect("an envelope");
    assert_eq!(envelope["data"]["version"], "1.2.3", "the version is the author's own");
    let help = greeter.run(&["--help"]);
    assert!(
        String::from_utf8_lossy(&help.stdout).contains("Greet somebody."),
        "and `--help` tells what there is"
    );
}
