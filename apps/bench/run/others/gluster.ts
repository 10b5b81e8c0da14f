/**
 * Implements `--with glusterfs` and `--with nl-cache`: mounts of GlusterFS itself, written in C.
 */
import { writeFileSync } from 'node:fs';
import { type PlainVolume, printVolumes } from '../../../../runtime/volfile/description.ts';
import { stackVolumes } from '../../engine/stack-volumes.ts';
import { type Implementation, type OtherStack, runToEnd, type Timeouts } from './implementation.ts';

/** GlusterFS's program that mounts a volfile. */
const PROGRAM = 'glusterfs';

/** The volume of GlusterFS's cache of absent names. */
const nlCacheVolume: PlainVolume = {
  name: 'nl-cache',
  type: 'performance/nl-cache',
  options: [
    ['nl-cache', 'on'],
    // The longest timeout of nl-cache.
    ['nl-cache-timeout', '600'],
    // Bytes, enough for all names of a workload. With the default of 128 KiB, nl-cache reported a file
    // just made as absent in one run of eight, for an unknown reason.
    ['nl-cache-limit', '8388608'],
  ],
  subvolumes: [],
};

/**
 * Makes the flags for the kernel's cache timeouts, which GlusterFS and glossa share. Every server
 * gets all three, because the defaults of the two differ.
 */
export const makeTimeoutFlags = ({ entry, attribute, negative }: Timeouts): string[] => [
  `--entry-timeout=${entry}`,
  `--attribute-timeout=${attribute}`,
  `--negative-timeout=${negative}`,
];

/** Formats a volfile of GlusterFS: storage/posix over a folder, and the volumes `above`. */
export function formatVolfile(directory: string, above: readonly PlainVolume[]): string {
  const options = [['directory', directory]] as const;
  const storage = { name: 'storage', type: 'storage/posix', options, subvolumes: [] };
  return printVolumes(stackVolumes([storage], above));
}

/**
 * Makes the command that mounts a volfile by GlusterFS.
 * @param formatStackVolfile returns the volfile's text for the folder of the files
 */
export const makeMountCommand =
  (
    formatStackVolfile: (directory: string) => string,
    flags: readonly string[] = [],
  ): OtherStack['makeCommand'] =>
  ({ mountpoint, directory, timeouts, logFile }) => {
    const path = `${mountpoint}.vol`;
    writeFileSync(path, formatStackVolfile(directory));
    const args = ['-N', '-f', path, '-l', logFile];
    return { commandLine: [PROGRAM, ...args, ...makeTimeoutFlags(timeouts), ...flags, mountpoint] };
  };

/** Reads the version that one of GlusterFS's programs prints; null if the program is absent. */
export function readVersion(program: string): string | null {
  const { status, output } = runToEnd([program, '--version']);
  return status === 0 ? (output.split(/\s/)[1] ?? '') : null;
}

/** Returns why GlusterFS cannot be measured here, with the package to install; null if it can. */
export function findGlusterProblem(): string | null {
  if (process.getuid?.() !== 0) return 'it mounts as root only';
  return readVersion(PROGRAM) !== null
    ? null
    : 'it is not installed (apt install glusterfs-client)';
}

/** Makes an implementation with one stack. @param above volumes above a storage/posix */
function makeImplementation(
  name: string,
  description: string,
  above: readonly PlainVolume[],
): Implementation {
  const formatStackVolfile = (directory: string): string => formatVolfile(directory, above);
  const stack: OtherStack = {
    name,
    description,
    makeVolfile: formatStackVolfile,
    makeCommand: makeMountCommand(formatStackVolfile),
  };
  return {
    names: [name],
    prepare: () =>
      findGlusterProblem() ?? {
        versions: { GlusterFS: readVersion(PROGRAM) ?? '' },
        stacks: [stack],
      },
  };
}

export const glusterfs = makeImplementation('glusterfs', 'GlusterFS, storage/posix alone.', []);
export const nlCache = makeImplementation(
  'nl-cache',
  'GlusterFS, its cache of absent names over storage/posix.',
  [nlCacheVolume],
);
