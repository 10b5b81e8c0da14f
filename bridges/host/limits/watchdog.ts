/**
 * Time limits of calls: one thread ends calls that run too long, for all engines of a thread. Each engine has a
 * word of shared memory, which it writes on entry and return (interpreter-gate.ts): bits for the state of its
 * call, the rest a count of calls. The watchdog reads it eight times per limit and sets the bits by
 * compare-and-swap, so it never hits a later call. docs/how-it-works/mechanisms.md lists the bits with their times.
 * A call that returns with END set waits for its end to come.
 */

export const RUNNING = 1;
export const INTERRUPT = 2;
export const FORCE = 4;
/** The host does something for the call: its time does not count, and it is not ended in it. */
export const IN_HOST = 8;
export const END = 16;
/** The same, but its time counts: what is so short that it only counts when there is much of it. */
export const HELD = 32;
/** The call has been seen to run for a while. */
export const SLOW = 64;
export const COUNT = 128;

/**
 * A word, and behind it how many milliseconds the call had been seen to run when a bit was set. Where
 * threads can share nothing, there is no watchdog, and it is the engine's alone.
 */
export const newWord = (): Int32Array =>
  new Int32Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(8) : new SharedArrayBuffer(8),
  );

/**
 * Word 0: the watchdog rests, because nothing has run for a second, and the next entry has to wake
 * it. Word 1: how many messages were sent to it.
 */
export const resting = newWord();

/** Lets the watchdog look again, after it has rested. */
export function wake(): void {
  Atomics.store(resting, 0, 0);
  Atomics.notify(resting, 0);
}

export interface Watched {
  readonly word: Int32Array;
  /** In milliseconds. */
  readonly limit: number;
  /** The volume's name. */
  readonly name: string;
}

/** Watches an engine; the result ends that. */
export type Watch = (watched: Watched) => () => void;

/** An engine, as the watchdog sees it. */
export interface Slot {
  readonly word: Int32Array;
  /** In milliseconds, as what is spent is. */
  readonly limit: number;
  /** Whether its calls run in turns that can be ended. */
  readonly endable: boolean;
  /** The volume, for last words. */
  readonly name: string;
  /** The call that was seen last, and how long it has been seen to run. */
  seen: number;
  spent: number;
  /** How many stages that call has come to. */
  stage: number;
  /** Its turn was told to end. */
  told: boolean;
  /** What `cpu` was when END was set. */
  used: number;
}

/** @param endable whether its calls run in turns that can be ended */
export const newSlot = ({ word, limit, name }: Watched, endable: boolean): Slot => ({
  ...{ word, limit, endable, name },
  ...{ seen: 0, spent: 0, stage: 0, told: false, used: 0 },
});

/** How often a slot is looked at within its limit, and at most so many milliseconds apart. */
export const LOOKS = 8;
export const LOOK_MS = 250;
/** What is set at the stages; at the last, where not even END has helped, nothing. */
const STAGES = [INTERRUPT, FORCE, END, 0] as const;
const ENDING = 3;
export const LOST = 4;
/**
 * How long END is waited for, from its look on: looks included, that is within a second. But where
 * others have the CPU, the end may just not have had its turn: until the call has had so much of it,
 * there is more time.
 */
const LOST_MS = 700;
const LOST_CPU_MS = 400;
export const LATEST_MS = 2000;
/** Longer than a plain store takes to be seen by another thread, and nothing for one that rests. */
const SETTLE_MS = 10;

/** All that the watchdog's own text is told. */
export const CONSTANTS = {
  ...{ RUNNING, IN_HOST, HELD, SLOW, COUNT, LOOKS, LOOK_MS, STAGES, ENDING, LOST },
  ...{ LOST_MS, LOST_CPU_MS, LATEST_MS, SETTLE_MS },
};

export interface Ends {
  /** Milliseconds of CPU that the thread of the engines has had; NaN where nobody knows. */
  cpu(): number;
  /** Ends the innermost turn. */
  end(): void;
  /** Nothing has helped. Told at every look from then on. */
  lost(slot: Slot): void;
}

/**
 * The functions below. They are made so because the watchdog gets them as text, which a bundler may
 * have given other names: they use what they are given alone.
 */
export function makeLooks(constants: typeof CONSTANTS) {
  const { RUNNING, IN_HOST, HELD, SLOW, COUNT, LOOK_MS, STAGES, ENDING } = constants;
  const { LOOKS, LOST, LOST_MS, LOST_CPU_MS, LATEST_MS } = constants;
  const looks = {
    /**
     * One look at an engine, so many milliseconds after the last: sets the bit that is due, and says
     * whether a call runs. Less than none have passed where time that was counted before was none of
     * the call's.
     * @param cpu milliseconds of CPU that the thread of the engines has had; NaN where nobody knows
     */
    look(slot: Slot, passed: number, cpu: () => number): boolean {
      const { word, limit, stage } = slot;
      const value = Atomics.load(word, 0);
      if ((value & RUNNING) === 0) return false;
      const call = value & -COUNT;
      if (call !== slot.seen) {
        slot.seen = call;
        slot.spent = slot.stage = 0;
        slot.told = false;
        return true;
      }
      if ((value & IN_HOST) !== 0) return true;
      // Time in which the watchdog itself did not run, as on a machine that slept, counts little.
      slot.spent = Math.max(0, slot.spent + Math.min(passed, Math.max(limit / 4, LOOK_MS)));
      if ((value & SLOW) === 0) {
        Atomics.compareExchange(word, 0, value, value | SLOW);
        return true;
      }
      const due = [limit, limit * 1.75, limit * 2, limit * 2 + LOST_MS][stage];
      if (due === undefined || slot.spent < due) return true;
      if (stage === ENDING && slot.spent < limit * 2 + LATEST_MS) {
        const hears = slot.told || !slot.endable;
        if (!hears || !(cpu() - slot.used >= LOST_CPU_MS)) return true;
      }
      // One stage a look: a script that took the interrupt has until the next to come to an end.
      const bit = stage + 1 === ENDING && !slot.endable ? 0 : STAGES[stage]!;
      Atomics.store(word, 1, slot.spent);
      if (Atomics.compareExchange(word, 0, value, value | bit) === value) slot.stage += 1;
      if (slot.stage === ENDING) slot.used = cpu();
      return true;
    },

    /** Whether the turn of a call is to be ended now, for which it is not told twice. */
    isDue(slot: Slot): boolean {
      if (slot.stage !== ENDING || slot.told || !slot.endable) return false;
      // What the host is in the middle of is brought to its end first: the call waits behind it.
      slot.told = (Atomics.load(slot.word, 0) & (IN_HOST | HELD)) === 0;
      return slot.told;
    },

    /** A look at each: whether a call runs, and milliseconds until the next. */
    lookAtAll(slots: Iterable<Slot>, passed: number, { cpu, end, lost }: Ends) {
      let runs = false;
      let pause = 1000;
      for (const slot of slots) {
        pause = Math.min(pause, slot.limit / LOOKS, LOOK_MS);
        if (!looks.look(slot, passed, cpu)) continue;
        runs = true;
        if (slot.stage === ENDING && !slot.told) pause = 1;
        if (looks.isDue(slot)) end();
        if (slot.stage === LOST) lost(slot);
      }
      return { runs, pause };
    },
  };
  return looks;
}

export const { look, isDue } = makeLooks(CONSTANTS);
