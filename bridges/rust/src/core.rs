//! The state of a frame, and the state that all frames share, without the types of a translator.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use crate::fops::{FopRow, FOPS};
use crate::log::{log_at, Place, ERROR};
use crate::memory::Memory;
use crate::message::{Kind, Messages};
use crate::record::{GfidTable, Reader};
use crate::values::{Mark, Value, MOST_VALUES};
use crate::volume::{Child, VolumeState};
use crate::{needs, Errno, ENODATA, ENOENT, EOPNOTSUPP};

/// Hashes the numbers of frames, inodes and the like.
#[derive(Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((self.0 << 8) | u64::from(*byte));
        }
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }
    fn write_i64(&mut self, number: i64) {
        self.write_u64(number as u64);
    }
    fn write_i32(&mut self, number: i32) {
        self.write_u64(number as u64);
    }
}

pub(crate) type Numbered<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Notes with inodes or fds, by number.
pub(crate) type Contexts = RefCell<Numbered<i64, Rc<dyn Any>>>;

/// A client that the module has seen, and the module's note with it.
pub(crate) struct KnownClient {
    pub(crate) uid: Rc<str>,
    pub(crate) ctx: Option<Rc<dyn Any>>,
}

/// The state of the module's one volume.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) memory: RefCell<Memory>,
    pub(crate) out: RefCell<Messages>,
    pub(crate) gfids: RefCell<GfidTable>,
    /// The volume's log level.
    pub(crate) level: Cell<i32>,
    /// Seconds, when the current call began.
    pub(crate) now: Cell<f64>,
    pub(crate) volume: RefCell<VolumeState>,
    pub(crate) inode_ctx: Contexts,
    pub(crate) fd_ctx: Contexts,
    pub(crate) clients: RefCell<Numbered<i64, KnownClient>>,
    /// Fds that the module has opened itself.
    pub(crate) own_fds: RefCell<HashSet<i64, BuildHasherDefault<NumberHasher>>>,
    pub(crate) serial: Cell<u32>,
    pub(crate) own_id: Cell<i32>,
    pub(crate) timer_id: Cell<i32>,
}

thread_local! {
    static SHARED: &'static Shared = Box::leak(Box::default());
}

pub(crate) fn shared() -> &'static Shared {
    SHARED.with(|shared| *shared)
}

/// The next of numbers that go up.
pub(crate) fn count_up(cell: &Cell<i32>) -> i32 {
    cell.set(cell.get() + 1);
    cell.get()
}

/// The client of a request: a mount has one, a server has one for each connection.
#[derive(Clone, Debug)]
pub struct Client {
    pub id: i64,
    /// Who it is, also to other processes: GlusterFS's client_uid.
    pub uid: Rc<str>,
}

impl Client {
    /// Reads a client's number, and its uid when it is a new one.
    pub(crate) fn read(from: &mut Reader) -> Option<Client> {
        let id = from.integer();
        let uid = from.text();
        let mut clients = shared().clients.borrow_mut();
        if let Some(uid) = uid {
            let uid = Rc::from(uid.to_string());
            clients.entry(id).or_insert(KnownClient { uid, ctx: None });
        }
        clients.get(&id).map(|known| Client { id, uid: known.uid.clone() })
    }
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Root {
    pub unique: u64,
    pub uid: u32,
    pub gid: u32,
    pub pid: i32,
    /// Hexadecimal text.
    pub lk_owner: String,
    /// What the caller asked for, such as `LOOKUP`.
    pub op: Cow<'static, str>,
    /// None without [`needs::GROUPS`](crate::needs::GROUPS).
    pub groups: Vec<u32>,
    /// None without [`needs::CLIENT`](crate::needs::CLIENT), and for requests without one.
    pub client: Option<Client>,
}

/// The caller's process in requests of the module's own.
const OWN_PID: i32 = -100;

/// The number of the wind that stands for the fop's own arguments.
pub(crate) const ARGUMENTS: i32 = -1;

/// States of a frame: a code for the host once decided.
pub(crate) mod state {
    /// The function runs and has decided nothing.
    pub(crate) const OPEN: i32 = 0;
    pub(crate) const NOTHING: i32 = crate::fops::NOTHING;
    pub(crate) const WIND: i32 = crate::fops::WIND;
    pub(crate) const TAIL: i32 = crate::fops::TAIL;
    pub(crate) const FAILED: i32 = crate::fops::FAILED;
    /// No function runs, or one has sent messages: further decisions are messages.
    pub(crate) const LATER: i32 = crate::fops::LATER;
    pub(crate) const ANSWERED: i32 = crate::fops::ANSWERED;
    pub(crate) const SAME: i32 = crate::fops::SAME;
}

/// A reply that [`Frame::unwind_kept`](crate::Frame::unwind_kept) passes on later.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    pub(crate) serial: u32,
    pub(crate) wind: i32,
    pub(crate) row: &'static FopRow,
    pub(crate) op_ret: i64,
    pub(crate) op_errno: Errno,
}

