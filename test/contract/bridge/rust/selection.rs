//! Puts several modules into one file, of which each copy runs one: the test writes its name, and the
//! steps that it carries out, over the bytes of `SELECTED`. So the compiler, which is slow, runs once.

static SELECTED: [u8; 1500] = make_selected();

const fn make_selected() -> [u8; 1500] {
    let mut bytes = [b' '; 1500];
    let start = b"glossa-contract-module";
    let mut at = 0;
    while at < start.len() {
        bytes[at] = start[at];
        at += 1;
    }
    bytes
}

/// The name of the module, and its steps.
pub fn selected() -> (String, String) {
    // SAFETY: a reference. Read like this, the bytes are not taken for a constant.
    let bytes = unsafe { std::ptr::read_volatile(&SELECTED) };
    let text = String::from_utf8_lossy(&bytes);
    let (name, steps) = text.trim_end_matches('\0').split_once('\n').unwrap();
    (name.to_string(), steps.to_string())
}

/// Defines the modules with these names, those that carry out steps, and what the host calls.
macro_rules! modules {
    ($($name:ident)* ; $($carrier:ident)*) => {
        $(mod $name;)*

        #[no_mangle]
        extern "C" fn glossa_enter(what: u32, data: usize) -> i32 {
            let (name, _) = selection::selected();
            match &*name {
                $(stringify!($name) => glossa::enter::<$name::Module>(what, data != 0),)*
                $(stringify!($carrier) => glossa::enter::<carriers::$carrier::Module>(what, data != 0),)*
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
