//! The mail that is answered, out of all that the folder has.

use connector_sdk::Result;

use crate::imap::{Session, quote};
use crate::mail::Mail;
use crate::message::Place;
use crate::message_id::MessageId;

/// As much as is read of a mail to see whether it is the one, in bytes: the headers of most.
const MOST_OF_HEADERS: usize = 64 * 1024;

/// How many of the mails that a search finds are looked at, the latest of them.
const MOST: usize = 20;

/// The latest mail of a thread that somebody wrote at an address, as far as the folder has it.
///
/// What a stranger answers is told to whoever gets the answer, so only their own mail will do. A server finds more
/// than that: all headers that contain the Message-ID, `<11@x>` for `1@x` as well.
pub(crate) async fn find(
    session: &mut Session<'_>,
    place: &Place<'_>,
    thread: &MessageId,
    address: &str,
) -> Result<Option<Mail>> {
    let state = session.examine(place.folder).await?;
    let id = quote(thread.as_str())?;
    let names = format!("OR HEADER Message-ID {id} OR HEADER In-Reply-To {id} HEADER References {id}");
    let mut uids = session.search(&names).await?;
    uids.sort_unstable_by(|a, b| b.cmp(a));
    uids.dedup();
    uids.truncate(MOST);
    if uids.is_empty() {
        return Ok(None);
    }
    let mails = session.fetch(&uids, MOST_OF_HEADERS).await?.into_iter().rev();
    let mut mails = mails.map(|(uid, raw)| Mail::read(place, state.validity, uid, &raw));
    Ok(mails.find(|mail| is_of(mail, thread) && is_from(mail, address)))
}

fn is_of(mail: &Mail, thread: &MessageId) -> bool {
    let mut ids = mail.message_id.iter().chain(&mail.in_reply_to).chain(&mail.references);
    ids.any(|id| MessageId::read(id).is_some_and(|id| id == *thread))
}

fn is_from(mail: &Mail, address: &str) -> bool {
    let mut people = mail.from.iter().chain(&mail.reply_to);
    people.any(|person| person.address.eq_ignore_ascii_case(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::tests::{IDLES, LOGIN, open, run};

    const PLACE: Place<'_> = Place { host: "127.0.0.1", port: 143, folder: "INBOX" };

    /// What is found where the server's search finds these mails, by the subject.
    fn found(mails: &[&str], thread: &str, address: &str) -> Option<String> {
        let (mut uids, mut fetched) = (String::new(), String::new());
        for (number, mail) in (1..).zip(mails) {
            uids += &format!(" {number}");
            fetched += &format!("* {number} FETCH (UID {number} BODY[]<0> {{{}}}\r\n{mail})\r\n", mail.len());
        }
        let script = [
            LOGIN,
            IDLES,
            ("EXAMINE", "* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 99] n\r\n{} OK o\r\n"),
            ("UID SEARCH OR", String::leak(format!("* SEARCH{uids}\r\n{{}} OK\r\n"))),
            ("UID FETCH", String::leak(format!("{fetched}{{}} OK\r\n"))),
        ];
        run(async {
            let mut session = open(Box::leak(Box::new(script))).await.expect("a session");
            let thread = MessageId::read(thread).expect("a Message-ID");
            let mail = find(&mut session, &PLACE, &thread, address).await.expect("looked for");
            mail.map(|mail| mail.subject)
        })
    }

    #[test]
    fn nobody_is_told_the_subject_of_what_another_wrote() {
        let eve = "From: eve@x.org\r\nMessage-ID: <1@x>\r\nSubject: eve's\r\n\r\n";
        let other =
            "From: eve@x.org\r\nMessage-ID: <11@x>\r\nReferences: <1@xy> <21@x>\r\nSubject: other\r\n\r\n";
        let ann = "From: ann@x.org\r\nMessage-ID: <2@x>\r\nReferences: <1@x>\r\nSubject: secret\r\n\r\n";
        assert_eq!(found(&[eve, other, ann], "<1@x>", "eve@x.org").as_deref(), Some("eve's"));
        assert_eq!(found(&[other, ann], "<1@x>", "eve@x.org"), None);
        assert_eq!(found(&[eve, other, ann], "<1@x>", "Ann@X.org").as_deref(), Some("secret"));
    }

    #[test]
    fn a_mail_is_of_a_thread_by_each_of_its_headers() {
        for header in ["Message-ID: <1@x>", "In-Reply-To: <1@x>", "References: <0@x> <1@x>\r\n <2@x>"] {
            let mail = format!("From: a@y.org\r\nReply-To: ann@x.org\r\n{header}\r\nSubject: s\r\n\r\n");
            assert_eq!(found(&[&mail], "<1@x>", "ann@x.org").as_deref(), Some("s"), "{header}");
        }
    }
}
