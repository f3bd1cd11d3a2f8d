//! Signatures that look unusual and are none of the macro's business.
#![deny(warnings)]

use connector_sdk::prelude::*;

/// A demo.
#[connector(id = "signatures")]
pub struct Signatures;

#[connector]
impl Signatures {
    /// A lifetime with a name.
    #[action(read)]
    #[allow(clippy::needless_lifetimes)]
    async fn lifetime<'a>(&'a self) -> Result<()> {
        Ok(())
    }

    /// A where clause.
    #[action(read)]
    async fn clause(&self) -> Result<()>
    where
        Self: Sized,
    {
        Ok(())
    }

    /// Public.
    #[action(read)]
    #[inline]
    pub async fn public(&self) -> Result<()> {
        Ok(())
    }

    /// Public in the crate.
    #[must_use]
    #[action(read)]
    pub(crate) async fn somewhat_public(
        &self,
        /// Unused.
        #[allow(unused_variables)]
        unused: u32,
        /// Mutable.
        mut mutable: u32,
        /// Its name begins with a line.
        _unread: bool,
    ) -> Result<u32> {
        mutable += 1;
        Ok(mutable)
    }

    const A_CONSTANT: u32 = 1;

    /// A fn of the author's own, with a generic and a parameter that has a pattern.
    pub fn own<T: Into<u32>>(&self, (a, b): (T, T)) -> u32 {
        a.into() + b.into() + Self::A_CONSTANT
    }

    pub const fn constant(&self) -> u32 {
        Self::A_CONSTANT
    }
}

impl Signatures {
    pub fn another_block(&self) {}
}

fn main() {
    let signatures = Signatures;
    signatures.another_block();
    assert_eq!(signatures.own((1u32, 2)) + signatures.constant(), 5);
    let factory = connector_sdk::factory::<Signatures>();
    let manifest = connector_sdk::Factory::manifest(&factory);
    let names: Vec<&str> = manifest.actions[3].parameters.iter().map(|parameter| &*parameter.name).collect();
    assert_eq!(names, ["unused", "mutable", "_unread"]);
}
