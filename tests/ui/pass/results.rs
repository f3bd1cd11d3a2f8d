//! A result is told by its type: aliases, another error type, the standard one with a path.
#![deny(warnings)]

use connector_sdk::prelude::*;

type Answer<T> = Result<T>;
type Nothing = Result<()>;

pub enum Mistake {
    Mine,
}

impl From<Mistake> for Error {
    fn from(Mistake::Mine: Mistake) -> Self {
        Error::not_found("mine")
    }
}

/// A demo.
#[connector(id = "results")]
pub struct Results;

#[connector]
impl Results {
    /// One.
    #[action(read)]
    async fn one(&self) -> Answer<u32> {
        Ok(1)
    }

    /// Two.
    #[action(read)]
    async fn two(&self) -> Nothing {
        Ok(())
    }

    /// Three.
    #[action(read)]
    async fn three(&self) -> std::result::Result<Vec<u32>, Mistake> {
        Err(Mistake::Mine)
    }

    /// Choices.
    #[options]
    async fn choices(&self, _query: &str) -> Answer<Vec<Choice>> {
        Ok(Vec::new())
    }

    /// Health.
    #[health]
    async fn health(&self) -> Result<(), Mistake> {
        Ok(())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Results>();
    let actions = &connector_sdk::Factory::manifest(&factory).actions;
    assert_eq!(actions[0].output_schema["type"], "integer");
    assert_eq!(actions[1].output_schema["type"], "null");
    assert_eq!(actions[2].output_schema["type"], "array");
}
