//! Shared code of the contract's modules: describes values as JSON, changes and makes them.

#![allow(dead_code)]

/// As the crate's own, without the functions that the host calls.
pub use glossa::implement as translator;
pub use glossa::*;
pub use std::cell::{Cell, RefCell};

use std::fmt::Write;

/// The `init` of a translator without state.
#[allow(unused_macros)]
macro_rules! stateless {
    ($name:ident) => {
        pub struct $name;

        impl $name {
            fn new() -> Result<Self, String> {
                Ok($name)
            }
        }
    };
}

// -- describing -----------------------------------------------------------------------------------

/// A JSON string. Bytes that are no UTF-8 become U+DC00 + byte, as names have it everywhere.
pub fn json(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    let mut rest = bytes;
    while !rest.is_empty() {
        let (valid, skipped) = match std::str::from_utf8(rest) {
            Ok(valid) => (valid, 0),
            Err(error) => {
                let valid = &rest[..error.valid_up_to()];
                (std::str::from_utf8(valid).unwrap(), 1)
            }
        };
        for unit in valid.encode_utf16() {
            match unit {
                0x22 | 0x5c => write!(text, "\\{}", unit as u8 as char).unwrap(),
                0x20..=0x7e => text.push(unit as u8 as char),
                _ => write!(text, "\\u{unit:04x}").unwrap(),
            }
        }
        rest = &rest[valid.len()..];
        if skipped == 1 {
            write!(text, "\\u{:04x}", 0xdc00 + u32::from(rest[0])).unwrap();
            rest = &rest[1..];
        }
    }
    text + "\""
}

fn json_option(name: Option<Name>) -> String {
    name.map_or("null".into(), |name| json(&name))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// The fields of a structure by their names, from `Struct { field: value, … }`.
fn fields(it: &impl std::fmt::Debug) -> String {
    let text = format!("{it:?}");
    let body = text.split_once(" { ").unwrap().1.trim_end_matches(" }");
    let pairs = body.split(", ").map(|pair| {
        let (key, value) = pair.split_once(": ").unwrap();
        format!("\"{key}\":{value}")
    });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

pub fn json_real(number: f64) -> String {
    if number.is_nan() {
        "\"NaN\"".into()
    } else if number.is_infinite() {
        format!("\"{}Infinity\"", if number > 0.0 { "" } else { "-" })
    } else {
        format!("{number}")
    }
}

fn describe_dict(dict: &Dict) -> String {
    list(dict.iter().map(|(key, item)| {
        let (kind, value) = match item {
            Item::Int(it) => ("int", it.to_string()),
            Item::Uint(it) => ("uint", it.to_string()),
            Item::Double(it) => ("double", json_real(*it)),
            Item::Str(it) => ("str", json(it)),
            Item::Bin(it) => ("bin", hex(it)),
            Item::Gfid(it) => ("gfuuid", format!("{it:?}")),
            Item::Iatt(it) => ("iatt", fields(it)),
            Item::Mdata(it) => ("mdata", hex(it)),
        };
        format!("[{},\"{kind}\",{value}]", json(&key))
    }))
}

fn describe_value(value: &Value) -> String {
    match *value {
        Value::Null => "null".into(),
        Value::Int(it) => it.to_string(),
        Value::Loc(it) => {
            let inode = it.inode.map_or("null".into(), |inode| format!("{:?}", inode.gfid));
            let (name, path) = (json_option(it.name), json_option(it.path));
            format!("[{name},{:?},{:?},{path},{inode}]", it.gfid, it.pargfid)
        }
        Value::Inode(it) => format!("[{:?},{}]", it.gfid, it.ia_type),
        Value::Fd(it) => format!("[{:?},{},{},{}]", it.inode.gfid, it.flags, it.pid, it.is_dir),
        Value::Iatt(it) => fields(it),
        Value::Dict(it) => describe_dict(it),
        Value::Str(it) => json(&it),
        Value::Data(it) => hex(it),
        Value::Entries(it) => list(it.iter().map(|entry| {
            let Dirent { name, off, r#type, gfid, stat, .. } = entry;
            let stat = stat.map_or("null".into(), fields);
            format!("[{},{off},{type},{gfid:?},{stat}]", json(name))
        })),
        Value::Statvfs(it) => fields(it),
        Value::Flock(it) => fields(it),
        Value::Lease(it) => fields(it),
        Value::Locklist(it) => list(it.iter().map(fields)),
    }
}

/// Everything about values, as JSON.
pub fn describe(values: &[Value]) -> String {
    list(values.iter().map(describe_value))
}

// -- changing -------------------------------------------------------------------------------------

pub fn with_tilde(bytes: &[u8]) -> Vec<u8> {
    [bytes, b"~"].concat()
}

/// A changed copy of a value, of which one field is used.
#[derive(Default)]
struct Changed<'a> {
    text: Vec<u8>,
    iatt: Iatt,
    dict: Dict<'a>,
    names: Vec<Vec<u8>>,
    statvfs: Statvfs,
    lease: Lease,
    locks: Vec<Flock<'a>>,
}

fn make_changed<'a>(value: &Value<'a>) -> Changed<'a> {
    let mut changed = Changed::default();
    match *value {
        Value::Loc(it) => changed.text = with_tilde(&it.name.unwrap_or_default()),
        Value::Str(it) => changed.text = with_tilde(&it),
        Value::Data(it) => changed.text = with_tilde(it),
        Value::Iatt(it) => changed.iatt = Iatt { ia_size: it.ia_size + 1, ..*it },
        Value::Dict(it) => {
            changed.dict = it.clone();
            changed.dict.set("changed", 1);
        }
        Value::Entries(it) => {
            changed.names = it.iter().map(|entry| with_tilde(&entry.name)).collect();
        }
        Value::Statvfs(it) => changed.statvfs = Statvfs { bfree: it.bfree + 1, ..*it },
        Value::Flock(it) => changed.locks = vec![Flock { start: it.start + 1, ..*it }],
        Value::Lease(it) => changed.lease = Lease { flags: it.flags + 1, ..*it },
        Value::Locklist(it) => {
            let change = |lock: &Flock<'a>| Flock { start: lock.start + 1, ..*lock };
            changed.locks = it.iter().map(change).collect();
        }
        _ => {}
    }
    changed
}

