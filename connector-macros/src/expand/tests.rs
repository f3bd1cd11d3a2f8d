//! What comes out, for what goes in. Both are plain functions of tokens, so nothing is compiled here;
//! that it compiles is shown by `tests/ui/pass`.
//!
//! The snapshots are in `snapshots/`. To take what comes out now, and then read it:
//!
//! ```sh
//! BLESS=1 cargo test -p connector-macros
//! git diff connector-macros/src/expand/snapshots
//! ```

mod mistakes;

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use super::connector;

/// A struct with every kind of field and every key.
fn a_struct() -> (TokenStream, TokenStream) {
    let list = quote! {
        id = "git-hub", title = "GitHub", category = "developer-tools", icon = "mark", docs = "https://docs",
        auth = api_key(token, query = "key")
    };
    let item = quote! {
        /// Issues.
        ///
        /// And files.
        pub struct GitHub {
            /// Where.
            #[config(
                default = "https://api", env = "HUB", placeholder = "https://..", help = "Ask", length = 1..=99,
                pattern = "^https", options = servers, depends_on = depth, advanced
            )]
            url: String,
            /// How deep.
            #[config(default = Self::DEPTH, range = 1..=Self::MOST)]
            depth: u32,
            /// Not everywhere.
            #[cfg(unix)]
            mode: Option<u32>,
            /// The token.
            #[secret(env = "TOKEN", help = "Make one")]
            token: Secret,
            /// Another.
            #[secret(unused_by_auth)]
            other: Option<Secret>,
            #[state]
            seen: Mutex<u32>,
        }
    };
    (list, item)
}

/// An impl with every kind of method, parameter and key.
fn an_impl() -> (TokenStream, TokenStream) {
    let item = quote! {
        impl GitHub {
            const DEPTH: u32 = 3;

            /// List issues.
            #[action(
                read, resource = "issues", scopes = ["repo", "user"], timeout = "30s", trust = confirm, mode = full,
                local, idempotent
            )]
            async fn list_issues(
                &self,
                /// In this state.
                #[arg(default = State::Open)]
                state: State,
                /// At most.
                #[arg(default = Self::DEPTH, range = 1..=100)]
                limit: u32,
                /// With this.
                #[arg(length = 1..=20, pattern = "^[a-z]+$", options = words)]
                r#type: &str,
                context: &Context,
            ) -> Result<Vec<Issue>> {
                anything at all
            }

            /// Create one.
            #[cfg(unix)]
            #[action(write, name = "create", command = "issues.new", risk = business)]
            pub async fn create_issue(&self, #[input] new: NewIssue) -> Answer {}

            /// Wipe.
            #[action(destructive)]
            async fn wipe(&self) -> Done {}

            /// Words.
            #[options]
            async fn words(&self, context: &Context, query: &str) -> Result<Vec<Choice>> {}

            /// Good?
            #[health]
            async fn health(&self) -> Result<()> {}

            fn own(&self) {}
        }
    };
    (TokenStream::new(), item)
}

fn pretty((list, item): (TokenStream, TokenStream)) -> String {
    // A body needn't be Rust to get through, which the snapshot shows; the pretty printer wants some.
    let expansion = connector(list, item).to_string().replace("anything at all", "anything");
    prettyplease::unparse(&syn::parse_str(&expansion).expect("what comes out is Rust"))
}

fn compare(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/expand/snapshots").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).expect("the snapshot is written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected.replace("\r\n", "\n") == actual,
        "{} differs; it would be:\n{actual}\nSee the head of this file for how to take it.",
        path.display()
    );
}

#[test]
fn a_struct_expands_to_its_snapshot() {
    compare("struct.rs", &pretty(a_struct()));
}

#[test]
fn an_impl_expands_to_its_snapshot() {
    compare("impl.rs", &pretty(an_impl()));
}

