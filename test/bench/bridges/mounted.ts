/**
 * The same reads of 128 KiB, as a program sees them: through two mounts, one with a module in Python
 * that sees the data and leaves them alone. O_DIRECT goes past the kernel's page cache, so that each
 * read is a request.
 */
import { closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing, NotMeasured, orMissing } from '../../../runtime/bench/missing.ts';
import { digits, ranged } from '../../../runtime/bench/numbers.ts';
import { compare, estimate, ratio } from '../../../runtime/bench/statistics.ts';
import type { Batch } from '../../../runtime/cli/bench/call/callers.ts';
import { type Load, measurePairs, type Series } from '../../../runtime/cli/bench/call/pairs.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { type Bench, makeFolder, type VolumeText } from '../bench.ts';
import type { Report } from '../report.ts';
import { startGlossa } from '../targets.ts';
import { type Lab, READ_SIZE } from './graphs.ts';

const FULL: Load = { rounds: 31, best: 4, count: 256, warm: 20_000 };
const QUICK: Load = { rounds: 5, best: 2, count: 256, warm: 2000 };
const BLOCKS = 256;
/** The kernel would read the file itself where no module sees the data. */
const SERVED = ['--no-passthrough'];

const lookVolume: VolumeText = {
  name: 'look',
  type: 'features/glupy',
  options: {
    'module-name': 'look.py',
    'module-path': join(packageRoot, 'runtime/bench/modules/python'),
  },
};

type Seen = Series<'plain' | 'seen'>;

export async function mountedReads(lab: Lab): Promise<Report> {
  const load = lab.quick ? QUICK : FULL;
  lab.say('Python: reads of 128 KiB through a mount');
  const seen = await orMissing(() => measure(lab, load));
  const cell = (name: keyof Seen): string =>
    isMissing(seen) ? `not measured: ${seen.missing}` : ranged(estimate(seen[name]), digits);
  return {
    sections: [
      {
        title: `reads of 128 KiB through a mount: µs each, median of ${load.rounds} rounds`,
        columns: [],
        rows: [
          { title: 'storage/posix, a file in the page cache', cells: [cell('plain')] },
          { title: 'the same under a module in Python that sees it', cells: [cell('seen')] },
        ],
      },
    ],
    figures: [
      {
        what: 'readv of 128 KiB seen by Python / not scripted, at a mount',
        unit: '×',
        bar: { limit: 1.05, aim: 1 },
        value: isMissing(seen) ? seen : compare(seen.seen, seen.plain, ratio),
      },
    ],
    raw: { rounds: load.rounds, best: load.best, count: load.count, seen },
  };
}

async function measure(lab: Lab, load: Load): Promise<Seen> {
  const bench: Bench = { ...lab, data: lab.folder, inMemory: false };
  const open = async (name: string, volumes: readonly VolumeText[]): Promise<number> => {
    writeFileSync(join(makeFolder(bench.data, name), 'file'), new Uint8Array(BLOCKS * READ_SIZE));
    const { mountpoint } = await startGlossa(bench, name, volumes, { flags: SERVED });
    const fd = openSync(join(mountpoint, 'file'), constants.O_RDONLY | constants.O_DIRECT);
    // Before its server ends, and the mount goes.
    lab.cleanup.add(async () => closeSync(fd));
    return fd;
  };
  const variants = {
    plain: reads(await open('plain', [])),
    seen: reads(await open('seen', [lookVolume])),
  };
  return measurePairs(lab, variants, load);
}

function reads(fd: number): Batch {
  const into = Buffer.alloc(READ_SIZE);
  let block = 0;
  return async (count) => {
    const begin = performance.now();
    for (let done = 0; done < count; done++) {
      block = (block + 1) % BLOCKS;
      const got = readSync(fd, into, 0, READ_SIZE, block * READ_SIZE);
      if (got !== READ_SIZE) throw new NotMeasured(`a read gave ${got} bytes`);
    }
    return ((performance.now() - begin) * 1000) / count;
  };
}