/// Calls `call` with changed copies of all values.
pub fn with_changed<R>(values: &[Value], call: impl FnOnce(&[Value]) -> R) -> R {
    let changed: Vec<_> = values.iter().map(make_changed).collect();
    let locs: Vec<_> = values
        .iter()
        .zip(&changed)
        .map(|(value, changed)| match *value {
            Value::Loc(it) => Loc { name: it.name.map(|_| Name(&changed.text)), ..*it },
            _ => Loc::default(),
        })
        .collect();
    let entries: Vec<Vec<Dirent>> = values
        .iter()
        .zip(&changed)
        .map(|(value, changed)| match *value {
            Value::Entries(it) => {
                let pairs = it.iter().zip(&changed.names);
                pairs.map(|(entry, name)| Dirent { name: Name(name), ..*entry }).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    let values: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let it = &changed[at];
            match *value {
                Value::Int(number) => Value::Int(number + 1),
                Value::Loc(Loc { name: None, .. }) => *value,
                Value::Loc(_) => Value::Loc(&locs[at]),
                Value::Iatt(_) => Value::Iatt(&it.iatt),
                Value::Dict(_) => Value::Dict(&it.dict),
                Value::Str(_) => Value::Str(Name(&it.text)),
                Value::Data(_) => Value::Data(&it.text),
                Value::Entries(_) => Value::Entries(&entries[at]),
                Value::Statvfs(_) => Value::Statvfs(&it.statvfs),
                Value::Flock(_) => Value::Flock(&it.locks[0]),
                Value::Lease(_) => Value::Lease(&it.lease),
                Value::Locklist(_) => Value::Locklist(&it.locks),
                other => other,
            }
        })
        .collect();
    call(&values)
}

// -- making ---------------------------------------------------------------------------------------

/// Calls `call` with the parts of a reply that no child gave. An inode or fd is one of the
/// request's, if it has any.
pub fn with_own_reply<R>(args: fop::Any, call: impl FnOnce(&[Value]) -> R) -> R {
    let mut dict = Dict::new();
    dict.set("own", 7).set("text", "seven").set("data", &b"\x07\xff"[..]).set("half", 0.5);
    let ia_gfid = Gfid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    let iatt = Iatt { ia_size: 7, ia_type: IA_IFREG, ia_gfid, ..Iatt::default() };
    let statvfs = Statvfs { bfree: 7, ..Statvfs::default() };
    let flock = Flock { start: 7, owner: "07".into(), ..Flock::default() };
    let lease = Lease { flags: 7, ..Lease::default() };
    let locks = [7, 8].map(|start| Flock { start, ..Flock::default() });
    let inode = args.values.iter().find_map(|value| match value {
        Value::Loc(it) => it.inode.as_ref(),
        _ => None,
    });
    let fd = args.values.iter().find_map(|value| match value {
        Value::Fd(it) => Some(*it),
        _ => None,
    });
    let values: Vec<Value> = args
        .row
        .reply
        .bytes()
        .map(|letter| match letter {
            b'n' => Value::Int(7),
            b'a' => Value::Iatt(&iatt),
            b'd' => Value::Dict(&dict),
            b's' => Value::Str("own".into()),
            b'b' => Value::Data(b"own"),
            b'e' => Value::Entries(&[]),
            b'v' => Value::Statvfs(&statvfs),
            b'k' => Value::Flock(&flock),
            b'z' => Value::Lease(&lease),
            b'm' => Value::Locklist(&locks),
            b'i' => inode.into(),
            _ => fd.into(),
        })
        .collect();
    call(&values)
}

/// The op_ret of a reply: that all of the data was written, or else `otherwise`.
pub fn own_ret(args: fop::Any, otherwise: i64) -> i64 {
    match (args.row.name, args.values) {
        ("writev", [_, Value::Data(data), ..]) => data.len() as i64,
        _ => otherwise,
    }
}

/// Answers a fop with a reply of one's own.
pub fn answer_own<T: Translator>(frame: &mut Frame<T>, args: fop::Any, op_ret: i64) -> Answer {
    with_own_reply(args, |values| {
        let op_errno = Errno(0);
        Ok(frame.unwind(reply::Any { row: args.row, op_ret, op_errno, values }))
    })
}

/// A request that waits, with what it is to be answered with.
pub fn hold_until<T: Translator>(
    frame: &mut Frame<T>,
    seconds: f64,
    then: impl FnOnce(&mut Frame<T>) + 'static,
) -> Answer {
    let held = frame.hold();
    frame.volume().after(seconds, move |_| {
        if let Some(mut frame) = held.frame() {
            then(&mut frame);
        }
    });
    Ok(frame.later())
}
