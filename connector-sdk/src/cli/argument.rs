//! From the values on a command line to an action's input.
//!
//! Values without an option fill, in the declared order, the parameters that no option filled; a list
//! at the end takes all that are left. `-` is what standard input holds.

use serde_json::{Map, Value};

use super::command::{Parameter, Takes};
use super::process::Process;
use super::scan::Given;
use crate::manifest::Action;
use crate::similar::{excerpt, listed};
use crate::{Error, ErrorKind, Result, json_from_text};

/// A value that a parameter takes.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) text: String,
    /// Whether it is what standard input held.
    pub(super) piped: bool,
    /// What was written, where no option stood before it.
    alone: Option<String>,
}

impl Taken {
    fn new(text: &str, is_alone: bool) -> Self {
        Self { text: text.to_owned(), piped: false, alone: is_alone.then(|| text.to_owned()) }
    }
}

/// The values of each parameter, in the order of the parameters; none where nothing was given.
pub(super) fn assign(
    parameters: &[Parameter<'_>],
    given: &[Given],
    process: &mut Process,
) -> Result<Vec<Vec<Taken>>> {
    let mut values: Vec<Vec<Taken>> = vec![Vec::new(); parameters.len()];
    let named = given.iter().filter_map(|given| Some((given.parameter?, given.value.as_deref())));
    for (place, value) in named {
        let (Some(parameter), Some(slot)) = (parameters.get(place), values.get_mut(place)) else { continue };
        if parameter.takes != Takes::List && !slot.is_empty() {
            return Err(Error::usage(format!("`--{}` is given twice; give it once", parameter.flag)));
        }
        slot.push(Taken::new(value.unwrap_or("true"), false));
    }
    // An option that takes no value can't be meant by one.
    let is_free = |&place: &usize| values[place].is_empty() && parameters[place].takes != Takes::Nothing;
    let mut free = (0..parameters.len()).filter(is_free).collect::<Vec<_>>().into_iter();
    let mut current = free.next();
    for value in
        given.iter().filter(|given| given.parameter.is_none()).filter_map(|given| given.value.as_deref())
    {
        let Some(place) = current else { return Err(unexpected(value, parameters)) };
        values[place].push(Taken::new(value, true));
        let takes_the_rest = parameters[place].takes == Takes::List && free.len() == 0;
        if !takes_the_rest {
            current = free.next();
        }
    }
    for value in values.iter_mut().flatten().filter(|value| value.text == "-") {
        value.text = line_of(process.read_stdin()?);
        value.piped = true;
    }
    require(parameters, &values)?;
    Ok(values)
}

/// What was given to a built-in command, by the names of its parameters.
pub(super) struct Values<'p> {
    parameters: &'p [Parameter<'p>],
    values: Vec<Vec<Taken>>,
}

impl<'p> Values<'p> {
    /// # Errors
    ///
    /// As [`assign`].
    pub(super) fn read(
        parameters: &'p [Parameter<'p>],
        given: &[Given],
        process: &mut Process,
    ) -> Result<Self> {
        Ok(Self { parameters, values: assign(parameters, given, process)? })
    }

    /// Takes the first value of a parameter.
    pub(super) fn take(&mut self, name: &str) -> Option<Taken> {
        let place = self.parameters.iter().position(|parameter| parameter.name == name);
        debug_assert!(place.is_some(), "the command has no parameter `{name}`");
        let values = std::mem::take(self.values.get_mut(place?)?);
        values.into_iter().next()
    }

    /// The same as a text.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|value| value.text)
    }

    /// Whether an option without a value was given.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.take(name).is_some()
    }
}

/// A single line is piped for what it says, so its end is not part of it; a longer text is a file, and
/// stays as it is.
fn line_of(mut text: String) -> String {
    let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    if let Some(line) = line.filter(|line| !line.contains('\n')) {
        text.truncate(line.len());
    }
    text
}

