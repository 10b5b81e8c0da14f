/**
 * Data at a mount, timed by `c/dataload.c`: a large file written and read in blocks of 1 MiB, and
 * pages of 4 KiB read in an order that looks like chance. The file is in the memory of the machine;
 * what the kernel has of it for the mount is dropped before it is read, so that it comes from there.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, compileC, runLoad } from '../bench.ts';
import { type Experiment, everywhere, runExperiment } from '../experiment.ts';
import type { Report } from '../report.ts';
import { inTime } from '../server.ts';
import { type Amounts, amountColumns, amountRow } from './amounts.ts';
import { type DataDirectoryName, dataDirectories } from './targets.ts';

/** What `dataload` prints. */
interface Moved {
  readonly bytes: number;
  readonly seconds: number;
}

const gigabytes = ({ bytes, seconds }: Moved): number => bytes / seconds / 1e9;

// -- in blocks -----------------------------------------------------------------------------------

type Direction = 'write' | 'read';
const directions = ['write', 'read'] as const;

export const sequential = (bench: Bench): Promise<Report> => {
  const mib = bench.quick ? 32 : 256;
  const experiment: Experiment<DataDirectoryName, Amounts<Direction>> = {
    what: `sequential, blocks of 1 MiB, a file of ${mib} MiB`,
    how: 'GB/s, median of',
    rounds: bench.quick ? 3 : 9,
    targets: dataDirectories(),
    first: 'glusterfs',
    columns: amountColumns<Direction>({ write: 'write', read: 'read' }, 'GlusterFS'),
    row: (...given) => amountRow(directions, ...given),
    prepare: async () => {
      const program = await compileC(bench, 'dataload');
      return async (target, { place, round, at }) => {
        const file = join(target.root, `file-${place}-${round}`);
        const move = async (direction: Direction): Promise<number> =>
          gigabytes(await runLoad(bench, program, [direction, file, mib], at.client));
        const moved = { write: await move('write'), read: await move('read') };
        await inTime(bench.signal, rm(file));
        return moved;
      };
    },
    held: directions.flatMap((direction) => {
      const what = `sequential ${direction}: posix`;
      const common = {
        mine: 'glossa',
        of: (sample: Amounts<Direction>) => sample[direction],
      } as const;
      const least = true;
      return [
        {
          ...common,
          what: `${what} / GlusterFS posix`,
          other: 'glusterfs',
          bars: everywhere({ limit: 1, least }),
        },
        {
          ...common,
          what: `${what} / bare directory`,
          other: 'bare',
          bars: everywhere({ aim: 0.9, least }),
        },
      ] as const;
    }),
    settings: { mib },
  };
  return runExperiment(bench, experiment);
};

// -- at random -----------------------------------------------------------------------------------

type Threads = 'one' | 'sixteen';
const THREADS = { one: 1, sixteen: 16 } as const;
const threads = ['one', 'sixteen'] as const;
const PAGE = 4096;

export const random = (bench: Bench): Promise<Report> => {
  const [mib, count] = bench.quick ? [16, 2_000] : [128, 20_000];
  const experiment: Experiment<DataDirectoryName, Amounts<Threads>> = {
    what: `random reads of 4 KiB, a file of ${mib} MiB`,
    how: `thousand reads a second, median of ${count} reads in each of`,
    rounds: bench.quick ? 3 : 9,
    targets: dataDirectories(),
    first: 'pass',
    columns: amountColumns<Threads>({ one: '1 thread', sixteen: '16 threads' }, 'C'),
    row: (...given) => amountRow(threads, ...given),
    prepare: async () => {
      const program = await compileC(bench, 'dataload');
      return async (target, { place, round, at }) => {
        const file = join(target.root, `file-${place}`);
        const load = (...args: readonly (string | number)[]): Promise<Moved> =>
          runLoad(bench, program, args, at.client);
        if (round === 0) await load('write', file, mib);
        const rate = async (of: Threads): Promise<number> => {
          const { bytes, seconds } = await load('random', file, mib, THREADS[of], count);
          return bytes / PAGE / seconds / 1e3;
        };
        return { one: await rate('one'), sixteen: await rate('sixteen') };
      };
    },
    held: threads.map((of) => ({
      what: `random read 4 KiB, ${of === 'one' ? '1 thread' : '16 threads'}: posix / C pass-through`,
      mine: 'glossa',
      other: 'pass',
      of: (sample: Amounts<Threads>) => sample[of],
      bars: everywhere({ limit: 0.8, least: true, aim: 1 }),
    })),
    settings: { mib, count },
  };
  return runExperiment(bench, experiment);
};
