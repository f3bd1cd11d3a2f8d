//! Where a request leaves the process, and what a test puts in the place of the network.

use futures_util::FutureExt as _;
#[cfg(feature = "testing")]
use futures_util::future::Either;
use reqwest::{Client, Request, Response};

use crate::{Result, Secret};

/// The network, or a recording of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire {
    #[cfg(feature = "testing")]
    tape: Option<std::sync::Arc<crate::testing::Tape>>,
}

#[cfg(not(feature = "testing"))]
impl Wire {
    /// The wire of a new client with these secrets.
    pub(super) fn connect(self, _secrets: &[Secret]) -> Self {
        self
    }

    /// Knows a secret that the client has obtained.
    #[cfg(feature = "oauth")]
    pub(super) const fn hide(&self, _secret: &Secret) {}

    /// Whether answers come from a recording, for which nobody has to wait.
    pub(super) const fn is_replayed(&self) -> bool {
        false
    }

    /// Sends a request. The outer error is the recording's.
    pub(super) fn send(
        &self,
        client: &Client,
        request: Request,
    ) -> impl Future<Output = Result<reqwest::Result<Response>>> + Send + use<> {
        client.execute(request).map(Ok)
    }
}

#[cfg(feature = "testing")]
impl Wire {
    pub(super) fn of(tape: std::sync::Arc<crate::testing::Tape>) -> Self {
        Self { tape: Some(tape) }
    }

    pub(super) fn connect(self, secrets: &[Secret]) -> Self {
        let tape = self.tape.or_else(crate::testing::current);
        if let Some(tape) = &tape {
            tape.hide(secrets);
        }
        Self { tape }
    }

    #[cfg(feature = "oauth")]
    pub(super) fn hide(&self, secret: &Secret) {
        if let Some(tape) = &self.tape {
            tape.hide(std::slice::from_ref(secret));
        }
    }

    pub(super) fn is_replayed(&self) -> bool {
        self.tape.as_ref().is_some_and(|tape| !tape.is_recording())
    }

    pub(super) fn send(
        &self,
        client: &Client,
        request: Request,
    ) -> impl Future<Output = Result<reqwest::Result<Response>>> + Send + use<> {
        match &self.tape {
            Some(tape) => {
                let (tape, client) = (std::sync::Arc::clone(tape), client.clone());
                Either::Left(Box::pin(async move { tape.send(&client, request).await }))
            }
            None => Either::Right(client.execute(request).map(Ok)),
        }
    }
}
