/** Remembers failed lookups, and answers them without asking the storage again. */
import {
  Answer,
  Child,
  Dict,
  ENOENT,
  fop,
  Frame,
  isNullGfid,
  Loc,
  log,
  NEEDS_CLOCK,
  NEGATIVE_TIMEOUT,
  Option,
  reply,
  Translator,
  translator,
  volume,
} from 'glossa';

export * from 'glossa/module';

const TIMEOUT = Option.time('timeout', '60', 'how long a name that was absent is remembered');
const LIMIT = Option.int('limit', '65536', 'how many names are remembered at most', 1, 1e9);
const KERNEL_TIMEOUT = Option.time('kernel-timeout', '0', 'how long the kernel caches it, without asking here');

/** The note from a fop to its callback. */
class Note {
  constructor(
    readonly key: string,
    readonly named: bool,
    readonly epoch: u32,
  ) {}
}

class Negative extends Translator {
  private absent: Map<string, f64> = new Map(); // directory/name: when to ask the storage again
  private oldest: string[] = []; // in the order of their times; one that was remembered anew has two
  private epoch: u32 = 0; // goes up with every name that is created

  private keyOf(loc: Loc): string {
    const name = loc.name;
    return name === null ? loc.pargfid : `${loc.pargfid}/${name}`;
  }

  private note(loc: Loc): Note {
    return new Note(this.keyOf(loc), loc.name !== null, this.epoch);
  }

  private isAbsent(key: string, loc: Loc): bool {
    // A client has seen a name with a gfid, in a listing for example.
    return isNullGfid(loc.gfid) && this.absent.has(key) && volume.now < this.absent.get(key);
  }

  private remember(key: string): void {
    const limit = <i32>LIMIT.value;
    this.absent.set(key, volume.now + <f64>TIMEOUT.value);
    this.oldest.push(key);
    if (this.absent.size > limit || this.oldest.length > 2 * limit) this.makeRoom(limit);
  }

  /** Forgets the oldest tenth. */
  private makeRoom(limit: i32): void {
    let at = 0;
    const most = limit - limit / 10;
    while (this.absent.size > most && at < this.oldest.length) this.absent.delete(this.oldest[at++]);
    this.oldest = this.oldest.slice(at);
  }

  /** "There is no such name", for as long as the kernel may cache it; 0: as the mount has it. */
  private failAbsent(frame: Frame): Answer {
    const seconds = KERNEL_TIMEOUT.value;
    if (seconds == 0) return ENOENT;
    const failure = reply.Lookup.failure(ENOENT);
    failure.xdata = new Dict().set(NEGATIVE_TIMEOUT, seconds);
    return frame.unwind(failure);
  }

  lookup(frame: Frame, it: fop.Lookup): Answer {
    const note = this.note(it.loc);
    const isHit = this.isAbsent(note.key, it.loc);
    // For who watches the cache at work (`glossa mount --debug`).
    const name = it.loc.name;
    if (name !== null && log.enabled(log.DEBUG))
      log.debug(`${isHit ? 'HIT' : 'MISS'} <gfid:${it.loc.pargfid}>/${name}`);
    if (isHit) return this.failAbsent(frame);
    frame.local = note;
    return frame.wind(it);
  }

  lookupCbk(frame: Frame, it: reply.Lookup): Answer {
    const note = frame.local as Note;
    if (note.named) {
      this.absent.delete(note.key);
      if (it.opRet < 0 && it.opErrno == ENOENT && note.epoch == this.epoch) {
        this.remember(note.key);
        return this.failAbsent(frame);
      }
    }
    return frame.unwind(it);
  }

  entryCreated(loc: Loc): void {
    this.epoch++;
    this.absent.delete(this.keyOf(loc));
  }

  unlink(frame: Frame, it: fop.Unlink): Answer {
    frame.local = this.note(it.loc);
    return frame.wind(it);
  }

  unlinkCbk(frame: Frame, it: reply.Unlink): Answer {
    this.removed(frame.local as Note, it.opRet);
    return frame.unwind(it);
  }

  rmdir(frame: Frame, it: fop.Rmdir): Answer {
    frame.local = this.note(it.loc);
    return frame.wind(it);
  }

  rmdirCbk(frame: Frame, it: reply.Rmdir): Answer {
    this.removed(frame.local as Note, it.opRet);
    return frame.unwind(it);
  }

  private removed(note: Note, opRet: i64): void {
    if (opRet >= 0 && note.epoch == this.epoch) this.remember(note.key);
  }

  notify(event: string, _child: Child | null): void {
    if (event != 'UPCALL') return;
    this.epoch++; // the storage has changed behind our back
    this.absent.clear();
    this.oldest = [];
  }
}

translator<Negative>([TIMEOUT, LIMIT, KERNEL_TIMEOUT], NEEDS_CLOCK);
