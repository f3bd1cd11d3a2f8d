//! Errors of the author's own, with `?`, in every kind of method.
#![deny(warnings)]

use std::fmt;

use connector_sdk::prelude::*;

#[derive(Debug)]
enum ShopError {
    Closed,
    Gone(u32),
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the shop is closed"),
            Self::Gone(id) => write!(f, "there is no order {id}"),
        }
    }
}

impl From<ShopError> for Error {
    fn from(error: ShopError) -> Self {
        match error {
            ShopError::Closed => Self::unavailable(error.to_string()),
            ShopError::Gone(_) => Self::not_found(error.to_string()),
        }
    }
}

type Shopped<T> = std::result::Result<T, ShopError>;

/// A shop.
#[connector(id = "shop")]
pub struct Shop;

#[connector]
impl Shop {
    /// Find an order.
    #[action(read)]
    async fn find_order(
        &self,
        /// Which.
        id: u32,
    ) -> Shopped<String> {
        Err(ShopError::Gone(id))
    }

    /// Count the lines of a file.
    #[action(read)]
    async fn count_lines(
        &self,
        /// Where it is.
        path: &str,
    ) -> Result<usize> {
        Ok(std::fs::read_to_string(path)?.lines().count())
    }

    /// Is it open?
    #[health]
    async fn health(&self) -> Shopped<()> {
        Err(ShopError::Closed)
    }

    /// Shelves.
    #[options]
    async fn shelves(&self, _query: &str) -> Shopped<Vec<Choice>> {
        Ok(Vec::new())
    }
}

fn main() {
    let error = Error::from(ShopError::Gone(7));
    assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, "there is no order 7"));
}
