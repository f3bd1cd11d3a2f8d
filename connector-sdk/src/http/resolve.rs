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

/// A name that this machine's own table of hosts leads inside, and that isn't one which says so; none, and a word about
/// it, where there is no such name or a proxy would look it up.
#[cfg(test)]
pub(crate) fn name_that_leads_inside() -> Option<String> {
    use std::net::ToSocketAddrs as _;
    let is_inside = |name: &&str| {
        let mut addresses = (*name, 443).to_socket_addrs().into_iter().flatten().peekable();
        addresses.peek().is_some() && addresses.all(|address| is_internal(address.ip()))
    };
    let is_name = |name: &&str| name.parse::<std::net::IpAddr>().is_err() && !is_loopback_name(name);
    let proxies = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let table = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let lines = table.lines().filter_map(|line| line.split('#').next());
    let mut names = lines.flat_map(str::split_whitespace).chain(["localhost."]).filter(is_name);
    let found = match proxies.iter().any(|name| std::env::var_os(name).is_some()) {
        true => None,
        false => names.find(is_inside).map(str::to_owned),
    };
    if found.is_none() {
        crate::left_out::left_out("no name leads inside here, or there is a proxy");
    }
    found
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
