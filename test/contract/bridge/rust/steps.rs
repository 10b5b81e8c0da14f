//! Carries out steps: ../modules.ts lists them.

#![allow(dead_code)]

use super::shapes::*;
use crate::selection;

/// A line of a method.
pub struct Line {
    method: String,
    conditions: Vec<String>,
    steps: Vec<String>,
}

/// The state of a request between a fop and its callbacks.
#[derive(Default)]
pub struct Local {
    name: String,
    winds: usize,
    count: usize,
    worst: Option<((i64, i64), Kept)>,
    fd: Cell<Option<Fd<'static>>>,
}

/// The state of a translator that carries out steps.
pub struct Memory<T: Translator> {
    /// Requests that `keep` stores.
    pub kept: Vec<Held<T>>,
    /// The count of `fail count`.
    pub count: i32,
}

/// A translator that carries out steps.
pub trait Carrier: Translator<Local = Local> {
    fn memory(&mut self) -> &mut Memory<Self>;
}

/// The functions of one fop, or of any.
pub struct Typed<T: Translator> {
    pub wind: fn(&mut Frame<T>, Option<&'static Child>, fop::Any) -> Decided,
    pub tail: fn(&mut Frame<T>, fop::Any) -> Decided,
    pub unwind: fn(&mut Frame<T>, reply::Any) -> Decided,
}

pub fn any<T: Translator>() -> Typed<T> {
    Typed {
        wind: |frame, child, args| match child {
            Some(child) => frame.to(child).wind(args),
            None => frame.wind(args),
        },
        tail: |frame, args| frame.tail(args),
        unwind: |frame, reply| frame.unwind(reply),
    }
}

/// One run of a method. After a `sleep` it has no values, but the reply that was kept.
struct Call<'a, T: Translator> {
    args: Option<fop::Any<'a>>,
    reply: Option<reply::Any<'a>>,
    kept: Option<Kept>,
    note: &'static str,
    typed: &'a Typed<T>,
}

fn lines() -> &'static [Line] {
    thread_local! {
        static LINES: &'static [Line] = Box::leak(parse(&selection::selected().1));
    }
    LINES.with(|lines| *lines)
}

fn parse(text: &str) -> Box<[Line]> {
    let line = |line: &str| {
        let (head, body) = line.split_once(':').unwrap();
        let mut words = head.split(' ').map(String::from);
        let method = words.next().unwrap();
        let steps = body.trim().split("; ").filter(|step| !step.is_empty());
        Line { method, conditions: words.collect(), steps: steps.map(String::from).collect() }
    };
    text.lines().filter(|text| !text.is_empty()).map(line).collect()
}

fn has(method: &str) -> bool {
    lines().iter().any(|line| line.method == method)
}

/// The name of the method that serves a fop, a callback or a cancellation.
fn method_of(row: &FopRow, end: &str) -> Option<String> {
    let own = format!("{}{end}", row.name);
    let generic = if end.is_empty() { "_fop" } else { end };
    let names = [own, format!("any{generic}"), format!("each{generic}")];
    names.into_iter().find(|name| has(name))
}

fn errno_of(name: &str) -> Option<Errno> {
    match name {
        "EDQUOT" => Some(EDQUOT),
        "EINTR" => Some(EINTR),
        "EAGAIN" => Some(EAGAIN),
        "EACCES" => Some(EACCES),
        "ENOENT" => Some(ENOENT),
        "ENOTSUP" => Some(ENOTSUP),
        "ETIMEDOUT" => Some(ETIMEDOUT),
        _ => None,
    }
}

fn holds<T: Carrier>(frame: &Frame<T>, call: &Call<T>, condition: &str) -> bool {
    let reply = call.reply.as_ref();
    let op_ret = reply.map_or(0, |reply| reply.op_ret);
    let children = frame.volume().children();
    match condition {
        "answered" => frame.answered(),
        "success" => op_ret >= 0,
        "failed" => op_ret < 0,
        "last" => frame.local.count == frame.local.winds,
        "more" => frame.child().map_or(0, |child| child.index + 1) < children.len(),
        name => op_ret < 0 && reply.map(|reply| reply.op_errno) == errno_of(name),
    }
}

fn choose<T: Carrier>(this: &mut T, frame: &mut Frame<T>, call: &Call<T>, method: &str) -> Answer {
    let mut lines = lines().iter().filter(|line| line.method == method);
    let line = lines.find(|line| line.conditions.iter().all(|name| holds(frame, call, name)));
    carry_out(this, frame, call, line.unwrap(), 0)
}

// -- methods --------------------------------------------------------------------------------------

