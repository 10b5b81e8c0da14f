/** `glossa top`: shows rates and latencies of a server's volumes: live, as a table, or as JSON. */

import { setTimeout as delay } from 'node:timers/promises';
import { ask, findServer, type NamedServer } from '../server/control/control-client.ts';
import { type Counts, LEASE_MS } from '../server/leased-counter.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, Failure, UsageError } from '../terminal/exit.ts';
import { numberFlag, takeOperands, toggleFlag } from '../terminal/flags.ts';
import { Interruption } from '../terminal/interruption.ts';
import { hasScreen, Screen } from '../terminal/screen.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { computeRates, type ServerRates } from './top/rates.ts';
import { DEFAULT_WIDTH, formatRatesTable, formatScreen } from './top/rates-table.ts';
import { initialState, pressKey, type ScreenState } from './top/screen-state.ts';

/** Seconds between two tables: the default and the limits. */
const DEFAULT_INTERVAL_S = 1;
const INTERVAL_MIN_S = 0.1;
const INTERVAL_MAX_S = 3600;
/** The longest time between two samples: the server stops counting after LEASE_MS without one. */
const SAMPLE_INTERVAL_MAX_MS = LEASE_MS / 2;
/** The time after which the screen shows that an answer is late. */
const LATE_AFTER_MS = 2000;
/** The time between two such checks. */
const LATE_CHECK_INTERVAL_MS = 500;
/** The seconds after which a missing answer is an error, for a table or JSON. */
const REPLY_TIMEOUT_S = 6;

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
    interval: numberFlag({
      placeholder: 'SEC',
      help: `seconds from one look to the next, or how long to watch once (${DEFAULT_INTERVAL_S})`,
    }),
    once: toggleFlag({ help: 'print a table, and end' }),
    fops: toggleFlag({ help: 'a row for each fop of a volume' }),
    json: toggleFlag({
      help:
        'print {seconds, countedS, mountpoint, volfile, pid, upS, cpuPercent, memoryBytes, ' +
        'inFlight: {requests, oldestS}, fopsPerS, errorsPerS, volumes: [{name, type, script, cache, inFlight, fopsPerS, ' +
        'errorsPerS, medianUs, p99Us, fops: [{fop, fopsPerS, …}]}]} once',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [operand] = takeOperands(operands, ['MNT|BRICK']);
    const intervalS = flags.interval ?? DEFAULT_INTERVAL_S;
    if (intervalS < INTERVAL_MIN_S || intervalS > INTERVAL_MAX_S) {
      throw new UsageError(`--interval takes ${INTERVAL_MIN_S} to ${INTERVAL_MAX_S} seconds`);
    }
    const server = await findServer(operand);
    const intervalMs = intervalS * 1000;
    const state = { ...initialState, hasFopRows: flags.fops };
    const interruption = new Interruption();
    try {
      if (!flags.once && !flags.json && hasScreen()) {
        await showLive(server, intervalMs, state, terminal, interruption.signal);
      } else {
        const rates = await sampleOnce(server, intervalMs, interruption.signal);
        if (rates !== null)
          terminal.out(flags.json ? formatJson(rates) : formatTable(rates, state, terminal));
      }
      return (await interruption.awaitStatus()) ?? EXIT_OK;
    } finally {
      interruption.close();
    }
  },
});

const formatJson = (rates: ServerRates): string => JSON.stringify(rates, null, 2);

/** Formats the table that is printed once, as wide as the terminal. */
function formatTable(
  rates: ServerRates,
  state: ScreenState,
  { isInteractive, colour }: Terminal,
): string {
  const width = isInteractive ? (process.stdout.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH;
  return formatRatesTable(rates, state, width, colour.out).join('\n');
}

/** Receives the reports of `watchServer`. */
interface RatesObserver {
  onRates(rates: ServerRates): void;
  /** Called repeatedly while an answer is late. @param seconds the time since the question */
  onLate(seconds: number): void;
}

/**
 * Reports the rates after each interval, until the signal. @throws {Failure} when the server fails
 */
async function watchServer(
  server: NamedServer,
  intervalMs: number,
  { onRates, onLate }: RatesObserver,
  signal: AbortSignal,
): Promise<void> {
  const sampleIntervalMs = Math.min(intervalMs, SAMPLE_INTERVAL_MAX_MS);
  let previous: Counts | null = null;
  while (!signal.aborted) {
    const counts = await askForCounts(server, onLate, signal);
    if (counts === null) return;
    // Samples within a long interval only keep the server counting: they are dropped.
    const isTooSoon =
      previous !== null && counts.now - previous.now < intervalMs - sampleIntervalMs / 2;
    // Another `since` means that the counter was started again.
    if (!isTooSoon || counts.since !== previous?.since) {
      if (previous !== null) onRates(computeRates(previous, counts));
      previous = counts;
    }
    await delay(sampleIntervalMs, null, { signal }).catch(() => {});
  }
}

/** Asks for the counts; resolves to null after the signal. */
async function askForCounts(
  server: NamedServer,
  onLate: RatesObserver['onLate'],
  signal: AbortSignal,
): Promise<Counts | null> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs >= LATE_AFTER_MS) onLate(Math.floor(elapsedMs / 1000));
  }, LATE_CHECK_INTERVAL_MS);
  try {
    return (await ask(server, 'top', signal)) as Counts;
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Waits for the rates of one interval; resolves to null after the signal. @throws {Failure} */
async function sampleOnce(
  server: NamedServer,
  intervalMs: number,
  signal: AbortSignal,
): Promise<ServerRates | null> {
  const controller = new AbortController();
  let firstRates: ServerRates | null = null;
  let failure: Failure | null = null;
  const observer: RatesObserver = {
    onRates(rates) {
      firstRates = rates;
      controller.abort();
    },
    onLate(seconds) {
      if (seconds < REPLY_TIMEOUT_S) return;
      failure = new Failure(`${server.operand} has not answered for ${seconds} seconds`);
      controller.abort();
    },
  };
  await watchServer(server, intervalMs, observer, AbortSignal.any([signal, controller.signal]));
  if (failure !== null) throw failure;
  return firstRates;
}

/** Shows the rates on a screen, until a key or a signal ends it. @throws {Failure} */
async function showLive(
  server: NamedServer,
  intervalMs: number,
  startState: ScreenState,
  { colour }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const controller = new AbortController();
  let state = startState;
  let rates: ServerRates | null = null;
  let lateS: number | null = null;
  const endView = (): void => controller.abort();
  const draw = (): void => {
    const screenSettings = { size: screen.size, colour: colour.out, lateS };
    screen.draw(formatScreen(server.operand, rates, state, screenSettings));
  };
  const onKey = (key: string): void => {
    const nextState = pressKey(state, key);
    if (nextState === null) endView();
    else {
      state = nextState;
      draw();
    }
  };
  const screen = new Screen(onKey, draw, endView);
  try {
    draw();
    const observer: RatesObserver = {
      onRates(latest) {
        [rates, lateS] = [latest, null];
        draw();
      },
      onLate(seconds) {
        lateS = seconds;
        draw();
      },
    };
    await watchServer(server, intervalMs, observer, AbortSignal.any([signal, controller.signal]));
  } finally {
    screen.close();
  }
}
