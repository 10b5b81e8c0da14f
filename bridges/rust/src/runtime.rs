//! Carries out the calls of the host for a translator (bridges/compiled/guest.ts).

use std::cell::RefCell;
use std::sync::Once;

use crate::core::{find_row, shared, state, Client, Kept, Numbered};
use crate::fops::FopRow;
use crate::frame::{Frame, Waiter};
use crate::log::{log_at, Place, ERROR};
use crate::memory::{as_bytes, write_line, HEADER};
use crate::message::Kind;
use crate::methods::{has_hook, sort_methods, Handlers};
use crate::record::Reader;
use crate::translator::{Translator, HOOKS};
use crate::volume::{read_options, Volume, VolumeState};
use crate::{Dict, Errno};

/// Goes up when a module must be compiled anew to be loaded.
pub const ABI_VERSION: i32 = 1;

/// Ended frames that are kept for requests to come.
const SPARE_FRAMES: usize = 64;

pub(crate) enum TimerFunction<T> {
    Once(Box<dyn FnOnce(&mut T)>),
    Again(Box<dyn FnMut(&mut T)>),
}

pub(crate) enum Timer<T> {
    Set(TimerFunction<T>),
    /// Its function runs.
    Rings,
}

/// The state of the module's one volume, with the translator's types.
pub struct State<T: Translator> {
    /// The translator's methods, by the numbers of their fops.
    handlers: Vec<Handlers<T>>,
    translator: RefCell<Option<T>>,
    frames: RefCell<Numbered<i32, Box<Frame<T>>>>,
    spare: RefCell<Vec<Box<Frame<T>>>>,
    pub(crate) timers: RefCell<Numbered<i32, Timer<T>>>,
    /// Numbers of requests that were kept and let go of in this call.
    dropped: RefCell<Vec<(i32, u32)>>,
}

impl<T: Translator> Default for State<T> {
    fn default() -> Self {
        State {
            handlers: sort_methods(),
            translator: RefCell::default(),
            frames: RefCell::default(),
            spare: RefCell::default(),
            timers: RefCell::default(),
            dropped: RefCell::default(),
        }
    }
}

