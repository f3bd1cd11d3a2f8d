//! A program in a process group of its own, whose pipes hold nobody up.
//!
//! Threads and no driver of tokio's: its processes hear of their ends by signals, for which it would bring a driver for
//! sockets that nothing else here needs. Each pipe has a thread that waits for it or for the end of the program,
//! whichever comes first, so that a grandchild that holds a pipe keeps none of them.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::sync::{Notify, oneshot};

use super::errors;
use crate::{Context, Error, Result};

/// How many bytes may wait for a program that doesn't read its standard input, before whoever writes to it is told to
/// keep the rest.
const MOST_WAITING: usize = 1024 * 1024;

/// How much is read of a pipe after the program has ended: more than a pipe holds.
const MOST_AFTERWARDS: usize = 1024 * 1024;

/// All that run, for a process that ends before it can drop them.
static PROGRAMS: Mutex<Programs> = Mutex::new(Programs { over: false, groups: Vec::new() });

struct Programs {
    /// No more may start.
    over: bool,
    groups: Vec<Weak<Group>>,
}

/// Ends all programs of this process at once, which is about to end and starts no others.
#[cfg(feature = "supervisor")]
pub(crate) fn end_all() {
    PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner).end();
}

/// A program that runs. Dropped, it and all of its group are killed.
pub(super) struct Running {
    group: Arc<Group>,
    input: Option<Input>,
    exited: oneshot::Receiver<io::Result<ExitStatus>>,
    /// The end of what it said on standard error.
    errors: oneshot::Receiver<String>,
}

/// The process group of a program, whose number is the program's own.
pub(super) struct Group {
    id: Pid,
    /// Whether the number is still this group's: another may get it once the program has been waited for.
    is_ours: Mutex<bool>,
}

/// A program that nobody waits for yet. Dropped, it is killed with its group and waited for.
struct Unwatched {
    child: Option<Child>,
    group: Arc<Group>,
}

/// The writing end of a program's standard input.
pub(super) struct Input {
    lines: Sender<Vec<u8>>,
    waiting: Arc<Waiting>,
}

/// What was given to a program and isn't in its pipe yet.
#[derive(Default)]
struct Waiting {
    bytes: AtomicUsize,
    /// There is less of it than there was.
    less: Notify,
}

/// A pipe from a program, as far as it is worth reading: to its end, or that of the program.
pub(super) struct Output<P> {
    pipe: P,
    over: Arc<io::PipeReader>,
    /// How much was read since the program ended.
    afterwards: usize,
}

