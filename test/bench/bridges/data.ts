/**
 * Measures the cost of data: reads of 128 KiB from storage/posix under a module in Python that
 * leaves the data unchanged, in this process and through two mounts; and reads whose every byte a
 * module in Python or in WebAssembly changes.
 */
import { closeSync, constants, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MeasurementError,
  measureOrExplain,
} from '../../../apps/bench/engine/measurement-error.ts';
import { compare, divide, subtract } from '../../../apps/bench/engine/statistics.ts';
import {
  type BatchPlan,
  type MicrosecondsByRound,
  measureAlternately,
} from '../../../apps/bench/run/call/alternating-batches.ts';
import {
  presentLeaf,
  READ_SIZE,
  startGraph,
  startModuleGraph,
  variants,
} from '../../../apps/bench/run/call/graphs.ts';
import { type Batch, makeFd, makeReadBatch } from '../../../apps/bench/run/call/request-batches.ts';
import { errnoName } from '../../../runtime/core/errno.ts';
import { Fd } from '../../../runtime/core/fd.ts';
import { makeFirstFrame, Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import type { Translator } from '../../../runtime/core/xlator.ts';
import { collectGarbage } from '../../../runtime/sys/garbage-collector.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import posix from '../../../runtime/xlators/storage/posix/index.ts';
import type { Bench } from '../bench.ts';
import { startGlossa } from '../servers.ts';
import { formatRounds, makeFigure, makeRow, type Report } from '../table.ts';
import { readVolume } from '../volumes.ts';

const FILE = 'file';

type ObservedSeries = MicrosecondsByRound<'plain' | 'seen'>;

const BAR = { limit: 1.05, aim: 1 };
const PLAIN_TITLE = 'storage/posix, a file in the page cache';
const SEEN_TITLE = 'the same under a module in Python that sees it';

const compareToPlain = ({ seen: seenSeries, plain }: ObservedSeries) =>
  compare(seenSeries, plain, divide);

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
const convertToGigabytes = (samples: MicrosecondsByRound<'changed'>) =>
  samples.changed.map((us) => READ_SIZE / (us * 1000));

export async function measureDataCosts(bench: Bench): Promise<Report> {
  const load = bench.quick ? QUICK : FULL;
  bench.log('Python: reads of 128 KiB');
  const seenSeries = await measureOrExplain(() => measureObserved(bench, load));
  const changed = await measureOrExplain(() => measureChanged(bench, load, 'python'));
  bench.log('WebAssembly: reads of 128 KiB');
  const compiled = await measureOrExplain(() => measureChanged(bench, load, 'wasm'));
  const { rounds, batchesPerRound: best, requestsPerBatch: count } = load;
  return {
    sections: [
      {
        title: `reads of 128 KiB in process: µs each, median of ${rounds} rounds [lowest – highest]`,
        columns: [],
        rows: [
          makeRow(PLAIN_TITLE, seenSeries, ({ plain }) => [formatRounds(plain)]),
          makeRow(SEEN_TITLE, seenSeries, (samples) => [formatRounds(samples.seen)]),
          makeRow('a leaf that answers at once, under bytes.translate', changed, (samples) => [
            formatRounds(samples.changed),
          ]),
          makeRow('the same under a module in C, compiled to WebAssembly', compiled, (samples) => [
            formatRounds(samples.changed),
          ]),
        ],
      },
    ],
    figures: [
      makeFigure(
        'readv of 128 KiB seen, not touched, by Python / not scripted',
        ['×', BAR],
        seenSeries,
        compareToPlain,
      ),
      makeFigure(
        'readv of 128 KiB changed by Python (bytes.translate)',
        ['GB/s', { limit: 1, least: true }],
        changed,
        convertToGigabytes,
      ),
      makeFigure(
        'readv of 128 KiB changed in WebAssembly (SIMD)',
        ['GB/s', { limit: 2, aim: 4, least: true }],
        compiled,
        convertToGigabytes,
      ),
    ],
    raw: { rounds, best, count, seen: seenSeries, changed, compiled },
  };
}

async function measureObserved(bench: Bench, load: BatchPlan): Promise<ObservedSeries> {
  const directory = join(bench.folder, 'files');
  mkdirSync(directory);
  writeFileSync(join(directory, FILE), new Uint8Array(READ_SIZE).fill(7));
  const storage = {
    translator: posix as unknown as Translator<unknown>,
    options: { directory },
  };
  const module = await variants.python.makeVolume(bench, 'read');
  const graphs = [
    await startGraph(bench, [storage]),
    await startGraph(bench, [storage, module]),
  ] as const;
  const fds = [await openFile(graphs[0], FILE), await openFile(graphs[1], FILE)] as const;
  const batches = {
    plain: makeReadBatch(graphs[0], fds[0]),
    seen: makeReadBatch(graphs[1], fds[1]),
  };
  const series = await measureAlternately(bench, batches, { ...load, beforeBatch: warmUp });
  for (const fd of fds) fd.release();
  for (const graph of graphs) await graph.stop();
  return series;
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

async function measureChanged(
  bench: Bench,
  load: BatchPlan,
  language: 'python' | 'wasm',
): Promise<MicrosecondsByRound<'changed'>> {
  const graph = await startModuleGraph(bench, language, 'translate', presentLeaf);
  const changed: Batch = makeReadBatch(graph, makeFd(graph));
  // Each read takes ten times as long as in the other rows.
  const series = await measureAlternately(
    bench,
    { changed },
    { ...load, batchesPerRound: 24, requestsPerBatch: 12, beforeBatch: warmUp },
  );
  await graph.stop();
  return series;
}

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
  const seenSeries = await measureOrExplain(() => measureMounted(bench, load));
  const { rounds, batchesPerRound: best, requestsPerBatch: count } = load;
  return {
    sections: [
      {
        title: `reads of 128 KiB through a mount: µs each, median of ${rounds} rounds`,
        columns: [],
        rows: [
          makeRow(PLAIN_TITLE, seenSeries, ({ plain }) => [formatRounds(plain)]),
          makeRow(SEEN_TITLE, seenSeries, (samples) => [formatRounds(samples.seen)]),
        ],
      },
    ],
    figures: [
      makeFigure(
        'readv of 128 KiB seen by Python / not scripted, at a mount',
        ['×', BAR],
        seenSeries,
        compareToPlain,
      ),
      makeFigure(
        'a module in Python that sees a read of 128 KiB, at a mount',
        ['µs', { limit: 8, aim: 4 }],
        seenSeries,
        ({ seen, plain }) => compare(seen, plain, subtract),
      ),
    ],
    raw: { rounds, best, count, seen: seenSeries },
  };
}

/** Measures reads through two mounts. O_DIRECT bypasses the page cache: each read is a request. */
async function measureMounted(bench: Bench, load: BatchPlan): Promise<ObservedSeries> {
  const open = async (name: string, volumes: readonly PlainVolume[]): Promise<number> => {
    // The kernel would read the file itself where no module sees the data.
    const settings = { flags: ['--no-passthrough'] };
    const { mountpoint } = await startGlossa(bench, name, volumes, settings);
    writeFileSync(join(bench.data, name, FILE), new Uint8Array(BLOCKS * READ_SIZE));
    const fd = openSync(join(mountpoint, FILE), constants.O_RDONLY | constants.O_DIRECT);
    // Closes the file before the server ends: cleanup runs the steps in reverse order.
    bench.cleanup.add(async () => closeSync(fd));
    return fd;
  };
  const batches = {
    plain: makeBlockReads(await open('plain', [])),
    seen: makeBlockReads(await open('seen', [readVolume])),
  };
  return measureAlternately(bench, batches, load);
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
