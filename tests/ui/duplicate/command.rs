use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// List.
    #[action(read, resource = "issues")]
    async fn list_issues(&self) -> Result<()> {
        Ok(())
    }

    /// List one.
    #[action(read, resource = "issues")]
    async fn list_issue(&self) -> Result<()> {
        Ok(())
    }
}

fn main() {}