impl Running {
    /// Starts a program and writes `first` to its standard input. `read` gets its standard output on a thread of its
    /// own, and what it wrote to standard error is logged line by line.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`](crate::ErrorKind::Setup) where there is no such program or it can't be run,
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) where the machine can't start one more.
    pub(super) fn start<F>(
        command: &[String],
        arguments: &[&str],
        first: Vec<u8>,
        context: &Context,
        read: F,
    ) -> Result<Self>
    where
        F: FnOnce(Output<std::process::ChildStdout>, Arc<Group>) + Send + 'static,
    {
        let (program, fixed) =
            command.split_first().ok_or_else(|| Error::internal("a command has no program"))?;
        let path = program_of(program);
        let (over, held) = io::pipe()?;
        let mut child = Command::new(&path)
            .args(fixed)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| not_started(program, &error))?;
        let group = Arc::new(Group { id: Pid::from_child(&child), is_ours: Mutex::new(true) });
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let over = Arc::new(over);
        let (exit, exited) = oneshot::channel();
        let unwatched = Unwatched { child: Some(child), group: Arc::clone(&group) };
        PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner).add(&group)?;
        // Where there is no thread to be had, what it would have run is dropped, and the program ends with it.
        thread::Builder::new().name("program".to_owned()).spawn(move || {
            let _ = exit.send(unwatched.reap());
            drop(held);
        })?;
        // From here on whatever goes wrong kills the program, by the drop of what is returned.
        let (say, errors) = oneshot::channel();
        let (lines, written) = channel();
        let waiting = Arc::new(Waiting::default());
        let input = Input { lines, waiting: Arc::clone(&waiting) };
        input.write(first);
        let running = Self { group: Arc::clone(&group), input: Some(input), exited, errors };
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Error::internal("a process has no pipes"));
        };
        let context = context.clone();
        let output = |over: &Arc<_>| Arc::clone(over);
        let (out, err) = (output(&over), output(&over));
        let stdout = Output { pipe: stdout, over: out, afterwards: 0 };
        thread::Builder::new().name("program's output".to_owned()).spawn(move || read(stdout, group))?;
        let stderr = Output { pipe: stderr, over: err, afterwards: 0 };
        thread::Builder::new().name("program's log".to_owned()).spawn(move || {
            let _ = say.send(errors::log(stderr, &context));
        })?;
        rustix::io::ioctl_fionbio(&stdin, true).map_err(io::Error::from)?;
        thread::Builder::new().name("program's input".to_owned()).spawn(move || {
            write(stdin, &over, &written, &waiting);
            // Whatever it didn't take is nothing that it still could.
            drop(written);
            waiting.forget();
        })?;
        Ok(running)
    }

    /// Whether there is room for more on standard input.
    pub(super) fn has_room(&self) -> bool {
        self.input.as_ref().is_some_and(|input| input.waiting.bytes.load(Ordering::Relaxed) < MOST_WAITING)
    }

    /// Waits until the program has read some of what is written to it. One waits at a time.
    pub(super) async fn reads(&self) {
        match &self.input {
            Some(input) => input.waiting.less.notified().await,
            None => std::future::pending().await,
        }
    }

    /// Writes to standard input, some time later. Nothing is left out, so whoever has much to say asks for
    /// [room](Self::has_room) first.
    pub(super) fn write(&self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            input.write(bytes);
        }
    }

    /// Closes standard input once all is written.
    pub(super) fn close(&mut self) {
        self.input = None;
    }

    /// Waits for the program's end. Nothing of its group is left then.
    ///
    /// It can be given up and waited for again, until it has answered once.
    pub(super) async fn exited(&mut self) -> Result<ExitStatus> {
        match (&mut self.exited).await {
            Ok(status) => {
                status.map_err(|error| Error::internal(format!("a process can't be waited for: {error}")))
            }
            Err(_) => Err(Error::internal("the thread that waits for a process is gone")),
        }
    }

    /// The end of what it said on standard error, after its end.
    pub(super) async fn errors(&mut self) -> String {
        (&mut self.errors).await.unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.group.kill();
    }
}

impl Group {
    /// Ends all of it at once.
    pub(super) fn kill(&self) {
        let is_ours = self.is_ours.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_ours {
            // Nobody left is what was wanted.
            let _ = kill_process_group(self.id, Signal::KILL);
        }
    }
}

impl Programs {
    fn add(&mut self, group: &Arc<Group>) -> Result<()> {
        if self.over {
            return Err(Error::cancelled("no program is started any more, since all of it is to end"));
        }
        self.groups.retain(|group| group.strong_count() > 0);
        self.groups.push(Arc::downgrade(group));
        Ok(())
    }

    #[cfg(any(feature = "supervisor", test))]
    fn end(&mut self) {
        self.over = true;
        for group in self.groups.drain(..).filter_map(|group| group.upgrade()) {
            group.kill();
        }
    }
}

impl Unwatched {
    /// Waits for the program's end.
    fn reap(mut self) -> io::Result<ExitStatus> {
        let child = self.child.take().ok_or_else(|| io::Error::other("it was waited for"))?;
        reap(child, &self.group)
    }
}

impl Drop for Unwatched {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            self.group.kill();
            let _ = reap(child, &self.group);
        }
    }
}

impl Input {
    fn write(&self, bytes: Vec<u8>) {
        self.waiting.bytes.fetch_add(bytes.len(), Ordering::Relaxed);
        if self.lines.send(bytes).is_err() {
            // It is at its end, or has closed its standard input.
            self.waiting.forget();
        }
    }
}

impl Waiting {
    fn forget(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.less.notify_one();
    }
}

