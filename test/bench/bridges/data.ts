/**
 * Measures the cost of data: reads of 128 KiB from storage/posix under a module in Python that
 * leaves the data unchanged, in this process and through two mounts; and reads whose every byte a
 * module in Python or in WebAssembly changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing, MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import { stackVolumes } from '../../../apps/bench/engine/stack-volumes.ts';
import { presentLeaf, READ_SIZE, startModuleGraph } from '../../../apps/bench/run/call/graphs.ts';
import {
  type Batch,
  type BatchPlan,
  type CallRounds,
  makeFd,
  makeReadBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import { collectGarbage } from '../../../runtime/sys/scheduled-collection.ts';
import { type PlainVolume, printVolumes } from '../../../runtime/volfile/description.ts';
import { OpenError, Volume } from '../../../server/open-volume.ts';
import type { Bench } from '../bench.ts';
import { makeCallPart } from '../calls.ts';
import { byteOf } from '../operations.ts';
import { makePosix, startGlossa } from '../servers.ts';
import { hold, type Report, reportSeries } from '../table.ts';
import type { TargetKind } from '../targets.ts';
import { readVolume } from '../volumes.ts';

const FILE = 'file';

const OBSERVED_TITLES = {
  plain: 'storage/posix, a file in the page cache',
  seen: 'the same under a module in Python that sees it',
};

const holdSeen = (what: string) =>
  hold<keyof typeof OBSERVED_TITLES>(what, ['seen', 'plain'], '≤ 1.05, aim 1');

// -- in this process -----------------------------------------------------------------------------

/**
 * Collects garbage before each batch, so that it reuses the freed memory of earlier ones. A read into memory
 * that is new to the process takes six times as long, and how often that happens is chance.
 */
async function warmUp(variant: Batch): Promise<void> {
  collectGarbage();
  await variant(20);
}

const FULL: BatchPlan = {
  rounds: 31,
  batchesPerRound: 12,
  requestsPerBatch: 50,
  warmUpRequests: 20_000,
};
const QUICK: BatchPlan = {
  rounds: 5,
  batchesPerRound: 6,
  requestsPerBatch: 50,
  warmUpRequests: 1000,
};

/** Bytes in a nanosecond are gigabytes in a second. */
const addRate = (us: number) => ({ value: us, rate: READ_SIZE / (us * 1000) });

export async function measureDataCosts(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('reads of 128 KiB');
  const series = [
    ...(await measureObserved(bench, load)),
    ...(await measureChanged(bench, load, 'python')),
    ...(await measureChanged(bench, load, 'wasm')),
  ].map(([name, rounds]) => [name, isMissing(rounds) ? rounds : rounds.map(addRate)] as const);
  const titles = {
    ...OBSERVED_TITLES,
    python: 'a leaf that answers at once, under bytes.translate',
    wasm: 'the same under a module in C, compiled to WebAssembly',
  };
  return reportSeries<keyof typeof titles>(
    {
      what: 'reads of 128 KiB in process',
      unitText: `µs each, median of ${load.rounds} rounds [lowest – highest]`,
      titles,
      held: [
        holdSeen('readv of 128 KiB seen, not touched, by Python / not scripted'),
        hold('readv of 128 KiB changed by Python (bytes.translate)', ['python'], '≥ 1', {
          ...{ unit: 'GB/s', key: 'rate' },
        }),
        hold('readv of 128 KiB changed in WebAssembly (SIMD)', ['wasm'], '≥ 2, aim 4', {
          ...{ unit: 'GB/s', key: 'rate' },
        }),
      ],
    },
    new Map(series),
    load,
  );
}

function measureObserved(bench: Bench, load: BatchPlan): Promise<CallRounds<'plain' | 'seen'>> {
  const storage = makePosix(bench, 'files');
  writeFileSync(join(bench.data, 'files', FILE), new Uint8Array(READ_SIZE).fill(7));
  const makeStart =
    (above: readonly PlainVolume[]) =>
    async (own: Bench): Promise<Batch> => {
      const volfile = printVolumes(stackVolumes([storage], above));
      const volume = await Volume.open({ volfile }).catch((error: unknown) => {
        throw error instanceof OpenError ? new MeasurementError(error.message) : error;
      });
      own.cleanup.add(() => volume.close());
      const { fd } = await volume.open(`/${FILE}`);
      return makeReadBatch(volume.client.graph, volume.client.findOpenFile(fd)!.file.fd);
    };
  const starts = { plain: makeStart([]), seen: makeStart([readVolume]) };
  return measureBatches(bench, starts, { ...load, beforeBatch: warmUp });
}

const measureChanged = <L extends 'python' | 'wasm'>(
  bench: Bench,
  load: BatchPlan,
  language: L,
): Promise<CallRounds<L>> => {
  const start = async (own: Bench): Promise<Batch> => {
    const graph = await startModuleGraph(own, language, 'translate', presentLeaf);
    return makeReadBatch(graph, makeFd(graph));
  };
  const starts = { [language]: start } as Record<L, typeof start>;
  // Each read takes ten times as long as in the other rows.
  const plan = { ...load, batchesPerRound: 24, requestsPerBatch: 12, beforeBatch: warmUp };
  return measureBatches(bench, starts, plan);
};

// -- through a mount -----------------------------------------------------------------------------

const FILES = 10;

/** A mount with files to read. The kernel would read them itself where no module sees the data. */
const makeReadKind = (title: string, above: readonly PlainVolume[]): TargetKind => ({
  title,
  async start(bench, name) {
    const { pid, mountpoint } = await startGlossa(bench, name, above, {
      flags: ['--no-passthrough'],
    });
    mkdirSync(join(bench.data, name, 'reads'));
    for (let file = 0; file < FILES; file++) {
      const path = join(bench.data, name, 'reads', `name-${file}`);
      writeFileSync(path, new Uint8Array(READ_SIZE).fill(byteOf(file)));
    }
    return { pid, root: mountpoint, fixedDirectory: join(mountpoint, 'reads') };
  },
});

export const measureMountedReads = makeCallPart<keyof typeof OBSERVED_TITLES>({
  what: 'reads of 128 KiB through a mount',
  operation: 'pread',
  loads: {
    full: { rounds: 31, count: 1024, warm: 20_000, names: FILES, before: 0 },
    quick: { rounds: 5, count: 512, warm: 10_000, names: FILES, before: 0 },
  },
  targets: {
    plain: makeReadKind(OBSERVED_TITLES.plain, []),
    seen: makeReadKind(OBSERVED_TITLES.seen, [readVolume]),
  },
  places: ['free'],
  ...{ first: 'plain', firstTitle: 'plain' },
  held: [
    holdSeen('readv of 128 KiB seen by Python / not scripted, at a mount'),
    hold(
      'a module in Python that sees a read of 128 KiB, at a mount',
      ['seen', 'plain'],
      '≤ 8, aim 4',
      { unit: 'µs' },
    ),
  ],
});
