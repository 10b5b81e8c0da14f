//! The values that fops carry.

use crate::core::{shared, Kept};
use crate::frame::Frame;
use crate::message::Kind;
use crate::translator::Translator;
use crate::{Dict, Flock, Gfid, Iatt, Lease, Name, Statvfs};

/// An inode. Two are the same if their `id` is the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inode<'a> {
    pub id: i64,
    /// One of `IA_*`; 0 if it is not known here.
    pub ia_type: i64,
    /// Null until the inode is known.
    pub gfid: Gfid,
    /// From the root; none without [`needs::PATH`](crate::needs::PATH).
    pub path: Option<Name<'a>>,
}

impl Inode<'_> {
    /// The inode for longer than the request. It may be forgotten meanwhile: a wind with it then
    /// fails.
    pub fn keep(&self) -> Inode<'static> {
        Inode { path: None, ..*self }
    }
}

/// An open file or directory. Two are the same if their `id` is the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fd<'a> {
    pub id: i64,
    /// `O_*`.
    pub flags: i64,
    pub pid: i64,
    pub is_dir: bool,
    pub inode: Inode<'a>,
}

impl Fd<'_> {
    /// The fd for longer than the request.
    pub fn keep(&self) -> Fd<'static> {
        // The host has to know it by its number.
        shared().out.borrow_mut().say_number(Kind::TrackFd, self.id);
        Fd { inode: self.inode.keep(), ..*self }
    }
}

/// What a fop is about: `inode`, or `parent` and `name`, or `gfid`. For a loc of your own, the host
/// finds or makes the inode.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loc<'a> {
    pub inode: Option<Inode<'a>>,
    pub parent: Option<Inode<'a>>,
    pub name: Option<Name<'a>>,
    /// Null until it is known.
    pub gfid: Gfid,
    /// The parent's.
    pub pargfid: Gfid,
    /// From the root; none without [`needs::PATH`](crate::needs::PATH).
    pub path: Option<Name<'a>>,
}

/// An entry of a directory. A changed copy of one that came keeps its inode.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dirent<'a> {
    pub name: Name<'a>,
    /// Where the next readdir continues.
    pub off: i64,
    /// `DT_*`, as in readdir(3).
    pub r#type: i64,
    pub gfid: Gfid,
    /// Of readdirp.
    pub stat: Option<&'a Iatt>,
    pub came: Came,
}

/// Where an entry came from, which leads the host to its inode.
#[derive(Clone, Copy, Debug, Default)]
pub struct Came {
    /// The serial number of the frame; 0 for an entry of one's own.
    pub(crate) serial: u32,
    pub(crate) wind: i32,
    pub(crate) index: i32,
    pub(crate) entry: i32,
    /// The address of its attributes, which are unchanged while it is the same.
    pub(crate) stat: usize,
}

impl Came {
    /// The origin of entries in a reply, of which they are the first part.
    pub(crate) fn of<T: Translator>(frame: &Frame<T>, kept: Kept) -> Came {
        Came { serial: frame.core.serial, wind: kept.wind, ..Came::default() }
    }
}

/// A value of a fop or reply, as the generic methods (`any_fop`) see them.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Loc(&'a Loc<'a>),
    Inode(&'a Inode<'a>),
    Fd(&'a Fd<'a>),
    Iatt(&'a Iatt),
    Dict(&'a Dict<'a>),
    Str(Name<'a>),
    Data(&'a [u8]),
    Entries(&'a [Dirent<'a>]),
    Statvfs(&'a Statvfs),
    Flock(&'a Flock<'a>),
    Lease(&'a Lease),
    Locklist(&'a [Flock<'a>]),
}

/// What identifies a value within a call: its address, or the number itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark(u64, usize);

fn address<T>(at: &T) -> Mark {
    Mark(at as *const T as usize as u64, 0)
}

fn addresses<T>(at: &[T]) -> Mark {
    Mark(at.as_ptr() as usize as u64, at.len())
}

impl<'a> Value<'a> {
    pub(crate) fn mark(&self) -> Mark {
        match *self {
            Value::Null => Mark(0, usize::MAX),
            Value::Int(number) => Mark(number as u64, 0),
            Value::Loc(it) => address(it),
            Value::Inode(it) => address(it),
            Value::Fd(it) => address(it),
            Value::Iatt(it) => address(it),
            Value::Dict(it) => address(it),
            Value::Str(it) => addresses(it.0),
            Value::Data(it) => addresses(it),
            Value::Entries(it) => addresses(it),
            Value::Statvfs(it) => address(it),
            Value::Flock(it) => address(it),
            Value::Lease(it) => address(it),
            Value::Locklist(it) => addresses(it),
        }
    }

    /// The letter of its kind in the table of fops; 0 for null.
    pub(crate) fn letter(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Int(_) => b'n',
            Value::Loc(_) => b'l',
            Value::Inode(_) => b'i',
            Value::Fd(_) => b'f',
            Value::Iatt(_) => b'a',
            Value::Dict(_) => b'd',
            Value::Str(_) => b's',
            Value::Data(_) => b'b',
            Value::Entries(_) => b'e',
            Value::Statvfs(_) => b'v',
            Value::Flock(_) => b'k',
            Value::Lease(_) => b'z',
            Value::Locklist(_) => b'm',
        }
    }

    /// How much a counted part of a reply holds.
    pub(crate) fn count(&self) -> Option<usize> {
        match self {
            Value::Str(it) => Some(it.len()),
            Value::Data(it) => Some(it.len()),
            Value::Entries(it) => Some(it.len()),
            _ => None,
        }
    }
}

macro_rules! conversions {
    ($($variant:ident $type:ty;)*) => {$(
        impl<'a> From<$type> for Value<'a> {
            fn from(value: $type) -> Self {
                Value::$variant(value)
            }
        }
        impl<'a> From<Option<$type>> for Value<'a> {
            fn from(value: Option<$type>) -> Self {
                value.map_or(Value::Null, Value::$variant)
            }
        }
        impl<'a> From<Value<'a>> for Option<$type> {
            fn from(value: Value<'a>) -> Self {
                match value {
                    Value::$variant(it) => Some(it),
                    _ => None,
                }
            }
        }
    )*};
}

conversions! {
    Loc &'a Loc<'a>;
    Inode &'a Inode<'a>;
    Fd &'a Fd<'a>;
    Iatt &'a Iatt;
    Dict &'a Dict<'a>;
    Str Name<'a>;
    Data &'a [u8];
    Entries &'a [Dirent<'a>];
    Statvfs &'a Statvfs;
    Flock &'a Flock<'a>;
    Lease &'a Lease;
    Locklist &'a [Flock<'a>];
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

