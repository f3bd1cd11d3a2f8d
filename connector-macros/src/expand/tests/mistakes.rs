//! Which mistakes are reported, and in which words. Where each error points is shown by `tests/ui`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::super::connector;

/// The messages of all `compile_error!`s.
fn mistakes(list: TokenStream, item: TokenStream) -> Vec<String> {
    fn collect(tokens: TokenStream, found: &mut Vec<String>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (place, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let after_error = place >= 2
                && matches!(&tokens[place - 2], TokenTree::Ident(ident) if ident == "compile_error");
            if after_error && group.delimiter() != Delimiter::None {
                let text: syn::LitStr = syn::parse2(group.stream()).expect("a message");
                found.push(text.value());
            } else {
                collect(group.stream(), found);
            }
        }
    }
    let mut found = Vec::new();
    collect(connector(list, item), &mut found);
    found
}

/// The first lines of the messages.
fn heads(list: TokenStream, item: TokenStream) -> Vec<String> {
    let first = |message: String| message.lines().next().unwrap_or_default().to_owned();
    mistakes(list, item).into_iter().map(first).collect()
}

#[test]
fn all_mistakes_of_one_list_are_reported() {
    let list = quote!(id = 7, titel = "x", "demo", category = , icon = "a" docs, auth(none), icon = "b");
    let expected = [
        "expected a key",
        "expected a value after `category =`",
        "expected a comma",
        "expected a string for `id`",
        "unknown key `titel` in `#[connector]`",
        "`auth` needs a value",
        "duplicate key `icon`",
    ];
    let found = heads(
        list,
        quote!(
            /** Demo. */
            struct Demo;
        ),
    );
    assert_eq!(found, expected);
}

#[test]
fn all_mistakes_of_all_methods_are_reported() {
    let item = quote! {
        impl Demo {
            #[action(reed, timeout = "soon")]
            fn one(&mut self, #[arg(rang = 1)] a: &u8, (b, c): (u8, u8)) {}
            #[options(x)]
            async fn two() -> Result<Vec<Choice>>;
        }
    };
    let expected = [
        "action `one` must be async",
        "action `one` must take `&self`",
        "unknown key `rang` in `#[arg]`",
        "parameter `a` of `one` can't be borrowed",
        "a parameter of `one` has no name",
        "unknown key `reed` in `#[action]`",
        "action `one` has no description",
        "action `one` returns nothing",
        "a timeout is a number with a unit",
        "options `two` must take `&self`",
        "options `two` has no body",
        "unknown key `x` in `#[options]`",
        "options `two` has no description",
        "options `two` must take what the user has typed",
        "argument `a` of action `one` has no description",
    ];
    assert_eq!(heads(TokenStream::new(), item), expected);
}

#[test]
fn a_mistake_in_reading_hides_no_broken_rule() {
    let item = quote! {
        impl Demo {
            #[action(destructive, trust = auto, timeout = 30)]
            fn one(self, #[arg(options = nowhere, range = 5..=1, rang = 2)] a: &u8, (b, c): (u8, u8)) {}
            /** Two. */
            #[action(reed)]
            async fn two(&self, a: &Context, b: &Context) -> Result<()> {}
            async fn (&self) {}
            #[action(read, write, command = "No")]
            #[health]
            async fn three(&self) -> Result<()>;
            #[action(read, write, trust = auto, risk = business, command = "No")]
            async fn four(&self) -> Result<()> {}
            #[options]
            #[health]
            async fn nowhere(&self) -> Result<()> {}
        }
    };
    let found = heads(TokenStream::new(), item);
    for expected in [
        "`trust = auto` is looser than `destructive` allows",
        "the `range` of `a` holds nothing",
        "action `two` takes two contexts",
        "a command is words joined by dots",
        "action `four` has two effects",
    ] {
        assert!(found.iter().any(|found| found == expected), "no {expected:?} in {found:#?}");
    }
    for follow_up in ["looser than `write`", "no `#[options]` method", "only reads", "nothing in this block"]
    {
        assert!(!found.iter().any(|found| found.contains(follow_up)), "{follow_up:?} in {found:#?}");
    }

    let item = quote! {
        struct Demo {
            #[config(env = "a b", options = 7, depends_on = c)]
            a: String,
            #[config]
            #[secret]
            b: Secret,
            /** C. */
            #[config(length = 5..=1)]
            c: String,
            #[secret(unused_by_aut)]
            d: Secret,
        }
    };
    let found = heads(quote!(auth = bearer(b), docs = ""), item);
    let rules = [
        "`env` must be the name of an environment variable",
        "the `length` of `c` holds nothing",
        "`docs` must be a URL",
    ];
    for expected in rules {
        assert!(found.iter().any(|found| found == expected), "no {expected:?} in {found:#?}");
    }
    for follow_up in ["has no options", "not a credential", "no `auth` uses"] {
        assert!(!found.iter().any(|found| found.contains(follow_up)), "{follow_up:?} in {found:#?}");
    }
}

#[test]
fn all_broken_rules_are_reported() {
    let item = quote! {
        impl Demo {
            /// One.
            #[action(destructive, trust = auto, mode = write, resource = "My Issues")]
            async fn one(&self, connection_slug: u8, #[arg(options = nowhere, range = 5..=1)] b: u8) -> Result<()> {}
            /// Two.
            #[action(read, command = "health.check")]
            async fn two(&self, a: &Context, b: &Context) -> Result<()> {}
            /// Three.
            #[action(read, command = "health.check")]
            async fn three(&self) -> Result<()> {}
        }
    };
    let found = heads(TokenStream::new(), item);
    for expected in [
        "`trust = auto` is looser than `destructive` allows",
        "`mode = write` is looser than `destructive` allows",
        "a resource is one word",
        "argument `connection_slug` of action `one` has no description",
        "argument `connection_slug` of action `one` has a name that hosts use themselves",
        "there is no `#[options]` method `nowhere`",
        "the `range` of `b` holds nothing",
        "action `two` takes two contexts",
        "two actions have the command `health.check`",
    ] {
        assert!(found.iter().any(|found| found == expected), "no {expected:?} in {found:#?}");
    }
}

#[test]
fn every_message_keeps_to_the_grammar() {
    let items = [
        quote!(
            struct Demo(u8);
        ),
        quote!(
            struct Demo<T> {
                t: T,
            }
        ),
        quote!(
            struct Demo {
                #[secret]
                #[state]
                a: u8,
                #[arg]
                b: u8,
                c: Secret,
            }
        ),
        quote!(
            enum Demo {}
        ),
        quote!(impl Demo { #[action] fn a(self) {} }),
        quote!(
            impl<T> A for Demo {
                #[health]
                fn a(&self, b: u8) {}
            }
        ),
    ];
    let lists = [quote!(), quote!(id = "A B", title = "", auth = bearer), quote!(idd, crate = 1)];
    let mut count = 0;
    for item in items {
        for list in &lists {
            for message in mistakes(list.clone(), item.clone()) {
                count += 1;
                let (head, tail) = message.split_once('\n').unwrap_or_else(|| panic!("one line: {message}"));
                let begin = head.chars().next().unwrap_or_default();
                assert!(begin.is_lowercase() || begin == '`', "{message}");
                assert!(!message.ends_with('.'), "{message}");
                assert!(tail.starts_with("help: ") || tail.starts_with("note: "), "{message}");
                assert_eq!(message.matches('`').count() % 2, 0, "{message}");
            }
        }
    }
    assert!(count > 30, "{count}");
}
