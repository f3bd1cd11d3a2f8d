//! A host that links one connector, for `tests/supervisor` to run. What it links counts, and prints where it
//! shouldn't. Once the file that `COUNTER_GRENADE` names is there, it panics while it panics.

use std::process::ExitCode;

use connector_sdk::host::{self, Host};
use connector_sdk::prelude::*;
use connector_sdk::{connectors, schemars, serde};

/// Counts.
#[connector(id = "counter")]
struct Counter {
    /// The last number. Before 0 it panics with its token.
    #[config(default = 10)]
    last: u64,
    /// Told with every number, which nobody may see.
    #[secret(env = "COUNTER_TOKEN", unused_by_auth)]
    token: Secret,
}

/// Panics when it is dropped.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("and once more");
    }
}

/// A number.
#[derive(serde::Serialize, schemars::JsonSchema)]
#[serde(crate = "connector_sdk::serde")]
#[schemars(crate = "connector_sdk::schemars")]
struct Number {
    n: u64,
    token: String,
}

#[connector]
impl Counter {
    /// Numbers.
    #[events]
    async fn numbers(&self, since: Option<u64>, out: &mut Events<Number>) -> Result<()> {
        println!("the connector prints, which is no event");
        if self.last == 0 {
            panic!("with {}", self.token.expose());
        }
        if let Some(file) = std::env::var_os("COUNTER_GRENADE") {
            while !std::path::Path::new(&file).exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let _grenade = Grenade;
            panic!("once");
        }
        for n in since.unwrap_or(0) + 1..=self.last {
            let payload = Number { n, token: self.token.expose().to_owned() };
            out.emit(Event { id: format!("n{n}"), cursor: n, payload }).await?;
        }
        std::future::pending().await
    }
}

fn main() -> ExitCode {
    host::main(Host::builder().connectors(connectors![Counter]))
}
