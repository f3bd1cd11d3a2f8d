//! Settings and credentials: `--set`, then the environment, then a file, then what is stored, then the
//! manifest's defaults.
//!
//! Credentials come from the environment and the store alone. Arguments are seen by every user of the
//! machine, and a file in the clear is copied, committed and backed up.

use std::fs::File;
use std::io::Read as _;

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::configuration::Configuration;
use super::process::Process;
use super::scan::Scan;
use crate::call::Redactor;
use crate::manifest::{Credential, Manifest};
use crate::named::Named;
use crate::platform::argentos::Source;
use crate::similar::{excerpt, listed, nearest};
use crate::{Error, Result, Secret};

/// The most that is read of a file; settings are a few lines.
const MOST_FILE: u64 = 1024 * 1024;

/// What takes credentials out of a text: those of the environment, and those that came otherwise.
pub(super) fn redactor(manifest: &Manifest, process: &Process) -> Redactor {
    let variables = manifest.credentials.iter().filter_map(|credential| process.variable(&credential.env));
    let mut secrets: Vec<Secret> = variables.map(|value| Secret::new(value.to_string_lossy())).collect();
    secrets.extend(process.secrets());
    Redactor::new(&secrets)
}

/// Reads everything that is set.
pub(super) fn read<'m>(
    manifest: &'m Manifest,
    scan: &Scan<'_>,
    process: &Process,
) -> Result<Configuration<'m>> {
    #[cfg_attr(
        not(feature = "credentials"),
        expect(unused_mut, reason = "nothing is stored without a store")
    )]
    let mut configuration = given(manifest, scan, process, Piped::default())?;
    #[cfg(feature = "credentials")]
    super::stored::complete(&mut configuration, scan, process)?;
    Ok(configuration)
}

/// What standard input says, where a command takes settings from there.
#[derive(Default)]
pub(super) struct Piped {
    pub(super) values: Map<String, Value>,
    pub(super) secrets: Named<Secret>,
    /// Whether `--set` may hold credentials too.
    pub(super) takes_secrets: bool,
}

/// Reads what is set for this run.
pub(super) fn given<'m>(
    manifest: &'m Manifest,
    scan: &Scan<'_>,
    process: &Process,
    mut piped: Piped,
) -> Result<Configuration<'m>> {
    let mut secrets = Named::default();
    let mut flags = flags(manifest, &scan.set, piped.takes_secrets.then_some(&mut secrets))?;
    let mut file = match &scan.config {
        Some(path) => file(manifest, path, process)?,
        None => Map::new(),
    };
    let mut configuration = Configuration::new(manifest);
    for setting in &manifest.settings {
        let name = setting.name.as_str();
        let (value, source) = if let Some(text) = flags.remove(name) {
            (text, Source::Flag)
        } else if let Some(value) = piped.values.remove(name) {
            (value, Source::Stdin)
        } else if let Some(text) = variable(process, &setting.env)? {
            (Value::String(text), Source::Env)
        } else if let Some(value) = file.remove(name) {
            (value, Source::File)
        } else {
            continue;
        };
        configuration.set(setting, value, source);
    }
    for credential in &manifest.credentials {
        if let Some(secret) = secrets.remove(&credential.name) {
            configuration.entrust(credential, secret, Source::Flag);
        } else if let Some(secret) = piped.secrets.remove(&credential.name) {
            configuration.entrust(credential, secret, Source::Stdin);
        } else if let Some(secret) = variable(process, &credential.env)? {
            configuration.entrust(credential, Secret::new(secret), Source::Env);
        }
    }
    Ok(configuration)
}

fn variable(process: &Process, name: &str) -> Result<Option<String>> {
    let Some(value) = process.variable(name) else { return Ok(None) };
    value.into_string().map(Some).map_err(|_| {
        Error::setup(format!("the environment variable {name} is not UTF-8 text; set it to text"))
    })
}

