//! The files that PocketPaw ships.

use std::path::PathBuf;

use crate::manifest::{Auth, Effect};
use crate::platform::pocketpaw::{Loaded, load};

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("CONNECTOR_SHARED").map(|root| PathBuf::from(root).join("data/pocketpaw"));
    if shared.is_none() {
        crate::left_out::left_out("CONNECTOR_SHARED doesn't say where PocketPaw's files lie");
    }
    shared
}

#[test]
fn all_files_of_pocketpaw_load() {
    let Some(folder) = folder() else { return };
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let loaded = load(&path).unwrap_or_else(|error| panic!("{error}"));
        let manifest = loaded.factory.manifest();
        assert!(!manifest.actions.is_empty(), "{path:?}");
        assert!(
            !loaded.notes.iter().any(|note| note.message.contains("unknown")),
            "{path:?}: {:?}",
            loaded.notes
        );
        ids.push(manifest.id.clone());
    }
    ids.sort();
    assert_eq!(
        ids,
        [
            "csv",
            "github",
            "hubspot",
            "jira",
            "notion",
            "rest-generic",
            "shopify",
            "slack-data",
            "stripe",
            "zendesk"
        ]
    );
}

#[test]
fn what_could_not_work_works_and_is_noted() {
    let Some(folder) = folder() else { return };
    let file = |name: &str| load(folder.join(name)).unwrap_or_else(|error| panic!("{error}"));
    let says = |loaded: &Loaded, words: &str| loaded.notes.iter().any(|note| note.message.contains(words));
    let jira = file("jira.yaml");
    assert_eq!(
        jira.factory.manifest().auth,
        Auth::Basic { user: "JIRA_EMAIL".to_owned(), password: "JIRA_API_TOKEN".to_owned() }
    );
    assert!(says(&jira, "`JIRA_EMAIL` is sent as the user"), "{jira:?}");
    assert!(jira.factory.manifest().setting("JIRA_BASE_URL").is_some());
    assert!(says(&file("zendesk.yaml"), "`/token` is put behind `ZENDESK_EMAIL`"));
    assert!(says(&file("shopify.yaml"), "`SHOPIFY_ACCESS_TOKEN` in the header `X-Shopify-Access-Token`"));
    assert!(says(&file("csv.yaml"), "is refused when it is called: it is `LOCAL`"));
    assert!(says(&file("rest_generic.yaml"), "in the header that `CUSTOM_HEADER_NAME` names"));
    let stripe = file("stripe.yaml");
    let refund = stripe.factory.manifest().action("create_refund").expect("an action");
    assert_eq!(refund.permission.effect, Effect::Destructive);
}
