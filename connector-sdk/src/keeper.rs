//! Where a connection puts what it obtains for itself.

use std::fmt;
use std::sync::Arc;

use crate::{Result, Secret};

/// Keeps secrets that an open connection obtains, such as an access token that was renewed.
///
/// Whoever opens a connection attaches one with [`Settings::kept_by`](crate::Settings::kept_by). Without one,
/// what is obtained is lost when the connection is closed. All methods block, for as long as a file is read or
/// written.
pub trait Keeper: Send + Sync {
    /// Keeps a secret of the connection, in the place of what was kept under that name.
    ///
    /// # Errors
    ///
    /// When it can't be kept. The connection goes on with what it has in memory.
    fn keep(&self, name: &str, secret: &Secret) -> Result<()>;

    /// What is kept under that name. Another process may have put it there since the connection was opened.
    ///
    /// # Errors
    ///
    /// When nobody can tell.
    fn kept(&self, name: &str) -> Result<Option<Secret>>;

    /// Waits until nobody else renews what this connection has, whichever process they are in. The turn ends when
    /// what is returned is dropped.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](crate::ErrorKind::Unavailable) when somebody else doesn't come to an end. After any error nothing is
    /// renewed; where nothing can be kept, a turn is nothing, and no error.
    fn turn(&self) -> Result<Box<dyn Send>> {
        Ok(Box::new(()))
    }
}

/// A keeper that may be there, in what derives `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Keeping(pub(crate) Option<Arc<dyn Keeper>>);

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "kept" } else { "not kept" })
    }
}
