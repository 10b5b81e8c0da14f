/**
 * The gate of an interpreter: every call into a guest, of any engine, goes through `open` and `shut`, so
 * that it can be ended. It runs in an endable turn: one of its own (`run`), or one that the pump shares
 * between all requests of a while.
 *
 * When a turn is ended, the interpreter in it is lost: `ended` says so to its engine. A shared turn takes
 * the host's own stack along: each interpreter puts right what it was in the middle of, in two steps, so
 * that none is called by another before it can be (the table of core/turn.ts).
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

/** The repair of an interpreter after a shared turn has ended in the middle. */
export interface Interrupted {
  /** Whether it carries out decisions: no more, since that has ended in the middle. */
  readonly decisions: { running: boolean };
  /** It answers what was in hand, and goes on with what is left. */
  resume(): void;
}

const guests = new Set<InterpreterGate>();
const interpreters = new Set<Interrupted>();

/** From now on `interpreter` is told; the result is the end of that. */
export function onTurnEnd(interpreter: Interrupted): () => void {
  interpreters.add(interpreter);
  return () => interpreters.delete(interpreter);
}

onTurnAbandoned(() => {
  for (const guest of guests) guest.abandon();
  const all = [...interpreters];
  for (const interpreter of all) interpreter.decisions.running = false;
  for (const interpreter of all) interpreter.resume();
});

/** What runs has to be ended here and now: that comes from the watchdog. */
function waitForEnd(): never {
  for (const never = newWord(); ; ) Atomics.wait(never, 0, 0);
}

export interface GateSettings {
  readonly word: Int32Array;
  /** Milliseconds; 0 for no limit. */
  readonly limit: number;
  /** The volume's name. */
  readonly name: string;
  /** The machine's: null where there are no limits. */
  readonly watch: Watch | null;
  /** What was inside was abandoned: the interpreter is lost, for this reason. */
  ended(why: string): void;
}

export class InterpreterGate {
  /** How many calls are open, one in the other. */
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

  /** From here on what runs is the script's. */
  begin(): void {
    if (this.limited) this.unwatch = this.settings.watch!(this.settings);
  }

  close(): void {
    this.unwatch();
    guests.delete(this);
  }

  /** Whether a call has to begin a turn of its own. `shares`: it may use the one that is open. */
  needsTurn(shares: boolean): boolean {
    return this.depth === 0 && this.limited && !(shares && turn.open);
  }

  /** Does what enters in a turn of its own; `lost` says what is thrown when that was ended. */
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
        // A plain store costs nothing: the watchdog may see it some microseconds later.
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

  /** The guest calls the host: nothing of that is abandoned. */
  toHost(how: number): void {
    if (!this.limited || (Atomics.or(this.word, 0, how) & END) === 0) return;
    Atomics.and(this.word, 0, ~how);
    waitForEnd();
  }

  fromHost(how: number): void {
    if (this.limited && (Atomics.and(this.word, 0, ~how) & END) !== 0) waitForEnd();
  }

  /** The turn was ended in which this one was, if it was. */
  abandon(): void {
    if (this.depth === 0) return;
    this.depth = 0;
    const bits = Atomics.exchange(this.word, 0, 0);
    this.settings.ended((bits & END) === 0 ? 'a call was ended from outside' : this.tooLong);
  }

  /** Whether the interpreter was made to leave the call that runs. */
  get forced(): boolean {
    return (Atomics.load(this.word, 0) & FORCE) !== 0;
  }

  /** What is said of a call that had to be left. */
  get tooLong(): string {
    const seconds = (this.word[1]! / 1000).toFixed(1);
    return `a call ran too long (${seconds} s) and would not be interrupted (option time-limit)`;
  }
}

/** Functions of the host that are called from within: an engine makes them before it has an InterpreterGate. */
export class Held {
  inside: InterpreterGate | null = null;

  /** Around one that is short each time: it is not abandoned, and its time counts as the guest's. */
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
