//! The author's types are called as those of the standard library are; nothing generated means them.
#![deny(warnings)]
#![allow(non_camel_case_types, dead_code)]

use connector_sdk::{Choice, Context, Secret, connector};

pub struct Result;
pub struct Option;
pub struct String;
pub struct Vec;
pub struct Box;
pub struct Ok;
pub struct Err;
pub struct Some;
pub struct None;
pub struct Error;
pub struct Send;
pub struct Sync;
pub struct Self_;
pub trait Default {}
pub trait From {}
pub trait Into {}
pub trait Future {}
pub trait Clone {}
pub trait Fn {}
pub trait FnOnce {}
pub struct bool;
pub struct u32;
pub mod core {}
pub mod std {}
pub mod serde {}
pub mod schemars {}
#[allow(unused_macros)]
macro_rules! panic {
    () => {};
}
#[allow(unused_macros)]
macro_rules! assert {
    () => {};
}
#[allow(unused_macros)]
macro_rules! env {
    () => {};
}

type Text = ::std::string::String;

/// A demo.
#[connector(id = "shadowed", auth = bearer(token))]
pub struct Shadowed {
    /// Root.
    #[config(default = "a", length = 1..=5, pattern = "a", options = roots)]
    root: Text,
    /// Depth.
    #[config(default = 1, range = 1..=5)]
    depth: ::core::primitive::u32,
    /// Token.
    #[secret]
    token: ::core::option::Option<Secret>,
    #[state]
    state: ::std::vec::Vec<Text>,
}

#[connector]
impl Shadowed {
    /// Ping.
    #[action(read)]
    async fn ping(
        &self,
        /// Text.
        #[arg(default = "a", length = 1..=5, pattern = "a")]
        text: Text,
        /// Limit.
        #[arg(default = 1, range = 1..=5)]
        limit: ::core::primitive::u32,
        context: &Context,
    ) -> connector_sdk::Result<Text> {
        context.check()?;
        let _ = (&self.root, self.depth, &self.token, &self.state);
        ::core::result::Result::Ok(::std::format!("{text}{limit}"))
    }

    /// Roots.
    #[options]
    async fn roots(&self, _query: &str) -> connector_sdk::Result<::std::vec::Vec<Choice>> {
        ::core::result::Result::Ok(::std::vec::Vec::new())
    }

    /// Health.
    #[health]
    async fn health(&self) -> connector_sdk::Result<()> {
        ::core::result::Result::Ok(())
    }
}

fn main() {
    let factory = connector_sdk::factory::<Shadowed>();
    ::std::assert_eq!(connector_sdk::Factory::manifest(&factory).actions.len(), 1);
}
