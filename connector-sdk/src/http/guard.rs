//! Where requests may go, and where credentials may go with them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::{Error, Result};

/// The rules of one client.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    base: Url,
    /// Other hosts than loopback may be spoken to in the clear.
    pub(super) plain_http: bool,
    /// The host was set by somebody, so it must be one of the public network.
    pub(super) public_only: bool,
    /// Where else than home requests may be sent on to; anywhere if it isn't said.
    pub(super) allowed_hosts: Option<Vec<String>>,
}

impl Guard {
    /// The rules of a client whose base URL is `base`.
    pub(super) fn new(base: &str) -> Result<Self> {
        // The text is not repeated: a password may stand in it.
        let url =
            Url::parse(base).map_err(|error| Error::setup(format!("the base URL is no URL: {error}")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::setup("the base URL has credentials in it; set them as credentials"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::setup("the base URL has a query or a fragment in it; leave it out"));
        }
        if url.host().is_none() {
            return Err(Error::setup("the base URL has no host; it is `https://` and a host"));
        }
        Ok(Self { base: url, plain_http: false, public_only: false, allowed_hosts: None })
    }

    /// The URL of a path below the base.
    pub(super) fn url(&self, path: &str) -> Result<Url> {
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(Error::internal(
                "a path makes no URL: it begins with `/` and has neither `?` nor `#`",
            ));
        }
        // The host was read already.
        let mut url = self.base.clone();
        match self.base.path().trim_end_matches('/') {
            "" => url.set_path(path),
            base => url.set_path(&format!("{base}{path}")),
        }
        Ok(url)
    }

    /// The scheme, host and port of the base.
    pub(super) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// Whether a URL is of the same scheme, host and port as the base (RFC 6454), so that credentials
    /// may go there.
    pub(super) fn is_home(&self, url: &Url) -> bool {
        // Of `http` and `https` these are the origin.
        self.base.scheme() == url.scheme()
            && self.base.host() == url.host()
            && self.base.port_or_known_default() == url.port_or_known_default()
    }

    /// Whether a URL is spoken to as it may be: where it is not, whoever set the base has to change it, unless it is the
    /// service that leads there.
    pub(super) fn check_transport(&self, url: &Url) -> Result<()> {
        let (scheme, host) = (url.scheme(), url.host_str().unwrap_or_default());
        match (scheme, self.is_home(url)) {
            ("https", _) => Ok(()),
            ("http", _) if self.plain_http || is_loopback_name(host) => Ok(()),
            ("http", true) => Err(Error::setup(format!(
                "`{host}` would be spoken to in the clear; use `https` (only a client that a connector makes itself \
                 can allow `http`, by `allow_plain_http`)"
            ))),
            ("http", false) => Err(Error::upstream(format!(
                "the service leads on to `{host}` in the clear; nothing was sent there"
            ))),
            (_, true) => Err(Error::setup(format!("`{scheme}` is not a scheme of HTTP; use `https`"))),
            (_, false) => Err(Error::upstream(format!(
                "the service leads on to a URL of `{scheme}`, which is not a scheme of HTTP"
            ))),
        }
    }

    /// Whether a request may go to a URL at all.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        self.check_transport(url)?;
        let host = url.host_str().unwrap_or_default();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::upstream(format!("a URL of `{host}` has credentials in it")));
        }
        if let Some(allowed) = &self.allowed_hosts
            && self.base.host_str() != Some(host)
            && !allowed.iter().any(|allowed| is_covered(host, allowed))
        {
            return Err(Error::upstream(format!(
                "the service leads on to `{host}`, which is not one of the hosts that may be spoken to"
            )));
        }
        self.check_address(host)
    }

    /// Refuses what is inside, unless the base is there as well: a public service that leads to this machine or
    /// its network would have somebody else's doors opened.
    fn check_address(&self, host: &str) -> Result<()> {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let is_loopback = is_loopback_name(host);
        if !is_loopback && !address.is_ok_and(is_internal) {
            return Ok(());
        }
        let base = self.base.host_str().unwrap_or_default();
        let is_base = base == host;
        let is_named = self.allowed_hosts.as_ref().is_some_and(|hosts| hosts.iter().any(|name| name == host));
        let may_be_spoken_to = match (is_loopback, self.public_only) {
            (true, true) => self.is_loopback(),
            (true, false) => self.is_loopback() || is_named,
            (false, true) => false,
            (false, false) => is_base || is_named || self.is_inside(),
        };
        match may_be_spoken_to {
            true => Ok(()),
            false if is_base => Err(internal(host)),
            false => Err(Error::upstream(format!(
                "the service leads on to `{host}`, an address of this machine or of a private network; nothing was sent there"
            ))),
        }
    }

    /// Whether the base is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback_name(self.base.host_str().unwrap_or_default())
    }

    /// Whether the base is an address that the public network doesn't reach.
    fn is_inside(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        self.is_loopback() || host.trim_matches(['[', ']']).parse().is_ok_and(is_internal)
    }
}

/// Whether a host is the allowed one, or below it where that begins with `*.`.
fn is_covered(host: &str, allowed: &str) -> bool {
    match allowed.strip_prefix('*') {
        Some(domain) => domain.starts_with('.') && host.ends_with(domain),
        None => host == allowed,
    }
}

/// Names and addresses that never leave the machine. Whoever sets one of them means it.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What is said of a host that may not be spoken to.
pub(super) fn internal(host: &str) -> Error {
    Error::setup(format!(
        "`{host}` is an address of a private network; a host that comes from a setting has to be public"
    ))
}

