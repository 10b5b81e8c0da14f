/**
 * Enforces time limits of calls: one thread ends long calls of all engines. Each engine has a word
 * of shared memory that it writes on entry and return (interpreter-gate.ts): state bits, and a
 * count of calls. The watchdog samples it eight times per limit and sets bits by compare-and-swap,
 * so that it never hits a later call; docs/how-it-works/mechanisms.md lists the bits and times. A
 * call that returns with END set waits for its end.
 */

export const RUNNING = 1;
export const INTERRUPT = 2;
export const FORCE = 4;
/** The call is in a long host function: the time does not count, and it is not ended. */
export const IN_HOST = 8;
export const END = 16;
/** The call is in a short host function: it is not ended, but the time counts. */
export const HELD = 32;
/** Two samples have seen the call. */
export const SLOW = 64;
export const COUNT = 128;

/**
 * A word, followed by the milliseconds that the call had run when a bit was set. Without shared
 * memory there is no watchdog, and the word is the engine's alone.
 */
export const newWord = (): Int32Array =>
  new Int32Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(8) : new SharedArrayBuffer(8),
  );

/**
 * Word 0: the watchdog sleeps, as no call ran for a second, and the next entry must wake it.
 * Word 1: the number of messages sent to it.
 */
export const resting = newWord();

/** Wakes the sleeping watchdog. */
export function wake(): void {
  Atomics.store(resting, 0, 0);
  Atomics.notify(resting, 0);
}

export interface WatchedEngine {
  readonly word: Int32Array;
  /** In milliseconds. */
  readonly limit: number;
  /** The volume's name. */
  readonly name: string;
}

/** Starts watching an engine; the result stops it. */
export type Watch = (engine: WatchedEngine) => () => void;

/** The watchdog's record of an engine. */
export interface Slot {
  readonly word: Int32Array;
  /** In milliseconds. */
  readonly limit: number;
  /** True if its calls run in endable turns. */
  readonly isEndable: boolean;
  /** The volume's name, for the final message. */
  readonly name: string;
  /** The call of the last sample, and its milliseconds so far. */
  sampledCall: number;
  spentMs: number;
  /** Stages that this call has reached. */
  stage: number;
  /** True once its turn was told to end. */
  isEndRequested: boolean;
  /** The value of `cpuMs` when END was set. */
  cpuAtEnd: number;
}

/** @param endable true if its calls run in endable turns */
export const newSlot = ({ word, limit, name }: WatchedEngine, endable: boolean): Slot => ({
  ...{ word, limit, isEndable: endable, name },
  ...{ sampledCall: 0, spentMs: 0, stage: 0, isEndRequested: false, cpuAtEnd: 0 },
});

/** Samples of a slot within its limit, and the most milliseconds between two. */
export const SAMPLES = 8;
export const SAMPLE_MS = 250;
/** The bit of each stage; none at the last, which END did not help. */
const STAGES = [INTERRUPT, FORCE, END, 0] as const;
const ENDING = 3;
export const LOST = 4;
/**
 * Milliseconds from END until the interpreter counts as lost: within a second, sampling included.
 * On a busy CPU the turn may not have run yet: until the call has had this much CPU, it gets more
 * time.
 */
const LOST_MS = 700;
const LOST_CPU_MS = 400;
export const LATEST_MS = 2000;
/** Longer than a plain store takes to reach another thread. */
const SETTLE_MS = 10;

/** Constants passed to the watchdog's own source text. */
export const CONSTANTS = {
  ...{ RUNNING, IN_HOST, HELD, SLOW, COUNT, SAMPLES, SAMPLE_MS, STAGES, ENDING, LOST },
  ...{ LOST_MS, LOST_CPU_MS, LATEST_MS, SETTLE_MS },
};

export interface TurnActions {
  /** Milliseconds of CPU that the engines' thread has had; NaN if unknown. */
  cpuMs(): number;
  /** Ends the innermost turn. */
  endTurn(): void;
  /** Reports an interpreter that nothing ended; called at every sample from then on. */
  reportLost(slot: Slot): void;
}

/**
 * Makes the functions below. The watchdog receives them as source text, in which a bundler may have
 * renamed outer names: they use their arguments only.
 */
export function makeSampling(constants: typeof CONSTANTS) {
  const { RUNNING, IN_HOST, HELD, SLOW, COUNT, SAMPLE_MS, STAGES, ENDING } = constants;
  const { SAMPLES, LOST, LOST_MS, LOST_CPU_MS, LATEST_MS } = constants;
  const sampling = {
    /**
     * Samples an engine `passedMs` milliseconds after the last time: sets the bit that is due; true
     * if a call runs. A negative `passedMs` takes back time that was not the call's.
     * @param cpuMs milliseconds of CPU that the engines' thread has had; NaN if unknown
     */
    sample(slot: Slot, passedMs: number, cpu: () => number): boolean {
      const { word, limit, stage } = slot;
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
      // Time in which the watchdog itself did not run (a suspended machine) counts little.
      slot.spentMs = Math.max(0, slot.spentMs + Math.min(passedMs, Math.max(limit / 4, SAMPLE_MS)));
      if ((value & SLOW) === 0) {
        Atomics.compareExchange(word, 0, value, value | SLOW);
        return true;
      }
      const due = [limit, limit * 1.75, limit * 2, limit * 2 + LOST_MS][stage];
      if (due === undefined || slot.spentMs < due) return true;
      if (stage === ENDING && slot.spentMs < limit * 2 + LATEST_MS) {
        const canEnd = slot.isEndRequested || !slot.isEndable;
        if (!canEnd || !(cpu() - slot.cpuAtEnd >= LOST_CPU_MS)) return true;
      }
      // One stage per sample: a call that took the interrupt has until the next to end.
      const bit = stage + 1 === ENDING && !slot.isEndable ? 0 : STAGES[stage]!;
      Atomics.store(word, 1, slot.spentMs);
      if (Atomics.compareExchange(word, 0, value, value | bit) === value) slot.stage += 1;
      if (slot.stage === ENDING) slot.cpuAtEnd = cpu();
      return true;
    },

    /** True, once per call, when its turn must end now. */
    isDue(slot: Slot): boolean {
      if (slot.stage !== ENDING || slot.isEndRequested || !slot.isEndable) return false;
      // A host function finishes first: the call waits behind it.
      slot.isEndRequested = (Atomics.load(slot.word, 0) & (IN_HOST | HELD)) === 0;
      return slot.isEndRequested;
    },

    /** Samples each engine; returns whether a call runs, and the pause to the next sample. */
    sampleAll(
      slots: Iterable<Slot>,
      passedMs: number,
      { cpuMs, endTurn, reportLost }: TurnActions,
    ) {
      let isRunning = false;
      let pause = 1000;
      for (const slot of slots) {
        pause = Math.min(pause, slot.limit / SAMPLES, SAMPLE_MS);
        if (!sampling.sample(slot, passedMs, cpuMs)) continue;
        isRunning = true;
        if (slot.stage === ENDING && !slot.isEndRequested) pause = 1;
        if (sampling.isDue(slot)) endTurn();
        if (slot.stage === LOST) reportLost(slot);
      }
      return { runs: isRunning, pause };
    },
  };
  return sampling;
}

export const { sample, isDue } = makeSampling(CONSTANTS);
