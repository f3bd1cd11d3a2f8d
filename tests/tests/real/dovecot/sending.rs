//! Mails that go out, as they lie in the mailbox afterwards.

use serde_json::json;

use super::agent::{Agent, until};
use super::program::{Program, number, numbered};
use super::stream::{begun, event};
use crate::servers::Post;

/// The value of a mail's header, in one line.
fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    let line = mail.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name}: {mail}"))
}

fn sent(post: &Post, text: &str) -> String {
    let mut found = None;
    until("the mail is there", || {
        found = post.mails().into_iter().find(|mail| mail.contains("X-Envelope-To") && mail.contains(text));
        found.is_some()
    });
    found.expect("a mail").replace("\r\n", "\n")
}

#[test]
#[ignore = "needs dovecot"]
fn an_answer_is_one_to_the_latest_mail_of_the_thread() {
    let post = Post::new();
    let program = Program::connected(&post);
    let mut stream = program.subscribe(None);
    begun(&mut stream);
    post.deliver(numbered(1));
    let told = event(&mut stream);
    stream.acknowledge(&told);
    let payload = &told["payload"];
    let answer =
        json!({"chat_id": payload["chat_id"], "thread": payload["thread"], "text": "the answer: jä"});
    let outcome = program.act("send_message", &answer);
    assert_eq!(outcome["success"], true, "{outcome}");
    let mail = sent(&post, "Re: 1");
    assert_eq!(header(&mail, "X-Envelope-To"), "ann@example.org");
    assert_eq!(header(&mail, "From"), "me@example.org");
    assert_eq!(header(&mail, "Subject"), "Re: 1");
    assert_eq!(header(&mail, "In-Reply-To"), "<n1@example.org>");
    assert_eq!(header(&mail, "References"), "<n1@example.org>");
    assert_eq!(header(&mail, "Message-ID"), outcome["output"]["id"]);

    // It lies in the same mailbox here, and comes back. The next answer is still one to what Ann wrote: of what
    // others wrote she is told nothing.
    let told = event(&mut stream);
    stream.acknowledge(&told);
    let payload = &told["payload"];
    assert_eq!(
        (&payload["message"], &payload["thread"]),
        (&json!("the answer: jä"), &json!("<n1@example.org>"))
    );
    let answer = json!({"chat_id": "ann@example.org", "thread": "<n1@example.org>", "text": "one more"});
    assert_eq!(program.act("send_message", &answer)["success"], true);
    let mail = sent(&post, "one more");
    assert_eq!(header(&mail, "In-Reply-To"), "<n1@example.org>");
    assert_eq!(header(&mail, "References"), "<n1@example.org>");
    assert_eq!(header(&mail, "Subject"), "Re: 1");
}

#[test]
#[ignore = "needs dovecot"]
fn what_cannot_be_sent_is_told_with_its_reason() {
    let post = Post::new();
    let program = Program::connected(&post);
    for (to, subject, said, retryable) in [
        ("ann@example.org\r\nBcc: eve@example.org", "s", "line break", false),
        ("ann@example.org", "s\r\nBcc: eve@example.org", "line break", false),
        ("ann", "s", "no mail address", false),
        ("nobody@example.org", "s", "there is nobody of that name", false),
        ("busy@example.org", "s", "later, please", true),
    ] {
        let outcome = program.act("send_mail", &json!({"to": to, "subject": subject, "body": "text"}));
        assert_eq!(
            (&outcome["success"], &outcome["retryable"]),
            (&json!(false), &json!(retryable)),
            "{outcome}"
        );
        assert!(outcome["summary"].as_str().expect("a text").contains(said), "{outcome}");
    }
    assert!(post.mails().is_empty(), "nothing went out");
    let to = "Ann Müller <ann@example.org>, bob@example.org";
    let outcome = program.act("send_mail", &json!({"to": to, "subject": "Größe", "body": ".\nfrom here\n"}));
    assert_eq!(outcome["success"], true, "{outcome}");
    let mail = sent(&post, "from here");
    assert_eq!(header(&mail, "X-Envelope-To"), "ann@example.org, bob@example.org");
    let read = program.act("search_mail", &json!({}));
    assert_eq!(read["output"][0]["subject"], "Größe", "{read}");
    let read = program.act("read_mail", &json!({"uid": read["output"][0]["uid"]}));
    assert_eq!(read["output"]["text"], ".\nfrom here", "{read}");
    for (query, count) in [("Größe", 1), ("grösse \"", 0)] {
        let found = program.act("search_mail", &json!({"query": query}));
        assert_eq!(found["output"].as_array().map(Vec::len), Some(count), "{query}: {found}");
    }
    assert_eq!(program.act("list_folders", &json!({}))["output"], json!(["INBOX"]));
    let missing = program.act("search_mail", &json!({"folder": "Entwürfe"}));
    assert!(missing["summary"].as_str().expect("a text").contains("`Entwürfe`"), "{missing}");
    assert_eq!(read["output"]["to"][0], json!({"address": "ann@example.org", "name": "Ann Müller"}));
}

#[test]
#[ignore = "needs dovecot"]
fn an_agent_s_file_goes_out_and_a_wrong_one_is_kept() {
    let post = Post::new();
    let program = Program::connected(&post);
    let agent = Agent::new();
    let _mailbox = agent.start(&program);
    agent.until_begun();
    post.deliver(numbered(7));
    until("the message", || agent.count() == 1);
    let received = agent.received();
    let message = received.values().next().expect("a message");
    assert_eq!(number(message), 7);
    let conversation = &message["conversation"];
    agent.say(
        &json!({"channel": conversation["id"], "thread_ts": conversation["thread_id"], "text": "an answer"}),
    );
    let mail = sent(&post, "an answer");
    assert_eq!(header(&mail, "In-Reply-To"), "<n7@example.org>");
    agent.say(
        &json!({"conversation_id": "nobody@example.org", "text": "to nobody", "connector_instance": "work"}),
    );
    until("the reason", || !agent.failures().is_empty());
    let failures = agent.failures();
    assert!(failures[0].contains("there is nobody of that name"), "{failures:?}");
}

#[test]
#[ignore = "needs dovecot"]
fn a_mailbox_whose_password_is_refused_ends_for_good() {
    let mut post = Post::new();
    let program = Program::connected(&post);
    post.change_password("s3cret-and-new");
    let agent = Agent::new();
    assert_eq!(agent.start(&program).ended(), Some(2));
}
