//! Ours, with every check on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use connector_sdk::call::{Audit, AuditRecord, Caller, Connection};
use connector_sdk::manifest::Mode;
use connector_sdk::{Context, ErrorKind, Factory, Output, Settings};

const SECRET: &str = "xoxb-2f9c41d07a6e4b83";

/// The last of the connector's actions.
pub(crate) struct Ours {
    connection: Connection,
    action: String,
    caller: Caller,
    records: Arc<Records>,
}

/// Looks at every record, and keeps no more than it must to prove that.
#[derive(Default)]
struct Records {
    count: AtomicU64,
    digests: AtomicU64,
}

impl Audit for Records {
    fn record(&self, record: &AuditRecord<'_>) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.digests.fetch_add(record.input.as_bytes()[0].into(), Ordering::Relaxed);
    }
}

impl Ours {
    pub(crate) fn open(factory: &dyn Factory) -> Self {
        let records = Arc::new(Records::default());
        let settings = Settings::new().secret("token", SECRET);
        let connection = Connection::open("bench", factory, &settings).expect("a connection");
        let action = connection.manifest().actions.last().expect("an action").name.clone();
        Self {
            connection: connection.with_audit(Arc::clone(&records) as Arc<dyn Audit>),
            action,
            caller: Caller::new("bench", Mode::Readonly),
            records,
        }
    }

    pub(crate) async fn call(&self, input: &[u8]) -> Output {
        let context = Context::new().with_timeout(Duration::from_secs(30));
        self.connection.call(&self.action, input, &self.caller, context).await.expect("a greeting")
    }

    /// Proves that what is measured is the whole way.
    pub(crate) async fn checks_are_on(&self) {
        let before = self.records.count.load(Ordering::Relaxed);
        let leak = format!(r#"{{"name":"{SECRET}","count":1,"ratio":0}}"#);
        let output = self.call(leak.as_bytes()).await;
        let output = String::from_utf8_lossy(output.as_bytes()).into_owned();
        assert!(output.contains("Hello, [redacted]!") && !output.contains(SECRET), "{output}");
        assert_eq!(self.records.count.load(Ordering::Relaxed), before + 1);
        for wrong in [
            r#"{"name":"","count":1,"ratio":0}"#,
            r#"{"name":"a","count":101,"ratio":0}"#,
            r#"{"name":"a","count":1,"ratio":2}"#,
        ] {
            let context = Context::new();
            let refused = self.connection.call(&self.action, wrong.as_bytes(), &self.caller, context).await;
            assert_eq!(refused.expect_err("out of bounds").kind(), ErrorKind::Usage);
        }
    }
}
