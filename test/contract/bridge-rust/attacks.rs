//! Attempts of a module without glossa's crate, whose exports and memory are wrong: docs/wasm-abi.md is
//! all that it keeps to. The caller's uid is the number of an attempt (attacks.more.test.ts), whose harm
//! may come in a later call.

use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed};

const FOPS: usize = 59;
const ACCESS: i32 = 22;
const WRITEV: i32 = 13;
const GETXATTR: i32 = 18;
const STATFS: i32 = 14;
const EPERM: i32 = 1;

#[repr(align(8))]
struct Memory<const N: usize>(UnsafeCell<[u8; N]>);
// One thread runs the module.
unsafe impl<const N: usize> Sync for Memory<N> {}

impl<const N: usize> Memory<N> {
    const fn new() -> Self {
        Memory(UnsafeCell::new([0; N]))
    }
    fn address(&self) -> usize {
        self.0.get() as usize
    }
}

static AREA: Memory<65536> = Memory::new();
static MESSAGES: Memory<65536> = Memory::new();
static DATA: Memory<262144> = Memory::new();
static AREA_ADDRESS: AtomicUsize = AtomicUsize::new(0);
/// The attempt that goes on.
static ATTEMPT: AtomicI32 = AtomicI32::new(0);
static REPLIES: AtomicI32 = AtomicI32::new(0);

fn area() -> *mut f64 {
    AREA_ADDRESS.load(Relaxed) as *mut f64
}

/// The number at an index of the area.
fn get(index: usize) -> f64 {
    unsafe { area().add(index).read() }
}

/// The head of the area: the number of doubles in the messages.
fn set_count(count: f64) {
    unsafe { area().write_volatile(count) }
}

fn send(numbers: &[f64]) {
    let to = MESSAGES.address() as *mut f64;
    for (index, number) in numbers.iter().enumerate() {
        unsafe { to.add(index).write(*number) }
    }
    set_count(numbers.len() as f64);
}

fn end_of_memory() -> usize {
    memory_size(0) << 16
}

fn spin() -> ! {
    loop {
        REPLIES.fetch_add(1, Relaxed);
    }
}

fn trap() -> ! {
    std::arch::wasm32::unreachable()
}

/// Takes an attempt of these numbers, which happens once; 0 for another.
fn take(from: i32, to: i32) -> i32 {
    let attempt = ATTEMPT.load(Relaxed);
    if attempt < from || attempt > to {
        return 0;
    }
    ATTEMPT.store(0, Relaxed);
    attempt
}

/// Whether this attempt goes on; it happens once.
fn takes(attempt: i32) -> bool {
    take(attempt, attempt) != 0
}

#[no_mangle]
pub extern "C" fn glossa_abi_version() -> i32 {
    1
}

#[no_mangle]
pub extern "C" fn glossa_area(bytes: usize) -> usize {
    let place = match bytes {
        0..=65536 => AREA.address(),
        _ if takes(1) => 0,
        _ if takes(2) => AREA.address() + 4,
        _ if takes(3) => end_of_memory() - 65536,
        _ if takes(4) => 0x8000_0000,
        _ if takes(5) => 0xffff_fff8,
        _ if takes(6) => trap(),
        _ if takes(7) => spin(),
        // An area that has moved without its content, over the messages.
        _ if takes(8) => {
            memory_grow(0, (bytes >> 16) + 1);
            end_of_memory() - (bytes & !7) - 8
        }
        _ => {
            let start = end_of_memory();
            if memory_grow(0, (bytes >> 16) + 1) == usize::MAX {
                return 0;
            }
            let count = 65536.min(bytes);
            unsafe { std::ptr::copy(AREA_ADDRESS.load(Relaxed) as *const u8, start as *mut u8, count) };
            start
        }
    };
    AREA_ADDRESS.store(place, Relaxed);
    place
}

#[no_mangle]
pub extern "C" fn glossa_data(bytes: usize) -> usize {
    match take(20, 29) {
        20 => 0,
        21 => end_of_memory() - 1,
        22 => 0x8000_0000,
        23 => 0xffff_ffff,
        24 => trap(),
        25 => spin(),
        26 => {
            memory_grow(0, 16);
            DATA.address()
        }
        _ if bytes > 262144 => 0,
        _ => DATA.address(),
    }
}

#[no_mangle]
pub extern "C" fn glossa_messages() -> usize {
    match take(40, 49) {
        40 => MESSAGES.address() + 4,
        41 => end_of_memory(),
        42 => 0x8000_0000,
        43 => end_of_memory() - 8,
        44 => trap(),
        45 => spin(),
        46 => {
            memory_grow(0, 16);
            MESSAGES.address()
        }
        _ => MESSAGES.address(),
    }
}

fn describe() {
    let mut numbers = [0.0; FOPS + 1 + 9 + 1];
    numbers[ACCESS as usize] = 3.0;
    numbers[WRITEV as usize] = 1.0;
    numbers[GETXATTR as usize] = 1.0;
    numbers[FOPS + 1 + 9] = -1.0;
    send(&numbers);
}