impl<T: Translator> State<T> {
    pub(crate) fn get() -> &'static Self {
        T::state()
    }

    pub(crate) fn handlers_of(&self, row: &FopRow) -> &Handlers<T> {
        &self.handlers[row.number as usize]
    }

    // -- frames --------------------------------------------------------------------------------

    /// A frame for a request that begins.
    pub(crate) fn make_frame(&self) -> Box<Frame<T>> {
        self.spare.borrow_mut().pop().unwrap_or_else(Frame::new)
    }

    pub(crate) fn take_frame(&self, id: i32) -> Option<Box<Frame<T>>> {
        self.frames.borrow_mut().remove(&id)
    }

    /// Keeps a frame while something is left to do for it.
    pub(crate) fn put_frame(&self, mut frame: Box<Frame<T>>) {
        if frame.core.is_over() {
            // What it held is dropped before the frame is used again.
            frame.local = T::Local::default();
            frame.waiters.clear();
            let mut spare = self.spare.borrow_mut();
            if spare.len() < SPARE_FRAMES {
                spare.push(frame);
            }
        } else {
            self.frames.borrow_mut().insert(frame.core.id, frame);
        }
    }

    pub(crate) fn note_dropped(&self, id: i32, serial: u32) {
        self.dropped.borrow_mut().push((id, serial));
    }

    /// Fails requests that nothing leads to any more.
    fn settle(&self) {
        loop {
            let (id, serial) = match self.dropped.borrow_mut().pop() {
                Some(dropped) => dropped,
                None => return,
            };
            if let Some(mut frame) = self.take_frame(id) {
                if frame.core.serial == serial {
                    frame.core.held -= 1;
                    frame.fail_if_lost();
                }
                self.put_frame(frame);
            }
        }
    }

    fn with_translator<R>(&self, call: impl FnOnce(&mut T) -> R) -> R {
        let mut translator = self.translator.borrow_mut();
        call(translator.as_mut().expect("the host creates the translator before it calls it"))
    }

    // -- requests ------------------------------------------------------------------------------

    /// The record: the request's number, who asks, the arguments.
    fn enter_fop(&self, row: &'static FopRow, mut from: Reader) -> i32 {
        let mut frame = self.make_frame();
        frame.core.begin(from.integer() as i32, Some(row));
        frame.core.read_root(&mut from, T::NEEDS);
        let fop = self.handlers_of(row).fop.expect("the host calls methods that there are");
        let answer = self.with_translator(|translator| fop(translator, &mut frame, from));
        let code = frame.leave(answer);
        self.put_frame(frame);
        code
    }

    /// The record: the request's number, the wind's, whether who asks and the arguments come too (a
    /// callback without a fop), the reply.
    fn enter_reply(&self, row: &'static FopRow, mut from: Reader) -> i32 {
        let [id, wind, comes] = from.integers();
        let (id, wind) = (id as i32, wind as i32);
        let frame = if comes != 0 {
            let mut frame = self.make_frame();
            frame.core.begin(id, Some(row));
            frame.core.read_root(&mut from, T::NEEDS);
            from.skip_values(row.args);
            frame.core.wound = 1;
            frame.core.owed = 1;
            let child = Volume::<T>::new().child();
            frame.wait(Waiter { wind: 0, child, callback: None, opens: false });
            Some(frame)
        } else {
            self.take_frame(id)
        };
        let [op_ret, op_errno] = from.integers();
        let mut frame = match frame {
            Some(frame) => frame,
            None => {
                from.skip_values(row.reply);
                return state::NOTHING;
            }
        };
        let waiter = match frame.take_waiter(wind) {
            Some(waiter) => waiter,
            None => {
                from.skip_values(row.reply);
                self.put_frame(frame);
                return state::NOTHING;
            }
        };
        let core = &mut frame.core;
        core.owed -= 1;
        core.child = waiter.child;
        core.opens = waiter.opens;
        if core.row.is_some() {
            core.state = if core.answered { state::ANSWERED } else { state::OPEN };
        }
        let op_errno = Errno(op_errno as i32);
        let kept = Kept { serial: core.serial, wind, row, op_ret, op_errno };
        let callback = self.handlers_of(row).cbk;
        let answer = self.with_translator(|it| match (waiter.callback, callback) {
            (Some(callback), _) => callback(it, &mut frame, kept, from),
            (None, Some(callback)) => callback(it, &mut frame, kept, from),
            // A frame waits only where there is a callback.
            (None, None) => Ok(frame.later()),
        });
        let code = frame.leave(answer);
        self.put_frame(frame);
        code
    }

    /// The caller has given up.
    fn interrupt(&self, id: i32) {
        let mut frame = match self.take_frame(id) {
            Some(frame) => frame,
            None => return,
        };
        let cancel = frame.core.row.and_then(|row| self.handlers_of(row).cancel);
        if let (false, Some(cancel)) = (frame.core.answered, cancel) {
            let answer = self.with_translator(|translator| cancel(translator, &mut frame));
            // Decisions are messages: no code goes to the host.
            frame.leave(answer);
        }
        self.put_frame(frame);
    }

    // -- the volume ----------------------------------------------------------------------------

    fn create(&self, mut from: Reader) -> i32 {
        *shared().volume.borrow_mut() = VolumeState::read(&mut from);
        drop(from);
        match T::init(Volume::new()) {
            Ok(translator) => {
                *self.translator.borrow_mut() = Some(translator);
                0
            }
            Err(reason) => {
                log_at(ERROR, Place::default(), &reason);
                -1
            }
        }
    }

    /// The record: the event, the child that it is about or -1, and whether that is up.
    fn notify(&self, mut from: Reader) {
        let event = from.string();
        let child = usize::try_from(from.integer()).ok().map(|index| {
            let child = &Volume::<T>::new().children()[index];
            child.up.set(from.flag());
            child
        });
        drop(from);
        self.with_translator(|translator| translator.notify(&event, child));
    }

    fn tell(&self, fill: impl FnOnce(&mut T, &mut Dict<'static>)) {
        let mut dict = Dict::new();
        self.with_translator(|translator| fill(translator, &mut dict));
        let mut out = shared().out.borrow_mut();
        out.kind(Kind::Told);
        out.dict(&dict);
    }

    fn ring(&self, id: i32) {
        let function = match self.timers.borrow_mut().get_mut(&id) {
            Some(timer) => std::mem::replace(timer, Timer::Rings),
            None => return,
        };
        match function {
            Timer::Set(TimerFunction::Once(function)) => {
                self.timers.borrow_mut().remove(&id);
                self.with_translator(function);
            }
            Timer::Set(TimerFunction::Again(mut function)) => {
                self.with_translator(&mut function);
                // Unless it has stopped itself.
                if let Some(timer) = self.timers.borrow_mut().get_mut(&id) {
                    *timer = Timer::Set(TimerFunction::Again(function));
                }
            }
            Timer::Rings => {}
        }
    }

    /// A client is gone: nothing leads to it any more.
    fn forget_client(&self, id: i64) {
        let known = shared().clients.borrow_mut().remove(&id);
        for frame in self.frames.borrow_mut().values_mut() {
            let client = &mut frame.core.root.client;
            if client.as_ref().map_or(false, |client| client.id == id) {
                *client = None;
            }
        }
        drop(known);
    }

    /// What the module defines.
    fn describe(&self) {
        let out = &mut *shared().out.borrow_mut();
        for handlers in &self.handlers {
            out.integer(handlers.flags());
        }
        out.integer(T::NEEDS.into());
        for hook in HOOKS {
            out.integer(has_hook::<T>(hook).into());
        }
        for option in T::OPTIONS {
            option.describe(out);
        }
        out.text(None);
    }

    fn end(&self) {
        // Each is dropped after it was taken out: what it holds may use the others.
        drop(self.translator.take());
        drop(self.frames.take());
        drop(self.timers.take());
    }
}