/// Waits for a program, and ends what it leaves behind before its number can be another's.
fn reap(mut child: Child, group: &Group) -> io::Result<ExitStatus> {
    while let Err(error) = waitid(WaitId::Pid(group.id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
        if error != rustix::io::Errno::INTR {
            break;
        }
    }
    let mut is_ours = group.is_ours.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = kill_process_group(group.id, Signal::KILL);
    let status = child.wait();
    *is_ours = false;
    status
}

/// Writes what comes to a program until nobody has more to say, or it reads no more.
fn write(mut stdin: ChildStdin, over: &io::PipeReader, lines: &Receiver<Vec<u8>>, waiting: &Waiting) {
    while let Ok(bytes) = lines.recv() {
        let mut left = &bytes[..];
        while !left.is_empty() {
            match stdin.write(left) {
                Ok(written) => left = &left[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    match ready(stdin.as_fd(), PollFlags::OUT, over) {
                        Ok(true) => {}
                        // It has ended, whoever else holds its pipe.
                        _ => return,
                    }
                }
                // It closed its end, which is no failure: its answer counts.
                Err(_) => return,
            }
        }
        waiting.bytes.fetch_sub(bytes.len(), Ordering::Relaxed);
        waiting.less.notify_one();
    }
}

/// Waits for a pipe. False: it has nothing, and the program has ended.
fn ready(pipe: BorrowedFd<'_>, wanted: PollFlags, over: &io::PipeReader) -> io::Result<bool> {
    loop {
        let mut both = [PollFd::from_borrowed_fd(pipe, wanted), PollFd::new(over, PollFlags::IN)];
        match poll(&mut both, None) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        if !both[0].revents().is_empty() {
            return Ok(true);
        }
        if !both[1].revents().is_empty() {
            return Ok(false);
        }
    }
}

/// Whether the program has ended.
fn is_over(over: &io::PipeReader) -> bool {
    let mut one = [PollFd::new(over, PollFlags::IN)];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut one, Some(&now)).is_ok_and(|count| count > 0)
}

impl<P: Read + AsFd> Read for Output<P> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !ready(self.pipe.as_fd(), PollFlags::IN, &self.over)? {
            return Ok(0);
        }
        let read = loop {
            match self.pipe.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        // A grandchild that fled the group may write for ever.
        if self.afterwards > 0 || is_over(&self.over) {
            self.afterwards += read;
            if self.afterwards > MOST_AFTERWARDS {
                return Ok(0);
            }
        }
        Ok(read)
    }
}

/// The name `puffer` is that of the host, which says where it is.
fn program_of(program: &str) -> std::ffi::OsString {
    let own = (program == "puffer").then(|| std::env::var_os("PUFFER_BIN")).flatten();
    own.filter(|path| !path.is_empty()).unwrap_or_else(|| program.into())
}

#[cold]
fn not_started(program: &str, error: &io::Error) -> Error {
    let shown = crate::similar::excerpt(program);
    match error.kind() {
        io::ErrorKind::NotFound => {
            Error::setup(format!("there is no program `{shown}`; install it, or write its whole path"))
        }
        io::ErrorKind::PermissionDenied => {
            Error::setup(format!("the program `{shown}` can't be run: {error}; see its permissions"))
        }
        _ => Error::unavailable(format!("the program `{shown}` can't be started: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn all_programs_are_ended_and_none_is_started() {
        let child = Command::new("sleep").arg("1000").process_group(0).spawn().expect("started");
        let group = Arc::new(Group { id: Pid::from_child(&child), is_ours: Mutex::new(true) });
        let unwatched = Unwatched { child: Some(child), group: Arc::clone(&group) };
        let mut programs = Programs { over: false, groups: vec![Weak::new()] };
        programs.add(&group).expect("added");
        assert_eq!(programs.groups.len(), 1, "those that are gone are forgotten");
        programs.end();
        assert_eq!(unwatched.reap().expect("waited for").signal(), Some(9));
        programs.add(&group).expect_err("it is over");
    }

    #[test]
    fn a_program_that_nobody_waits_for_does_not_go_on() {
        let child = Command::new("sleep").arg("1000").process_group(0).spawn().expect("started");
        let id = Pid::from_child(&child);
        let group = Arc::new(Group { id, is_ours: Mutex::new(true) });
        drop(Unwatched { child: Some(child), group: Arc::clone(&group) });
        // Nothing of it is left, not even a state to be asked for.
        assert!(waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOHANG).is_err());
        assert!(!*group.is_ours.lock().expect("a lock"));
    }
}