pub fn on_fop<T: Carrier>(
    this: &mut T,
    frame: &mut Frame<T>,
    args: fop::Any,
    typed: &Typed<T>,
) -> Answer {
    let call = Call { args: Some(args), reply: None, kept: None, note: "", typed };
    if let Some(Value::Fd(fd)) = args.values.first() {
        frame.local.fd.set(Some(fd.keep()));
    }
    match method_of(args.row, "") {
        Some(method) => choose(this, frame, &call, &method),
        None if method_of(args.row, "_cbk").is_some() => Ok((typed.wind)(frame, None, args)),
        None => Ok(frame.tail_same()),
    }
}

pub fn on_reply<T: Carrier>(
    this: &mut T,
    frame: &mut Frame<T>,
    reply: reply::Any,
    typed: &Typed<T>,
    note: &'static str,
) -> Answer {
    let call = Call { args: None, reply: Some(reply), kept: None, note, typed };
    frame.local.count += 1;
    match method_of(reply.row, "_cbk") {
        Some(method) => choose(this, frame, &call, &method),
        None => Ok(frame.unwind(reply)),
    }
}

pub fn on_cancel<T: Carrier>(this: &mut T, frame: &mut Frame<T>) -> Answer {
    let call = Call { args: None, reply: None, kept: None, note: "", typed: &any() };
    match method_of(frame.fop().unwrap(), "_cancel") {
        Some(method) => choose(this, frame, &call, &method),
        None => Ok(frame.later()),
    }
}

/// Refuses the start if the steps say so.
pub fn on_init() -> Result<(), String> {
    let text = lines().iter().find(|line| line.method == "init").map(|line| &line.steps[0]);
    match text.and_then(|text| text.strip_prefix("raise ")) {
        Some(reason) => Err(reason.into()),
        None => Ok(()),
    }
}

/// Logs the lines of a hook.
pub fn on_entry(method: &str, loc: &Loc) {
    for step in lines().iter().filter(|line| line.method == method).flat_map(|line| &line.steps) {
        let dir = loc.pargfid.to_string();
        let name = loc.name.unwrap_or_default().to_string();
        let text = step.replace("{name}", &name).replace("{dir}", &dir[35..]);
        info!("{}", text.trim_start_matches("log "));
    }
}

// -- steps ----------------------------------------------------------------------------------------

fn carry_out<T: Carrier>(
    this: &mut T,
    frame: &mut Frame<T>,
    call: &Call<T>,
    line: &'static Line,
    from: usize,
) -> Answer {
    let mut answer = Ok(frame.later());
    for (at, step) in line.steps.iter().enumerate().skip(from) {
        let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
        answer = match verb {
            "sleep" => return sleep(frame, call, line, at, rest),
            "await" | "try" => return wait(frame, call, line, at),
            "wind" => Ok(wind(frame, call, rest)),
            "tail" => Ok((call.typed.tail)(frame, call.args.unwrap())),
            "unwind" | "return" => Ok(unwind(frame, call, verb, rest)),
            "fail" if rest == "count" => {
                this.memory().count += 1;
                return Err(Errno(this.memory().count));
            }
            "fail" => return Err(errno_of(rest).unwrap_or_else(|| call.reply.unwrap().op_errno)),
            "raise" => {
                if errno_of(rest).is_none() {
                    error!("{rest}");
                }
                // Without an errno, which is a mistake of the module's.
                return Err(errno_of(rest).unwrap_or(Errno(0)));
            }
            "spin" => {
                let round = Cell::new(0u64);
                loop {
                    round.set(round.get().wrapping_add(1));
                }
            }
            "keep" => {
                this.memory().kept.push(frame.hold());
                Ok(frame.later())
            }
            "within" => {
                expire(frame, rest);
                Ok(frame.later())
            }
            "answer" => {
                for held in this.memory().kept.drain(..) {
                    if let Some(mut frame) = held.frame() {
                        let row = frame.fop().unwrap();
                        unwind_nothing(&mut frame, row, any().unwind);
                    }
                }
                answer
            }
            "release" => {
                for held in this.memory().kept.drain(..) {
                    if let Some(mut frame) = held.frame() {
                        frame.wind_same();
                    }
                }
                answer
            }
            _ => {
                note(frame, call, verb, rest);
                answer
            }
        };
    }
    answer
}

/// Carries out a method after a time: "2000 METHOD".
fn expire<T: Carrier>(frame: &mut Frame<T>, rest: &'static str) {
    let (ms, method) = rest.split_once(' ').unwrap();
    let held = frame.hold();
    frame.volume().after(ms.parse::<f64>().unwrap() / 1000.0, move |this| {
        if let Some(mut frame) = held.frame() {
            let call = Call { args: None, reply: None, kept: None, note: "", typed: &any() };
            if let Err(errno) = choose(this, &mut frame, &call, method) {
                frame.fail(errno);
            }
        }
    });
}

