//! The outer part of a mail: mails inside of it are attachments, and what they consist of is nobody's business here.
//!
//! The parser goes into a mail in a mail without a limit, and what it made of them is dropped, and copied where one
//! of them is encoded, by a call for each level: a megabyte has room for enough of them to overflow the stack. So
//! their types are spoiled before they are parsed. It takes a type as it stands, letter by letter, so one that isn't
//! there can't be found, in whatever it is encoded: <https://github.com/stalwartlabs/mail-parser>.

use std::borrow::Cow;

/// What makes the parser go into a part: `message/rfc822`, `message/global`, and the parts of `multipart/digest`.
const TYPES: [(&str, &str); 3] =
    [("rfc822", "rfc82\u{1}"), ("global", "globa\u{1}"), ("digest", "diges\u{1}")];

const NAME: &[u8] = b"content-type";

/// A mail whose parts hold no mails to the parser, as long as it was.
pub(crate) fn outer(mail: &[u8]) -> Cow<'_, [u8]> {
    let mut spoiled = Cow::Borrowed(mail);
    let mut from = 0;
    while let Some(length) = mail.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b':')) {
        let colon = from + length;
        from = colon + 1;
        if !is_named(&mail[..colon]) {
            continue;
        }
        let value = kind(&mail[from..]);
        for (word, instead) in TYPES {
            for (at, found) in value.windows(word.len()).enumerate() {
                if found.eq_ignore_ascii_case(word.as_bytes()) {
                    spoiled.to_mut()[from + at..][..word.len()].copy_from_slice(instead.as_bytes());
                }
            }
        }
    }
    spoiled
}

/// A text as it was before its types were spoiled.
pub(crate) fn restored(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1}') {
        return text.into();
    }
    TYPES.iter().fold(text.to_owned(), |text, (word, instead)| text.replace(instead, word)).into()
}

/// Whether a header's name ends with that of the type. The parser doesn't mind blanks between its letters.
fn is_named(before: &[u8]) -> bool {
    let mut letters = before.iter().rev().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\x0c'));
    NAME.iter().rev().all(|letter| letters.next().is_some_and(|found| found.eq_ignore_ascii_case(letter)))
}

/// As much of a header's value as may hold the type: all before the parameters. A comment may hide where they
/// begin; with one it is all of the value.
fn kind(rest: &[u8]) -> &[u8] {
    let mut has_comment = false;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'(' => has_comment = true,
            b';' if !has_comment => return &rest[..at],
            b'\n' if !matches!(rest.get(at + 1), Some(b' ' | b'\t')) => return &rest[..at],
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_leads_inside_is_spoiled_however_it_is_written() {
        for mail in [
            "Content-Type:message/rfc822\r\n\r\n",
            "CONTENT-TYPE: MESSAGE/RFC822\n\n",
            "::C o n t e n t -\tT y p e :\r\n message\r\n\t/ rfc822\r\n",
            "Content-Type: (;) message/(=) global;a=b\r\n",
            "Content-Type: multipart/Digest; boundary=digest\r\n",
        ] {
            let outer = outer(mail.as_bytes());
            assert_eq!(outer.len(), mail.len());
            assert_eq!(outer.iter().filter(|byte| **byte == 1).count(), 1, "{mail}");
            let text = String::from_utf8(outer.into_owned()).expect("UTF-8");
            assert!(restored(&text).eq_ignore_ascii_case(mail), "{text}");
        }
        for mail in [
            "Subject: message/rfc822\r\n\r\nglobal",
            "Content-Type: text/plain; name=\"global.txt\"\r\n\r\nmessage/rfc822",
            "Content-Type: text/plain\r\nX: rfc822",
            "Content-Type",
            "",
        ] {
            assert!(matches!(outer(mail.as_bytes()), Cow::Borrowed(_)), "{mail}");
        }
    }
}