/// A wind of the request to the child, by a message.
fn wind(id: f64, number: f64) {
    send(&[2.0, id, -1.0, 1.0, -1.0, number, 0.0, f64::from(STATFS), 61.0, -1.0, 0.0, 0.0]);
}

/// What access does by the number of the attempt.
fn begin(attempt: i32) -> i32 {
    let id = get(3);
    match attempt {
        // A later call does the harm.
        1..=49 => {
            ATTEMPT.store(attempt, Relaxed);
            if attempt >= 40 {
                send(&[13.0, 1.0]);
            }
            -EPERM
        }
        // The count of the messages.
        50 => (set_count(f64::NAN), -EPERM).1,
        51 => (set_count(-1.0), -EPERM).1,
        52 => (set_count(f64::INFINITY), -EPERM).1,
        53 => (set_count(1e15), -EPERM).1,
        54 => (set_count(0.5), -EPERM).1,
        55 => (set_count(4_294_967_296.0), -EPERM).1,
        // Results.
        60 => 4,
        61 => 15,
        62 => 16,
        63 => 16 + 99,
        64 => i32::MAX,
        65 => i32::MIN,
        66 => -512,
        67 => 3,
        // Results of callbacks: wound for ever, or after an answer.
        70 | 71 => {
            ATTEMPT.store(attempt, Relaxed);
            1
        }
        72 => {
            ATTEMPT.store(attempt, Relaxed);
            let place = [2.0, id, -1.0, 1.0, -1.0];
            let rest = [0.0, f64::from(ACCESS), 61.0, -1.0, 0.0, 61.0, -1.0, 1.0, 0.0];
            let mut all = Vec::new();
            for number in [0.0, 1.0] {
                all.extend(place);
                all.push(number);
                all.extend(rest);
            }
            send(&all);
            0
        }
        73..=75 => {
            ATTEMPT.store(attempt, Relaxed);
            REPLIES.store(0, Relaxed);
            let mut all = vec![2.0, -77.0, -1.0, 1.0, -1.0, 0.0, 0.0, f64::from(ACCESS)];
            all.extend([108.0, 0.0, 0.0, -1.0, 36.0]);
            let gfid = b"00000000-0000-0000-0000-000000000001\0\0\0\0";
            for chunk in gfid.chunks_exact(8) {
                all.push(f64::from_le_bytes(chunk.try_into().unwrap_or_default()));
            }
            all.extend([110.0, 0.0, 0.0]);
            send(&all);
            -EPERM
        }
        // Growth in the call, over the host's views.
        80 => {
            memory_grow(0, 64);
            -EPERM
        }
        81 => {
            let numbers = [1.0, -1.0, 1.0, -1.0, 4.0, -1.0];
            send(&numbers);
            memory_grow(0, 64);
            -EPERM
        }
        // The record and the area are overwritten during the call.
        82 => {
            unsafe { std::ptr::write_bytes(AREA.address() as *mut u8, 0xff, 65536) };
            set_count(0.0);
            -EPERM
        }
        83 => unsafe { (usize::MAX as *const u8).read_volatile() as i32 },
        84 => unsafe {
            (end_of_memory() as *mut u8).write_volatile(1);
            -EPERM
        },
        85 => {
            let room = Vec::<u8>::with_capacity(0x7fff_0000);
            unsafe { i32::from(room.as_ptr().read_volatile()) }
        }
        86 => {
            let text: Option<&str> = None;
            text.expect("nothing").len() as i32
        }
        87 => {
            fn recurse(depth: i32) -> i32 {
                let room = [depth; 64];
                if depth < 0 {
                    return 0;
                }
                recurse(depth.wrapping_add(1)) + unsafe { room.as_ptr().add(63).read_volatile() }
            }
            recurse(0)
        }
        88 => spin(),
        _ => -EPERM,
    }
}

/// What the callback does.
fn end() -> i32 {
    REPLIES.fetch_add(1, Relaxed);
    let (id, op_errno) = (get(3), get(7));
    match ATTEMPT.load(Relaxed) {
        70 => 1,
        71 => {
            wind(id, 0.0);
            1
        }
        72 if REPLIES.load(Relaxed) & 1 == 1 => -EPERM,
        72 => 2,
        73 => 1,
        74 => 2,
        75 => 16,
        _ => -(op_errno as i32).max(1),
    }
}

#[no_mangle]
pub extern "C" fn glossa_enter(command: i32, _data: i32) -> i32 {
    set_count(0.0);
    match command {
        2 => {
            describe();
            0
        }
        _ if command == ACCESS << 8 => begin(get(5) as i32),
        _ if command == (ACCESS << 8) + 1 => end(),
        _ if command & 255 == 0 => -EPERM,
        _ => 0,
    }
}
