//! Puts several modules into one file, of which each copy runs one: the test writes its name over
//! the bytes of `SELECTED`. So the compiler, which is slow, runs once.

static SELECTED: [u8; 32] = *b"glossa-contract-module          ";

pub fn selected() -> String {
    // SAFETY: a reference. Read like this, the bytes are not taken for a constant.
    let bytes = unsafe { std::ptr::read_volatile(&SELECTED) };
    String::from_utf8_lossy(&bytes).trim_end().to_string()
}

/// Defines the modules with these names, and what the host calls.
macro_rules! modules {
    ($($name:ident)*) => {
        $(mod $name;)*

        #[no_mangle]
        extern "C" fn glossa_enter(what: u32, data: usize) -> i32 {
            let name = selection::selected();
            match &*name {
                $(stringify!($name) => glossa::enter::<$name::Module>(what, data != 0),)*
                _ => panic!("module {name} is unknown"),
            }
        }
    };
}

#[no_mangle]
extern "C" fn glossa_abi_version() -> i32 {
    glossa::ABI_VERSION
}
#[no_mangle]
extern "C" fn glossa_area(bytes: usize) -> usize {
    glossa::area(bytes)
}
#[no_mangle]
extern "C" fn glossa_data(bytes: usize) -> usize {
    glossa::data(bytes)
}
#[no_mangle]
extern "C" fn glossa_messages() -> usize {
    glossa::messages()
}
