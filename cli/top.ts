/** `glossa top`: what the volumes of a mount are busy with. */

import type { Served } from '../server/control/client.ts';
import { findServed } from '../server/control/find.ts';
import { type Counts, LEASE_MS } from '../server/counting.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { number, takeOperands, toggle } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { hasScreen, Screen } from '../terminal/screen.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { firstLooks, type Looks, press } from './top/looks.ts';
import { between, type View } from './top/rates.ts';
import { screenLines, tableLines, USUAL_WIDTH } from './top/table.ts';
import { giveUp, watch } from './top/watching.ts';

const INTERVAL_S = 1;
const INTERVAL_MIN_S = 0.1;
const INTERVAL_MAX_S = 3600;
/** The server is asked more often than it would stop counting. */
const ASK_MS_MAX = LEASE_MS / 2;

export default defineCommand({
  usage: ['glossa top MNT|BRICK [options]'],
  description:
    'Shows what the volumes of the mount MNT, or of BRICK, are busy with, the top of the graph first: fops and ' +
    'errors a second, how long answers take (the median, and what 99 % stay below), how many ' +
    'requests wait for each and since when, and the memory of scripts and caches. Keys sort and filter; h ' +
    'lists them, q ends. The server counts only while somebody watches, and requests take a ' +
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
    const watched = new Watched(served, intervalS * 1000);
    const looks = { ...firstLooks, byFop: flags.fops };
    const interruption = new Interruption();
    try {
      if (!flags.once && !flags.json && hasScreen()) {
        await live(watched, looks, terminal, interruption.signal);
      } else {
        const view = await watched.once(interruption.signal);
        if (view !== null) terminal.out(flags.json ? json(view) : table(view, looks, terminal));
      }
      return (await interruption.status()) ?? EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});

const json = (view: View): string => JSON.stringify(view, null, 2);

function table(view: View, looks: Looks, { interactive, colour }: Terminal): string {
  const width = interactive ? (process.stdout.columns ?? USUAL_WIDTH) : USUAL_WIDTH;
  return tableLines(view, looks, width, colour.out).join('\n');
}

/** A mount that is looked at every so often. */
class Watched {
  readonly served: Served;
  private readonly everyMs: number;
  private before: Counts | null = null;

  constructor(served: Served, everyMs: number) {
    this.served = served;
    this.everyMs = everyMs;
  }

  /** Calls back with each view. @throws {Failure} */
  views(
    show: (view: View) => void,
    late: (seconds: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const everyMs = Math.min(this.everyMs, ASK_MS_MAX);
    const answered = (counts: Counts): void => {
      const { before } = this;
      // It is asked also between two looks, so that it goes on counting.
      const isSoon = before !== null && counts.now - before.now < this.everyMs - everyMs / 2;
      if (isSoon && counts.since === before.since) return;
      this.before = counts;
      if (before !== null) show(between(before, counts));
    };
    return watch<Counts>(this.served, everyMs, { show: answered, late }, signal);
  }

  /** The first view; null when it was ended before. @throws {Failure} */
  async once(signal: AbortSignal): Promise<View | null> {
    const ending = new AbortController();
    const { given } = this.served;
    let first: View | null = null;
    const show = (view: View): void => {
      first = view;
      ending.abort();
    };
    const all = AbortSignal.any([signal, ending.signal]);
    await this.views(show, (seconds) => giveUp(given, seconds), all);
    return first;
  }
}

/** On a screen, until a key or a signal ends it. @throws {Failure} */
async function live(
  watched: Watched,
  first: Looks,
  { colour }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  let looks = first;
  let view: View | null = null;
  let lateS: number | null = null;
  const end = (): void => ending.abort();
  const draw = (): void => {
    const drawing = { size: screen.size, colour: colour.out, lateS };
    screen.draw(screenLines(watched.served.given, view, looks, drawing));
  };
  const onKey = (key: string): void => {
    const next = press(looks, key);
    if (next === null) end();
    else {
      looks = next;
      draw();
    }
  };
  const screen = new Screen(onKey, draw, end);
  try {
    draw();
    await watched.views(
      (is) => {
        view = is;
        lateS = null;
        draw();
      },
      (seconds) => {
        lateS = seconds;
        draw();
      },
      AbortSignal.any([signal, ending.signal]),
    );
  } finally {
    screen.close();
  }
}
