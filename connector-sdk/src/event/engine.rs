//! Runs a connector's events method for as long as a subscription lasts.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::emitter::Emitter;
use super::stream::Stream;
use super::{Failure, Health, SubscribeOptions, is_permanent};
use crate::call::Connection;
use crate::call::drive::{catch, poll};
use crate::{Context, Error, Result};

pub(super) struct Engine {
    pub(super) connection: Arc<Connection>,
    pub(super) stream: Arc<Stream>,
    pub(super) options: SubscribeOptions,
}

/// Ends the stream however the engine ends, so that no host waits for it.
struct Ending(Arc<Stream>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Engine {
    pub(super) async fn run(self) {
        let _ending = Ending(Arc::clone(&self.stream));
        let stop = self.stream.stop.clone();
        let options = &self.options;
        let mut backoff = Backoff::new(options.first_wait, options.longest_wait);
        let mut failing_since = options.failing.then(Instant::now);
        while !stop.is_cancelled() {
            let began = Instant::now();
            let result = self.once(failing_since.is_some()).await;
            if stop.is_cancelled() {
                break;
            }
            let (lasted, brought) = (began.elapsed(), self.stream.has_brought());
            if lasted >= options.healthy_after {
                backoff.reset();
            }
            let wait = match result {
                Ok(()) => {
                    failing_since = None;
                    self.stream.tell(Health::Good);
                    match options.every {
                        Some(every) => {
                            backoff.reset();
                            every.saturating_sub(lasted)
                        }
                        // Nobody said how often, so it is asked less and less often while nothing comes.
                        None => {
                            if brought {
                                backoff.reset();
                            }
                            backoff.wait(None)
                        }
                    }
                }
                Err(error) => {
                    if brought || lasted >= options.healthy_after {
                        failing_since = None;
                    }
                    let since = *failing_since.get_or_insert_with(Instant::now);
                    let error = self.connection.redactor().error(error);
                    let failure = Failure { kind: error.kind(), message: error.message().to_owned() };
                    if is_permanent(error.kind()) {
                        self.stream.tell(Health::Failed { failure });
                        if options.end_on_failure {
                            break;
                        }
                        options.failed_wait
                    } else {
                        let asked = error.retry_after().map(|asked| asked.min(options.longest_asked));
                        let wait = backoff.wait(asked);
                        let lasting = since.elapsed();
                        self.stream.tell(Health::Retrying { failure, wait, lasting });
                        wait
                    }
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// One run of the method, from the safe cursor to its end or the subscription's.
    async fn once(&self, failing: bool) -> Result<()> {
        let since = self.stream.restart();
        let stop = &self.stream.stop;
        let context =
            Context::new().with_caller(Arc::clone(&self.options.caller)).with_cancellation(stop.clone());
        let context = match &self.options.observer {
            None => context,
            Some(observer) => context.with_observer(Arc::clone(observer)),
        };
        let context = self.connection.adopt(context);
        let emitter = Emitter::new(Arc::clone(&self.stream), Arc::clone(self.connection.shared_redactor()));
        let mut run = catch(|| Ok(self.connection.connector().events(since.as_deref(), emitter, &context)))?;
        // After a failure, a method that goes on for a while is well again although nothing happens.
        let mut well = pin!(sleep(if failing { self.options.healthy_after } else { Duration::MAX }));
        let mut told = !failing;
        let mut late = pin!(async {
            stop.cancelled().await;
            sleep(self.options.grace).await;
        });
        poll_fn(|task| {
            if let Poll::Ready(result) = self.stream.hold(|| poll(&mut run, task)) {
                return Poll::Ready(result);
            }
            if late.as_mut().poll(task).is_ready() {
                return Poll::Ready(Err(Error::cancelled("the method didn't stop in time")));
            }
            if !told && well.as_mut().poll(task).is_ready() {
                told = true;
                self.stream.tell(Health::Good);
            }
            Poll::Pending
        })
        .await
    }
}
