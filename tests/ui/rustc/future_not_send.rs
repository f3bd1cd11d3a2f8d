use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "demo")]
struct Demo;

#[connector]
impl Demo {
    /// Ping.
    #[action(read)]
    async fn ping(&self) -> Result<()> {
        let count = std::rc::Rc::new(1);
        self.wait().await;
        drop(count);
        Ok(())
    }

    async fn wait(&self) {}
}

fn main() {}
