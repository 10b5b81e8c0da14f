//! Frames: one request, as one translator sees it.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::core::{Core, Kept, Root};
use crate::fops::{Args, FopRow, Kind, Reply, ReplyTo};
use crate::log::{log_at, Place, WARNING};
use crate::record::Reader;
use crate::runtime::State;
use crate::values::Value;
use crate::volume::{Child, Volume};
use crate::{Errno, Fd, Translator};

/// Proof that a method has decided about its request: it passed the request on, answered it, or
/// said [`Frame::later`].
#[derive(Clone, Copy, Debug)]
pub struct Decided(Place);

/// The result of a fop or callback. `Err(ENOENT)`, also by `?`, answers the request with that errno.
pub type Answer = Result<Decided, Errno>;

/// The callback of one wind.
pub(crate) type Callback<T> = Box<dyn FnOnce(&mut T, &mut Frame<T>, Kept, Reader) -> Answer>;

/// Waits for the reply to a wind.
pub(crate) struct Waiter<T: Translator> {
    pub(crate) wind: i32,
    pub(crate) child: Option<&'static Child>,
    /// None for the translator's own callback of the fop.
    pub(crate) callback: Option<Callback<T>>,
    /// The reply brings an fd that the host has made for the module.
    pub(crate) opens: bool,
}

/// One request. It is answered exactly once: by [`unwind`](Frame::unwind), [`fail`](Frame::fail) or
/// an `Err`, or by the child that [`tail`](Frame::tail) hands it to.
pub struct Frame<T: Translator> {
    /// The translator's note for this request, from the fop to its callbacks.
    pub local: T::Local,
    pub(crate) core: Core,
    pub(crate) waiters: Vec<Waiter<T>>,
}

/// The subvolume that a frame winds to: see [`Frame::to`].
pub struct To<'f, T: Translator> {
    frame: &'f mut Frame<T>,
    child: Option<&'static Child>,
}