/// Commands of the host; those for requests have 256 times the fop's number added.
mod command {
    pub(super) const FOP: usize = 0;
    pub(super) const REPLY: usize = 1;
    pub(super) const DESCRIBE: usize = 2;
    pub(super) const CREATE: usize = 3;
    pub(super) const FINI: usize = 4;
    pub(super) const NOTIFY: usize = 5;
    pub(super) const CLIENT_DISCONNECT: usize = 6;
    pub(super) const ENTRY_CREATED: usize = 7;
    pub(super) const ENTRY_REMOVED: usize = 8;
    pub(super) const RECONFIGURE: usize = 9;
    pub(super) const LOAD_STATE: usize = 10;
    pub(super) const STATEDUMP: usize = 11;
    pub(super) const DUMP_STATE: usize = 12;
    pub(super) const CANCEL: usize = 13;
    pub(super) const INTERRUPT: usize = 14;
    pub(super) const FORGET: usize = 15;
    pub(super) const RELEASE: usize = 16;
    pub(super) const FORGET_CLIENT: usize = 17;
    pub(super) const TIMER: usize = 18;
}

fn carry_out<T: Translator>(what: usize, mut from: Reader) -> i32 {
    let it = State::<T>::get();
    match what & 255 {
        command::FOP => return it.enter_fop(find_row(what >> 8), from),
        command::REPLY => return it.enter_reply(find_row(what >> 8), from),
        command::DESCRIBE => it.describe(),
        command::CREATE => return it.create(from),
        command::FINI => it.with_translator(T::fini),
        command::NOTIFY => it.notify(from),
        command::CLIENT_DISCONNECT => {
            let client = Client::read(&mut from);
            drop(from);
            if let Some(client) = client {
                it.with_translator(|translator| translator.client_disconnect(&client));
            }
        }
        command::ENTRY_CREATED => {
            let loc = from.loc();
            drop(from);
            it.with_translator(|translator| translator.entry_created(&loc));
        }
        command::ENTRY_REMOVED => {
            let loc = from.loc();
            drop(from);
            it.with_translator(|translator| translator.entry_removed(&loc));
        }
        command::RECONFIGURE => {
            shared().volume.borrow_mut().options = read_options(&mut from);
            drop(from);
            it.with_translator(T::reconfigure);
        }
        command::LOAD_STATE => {
            let state = from.dict().unwrap_or_default();
            drop(from);
            it.with_translator(|translator| translator.load_state(&state));
        }
        command::STATEDUMP => it.tell(T::statedump),
        command::DUMP_STATE => it.tell(T::dump_state),
        command::CANCEL => drop(it.take_frame(from.integer() as i32)),
        command::INTERRUPT => it.interrupt(from.integer() as i32),
        command::FORGET => {
            let note = shared().inode_ctx.borrow_mut().remove(&from.integer());
            drop(note);
        }
        command::RELEASE => {
            let note = shared().fd_ctx.borrow_mut().remove(&from.integer());
            drop(note);
        }
        command::FORGET_CLIENT => it.forget_client(from.integer()),
        command::TIMER => it.ring(from.integer() as i32),
        _ => it.end(),
    }
    state::NOTHING
}

/// A panic ends the instance: first its message and place go to the log.
fn report_panics() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map_or(String::new(), |at| format!("{at}: "));
            let payload = info.payload();
            let text = payload
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("panic");
            write_line(&format!("{place}{text}"));
        }));
    });
}

/// Runs a command of the host; `data` is true if the window for data holds the bytes of the call.
pub fn enter<T: Translator>(what: u32, data: bool) -> i32 {
    let it = shared();
    it.out.borrow_mut().words.clear();
    if what as usize == command::DESCRIBE {
        report_panics();
    }
    let code = {
        let memory = it.memory.borrow();
        let (header, record) = memory.area.split_at(HEADER);
        it.level.set(f64::from_bits(header[1]) as i32);
        it.now.set(f64::from_bits(header[2]));
        let data: &[u8] = if data { as_bytes(&memory.data) } else { &[] };
        let gfids = it.gfids.borrow_mut();
        carry_out::<T>(what as usize, Reader::new(record, data, gfids, T::NEEDS))
    };
    State::<T>::get().settle();
    it.memory.borrow_mut().area[0] = (it.out.borrow().words.len() as f64).to_bits();
    code
}

/// The address of the area, with room for this many bytes.
pub fn area(bytes: usize) -> usize {
    shared().memory.borrow_mut().reserve_area(bytes)
}

/// The address of the window for data, with room for this many bytes.
pub fn data(bytes: usize) -> usize {
    shared().memory.borrow_mut().reserve_data(bytes)
}

/// The address of the messages of the last call.
pub fn messages() -> usize {
    shared().out.borrow().words.as_ptr() as usize
}