/// The steps that decide nothing.
fn note<T: Carrier>(frame: &mut Frame<T>, call: &Call<T>, verb: &str, rest: &str) {
    let args = call.args.map(|args| args.values);
    let values = call.reply.map(|reply| reply.values).or(args).unwrap_or_default();
    match verb {
        "describe" => info!("{}", describe(values)),
        "note" => {
            if let Value::Loc(loc) = values[0] {
                frame.local.name = loc.name.unwrap_or_default().to_string();
            }
        }
        "hold" => {
            let size = if let Value::Iatt(buf) = values[0] { buf.ia_size } else { 0 };
            let rank = (call.reply.unwrap().op_ret, -size);
            if frame.local.worst.map_or(true, |(worst, _)| rank < worst) {
                frame.local.worst = frame.keep_reply().map(|kept| (rank, kept));
            }
        }
        _ => info!("{}", fill(frame, call, rest)),
    }
}

fn sleep<T: Carrier>(
    frame: &mut Frame<T>,
    call: &Call<T>,
    line: &'static Line,
    at: usize,
    ms: &str,
) -> Answer {
    let kept = call.reply.and(frame.keep_reply());
    let seconds = ms.parse::<f64>().unwrap() / 1000.0;
    let held = frame.hold();
    frame.volume().after(seconds, move |this| {
        if let Some(mut frame) = held.frame() {
            let call = Call { args: None, reply: None, kept, note: "", typed: &any() };
            if let Err(errno) = carry_out(this, &mut frame, &call, line, at + 1) {
                frame.fail(errno);
            }
        }
    });
    Ok(frame.later())
}

/// Winds, and continues with the reply.
fn wait<T: Carrier>(
    frame: &mut Frame<T>,
    call: &Call<T>,
    line: &'static Line,
    at: usize,
) -> Answer {
    let args = call.args.unwrap();
    if line.steps[at] == "await changed" {
        return with_changed(args.values, |values| {
            Ok(frame.wind_then(fop::Any { values, ..args }, go_on(line, at)))
        });
    }
    Ok(frame.wind_then(args, go_on(line, at)))
}

fn go_on<T: Carrier>(
    line: &'static Line,
    at: usize,
) -> impl for<'r> FnOnce(&mut T, &mut Frame<T>, reply::Any<'r>) -> Answer {
    move |this, frame, reply| {
        if line.steps[at].starts_with("await") && reply.op_ret < 0 {
            return Err(reply.op_errno);
        }
        let call = Call { args: None, reply: Some(reply), kept: None, note: "", typed: &any() };
        carry_out(this, frame, &call, line, at + 1)
    }
}

fn wind<T: Carrier>(frame: &mut Frame<T>, call: &Call<T>, how: &'static str) -> Decided {
    let children = frame.volume().children();
    frame.local.winds += if how == "to all" { children.len() } else { 1 };
    if let Some(method) = how.strip_prefix("flush then ") {
        let fd = frame.local.fd.take().unwrap();
        return frame.wind_then(fop::Flush { fd: &fd, xdata: None }, move |this, frame, _| {
            let call = Call { args: None, reply: None, kept: None, note: "", typed: &any() };
            choose(this, frame, &call, method)
        });
    }
    let args = match (call.args, frame.child()) {
        (Some(args), _) => args,
        // After a sleep, or in a callback.
        (None, Some(child)) if how == "to next" => {
            return frame.to(&children[child.index + 1]).wind_same();
        }
        _ => return frame.wind_same(),
    };
    let wind = call.typed.wind;
    if let Some(text) = how.strip_prefix("cookie ") {
        let typed = any();
        return frame.wind_then(args, move |this, frame, reply: reply::Any| {
            on_reply(this, frame, reply, &typed, text)
        });
    }
    match how {
        "changed" | "touched" => {
            with_changed(args.values, |values| wind(frame, None, fop::Any { values, ..args }))
        }
        "to all" => {
            for child in children {
                wind(frame, Some(child), args);
            }
            frame.later()
        }
        "to 1" => wind(frame, Some(&children[1]), args),
        "to last" => wind(frame, children.last(), args),
        _ => wind(frame, None, args),
    }
}

