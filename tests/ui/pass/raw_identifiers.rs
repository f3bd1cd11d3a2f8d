//! `r#type` is `type` to everyone outside.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "raw", auth = bearer(r#unsafe))]
pub struct Raw {
    /// Type.
    #[config(default = "a", options = r#match)]
    r#type: String,
    /// Token.
    #[secret]
    r#unsafe: Secret,
    #[state]
    r#static: u32,
}

#[connector]
impl Raw {
    /// Move.
    #[action(write, resource = "moves")]
    async fn r#move(
        &self,
        /// Type.
        #[arg(default = "b", length = 1..=3, options = r#match)]
        r#type: &str,
        /// Where.
        r#where: Option<u32>,
    ) -> Result<String> {
        let _ = (&self.r#unsafe, self.r#static, r#where);
        Ok(format!("{}{type}", self.r#type))
    }

    /// Matches.
    #[options]
    async fn r#match(&self, _query: &str) -> Result<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Raw>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let action = &manifest.actions[0];
    assert_eq!((&*action.name, &*action.command), ("move", "moves.move"));
    let names: Vec<&str> = action.parameters.iter().map(|parameter| &*parameter.name).collect();
    assert_eq!(names, ["type", "where"]);
    assert_eq!(action.parameters[0].options.as_deref(), Some("match"));
    assert_eq!((&*manifest.settings[0].name, &*manifest.settings[0].env), ("type", "RAW_TYPE"));
    assert_eq!(manifest.settings[0].options.as_deref(), Some("match"));
    assert_eq!(manifest.options[0].name, "match");
    assert_eq!(manifest.credentials[0].name, "unsafe");
}
