//! A connector that only one function knows, and one in a module.
#![deny(warnings)]

mod inner {
    use connector_sdk::prelude::*;

    /// In a module.
    #[connector(id = "in-a-module")]
    pub(crate) struct Demo {
        /// Visible to nobody.
        #[config(default = 1)]
        number: u8,
    }

    #[connector]
    impl Demo {
        /// The number.
        #[action(read)]
        async fn number(&self) -> Result<u8> {
            Ok(self.number)
        }
    }
}

fn id() -> String {
    use connector_sdk::prelude::*;

    /// In a function.
    #[connector(id = "in-a-function")]
    struct Demo;

    #[connector]
    impl Demo {
        /// Ping.
        #[action(read)]
        async fn ping(&self) -> Result<()> {
            Ok(())
        }
    }

    connector_sdk::Factory::manifest(&connector_sdk::factory::<Demo>()).id.clone()
}

fn main() {
    assert_eq!(id(), "in-a-function");
    let factory = connector_sdk::factory::<inner::Demo>();
    assert_eq!(connector_sdk::Factory::manifest(&factory).id, "in-a-module");
}
