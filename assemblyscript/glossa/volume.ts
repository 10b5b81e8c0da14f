/** The volume that the module runs as: its name, subvolumes and timers. */
import { Frame } from './frame';
import {
  KIND_INVALIDATE,
  KIND_TIMER,
  KIND_UNTIMER,
  KIND_UP,
  say,
  sayDouble,
  sayNumber,
  sayPlace,
  sayText,
} from './messages';
import { readInt, readName } from './record';
import { Child } from './root';

/** A timer: its function, and that function's argument. */
class Timer {
  constructor(
    readonly call: usize,
    readonly argument: Object | null,
    readonly repeats: bool,
  ) {}
}

const timers = new Map<i32, Timer>();
let timerId: i32 = 0;

/** Runs a timer's function. */
export function ring(id: i32): void {
  if (!timers.has(id)) return;
  const timer = timers.get(id);
  if (!timer.repeats) timers.delete(id);
  changetype<(argument: Object | null) => void>(timer.call)(timer.argument);
}

function start(seconds: f64, timer: Timer): i32 {
  const id = ++timerId;
  timers.set(id, timer);
  sayNumber(KIND_TIMER, id);
  sayDouble(seconds * 1000);
  say(timer.repeats ? 1 : 0);
  return id;
}

export class Volume {
  name: string = '';
  children: Child[] = [];
  /**
   * Seconds by a clock that never goes back, when this call began. Only NEEDS_CLOCK moves it.
   */
  now: f64 = 0;

  /** Reads the volume's name, and of each child name, type and whether it is up. */
  read(): void {
    this.name = readName();
    const count = readInt();
    const children: Child[] = [];
    for (let i = 0; i < count; i++) {
      const name = readName();
      const child = new Child(name, readName(), i);
      child.isUp = readInt() != 0;
      children.push(child);
    }
    this.children = children;
  }

  /** The first subvolume. */
  get child(): Child | null {
    return this.children.length == 0 ? null : this.children[0];
  }

  /** A request of the module's own: wind with it, and again in its callbacks. It has no caller to answer. */
  request(): Frame {
    return Frame.own();
  }

  /** Calls `call` once with `argument`, after so many seconds. The timer's number, for `cancel`. */
  after<A>(seconds: f64, call: (argument: A) => void, argument: A): i32 {
    return start(seconds, new Timer(changetype<usize>(call), changetype<Object | null>(argument), false));
  }

  /** Calls `call` ever again with `argument`, after so many seconds each. */
  every<A>(seconds: f64, call: (argument: A) => void, argument: A): i32 {
    return start(seconds, new Timer(changetype<usize>(call), changetype<Object | null>(argument), true));
  }

  /** Stops a timer; one that has rung already is left alone. */
  cancel(timer: i32): void {
    if (timers.delete(timer)) sayNumber(KIND_UNTIMER, timer);
  }

  /**
   * From its first call on, the module says whether its volume is up, and no longer its children: false in `init`,
   * and true when it can serve. A mount waits until its top is up.
   */
  sayUp(isUp: bool): void {
    sayNumber(KIND_UP, isUp ? 1 : 0);
  }

  /**
   * Revokes what the kernel, and caches above, know of an inode: its attributes, and its data with `data`. As the
   * methods below, it takes effect when the method has returned, and after the answers to all requests that are
   * then under way.
   */
  invalidateInode(gfid: string, data: bool): void {
    this.invalidate(1);
    sayText(gfid);
    say(data ? 1 : 0);
  }

  /**
   * Revokes what a name leads to, or that it is not there. With `expire` the name is only asked for again, where
   * programs are at work below it.
   */
  invalidateEntry(parent: string, name: string, expire: bool): void {
    this.invalidate(2);
    sayText(parent);
    sayText(name);
    say(expire ? 1 : 0);
  }

  /** Revokes a name that was removed, and led to this inode. */
  invalidateRemoved(parent: string, name: string, gfid: string): void {
    this.invalidate(3);
    sayText(parent);
    sayText(name);
    sayText(gfid);
  }

  /** Revokes all names. */
  invalidateEntries(): void {
    this.invalidate(0);
  }

  private invalidate(subject: i32): void {
    say(KIND_INVALIDATE);
    sayPlace();
    say(subject);
  }
}

/** The module's one volume. */
export const volume: Volume = new Volume();