/// Whether an address is of a network that the public one doesn't reach (IANA's special-purpose
/// registries, RFC 6890), or stands for such an address.
pub(super) fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internal_v4(address),
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || embedded(address).is_some_and(is_internal_v4)
                // Documentation, and site-local addresses of old.
                || (a == 0x2001 && b == 0xdb8)
                || (a & 0xffc0) == 0xfec0
                // NAT64 of a network's own (RFC 8215).
                || (a == 0x64 && b == 0xff9b && c == 1)
                // Teredo and discard-only.
                || (a == 0x2001 && b == 0)
                || (a == 0x100 && b == 0 && c == 0)
        }
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // Carriers' own (RFC 6598), protocol assignments, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

/// The IPv4 address inside of an IPv6 one: mapped, compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = address.octets();
    let four = |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(four(12)),
        [0x2002, ..] => Some(four(2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn guard(base: &str) -> Guard {
        Guard::new(base).expect("a base URL")
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn only_the_bases_own_origin_is_home() {
        let guard = guard("https://api.test/v1/");
        assert_eq!(guard.url("/a").expect("a URL").as_str(), "https://api.test/v1/a");
        for home in ["https://api.test/", "https://API.test:443/other"] {
            assert!(guard.is_home(&url(home)), "{home}");
        }
        for other in [
            "http://api.test/",
            "https://api.test:8443/",
            "https://api.test.evil.test/",
            "https://evil.test/api.test",
            "https://api.test@evil.test/",
        ] {
            assert!(!guard.is_home(&url(other)), "{other}");
        }
    }

    #[test]
    fn a_base_that_hides_something_is_refused() {
        for base in [
            "https://me:s3cret@api.test",
            "https://api.test/#@evil.test",
            "https://api.test/?x=1",
            "api.test",
            "unix:/run/x",
        ] {
            let error = Guard::new(base).err().unwrap_or_else(|| panic!("{base} is taken"));
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn in_the_clear_only_where_it_is_safe_or_allowed() {
        let here = guard("http://127.0.0.1:1");
        for safe in ["https://x.test/", "http://127.0.0.1:80/", "http://localhost/", "http://[::1]:8080/"] {
            here.check(&url(safe)).unwrap_or_else(|error| panic!("{safe}: {error}"));
        }
        let mut guard = guard("https://api.test");
        for unsafe_ in
            ["http://api.test/", "http://localhost.test/", "http://10.0.0.1/", "file:///etc/passwd"]
        {
            assert!(guard.check(&url(unsafe_)).is_err(), "{unsafe_}");
        }
        let kind = |text: &str| guard.check(&url(text)).expect_err(text).kind();
        for led_to in ["http://api.test/", "http://other.test/", "ftp://api.test/"] {
            assert_eq!(kind(led_to), ErrorKind::Upstream, "{led_to}");
        }
        let set = Guard::new("http://api.test").expect("a base URL");
        assert_eq!(set.check(&url("http://api.test/x")).expect_err("it was set").kind(), ErrorKind::Setup);
        guard.plain_http = true;
        guard.check(&url("http://api.test/")).expect("allowed");
    }

    #[test]
    fn only_the_allowed_hosts_are_spoken_to() {
        let mut guard = guard("https://api.test");
        guard.allowed_hosts = Some(vec!["files.test".to_owned(), "*.cdn.test".to_owned()]);
        for allowed in ["https://api.test/x", "https://files.test/", "https://a.b.cdn.test/"] {
            guard.check(&url(allowed)).unwrap_or_else(|error| panic!("{allowed}: {error}"));
        }
        for other in
            ["https://cdn.test/", "https://evilcdn.test/", "https://a.files.test/", "https://x.test/"]
        {
            assert!(guard.check(&url(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn private_addresses_are_known_in_every_dress() {
        for address in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "127.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "64:ff9b:1:ffff::1",
            "2002:a00:1::",
            "::10.0.0.1",
            "fec0::1",
            "2001:db8::1",
        ] {
            assert!(is_internal(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "64:ff9b::1.1.1.1",
            "64:ff9b:2::1.1.1.1",
        ] {
            assert!(!is_internal(address.parse().expect("an address")), "{address}");
        }
        let mut guard = guard("https://api.test");
        guard.public_only = true;
        for host in [
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[fd00::1]/",
            "https://0x0a000001/",
        ] {
            assert!(guard.check(&url(host)).is_err(), "{host}");
        }
    }

    #[test]
    fn a_public_service_leads_nowhere_inside() {
        let mut public = guard("https://api.test");
        let inside = ["http://127.0.0.1:2375/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/"];
        for address in inside {
            let error = public.check(&url(address)).expect_err(address);
            assert_eq!(error.kind(), crate::ErrorKind::Upstream, "{error}");
        }
        public.allowed_hosts = Some(vec!["10.0.0.1".to_owned(), "localhost".to_owned()]);
        for address in ["https://10.0.0.1/", "http://localhost:81/"] {
            public.check(&url(address)).expect("named");
        }
        public.public_only = true;
        for address in inside {
            assert!(public.check(&url(address)).is_err(), "{address}");
        }
        let office = guard("https://10.0.0.7");
        office.check(&url("https://10.0.0.8/")).expect("it is inside itself");
        assert!(office.check(&url("https://localhost/")).is_err(), "another machine's own is not ours");
        let mut here = guard("http://localhost:81");
        here.public_only = true;
        here.check(&url("http://localhost:82/")).expect("whoever sets it means it");
    }
}