#[cold]
fn unexpected(value: &str, parameters: &[Parameter<'_>]) -> Error {
    let shown = excerpt(value);
    let taken = match parameters.len() {
        0 => "this command takes none".to_owned(),
        _ => {
            let flags: Vec<String> = parameters.iter().map(|known| format!("--{}", known.flag)).collect();
            format!("all that this command takes is given: {}", listed(flags.iter().map(String::as_str)))
        }
    };
    Error::usage(format!("unexpected argument `{shown}`; {taken}"))
}

fn require(parameters: &[Parameter<'_>], values: &[Vec<Taken>]) -> Result<()> {
    let missing: Vec<&Parameter<'_>> = parameters
        .iter()
        .zip(values)
        .filter(|(parameter, values)| parameter.required && values.is_empty())
        .map(|(parameter, _)| parameter)
        .collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let flags: Vec<String> = missing.iter().map(|parameter| format!("`--{}`", parameter.flag)).collect();
    let (is, it) = if missing.len() == 1 { ("is", "it") } else { ("are", "them") };
    Err(Error::usage(
        format!("{} {is} missing; give {it} a value", flags.join(" and "))
            .replace("give them a value", "give each a value"),
    )
    .with_detail("argument", first.name))
}

/// The input of an action as JSON text.
pub(super) fn input(
    action: &Action,
    parameters: &[Parameter<'_>],
    given: &[Given],
    process: &mut Process,
) -> Result<Vec<u8>> {
    let mut input = Map::new();
    for (parameter, values) in parameters.iter().zip(assign(parameters, given, process)?) {
        if let Some(value) = value_of(parameter, &action.input_schema, values)? {
            input.insert(parameter.name.to_owned(), value);
        }
    }
    Ok(Value::Object(input).to_string().into_bytes())
}

/// The whole input of an action, as somebody wrote it or piped it.
pub(super) fn whole(text: &str, given: &[Given], process: &mut Process) -> Result<Vec<u8>> {
    if !given.is_empty() {
        return Err(Error::usage(
            "`--input` is all arguments at once; give either it or the arguments by themselves",
        ));
    }
    if text != "-" {
        return Ok(text.as_bytes().to_vec());
    }
    let piped = process.read_stdin()?;
    if piped.trim().is_empty() { Err(nothing_piped()) } else { Ok(piped.into_bytes()) }
}

/// An action's input was to come from standard input.
#[cold]
pub(super) fn nothing_piped() -> Error {
    Error::usage("standard input is empty; write the action's input to it, a JSON object such as `{}`")
}

fn value_of(parameter: &Parameter<'_>, root: &Value, values: Vec<Taken>) -> Result<Option<Value>> {
    let any = Value::Bool(true);
    let schema = parameter.schema.unwrap_or(&any);
    let read = |schema: &Value, value: &Taken| {
        json_from_text(schema, root, &value.text).map_err(|error| {
            let flag = &parameter.flag;
            let error = match &value.alone {
                Some(written) => {
                    let shown = excerpt(written);
                    error.context(format_args!("`{shown}` was taken for `--{flag}`"))
                }
                None => error.context(format_args!("`--{flag}`")),
            };
            error.with_detail("argument", parameter.name)
        })
    };
    match (parameter.takes, values.as_slice()) {
        (_, []) => Ok(None),
        (Takes::List, [value]) => {
            // `--tags [1,2]` is the list, `--tags 1` its one item.
            match json_from_text(schema, root, &value.text) {
                Ok(list) => Ok(Some(list)),
                Err(_) => Ok(Some(Value::Array(vec![read(items(schema), value)?]))),
            }
        }
        (Takes::List, values) => {
            let items = items(schema);
            values
                .iter()
                .map(|value| read(items, value))
                .collect::<Result<_>>()
                .map(|list| Some(Value::Array(list)))
        }
        (_, [value, ..]) => read(schema, value).map(Some),
    }
}

/// An error of an input that options made, without the place in a text that nobody wrote.
pub(super) fn unplaced(error: Error) -> Error {
    let is_place =
        |place: &str| place.bytes().all(|byte| byte.is_ascii_digit() || b" column".contains(&byte));
    let (ErrorKind::Usage, Some(argument)) = (error.kind(), error.details().get("argument")) else {
        return error;
    };
    match error.message().rsplit_once(" at line ") {
        Some((words, place)) if is_place(place) => {
            Error::usage(words.to_owned()).with_detail("argument", argument.clone())
        }
        _ => error,
    }
}

/// The schema of a list's items.
fn items(schema: &Value) -> &Value {
    const ANY: &Value = &Value::Bool(true);
    let alternatives =
        ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    schema.get("items").or_else(|| alternatives.into_iter().find_map(|one| one.get("items"))).unwrap_or(ANY)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::command::Command;
    use super::super::fake;
    use super::super::scan::scan;
    use super::*;

    fn parse_with(arguments: &[&str], stdin: &'static [u8]) -> Result<Value> {
        let manifest = fake::manifest();
        let scan = scan(&manifest, arguments);
        assert!(scan.problem.is_none(), "{:?}", scan.problem);
        let Some(Command::Action(action)) = scan.command else { panic!("no action in {arguments:?}") };
        let mut process = Process::new("notes", [""; 0]).stdin(stdin);
        let input = input(action, &scan.parameters, &scan.given, &mut process)?;
        Ok(serde_json::from_slice(&input).expect("JSON"))
    }

    fn search(arguments: &[&str]) -> Result<Value> {
        parse_with(&[&["notes", "search"], arguments].concat(), b"")
    }

    fn usage(result: Result<Value>) -> String {
        let error = result.expect_err("a mistake");
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
        error.to_string()
    }

    #[test]
    fn options_and_values_without_one_are_the_same() -> Result<()> {
        let wanted = json!({"query": "x", "limit": 5});
        assert_eq!(search(&["--query", "x", "--limit", "5"])?, wanted);
        assert_eq!(search(&["x", "5"])?, wanted);
        assert_eq!(search(&["--limit=5", "x"])?, wanted);
        assert_eq!(search(&["5", "--query", "x"])?, wanted, "a value fills what no option filled");
        Ok(())
    }

    #[test]
    fn values_are_read_by_their_schema() -> Result<()> {
        assert_eq!(search(&["3", "-3"])?, json!({"query": "3", "limit": -3}));
        assert_eq!(search(&["x", "--case-sensitive"])?["case_sensitive"], json!(true));
        assert_eq!(search(&["x", "--caseSensitive", "false"])?["case_sensitive"], json!(false));
        assert_eq!(search(&["x", "--filter", r#"{"a":[1]}"#])?["filter"], json!({"a": [1]}));
        assert_eq!(search(&["x", "--arg-mode", "y"])?["mode"], json!("y"));
        Ok(())
    }

    #[test]
    fn lists_are_json_or_repeated() -> Result<()> {
        assert_eq!(search(&["x", "--tags", "[\"a\",\"b\"]"])?["tags"], json!(["a", "b"]));
        assert_eq!(search(&["x", "--tags", "a", "--tags", "b"])?["tags"], json!(["a", "b"]));
        assert_eq!(search(&["x", "--tags", "a"])?["tags"], json!(["a"]));
        let rest = search(&["x", "1", "true", "name", "{}", "m", "a", "b"])?;
        assert_eq!(rest["tags"], json!(["a", "b"]), "the last list takes the rest");
        Ok(())
    }

    #[test]
    fn a_hyphen_is_standard_input() -> Result<()> {
        let create =
            |arguments: &[&str], stdin| parse_with(&[&["notes", "create"], arguments].concat(), stdin);
        assert_eq!(create(&["t", "-"], b"one line\r\n")?["body"], "one line");
        assert_eq!(create(&["t", "--body", "-"], b"two\nlines\n")?["body"], "two\nlines\n");
        assert_eq!(parse_with(&["notes", "search", "--query=x", "--limit=-"], b"7\n")?["limit"], 7);
        assert!(usage(create(&["-", "-"], b"x")).contains("only one value"));
        assert!(usage(create(&["t", "-"], b"\xff")).contains("not UTF-8"));
        Ok(())
    }

    #[test]
    fn a_place_in_a_text_that_nobody_wrote_is_left_out() {
        let wrong = |message: &'static str| Error::usage(message).with_detail("argument", "b");
        for (error, expected) in [
            (wrong("argument `b`: expected a string at line 1 column 11"), "argument `b`: expected a string"),
            (wrong("argument `b`: no place"), "argument `b`: no place"),
            (wrong("argument `b`: ` at line two` is no place"), "argument `b`: ` at line two` is no place"),
            (Error::usage("the service says: at line 1 column 2"), "the service says: at line 1 column 2"),
        ] {
            let has_detail = error.details().contains_key("argument");
            let error = unplaced(error);
            assert_eq!((error.message(), error.details().contains_key("argument")), (expected, has_detail));
        }
    }

    #[test]
    fn mistakes_name_the_argument() {
        assert_eq!(usage(search(&["x", "--limit", "many"])), "`--limit`: expected a whole number");
        assert_eq!(usage(search(&["x", "many"])), "`many` was taken for `--limit`: expected a whole number");
        assert_eq!(usage(search(&[])), "`--query` is missing; give it a value");
        assert_eq!(
            usage(parse_with(&["notes", "create"], b"")),
            "`--title` and `--body` are missing; give each a value"
        );
        assert_eq!(
            usage(search(&["--query", "a", "--query", "b"])),
            "`--query` is given twice; give it once"
        );
        assert!(
            usage(parse_with(&["notes", "delete", "a", "b"], b"")).starts_with("unexpected argument `b`")
        );
    }
}
