//! Decodes records of the host: rows of doubles (bridges/compiled/area.ts).
//!
//! A text is its length in bytes (-1 for none), then the bytes, a NUL and padding. A gfid is a slot
//! and its 36 characters, or minus the slot of one that came before, or a 0 for none.

use std::borrow::Cow;
use std::cell::RefMut;

use crate::core::Kept;
use crate::dict::Item;
use crate::frame::Frame;
use crate::memory::as_bytes;
use crate::translator::Translator;
use crate::values::{Came, Entry, Slot, Slots, MOST_VALUES, NO_SLOT};
use crate::{needs, Dict, Dirent, Fd, Flock, Gfid, Iatt, Inode, Lease, Loc, Name, Statvfs};

/// Slots in which both sides remember gfids, as a mask of the slot's number.
const GFID_MASK: usize = 511;

/// The gfids that came last, by slot.
pub(crate) struct GfidTable([Gfid; GFID_MASK + 1]);

impl Default for GfidTable {
    fn default() -> Self {
        GfidTable([Gfid::NULL; GFID_MASK + 1])
    }
}

/// Reads a record.
#[doc(hidden)]
pub struct Reader<'a, 't> {
    words: &'a [u64],
    /// The bytes that came with the call.
    data: &'a [u8],
    gfids: RefMut<'t, GfidTable>,
    needs: u32,
}

impl<'a, 't> Reader<'a, 't> {
    pub(crate) fn new(
        words: &'a [u64],
        data: &'a [u8],
        gfids: RefMut<'t, GfidTable>,
        needs: u32,
    ) -> Self {
        Reader { words, data, gfids, needs }
    }

    #[inline]
    fn word(&mut self) -> u64 {
        let (first, rest) = self.words.split_first().expect("a record ends too early");
        self.words = rest;
        *first
    }

    /// Takes this many integers.
    #[inline]
    pub(crate) fn integers<const N: usize>(&mut self) -> [i64; N] {
        let (taken, rest) = self.words.split_at(N);
        self.words = rest;
        let mut numbers = [0; N];
        for (number, word) in numbers.iter_mut().zip(taken) {
            *number = f64::from_bits(*word) as i64;
        }
        numbers
    }

    #[inline]
    pub(crate) fn number(&mut self) -> f64 {
        f64::from_bits(self.word())
    }

    #[inline]
    pub(crate) fn integer(&mut self) -> i64 {
        self.number() as i64
    }

    #[inline]
    pub(crate) fn flag(&mut self) -> bool {
        self.number() != 0.0
    }

