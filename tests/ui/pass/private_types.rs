//! The connector and all its types are private, in a module and in a fn.
#![deny(warnings)]

mod inside {
    use connector_sdk::prelude::*;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Hidden {
        text: String,
    }

    /// A demo.
    #[connector(id = "private")]
    struct Private {
        /// Hidden.
        #[config(default = Hidden { text: String::from("a") })]
        hidden: Hidden,
    }

    #[connector]
    impl Private {
        /// Ping.
        #[action(read)]
        async fn ping(
            &self,
            /// Hidden.
            hidden: Hidden,
        ) -> Result<Hidden> {
            Ok(Hidden { text: hidden.text + &self.hidden.text })
        }
    }

    pub fn actions() -> usize {
        connector_sdk::Factory::manifest(&connector_sdk::factory::<Private>()).actions.len()
    }
}

fn main() {
    use connector_sdk::prelude::*;

    #[derive(serde::Serialize, schemars::JsonSchema)]
    struct Local(u32);

    /// A demo.
    #[connector(id = "local")]
    struct InAFn;

    #[connector]
    impl InAFn {
        /// Ping.
        #[action(read)]
        async fn ping(&self) -> Result<Local> {
            Ok(Local(1))
        }
    }

    assert_eq!(inside::actions(), 1);
    assert_eq!(connector_sdk::Factory::manifest(&connector_sdk::factory::<InAFn>()).actions.len(), 1);
}
