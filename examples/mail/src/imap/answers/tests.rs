use super::*;

/// What gets through, however it comes.
fn through(said: &str) -> io::Result<String> {
    let mut all = Vec::new();
    for size in [1, 7, 1000, usize::MAX] {
        let (mut filter, mut through) = (Filter::default(), Vec::new());
        for piece in said.as_bytes().chunks(size.min(said.len())) {
            filter.see(piece, &mut through)?;
        }
        all.push(String::from_utf8(through).expect("UTF-8"));
    }
    all.dedup();
    assert_eq!(all.len(), 1, "{all:?}");
    Ok(all.remove(0))
}

#[test]
fn what_was_asked_for_gets_through() {
    let smiles = "(:".repeat(200);
    for said in [
        "* OK [CAPABILITY IMAP4rev1] hello {5000000}\r\n* PREAUTH in\r\n",
        "A0001 OK [READ-ONLY] done {99}\r\n+ idling {7}\r\n* BYE see you\r\n",
        "* CAPABILITY IMAP4rev1 IDLE LITERAL+\r\n* 12 EXISTS\r\n* SEARCH\r\n* SEARCH 1 2 3\r\n",
        "* LIST (\\Marked) \"/\" \"a (b) (c)\"\r\n* LIST () NIL {5}\r\nü\r\nx\r\n* SEARCH 1\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE 2 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[]<0> NIL)\r\n",
        "* 1 FETCH (FLAGS (\\Seen $Junk) MODSEQ (7) UID 5)\r\n* 2 fetch (uid 5 body[] \"hi\")\r\n",
        &format!("* 1 FETCH (BODY[]<0> {{400}}\r\n{smiles} UID 5)\r\nA0002 OK\r\n"),
        &format!("* 1 FETCH (BODY[] {{400}}\r\n{smiles})\r\n").repeat(3),
        &format!("* NO {smiles}\r\nA0001 BAD {smiles}\r\n"),
    ] {
        assert_eq!(through(said).expect(said), said);
    }
}

#[test]
fn what_nobody_asked_for_does_not() {
    let said = "* 3 RECENT\r\n* FLAGS (\\Seen)\r\n* METADATA x {5}\r\n* 9 E {3}\r\n9\r\n) {0}\r\n\r\n* STATUS a (b)\r\n\
        * ENABLED X\r\n* 2 EXPUNGE\r\n* THREAD ((((1)(2))))\r\n* VANISHED 1:9\r\n* 1 EXISTS\r\n";
    assert_eq!(through(said).expect("read"), "* 1 EXISTS\r\n");
    assert_eq!(through("* SEARCH 1 2 (MODSEQ 9)\r\n").expect("read"), "* SEARCH 1 2\r\n");
}

#[test]
fn a_mail_that_is_too_long_is_cut() {
    let long = "x".repeat(MOST_OF_A_MAIL + 10);
    let said =
        format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{long} RFC822.SIZE 9)\r\n* 1 EXISTS\r\n", long.len());
    let cut = &long[10..];
    let expected =
        format!("* 1 FETCH (UID 5 BODY[] {{{}}}\r\n{cut} RFC822.SIZE 9)\r\n* 1 EXISTS\r\n", cut.len());
    let mut filter = Filter::default();
    let mut through = Vec::new();
    for piece in said.as_bytes().chunks(1000) {
        filter.see(piece, &mut through).expect("read");
    }
    assert!(through == expected.as_bytes());
}

#[test]
fn a_long_search_is_many_short_ones() {
    let numbers: Vec<String> = (1..300_000).map(|n: u32| n.to_string()).collect();
    let said = format!("* SEARCH {}\r\nA0001 OK\r\n", numbers.join(" "));
    let (mut filter, mut through) = (Filter::default(), Vec::new());
    for piece in said.as_bytes().chunks(4096) {
        filter.see(piece, &mut through).expect("read");
    }
    let text = String::from_utf8(through).expect("UTF-8");
    let found: Vec<&str> = text
        .lines()
        .flat_map(|line| line.strip_prefix("* SEARCH").unwrap_or("").split_whitespace())
        .collect();
    assert!(found == numbers && text.ends_with("\r\nA0001 OK\r\n"));
    assert!(text.lines().all(|line| line.len() < 2 * NUMBERS + 4096));
}

#[test]
fn what_two_readers_may_take_for_two_things_ends_the_connection() {
    let deep = "(".repeat(100);
    for said in [
        format!("* 1 FETCH (BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(\")\" ".repeat(100)),
        format!("* 1 FETCH (A (\r\n) BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (A x\r\nfoo BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (A ({{300}}\r\n) BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (A x{{300}}\r\n BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (A {{3}}\r\nabc BODYSTRUCTURE {deep}\r\n"),
        format!("* 1 FETCH (BODY[]<9999999999> {{3}}\r\nabc {deep}\r\n"),
        format!("* 1 FETCH (BODY[X] {{3}}\r\nabc {deep}\r\n"),
        format!("* 1 FETCH (BODY[] {{3}}\r\nabc BODYSTRUCTURE {deep}\r\n"),
        "* 1 FETCH (BODY[] {9999999999}\r\n".to_owned(),
        "* 1 FETCH (A (\") BODYSTRUCTURE ((\") B \"\"\r\n".to_owned(),
        "* 1 FETCH (A x\" BODYSTRUCTURE ((\"\r\n".to_owned(),
        "* 1 FETCH (A \"\\\" BODYSTRUCTURE ((\"\r\n".to_owned(),
        "* 1 FETCH (INTERNALDATE NIL)\r\n".to_owned(),
        "* 1 FETCH (UID 5) BODYSTRUCTURE (()\r\n".to_owned(),
        "* 1 FETCH (UID 5\rX)\r\n".to_owned(),
        "* 1 FETCH (UID 5\n".to_owned(),
        "* 1 FETCH UID\r\n".to_owned(),
        "* 1 EXISTS x\r\n".to_owned(),
        "* SEARCH 1 x\r\n".to_owned(),
        "* LIST () NIL {2}\r\nabc\r\n".to_owned(),
        "* OK [BADCHARSET ({25}\r\n".to_owned(),
        "A1 NO [badcharset ({500000000}\r\n".to_owned(),
    ] {
        let error = through(&said).expect_err(&said);
        assert_eq!(error.kind(), io::ErrorKind::Other, "{said}");
    }
}

#[test]
fn what_there_is_no_room_for_ends_the_connection() {
    let lines = "* LIST () NIL a\r\n".repeat(1024);
    for said in [
        "* OK ".to_owned() + &"x".repeat(LONGEST),
        "* LIST () NIL {65537}\r\n".to_owned(),
        "* SEARCH ".to_owned() + &"1".repeat(LONGEST),
        lines.repeat(MOST / lines.len() + 1),
    ] {
        let mut filter = Filter::default();
        let mut see = |piece| {
            let mut through = Vec::new();
            filter.see(piece, &mut through).map(|()| through.len())
        };
        let error = said.as_bytes().chunks(4096).find_map(|piece| see(piece).err()).expect("no room");
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        see(b"* 1 EXISTS\r\n").expect_err("nothing after it is read");
    }
}
