use connector_sdk::prelude::*;

#[connector(titel = "Demo", categry = "x", auth = beerer(token))]
struct Demo {
    root: String,
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
}

fn main() {}
