/** `glossa top`: shows rates and latencies of the volumes of a mount. */

import { setTimeout as delay } from 'node:timers/promises';
import { ask, type Served } from '../server/control/client.ts';
import { findServed } from '../server/control/find-server.ts';
import { type Counts, LEASE_MS } from '../server/leased-counter.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { number, takeOperands, toggle } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { hasScreen, Screen } from '../terminal/screen.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ratesBetween, type View } from './top/rates.ts';
import { initialState, pressKey, type ScreenState } from './top/screen-state.ts';
import { screenLines, tableLines, USUAL_WIDTH } from './top/table.ts';

const INTERVAL_S = 1;
const INTERVAL_MIN_S = 0.1;
const INTERVAL_MAX_S = 3600;
/** The client asks before the server's lease ends. */
const ASK_MS_MAX = LEASE_MS / 2;
/** The screen shows that an answer is late after this time, checked every SAY_MS. */
const LATE_MS = 2000;
const SAY_MS = 500;
/** The time limit for an answer without a screen. */
const PATIENCE_S = 6;

export default defineCommand({
  usage: ['glossa top MNT|BRICK [options]'],
  description:
    'Shows what the volumes of the mount MNT, or of BRICK, are busy with, the top of the graph first: fops and ' +
    'errors a second, how long answers take (the median, and what 99 % stay below), how many ' +
    'requests wait for each and since when, and the memory of scripts and caches. Keys sort; h ' +
    'lists them, q ends. The server counts only while it is watched, and requests take a ' +
    'little longer meanwhile. Where the output is no terminal, it is printed once. Root and the ' +
    'user who started it may watch.',
  flags: {
    interval: number({
      value: 'SEC',
      help: `seconds from one look to the next, or how long to watch once (${INTERVAL_S})`,
    }),
    once: toggle({ help: 'print a table, and end' }),
    fops: toggle({ help: 'a row for each fop of a volume' }),
    json: toggle({
      help:
        'print {seconds, countedS, mountpoint, volfile, pid, upS, cpuPercent, memoryBytes, ' +
        'inFlight: {requests, oldestS}, fopsPerS, errorsPerS, volumes: [{name, type, script, cache, inFlight, fopsPerS, ' +
        'errorsPerS, medianUs, p99Us, fops: [{fop, fopsPerS, …}]}]} once',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT|BRICK']);
    const intervalS = flags.interval ?? INTERVAL_S;
    if (intervalS < INTERVAL_MIN_S || intervalS > INTERVAL_MAX_S) {
      throw new UsageError(`--interval takes ${INTERVAL_MIN_S} to ${INTERVAL_MAX_S} seconds`);
    }
    const served = await findServed(given);
    const everyMs = intervalS * 1000;
    const state = { ...initialState, byFop: flags.fops };
    const interruption = new Interruption();
    try {
      if (!flags.once && !flags.json && hasScreen()) {
        await live(served, everyMs, state, terminal, interruption.signal);
      } else {
        const view = await viewOnce(served, everyMs, interruption.signal);
        if (view !== null) terminal.out(flags.json ? json(view) : table(view, state, terminal));
      }
      return (await interruption.status()) ?? EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});

const json = (view: View): string => JSON.stringify(view, null, 2);

function table(view: View, state: ScreenState, { interactive, colour }: Terminal): string {
  const width = interactive ? (process.stdout.columns ?? USUAL_WIDTH) : USUAL_WIDTH;
  return tableLines(view, state, width, colour.out).join('\n');
}

interface Watcher {
  show(view: View): void;
  /** Called while the server has not answered for so many seconds. */
  late(seconds: number): void;
}

/** Shows a view in each interval, until the signal. @throws {Failure} when the server fails */
async function watch(
  served: Served,
  everyMs: number,
  { show, late }: Watcher,
  signal: AbortSignal,
): Promise<void> {
  const stepMs = Math.min(everyMs, ASK_MS_MAX);
  let before: Counts | null = null;
  while (!signal.aborted) {
    const counts = await askPatiently(served, late, signal);
    if (counts === null) return;
    // Questions between two views renew the server's lease.
    const isSoon = before !== null && counts.now - before.now < everyMs - stepMs / 2;
    if (!isSoon || counts.since !== before?.since) {
      if (before !== null) show(ratesBetween(before, counts));
      before = counts;
    }
    await delay(stepMs, null, { signal }).catch(() => {});
  }
}

/** Asks for the counts; null after the signal. */
async function askPatiently(
  served: Served,
  late: Watcher['late'],
  signal: AbortSignal,
): Promise<Counts | null> {
  const asked = performance.now();
  const timer = setInterval(() => {
    const ms = performance.now() - asked;
    if (ms >= LATE_MS) late(Math.floor(ms / 1000));
  }, SAY_MS);
  try {
    return (await ask(served, 'top', signal)) as Counts;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Waits for the first view; null after the signal. @throws {Failure} */
async function viewOnce(
  served: Served,
  everyMs: number,
  signal: AbortSignal,
): Promise<View | null> {
  const ending = new AbortController();
  let first: View | null = null;
  let failure: Failure | null = null;
  const watcher: Watcher = {
    show(view) {
      first = view;
      ending.abort();
    },
    late(seconds) {
      if (seconds < PATIENCE_S) return;
      failure = new Failure(`${served.given} has not answered for ${seconds} seconds`);
      ending.abort();
    },
  };
  await watch(served, everyMs, watcher, AbortSignal.any([signal, ending.signal]));
  if (failure !== null) throw failure;
  return first;
}

/** Shows views on a screen, until a key or a signal. @throws {Failure} */
async function live(
  served: Served,
  everyMs: number,
  first: ScreenState,
  { colour }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  let state = first;
  let view: View | null = null;
  let lateS: number | null = null;
  const end = (): void => ending.abort();
  const draw = (): void => {
    const drawing = { size: screen.size, colour: colour.out, lateS };
    screen.draw(screenLines(served.given, view, state, drawing));
  };
  const onKey = (key: string): void => {
    const next = pressKey(state, key);
    if (next === null) end();
    else {
      state = next;
      draw();
    }
  };
  const screen = new Screen(onKey, draw, end);
  try {
    draw();
    const watcher: Watcher = {
      show(is) {
        [view, lateS] = [is, null];
        draw();
      },
      late(seconds) {
        lateS = seconds;
        draw();
      },
    };
    await watch(served, everyMs, watcher, AbortSignal.any([signal, ending.signal]));
  } finally {
    screen.close();
  }
}
