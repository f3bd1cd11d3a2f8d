//! Collects mistakes, so that all of them are reported in one build.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A sink for errors. Dropped without having been asked for what it holds, it panics: a mistake that
/// nobody reports would be a broken connector that compiles.
pub(crate) struct Errors(RefCell<Option<Vec<syn::Error>>>);

impl Errors {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Some(Vec::new())))
    }

    /// Reports a mistake at all of some tokens.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(errors) = &mut *self.0.borrow_mut() {
            errors.push(error);
        }
    }

    /// All mistakes as `compile_error!` items, or none.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        let errors = self.0.take().unwrap_or_default();
        let tokens: TokenStream = errors.iter().map(syn::Error::to_compile_error).collect();
        (!errors.is_empty()).then_some(tokens)
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.0.borrow().is_some() {
            panic!("errors were not reported");
        }
    }
}
