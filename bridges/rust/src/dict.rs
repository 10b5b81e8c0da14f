//! Dicts: keys with typed values, as xdata and extended attributes.

use std::borrow::Cow;

use crate::{Gfid, Iatt, Name};

/// A value of a dict.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'a> {
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(Cow<'a, [u8]>),
    Bin(Cow<'a, [u8]>),
    Gfid(Gfid),
    Iatt(Box<Iatt>),
    Mdata(Cow<'a, [u8]>),
}

impl Item<'_> {
    /// The letter of its type.
    pub(crate) fn letter(&self) -> u8 {
        match self {
            Item::Int(_) => b'n',
            Item::Uint(_) => b'u',
            Item::Double(_) => b'g',
            Item::Str(_) => b's',
            Item::Bin(_) => b'b',
            Item::Gfid(_) => b'U',
            Item::Iatt(_) => b'a',
            Item::Mdata(_) => b'M',
        }
    }
}

/// Pairs of keys and values, in order. The dict of a request is not changed in place: change a
/// clone, and pass that on. A clone copies no bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict<'a> {
    pub(crate) pairs: Vec<(Cow<'a, [u8]>, Item<'a>)>,
}

impl<'a> Dict<'a> {
    pub fn new() -> Self {
        Dict { pairs: Vec::new() }
    }

    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Name, &Item<'a>)> {
        self.pairs.iter().map(|(key, item)| (Name(key), item))
    }

    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<&Item<'a>> {
        let key = key.as_ref();
        self.pairs.iter().find(|pair| *pair.0 == *key).map(|pair| &pair.1)
    }

    /// An int or uint. None for a value of another type, as in the functions below.
    pub fn get_int(&self, key: impl AsRef<[u8]>) -> Option<i64> {
        match self.get(key)? {
            Item::Int(value) => Some(*value),
            Item::Uint(value) => i64::try_from(*value).ok(),
            _ => None,
        }
    }

    pub fn get_double(&self, key: impl AsRef<[u8]>) -> Option<f64> {
        match self.get(key)? {
            Item::Double(value) => Some(*value),
            _ => None,
        }
    }

    pub fn get_str(&self, key: impl AsRef<[u8]>) -> Option<Name> {
        match self.get(key)? {
            Item::Str(value) => Some(Name(value)),
            _ => None,
        }
    }

    /// The bytes of a bin or mdata.
    pub fn get_bin(&self, key: impl AsRef<[u8]>) -> Option<&[u8]> {
        match self.get(key)? {
            Item::Bin(value) | Item::Mdata(value) => Some(value),
            _ => None,
        }
    }

    pub fn get_gfid(&self, key: impl AsRef<[u8]>) -> Option<Gfid> {
        match self.get(key)? {
            Item::Gfid(value) => Some(*value),
            _ => None,
        }
    }

    pub fn get_iatt(&self, key: impl AsRef<[u8]>) -> Option<Iatt> {
        match self.get(key)? {
            Item::Iatt(value) => Some(**value),
            _ => None,
        }
    }

    /// Sets a value: a number, text, bytes, gfid or [`Item`]. A key that is there keeps its place.
    pub fn set(&mut self, key: impl Key<'a>, value: impl Into<Item<'a>>) -> &mut Self {
        let (key, value) = (key.into_key(), value.into());
        match self.pairs.iter_mut().find(|pair| pair.0 == key) {
            Some(pair) => pair.1 = value,
            None => self.pairs.push((key, value)),
        }
        self
    }

    pub fn remove(&mut self, key: impl AsRef<[u8]>) -> Option<Item<'a>> {
        let key = key.as_ref();
        let at = self.pairs.iter().position(|pair| *pair.0 == *key)?;
        Some(self.pairs.remove(at).1)
    }

    /// A copy that outlives the request.
    pub fn to_owned(&self) -> Dict<'static> {
        let own = |bytes: &Cow<[u8]>| Cow::Owned(bytes.to_vec());
        let pairs = self.pairs.iter().map(|(key, item)| {
            let item = match item {
                Item::Int(value) => Item::Int(*value),
                Item::Uint(value) => Item::Uint(*value),
                Item::Double(value) => Item::Double(*value),
                Item::Str(value) => Item::Str(own(value)),
                Item::Bin(value) => Item::Bin(own(value)),
                Item::Gfid(value) => Item::Gfid(*value),
                Item::Iatt(value) => Item::Iatt(value.clone()),
                Item::Mdata(value) => Item::Mdata(own(value)),
            };
            (own(key), item)
        });
        Dict { pairs: pairs.collect() }
    }
}

/// What can be the key of a dict: text or bytes.
pub trait Key<'a> {
    #[doc(hidden)]
    fn into_key(self) -> Cow<'a, [u8]>;
}

impl<'a> Key<'a> for &'a str {
    fn into_key(self) -> Cow<'a, [u8]> {
        Cow::Borrowed(self.as_bytes())
    }
}

impl<'a> Key<'a> for String {
    fn into_key(self) -> Cow<'a, [u8]> {
        Cow::Owned(self.into_bytes())
    }
}

impl<'a> Key<'a> for &'a [u8] {
    fn into_key(self) -> Cow<'a, [u8]> {
        Cow::Borrowed(self)
    }
}

impl<'a> Key<'a> for Vec<u8> {
    fn into_key(self) -> Cow<'a, [u8]> {
        Cow::Owned(self)
    }
}

impl From<i64> for Item<'_> {
    fn from(value: i64) -> Self {
        Item::Int(value)
    }
}

impl From<i32> for Item<'_> {
    fn from(value: i32) -> Self {
        Item::Int(value.into())
    }
}

impl From<bool> for Item<'_> {
    fn from(value: bool) -> Self {
        Item::Int(value.into())
    }
}

impl From<u64> for Item<'_> {
    fn from(value: u64) -> Self {
        Item::Uint(value)
    }
}

impl From<u32> for Item<'_> {
    fn from(value: u32) -> Self {
        Item::Uint(value.into())
    }
}

impl From<f64> for Item<'_> {
    fn from(value: f64) -> Self {
        Item::Double(value)
    }
}

impl<'a> From<&'a str> for Item<'a> {
    fn from(value: &'a str) -> Self {
        Item::Str(Cow::Borrowed(value.as_bytes()))
    }
}

impl<'a> From<Name<'a>> for Item<'a> {
    fn from(value: Name<'a>) -> Self {
        Item::Str(Cow::Borrowed(value.0))
    }
}

impl From<String> for Item<'_> {
    fn from(value: String) -> Self {
        Item::Str(Cow::Owned(value.into_bytes()))
    }
}

impl<'a> From<&'a [u8]> for Item<'a> {
    fn from(value: &'a [u8]) -> Self {
        Item::Bin(Cow::Borrowed(value))
    }
}

impl From<Vec<u8>> for Item<'_> {
    fn from(value: Vec<u8>) -> Self {
        Item::Bin(Cow::Owned(value))
    }
}

impl From<Gfid> for Item<'_> {
    fn from(value: Gfid) -> Self {
        Item::Gfid(value)
    }
}

impl From<Iatt> for Item<'_> {
    fn from(value: Iatt) -> Self {
        Item::Iatt(Box::new(value))
    }
}