/// A frame without the translator's types.
#[derive(Default)]
pub(crate) struct Core {
    pub(crate) id: i32,
    pub(crate) serial: u32,
    /// None for a request of the module's own.
    pub(crate) row: Option<&'static FopRow>,
    pub(crate) state: i32,
    /// Replies that are still to come.
    pub(crate) owed: i32,
    /// The number of the next wind.
    pub(crate) wound: i32,
    pub(crate) answered: bool,
    /// How many `Held` lead to it.
    pub(crate) held: i32,
    /// One of its functions runs, and the host reads the result of that.
    pub(crate) running: bool,
    /// What the values of the call are known by, while it runs.
    marks: [Mark; MOST_VALUES],
    /// The reply that a callback sees.
    pub(crate) reply: Option<Kept>,
    /// The reply brings an fd that the host has made for the module.
    pub(crate) opens: bool,
    /// Where its last method has decided.
    pub(crate) place: Place,
    /// The child whose reply the callback sees.
    pub(crate) child: Option<&'static Child>,
    pub(crate) root: Root,
}

impl Core {
    /// Begins a request, in place of an ended one.
    pub(crate) fn begin(&mut self, id: i32, row: Option<&'static FopRow>) {
        let serial = shared().serial.get().wrapping_add(1).max(1);
        shared().serial.set(serial);
        self.id = id;
        self.serial = serial;
        self.row = row;
        self.state = state::OPEN;
        self.owed = 0;
        self.wound = 0;
        self.answered = false;
        self.held = 0;
        self.place = Place::default();
    }

    /// Begins a request of the module's own.
    pub(crate) fn begin_own(&mut self) {
        let id = match shared().own_id.get() {
            i32::MIN => -1,
            last => last - 1,
        };
        shared().own_id.set(id);
        self.begin(id, None);
        self.state = state::LATER;
        self.root = Root { pid: OWN_PID, ..Root::default() };
    }

    /// Reads who asks.
    pub(crate) fn read_root(&mut self, from: &mut Reader, needs: u32) {
        let root = &mut self.root;
        root.unique = from.number() as u64;
        root.uid = from.number() as u32;
        root.gid = from.number() as u32;
        root.pid = from.number() as i32;
        root.lk_owner = from.text().map_or(String::new(), |owner| owner.to_string());
        root.op = match from.text() {
            Some(op) => Cow::Owned(op.to_string()),
            None => Cow::Borrowed(self.row.map_or("", |row| row.log_name)),
        };
        if needs & needs::CLIENT != 0 {
            root.client = Client::read(from);
        }
        if needs & needs::GROUPS != 0 {
            let count = from.integer();
            root.groups = (0..count).map(|_| from.number() as u32).collect();
        }
    }

    /// True if nothing is left to do for it.
    pub(crate) fn is_over(&self) -> bool {
        self.owed == 0 && (self.answered || (self.row.is_none() && self.held == 0))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.row.map_or("a request of its own", |row| row.name)
    }

