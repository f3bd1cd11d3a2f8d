//! Runs a command line and writes its answer: an envelope, or text for people.

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use super::answer::{Answer, People};
use super::command::{Builtin, Command};
use super::ending::{begin_answer, claim_answer};
#[cfg(feature = "seed-agent")]
use super::mailbox;
use super::process::{Process, Sink, say, write};
#[cfg(feature = "puffer")]
use super::puffer;
use super::rules::Rules;
use super::scan::{Scan, scan};
use super::session::{self, Session};
use super::show::{Style, clean, lay_out, show};
use super::{help, panic, setting};
use crate::call::Redactor;
use crate::manifest::{Manifest, Mode};
use crate::platform::argentos::{self, Meta};
use crate::{Error, ErrorKind, Factory, Result};

/// Runs one command line and returns the number that the process ends with.
///
/// ```
/// # fn demo(factory: &dyn connector_sdk::Factory) {
/// use connector_sdk::cli::{Process, run};
///
/// let code = run(factory, Process::new("notes", ["--json", "capabilities"]).stdout(Vec::new()));
/// assert_eq!(code, 0);
/// # }
/// ```
pub fn run(factory: &dyn Factory, mut process: Process) -> u8 {
    let started = Instant::now();
    let manifest = factory.manifest();
    let scan = scan(manifest, &process.arguments);
    let rules = Rules::default();
    let mut session = Session {
        factory,
        manifest,
        scan: &scan,
        process: &mut process,
        rules: &rules,
        started,
        ending: None,
    };
    #[cfg(feature = "puffer")]
    if let Some(asked) = puffer::asked(&scan) {
        return puffer::run(&mut session, asked);
    }
    #[cfg(feature = "seed-agent")]
    if mailbox::asked(&scan) {
        return mailbox::run(&mut session);
    }
    let result = attempt(&mut session, Session::answer);
    Report::of(&session).write(result)
}

/// Runs what a command line asks for, with an answer whatever becomes of it.
pub(super) fn attempt<'a>(
    session: &mut Session<'a>,
    run: impl FnOnce(&mut Session<'a>) -> Result<Answer>,
) -> Result<Answer> {
    session.keep_panics(session.scan.verbose);
    panic::caught(|| run(session))
}

/// What [`main!`](crate::main) calls.
pub fn run_main(factory: &dyn Factory) -> ExitCode {
    as_process(|process| run(factory, process))
}

/// Runs the command line of the process, for its `main`.
pub(super) fn as_process(run: impl FnOnce(Process) -> u8) -> ExitCode {
    let process = Process::current();
    let stderr = process.stderr_sink();
    let code = panic::caught(|| Ok(run(process))).unwrap_or_else(|error| {
        say(&stderr, &format!("error: {error}"));
        argentos::exit_code(error.kind())
    });
    ExitCode::from(code)
}

/// Ends the process with an answer: for a call that doesn't end by itself, and for a panic that nobody
/// can catch.
pub(super) fn give_up(session: &Session<'_>) -> impl Fn(Error) + Send + Sync + use<> {
    let Session { manifest, scan, rules, started, .. } = *session;
    let at_end = rules.at_end.clone();
    let (command, mode, json) = (command_of(manifest, scan), mode_of(scan), scan.json);
    let (stdout, stderr) = (session.process.stdout_sink(), session.process.stderr_sink());
    // All of it that an envelope shows.
    let manifest = Manifest::new(&manifest.id, &manifest.title, &manifest.version);
    move |error| {
        if begin_answer() {
            if let Some(at_end) = &at_end {
                at_end(error.kind());
            }
            if json {
                let meta = Meta { mode, duration: started.elapsed(), at: SystemTime::now() };
                let _ = write(&stdout, &argentos::failure(&manifest, &command, &error, &meta));
            } else {
                say(&stderr, &format!("error: {error}"));
            }
        }
        std::process::exit(argentos::exit_code(error.kind()).into());
    }
}

/// Writes what became of a command line.
pub(super) struct Report<'a> {
    manifest: &'a Manifest,
    scan: &'a Scan<'a>,
    process: &'a Process,
    rules: &'a Rules,
    started: Instant,
}

impl<'a> Report<'a> {
    pub(super) fn of(session: &'a Session<'_>) -> Self {
        let Session { manifest, scan, process, rules, started, .. } = session;
        Self { manifest, scan, process, rules, started: *started }
    }

    pub(super) fn write(&self, result: Result<Answer>) -> u8 {
        let stderr = self.process.stderr_sink();
        // Whatever failed before a connection was open knows nothing of its secrets.
        let result = result.map_err(|error| self.redactor().error(error));
        claim_answer(self.process);
        if self.scan.verbose {
            let took = self.started.elapsed().as_millis();
            say(&stderr, &format!("[info] {} took {took} ms", command_of(self.manifest, self.scan)));
        }
        let (code, bytes) = match &result {
            Ok(answer) => (0, self.success(answer)),
            Err(error) => (argentos::exit_code(error.kind()), self.failure(error, &stderr)),
        };
        // Nothing can always be written, also where somebody else holds the stream and never lets go.
        if bytes.is_empty() {
            return code;
        }
        match write(&self.process.answer_sink(), &bytes) {
            Ok(()) => code,
            Err(error) => {
                say(&stderr, &format!("error: the answer can't be written to standard output: {error}"));
                argentos::exit_code(ErrorKind::Internal)
            }
        }
    }

