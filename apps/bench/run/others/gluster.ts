/** GlusterFS's own mounts: the same storage and cache, written in C. */
import { writeFileSync } from 'node:fs';
import type { PlainVolume } from '../../../../runtime/volfile/description.ts';
import { printVolumes } from '../../../../runtime/volfile/print.ts';
import { stacked } from '../../engine/stacks.ts';
import { type Implementation, type OtherStack, runToEnd, type Timeouts } from './implementation.ts';

const PROGRAM = 'glusterfs';

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
  subvolumes: [],
};

/** Of GlusterFS and of glossa alike: said to every server, so that no default decides. */
export const timeoutFlags = ({ entry, attribute, negative }: Timeouts): string[] => [
  `--entry-timeout=${entry}`,
  `--attribute-timeout=${attribute}`,
  `--negative-timeout=${negative}`,
];

/** Its storage/posix over a folder, with volumes above. */
export function volfileOver(directory: string, above: readonly PlainVolume[]): string {
  const options = [['directory', directory]] as const;
  const storage = { name: 'storage', type: 'storage/posix', options, subvolumes: [] };
  return printVolumes(stacked([storage], above));
}

/** A mount of what a volfile says. */
export const glusterMount =
  (volfile: (directory: string) => string, flags: readonly string[] = []): OtherStack['command'] =>
  ({ mountpoint, directory, timeouts, log }) => {
    const path = `${mountpoint}.vol`;
    writeFileSync(path, volfile(directory));
    const own = ['-N', '-f', path, '-l', log];
    return { line: [PROGRAM, ...own, ...timeoutFlags(timeouts), ...flags, mountpoint] };
  };

/** Of one of GlusterFS's programs, all of which say it alike; null when it is not there. */
export function versionOf(program: string): string | null {
  const { status, out } = runToEnd([program, '--version']);
  return status === 0 ? (out.split(/\s/)[1] ?? '') : null;
}

/** Why it cannot be measured here, with what to install; null when it can. */
export function glusterProblem(): string | null {
  if (process.getuid?.() !== 0) return 'it mounts as root only';
  return versionOf(PROGRAM) !== null ? null : 'it is not installed (apt install glusterfs-client)';
}

/** @param above volumes above a storage/posix */
function gluster(name: string, description: string, above: readonly PlainVolume[]): Implementation {
  const volfile = (directory: string): string => volfileOver(directory, above);
  const stack: OtherStack = { name, description, volfile, command: glusterMount(volfile) };
  return {
    names: [name],
    prepare: () =>
      glusterProblem() ?? {
        versions: { GlusterFS: versionOf(PROGRAM) ?? '' },
        stacks: [stack],
      },
  };
}

export const glusterfs = gluster('glusterfs', 'GlusterFS, storage/posix alone.', []);
export const nlCache = gluster(
  'nl-cache',
  'GlusterFS, its cache of absent names over storage/posix.',
  [nlCacheVolume],
);
