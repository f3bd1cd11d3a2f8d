//! A type of the author's own may have the name of one of ours.
#![deny(warnings)]

use connector_sdk::prelude::*;

mod mine {
    #[derive(Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    pub(crate) struct Secret(pub(crate) String);
}

/// A demo.
#[connector(id = "demo")]
struct Demo {
    /// A secret of the author's own kind, which anybody may see.
    word: mine::Secret,
    /// Another.
    other: Option<mine::Secret>,
}

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// One more.
        more: mine::Secret,
    ) -> Result<mine::Secret> {
        let other = self.other.as_ref().map_or("", |other| other.0.as_str());
        Ok(mine::Secret(format!("{}{other}{}", self.word.0, more.0)))
    }
}

fn main() {}