    fn success(&self, answer: &Answer) -> Vec<u8> {
        #[cfg(feature = "supervisor")]
        if matches!(answer.people, People::Nothing) {
            return Vec::new();
        }
        if self.scan.json {
            let command = command_of(self.manifest, self.scan);
            let top_level = answer.top_level.as_ref();
            return argentos::success(self.manifest, &command, &answer.data, &self.meta(), top_level);
        }
        let style = Style {
            columns: self.process.columns(),
            colour: self.process.colour(self.process.terminal.stdout),
        };
        match &answer.people {
            People::Data => show(&answer.data, style).into_bytes(),
            People::Other(data) => lay_out(data, style).into_bytes(),
            People::Text(text) => text.clone().into_bytes(),
            #[cfg(feature = "supervisor")]
            People::Nothing => Vec::new(),
        }
    }

    /// What goes to standard output; people read of a failure on standard error.
    fn failure(&self, error: &Error, stderr: &Sink) -> Vec<u8> {
        if self.scan.json {
            let command = command_of(self.manifest, self.scan);
            return argentos::failure(self.manifest, &command, error, &self.meta());
        }
        let unfinished = self.scan.command.is_none() && (self.scan.words.is_empty() || self.scan.group);
        if unfinished && self.scan.problem.is_none() && session::mode(self.scan).is_ok() {
            let colour = self.process.colour(self.process.terminal.stderr);
            let style = Style { columns: self.process.columns(), colour };
            say(stderr, help_of(self.manifest, self.process, self.rules, &self.scan.words, style).trim_end());
            return Vec::new();
        }
        let (red, plain) = match self.process.colour(self.process.terminal.stderr) {
            true => ("\u{1b}[1;31m", "\u{1b}[0m"),
            false => ("", ""),
        };
        let mut text = format!("{red}error:{plain} {}", clean(error.message()));
        if let Some(hint) = self.hint(error) {
            text.push_str(&format!("\nhint: {hint}"));
        }
        say(stderr, &text);
        Vec::new()
    }

    /// What to do next, where it isn't said by the error itself.
    fn hint(&self, error: &Error) -> Option<String> {
        // Of what can be set; nothing else is mended by setting it.
        let is_detail = |name: &&str| error.details().contains_key(*name);
        match error.kind() {
            ErrorKind::Usage => {
                let written = match self.scan.command {
                    None => self.process.caller(),
                    Some(Command::Builtin(builtin)) => self.process.spelled(&builtin.id().replace('.', " ")),
                    Some(Command::Action(action)) => {
                        format!("{} {}", self.process.caller(), action.command.replace('.', " "))
                    }
                };
                Some(format!("`{written} --help` says what it takes"))
            }
            ErrorKind::Denied => {
                let mode = error.details().get("required_mode")?.as_str()?;
                Some(format!("`--mode {mode}` allows it"))
            }
            ErrorKind::Setup if !["setting", "credential", "missing_keys"].iter().any(is_detail) => None,
            ErrorKind::Setup | ErrorKind::Auth if self.needs_connection() => {
                Some(match self.process.serves {
                    None => format!("`{}` says what is missing", self.process.spelled("doctor")),
                    Some(_) => format!("`{}` asks for it and stores it", self.process.spelled("connect")),
                })
            }
            ErrorKind::RateLimited | ErrorKind::Unavailable => {
                let wait = error.retry_after()?;
                Some(format!(
                    "try again in {}",
                    humantime::format_duration(Duration::from_secs(wait.as_secs().max(1)))
                ))
            }
            _ => None,
        }
    }

    /// Whether the command is one that `doctor` knows more about.
    fn needs_connection(&self) -> bool {
        use Builtin::{Call, ConfigShow, Options};
        matches!(self.scan.command, Some(Command::Action(_) | Command::Builtin(Call | ConfigShow | Options)))
    }

    fn redactor(&self) -> Redactor {
        setting::redactor(self.manifest, self.process)
    }

    fn meta(&self) -> Meta<'static> {
        Meta { mode: mode_of(self.scan), duration: self.started.elapsed(), at: SystemTime::now() }
    }
}

/// The help for some words.
pub(super) fn help_of(
    manifest: &Manifest,
    process: &Process,
    rules: &Rules,
    words: &[String],
    style: Style,
) -> String {
    match &rules.help {
        Some(help) => help(words, style),
        None => help::help(manifest, &process.program, words, style),
    }
}

/// The mode as an envelope tells it.
fn mode_of(scan: &Scan<'_>) -> &'static str {
    match &scan.mode {
        None => Mode::default().as_str(),
        Some(name) => Mode::from_name(name).map_or("unknown", Mode::as_str),
    }
}

/// The command as an envelope tells it.
fn command_of(manifest: &Manifest, scan: &Scan<'_>) -> String {
    match scan.command {
        _ if scan.help => "help".to_owned(),
        _ if scan.version => "version".to_owned(),
        None => "unknown".to_owned(),
        Some(Command::Builtin(Builtin::Call)) => {
            session::called(manifest, scan).map_or("call", |action| &action.command).to_owned()
        }
        // A source of choices is a command of its own to ArgentOS.
        Some(Command::Builtin(Builtin::Options)) => {
            let source = session::subject(scan)
                .and_then(|name| manifest.options.iter().find(|known| known.name == name));
            source.map_or_else(|| "options".to_owned(), |source| format!("options.{}", source.name))
        }
        Some(command) => command.id().to_owned(),
    }
}
