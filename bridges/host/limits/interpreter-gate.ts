/**
 * Makes the gate of an interpreter: every call into a guest passes `enterGuest` and `leaveGuest`,
 * so that the watchdog can end it. A call runs in a turn that can be aborted (core/turn.ts): its
 * own (`runInOwnTurn`), or one that the pump shares between requests. Aborting a turn loses the
 * interpreter; `onAborted` notifies its engine. Aborting a shared turn unwinds the host's own code
 * too, so each interpreter repairs its state in two steps (`Interruptible`).
 */
import { onTurnAbandoned, runEndable, turn } from '../../../runtime/core/turn.ts';
import {
  COUNT,
  END,
  FORCE,
  HELD,
  IN_HOST,
  makeSharedWord,
  RUNNING,
  SLOW,
  type WatchEngine,
  wakeWatchdog,
  watchdog,
  watchdogSleep,
} from './watchdog.ts';

/** An interpreter that can recover from an aborted shared turn. */
export interface Interruptible {
  /** Step 1 resets `isRunning`, as the abort has ended the queue's run. */
  readonly decisions: { isRunning: boolean };
  /** Step 2 answers the aborted request, and continues with the rest. */
  recover(): void;
}

const gates = new Set<InterpreterGate>();
const interpreters = new Set<Interruptible>();

/** Registers an interpreter that must recover from aborted turns; the result unregisters it. */
export function registerForRecovery(interpreter: Interruptible): () => void {
  interpreters.add(interpreter);
  return () => interpreters.delete(interpreter);
}

onTurnAbandoned(() => {
  for (const gate of gates) gate.markLost();
  // A copy: recovering may end an interpreter, and so unregister it.
  const registered = [...interpreters];
  for (const interpreter of registered) interpreter.decisions.isRunning = false;
  for (const interpreter of registered) interpreter.recover();
});

/** Blocks until the watchdog aborts the turn. */
function waitForEnd(): never {
  for (const unchangedWord = makeSharedWord(); ; ) Atomics.wait(unchangedWord, 0, 0);
}

/** Settings of an interpreter's gate. */
export interface GateSettings {
  /** The engine's word of shared memory (watchdog.ts). */
  readonly word: Int32Array;
  /** Milliseconds that a call may take; 0 for no limit. */
  readonly limitMs: number;
  /** The volume's name. */
  readonly name: string;
  /** As in WatchedEngine. */
  readonly isOnlyEnded?: boolean;
  /** The machine's watchdog; null without one. */
  readonly watchEngine: WatchEngine | null;
  /** Notifies the engine that its call was aborted and the interpreter is lost. */
  onAborted(reason: string): void;
}

export class InterpreterGate {
  /** Depth of nested calls. */
  depth = 0;
  /** The number of calls that were not nested. */
  timesEntered = 0;
  private readonly settings: GateSettings;
  private readonly word: Int32Array;
  private readonly isLimited: boolean;
  /** The number of calls, in units of `COUNT`: the word's bits above the state bits. */
  private callCount = 0;
  private stopWatching = (): void => {};

  constructor(settings: GateSettings) {
    this.settings = settings;
    this.word = settings.word;
    this.isLimited = settings.limitMs > 0 && settings.watchEngine !== null;
    gates.add(this);
  }

  /** Starts the watchdog's timing for the engine. */
  startTiming(): void {
    if (this.isLimited) this.stopWatching = this.settings.watchEngine!(this.settings);
  }

  close(): void {
    this.stopWatching();
    gates.delete(this);
  }

  /** True if a call needs a turn of its own. @param mayShare true if it may use an open turn */
  needsTurn(mayShare: boolean): boolean {
    const canShare = mayShare && turn.isShared && watchdog.isRunning;
    return this.depth === 0 && this.isLimited && !canShare;
  }

  /** Runs a call in a turn of its own; throws `makeError()` if the turn was aborted. */
  runInOwnTurn<T>(call: () => T, makeError: () => Error): T {
    let result: T | undefined;
    // The watchdog ends a call at twice the limit, after it has tried to interrupt it.
    const endMs = this.settings.limitMs * 2;
    const isEndedByV8 = this.isLimited && !watchdog.isRunning;
    if (isEndedByV8 && --watchdog.turnsUntilStart === 0) watchdog.start();
    const isComplete = runEndable(
      () => {
        result = call();
      },
      isEndedByV8 ? endMs : -1,
    );
    if (isComplete) return result as T;
    if (isEndedByV8) {
      this.word[1] = endMs;
      Atomics.or(this.word, 0, END);
    }
    this.markLost();
    throw makeError();
  }

  /** Marks the start of a call into the guest, for the watchdog. */
  enterGuest(): void {
    if (this.isLimited) {
      if (this.depth === 0) {
        this.callCount = (this.callCount + COUNT) | 0;
        // A plain store is cheap; the watchdog sees it some microseconds later.
        this.word[0] = this.callCount | RUNNING;
        if (watchdogSleep[0] !== 0) wakeWatchdog();
      } else this.leaveHost(IN_HOST);
    }
    if (this.depth === 0) this.timesEntered += 1;
    this.depth += 1;
  }

  /** Marks the end of a call into the guest. Does not return if the watchdog has ended the call. */
  leaveGuest(): void {
    this.depth -= 1;
    if (!this.isLimited) return;
    if (this.depth > 0) {
      this.enterHost(IN_HOST);
      return;
    }
    // The outermost call returns. The watchdog may have marked it SLOW, or already decided its END.
    const lastWord = Atomics.exchange(this.word, 0, 0);
    if ((lastWord & (END | SLOW)) === 0) return;
    turn.slowCallCount += 1;
    if ((lastWord & END) === 0) return;
    this.depth = 1;
    Atomics.store(this.word, 0, lastWord);
    waitForEnd();
  }

  /** Enters a host function, which is never aborted. @param bit HELD, or IN_HOST for a long one */
  enterHost(bit: number): void {
    if (!this.isLimited || (Atomics.or(this.word, 0, bit) & END) === 0) return;
    Atomics.and(this.word, 0, ~bit);
    waitForEnd();
  }

  /** Leaves a host function. Does not return if the watchdog has ended the call meanwhile. */
  leaveHost(bit: number): void {
    if (this.isLimited && (Atomics.and(this.word, 0, ~bit) & END) !== 0) waitForEnd();
  }

  /** Marks the interpreter as lost if a call into it was running in the aborted turn. */
  markLost(): void {
    if (this.depth === 0) return;
    this.depth = 0;
    const lastWord = Atomics.exchange(this.word, 0, 0);
    this.settings.onAborted(
      (lastWord & END) === 0 ? 'a call was ended from outside' : this.timeLimitText,
    );
  }

  /** True if the interpreter was forced out of its call. */
  get wasForced(): boolean {
    return (Atomics.load(this.word, 0) & FORCE) !== 0;
  }

  /** The error text of a call that was forced out. */
  get timeLimitText(): string {
    const seconds = (this.word[1]! / 1000).toFixed(1);
    return `a call ran too long (${seconds} s) and would not be interrupted (option time-limit)`;
  }
}

/**
 * Wraps host functions that a guest calls. The engine imports them before its gate exists, and sets
 * `gate` later.
 */
export class HostCallGuard {
  gate: InterpreterGate | null = null;

  /** Wraps a short function: it is not aborted, but its time counts for the limit. */
  wrap<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const { gate } = this;
      if (gate === null) return call(...args);
      gate.enterHost(HELD);
      try {
        return call(...args);
      } finally {
        gate.leaveHost(HELD);
      }
    };
  }
}