    #[inline]
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.integer()).ok()?;
        let (text, rest) = self.words.split_at((length + 8) / 8);
        self.words = rest;
        Some(&as_bytes(text)[..length])
    }

    #[inline]
    pub(crate) fn text(&mut self) -> Option<Name<'a>> {
        self.bytes().map(Name)
    }

    /// A text that is never missing.
    pub(crate) fn name(&mut self) -> Name<'a> {
        self.text().unwrap_or_default()
    }

    /// A text that is UTF-8, as names of volumes and options are.
    pub(crate) fn string(&mut self) -> String {
        self.name().to_string()
    }

    #[inline(always)]
    pub(crate) fn gfid(&mut self) -> Gfid {
        let slot = self.number() as i32;
        match slot {
            0 => Gfid::NULL,
            1.. => self.new_gfid(slot),
            _ => self.gfids.0[-slot as usize & GFID_MASK],
        }
    }

    fn new_gfid(&mut self, slot: i32) -> Gfid {
        let (text, rest) = self.words.split_at(5);
        self.words = rest;
        let gfid = Gfid::from_host(as_bytes(text).try_into().expect("5 words have 40 bytes"));
        self.gfids.0[slot as usize & GFID_MASK] = gfid;
        gfid
    }

    #[inline(always)]
    fn path(&mut self) -> Option<Name<'a>> {
        if self.needs & needs::PATH == 0 {
            return None;
        }
        self.text()
    }

    #[inline(always)]
    pub(crate) fn inode(&mut self) -> Option<Inode<'a>> {
        let id = self.integer();
        if id == 0 {
            return None;
        }
        let ia_type = self.integer();
        let gfid = self.gfid();
        Some(Inode { id, ia_type, gfid, path: self.path() })
    }

    pub(crate) fn loc(&mut self) -> Loc<'a> {
        let inode = self.inode();
        let parent = self.inode();
        let name = self.text();
        let own = self.gfid();
        let path = self.path();
        let gfid = if own.is_null() { inode.map_or(own, |inode| inode.gfid) } else { own };
        let pargfid = parent.map_or(Gfid::NULL, |parent| parent.gfid);
        Loc { inode, parent, name, gfid, pargfid, path }
    }

    pub(crate) fn fd(&mut self) -> Option<Fd<'a>> {
        let id = self.integer();
        if id == 0 {
            return None;
        }
        let [flags, pid, is_dir] = self.integers();
        let inode = self.inode().unwrap_or_default();
        Some(Fd { id, flags, pid, is_dir: is_dir != 0, inode })
    }

    pub(crate) fn iatt(&mut self) -> Option<Iatt> {
        self.flag().then(|| Iatt::read(self))
    }

    pub(crate) fn dict(&mut self) -> Option<Dict<'a>> {
        let count = usize::try_from(self.integer()).ok()?;
        let mut pairs = Vec::with_capacity(count);
        for _ in 0..count {
            let key = Cow::Borrowed(self.name().0);
            pairs.push((key, self.item()));
        }
        Some(Dict { pairs })
    }

    fn item(&mut self) -> Item<'a> {
        let kind = self.integer() as u8;
        let bytes = |from: &mut Self| Cow::Borrowed(from.bytes().unwrap_or_default());
        match kind {
            b'n' => Item::Int(self.integer()),
            b'u' => Item::Uint(self.number() as u64),
            b'g' => Item::Double(self.number()),
            b'U' => Item::Gfid(self.gfid()),
            b'a' => Item::Iatt(Box::new(self.iatt().unwrap_or_default())),
            b's' => Item::Str(bytes(self)),
            b'M' => Item::Mdata(bytes(self)),
            _ => Item::Bin(bytes(self)),
        }
    }

    /// Reads the entries of a reply.
    pub(crate) fn entries<T: Translator>(
        &mut self,
        frame: &Frame<T>,
        kept: Kept,
    ) -> Option<Vec<Entry<'a>>> {
        self.entries_from(Came::of(frame, kept))
    }

    fn entries_from(&mut self, came: Came) -> Option<Vec<Entry<'a>>> {
        let count = usize::try_from(self.integer()).ok()?;
        let mut entries = Vec::with_capacity(count);
        for entry in 0..count as i32 {
            let name = self.name();
            let [off, r#type] = self.integers();
            let gfid = self.gfid();
            let came = Came { entry, ..came };
            let it = Dirent { name, off, r#type, gfid, stat: None, came };
            entries.push(Entry { it, stat: self.iatt() });
        }
        Some(entries)
    }

    pub(crate) fn locks(&mut self) -> Option<Vec<Flock<'a>>> {
        let count = usize::try_from(self.integer()).ok()?;
        Some((0..count).map(|_| Flock::read(self)).collect())
    }

    pub(crate) fn data(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.integer()).ok()?;
        // The bytes of the arguments do not come again with a reply.
        Some(self.data.get(..length).unwrap_or_default())
    }

    pub(crate) fn statvfs(&mut self) -> Option<Statvfs> {
        self.flag().then(|| Statvfs::read(self))
    }

    pub(crate) fn flock(&mut self) -> Option<Flock<'a>> {
        self.flag().then(|| Flock::read(self))
    }

    pub(crate) fn lease(&mut self) -> Option<Lease> {
        self.flag().then(|| Lease::read(self))
    }

    /// Reads the values of a fop or reply, whose kinds are these letters.
    pub(crate) fn values(&mut self, letters: &str, came: Came, slots: &mut Slots<'a>) {
        for (slot, letter) in slots.iter_mut().zip(letters.bytes()) {
            let found = match letter {
                b'n' => Some(Slot::Int(self.integer())),
                b'l' => Some(Slot::Loc(self.loc())),
                b'i' => self.inode().map(Slot::Inode),
                b'f' => self.fd().map(Slot::Fd),
                b'a' => self.iatt().map(Slot::Iatt),
                b'd' => self.dict().map(Slot::Dict),
                b's' => self.text().map(Slot::Str),
                b'b' => self.data().map(Slot::Data),
                b'e' => self.entries_from(came).map(Slot::Entries),
                b'm' => self.locks().map(Slot::Locklist),
                b'v' => self.statvfs().map(Slot::Statvfs),
                b'k' => self.flock().map(Slot::Flock),
                _ => self.lease().map(Slot::Lease),
            };
            *slot = found.unwrap_or(Slot::Null);
        }
    }

    /// Reads values that are of no use but for their gfids, which both sides remember.
    pub(crate) fn skip_values(&mut self, letters: &str) {
        self.values(letters, Came::default(), &mut [NO_SLOT; MOST_VALUES]);
    }
}
