//! Options that a translator declares.

use std::marker::PhantomData;

use crate::dict::Item;
use crate::message::Messages;

/// An option of the volume: a constant, which [`OPTIONS`](crate::Translator::OPTIONS) lists and
/// [`Volume::get`](crate::Volume::get) reads.
///
/// ```
/// use glossa::VolumeOption;
///
/// const TIMEOUT: VolumeOption<i64> =
///     VolumeOption::time("timeout").default("60").help("how long a name is remembered");
/// ```
#[derive(Clone, Copy)]
pub struct VolumeOption<V> {
    pub(crate) key: &'static str,
    kind: Type,
    min: f64,
    max: f64,
    values: &'static [&'static str],
    default: Option<&'static str>,
    help: &'static str,
    of: PhantomData<fn() -> V>,
}

/// GlusterFS's types of options.
#[derive(Clone, Copy)]
enum Type {
    Str,
    Int,
    Size,
    Percent,
    Bool,
    Path,
    Time,
    Double,
}

impl<V> VolumeOption<V> {
    const fn new(key: &'static str, kind: Type) -> Self {
        VolumeOption {
            key,
            kind,
            min: 0.0,
            max: 0.0,
            values: &[],
            default: None,
            help: "",
            of: PhantomData,
        }
    }

    /// The default value, as a volfile has it.
    pub const fn default(self, text: &'static str) -> Self {
        VolumeOption { default: Some(text), ..self }
    }

    /// What it is for, in a few words.
    pub const fn help(self, text: &'static str) -> Self {
        VolumeOption { help: text, ..self }
    }

    /// The least and the largest value.
    pub const fn range(self, min: f64, max: f64) -> Self {
        VolumeOption { min, max, ..self }
    }
}

impl VolumeOption<i64> {
    /// A whole number.
    pub const fn int(key: &'static str) -> Self {
        Self::new(key, Type::Int)
    }

    /// Bytes, with units such as KB.
    pub const fn size(key: &'static str) -> Self {
        Self::new(key, Type::Size)
    }

    /// Seconds, with units such as m.
    pub const fn time(key: &'static str) -> Self {
        Self::new(key, Type::Time)
    }
}

impl VolumeOption<f64> {
    pub const fn double(key: &'static str) -> Self {
        Self::new(key, Type::Double)
    }

    /// 0 to 100, with or without the sign.
    pub const fn percent(key: &'static str) -> Self {
        Self::new(key, Type::Percent)
    }
}

impl VolumeOption<bool> {
    pub const fn bool(key: &'static str) -> Self {
        Self::new(key, Type::Bool)
    }
}

impl VolumeOption<String> {
    pub const fn str(key: &'static str) -> Self {
        Self::new(key, Type::Str)
    }

    /// An absolute path.
    pub const fn path(key: &'static str) -> Self {
        Self::new(key, Type::Path)
    }

    /// One of these texts.
    pub const fn one_of(key: &'static str, values: &'static [&'static str]) -> Self {
        VolumeOption { values, ..Self::new(key, Type::Str) }
    }
}

/// The type of an option's value: `i64`, `f64`, `bool` or `String`.
pub trait OptionValue: Default {
    #[doc(hidden)]
    fn from_item(item: &Item) -> Option<Self>;
}

impl OptionValue for i64 {
    fn from_item(item: &Item) -> Option<Self> {
        match item {
            Item::Int(value) => Some(*value),
            _ => None,
        }
    }
}

impl OptionValue for f64 {
    fn from_item(item: &Item) -> Option<Self> {
        match item {
            Item::Double(value) => Some(*value),
            _ => None,
        }
    }
}

impl OptionValue for bool {
    fn from_item(item: &Item) -> Option<Self> {
        i64::from_item(item).map(|value| value != 0)
    }
}

impl OptionValue for String {
    fn from_item(item: &Item) -> Option<Self> {
        match item {
            Item::Str(value) => Some(String::from_utf8_lossy(value).into_owned()),
            _ => None,
        }
    }
}

/// An option of any type, in the list of a translator's options.
pub trait Declared {
    #[doc(hidden)]
    fn describe(&self, out: &mut dyn Describe);
}

/// The options of a translator.
pub type Options = &'static [&'static dyn Declared];

/// Takes the description of an option.
#[doc(hidden)]
pub trait Describe {
    fn text(&mut self, text: Option<&str>);
    fn number(&mut self, number: f64);
}

impl Describe for Messages {
    fn text(&mut self, text: Option<&str>) {
        Messages::text(self, text.map(str::as_bytes));
    }
    fn number(&mut self, number: f64) {
        Messages::number(self, number);
    }
}

impl<V> Declared for VolumeOption<V> {
    fn describe(&self, out: &mut dyn Describe) {
        out.text(Some(self.key));
        out.number(self.kind as i32 as f64);
        out.number(self.min);
        out.number(self.max);
        for value in self.values {
            out.text(Some(value));
        }
        out.text(None);
        out.text(self.default);
        out.text(Some(self.help));
    }
}