fn unwind<T: Carrier>(frame: &mut Frame<T>, call: &Call<T>, verb: &str, how: &str) -> Decided {
    let unwind = call.typed.unwind;
    if let Some(text) = how.strip_prefix("path ") {
        let path = Some(text.into());
        return frame.unwind(reply::Readlink { path, ..reply::Readlink::default() });
    }
    if let Some(kept) = call.kept {
        return frame.unwind_kept(kept);
    }
    if how == "worst" {
        let (_, worst) = frame.local.worst.unwrap();
        return frame.unwind_kept(worst);
    }
    if let Some(reply) = call.reply {
        return match how {
            "" => unwind(frame, reply),
            _ => with_changed(reply.values, |values| unwind(frame, reply::Any { values, ..reply })),
        };
    }
    let args = call.args.unwrap();
    let row = args.row;
    let (op_ret, op_errno) = match how {
        "own -1 EDQUOT" => (-1, EDQUOT),
        "own" if verb == "return" => (usual_ret(args), Errno(0)),
        "own 0" => (0, Errno(0)),
        "own 3" => (own_ret(args, 3), Errno(0)),
        _ => return unwind_nothing(frame, row, unwind),
    };
    with_own_reply(args, |values| unwind(frame, reply::Any { row, op_ret, op_errno, values }))
}

fn unwind_nothing<T: Translator>(
    frame: &mut Frame<T>,
    row: &'static FopRow,
    unwind: fn(&mut Frame<T>, reply::Any) -> Decided,
) -> Decided {
    let values: Vec<_> = row.reply.bytes().map(|_| Value::Null).collect();
    unwind(frame, reply::Any { row, op_ret: 0, op_errno: Errno(0), values: &values })
}

/// The op_ret that the runtime gives to a success.
fn usual_ret(args: fop::Any) -> i64 {
    match (args.row.name, args.values) {
        ("copy_file_range", [_, _, _, _, Value::Int(length), ..]) => *length,
        ("getxattr" | "fgetxattr", _) => 4,
        _ => own_ret(args, 0),
    }
}

fn fill<T: Carrier>(frame: &Frame<T>, call: &Call<T>, text: &str) -> String {
    let Root { unique, uid, gid, pid, lk_owner, op, groups, .. } = frame.root();
    let name = frame.fop().unwrap().name;
    let children = frame.volume().children().iter();
    let ups: String = children.map(|child| if child.is_up() { '+' } else { '-' }).collect();
    let cookie = match (call.note, frame.child()) {
        ("", Some(child)) => &child.name,
        (note, _) => note,
    };
    let numbered = *unique > 0;
    let who = format!("[{name:?},{uid},{gid},{pid},{groups:?},{lk_owner:?},{op:?},{numbered}]");
    text.replace("{fop}", name)
        .replace("{ret}", &call.reply.map_or(0, |reply| reply.op_ret).to_string())
        .replace("{cookie}", cookie)
        .replace("{note}", &frame.local.name)
        .replace("{uid}", &uid.to_string())
        .replace("{who}", &who)
        .replace("{ups}", &ups)
}

// -- translators ----------------------------------------------------------------------------------

/// The functions of one fop.
macro_rules! typed {
    ($type:ident) => {
        Typed {
            wind: |frame, child, args| {
                let it = fop::$type::from_values(args.values);
                match child {
                    Some(child) => frame.to(child).wind(it),
                    None => frame.wind(it),
                }
            },
            tail: |frame, args| frame.tail(fop::$type::from_values(args.values)),
            unwind: |frame, reply| {
                let reply::Any { op_ret, op_errno, values, .. } = reply;
                frame.unwind(reply::$type::from_values(op_ret, op_errno, values))
            },
        }
    };
}

/// Defines a translator that carries out steps, in a module of this name.
macro_rules! carrier {
    (
        $name:ident $needs:expr;
        fops $($fop:ident $type:ident)*;
        cbks $($cbk:ident $reply:ident)*;
        cancels $($cancel:ident)*;
        rest { $($rest:tt)* }
    ) => {
        pub mod $name {
            use super::*;

            pub struct Module {
                memory: Memory<Self>,
            }

            impl Carrier for Module {
                fn memory(&mut self) -> &mut Memory<Self> {
                    &mut self.memory
                }
            }

            translator! {
                impl Translator for Module {
                    type Local = Local;

                    const NEEDS: u32 = $needs;

                    fn init(_: Volume<Self>) -> Result<Self, String> {
                        on_init()?;
                        Ok(Module { memory: Memory { kept: Vec::new(), count: 0 } })
                    }

                    $(
                        fn $fop(&mut self, frame: &mut Frame<Self>, it: fop::$type) -> Answer {
                            let args = fop::Any { row: it.row(), values: &it.values() };
                            on_fop(self, frame, args, &typed!($type))
                        }
                    )*

                    $(
                        fn $cbk(&mut self, frame: &mut Frame<Self>, it: reply::$reply) -> Answer {
                            let reply::$reply { op_ret, op_errno, .. } = it;
                            let (row, values) = (it.row(), &it.values());
                            let reply = reply::Any { row, op_ret, op_errno, values };
                            on_reply(self, frame, reply, &typed!($reply), "")
                        }
                    )*

                    $(
                        fn $cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
                            on_cancel(self, frame)
                        }
                    )*

                    $($rest)*
                }
            }
        }
    };
}