/// The value of an argument that is never missing.
pub(crate) trait Required<'a> {
    fn required(value: Value<'a>) -> Self;
}

impl Required<'_> for i64 {
    fn required(value: Value) -> Self {
        match value {
            Value::Int(number) => number,
            _ => 0,
        }
    }
}

impl<'a> Required<'a> for Name<'a> {
    fn required(value: Value<'a>) -> Self {
        Option::from(value).unwrap_or_default()
    }
}

impl<'a> Required<'a> for &'a [u8] {
    fn required(value: Value<'a>) -> Self {
        Option::from(value).unwrap_or_default()
    }
}

impl<'a> Required<'a> for &'a [Flock<'a>] {
    fn required(value: Value<'a>) -> Self {
        Option::from(value).unwrap_or_default()
    }
}

macro_rules! required {
    ($($type:ty)*) => {$(
        impl<'a> Required<'a> for &'a $type {
            fn required(value: Value<'a>) -> Self {
                let found: Option<Self> = value.into();
                found.expect("the host sends a value for an argument that is never null")
            }
        }
    )*};
}

required! { Loc<'a> Fd<'a> Iatt Flock<'a> Lease }

/// The decoded value of an argument that is never missing.
#[inline]
pub(crate) fn required<T>(value: &Option<T>) -> &T {
    value.as_ref().expect("the host sends a value for an argument that is never null")
}

/// A decoded value, for as long as the call runs.
pub(crate) enum Slot<'a> {
    Null,
    Int(i64),
    Loc(Loc<'a>),
    Inode(Inode<'a>),
    Fd(Fd<'a>),
    Iatt(Iatt),
    Dict(Dict<'a>),
    Str(Name<'a>),
    Data(&'a [u8]),
    Entries(Vec<Entry<'a>>),
    Statvfs(Statvfs),
    Flock(Flock<'a>),
    Lease(Lease),
    Locklist(Vec<Flock<'a>>),
}

/// A directory entry with its attributes, and where it came from.
pub(crate) struct Entry<'a> {
    pub(crate) it: Dirent<'a>,
    pub(crate) stat: Option<Iatt>,
}

/// The most values of a fop or reply.
pub(crate) const MOST_VALUES: usize = 9;

/// The values of a fop or reply.
pub(crate) type Slots<'a> = [Slot<'a>; MOST_VALUES];

pub(crate) const NO_SLOT: Slot = Slot::Null;

/// Calls `call` with the values in the slots, whose kinds are these letters.
pub(crate) fn with_values<R>(
    letters: &str,
    slots: &Slots,
    call: impl FnOnce(&[Value]) -> R,
) -> R {
    let entries = slots.iter().find_map(|slot| match slot {
        Slot::Entries(entries) => Some(list_entries(entries)),
        _ => None,
    });
    let entries = entries.unwrap_or_default();
    let mut values = [Value::Null; MOST_VALUES];
    let count = letters.len();
    for (value, slot) in values.iter_mut().zip(slots).take(count) {
        *value = slot.value(&entries);
    }
    call(&values[..count])
}

/// Lists decoded entries with references to their attributes.
pub(crate) fn list_entries<'s>(entries: &'s [Entry]) -> Vec<Dirent<'s>> {
    let reference = |entry: &'s Entry| {
        let stat = entry.stat.as_ref();
        let address = stat.map_or(0, |stat| stat as *const Iatt as usize);
        Dirent { stat, came: Came { stat: address, ..entry.it.came }, ..entry.it }
    };
    entries.iter().map(reference).collect()
}

impl<'a> Slot<'a> {
    /// @param `entries` the directory entries of `list_entries`
    pub(crate) fn value<'s>(&'s self, entries: &'s [Dirent<'s>]) -> Value<'s> {
        match self {
            Slot::Null => Value::Null,
            Slot::Int(number) => Value::Int(*number),
            Slot::Loc(it) => Value::Loc(it),
            Slot::Inode(it) => Value::Inode(it),
            Slot::Fd(it) => Value::Fd(it),
            Slot::Iatt(it) => Value::Iatt(it),
            Slot::Dict(it) => Value::Dict(it),
            Slot::Str(it) => Value::Str(*it),
            Slot::Data(it) => Value::Data(it),
            Slot::Entries(_) => Value::Entries(entries),
            Slot::Statvfs(it) => Value::Statvfs(it),
            Slot::Flock(it) => Value::Flock(it),
            Slot::Lease(it) => Value::Lease(it),
            Slot::Locklist(it) => Value::Locklist(it),
        }
    }
}
