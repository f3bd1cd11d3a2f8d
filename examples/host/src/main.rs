//! Many connectors in one program: those linked here, and the YAML files of `connectors/`.

use std::process::ExitCode;

use connector_sdk::connectors;
use connector_sdk::host::{self, Host};

fn main() -> ExitCode {
    host::main(Host::builder().connectors(connectors![github::GitHub, notes::Notes]).folder("connectors"))
}
