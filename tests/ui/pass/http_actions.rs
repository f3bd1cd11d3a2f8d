//! Actions that are one request. The client is a stand-in, so that no HTTP client is compiled for it.
#![deny(warnings, clippy::all, clippy::pedantic)]

use connector_sdk::__private::{ClientOptions, HttpField, Opening};
use connector_sdk::manifest::{Content, Most, Paging, Place};
use connector_sdk::prelude::*;
use connector_sdk::{Factory as _, factory};

struct Http;

impl HttpField for Http {
    fn make(_: &Opening<'_>, _: &'static str, _: &ClientOptions) -> Result<Self> {
        Ok(Self)
    }
}

/// What went wrong with a shop.
struct Lost(Error);

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        lost.0
    }
}

/// A change.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Change {
    /// Its text.
    text: String,
}

/// A shop.
#[connector(id = "shop")]
pub struct Shop {
    /// Which one.
    r#type: String,
    #[http(base = "https://shop.example.com/v1")]
    http: Http,
    #[cfg(any())]
    #[http(base = "https://elsewhere.example.com")]
    elsewhere: Nowhere,
}

#[connector]
impl Shop {
    /// Every key.
    #[action(read)]
    #[http(
        GET,
        "/{type}/{type}/{+place}",
        client = http,
        select = "data.0",
        page = number("page", first = 0x10),
        most = r#loop,
    )]
    async fn every_key(
        &self,
        /// Where.
        place: &str,
        /// At most.
        r#loop: Option<u16>,
        /// Not everywhere.
        #[cfg(any())]
        nowhere: Nowhere,
        /// Under which name.
        #[arg(header = "X-Name", pattern = "^a")]
        name: Option<String>,
        _: &Context,
    ) -> Result<Vec<String>, Lost>;

    /// A form of more than seven arguments.
    #[action(write, name = "send")]
    #[http(POST, "/form", content = form)]
    pub async fn form(
        &self,
        /// A.
        a: bool,
        /// B.
        #[arg(query)]
        b: String,
        /// C.
        #[arg(body = "see")]
        c: Vec<u8>,
        /// D.
        #[arg(default = "d")]
        d: String,
        /// E.
        e: f64,
        /// F.
        f: char,
        /// G.
        g: i64,
        context: &Context,
    ) -> Result<()>;

    /// A struct that is taken apart.
    #[action(write)]
    #[http(PATCH, "/change", content = json)]
    async fn change(&self, #[input] Change { .. }: Change) -> Result<Option<Change>>;

    /// Not everywhere.
    #[cfg(any())]
    #[action(read)]
    #[http(GET, "/{nothing}")]
    async fn nowhere(&self) -> Result<Nowhere>;

    /// Undone by doing it again.
    #[action(write)]
    #[http(DELETE, "/star", reversible)]
    async fn remove_star(&self) -> Result<()>;

    /// Gone.
    #[action(destructive)]
    #[http(DELETE, "/all")]
    async fn remove(&self) -> Result<()> ;

    /// Calls another.
    #[action(destructive)]
    async fn remove_twice(&self) -> Result<()> {
        self.remove().await?;
        self.remove().await
    }
}

macro_rules! made {
    ($name:ident, $path:literal, $argument:ident: $ty:ty) => {
        /// Made by a macro.
        #[connector(id = "made")]
        pub struct $name {
            #[http(base = "https://made.example.com")]
            http: Http,
        }

        #[connector]
        impl $name {
            /// Ask.
            #[action(read)]
            #[http(GET, $path)]
            async fn ask(
                &self,
                /// What.
                $argument: $ty,
                /// Another.
                other: $ty,
            ) -> Result<$ty>;
        }
    };
}

made!(Made, "/{word}", word: String);

fn main() {
    let shop = factory::<Shop>();
    let manifest = shop.manifest();
    assert_eq!(manifest.base.as_deref(), Some("https://shop.example.com/v1"));
    let request = |name: &str| manifest.action(name).and_then(|action| action.request.clone()).expect(name);
    let every = request("every_key");
    assert_eq!((every.method.as_str(), every.path.as_str()), ("GET", "/{type}/{type}/{+place}"));
    assert_eq!((every.select.as_deref(), every.base), (Some("data.0"), None));
    assert_eq!(every.page, Some(Paging::Number { parameter: "page".to_owned(), first: 16 }));
    assert_eq!(every.most, Some(Most::Argument("loop".to_owned())));
    let places: Vec<&Place> = every.parameters.iter().map(|parameter| &parameter.place).collect();
    assert_eq!(places, [&Place::Path, &Place::Header("X-Name".to_owned())]);
    let form = request("send");
    assert_eq!((form.content, form.parameters.len()), (Content::Form, 7));
    assert_eq!(form.parameters[1].place, Place::Query("b".to_owned()));
    assert_eq!(form.parameters[2].place, Place::Member("see".to_owned()));
    let change = request("change");
    assert_eq!(change.parameters[0].place, Place::Member("text".to_owned()));
    assert!(manifest.action("remove_twice").is_some_and(|action| action.request.is_none()));
    let made = factory::<Made>();
    let made = made.manifest().actions[0].request.clone().expect("a request");
    assert_eq!(made.parameters[0].place, Place::Path);
}
