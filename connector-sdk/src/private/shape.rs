//! Which types are no objects in JSON, told at compile time by the types and not by their names.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::marker::PhantomData;
use std::path::PathBuf;

/// A type whose JSON is never an object.
pub trait NotAnObject {}

macro_rules! not_an_object {
    ($($ty:ty)*) => {
        $(impl NotAnObject for $ty {})*
    };
}

not_an_object! {
    () bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
    String Box<str> Cow<'_, str> PathBuf
}

impl<T> NotAnObject for Vec<T> {}
impl<T> NotAnObject for HashSet<T> {}
impl<T> NotAnObject for BTreeSet<T> {}
impl<T> NotAnObject for Option<T> {}
impl<A, B> NotAnObject for (A, B) {}
impl<A, B, C> NotAnObject for (A, B, C) {}
impl<T, const N: usize> NotAnObject for [T; N] {}

/// Asks whether a type may be an object: [`Shape::OBJECT`] is the inherent constant for types that are
/// known not to be, which hides the trait's.
pub struct Shape<T>(PhantomData<T>);

impl<T: NotAnObject> Shape<T> {
    /// It is none.
    pub const OBJECT: bool = false;
}

/// The answer for all other types.
pub trait AnyShape {
    /// It may be one.
    const OBJECT: bool = true;
}

impl<T> AnyShape for Shape<T> {}
