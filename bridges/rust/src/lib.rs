//! Translators for glossa in Rust, compiled to WebAssembly.
//!
//! ```
//! use glossa::*;
//!
//! struct Hello;
//!
//! translator! {
//!     impl Translator for Hello {
//!         fn init(_: Volume<Self>) -> Result<Self, String> {
//!             Ok(Hello)
//!         }
//!
//!         fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
//!             if it.loc.name == Some("nothing".into()) {
//!                 return Err(ENOENT); // answer it here
//!             }
//!             Ok(frame.tail(it)) // or hand it on
//!         }
//!     }
//! }
//! ```
//!
//! A module has one translator. Compile it as a `cdylib` for `wasm32-unknown-unknown`, and name the
//! file in a volfile: `type features/glupy`, `option module-name hello.wasm`.
//!
//! - Every request is answered exactly once. What a method decides takes effect when it has
//!   returned.
//! - The values of a request live as long as the call that brings them: copy what you keep.
//! - Numbers are below 2^53.
//! - A panic ends the module's instance, and fails the request. The log has its message and place.

#![deny(unsafe_code)]
// A lint of later compilers. Cargo shows the warnings of this crate to users, who name its folder.
#![allow(unknown_lints, mismatched_lifetime_syntaxes)]

mod core;
mod dict;
#[path = "fields.gen.rs"]
mod fields;
#[path = "fops.gen.rs"]
mod fops;
mod frame;
mod log;
mod memory;
mod message;
mod methods;
#[path = "numbers.gen.rs"]
mod numbers;
mod options;
mod record;
mod runtime;
mod text;
#[path = "translator.gen.rs"]
mod translator;
mod values;
mod volume;

pub use crate::core::{Client, Kept, Root};
pub use crate::dict::{Dict, Item, Key};
pub use crate::fields::{Flock, Iatt, Lease, Statvfs};
pub use crate::fops::{fop, reply, Args, FopRow, Kind, Reply, ReplyTo};
#[doc(hidden)]
pub use crate::fops::{glue, kind};
pub use crate::fops::{ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT};
pub use crate::frame::{Answer, Decided, Frame, FrameGuard, Held, To};
#[doc(hidden)]
pub use crate::log::log_line;
pub use crate::log::{logs, CRITICAL, DEBUG, ERROR, INFO, NOTICE, TRACE, WARNING};
pub use crate::numbers::*;
pub use crate::options::{Declared, OptionValue, Options, VolumeOption};
#[doc(hidden)]
pub use crate::methods::Method;
#[doc(hidden)]
pub use crate::record::Reader;
#[doc(hidden)]
pub use crate::runtime::{area, data, enter, messages, State, ABI_VERSION};
pub use crate::text::{Errno, Gfid, Name};
pub use crate::translator::{Home, Translator};
pub use crate::values::{Came, Dirent, Fd, Inode, Loc, Value};
pub use crate::volume::{Child, Context, TimerId, Volume};

/// What [`Translator::NEEDS`] is the sum of.
pub mod needs {
    /// `loc.path` and `inode.path`.
    pub const PATH: u32 = 1;
    /// `frame.root().groups`.
    pub const GROUPS: u32 = 2;
    /// [`Volume::now`](crate::Volume::now).
    pub const CLOCK: u32 = 4;
    /// readv and writev only observe data, or all ways to data are defined. Otherwise, where one of
    /// the two is defined, copies come as reads and writes, files have no holes, lookups carry no
    /// content, and fallocate, zerofill, discard, rchecksum and put that are not defined fail with
    /// EOPNOTSUPP.
    pub const OBSERVES: u32 = 8;
    /// Where there are several subvolumes, fops that are not defined go to the first.
    pub const PASSES_THROUGH: u32 = 16;
    /// Where there are several subvolumes, fops that are not defined fail with EOPNOTSUPP.
    pub const REFUSES_OTHERS: u32 = 32;
    /// `frame.root().client`.
    pub const CLIENT: u32 = 64;
}

/// Makes a module of an `impl Translator`, and notes which methods it has: the host routes only
/// those fops to it.
///
/// Inside are first `type Local`, if the translator has one, then constants, then methods. Other
/// functions belong into an `impl` of their own.
#[macro_export]
macro_rules! translator {
    ($(#[$attribute:meta])* impl Translator for $name:ident { $($body:tt)* }) => {
        $crate::implement! { $(#[$attribute])* impl Translator for $name { $($body)* } }

        /// What the host calls.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            #[used]
            #[link_section = "glossa"]
            static SECTION: [u8; 15] = *b"{\"interface\":1}";

            #[no_mangle]
            extern "C" fn glossa_abi_version() -> i32 {
                $crate::ABI_VERSION
            }
            #[no_mangle]
            extern "C" fn glossa_area(bytes: usize) -> usize {
                $crate::area(bytes)
            }
            #[no_mangle]
            extern "C" fn glossa_data(bytes: usize) -> usize {
                $crate::data(bytes)
            }
            #[no_mangle]
            extern "C" fn glossa_enter(what: u32, data: usize) -> i32 {
                $crate::enter::<$name>(what, data != 0)
            }
            #[no_mangle]
            extern "C" fn glossa_messages() -> usize {
                $crate::messages()
            }
        };
    };
}

/// [`translator!`] without the functions that the host calls.
#[doc(hidden)]
#[macro_export]
macro_rules! implement {
    (
        $(#[$attribute:meta])*
        impl Translator for $name:ident {
            $(type Local = $local:ty;)?
            $($(#[$const_attribute:meta])* const $const:ident: $const_type:ty = $value:expr;)*
            $(
                $(#[$method_attribute:meta])*
                fn $method:ident $arguments:tt $(-> $result:ty)? $body:block
            )*
        }
    ) => {
        $(#[$attribute])*
        impl $crate::Translator for $name {
            type Local = $crate::local!($($local)?);
            const METHODS: &'static [$crate::Method<Self>] = &[$($crate::method!($method)),*];
            $($(#[$const_attribute])* const $const: $const_type = $value;)*
            $($(#[$method_attribute])* fn $method $arguments $(-> $result)? $body)*
        }

        impl $crate::Home for $name {
            fn state() -> &'static $crate::State<Self> {
                ::std::thread_local! {
                    static STATE: &'static $crate::State<$name> =
                        ::std::boxed::Box::leak(::std::boxed::Box::default());
                }
                STATE.with(|state| *state)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! local {
    () => { () };
    ($local:ty) => { $local };
}
