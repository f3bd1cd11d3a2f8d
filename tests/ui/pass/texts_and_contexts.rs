//! `&str` arguments and `&Context` in every order, also held across an await.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "orders")]
pub struct Orders;

#[connector]
impl Orders {
    /// First.
    #[action(read)]
    async fn first(
        &self,
        context: &Context,
        /// A.
        a: &str,
        /// B.
        b: String,
    ) -> Result<String> {
        self.wait(context).await?;
        Ok(format!("{a}{b}"))
    }

    /// Middle.
    #[action(read)]
    async fn middle(
        &self,
        /// A.
        a: &str,
        context: &connector_sdk::Context,
        /// B.
        mut b: String,
    ) -> Result<String> {
        self.wait(context).await?;
        b.push_str(a);
        Ok(b)
    }

    /// Last.
    #[action(read)]
    async fn last(
        &self,
        /// A.
        #[arg(default = "x", length = 1..)]
        a: &str,
        /// B.
        b: &str,
        context: &Context,
    ) -> Result<String> {
        self.wait(context).await?;
        Ok(format!("{a}{b}"))
    }

    /// Alone.
    #[action(read)]
    async fn alone(&self, context: &Context) -> Result<()> {
        self.wait(context).await
    }

    /// With an input struct.
    #[action(read)]
    async fn with_input(&self, context: &Context, #[input] input: Input) -> Result<String> {
        self.wait(context).await?;
        Ok(input.a)
    }

    /// Choices.
    #[options]
    async fn before(&self, context: &Context, query: &str) -> Result<Vec<Choice>> {
        self.wait(context).await?;
        Ok(vec![Choice::new(query, query)])
    }

    /// Choices.
    #[options]
    async fn after(&self, query: &str, context: &Context) -> Result<Vec<Choice>> {
        self.wait(context).await?;
        Ok(vec![Choice::new(query, query)])
    }

    /// Health.
    #[health]
    async fn health(&self, context: &Context) -> Result<()> {
        self.wait(context).await
    }

    async fn wait(&self, context: &Context) -> Result<()> {
        context.check()
    }
}

/// Input.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Input {
    /// A.
    a: String,
}

fn main() {
    let factory = connector_sdk::factory::<Orders>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let parameters: Vec<usize> = manifest.actions.iter().map(|action| action.parameters.len()).collect();
    assert_eq!(parameters, [2, 2, 2, 0, 1]);
}