/// What `--set` says, as texts. Credentials are refused where there is no place for them.
fn flags(
    manifest: &Manifest,
    set: &[String],
    mut secrets: Option<&mut Named<Secret>>,
) -> Result<Map<String, Value>> {
    let twice = |name: &str| Error::usage(format!("`--set {name}` is given twice; give it once"));
    let mut flags = Map::new();
    for pair in set {
        // The text is not repeated: it may be a credential with its name left out.
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Error::usage("`--set` takes `name=value`; the `=` is missing"));
        };
        let name = name.trim();
        if let (Some(_), Some(secrets)) = (manifest.credential(name), &mut secrets) {
            if value.is_empty() {
                return Err(Error::usage(format!("`--set {name}=` has no value; give it one")));
            }
            if secrets.insert(name.to_owned(), Secret::new(value)).is_some() {
                return Err(twice(name));
            }
            continue;
        }
        if let Some(credential) = manifest.credential(name) {
            return Err(Error::usage(format!(
                "credential `{name}` can't be given with `--set`, where others on this machine can see it; \
                 set the environment variable {}",
                credential.env
            )));
        }
        if manifest.setting(name).is_none() {
            return Err(Error::usage(format!("`--set`: {}", unknown(manifest, name))));
        }
        if flags.insert(name.to_owned(), value.into()).is_some() {
            return Err(twice(name));
        }
    }
    Ok(flags)
}

fn unknown(manifest: &Manifest, name: &str) -> String {
    let known = manifest.settings.iter().map(|setting| setting.name.as_str());
    let shown = excerpt(name);
    match nearest(name, known.clone()) {
        Some(near) => format!("there is no setting `{shown}`; did you mean `{near}`?"),
        None => format!("there is no setting `{shown}`; there is {}", listed(known)),
    }
}