impl<T: Translator> Frame<T> {
    /// Passes the request down to the first subvolume. The callback of the fop, such as
    /// `lookup_cbk`, sees the reply; without one the reply goes up as it is. A frame can wind
    /// several times.
    #[track_caller]
    pub fn wind<'v>(&mut self, args: impl Args<'v>) -> Decided {
        self.to_first().wind(args)
    }

    /// Winds, and gives the reply to `callback`: a closure, or a function of the translator. The fop
    /// may be another than the request's.
    #[track_caller]
    pub fn wind_then<'v, A, F>(&mut self, args: A, callback: F) -> Decided
    where
        A: Args<'v>,
        F: for<'r> FnOnce(&mut T, &mut Frame<T>, <A::Kind as ReplyTo<'r>>::Reply) -> Answer,
        F: 'static,
    {
        self.to_first().wind_then(args, callback)
    }

    /// Winds with the arguments that came, also after the fop has returned.
    #[track_caller]
    pub fn wind_same(&mut self) -> Decided {
        self.to_first().wind_same()
    }

    /// Hands the request on to the first subvolume for good: no callback sees the reply.
    #[track_caller]
    pub fn tail<'v>(&mut self, args: impl Args<'v>) -> Decided {
        self.to_first().tail(args)
    }

    /// Hands the request on as it came, also after the fop has returned.
    #[track_caller]
    pub fn tail_same(&mut self) -> Decided {
        self.to_first().tail_same()
    }

    /// Names the subvolume of a wind: `frame.to(child).wind(args)`.
    pub fn to(&mut self, child: &'static Child) -> To<T> {
        To { frame: self, child: Some(child) }
    }

    fn to_first(&mut self) -> To<T> {
        To { frame: self, child: Volume::<T>::new().child() }
    }

    /// Answers the request.
    #[track_caller]
    pub fn unwind<'v>(&mut self, reply: impl Reply<'v>) -> Decided {
        let (op_ret, op_errno) = reply.result();
        let values = reply.values();
        let at = Place::here();
        self.core.unwind(at, reply.row(), op_ret, op_errno, values.as_ref());
        Decided(at)
    }

    /// Answers the request with an errno; a fop or callback may return `Err` in place of this.
    #[track_caller]
    pub fn fail(&mut self, errno: Errno) -> Decided {
        let at = Place::here();
        self.core.fail(at, errno);
        self.core.note_failure(at, errno);
        Decided(at)
    }

    /// Decides nothing now: winds of this frame are under way, or [`hold`](Frame::hold) keeps it.
    #[track_caller]
    pub fn later(&mut self) -> Decided {
        Decided(Place::here())
    }

    /// Keeps the request, so that it can be wound or answered when its method has returned.
    pub fn hold(&mut self) -> Held<T> {
        self.core.held += 1;
        Held { id: self.core.id, serial: self.core.serial, of: PhantomData }
    }

    /// Keeps the reply that this callback sees, for [`unwind_kept`](Frame::unwind_kept). None outside
    /// of a callback.
    pub fn keep_reply(&self) -> Option<Kept> {
        self.core.reply
    }

    /// Answers the request with a child's reply that [`keep_reply`](Frame::keep_reply) has kept.
    #[track_caller]
    pub fn unwind_kept(&mut self, kept: Kept) -> Decided {
        let at = Place::here();
        self.core.unwind_kept(at, kept);
        Decided(at)
    }

    /// Closes an fd of the module's own: one that came with the reply to an open, opendir or create
    /// which was wound without an fd.
    #[track_caller]
    pub fn close(&mut self, fd: &Fd) {
        self.core.close(Place::here(), fd.id);
    }

    /// True if the request was answered or handed on. Replies that come later still reach their
    /// callbacks.
    pub fn answered(&self) -> bool {
        self.core.answered
    }

    /// The row of the request's fop; None for a request of the module's own.
    pub fn fop(&self) -> Option<&'static FopRow> {
        self.core.row
    }

    /// Who asks.
    pub fn root(&self) -> &Root {
        &self.core.root
    }

    /// The subvolume whose reply this callback sees.
    pub fn child(&self) -> Option<&'static Child> {
        self.core.child
    }

    pub fn volume(&self) -> Volume<T> {
        Volume::new()
    }

    // -- for the runtime -----------------------------------------------------------------------

    pub(crate) fn new() -> Box<Self> {
        Box::new(Frame { local: T::Local::default(), core: Core::default(), waiters: Vec::new() })
    }

    pub(crate) fn wait(&mut self, waiter: Waiter<T>) {
        self.waiters.push(waiter);
    }

    pub(crate) fn take_waiter(&mut self, wind: i32) -> Option<Waiter<T>> {
        let at = self.waiters.iter().position(|waiter| waiter.wind == wind)?;
        Some(self.waiters.swap_remove(at))
    }

    /// Carries out the result of a method: the code for the host.
    pub(crate) fn leave(&mut self, answer: Answer) -> i32 {
        match answer {
            Ok(Decided(place)) => self.core.place = place,
            Err(errno) if self.core.row.is_none() => {
                let text = format!("a request of its own failed: {errno}");
                log_at(WARNING, self.core.place, &text);
            }
            // Late replies may fail, too.
            Err(_) if self.core.answered => {}
            Err(errno) => self.core.fail(self.core.place, errno),
        }
        self.fail_if_lost();
        self.core.leave()
    }

    /// Fails a request that can no longer be answered.
    pub(crate) fn fail_if_lost(&mut self) {
        let core = &mut self.core;
        if core.answered || core.owed > 0 || core.held > 0 {
            return;
        }
        if core.row.map_or(true, |row| State::<T>::get().handlers_of(row).cancel.is_some()) {
            return;
        }
        let text = "it was neither answered nor passed on, and nothing holds it (frame.hold())";
        core.refuse(core.place, text);
    }
}