    /// Begins a fop's method, with these values.
    #[inline]
    pub(crate) fn arrive(&mut self, values: &[Value]) {
        for (mark, value) in self.marks.iter_mut().zip(values) {
            *mark = value.mark();
        }
        self.running = true;
    }

    /// Begins a callback, with the values of a reply.
    #[inline]
    pub(crate) fn arrive_reply(&mut self, kept: Kept, values: &[Value]) {
        if self.opens {
            note_own_fd(kept.op_ret, values);
        }
        self.reply = Some(kept);
        self.arrive(values);
    }

    /// Ends the call: the code for the host.
    pub(crate) fn leave(&mut self) -> i32 {
        self.running = false;
        self.reply = None;
        self.child = None;
        let result = self.state;
        if result == state::FAILED {
            return result;
        }
        self.state = if self.answered { state::ANSWERED } else { state::LATER };
        match result {
            state::LATER | state::ANSWERED => state::NOTHING,
            _ => result,
        }
    }

    // -- mistakes ------------------------------------------------------------------------------

    pub(crate) fn fail_frame(&mut self) {
        if self.state == state::FAILED {
            return;
        }
        self.state = state::FAILED;
        self.answered = true;
        self.owed = 0;
        if !self.running {
            shared().out.borrow_mut().say_number(Kind::Failed, self.id.into());
        }
    }

    /// Logs a mistake of the module with its place, and fails the request.
    pub(crate) fn refuse(&mut self, at: Place, text: &str) {
        log_at(ERROR, at, &format!("{}: {text}", self.name()));
        self.fail_frame();
    }

    fn is_usable(&mut self, at: Place, what: &str) -> bool {
        if self.state == state::FAILED {
            return false;
        }
        if self.answered {
            let text = format!(
                "{what} after the request was answered or handed on (is a return missing, or a \
                 look at frame.answered()?)"
            );
            self.refuse(at, &text);
            return false;
        }
        true
    }

    fn is_errno(&mut self, at: Place, errno: Errno) -> bool {
        if (1..512).contains(&errno.0) {
            return true;
        }
        self.refuse(at, &format!("{} is no errno such as ENOENT", errno.0));
        false
    }

    // -- values --------------------------------------------------------------------------------

    /// True if these are all of the values that came with the call, unchanged.
    fn all_same(&self, values: &[Value]) -> bool {
        self.running && values.iter().zip(&self.marks).all(|(value, mark)| value.mark() == *mark)
    }

    fn write_values(&self, out: &mut Messages, values: &[Value]) {
        for value in values {
            if !self.write_reference(out, value) {
                out.value(value, self.serial);
            }
        }
    }

    /// Writes a value as one that came, if it is one.
    fn write_reference(&self, out: &mut Messages, value: &Value) -> bool {
        let letter = value.letter();
        if !self.running || letter == 0 || letter == b'n' {
            return false;
        }
        let (wind, letters) = match (&self.reply, self.row) {
            (Some(reply), _) => (reply.wind, reply.row.reply),
            (None, Some(row)) => (ARGUMENTS, row.args),
            (None, None) => return false,
        };
        let mark = value.mark();
        let mut came = letters.bytes().zip(&self.marks);
        match came.position(|came| came == (letter, &mark)) {
            Some(index) => out.as_it_came(wind, index),
            None => return false,
        }
        true
    }

    /// Writes all arguments or parts of a reply as they came.
    fn write_same(out: &mut Messages, wind: i32, letters: &str) {
        for index in 0..letters.len() {
            out.as_it_came(wind, index);
        }
    }

    // -- decisions -----------------------------------------------------------------------------

    fn answer(&mut self, state: i32) {
        self.state = state;
        self.answered = true;
    }