fn file(manifest: &Manifest, path: &str, process: &Process) -> Result<Map<String, Value>> {
    let wrong = |what: String| {
        Error::setup(format!("the settings file `{path}` {what}")).with_detail("settings_file", path)
    };
    let opened = path.to_owned();
    let bytes = process
        .in_time("the settings file", move || {
            let mut bytes = Vec::new();
            File::open(opened)?.take(MOST_FILE + 1).read_to_end(&mut bytes).map(|_| bytes)
        })?
        .map_err(|error| wrong(format!("can't be read: {error}")))?;
    if bytes.len() as u64 > MOST_FILE {
        return Err(wrong("is larger than 1 MiB; that is no settings file".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.utf8_error().valid_up_to();
        let line = line_of(error.as_bytes(), before);
        wrong(format!("is not UTF-8 text in line {line}"))
    })?;
    // The error's own text shows the line at fault, and a credential may stand in it.
    let table = DeTable::parse(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(format!("is not TOML in line {}: {}", line_of(text.as_bytes(), at), error.message()))
    })?;
    let mut values = Map::new();
    for (key, value) in table.get_ref() {
        let line = line_of(text.as_bytes(), key.span().start);
        let name = key.get_ref().as_ref();
        if let Some(Credential { env, .. }) = manifest.credential(name) {
            return Err(wrong(format!(
                "has credential `{name}` in line {line}; credentials are not kept in files: remove it and \
                 set the environment variable {env}"
            )));
        }
        if manifest.setting(name).is_none() {
            return Err(wrong(format!("has a fault in line {line}: {}", unknown(manifest, name))));
        }
        let value = json_of(value.get_ref()).ok_or_else(|| {
            wrong(format!("sets `{name}` in line {line} to a number that is not finite, or beyond 64 bits"))
        })?;
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

/// The number of the line that a place in a text is in, from 1.
fn line_of(text: &[u8], at: usize) -> usize {
    1 + text.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// A value of TOML as JSON; none for a number that JSON or 64 bits can't hold. Dates become text.
fn json_of(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok()?.into(),
        DeValue::Float(number) => serde_json::Number::from_f64(number.as_str().parse().ok()?)?.into(),
        DeValue::Boolean(is) => (*is).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| json_of(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(members) => {
            let mut object = Map::new();
            for (key, member) in members {
                object.insert(key.get_ref().to_string(), json_of(member.get_ref())?);
            }
            Value::Object(object)
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{self, environment};
    use super::super::scan::scan;
    use super::*;
    use crate::ErrorKind;

    fn try_config(arguments: &[&str], toml: &str, variables: &'static [(&str, &str)]) -> Result<Value> {
        let manifest = fake::manifest();
        let name = format!("connector-sdk-{}-{:?}.toml", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, toml).expect("a temporary file");
        let path_text = path.to_str().expect("UTF-8").to_owned();
        let arguments = [&["--config", &path_text], arguments].concat();
        let process = Process::new("notes", [""; 0]).environment(environment(variables));
        let scan = scan(&manifest, &arguments);
        assert!(scan.problem.is_none(), "{:?}", scan.problem);
        let result = read(&manifest, &scan, &process)
            .map(|read| crate::platform::argentos::config(&manifest, &read.state()));
        std::fs::remove_file(path).expect("removed");
        result.map_err(|error| {
            let message = error.message().replace(&path_text, "FILE");
            Error::new(error.kind(), message)
        })
    }

    fn message(arguments: &[&str], toml: &str) -> (ErrorKind, String) {
        let error = try_config(arguments, toml, &[]).expect_err("a mistake");
        (error.kind(), error.to_string())
    }

    #[test]
    fn a_flag_comes_before_the_environment_and_that_before_the_file() {
        let rows = |arguments: &[&str], variables| {
            let shown = try_config(arguments, "root = \"file\"\ndepth = 7", variables).expect("settings");
            [0, 1].map(|at| (shown["settings"][at]["value"].clone(), shown["settings"][at]["source"].clone()))
        };
        let environment: &[(&str, &str)] = &[("NOTES_ROOT", "env"), ("NOTES_DEPTH", "")];
        assert_eq!(
            rows(&["--set", "root=flag=x"], environment),
            [(json!("flag=x"), json!("flag")), (json!(7), json!("file"))]
        );
        assert_eq!(rows(&[], environment)[0], (json!("env"), json!("env")));
        assert_eq!(rows(&[], &[])[0], (json!("file"), json!("file")));
        assert_eq!(rows(&["--set", "depth=4"], &[])[1], (json!(4), json!("flag")), "shown as what it is");
    }

    #[test]
    fn credentials_come_from_the_environment_alone() {
        let (kind, text) = message(&["--set", "token=s3cret"], "");
        assert_eq!(kind, ErrorKind::Usage);
        assert!(
            text.contains("set the environment variable NOTES_TOKEN") && !text.contains("s3cret"),
            "{text}"
        );
        let (kind, text) = message(&[], "depth = 1\ntoken = \"s3cret\"");
        assert_eq!(kind, ErrorKind::Setup);
        assert!(
            text.contains("line 2") && text.contains("NOTES_TOKEN") && !text.contains("s3cret"),
            "{text}"
        );
        let shown = try_config(&[], "", &[("NOTES_TOKEN", "s3cret")]).expect("settings");
        assert_eq!(shown["credentials"][0]["set"], json!(true));
        assert!(!shown.to_string().contains("s3cret"));
    }

    #[test]
    fn mistakes_say_where_and_never_what() {
        assert_eq!(
            message(&[], "depth = 1\n\nrooot = 2"),
            (
                ErrorKind::Setup,
                "the settings file `FILE` has a fault in line 3: there is no setting `rooot`; did you mean `root`?"
                    .to_owned()
            )
        );
        let (kind, text) = message(&[], "depth = 1\nroot = \"s3cret");
        assert_eq!(kind, ErrorKind::Setup);
        assert!(text.contains("is not TOML in line 2") && !text.contains("s3cret"), "{text}");
        assert_eq!(
            message(&["--set", "rot=x"], ""),
            (ErrorKind::Usage, "`--set`: there is no setting `rot`; did you mean `root`?".to_owned())
        );
        assert_eq!(message(&["--set", "s3cret"], "").1, "`--set` takes `name=value`; the `=` is missing");
        assert!(message(&["--set", "root=a", "--set", "root=b"], "").1.contains("given twice"));
        assert!(message(&[], "depth = inf").1.contains("line 1"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let manifest = fake::manifest();
        let scan = scan(&manifest, &["--config", "/nowhere/x.toml"]);
        let error = read(&manifest, &scan, &Process::new("notes", [""; 0])).err().expect("no file");
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(
            error.message().starts_with("the settings file `/nowhere/x.toml` can't be read: "),
            "{error}"
        );
    }
}
