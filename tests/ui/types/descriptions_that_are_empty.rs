use connector_sdk::prelude::*;

#[doc = concat!(" ", "")]
#[connector(id = "demo", auth = bearer(token))]
struct Demo {
    #[doc = concat!("")]
    root: String,
    #[doc = concat!("")]
    #[secret]
    token: Secret,
}

#[connector]
impl Demo {
    ///
    #[doc = concat!("", "\n")]
    #[action(read)]
    async fn ping(
        &self,
        #[doc = concat!("")]
        text: String,
    ) -> Result<String> {
        Ok(format!("{text}{}{:?}", self.root, self.token))
    }

    #[doc = concat!("")]
    #[options]
    async fn folders(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {}
