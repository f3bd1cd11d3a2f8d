//! A host's end of a subscription.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Item;
use super::engine::Engine;
use super::stream::Stream;
use crate::call::Connection;
use crate::{Error, Observer, Result};

/// How many events may be unacknowledged at once where nobody says otherwise.
const WINDOW: usize = 1000;

/// How long a method is waited for that is stopped, and how much of that is for what comes after its grace.
const STOP: Duration = Duration::from_secs(5);
const SPARE: Duration = Duration::from_secs(1);

/// How a subscription is run.
#[derive(Clone)]
#[non_exhaustive]
pub struct SubscribeOptions {
    /// How many events may be unacknowledged at once, where the connector's [manifest](crate::manifest::Events) says
    /// nothing else: 1,000.
    ///
    /// All that lie from the oldest unacknowledged event to the newest are remembered. They are 16 times the window at
    /// most, and no more than 100,000 or the window itself, whichever is more; then the method waits.
    pub window: usize,
    /// How much time lies between the beginnings of two runs of a method that returns, where the connector's manifest
    /// says nothing else. None: a wait that grows while nothing comes.
    pub every: Option<Duration>,
    /// The first wait after a failure at most: 1 s. It doubles up to `longest_wait`, and a random part of
    /// it is waited.
    pub first_wait: Duration,
    /// The longest wait after a failure: 60 s. What a service asks for may be longer.
    pub longest_wait: Duration,
    /// The longest wait that a service gets when it asks for one: 1 h. A service that means years is tried again then.
    pub longest_asked: Duration,
    /// The wait after a failure that no restart can mend: 5 minutes.
    pub failed_wait: Duration,
    /// A run that lasts that long is well, whatever was before: 60 s.
    pub healthy_after: Duration,
    /// How long a method that is told to stop may take before it is dropped where it waits: 1 s.
    pub grace: Duration,
    /// Whether a failure that no restart can mend ends the subscription.
    pub end_on_failure: bool,
    /// Whether the host was told of a failure of an earlier subscription, so that it hears when this one is well.
    pub(crate) failing: bool,
    /// Who subscribes.
    pub caller: Arc<str>,
    /// Where the method's log goes.
    pub observer: Option<Arc<dyn Observer>>,
}

/// How many events come again at most where a subscription goes on from its cursor.
#[cfg(feature = "seed-agent")]
pub(crate) fn most_repeated(events: &crate::manifest::Events) -> usize {
    super::window::span(events.window.unwrap_or(WINDOW))
}

impl SubscribeOptions {
    /// What most hosts want.
    pub fn new(caller: impl Into<Arc<str>>) -> Self {
        Self {
            window: WINDOW,
            every: None,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            longest_asked: Duration::from_secs(3600),
            failed_wait: Duration::from_secs(300),
            healthy_after: Duration::from_secs(60),
            grace: Duration::from_secs(1),
            end_on_failure: false,
            failing: false,
            caller: caller.into(),
            observer: None,
        }
    }

    /// With the window and the interval that a connector's manifest says.
    fn of(mut self, events: &crate::manifest::Events) -> Self {
        if let Some(window) = events.window {
            self.window = window;
        }
        self.every = events.every.or(self.every);
        self
    }

    /// Ends the subscription at a failure that no restart can mend.
    #[must_use]
    pub fn end_on_failure(mut self) -> Self {
        self.end_on_failure = true;
        self
    }

    /// Sends the method's log somewhere.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }
}

impl fmt::Debug for SubscribeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeOptions")
            .field("window", &self.window)
            .field("every", &self.every)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Subscribes to what happens after a cursor; none: to what the connector takes for the beginning.
    ///
    /// The connector's method runs on a task of its own until the subscription is
    /// [stopped](Subscription::stop) or dropped. It waits when the host doesn't take or acknowledge events.
    /// Call it inside a tokio runtime that has its timer on.
    ///
    /// ```
    /// # async fn demo(connection: std::sync::Arc<connector_sdk::call::Connection>) -> connector_sdk::Result<()> {
    /// use connector_sdk::event::{Item, SubscribeOptions};
    ///
    /// let stored = None;
    /// let mut subscription = connection.subscribe(stored, SubscribeOptions::new("example"))?;
    /// while let Some(item) = subscription.next().await {
    ///     if let Item::Event(event) = item {
    ///         println!("{}", String::from_utf8_lossy(event.payload()));
    ///         subscription.acknowledge(event.id());
    ///         let stored = subscription.cursor();
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the connector has no events,
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) outside a runtime.
    pub fn subscribe(
        self: &Arc<Self>,
        since: Option<&str>,
        options: SubscribeOptions,
    ) -> Result<Subscription> {
        let Some(events) = &self.manifest().events else {
            return Err(crate::connector::no_events(&self.manifest().id));
        };
        let options = options.of(events);
        let runtime = Handle::try_current()
            .map_err(|error| Error::internal(format!("a subscription needs a tokio runtime: {error}")))?;
        let stream = Stream::new(options.window, since, options.failing);
        let patience = options.grace.saturating_add(SPARE).max(STOP);
        let engine = Engine { connection: Arc::clone(self), stream: Arc::clone(&stream), options };
        let task = runtime.spawn(engine.run());
        Ok(Subscription { stream, taken: VecDeque::new(), task: Some(task), patience })
    }
}

