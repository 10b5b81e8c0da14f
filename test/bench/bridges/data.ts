/**
 * Measures the cost of data: reads of 128 KiB from storage/posix under a module in Python that
 * leaves the data unchanged, in this process and through two mounts; and reads whose every byte a
 * module in Python or in WebAssembly changes.
 */
import { closeSync, constants, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import {
  presentLeaf,
  READ_SIZE,
  startGraph,
  startModuleGraph,
  type VolumeSpec,
  variants,
} from '../../../apps/bench/run/call/graphs.ts';
import {
  type Batch,
  type BatchPlan,
  type CallRounds,
  makeFd,
  makeReadBatch,
  measureBatches,
} from '../../../apps/bench/run/call/request-batches.ts';
import { errnoName } from '../../../runtime/core/errno.ts';
import { makeFirstFrame, Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Translator } from '../../../runtime/core/xlator.ts';
import { collectGarbage } from '../../../runtime/sys/scheduled-collection.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import posix from '../../../runtime/xlators/storage/posix/index.ts';
import type { Bench } from '../bench.ts';
import { startGlossa } from '../servers.ts';
import { type HeldSeries, type Report, reportSeries } from '../table.ts';
import { readVolume } from '../volumes.ts';

const FILE = 'file';

const BAR = { limit: 1.05, aim: 1 };

const OBSERVED_TITLES = {
  plain: 'storage/posix, a file in the page cache',
  seen: 'the same under a module in Python that sees it',
};

const compareToPlain = (what: string): HeldSeries<'plain' | 'seen'> => ({
  ...{ what, mine: 'seen', other: 'plain' },
  ...{ unit: '×', bar: BAR },
});

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
const convertToGigabytes = (us: number): number => READ_SIZE / (us * 1000);

export async function measureDataCosts(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('reads of 128 KiB');
  const series = new Map([
    ...(await measureObserved(bench, load)),
    ...(await measureChanged(bench, load, 'python')),
    ...(await measureChanged(bench, load, 'wasm')),
  ]);
  return reportSeries(series, {
    title: `reads of 128 KiB in process: µs each, median of ${load.rounds} rounds [lowest – highest]`,
    titles: {
      ...OBSERVED_TITLES,
      python: 'a leaf that answers at once, under bytes.translate',
      wasm: 'the same under a module in C, compiled to WebAssembly',
    },
    held: [
      compareToPlain('readv of 128 KiB seen, not touched, by Python / not scripted'),
      {
        what: 'readv of 128 KiB changed by Python (bytes.translate)',
        ...{ mine: 'python', unit: 'GB/s', bar: { limit: 1, least: true } },
        pick: convertToGigabytes,
      },
      {
        what: 'readv of 128 KiB changed in WebAssembly (SIMD)',
        ...{ mine: 'wasm', unit: 'GB/s', bar: { limit: 2, aim: 4, least: true } },
        pick: convertToGigabytes,
      },
    ],
  });
}

function measureObserved(bench: Bench, load: BatchPlan): Promise<CallRounds<'plain' | 'seen'>> {
  const directory = join(bench.folder, 'files');
  mkdirSync(directory);
  writeFileSync(join(directory, FILE), new Uint8Array(READ_SIZE).fill(7));
  const storage = {
    translator: posix as unknown as Translator<unknown>,
    options: { directory },
  };
  const startReads = async (own: Bench, volumes: readonly VolumeSpec[]): Promise<Batch> => {
    const graph = await startGraph(own, volumes);
    const fd = await openFile(graph, FILE);
    own.cleanup.add(async () => fd.release());
    return makeReadBatch(graph, fd);
  };
  const starts = {
    plain: (own: Bench) => startReads(own, [storage]),
    seen: async (own: Bench) =>
      startReads(own, [storage, await variants.python.makeVolume(own, 'read')]),
  };
  return measureBatches(bench, starts, { ...load, beforeBatch: warmUp });
}

/** Opens a file of the root by its name. @throws {MeasurementError} */
async function openFile(graph: Graph, name: string): Promise<Fd> {
  const { inodes, links, top } = graph;
  const inode = await new Promise<Inode>((resolve, reject) => {
    const frame = makeFirstFrame(new Stack(0, 0, 1, 'LOOKUP'), top);
    const loc = new Loc(inodes.newInode(), inodes.root, name);
    const cbk: Parameters<typeof wind.lookup>[2] = (
      _f,
      _c,
      _xl,
      opRet,
      opErrno,
      replyInode,
      buf,
    ) => {
      const linked = opRet < 0 ? null : inodes.link(replyInode!, inodes.root, name, buf!);
      if (linked === null) reject(new MeasurementError(`lookup: ${errnoName(opErrno)}`));
      else resolve(linked);
    };
    wind.lookup(frame, 0, cbk, links, loc, null);
  });
  const fd = new Fd(inode, 0, 1);
  await new Promise<void>((resolve, reject) => {
    const frame = makeFirstFrame(new Stack(0, 0, 1, 'OPEN'), top);
    const cbk: Parameters<typeof wind.open>[2] = (_frame, _cookie, _xl, opRet, opErrno) => {
      if (opRet < 0) reject(new MeasurementError(`open: ${errnoName(opErrno)}`));
      else resolve();
    };
    wind.open(frame, 0, cbk, links, new Loc(inode, inodes.root, name), 0, fd, null);
  });
  return fd;
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

const FULL_MOUNTED: BatchPlan = {
  rounds: 31,
  batchesPerRound: 4,
  requestsPerBatch: 256,
  warmUpRequests: 20_000,
};
const QUICK_MOUNTED: BatchPlan = {
  rounds: 5,
  batchesPerRound: 2,
  requestsPerBatch: 256,
  warmUpRequests: 10_000,
};
const BLOCKS = 256;

export async function measureMountedReads(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK_MOUNTED : FULL_MOUNTED;
  bench.log('Python: reads of 128 KiB through a mount');
  const seen = await measureMounted(bench, load);
  return reportSeries(seen, {
    title: `reads of 128 KiB through a mount: µs each, median of ${load.rounds} rounds`,
    titles: OBSERVED_TITLES,
    held: [
      compareToPlain('readv of 128 KiB seen by Python / not scripted, at a mount'),
      {
        what: 'a module in Python that sees a read of 128 KiB, at a mount',
        ...{ mine: 'seen', other: 'plain', unit: 'µs', bar: { limit: 8, aim: 4 } },
      },
    ],
  });
}

/** Measures reads through two mounts. O_DIRECT bypasses the page cache: each read is a request. */
function measureMounted(bench: Bench, load: BatchPlan): Promise<CallRounds<'plain' | 'seen'>> {
  const makeStart =
    (name: string, volumes: readonly PlainVolume[]) =>
    async (own: Bench): Promise<Batch> => {
      // The kernel would read the file itself where no module sees the data.
      const settings = { flags: ['--no-passthrough'] };
      const { mountpoint } = await startGlossa(own, name, volumes, settings);
      writeFileSync(join(own.data, name, FILE), new Uint8Array(BLOCKS * READ_SIZE));
      const fd = openSync(join(mountpoint, FILE), constants.O_RDONLY | constants.O_DIRECT);
      // Closes the file before the server ends: cleanup runs the steps in reverse order.
      own.cleanup.add(async () => closeSync(fd));
      return makeBlockReads(fd);
    };
  const starts = { plain: makeStart('plain', []), seen: makeStart('seen', [readVolume]) };
  return measureBatches(bench, starts, load);
}

function makeBlockReads(fd: number): Batch {
  const buffer = Buffer.alloc(READ_SIZE);
  let block = 0;
  return async (count) => {
    const begin = performance.now();
    for (let done = 0; done < count; done++) {
      block = (block + 1) % BLOCKS;
      const size = readSync(fd, buffer, 0, READ_SIZE, block * READ_SIZE);
      if (size !== READ_SIZE) throw new MeasurementError(`a read gave ${size} bytes`);
    }
    return ((performance.now() - begin) * 1000) / count;
  };
}
