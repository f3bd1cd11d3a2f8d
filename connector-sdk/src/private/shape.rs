//! Which types are no structs with named fields, told at compile time by the types and not by their names.
//! Of an author's own types only the schema tells (see `manifest/findings.rs`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value};

/// A type that has no names for the arguments of an action.
pub trait NotAnObject {}

macro_rules! not_an_object {
    ($($ty:ty)*) => {
        $(impl NotAnObject for $ty {})*
    };
    ($($($letter:ident)+,)*) => {
        $(impl<$($letter),+> NotAnObject for ($($letter,)+) {})*
    };
}

not_an_object! {
    () bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64
    str String Cow<'_, str> PathBuf Value Map<String, Value>
}

not_an_object! {
    A, A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H,
}

macro_rules! generic {
    ($($name:ident<$($letter:ident),+>)*) => {
        $(impl<$($letter),+> NotAnObject for $name<$($letter),+> {})*
    };
}

// An `Option` may be nothing, and names of a map are not known before a call.
generic! {
    Vec<T> VecDeque<T> LinkedList<T> BinaryHeap<T> BTreeSet<T> Option<T> BTreeMap<K, T> PhantomData<T>
}

impl<T, S> NotAnObject for HashSet<T, S> {}
impl<K, T, S> NotAnObject for HashMap<K, T, S> {}
impl<T> NotAnObject for [T] {}
impl<T, const N: usize> NotAnObject for [T; N] {}
impl<T: NotAnObject + ?Sized> NotAnObject for Box<T> {}
impl<T: NotAnObject + ?Sized> NotAnObject for Arc<T> {}
impl<T: NotAnObject + ?Sized> NotAnObject for Rc<T> {}

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
