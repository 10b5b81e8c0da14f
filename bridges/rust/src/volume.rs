//! The volume: its name, subvolumes, options and timers.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::core::{count_up, shared, Client, Shared};
use crate::frame::FrameGuard;
use crate::log::Place;
use crate::message::Kind;
use crate::options::{OptionValue, VolumeOption};
use crate::record::Reader;
use crate::runtime::{State, Timer, TimerFunction};
use crate::{Dict, Fd, Gfid, Inode, Translator};

/// A subvolume.
#[derive(Debug)]
pub struct Child {
    pub name: String,
    /// The type of its translator.
    pub r#type: String,
    pub index: usize,
    pub(crate) up: Cell<bool>,
}

impl Child {
    /// Whether it can serve, as it has said last.
    pub fn is_up(&self) -> bool {
        self.up.get()
    }
}

/// The state behind `Volume`.
#[derive(Default)]
pub(crate) struct VolumeState {
    pub(crate) name: &'static str,
    pub(crate) children: &'static [Child],
    pub(crate) options: Dict<'static>,
}

impl VolumeState {
    /// Reads the volume's name, of each child name, type and whether it is up, and the options.
    pub(crate) fn read(from: &mut Reader) -> VolumeState {
        // They last as long as the module.
        let name = Box::leak(from.string().into_boxed_str());
        let count = from.integer() as usize;
        let children = (0..count).map(|index| Child {
            name: from.string(),
            r#type: from.string(),
            index,
            up: Cell::new(from.flag()),
        });
        let children = Box::leak(children.collect::<Vec<_>>().into_boxed_slice());
        VolumeState { name, children, options: read_options(from) }
    }
}

pub(crate) fn read_options(from: &mut Reader) -> Dict<'static> {
    from.dict().map_or_else(Dict::new, |dict| dict.to_owned())
}

/// The volume that the module runs as. It is a handle, to be copied into the translator.
pub struct Volume<T> {
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Volume<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Volume<T> {}

/// Stops a timer: see [`Volume::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerId(i32);

/// What is out of date, in an invalidation.
#[derive(Clone, Copy)]
enum Invalid {
    EveryEntry,
    Inode,
    Entry,
    Removed,
}

impl<T: Translator> Volume<T> {
    pub(crate) fn new() -> Self {
        Volume { of: PhantomData }
    }

    pub fn name(self) -> &'static str {
        shared().volume.borrow().name
    }

    pub fn children(self) -> &'static [Child] {
        shared().volume.borrow().children
    }

    /// The first subvolume.
    pub fn child(self) -> Option<&'static Child> {
        self.children().first()
    }

    /// The value of an option; of one that is not set and has no default, 0, false or an empty text.
    pub fn get<V: OptionValue>(self, option: &VolumeOption<V>) -> V {
        self.find(option).unwrap_or_default()
    }

    /// The value of an option, if it is set or has a default.
    pub fn find<V: OptionValue>(self, option: &VolumeOption<V>) -> Option<V> {
        let state = shared().volume.borrow();
        state.options.get(option.key).and_then(V::from_item)
    }

    /// Seconds by a clock that never goes back, when this call began. Only
    /// [`needs::CLOCK`](crate::needs::CLOCK) moves it.
    pub fn now(self) -> f64 {
        shared().now.get()
    }

    /// A request of the module's own: wind with it, and again in its callbacks. It has no caller to
    /// answer, and ends when no reply is owed to it any more.
    pub fn request(self) -> FrameGuard<T> {
        let mut frame = State::<T>::get().make_frame();
        frame.core.begin_own();
        FrameGuard { frame: Some(frame) }
    }

    // -- timers --------------------------------------------------------------------------------

    /// Calls `function` once, after so many seconds.
    pub fn after(self, seconds: f64, function: impl FnOnce(&mut T) + 'static) -> TimerId {
        self.start(seconds, TimerFunction::Once(Box::new(function)))
    }

    /// Calls `function` ever again, after so many seconds each.
    pub fn every(self, seconds: f64, function: impl FnMut(&mut T) + 'static) -> TimerId {
        self.start(seconds, TimerFunction::Again(Box::new(function)))
    }

    fn start(self, seconds: f64, function: TimerFunction<T>) -> TimerId {
        let id = count_up(&shared().timer_id);
        let again = matches!(function, TimerFunction::Again(_));
        State::<T>::get().timers.borrow_mut().insert(id, Timer::Set(function));
        let mut out = shared().out.borrow_mut();
        out.say_number(Kind::Timer, id.into());
        out.number(seconds * 1000.0);
        out.integer(again.into());
        TimerId(id)
    }

    /// Stops a timer; one that has rung already is left alone.
    pub fn cancel(self, timer: TimerId) {
        // It is dropped after the table is free again: its Drop may use it.
        let removed = State::<T>::get().timers.borrow_mut().remove(&timer.0);
        if removed.is_some() {
            shared().out.borrow_mut().say_number(Kind::Untimer, timer.0.into());
        }
    }

    // -- states and caches ---------------------------------------------------------------------

    /// From now on the module says whether its volume is up, and no longer its children: false in
    /// `init`, and true when it can serve. A mount waits until its top is up.
    pub fn say_up(self, up: bool) {
        shared().out.borrow_mut().say_number(Kind::Up, up.into());
    }

    /// Revokes what the kernel, and caches above, know of an inode: its attributes, and its data with
    /// `data`. As the functions below, it takes effect when the method has returned, and after the
    /// answers to all requests that are then under way.
    #[track_caller]
    pub fn invalidate_inode(self, gfid: Gfid, data: bool) {
        self.invalidate(Invalid::Inode, Place::here());
        let mut out = shared().out.borrow_mut();
        out.gfid(gfid);
        out.integer(data.into());
    }

    /// Revokes what a name leads to, or that it is not there. With `expire` the name is only asked
    /// for again, where programs are at work below it.
    #[track_caller]
    pub fn invalidate_entry(self, parent: Gfid, name: impl AsRef<[u8]>, expire: bool) {
        self.invalidate(Invalid::Entry, Place::here());
        let mut out = shared().out.borrow_mut();
        out.gfid(parent);
        out.bytes(name.as_ref());
        out.integer(expire.into());
    }

    /// Revokes a name that was removed, and led to this inode.
    #[track_caller]
    pub fn invalidate_removed(self, parent: Gfid, name: impl AsRef<[u8]>, gfid: Gfid) {
        self.invalidate(Invalid::Removed, Place::here());
        let mut out = shared().out.borrow_mut();
        out.gfid(parent);
        out.bytes(name.as_ref());
        out.gfid(gfid);
    }

    /// Revokes all names.
    #[track_caller]
    pub fn invalidate_entries(self) {
        self.invalidate(Invalid::EveryEntry, Place::here());
    }

    fn invalidate(self, what: Invalid, at: Place) {
        let mut out = shared().out.borrow_mut();
        out.kind(Kind::Invalidate);
        at.write(&mut out);
        out.integer(what as i64);
    }
}

