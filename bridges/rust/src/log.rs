//! Lines in the volume's log.

use std::fmt;
use std::panic::Location;

use crate::core::shared;
use crate::message::{Kind, Messages};

// GlusterFS's levels.
pub const CRITICAL: i32 = 3;
pub const ERROR: i32 = 4;
pub const WARNING: i32 = 5;
pub const NOTICE: i32 = 6;
pub const INFO: i32 = 7;
pub const DEBUG: i32 = 8;
pub const TRACE: i32 = 9;

/// True if the log has lines of this level, such as [`DEBUG`].
#[inline]
pub fn logs(level: i32) -> bool {
    level <= shared().level.get()
}

fn write(place: impl FnOnce(&mut Messages), level: i32, text: &str) {
    let mut out = shared().out.borrow_mut();
    out.kind(Kind::Log);
    place(&mut out);
    out.integer(level.into());
    out.bytes(text.as_bytes());
}

/// A place in the source, for the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    file: &'static str,
    line: u32,
}

impl Default for Place {
    fn default() -> Self {
        Place { file: "-", line: 0 }
    }
}

impl Place {
    /// Where the caller of the caller is.
    #[track_caller]
    pub(crate) fn here() -> Place {
        let at = Location::caller();
        Place { file: at.file(), line: at.line() }
    }

    pub(crate) fn write(self, out: &mut Messages) {
        out.place(self.file, self.line, "-");
    }
}

pub(crate) fn log_at(level: i32, at: Place, text: &str) {
    write(|out| at.write(out), level, text);
}

/// Logs a line from the macros; `here` is the name of a function inside the one that logs.
#[doc(hidden)]
pub fn log_line(level: i32, file: &str, line: u32, here: &str, text: fmt::Arguments) {
    // Formatted first: the values may log, too.
    let text = text.to_string();
    write(|out| out.place(file, line, find_function(here)), level, &text);
}

/// Finds `lookup` in `module::<impl Translator for Module>::lookup::{{closure}}::here`.
fn find_function(here: &str) -> &str {
    let mut parts = here.rsplit("::").skip(1);
    parts.find(|part| !part.starts_with('{')).unwrap_or("-")
}

/// Logs a line of a level such as [`INFO`](crate::INFO), with its file, line and function. The
/// arguments of a line that is not written are not evaluated.
#[macro_export]
macro_rules! log {
    ($level:expr, $($text:tt)*) => {{
        fn here() {}
        fn name_of<F>(_: F) -> &'static str {
            ::std::any::type_name::<F>()
        }
        if $crate::logs($level) {
            $crate::log_line(
                $level,
                ::std::file!(),
                ::std::line!(),
                name_of(here),
                ::std::format_args!($($text)*),
            );
        }
    }};
}

/// Logs a line of level [`CRITICAL`](crate::CRITICAL), as [`log!`].
#[macro_export]
macro_rules! critical {
    ($($text:tt)*) => { $crate::log!($crate::CRITICAL, $($text)*) };
}

/// Logs a line of level [`ERROR`](crate::ERROR), as [`log!`].
#[macro_export]
macro_rules! error {
    ($($text:tt)*) => { $crate::log!($crate::ERROR, $($text)*) };
}

/// Logs a line of level [`WARNING`](crate::WARNING), as [`log!`].
#[macro_export]
macro_rules! warning {
    ($($text:tt)*) => { $crate::log!($crate::WARNING, $($text)*) };
}

/// Logs a line of level [`INFO`](crate::INFO), as [`log!`].
#[macro_export]
macro_rules! info {
    ($($text:tt)*) => { $crate::log!($crate::INFO, $($text)*) };
}

/// Logs a line of level [`DEBUG`](crate::DEBUG), as [`log!`].
#[macro_export]
macro_rules! debug {
    ($($text:tt)*) => { $crate::log!($crate::DEBUG, $($text)*) };
}

/// Logs a line of level [`TRACE`](crate::TRACE), as [`log!`].
#[macro_export]
macro_rules! trace {
    ($($text:tt)*) => { $crate::log!($crate::TRACE, $($text)*) };
}
