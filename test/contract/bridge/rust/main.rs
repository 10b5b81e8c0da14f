//! All modules of the bridge contract in one file, of which each copy runs one: the test writes its
//! name over the bytes of `SELECTED`.

#[macro_use]
mod shapes;

static SELECTED: [u8; 32] = *b"glossa-contract-module          ";

fn selected() -> String {
    // SAFETY: a reference. Read like this, the bytes are not taken for a constant.
    let bytes = unsafe { std::ptr::read_volatile(&SELECTED) };
    String::from_utf8_lossy(&bytes).trim_end().to_string()
}

macro_rules! modules {
    ($($name:ident)*) => {
        $(mod $name;)*

        fn enter(what: u32, data: bool) -> i32 {
            let name = selected();
            match &*name {
                $(stringify!($name) => glossa::enter::<$name::Module>(what, data),)*
                _ => panic!("there is no module {name}"),
            }
        }
    };
}

modules! {
    any any_awaited any_cbk any_own awaited bare both bytes_upper cancel cancel_any cancel_awaited
    change change_args change_awaited clients clock cookies ctx echo entries fan first gather hold
    hooks hooks_async hooks_cbk hooks_own hooks_plain late late_wind life named notes only_cbk other
    own own_awaited own_fds own_requests plain_dict raising refuse refuse_with retry retry_cbk
    settings several several_through shared take_back talk timeouts timers touch ups who who_is_up
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
extern "C" fn glossa_enter(what: u32, data: usize) -> i32 {
    enter(what, data != 0)
}
#[no_mangle]
extern "C" fn glossa_messages() -> usize {
    glossa::messages()
}
