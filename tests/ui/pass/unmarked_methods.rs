//! What isn't marked is the author's own, whatever it looks like.
#![deny(warnings)]

use connector_sdk::prelude::*;
use connector_sdk::{Factory, factory};

/// A demo.
#[connector(id = "unmarked")]
pub struct Unmarked {
    #[state]
    count: std::sync::atomic::AtomicU32,
}

#[connector]
impl Unmarked {
    /// How often.
    pub const TIMES: u32 = 2;

    /// Count.
    #[action(read)]
    pub async fn count(&self) -> Result<u32> {
        Ok(self.bump(Self::TIMES) + Self::double(1).await)
    }

    fn bump(&self, by: u32) -> u32 {
        self.count.fetch_add(by, std::sync::atomic::Ordering::SeqCst)
    }

    async fn double(number: u32) -> u32 {
        number * 2
    }

    /// Takes what no action could.
    pub fn map<T, U>(value: T, f: impl Fn(T) -> U) -> U {
        f(value)
    }

    pub(crate) const fn zero(&mut self) -> &mut Self {
        self
    }
}

impl Unmarked {
    /// Another block, without the attribute.
    pub fn other(&self) {}
}

fn main() {
    assert_eq!(factory::<Unmarked>().manifest().actions.len(), 1);
    assert_eq!(Unmarked::map(1, |number| number + 1), 2);
    let mut unmarked = Unmarked { count: 0.into() };
    unmarked.zero().other();
}