    /// From here on decisions are messages: a wind that waited for the end becomes the first.
    fn speak(&mut self, at: Place) {
        if let (state::WIND, Some(row)) = (self.state, self.row) {
            let mut out = shared().out.borrow_mut();
            out.verb(Kind::Wind, at, self.id);
            out.wind(0, 0, row.number);
            Core::write_same(&mut out, ARGUMENTS, row.args);
        }
        self.state = state::LATER;
    }

    /// True if a wind of these values, or of those that came, needs no message. Only a fop's own
    /// method comes here without an earlier wind.
    fn is_plain(&self, row: &FopRow, child: &Child, values: Option<&[Value]>) -> bool {
        self.state == state::OPEN
            && self.wound == 0
            && child.index == 0
            && self.row.map_or(false, |own| std::ptr::eq(own, row))
            && values.map_or(true, |values| self.all_same(values))
    }

    fn find_child(
        &mut self,
        at: Place,
        child: Option<&'static Child>,
    ) -> Option<&'static Child> {
        if child.is_none() {
            self.refuse(at, "there is no subvolume to wind to");
        }
        child
    }

    /// Winds, with the fop's own arguments for None. Returns the child, and whether the host makes an fd.
    pub(crate) fn wind(
        &mut self,
        at: Place,
        row: &'static FopRow,
        child: Option<&'static Child>,
        values: Option<&[Value]>,
    ) -> Option<(&'static Child, bool)> {
        if !self.is_usable(at, "wound") {
            return None;
        }
        let child = self.find_child(at, child)?;
        let mut opens = false;
        if self.is_plain(row, child, values) {
            self.state = state::WIND;
        } else {
            self.speak(at);
            let mut out = shared().out.borrow_mut();
            out.verb(Kind::Wind, at, self.id);
            out.wind(self.wound, child.index, row.number);
            match values {
                Some(values) => {
                    self.write_values(&mut out, values);
                    opens = opens_fd(row, values);
                }
                None => Core::write_same(&mut out, ARGUMENTS, row.args),
            }
        }
        self.wound += 1;
        self.owed += 1;
        Some((child, opens))
    }

    pub(crate) fn tail(
        &mut self,
        at: Place,
        row: &'static FopRow,
        child: Option<&'static Child>,
        values: Option<&[Value]>,
    ) {
        if !self.is_usable(at, "handed on") {
            return;
        }
        let child = match self.find_child(at, child) {
            Some(child) => child,
            None => return,
        };
        if !self.row.map_or(false, |own| std::ptr::eq(own, row)) {
            self.refuse(at, &format!("the reply of another fop ({}) needs a callback", row.name));
        } else if self.is_plain(row, child, values) {
            self.answer(state::TAIL);
        } else {
            self.speak(at);
            let mut out = shared().out.borrow_mut();
            out.verb(Kind::Tail, at, self.id);
            out.integer(child.index as i64);
            out.integer(row.number.into());
            match values {
                Some(values) => self.write_values(&mut out, values),
                None => Core::write_same(&mut out, ARGUMENTS, row.args),
            }
            drop(out);
            self.answer(state::ANSWERED);
        }
    }

    pub(crate) fn unwind(
        &mut self,
        at: Place,
        row: &'static FopRow,
        op_ret: i64,
        op_errno: Errno,
        values: &[Value],
    ) {
        if !self.is_usable(at, "answered") {
            return;
        }
        if !self.row.map_or(false, |own| std::ptr::eq(own, row)) {
            self.refuse(at, &format!("answered with the reply of {}", row.name));
            return;
        }
        if op_ret < 0 && !self.is_errno(at, op_errno) {
            return;
        }
        if self.state == state::OPEN {
            if let Some(reply) = self.reply {
                if std::ptr::eq(reply.row, row)
                    && (reply.op_ret, reply.op_errno) == (op_ret, op_errno)
                    && self.all_same(values)
                {
                    self.answer(state::SAME + reply.wind);
                    return;
                }
            }
            if op_ret == -1 && values.iter().all(is_bare) {
                self.answer(-op_errno.0);
                return;
            }
        }
        let counted = if row.counts && op_ret >= 0 { values[0].count() } else { None };
        self.write_unwind(at, row, counted.map_or(op_ret, |count| count as i64), op_errno);
        self.write_values(&mut shared().out.borrow_mut(), values);
        self.answer(state::ANSWERED);
    }

    fn write_unwind(&mut self, at: Place, row: &FopRow, op_ret: i64, op_errno: Errno) {
        self.speak(at);
        let mut out = shared().out.borrow_mut();
        out.verb(Kind::Unwind, at, self.id);
        out.integer(row.number.into());
        out.integer(op_ret);
        out.integer(op_errno.0.into());
    }

    pub(crate) fn unwind_kept(&mut self, at: Place, kept: Kept) {
        if !self.is_usable(at, "answered") {
            return;
        }
        if kept.serial != self.serial {
            self.refuse(at, "answered with a reply that another request has kept");
        } else if !self.row.map_or(false, |own| std::ptr::eq(own, kept.row)) {
            self.refuse(at, &format!("answered with the reply of {}", kept.row.name));
        } else if self.state == state::OPEN {
            self.answer(state::SAME + kept.wind);
        } else {
            self.write_unwind(at, kept.row, kept.op_ret, kept.op_errno);
            let mut out = shared().out.borrow_mut();
            Core::write_same(&mut out, kept.wind, kept.row.reply);
            drop(out);
            self.answer(state::ANSWERED);
        }
    }

    pub(crate) fn fail(&mut self, at: Place, errno: Errno) {
        if !self.is_usable(at, "answered") || !self.is_errno(at, errno) {
            return;
        }
        if self.state == state::OPEN {
            // A failed reply that `check()?` passes on keeps its xdata.
            let state = match (self.reply, self.row) {
                (Some(reply), Some(own))
                    if std::ptr::eq(reply.row, own)
                        && (reply.op_ret, reply.op_errno) == (-1, errno) =>
                {
                    state::SAME + reply.wind
                }
                _ => -errno.0,
            };
            self.answer(state);
            return;
        }
        let row = match self.row {
            Some(row) => row,
            None => return self.refuse(at, "it has no caller to answer"),
        };
        self.write_unwind(at, row, -1, errno);
        let mut out = shared().out.borrow_mut();
        for _ in row.reply.bytes() {
            out.number(0.0);
        }
        drop(out);
        self.answer(state::ANSWERED);
    }

    /// Tells the host where the module has failed its request, for `glossa why`. That something is absent is no
    /// mishap, and a failure that is sent as a message has its place.
    pub(crate) fn note_failure(&mut self, at: Place, errno: Errno) {
        if self.state == -errno.0 && ![ENOENT, ENODATA, EOPNOTSUPP].contains(&errno) {
            // A level that writes nothing.
            log_at(0, at, &self.id.to_string());
        }
    }

    pub(crate) fn close(&mut self, at: Place, fd: i64) {
        if shared().own_fds.borrow_mut().remove(&fd) {
            shared().out.borrow_mut().say_number(Kind::CloseFd, fd);
        } else {
            self.refuse(at, "the fd was not opened by this module, or is closed already");
        }
    }
}

/// True for what a failed reply has in this place if it says nothing.
fn is_bare(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Int(-1))
}

/// Notes the fd that the host has made for the module.
fn note_own_fd(op_ret: i64, values: &[Value]) {
    let fd = values.iter().find_map(|value| match value {
        Value::Fd(fd) => Some(fd.id),
        _ => None,
    });
    if let (true, Some(fd)) = (op_ret >= 0, fd) {
        shared().own_fds.borrow_mut().insert(fd);
    }
}

/// True if a fop that opens comes without its fd: the host makes one.
fn opens_fd(row: &FopRow, values: &[Value]) -> bool {
    row.reply.contains('f')
        && row.args.find('f').map_or(false, |at| matches!(values[at], Value::Null))
}

/// Finds the row of a fop by its number.
pub(crate) fn find_row(number: usize) -> &'static FopRow {
    &FOPS[number]
}