/// What a host gets events from. Dropped, it ends at once.
pub struct Subscription {
    stream: Arc<Stream>,
    taken: VecDeque<Item>,
    /// None once it has ended, which is heard of once.
    task: Option<JoinHandle<()>>,
    /// How long it may take to end.
    patience: Duration,
}

impl Subscription {
    /// The next event, checkpoint or change of health; none: the subscription has ended.
    pub async fn next(&mut self) -> Option<Item> {
        if self.taken.is_empty() {
            let Self { stream, taken, .. } = self;
            stream.take(taken).await;
        }
        self.taken.pop_front()
    }

    /// Waits until there is something and adds all of it to `items`. Says whether there was anything
    /// before the end.
    pub async fn next_all(&mut self, items: &mut VecDeque<Item>) -> bool {
        if self.taken.is_empty() {
            return self.stream.take(items).await;
        }
        items.append(&mut self.taken);
        true
    }

    /// An event is dealt with. One that nobody knows, or that was acknowledged before, changes nothing.
    pub fn acknowledge(&self, id: &str) {
        self.stream.acknowledge(|window| {
            window.acknowledge(id);
        });
    }

    /// The cursor to store: the one before the oldest event that isn't acknowledged.
    pub fn cursor(&self) -> Option<Arc<str>> {
        self.stream.safe()
    }

    /// What acknowledges from elsewhere.
    pub fn acknowledger(&self) -> Acknowledger {
        Acknowledger(Arc::clone(&self.stream))
    }

    /// Stops the method: it is told to, and is dropped where it waits if it goes on. What it emitted
    /// before can still be taken. One that has stopped already stays so.
    ///
    /// It takes 5 s at most, or a second more than a longer [grace](SubscribeOptions::grace), where the method doesn't
    /// keep the only thread there is from whoever waits here. One that keeps another for all that time is left behind, and
    /// is dropped once it waits: the runtime can't be shut down before that but
    /// [in the background](tokio::runtime::Runtime::shutdown_background).
    pub async fn stop(&mut self) {
        self.stream.stop();
        if let Some(task) = &mut self.task {
            // Its panics are caught inside, so there is nothing to learn here.
            if timeout(self.patience, &mut *task).await.is_err() {
                task.abort();
                self.stream.end();
            }
            self.task = None;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.stream.stop();
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("outstanding", &self.stream.outstanding())
            .finish_non_exhaustive()
    }
}

/// Acknowledges a subscription's events, and ends it, from another task or thread.
#[derive(Clone)]
pub struct Acknowledger(Arc<Stream>);

impl Acknowledger {
    /// An event is dealt with.
    pub fn acknowledge(&self, id: &str) {
        self.0.acknowledge(|window| {
            window.acknowledge(id);
        });
    }

    /// All these events are dealt with.
    pub fn acknowledge_all<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        self.0.acknowledge(|window| {
            for id in ids {
                window.acknowledge(id);
            }
        });
    }

    /// The last event with that cursor is dealt with, and all before it.
    pub fn acknowledge_cursor(&self, cursor: &str) {
        self.0.acknowledge(|window| {
            window.acknowledge_cursor(cursor);
        });
    }

    /// The cursor to store: the one before the oldest event that isn't acknowledged.
    pub fn cursor(&self) -> Option<Arc<str>> {
        self.0.safe()
    }

    /// Tells the subscription to end. What was emitted can still be taken.
    pub fn stop(&self) {
        self.0.stop();
    }

    /// How many events were sent and are not acknowledged.
    pub fn outstanding(&self) -> usize {
        self.0.outstanding()
    }
}

impl fmt::Debug for Acknowledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acknowledger").finish_non_exhaustive()
    }
}