impl<T: Translator> To<'_, T> {
    /// See [`Frame::wind`].
    #[track_caller]
    pub fn wind<'v>(self, args: impl Args<'v>) -> Decided {
        let values = args.values();
        self.wind_values(args.row(), Some(values.as_ref()), None, Place::here())
    }

    /// See [`Frame::wind_then`].
    #[track_caller]
    pub fn wind_then<'v, A, F>(self, args: A, callback: F) -> Decided
    where
        A: Args<'v>,
        F: for<'r> FnOnce(&mut T, &mut Frame<T>, <A::Kind as ReplyTo<'r>>::Reply) -> Answer,
        F: 'static,
    {
        let callback: Callback<T> = Box::new(move |translator, frame, kept, from| {
            A::Kind::receive(translator, frame, kept, from, callback)
        });
        let values = args.values();
        self.wind_values(args.row(), Some(values.as_ref()), Some(callback), Place::here())
    }

    /// See [`Frame::wind_same`].
    #[track_caller]
    pub fn wind_same(self) -> Decided {
        match self.frame.core.row {
            Some(row) => self.wind_values(row, None, None, Place::here()),
            None => self.refuse_same(Place::here()),
        }
    }

    /// See [`Frame::tail`].
    #[track_caller]
    pub fn tail<'v>(self, args: impl Args<'v>) -> Decided {
        let values = args.values();
        let at = Place::here();
        self.frame.core.tail(at, args.row(), self.child, Some(values.as_ref()));
        Decided(at)
    }

    /// See [`Frame::tail_same`].
    #[track_caller]
    pub fn tail_same(self) -> Decided {
        let at = Place::here();
        match self.frame.core.row {
            Some(row) => self.frame.core.tail(at, row, self.child, None),
            None => return self.refuse_same(at),
        }
        Decided(at)
    }

    fn refuse_same(self, at: Place) -> Decided {
        self.frame.core.refuse(at, "it has no arguments that came");
        Decided(at)
    }

    fn wind_values(
        self,
        row: &'static FopRow,
        values: Option<&[Value]>,
        callback: Option<Callback<T>>,
        at: Place,
    ) -> Decided {
        let core = &mut self.frame.core;
        if callback.is_none() && State::<T>::get().handlers_of(row).cbk.is_none() {
            core.tail(at, row, self.child, values);
            return Decided(at);
        }
        let wind = core.wound;
        if let Some((child, opens)) = core.wind(at, row, self.child, values) {
            self.frame.wait(Waiter { wind, child: Some(child), callback, opens });
        }
        Decided(at)
    }
}

/// A request that was kept. When it is dropped unanswered, the request fails.
pub struct Held<T: Translator> {
    id: i32,
    serial: u32,
    of: PhantomData<fn() -> T>,
}

impl<T: Translator> Held<T> {
    /// The frame; None once the request has ended, and in the request's own methods, which have it.
    pub fn frame(&self) -> Option<FrameGuard<T>> {
        let frame = State::<T>::get().take_frame(self.id)?;
        let guard = FrameGuard { frame: Some(frame) };
        // The same number may be that of a later request.
        (guard.core.serial == self.serial).then(|| guard)
    }
}

impl<T: Translator> Drop for Held<T> {
    fn drop(&mut self) {
        State::<T>::get().note_dropped(self.id, self.serial);
    }
}

/// A frame outside of its methods.
pub struct FrameGuard<T: Translator> {
    pub(crate) frame: Option<Box<Frame<T>>>,
}

impl<T: Translator> Deref for FrameGuard<T> {
    type Target = Frame<T>;
    fn deref(&self) -> &Frame<T> {
        self.frame.as_ref().expect("a guard has its frame until it is dropped")
    }
}

impl<T: Translator> DerefMut for FrameGuard<T> {
    fn deref_mut(&mut self) -> &mut Frame<T> {
        self.frame.as_mut().expect("a guard has its frame until it is dropped")
    }
}

impl<T: Translator> Drop for FrameGuard<T> {
    fn drop(&mut self) {
        if let Some(frame) = self.frame.take() {
            State::<T>::get().put_frame(frame);
        }
    }
}
