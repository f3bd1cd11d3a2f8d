//! A server that does as little as can be: HTTP/1.1, connections kept, answers made beforehand.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// Starts it on a port of its own, on loopback, and returns its base URL.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    base
}

fn serve(mut stream: TcpStream) {
    let body = format!("{{\"text\":\"{}\"}}", "x".repeat(1024 - 11));
    let item = answer("", &body);
    let mut buffer = vec![0; 64 * 1024];
    let mut filled = 0;
    let _ = stream.set_nodelay(true);
    while let Ok(read @ 1..) = stream.read(&mut buffer[filled..]) {
        filled += read;
        // Only GET is sent here, so a request ends with its head.
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..filled]);
            let answer = if head.starts_with("GET /pages") { page(&head) } else { item.clone() };
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
            filled = 0;
        }
    }
}

/// One page of two items, with a link to the next one unless it is the last.
fn page(head: &str) -> String {
    let number = |name: &str| {
        let after = head.split_once(name).map_or("", |(_, after)| after);
        after.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|text| text.parse().ok())
    };
    let (of, at) = (number("of=").unwrap_or(1_u32), number("at=").unwrap_or(1_u32));
    let link = match at < of {
        true => format!("link: </pages?of={of}&at={}>; rel=\"next\"\r\n", at + 1),
        false => String::new(),
    };
    answer(&link, "[{\"number\":1},{\"number\":2}]")
}

fn answer(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}
