/** GlusterFS's own mounts: the same storage and cache, written in C. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlainVolume } from '../../../graph/description.ts';
import { printVolumes } from '../../../graph/print.ts';
import { type Other, type OtherStack, runToEnd, type Timeouts } from './other.ts';

const PROGRAM = 'glusterfs';
const STORAGE = 'storage';

const nlCacheVolume: PlainVolume = {
  name: 'nl-cache',
  type: 'performance/nl-cache',
  options: [
    ['nl-cache', 'on'],
    // Longer than any run, as far as it goes.
    ['nl-cache-timeout', '600'],
    // Bytes: room for all names of a workload (the default is 128 KiB), so that none is dropped
    // meanwhile. With the default, one run in eight had a file just made answered as absent; why is
    // not known.
    ['nl-cache-limit', '8388608'],
  ],
  subvolumes: [STORAGE],
};

const timeoutFlags = ({ entry, attribute, negative }: Timeouts): string[] => [
  `--entry-timeout=${entry}`,
  `--attribute-timeout=${attribute}`,
  `--negative-timeout=${negative}`,
];

/** @param above volumes above a storage/posix */
function gluster(name: string, description: string, above: readonly PlainVolume[]): Other {
  const volfile = (directory: string): string => {
    const options = [['directory', directory]] as const;
    return printVolumes([
      { name: STORAGE, type: 'storage/posix', options, subvolumes: [] },
      ...above,
    ]);
  };
  const stack: OtherStack = {
    name,
    description,
    volfile,
    command({ mountpoint, directory, timeouts, log, scratch }) {
      const path = join(scratch, `${name}.vol`);
      writeFileSync(path, volfile(directory));
      const own = ['-N', '-f', path, '-l', log];
      return { line: [PROGRAM, ...own, ...timeoutFlags(timeouts), mountpoint] };
    },
  };
  return {
    names: [name],
    prepare() {
      if (process.getuid?.() !== 0) return 'it mounts as root only';
      const { status, out } = runToEnd([PROGRAM, '--version']);
      if (status !== 0) return 'it is not installed (apt install glusterfs-client)';
      return { versions: { GlusterFS: out.split(/\s/)[1] ?? '' }, stacks: [stack] };
    },
  };
}

export const glusterfs = gluster('glusterfs', 'GlusterFS, storage/posix alone.', []);
export const nlCache = gluster(
  'nl-cache',
  'GlusterFS, its cache of absent names over storage/posix.',
  [nlCacheVolume],
);
