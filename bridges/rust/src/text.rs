//! Names, gfids and errnos.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::numbers::ERRNO_NAMES;

/// A name or another text of the file system: bytes that are not always UTF-8.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<'a>(pub &'a [u8]);

impl<'a> Name<'a> {
    /// The text, if the bytes are UTF-8.
    pub fn to_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.0).ok()
    }

    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl Deref for Name<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0
    }
}

/// Bytes that are not UTF-8 are shown as U+FFFD.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        String::from_utf8_lossy(self.0).fmt(f)
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(self.0), f)
    }
}

impl PartialEq<str> for Name<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Name<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(text: &'a str) -> Self {
        Name(text.as_bytes())
    }
}

impl<'a> From<&'a String> for Name<'a> {
    fn from(text: &'a String) -> Self {
        Name(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Name<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Name(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Name<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Name(bytes)
    }
}

/// The id of an inode: 16 bytes, the same on every storage and for every client.
#[derive(Clone, Copy, Default, Eq, PartialOrd, Ord)]
pub struct Gfid(pub [u8; 16]);

impl PartialEq for Gfid {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        // Two comparisons of numbers, where the derived one calls memcmp.
        u128::from_ne_bytes(self.0) == u128::from_ne_bytes(other.0)
    }
}

impl Hash for Gfid {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(u128::from_ne_bytes(self.0));
    }
}

/// Bytes of a gfid before which its text has a dash.
const DASHES: [usize; 4] = [4, 6, 8, 10];

/// Characters of a gfid's text.
pub(crate) const GFID_TEXT: usize = 36;

impl Gfid {
    /// Of an inode that is not known yet.
    pub const NULL: Gfid = Gfid([0; 16]);
    /// Of the root directory.
    pub const ROOT: Gfid = Gfid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    pub fn is_null(&self) -> bool {
        *self == Gfid::NULL
    }

    /// Reads the canonical text, such as `00000000-0000-0000-0000-000000000001`.
    pub fn parse(text: &str) -> Option<Gfid> {
        let bytes: &[u8; GFID_TEXT] = text.as_bytes().try_into().ok()?;
        let mut gfid = Gfid::NULL;
        let mut at = 0;
        for (i, byte) in gfid.0.iter_mut().enumerate() {
            if DASHES.contains(&i) {
                if bytes[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            let high = (bytes[at] as char).to_digit(16)?;
            let low = (bytes[at + 1] as char).to_digit(16)?;
            *byte = (high << 4 | low) as u8;
            at += 2;
        }
        Some(gfid)
    }

    /// The canonical text.
    pub(crate) fn to_text(self) -> [u8; GFID_TEXT] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; GFID_TEXT];
        let mut at = 0;
        for (i, byte) in self.0.iter().enumerate() {
            at += DASHES.contains(&i) as usize;
            text[at] = DIGITS[(byte >> 4) as usize];
            text[at + 1] = DIGITS[(byte & 15) as usize];
            at += 2;
        }
        text
    }

    /// Reads 36 characters of the host, which are lower-case digits.
    #[inline]
    pub(crate) fn from_host(text: &[u8; 40]) -> Gfid {
        const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
        let digit = |c: u8| (c & 15) + (c >> 6) * 9;
        let mut gfid = Gfid::NULL;
        for (byte, at) in gfid.0.iter_mut().zip(PLACES) {
            *byte = digit(text[at]) << 4 | digit(text[at + 1]);
        }
        gfid
    }
}

impl fmt::Display for Gfid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_text()))
    }
}

impl fmt::Debug for Gfid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "\"{}\"", self)
    }
}

/// Linux's number of an error, such as [`ENOENT`](crate::ENOENT). 0 stands for no error.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

impl Errno {
    /// Its name, such as `ENOENT`.
    pub fn name(self) -> Option<&'static str> {
        ERRNO_NAMES
            .iter()
            .find(|(_, errno)| *errno == self)
            .map(|(name, _)| *name)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Errno {}