/// What `#[connector]` gets in the notes example; nothing where it is not, as in the published crate.
fn notes() -> Vec<(TokenStream, TokenStream)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/notes/src/lib.rs");
    let Ok(source) = std::fs::read_to_string(source) else {
        println!("examples/notes is not here");
        return Vec::new();
    };
    let file: syn::File = syn::parse_str(&source).expect("Rust");
    let items = file.items.into_iter().filter_map(|mut item| {
        let attributes = match &mut item {
            syn::Item::Struct(item) => &mut item.attrs,
            syn::Item::Impl(item) => &mut item.attrs,
            _ => return None,
        };
        let place = attributes.iter().position(|attribute| attribute.path().is_ident("connector"))?;
        let list = match attributes.remove(place).meta {
            syn::Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        Some((list, quote!(#item)))
    });
    items.collect()
}

/// A whole connector as its author wrote it, for whoever wants to see what they get.
#[test]
fn the_notes_example_expands_to_its_snapshot() {
    let expansions: Vec<String> = notes().into_iter().map(pretty).collect();
    if !expansions.is_empty() {
        compare("notes.rs", &expansions.join("\n"));
    }
}

#[test]
fn what_comes_out_is_the_same_each_time() {
    let inputs = || {
        let wrong = [
            (
                quote!(idd = "x", auth = bearer(none), docs = 1),
                quote!(
                    struct Demo {
                        #[config(rang = 1)]
                        a: u8,
                        #[secret]
                        b: u8,
                    }
                ),
            ),
            (
                quote!(),
                quote!(impl Demo {
                    #[action(read, write, trust = sure)] fn a(&mut self, b: &u8, c: Context) {}
                    #[options] async fn b(&self) {}
                    async fn (&self) {}
                }),
            ),
            (
                quote!(),
                quote!(
                    enum Demo {
                        One {
                            #[secret]
                            a: u8,
                        },
                    }
                ),
            ),
            (quote!(), quote!(struct Demo { a u8 })),
        ];
        [a_struct(), an_impl()].into_iter().chain(wrong).chain(notes())
    };
    for ((list, one), (again, two)) in inputs().zip(inputs()) {
        assert_eq!(connector(list, one).to_string(), connector(again, two).to_string());
    }
}

/// How many lines are made of some actions, besides the author's own, the structs that their arguments are
/// read into, defaults and limits, and checks. Results are aliases: how the printer wraps the author's
/// types says nothing of the expansion.
fn lines_of(actions: impl Iterator<Item = TokenStream>) -> usize {
    let expansion = connector(TokenStream::new(), quote!(impl Demo { #(#actions)* }));
    let mut file: syn::File = syn::parse2(expansion).expect("what comes out is Rust");
    let Some(syn::Item::Const(made)) = file.items.pop() else { panic!("no constant at the end") };
    let syn::Expr::Block(made) = *made.expr else { panic!("no block in the constant") };
    let is_counted = |item: &syn::Item| match item {
        syn::Item::Impl(block) => {
            let of = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
            of.is_none_or(|of| of.ident != "Arguments")
        }
        syn::Item::Struct(_) | syn::Item::Fn(_) | syn::Item::Const(_) => false,
        _ => true,
    };
    let items = made.block.stmts.into_iter().filter_map(|statement| match statement {
        syn::Stmt::Item(item) => Some(item).filter(is_counted),
        _ => None,
    });
    file.items = items.collect();
    prettyplease::unparse(&file).lines().count()
}

#[test]
fn an_action_costs_few_lines_besides_its_arguments() {
    const MOST: usize = 12;
    fn plain(place: usize) -> TokenStream {
        let name = quote::format_ident!("a{place}");
        quote!(/** A. */ #[action(read)] async fn #name(&self) -> Done {})
    }
    fn with_input(place: usize) -> TokenStream {
        let name = quote::format_ident!("a{place}");
        quote!(/** A. */ #[action(read)] async fn #name(&self, #[input] new: New) -> Done {})
    }
    let added = |action: fn(usize) -> TokenStream| {
        let [few, one_more] = [3, 4].map(|count| lines_of((0..count).map(action)));
        one_more - few
    };
    assert!(added(plain) <= MOST, "an action adds {} lines, and {MOST} are allowed", added(plain));
    // An input struct adds the line that says how it is read.
    let added = added(with_input);
    assert!(added <= MOST + 1, "an action with an input adds {added} lines, and {} are allowed", MOST + 1);
}
