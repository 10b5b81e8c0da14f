/**
 * Enforces time limits of calls: one thread, the watchdog, ends long calls of all engines. Each
 * engine has a word of shared memory (state bits, and a count of calls), which it writes on entry
 * and return (interpreter-gate.ts). The watchdog samples the word eight times per limit. It sets
 * bits by compare-and-swap, so that it never hits a later call; docs/how-it-works/mechanisms.md
 * lists the bits and times. A call that returns with END set waits until its turn is aborted.
 */

/** A call into the guest runs. */
export const RUNNING = 1;
/** Stage 1: the engine raises an exception in the module, which it may catch. */
export const INTERRUPT = 2;
/** Stage 2: the engine leaves the call at its next check; the module cannot catch that. */
export const FORCE = 4;
/** The call is in a long host function: the time does not count, and it is not ended. */
export const IN_HOST = 8;
/** Stage 3: the watchdog aborts the call's turn, and the interpreter is lost. */
export const END = 16;
/** The call is in a short host function: it is not ended, but the time counts. */
export const HELD = 32;
/** Two samples have seen the call. */
export const SLOW = 64;
/** The unit of the count of calls, in the bits above the state bits. */
export const COUNT = 128;

/**
 * Makes an engine's word, followed by the milliseconds that the call had run when a bit was set.
 * Without shared memory there is no watchdog, and only the engine uses the word.
 */
export const makeSharedWord = (): Int32Array =>
  new Int32Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(8) : new SharedArrayBuffer(8),
  );

/**
 * Word 0: 1 while the watchdog sleeps, as no call ran for a second; the next call must wake it.
 * Word 1: the number of messages sent to the watchdog.
 */
export const watchdogSleep = makeSharedWord();

/** Wakes the sleeping watchdog. */
export function wakeWatchdog(): void {
  Atomics.store(watchdogSleep, 0, 0);
  Atomics.notify(watchdogSleep, 0);
}

/** The state of the machine's watchdog. */
export const watchdog = {
  /** False while its thread is not started yet: calls have turns of their own then, which V8 ends. */
  isRunning: true,
  /** The number of such turns, each with a thread of its own, after which `start` is called. */
  turnsUntilStart: 50,
  /** Starts the thread. */
  start: (): void => {},
};

/** An engine whose calls have a time limit. */
export interface WatchedEngine {
  readonly word: Int32Array;
  readonly limitMs: number;
  /** The volume's name. */
  readonly name: string;
  /** True if its calls cannot be interrupted, only be ended: the watchdog may start later. */
  readonly isOnlyEnded?: boolean;
}

/** Starts watching an engine; the result stops it. */
export type WatchEngine = (engine: WatchedEngine) => () => void;

/** The watchdog's record of an engine. */
export interface Slot {
  readonly word: Int32Array;
  readonly limitMs: number;
  /** True if its calls run in endable turns. */
  readonly isEndable: boolean;
  /** The volume's name, for the final message. */
  readonly name: string;
  /** The count of the call in the last sample, and the milliseconds that it has run. */
  sampledCall: number;
  spentMs: number;
  /** The number of stages (`STAGES`) that this call has reached. */
  stage: number;
  /** True once `endTurn` was called for it. */
  isEndRequested: boolean;
  /** The value of `cpuMs` when END was set. */
  cpuMsAtEnd: number;
}

/**
 * Makes the watchdog's record of an engine.
 * @param isEndable true if its calls run in endable turns
 */
export const makeSlot = ({ word, limitMs, name }: WatchedEngine, isEndable: boolean): Slot => ({
  ...{ word, limitMs, isEndable, name },
  ...{ sampledCall: 0, spentMs: 0, stage: 0, isEndRequested: false, cpuMsAtEnd: 0 },
});

/** Number of samples of a slot within its limit, and the most milliseconds between two. */
export const SAMPLES = 8;
export const SAMPLE_MS = 250;
/** The bit that each stage sets; the last stage, after END had no effect, sets none. */
const STAGES = [INTERRUPT, FORCE, END, 0] as const;
/** Values of `Slot.stage`: after END was set, and after END had no effect. */
const ENDING = 3;
export const LOST = 4;
/** Milliseconds from END until the interpreter counts as lost: within a second, with sampling. */
const LOST_MS = 700;
/**
 * On a busy CPU the turn may not have run yet. A call that has had fewer milliseconds of CPU since
 * END gets more time, up to LATEST_MS.
 */
const LOST_CPU_MS = 400;
export const LATEST_MS = 2000;
/** Milliseconds after which a plain store has certainly reached another thread. */
const SETTLE_MS = 10;

