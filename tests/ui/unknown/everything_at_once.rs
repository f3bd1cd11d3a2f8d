use connector_sdk::prelude::*;

#[connector(titel = "Demo", categry = "x", auth = beerer(token), docs = "nowhere")]
struct Demo {
    #[config(env = "the root", length = 5..=1, depends_on = rot)]
    root: String,
    #[config(advanced = 1)]
    #[state]
    seen: u32,
    #[secret(env)]
    token: Secret,
}

#[connector(id = "demo")]
impl Demo {
    #[action(rite, resource = 7, trust = sure)]
    fn ping(&mut self, _text: &String, (_a, _b): (u32, u32)) {}

    #[health]
    #[options]
    async fn pong() {}

    #[action(read, trust = auto, mode = "full", command = "Pung")]
    async fn pung(&self, #[arg(options = nowhere, range = 5..=1, rang = 2)] _limit: &u32) -> Result<()> {
        Ok(())
    }

    /// Pang.
    #[action(destructive, trust = auto, timeout = 30)]
    async fn pang(&self, _one: &Context, _two: &Context) -> Result<()>;
}

fn main() {}
