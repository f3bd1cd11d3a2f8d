//! What fields may be, besides what is read into them: shared by calls, and begun by themselves.

use std::marker::PhantomData;

use super::SecretField;

/// What calls that run at the same time can share. Asked of each field's type, so that the one at fault is
/// named, and not of the connector.
#[diagnostic::on_unimplemented(
    message = "calls that run at the same time can't share a `{Self}`",
    label = "this is not both `Send` and `Sync`",
    note = "use a `Mutex`, an `RwLock` or an atomic in place of a `Cell` or `RefCell`, and `Arc` in place of `Rc`"
)]
pub trait Shared: Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync> Shared for T {}

/// What a `#[state]` field can be.
#[diagnostic::on_unimplemented(
    message = "a `#[state]` field can't be `{Self}`",
    label = "this has no default to begin with",
    note = "derive or implement `Default` for it"
)]
pub trait State: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> State for T {}

/// What nothing is.
#[diagnostic::on_unimplemented(
    message = "a `#[state]` field can't be `{Self}`",
    label = "this is a credential, which nobody would ever set here",
    note = "put `#[secret]` on the field in place of `#[state]`"
)]
pub trait Unset: Sized {
    /// Its value at the beginning.
    fn unset() -> Self;
}

/// Begins a `#[state]` field: [`Beginning::state`] is the inherent fn for credentials, which hides the
/// trait's, and which none of them can call.
pub struct Beginning<T>(PhantomData<T>);

impl<T: SecretField> Beginning<T> {
    /// Never.
    pub fn state() -> T
    where
        T: Unset,
    {
        T::unset()
    }
}

/// The beginning of all other types.
pub trait AnyBeginning<T> {
    /// A `#[state]` field at the beginning.
    fn state() -> T
    where
        T: State + Shared,
    {
        T::default()
    }
}

impl<T> AnyBeginning<T> for Beginning<T> {}
