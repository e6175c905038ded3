//! The threads: each does one task after another, and waits for the next one a while.
//!
//! To make a thread and to end it takes a dozen system calls: a third of all that a short call takes.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a thread waits for a task. Then its memory is given back.
const WAIT: Duration = Duration::from_secs(2);

/// What a thread does: a call, from its header to its end.
type Task = Box<dyn FnOnce() + Send>;

/// The threads that wait. The one that came last gets the next task: its memory is at hand still, and those that are
/// not needed are left alone until they go.
#[derive(Debug, Default)]
pub(super) struct Crew {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// Each with the number of its turn.
    threads: Vec<(u64, Sender<Task>)>,
    turns: u64,
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a task to a thread that waits, or to a new one with a stack of this size.
    ///
    /// # Errors
    /// The system has no thread or no memory left: nothing was done.
    pub(super) fn give(
        self: &Arc<Self>,
        stack: usize,
        task: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        let mut task: Task = Box::new(task);
        let found = self.lock().threads.pop();
        if let Some((_, thread)) = found {
            // A thread that is off the list waits for its task; it cannot have gone.
            match thread.send(task) {
                Ok(()) => return Ok(()),
                Err(back) => task = back.0,
            }
        }
        let crew = Arc::clone(self);
        let thread = thread::Builder::new().name("agi".into()).stack_size(stack);
        thread.spawn(move || crew.work(task)).map(drop)
    }

    /// A thread's life.
    fn work(&self, task: Task) {
        let (sender, tasks) = channel();
        let mut next = Some(task);
        while let Some(task) = next {
            task();
            next = self.wait(&sender, &tasks);
        }
    }

    /// The next task, if there is one soon.
    fn wait(&self, sender: &Sender<Task>, tasks: &Receiver<Task>) -> Option<Task> {
        let turn = {
            let mut waiting = self.lock();
            waiting.turns += 1;
            let turn = waiting.turns;
            waiting.threads.push((turn, sender.clone()));
            turn
        };
        if let Ok(task) = tasks.recv_timeout(WAIT) {
            return Some(task);
        }
        let mut waiting = self.lock();
        match waiting.threads.iter().position(|(it, _)| *it == turn) {
            Some(at) => {
                waiting.threads.remove(at);
                None
            }
            None => {
                drop(waiting);
                tasks.recv().ok() // on its way
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The thread that does a task.
    fn doer(crew: &Arc<Crew>) -> thread::ThreadId {
        let (tell, told) = channel();
        crew.give(64 * 1024, move || tell.send(thread::current().id()).unwrap()).unwrap();
        told.recv().unwrap()
    }

    fn wait_for(crew: &Crew, threads: usize) {
        while crew.lock().threads.len() != threads {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_thread_does_one_task_after_another() {
        let crew = Arc::new(Crew::default());
        let first = doer(&crew);
        wait_for(&crew, 1);
        assert_eq!(doer(&crew), first);
        wait_for(&crew, 1);
        // While it is busy another one is made.
        let (end, ended) = channel::<()>();
        crew.give(64 * 1024, move || ended.recv().unwrap()).unwrap();
        assert_ne!(doer(&crew), first);
        end.send(()).unwrap();
    }

    #[test]
    fn threads_that_are_not_needed_go() {
        let crew = Arc::new(Crew::default());
        let first = doer(&crew);
        wait_for(&crew, 1);
        wait_for(&crew, 0);
        assert_ne!(doer(&crew), first);
    }
}
