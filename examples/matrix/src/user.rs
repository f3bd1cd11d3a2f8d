//! Who the connector is there (client-server API, section "Current account information").

use connector_sdk::Result;
use connector_sdk::http::Request;
use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::Matrix;

pub(crate) const WHOAMI: &str = "/_matrix/client/v3/account/whoami";

/// The user's id, once it was asked for.
pub(crate) type Known = OnceCell<String>;

#[derive(Deserialize)]
struct Whoami {
    user_id: String,
}

/// The user's id, as `@name:example.org`.
pub(crate) async fn ask(request: Request) -> Result<String> {
    Ok(request.send().await?.json::<Whoami>().await?.user_id)
}

impl Matrix {
    /// The id of the user whose token it is.
    pub(crate) async fn me(&self) -> Result<&str> {
        self.user.get_or_try_init(|| ask(self.http.get(WHOAMI))).await.map(String::as_str)
    }
}
