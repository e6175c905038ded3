//! The threads that place calls: as many as there are calls in progress, and never more than allowed.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A call's stack: what is not used costs nothing but room in the address space.
const STACK: usize = 512 << 10;

/// What a thread of the crew does for a call; the first one is 0.
type Job = dyn Fn(usize) + Send + Sync;

/// Places calls when it is told to.
pub(super) struct Crew {
    shared: Arc<Shared>,
    threads: usize,
    most: usize,
    /// Why there are no more threads.
    trouble: Option<String>,
}

struct Shared {
    books: Mutex<Books>,
    work: Condvar,
    news: Condvar,
    job: Box<Job>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Books {
    /// How many calls may begin.
    due: usize,
    pub(super) begun: usize,
    pub(super) ended: usize,
    pub(super) most_at_once: usize,
    idle: usize,
    stopped: bool,
}

impl Books {
    pub(super) fn in_progress(&self) -> usize {
        self.begun - self.ended
    }

    fn waits(&self) -> usize {
        if self.stopped { 0 } else { self.due - self.begun }
    }
}

impl Crew {
    pub(super) fn new(most: usize, job: impl Fn(usize) + Send + Sync + 'static) -> Self {
        let shared = Shared {
            books: Mutex::default(),
            work: Condvar::new(),
            news: Condvar::new(),
            job: Box::new(job),
        };
        Crew { shared: Arc::new(shared), threads: 0, most, trouble: None }
    }

    /// Lets calls begin, up to this one. Threads come as they are needed.
    pub(super) fn release(&mut self, due: usize) {
        let mut books = self.shared.books();
        let fresh = due.saturating_sub(books.due).min(books.idle);
        books.due = books.due.max(due);
        // One that is about to come takes a call without being woken.
        let missing = books.waits().saturating_sub(books.idle);
        let new = missing.min(self.most - self.threads);
        drop(books);
        for _ in 0..new {
            self.hire();
        }
        for _ in 0..fresh {
            self.shared.work.notify_one();
        }
    }

    fn hire(&mut self) {
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new().stack_size(STACK).spawn(move || shared.work());
        match thread {
            Ok(_) => self.threads += 1,
            Err(error) => {
                // The system has no more: those that are there do it.
                self.most = self.threads;
                self.trouble = Some(format!("only {} calls at once: {error}", self.threads));
            }
        }
    }

    /// Why fewer calls than asked for are in progress.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Lets no more calls begin.
    pub(super) fn stop(&self) {
        self.shared.books().stopped = true;
    }

    pub(super) fn books(&self) -> Books {
        *self.shared.books()
    }

    /// Waits until so many calls have ended, or for this time.
    pub(super) fn wait(&self, ended: usize, time: Duration) {
        let books = self.shared.books();
        let goes_on =
            |books: &mut Books| books.ended < ended && !(books.stopped && books.in_progress() == 0);
        drop(self.shared.news.wait_timeout_while(books, time, goes_on));
    }
}

impl Shared {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut books = self.books();
        loop {
            while books.waits() == 0 {
                books.idle += 1;
                books = self.work.wait(books).unwrap_or_else(PoisonError::into_inner);
                books.idle -= 1;
            }
            let call = books.begun;
            books.begun += 1;
            books.most_at_once = books.most_at_once.max(books.in_progress());
            drop(books);
            (self.job)(call);
            books = self.books();
            books.ended += 1;
            if books.ended == books.due || books.stopped {
                self.news.notify_all();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn places_each_call_once_and_no_more_at_once_than_allowed() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (sender, placed) = channel();
        let (running, highest) = (Arc::clone(&now), Arc::clone(&most));
        let mut crew = Crew::new(4, move |call| {
            highest.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
            let _ = sender.send(call);
        });
        for due in [1, 2, 50, 300] {
            crew.release(due);
            crew.wait(due, LONG);
            assert_eq!(crew.books().ended, due);
        }
        let mut all: Vec<usize> = placed.try_iter().collect();
        all.sort_unstable();
        assert_eq!(all, (0..300).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= 4 && crew.books().most_at_once <= 4);
        assert_eq!(crew.trouble(), None);
    }

    #[test]
    fn begins_nothing_more_when_it_is_stopped() {
        let (go, wait) = channel::<()>();
        let wait = Mutex::new(wait);
        let mut crew = Crew::new(2, move |_| {
            let _ = wait.lock().unwrap().recv_timeout(LONG);
        });
        crew.release(10);
        while crew.books().begun < 2 {
            thread::yield_now();
        }
        crew.stop();
        drop(go);
        crew.wait(10, LONG);
        let books = crew.books();
        assert_eq!((books.begun, books.ended, books.in_progress()), (2, 2, 0));
    }
}
