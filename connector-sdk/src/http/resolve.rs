//! Looks names up, and refuses what they lead to.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{internal, is_internal, is_loopback_name};
use crate::Result;

/// The system's resolver, for clients that may reach the public network only. It checks the addresses
/// that are connected to, so a name that is looked up anew can't lead elsewhere.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(vetted(name.as_str(), addresses)?.into_iter()) as Addrs)
        })
    }
}

/// All of a name's addresses, unless one of them is inside: whoever owns the name could have put the
/// others there to pass.
fn vetted(name: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>> {
    let inside = addresses.iter().any(|address| is_internal(address.ip()));
    // By that name the guard lets nobody through but whose base is there.
    if inside && !is_loopback_name(name) { Err(internal(name)) } else { Ok(addresses) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_inside_is_refused() {
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect();
        assert_eq!(vetted("a.test", addresses(&["1.1.1.1:0", "[2606:4700::1]:0"])).expect("public").len(), 2);
        for inside in ["127.0.0.1:0", "10.0.0.1:0", "[::1]:0", "[::ffff:169.254.169.254]:0"] {
            let error = vetted("a.test", addresses(&["1.1.1.1:0", inside])).expect_err(inside);
            assert!(error.message().contains("private network"), "{error}");
        }
        vetted("localhost", addresses(&["127.0.0.1:0"])).expect("whoever sets it means it");
    }
}
