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
use quote::{ToTokens as _, quote};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, ExprPath, ImplItem, Item, Stmt, Token};

use super::connector;

/// A struct with every kind of field and every key.
fn a_struct() -> (TokenStream, TokenStream) {
    let list = quote! {
        id = "git-hub", title = "GitHub", category = "developer-tools", icon = "mark", docs = "https://docs",
        auth = api_key(token, query = "key"), rate = "30/min"
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
            #[http(base = "{url}/v1", headers = [("X-Version", "2")], concurrency = 4, most_bytes = "8MiB")]
            http: Http,
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

            /// Find.
            #[action(read)]
            #[http(
                GET, "/{scope}/{type}/find", client = http, select = "data.items", page = number("page", first = 0),
                most = limit
            )]
            async fn find(
                &self,
                /// Of what type.
                r#type: &str,
                /// With this.
                #[arg(query = "q", default = "x")]
                word: String,
                /// Not everywhere.
                #[cfg(unix)]
                #[arg(header = "X-Mode")]
                mode: Option<u32>,
                /// At most.
                limit: Option<u32>,
            ) -> Result<Vec<Issue>>;

            /// Send.
            #[action(write)]
            #[http(POST, "/send", content = form)]
            async fn send(&self, context: &Context, #[input] new: NewIssue) -> Answer;

            /// Words.
            #[options]
            async fn words(&self, context: &Context, query: &str) -> Result<Vec<Choice>> {}

            /// Good?
            #[health]
            async fn health(&self) -> Result<()> {}

            /// News.
            #[events(every = "30s", window = 9)]
            async fn news(&self, since: Option<u64>, context: &Context, out: &mut Events<News>) -> Result<()> {}

            /// Deliver.
            #[cfg(unix)]
            #[send(idempotent)]
            async fn deliver(&self, message: OutgoingMessage) -> Result<Receipt> {}

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

/// The actions of a snapshot, as they stand in its `ImplSpec`.
fn actions_of(snapshot: &str) -> Vec<Expr> {
    let file: syn::File = syn::parse_str(snapshot).expect("what comes out is Rust");
    let made = file.items.into_iter().filter_map(|item| match item {
        Item::Const(item) => Some(*item.expr),
        _ => None,
    });
    let statements = made.flat_map(|made| match made {
        Expr::Block(made) => made.block.stmts,
        _ => Vec::new(),
    });
    let members = statements.flat_map(|statement| match statement {
        Stmt::Item(Item::Impl(block)) => block.items,
        _ => Vec::new(),
    });
    let fields = members.flat_map(|member| match member {
        ImplItem::Const(constant) => match constant.expr {
            Expr::Struct(spec) => spec.fields.into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    });
    let actions = fields.filter(|field| field.to_token_stream().to_string().starts_with("actions :"));
    let lists = actions.map(|field| match field.expr {
        Expr::Reference(list) => *list.expr,
        other => other,
    });
    let lists = lists.flat_map(|list| match list {
        Expr::Array(list) => list.elems.into_iter().collect(),
        _ => Vec::new(),
    });
    lists.collect()
}

/// The name of an action and how many lines it has, besides what describes and passes its arguments and the
/// keys that its author wrote. It is printed at the margin and with a word as its result: how deep it stands
/// and how the author's types are wrapped is the printer's affair.
fn lines_of(mut action: Expr) -> (String, usize) {
    while let Expr::MethodCall(call) = action {
        action = *call.receiver;
    }
    let Expr::Call(mut new) = action else { panic!("no call makes an action") };
    let arguments: Vec<Expr> = new.args.into_iter().collect();
    let Ok([name, command, description, _, Expr::Path(mut schema), Expr::Closure(mut run)]) =
        <[Expr; 6]>::try_from(arguments)
    else {
        panic!("an action is made of something else")
    };
    with_a_word(&mut schema);
    let Expr::Call(prepare) = &mut *run.body else { panic!("nothing prepares it") };
    let Expr::Path(adaptor) = &mut *prepare.func else { panic!("no path to what prepares it") };
    with_a_word(adaptor);
    let Some(Expr::Closure(method)) = prepare.args.last_mut() else { panic!("no closure calls its method") };
    arguments_of(&mut method.body).clear();
    let label = name.to_token_stream().to_string();
    new.args = [name, command, description, Expr::Path(schema), Expr::Closure(run)].into_iter().collect();
    let printed = prettyplease::unparse(&syn::parse_quote!(const _: () = #new;));
    (label, printed.lines().count())
}

/// `<Type as Trait>::..` with a word as the type.
fn with_a_word(path: &mut ExprPath) {
    *path.qself.as_mut().expect("a type").ty = syn::parse_quote!(Answer);
}

/// The arguments of the call of the method, which may be awaited, or of the runtime that makes a request.
fn arguments_of(body: &mut Expr) -> &mut Punctuated<Expr, Token![,]> {
    match body {
        Expr::MethodCall(call) => &mut call.args,
        Expr::Call(call) => {
            let Expr::Path(request) = &mut *call.func else { panic!("no path to what makes a request") };
            with_a_word(request);
            &mut call.args
        }
        Expr::Await(awaited) => arguments_of(&mut awaited.base),
        Expr::Async(block) => statement_of(&mut block.block),
        Expr::Block(block) => statement_of(&mut block.block),
        other => panic!("no call of a method: {}", other.to_token_stream()),
    }
}

fn statement_of(block: &mut Block) -> &mut Punctuated<Expr, Token![,]> {
    let Some(Stmt::Expr(call, None)) = block.stmts.first_mut() else { panic!("no call in a block") };
    arguments_of(call)
}

#[test]
fn an_action_costs_few_lines_besides_its_arguments() {
    const MOST: usize = 12;
    let snapshots = [include_str!("snapshots/notes.rs"), include_str!("snapshots/impl.rs")];
    let actions: Vec<(String, usize)> = snapshots.into_iter().flat_map(actions_of).map(lines_of).collect();
    assert!(actions.len() >= 10, "only {actions:?} were found");
    let long: Vec<_> = actions.iter().filter(|(_, lines)| *lines > MOST).collect();
    assert!(long.is_empty(), "{MOST} lines are allowed, and there are more: {long:?}");
}

/// What everyone compiles before a connector is.
#[test]
fn the_macro_depends_on_four_crates() {
    let manifest = include_str!("../../Cargo.toml");
    let (_, dependencies) = manifest.split_once("\n[dependencies]\n").expect("the dependencies");
    let dependencies = dependencies.lines().take_while(|line| !line.starts_with('['));
    let dependencies: Vec<&str> = dependencies
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(['.', ' '])?.0))
        .collect();
    assert_eq!(dependencies, ["proc-macro2", "quote", "regex-lite", "syn"]);
}