/// Objects that the module can keep notes with: inodes, fds and clients.
///
/// A note is dropped when its object is gone. The type of a note is that of its value, so one object
/// has one note, of one type.
pub trait Context {
    /// Returns the note with this object; None without a note of this type.
    fn ctx<V: 'static>(&self) -> Option<Rc<V>> {
        self.load().and_then(|found| found.downcast().ok())
    }

    /// Keeps a note with this object, in place of an earlier one.
    fn set_ctx<V: 'static>(&self, value: V) -> Rc<V> {
        let value = Rc::new(value);
        self.store(Some(value.clone()));
        value
    }

    /// Returns the note with this object; `make` makes a missing one.
    fn ctx_or<V: 'static>(&self, make: impl FnOnce() -> V) -> Rc<V> {
        self.ctx().unwrap_or_else(|| self.set_ctx(make()))
    }

    /// Drops the note.
    fn remove_ctx(&self) {
        self.store(None);
    }

    #[doc(hidden)]
    fn load(&self) -> Option<Rc<dyn Any>>;
    #[doc(hidden)]
    fn store(&self, value: Option<Rc<dyn Any>>);
}

fn store_by_number(
    contexts: impl Fn(&'static Shared) -> &'static crate::core::Contexts,
    track: Kind,
    id: i64,
    value: Option<Rc<dyn Any>>,
) {
    let is_set = value.is_some();
    // An earlier note is dropped after the table is free again: its Drop may use it.
    let earlier = match value {
        Some(value) => contexts(shared()).borrow_mut().insert(id, value),
        None => contexts(shared()).borrow_mut().remove(&id),
    };
    if is_set && earlier.is_none() {
        shared().out.borrow_mut().say_number(track, id);
    }
}

impl Context for Inode<'_> {
    fn load(&self) -> Option<Rc<dyn Any>> {
        shared().inode_ctx.borrow().get(&self.id).cloned()
    }
    fn store(&self, value: Option<Rc<dyn Any>>) {
        store_by_number(|shared| &shared.inode_ctx, Kind::Track, self.id, value);
    }
}

impl Context for Fd<'_> {
    fn load(&self) -> Option<Rc<dyn Any>> {
        shared().fd_ctx.borrow().get(&self.id).cloned()
    }
    fn store(&self, value: Option<Rc<dyn Any>>) {
        store_by_number(|shared| &shared.fd_ctx, Kind::TrackFd, self.id, value);
    }
}

impl Context for Client {
    fn load(&self) -> Option<Rc<dyn Any>> {
        shared().clients.borrow().get(&self.id).and_then(|known| known.ctx.clone())
    }
    fn store(&self, value: Option<Rc<dyn Any>>) {
        let mut clients = shared().clients.borrow_mut();
        let earlier = clients.get_mut(&self.id).map(|known| std::mem::replace(&mut known.ctx, value));
        drop(clients);
        drop(earlier);
    }
}
