//! Remembers failed lookups, and answers them without asking the storage again.

use glossa::*;
use std::collections::{HashMap, VecDeque};

const TIMEOUT: VolumeOption<i64> = VolumeOption::time("timeout")
    .default("60")
    .help("how long a name that was absent is remembered");
const LIMIT: VolumeOption<i64> = VolumeOption::int("limit")
    .default("65536")
    .range(1.0, 1e9)
    .help("how many names are remembered at most");
const KERNEL_TIMEOUT: VolumeOption<i64> = VolumeOption::time("kernel-timeout")
    .default("0")
    .help("how long the kernel caches it, without asking here");

/// A name in a directory.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Key {
    dir: Gfid,
    name: Vec<u8>,
}

struct Negative {
    volume: Volume<Self>,
    /// The absent names of each directory: the number of the entry, and when to ask again.
    absent: HashMap<Gfid, HashMap<Vec<u8>, (u64, f64)>>,
    /// Names in the order of their numbers; one that was remembered anew has two.
    oldest: VecDeque<(u64, Key)>,
    count: usize,
    next: u64,
    /// Goes up with every name that is created.
    epoch: u64,
}

impl Negative {
    fn is_absent(&self, loc: &Loc) -> bool {
        // What has a gfid was seen by a client, in a listing for example.
        let name = match loc.name {
            Some(name) if loc.gfid.is_null() => name,
            _ => return false,
        };
        let found = self.absent.get(&loc.pargfid).and_then(|names| names.get(&*name));
        found.map_or(false, |(_, until)| self.volume.now() < *until)
    }

    fn forget(&mut self, dir: Gfid, name: &[u8]) {
        if let Some(names) = self.absent.get_mut(&dir) {
            self.count -= names.remove(name).is_some() as usize;
            if names.is_empty() {
                self.absent.remove(&dir);
            }
        }
    }

    fn remember(&mut self, key: Key) {
        self.forget(key.dir, &key.name);
        let until = self.volume.now() + self.volume.get(&TIMEOUT) as f64;
        self.next += 1;
        self.count += 1;
        self.absent.entry(key.dir).or_default().insert(key.name.clone(), (self.next, until));
        self.oldest.push_back((self.next, key));
        let limit = self.volume.get(&LIMIT) as usize;
        while self.count > limit || self.oldest.len() > 2 * limit {
            match self.oldest.pop_front() {
                Some((number, key)) if self.number_of(&key) == Some(number) => {
                    self.forget(key.dir, &key.name); // it makes room
                }
                _ => {}
            }
        }
    }

    fn number_of(&self, key: &Key) -> Option<u64> {
        Some(self.absent.get(&key.dir)?.get(&key.name)?.0)
    }

    /// "There is no such name", for as long as the kernel may cache it; 0: as the mount has it.
    fn fail_absent(&self, frame: &mut Frame<Self>) -> Answer {
        let seconds = self.volume.get(&KERNEL_TIMEOUT);
        if seconds == 0 {
            return Err(ENOENT);
        }
        let mut xdata = Dict::new();
        xdata.set(NEGATIVE_TIMEOUT, seconds);
        Ok(frame.unwind(reply::Lookup { xdata: Some(&xdata), ..reply::Lookup::failure(ENOENT) }))
    }

    /// A name was removed, or was not.
    fn removed(&mut self, frame: &mut Frame<Self>, op_ret: i64) {
        let (key, epoch) = std::mem::take(&mut frame.local);
        if op_ret >= 0 && epoch == self.epoch {
            self.remember(key);
        }
    }
}

/// What the callback needs to know.
fn note(loc: &Loc, epoch: u64) -> (Key, u64) {
    let name = loc.name.unwrap_or_default().to_vec();
    (Key { dir: loc.pargfid, name }, epoch)
}

translator! {
    impl Translator for Negative {
        type Local = (Key, u64);

        const OPTIONS: Options = &[&TIMEOUT, &LIMIT, &KERNEL_TIMEOUT];
        const NEEDS: u32 = needs::CLOCK;

        fn init(volume: Volume<Self>) -> Result<Self, String> {
            Ok(Negative {
                volume,
                absent: HashMap::new(),
                oldest: VecDeque::new(),
                count: 0,
                next: 0,
                epoch: 0,
            })
        }

        fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
            let is_hit = self.is_absent(it.loc);
            if let Some(name) = it.loc.name {
                // For who watches the cache at work (`glossa mount --debug`).
                let what = if is_hit { "HIT" } else { "MISS" };
                debug!("{what} <gfid:{}>/{name}", it.loc.pargfid);
            }
            if is_hit {
                return self.fail_absent(frame);
            }
            frame.local = note(it.loc, self.epoch);
            Ok(frame.wind(it))
        }

        fn lookup_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lookup) -> Answer {
            let (key, epoch) = std::mem::take(&mut frame.local);
            if !key.name.is_empty() {
                self.forget(key.dir, &key.name);
                let is_absent = reply.op_ret < 0 && reply.op_errno == ENOENT;
                if is_absent && epoch == self.epoch {
                    self.remember(key);
                    return self.fail_absent(frame);
                }
            }
            Ok(frame.unwind(reply))
        }

        fn entry_created(&mut self, loc: &Loc) {
            self.epoch += 1;
            self.forget(loc.pargfid, &loc.name.unwrap_or_default());
        }

        fn unlink(&mut self, frame: &mut Frame<Self>, it: fop::Unlink) -> Answer {
            frame.local = note(it.loc, self.epoch);
            Ok(frame.wind(it))
        }

        fn unlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Unlink) -> Answer {
            self.removed(frame, reply.op_ret);
            Ok(frame.unwind(reply))
        }

        fn rmdir(&mut self, frame: &mut Frame<Self>, it: fop::Rmdir) -> Answer {
            frame.local = note(it.loc, self.epoch);
            Ok(frame.wind(it))
        }

        fn rmdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Rmdir) -> Answer {
            self.removed(frame, reply.op_ret);
            Ok(frame.unwind(reply))
        }

        fn notify(&mut self, event: &str, _child: Option<&'static Child>) {
            if event == "UPCALL" {
                self.epoch += 1; // the storage has changed behind our back
                self.absent.clear();
                self.oldest.clear();
                self.count = 0;
            }
        }
    }
}
