//! Encodes messages for the host: rows of doubles (bridges/compiled/messages.ts).

use crate::dict::Item;
use crate::log::Place;
use crate::memory::push_bytes;
use crate::values::{Came, Value};
use crate::{Dict, Dirent, Flock, Gfid, Inode, Loc};

/// Kinds of messages.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Log = 1,
    Wind,
    Tail,
    Unwind,
    Failed,
    Track,
    TrackFd,
    CloseFd,
    Timer,
    Untimer,
    Told,
    Invalidate,
    Up,
}

/// The letter of a value that is sent back as it came.
const AS_IT_CAME: u8 = b'=';

/// Codes of an entry's attributes; 0 for an entry without attributes.
const NEW_STAT: i32 = 1;
const RECEIVED_STAT: i32 = 2;

/// The number of the wind that stands for an entry of one's own.
const OWN_ENTRY: i32 = -2;

/// The messages of a call.
#[derive(Default)]
pub(crate) struct Messages {
    pub(crate) words: Vec<u64>,
}

impl Messages {
    #[inline]
    pub(crate) fn number(&mut self, number: f64) {
        self.words.push(number.to_bits());
    }

    #[inline]
    pub(crate) fn integer(&mut self, number: i64) {
        self.number(number as f64);
    }

    fn int(&mut self, number: i32) {
        self.number(number.into());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.int(bytes.len() as i32);
        push_bytes(&mut self.words, bytes);
    }

    pub(crate) fn text(&mut self, text: Option<&[u8]>) {
        match text {
            Some(text) => self.bytes(text),
            None => self.int(-1),
        }
    }

    pub(crate) fn gfid(&mut self, gfid: Gfid) {
        self.bytes(&gfid.to_text());
    }

    pub(crate) fn kind(&mut self, kind: Kind) {
        self.int(kind as i32);
    }

    pub(crate) fn say_number(&mut self, kind: Kind, number: i64) {
        self.kind(kind);
        self.integer(number);
    }

    /// Writes a place in the source.
    pub(crate) fn place(&mut self, file: &str, line: u32, function: &str) {
        self.bytes(file.as_bytes());
        self.number(line.into());
        self.bytes(function.as_bytes());
    }

    /// Begins a decision about a request.
    pub(crate) fn verb(&mut self, kind: Kind, at: Place, id: i32) {
        self.kind(kind);
        self.int(id);
        at.write(self);
    }

    pub(crate) fn wind(&mut self, number: i32, child: usize, fop: i32) {
        self.int(number);
        self.int(child as i32);
        self.int(fop);
    }

    fn inode(&mut self, inode: Option<&Inode>) {
        self.integer(inode.map_or(0, |inode| inode.id));
    }

    fn loc(&mut self, loc: &Loc) {
        self.inode(loc.inode.as_ref());
        self.inode(loc.parent.as_ref());
        self.text(loc.name.map(|name| name.0));
        self.gfid(loc.gfid);
    }

    pub(crate) fn dict(&mut self, dict: &Dict) {
        self.int(dict.pairs.len() as i32);
        for (key, item) in &dict.pairs {
            self.bytes(key);
            self.int(item.letter().into());
            match item {
                Item::Int(value) => self.integer(*value),
                Item::Uint(value) => self.number(*value as f64),
                Item::Double(value) => self.number(*value),
                Item::Gfid(value) => self.gfid(*value),
                Item::Iatt(value) => value.write(self),
                Item::Str(value) | Item::Bin(value) | Item::Mdata(value) => self.bytes(value),
            }
        }
    }

    fn entry(&mut self, entry: &Dirent, serial: u32) {
        self.bytes(&entry.name);
        self.integer(entry.off);
        self.integer(entry.r#type);
        self.gfid(entry.gfid);
        let came = if entry.came.serial == serial {
            entry.came
        } else {
            Came { wind: OWN_ENTRY, ..Came::default() }
        };
        self.int(came.wind);
        self.int(came.index);
        self.int(came.entry);
        match entry.stat {
            None => self.int(0),
            Some(stat) if stat as *const _ as usize == came.stat => self.int(RECEIVED_STAT),
            Some(stat) => {
                self.int(NEW_STAT);
                stat.write(self);
            }
        }
    }

    fn locks(&mut self, locks: &[Flock]) {
        self.int(locks.len() as i32);
        for lock in locks {
            lock.write(self);
        }
    }

    /// Writes that a value is the one with this index that came with this wind (-1: the fop's own).
    pub(crate) fn as_it_came(&mut self, wind: i32, index: usize) {
        self.int(AS_IT_CAME.into());
        self.int(wind);
        self.int(index as i32);
    }

    /// Writes a value in full. `serial` is that of the frame that it is sent for.
    pub(crate) fn value(&mut self, value: &Value, serial: u32) {
        self.int(value.letter().into());
        match *value {
            Value::Null => {}
            Value::Int(number) => self.integer(number),
            Value::Loc(it) => self.loc(it),
            Value::Inode(it) => self.integer(it.id),
            Value::Fd(it) => self.integer(it.id),
            Value::Iatt(it) => it.write(self),
            Value::Dict(it) => self.dict(it),
            Value::Str(it) => self.bytes(&it),
            Value::Data(it) => self.bytes(it),
            Value::Entries(it) => {
                self.int(it.len() as i32);
                for entry in it {
                    self.entry(entry, serial);
                }
            }
            Value::Statvfs(it) => it.write(self),
            Value::Flock(it) => it.write(self),
            Value::Lease(it) => it.write(self),
            Value::Locklist(it) => self.locks(it),
        }
    }
}
