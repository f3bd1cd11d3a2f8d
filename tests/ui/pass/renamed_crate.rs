//! The crate has another name here, and is behind a re-export of another crate as well.
#![deny(warnings)]

mod facade {
    pub mod inner {
        pub use connector_sdk as sdk;
    }
}

// Nothing called `connector_sdk` is in scope below; the extern prelude's is hidden by this.
#[allow(unused_imports)]
use self::facade as connector_sdk;

use facade::inner::sdk::{Result, connector};

/// A demo.
#[connector(id = "renamed", crate = crate::facade::inner::sdk)]
pub struct Renamed {
    /// Root.
    #[config(default = "a", length = 1..)]
    root: String,
}

#[connector(crate = crate::facade::inner::sdk)]
impl Renamed {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        #[arg(default = "a", pattern = "a")]
        text: String,
    ) -> Result<String> {
        Ok(format!("{text}{}", self.root))
    }
}

fn main() {
    use facade::inner::sdk::{Factory, factory};
    assert_eq!(factory::<Renamed>().manifest().actions.len(), 1);
}