/** Constants passed to the watchdog's own source text. */
export const CONSTANTS = {
  ...{ RUNNING, IN_HOST, HELD, SLOW, COUNT, SAMPLES, SAMPLE_MS, STAGES, ENDING, LOST },
  ...{ LOST_MS, LOST_CPU_MS, LATEST_MS, SETTLE_MS },
};

/** Actions of the machine that the sampling calls. */
export interface TurnActions {
  /** Returns the milliseconds of CPU that the engines' thread has had; NaN if unknown. */
  cpuMs(): number;
  /** Aborts the innermost turn of the engines' thread. */
  endTurn(): void;
  /** Reports an interpreter that nothing ended; called at every sample from then on. */
  reportLost(slot: Slot): void;
}

/**
 * Makes the functions that sample engines. The watchdog's thread receives this function as source
 * text, in which a bundler may have renamed outer names, so it uses its arguments only.
 */
export function makeSampling(constants: typeof CONSTANTS) {
  const { RUNNING, IN_HOST, HELD, SLOW, COUNT, SAMPLE_MS, STAGES, ENDING } = constants;
  const { SAMPLES, LOST, LOST_MS, LOST_CPU_MS, LATEST_MS } = constants;
  const sampling = {
    /**
     * Samples an engine, and sets the bit that is due; returns true if a call runs.
     * @param elapsedMs milliseconds since the last sample; negative ones are subtracted
     * @param cpu returns the milliseconds of CPU that the engines' thread has had; NaN if unknown
     */
    sample(slot: Slot, elapsedMs: number, cpu: () => number): boolean {
      const { word, limitMs, stage } = slot;
      const value = Atomics.load(word, 0);
      if ((value & RUNNING) === 0) return false;
      const call = value & -COUNT;
      if (call !== slot.sampledCall) {
        slot.sampledCall = call;
        slot.spentMs = slot.stage = 0;
        slot.isEndRequested = false;
        return true;
      }
      if ((value & IN_HOST) !== 0) return true;
      // A cap, as the watchdog itself may not have run for long (a suspended machine).
      slot.spentMs = Math.max(
        0,
        slot.spentMs + Math.min(elapsedMs, Math.max(limitMs / 4, SAMPLE_MS)),
      );
      if ((value & SLOW) === 0) {
        Atomics.compareExchange(word, 0, value, value | SLOW);
        return true;
      }
      // The milliseconds at which the call's next stage is due.
      const dueMs = [limitMs, limitMs * 1.75, limitMs * 2, limitMs * 2 + LOST_MS][stage];
      if (dueMs === undefined || slot.spentMs < dueMs) return true;
      if (stage === ENDING && slot.spentMs < limitMs * 2 + LATEST_MS) {
        const canEnd = slot.isEndRequested || !slot.isEndable;
        if (!canEnd || !(cpu() - slot.cpuMsAtEnd >= LOST_CPU_MS)) return true;
      }
      // One stage per sample: a call that has received the interrupt gets until the next to end.
      const bit = stage + 1 === ENDING && !slot.isEndable ? 0 : STAGES[stage]!;
      Atomics.store(word, 1, slot.spentMs);
      if (Atomics.compareExchange(word, 0, value, value | bit) === value) slot.stage += 1;
      if (slot.stage === ENDING) slot.cpuMsAtEnd = cpu();
      return true;
    },

    /** Returns true, once per call, when `endTurn` must abort its turn now. */
    isDue(slot: Slot): boolean {
      if (slot.stage !== ENDING || slot.isEndRequested || !slot.isEndable) return false;
      // A host function finishes first: the call waits when it leaves that function.
      slot.isEndRequested = (Atomics.load(slot.word, 0) & (IN_HOST | HELD)) === 0;
      return slot.isEndRequested;
    },

    /** Samples each engine; returns whether a call runs, and the pause to the next sample. */
    sampleAll(
      slots: Iterable<Slot>,
      elapsedMs: number,
      { cpuMs, endTurn, reportLost }: TurnActions,
    ) {
      let isAnyRunning = false;
      let pauseMs = 1000;
      for (const slot of slots) {
        pauseMs = Math.min(pauseMs, slot.limitMs / SAMPLES, SAMPLE_MS);
        if (!sampling.sample(slot, elapsedMs, cpuMs)) continue;
        isAnyRunning = true;
        if (slot.stage === ENDING && !slot.isEndRequested) pauseMs = 1;
        if (sampling.isDue(slot)) endTurn();
        if (slot.stage === LOST) reportLost(slot);
      }
      return { isAnyRunning, pauseMs };
    },
  };
  return sampling;
}

export const { sample, isDue } = makeSampling(CONSTANTS);
