//! The memory that the host reads and writes, and its function for lines of the log. This is the
//! only module with `unsafe`.

#![allow(unsafe_code)]

/// Doubles of the area at first: 64 KiB.
const FIRST_AREA: usize = 8192;
/// Doubles before a record: the count of message doubles, the log level, the time.
pub(crate) const HEADER: usize = 3;

/// The host writes here between calls.
pub(crate) struct Memory {
    /// Records, after the header.
    pub(crate) area: Vec<u64>,
    /// The bytes of a read or write.
    pub(crate) data: Vec<u64>,
}

impl Memory {
    /// The address of the area, with room for this many bytes.
    pub(crate) fn reserve_area(&mut self, bytes: usize) -> usize {
        let words = (bytes + 7) / 8;
        if words > self.area.len() {
            self.area.resize(words.max(FIRST_AREA), 0);
        }
        self.area.as_ptr() as usize
    }

    /// The address of the window for data, with room for this many bytes.
    pub(crate) fn reserve_data(&mut self, bytes: usize) -> usize {
        let words = (bytes + 7) / 8;
        if words > self.data.len() {
            self.data.resize(words, 0);
        }
        self.data.as_ptr() as usize
    }
}

impl Default for Memory {
    fn default() -> Self {
        Memory { area: vec![0; FIRST_AREA], data: Vec::new() }
    }
}

/// The bytes of words, which are little-endian.
#[inline]
pub(crate) fn as_bytes(words: &[u64]) -> &[u8] {
    // SAFETY: the same memory; every byte of a u64 is a valid u8, and u8 needs no alignment.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), 8 * words.len()) }
}

/// Appends bytes, and zeros up to the next word: at least one.
pub(crate) fn push_bytes(words: &mut Vec<u64>, bytes: &[u8]) {
    let count = bytes.len() / 8 + 1;
    words.reserve(count);
    let start = words.len();
    // SAFETY: there is room for `count` words, which are all written: the last one first, with
    // zeros. The vector is not where the bytes are, because it is borrowed mutably.
    unsafe {
        let end = words.as_mut_ptr().add(start);
        end.add(count - 1).write(0);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), end.cast(), bytes.len());
        words.set_len(start + count);
    }
}

/// Writes a line to the volume's log, also when the module fails right after it.
pub(crate) fn write_line(text: &str) {
    #[cfg(target_arch = "wasm32")]
    {
        #[repr(C)]
        struct IoVec {
            at: *const u8,
            length: usize,
        }
        #[link(wasm_import_module = "wasi_snapshot_preview1")]
        extern "C" {
            fn fd_write(fd: i32, parts: *const IoVec, count: usize, written: *mut usize) -> i32;
        }
        let line = format!("{text}\n");
        let parts = IoVec { at: line.as_ptr(), length: line.len() };
        let mut written = 0;
        // SAFETY: the host reads `line` and writes `written`, which outlive the call.
        unsafe { fd_write(2, &parts, 1, &mut written) };
    }
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{text}");
}
