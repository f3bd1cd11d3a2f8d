//! Mails that nobody should write, and the one after each of them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::program::{Program, numbered};
use super::stream::{begun, event};
use crate::servers::Post;

/// Multiparts in multiparts.
fn nested(depth: usize) -> Vec<u8> {
    let mut mail = String::from("From: a@example.org\r\nSubject: nested\r\nMIME-Version: 1.0\r\n");
    for level in 0..depth {
        mail += &format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
    }
    mail += "Content-Type: text/plain\r\n\r\nat the bottom\r\n";
    mail.into_bytes()
}

/// A mail with so many bytes of attachment.
fn attached(bytes: usize) -> Vec<u8> {
    let head = "From: a@example.org\r\nSubject: attached\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee there\r\n\
        --b\r\nContent-Type: application/zip; name=\"a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let line = [&[b'A'; 76][..], b"\r\n"].concat();
    [head.as_bytes(), &line.repeat(bytes / 78), b"--b--\r\n"].concat()
}

/// Mails in mails, as many as a megabyte has room for; all but the first encoded, where that is wanted.
fn mails_in_mails(encoded: bool) -> Vec<u8> {
    let level = "Content-Type:message/rfc822\r\n\r\n";
    if !encoded {
        return level.repeat((1 << 20) / level.len()).into_bytes();
    }
    // A multiple of three bytes is the same in base64 wherever it stands.
    let lines = BASE64_STANDARD.encode(level.repeat(3)) + "\r\n";
    let head = "Content-Type:message/rfc822\r\nContent-Transfer-Encoding:base64\r\n\r\n";
    (head.to_owned() + &lines.repeat((1 << 20) / lines.len())).into_bytes()
}

#[test]
#[ignore = "needs dovecot"]
fn none_of_them_holds_up_the_next() {
    let post = Post::new();
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    let head = b"From: a@example.org\r\nSubject: ";
    let mails: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"no headers at all".to_vec(),
        b"\r\n\r\nan empty header".to_vec(),
        [head, &vec![b'x'; 10 << 20][..], b"\r\n\r\ntext"].concat(),
        [&head[..], b"s\r\n\r\n", &vec![b'x'; 10 << 20]].concat(),
        [&head[..], b"=?utf-8?B?/////w==?= =?x-nothing?Q?=FF?=\r\nContent-Type: text/plain; charset=x-nothing\r\n\r\n\xff\xfe\x80"].concat(),
        [&head[..], b"nul\0nul\r\nFrom: \0\r\n\r\na\0b\0\r\n"].concat(),
        [&head[..], b"\x1b[2J\x07\r\nMessage-ID: <a b\x1b>\r\n\r\n\x1b]0;title\x07"].concat(),
        nested(1000),
        mails_in_mails(false),
        mails_in_mails(true),
        attached(3 << 20),
        [&head[..], b"html\r\nContent-Type: text/html\r\n\r\n", &b"<div><".repeat(100_000)].concat(),
        [&head[..], b"to\r\nTo: ", &b"a@example.org, ".repeat(20_000), b"\r\n\r\nmany"].concat(),
        [&head[..], b"r\r\nReferences: ", &b"<a@b> ".repeat(50_000), b"\r\n\r\nmany"].concat(),
        [&head[..], b"d\r\nDate: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nwhen"].concat(),
        [&head[..], b"=?utf-8?Q?a=0D=0ABcc:_eve@example.org?=\r\nReply-To: \"a\r\n b\"@example.org\r\n\r\nx"].concat(),
    ];
    let count = mails.len();
    for (index, mail) in mails.into_iter().enumerate() {
        post.deliver(mail);
        let told = event(&mut stream);
        assert!(told.to_string().len() < 600_000, "mail {index} is told in a line that a host can read");
        assert!(!told.to_string().contains("\\u001b"), "mail {index}: {told}");
        stream.acknowledge(&told);
        post.deliver(numbered(index));
        let told = event(&mut stream);
        assert_eq!(told["payload"]["metadata"]["subject"], index.to_string(), "the mail after {index}");
        stream.acknowledge(&told);
        if index == 11 {
            let found = program.act("search_mail", &json!({"query": "see there"}));
            let read = program.act("read_mail", &json!({"uid": found["output"][0]["uid"]}));
            let mail = &read["output"];
            assert_eq!((&mail["text"], &mail["truncated"]), (&json!("see there"), &json!(true)));
            let file = &mail["attachments"][0];
            assert_eq!(
                (&file["name"], &file["mime_type"]),
                (&json!("a.zip"), &json!("application/zip")),
                "{file}"
            );
            assert!(
                file["size"].is_null() && file["url"].as_str().expect("a URL").ends_with("SECTION=2"),
                "{file}"
            );
        }
    }
    let found = program.act("search_mail", &json!({"limit": 200}));
    assert_eq!(found["output"].as_array().map(Vec::len), Some(2 * count), "{found}");
}
