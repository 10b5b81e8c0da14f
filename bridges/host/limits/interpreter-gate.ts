/**
 * The gate of an interpreter: every call into a guest passes `open` and `shut`, so that the
 * watchdog can end it. A call runs in an endable turn: its own (`run`), or one that the pump shares
 * between requests.
 *
 * Ending a turn loses the interpreter; `ended` notifies its engine. A shared turn aborts the host's
 * own stack too: each interpreter in it repairs its state in two steps (`Interruptible`,
 * core/turn.ts).
 */
import { onTurnAbandoned, runEndable, turn } from '../../../runtime/core/turn.ts';
import {
  COUNT,
  END,
  FORCE,
  HELD,
  IN_HOST,
  newWord,
  RUNNING,
  resting,
  SLOW,
  type Watch,
  wake,
} from './watchdog.ts';

/** An interpreter that can recover from an aborted shared turn. */
export interface Interruptible {
  /** Its `running` flag is reset: the abort has ended the queue's run. */
  readonly decisions: { running: boolean };
  /** Answers the aborted request, and continues with the rest. */
  resume(): void;
}

const guests = new Set<InterpreterGate>();
const interpreters = new Set<Interruptible>();

/** Registers `interpreter` for aborted turns; the result unregisters it. */
export function onTurnEnd(interpreter: Interruptible): () => void {
  interpreters.add(interpreter);
  return () => interpreters.delete(interpreter);
}

onTurnAbandoned(() => {
  for (const guest of guests) guest.abandon();
  const all = [...interpreters];
  for (const interpreter of all) interpreter.decisions.running = false;
  for (const interpreter of all) interpreter.resume();
});

/** Blocks until the watchdog ends the turn. */
function waitForEnd(): never {
  for (const never = newWord(); ; ) Atomics.wait(never, 0, 0);
}

export interface GateSettings {
  readonly word: Int32Array;
  /** Milliseconds; 0 for no limit. */
  readonly limit: number;
  /** The volume's name. */
  readonly name: string;
  /** The machine's watchdog; null without limits. */
  readonly watch: Watch | null;
  /** Notifies the engine that its call was aborted and the interpreter is lost. */
  ended(why: string): void;
}

export class InterpreterGate {
  /** Depth of nested calls. */
  depth = 0;
  private readonly settings: GateSettings;
  private readonly word: Int32Array;
  private readonly limited: boolean;
  private count = 0;
  private unwatch = (): void => {};

  constructor(settings: GateSettings) {
    this.settings = settings;
    this.word = settings.word;
    this.limited = settings.limit > 0 && settings.watch !== null;
    guests.add(this);
  }

  /** Starts the watchdog's timing for the engine. */
  begin(): void {
    if (this.limited) this.unwatch = this.settings.watch!(this.settings);
  }

  close(): void {
    this.unwatch();
    guests.delete(this);
  }

  /** True if a call needs a turn of its own. `shares`: it may use an open one. */
  needsTurn(shares: boolean): boolean {
    return this.depth === 0 && this.limited && !(shares && turn.open);
  }

  /** Runs a call in a turn of its own; throws `lost()` if the turn was ended. */
  run<T>(what: () => T, lost: () => Error): T {
    let result: T | undefined;
    const whole = runEndable(() => {
      result = what();
    });
    if (whole) return result as T;
    this.abandon();
    throw lost();
  }

  open(): void {
    if (this.limited) {
      if (this.depth === 0) {
        this.count = (this.count + COUNT) | 0;
        // A plain store is cheap; the watchdog sees it some microseconds later.
        this.word[0] = this.count | RUNNING;
        if (resting[0] !== 0) wake();
      } else this.fromHost(IN_HOST);
    }
    this.depth += 1;
  }

  shut(): void {
    this.depth -= 1;
    if (!this.limited) return;
    if (this.depth > 0) {
      this.toHost(IN_HOST);
      return;
    }
    const last = Atomics.exchange(this.word, 0, 0);
    if ((last & (END | SLOW)) === 0) return;
    turn.slow += 1;
    if ((last & END) === 0) return;
    this.depth = 1;
    Atomics.store(this.word, 0, last);
    waitForEnd();
  }

  /** Enters a host function, which is never aborted. */
  toHost(how: number): void {
    if (!this.limited || (Atomics.or(this.word, 0, how) & END) === 0) return;
    Atomics.and(this.word, 0, ~how);
    waitForEnd();
  }

  fromHost(how: number): void {
    if (this.limited && (Atomics.and(this.word, 0, ~how) & END) !== 0) waitForEnd();
  }

  /** Marks the interpreter as lost if it was inside the ended turn. */
  abandon(): void {
    if (this.depth === 0) return;
    this.depth = 0;
    const bits = Atomics.exchange(this.word, 0, 0);
    this.settings.ended((bits & END) === 0 ? 'a call was ended from outside' : this.tooLong);
  }

  /** True if the interpreter was forced out of its call. */
  get forced(): boolean {
    return (Atomics.load(this.word, 0) & FORCE) !== 0;
  }

  /** The error text of a call that was forced out. */
  get tooLong(): string {
    const seconds = (this.word[1]! / 1000).toFixed(1);
    return `a call ran too long (${seconds} s) and would not be interrupted (option time-limit)`;
  }
}

/** Wraps host functions that a guest calls; an engine makes them before its InterpreterGate. */
export class HostCallGuard {
  inside: InterpreterGate | null = null;

  /** Wraps a short function: it is not aborted, and its time counts as the guest's. */
  around<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const { inside } = this;
      if (inside === null) return call(...args);
      inside.toHost(HELD);
      try {
        return call(...args);
      } finally {
        inside.fromHost(HELD);
      }
    };
  }
}
