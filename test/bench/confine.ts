/** The suite `npm run bench confine`: the same mounts inside the second wall and outside of it. */
import { measureFunctions } from '../../apps/bench/engine/rounds.ts';
import type { PlainVolume } from '../../runtime/volfile/description.ts';
import type { Bench } from './bench.ts';
import { PLACES } from './brick-mounts.ts';
import { type Loads, makeCallPart } from './calls.ts';
import { amounts, makeDataPart } from './data.ts';
import { startGlossa } from './servers.ts';
import type { Suite } from './suite.ts';
import { hold, type Report, reportSeries } from './table.ts';
import { makeGlossa, makeGlossaCache } from './targets.ts';
import { negativeVolume, pythonVolume } from './volumes.ts';

/** The bar is two hundredths: more rounds than elsewhere. */
const LOADS: Loads = {
  full: { rounds: 21, count: 8_000, warm: 60_000 },
  quick: { rounds: 3, count: 500, warm: 2_000 },
};
/** Pairs of starts. */
const STARTS = { full: 21, quick: 3 };

const [OPEN, CONFINED] = [{ flags: ['--no-confine'] }, { flags: ['--confine'] }];

const caches = {
  open: makeGlossaCache('glossa, negative in Python', [pythonVolume], OPEN),
  confined: makeGlossaCache('the same, --confine', [pythonVolume], CONFINED),
};
const [SERVED] = ['--no-passthrough'];
/** The server reads and writes the data itself. */
const directories = {
  open: makeGlossa('glossa, storage/posix', [], { flags: [...OPEN.flags, SERVED] }),
  confined: makeGlossa('the same, --confine', [], { flags: [...CONFINED.flags, SERVED] }),
};

const makePart = (what: string, operation: 'absent' | 'small', targets: typeof caches) =>
  makeCallPart({
    ...{ what, operation, loads: LOADS, targets, places: PLACES },
    ...{ first: 'open', firstTitle: 'open' },
    held: [hold(`${what}: --confine / without`, ['confined', 'open'], '≤ 1.02')],
  });

/** Measures the milliseconds that a confined start takes more. */
async function measureStart(bench: Bench): Promise<Report> {
  const rounds = bench.quick ? STARTS.quick : STARTS.full;
  const measure = async (volume: PlainVolume, settings: typeof OPEN): Promise<number> => {
    const mount = await startGlossa(bench, 'start', [volume], settings);
    await mount.stop();
    return 1000 * mount.startSeconds;
  };
  const series = await measureFunctions(
    {
      open: () => measure(negativeVolume, OPEN),
      confined: () => measure(negativeVolume, CONFINED),
      pythonOpen: () => measure(pythonVolume, OPEN),
      pythonConfined: () => measure(pythonVolume, CONFINED),
    },
    { rounds, signal: bench.signal, warmUp: (start) => start() },
  );
  const makeHeld = (title: string, mine: keyof typeof titles, other: keyof typeof titles) =>
    hold(`start, ${title}: --confine over without`, [mine, other], '≤ 20', { unit: 'ms' });
  const titles = {
    open: 'negative in TypeScript',
    confined: 'the same, --confine',
    pythonOpen: 'negative in Python',
    pythonConfined: 'the same, --confine',
  };
  return reportSeries(
    {
      what: 'start to mounted',
      unitText: `ms, median of ${rounds} starts in turn [lowest – highest]`,
      titles,
      columns: [['start', 'value']],
      held: [
        makeHeld('TypeScript', 'confined', 'open'),
        makeHeld('Python', 'pythonConfined', 'pythonOpen'),
      ],
    },
    series,
  );
}

export const confine: Suite = {
  about: `Compares mounts inside the second wall (glossa mount --confine) with the same outside of it: a failed stat that a
cache in Python answers (failed), a new file (create), data that the server reads itself (read), and the time from the
command to the mount (start). As root on a quiet machine; a full run takes some ten minutes.`,
  isPlaced: true,
  parts: {
    failed: makePart('failed stat', 'absent', caches),
    create: makePart('create+write 4 KiB+close+unlink', 'small', directories),
    read: makeDataPart({
      ...{ what: 'read', unitText: 'GB/s, blocks of 128 KiB', places: PLACES, rounds: 21 },
      ...{ count: { full: 2048, quick: 256 }, amounts: [amounts.read], targets: directories },
      ...{ first: 'open', firstTitle: 'open' },
      held: [['confined', '--confine / without', '≥ 0.98']],
    }),
    start: measureStart,
  },
};
