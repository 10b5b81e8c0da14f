/** Lists the front ends that mount a graph, by name, and chooses one for this system. */
import { release } from 'node:os';
import { type MountOptions, mountGraph } from './fuse/kernel-mount.ts';
import type { Mount } from './mount.ts';

/** Mounts a graph, and resolves when the mount is served. */
type FrontEnd = (options: MountOptions) => Promise<Mount>;

/** The front ends, by name. */
export const frontEnds = {
  /** Speaks Linux's FUSE protocol itself. */
  kernel: mountGraph,
  /** Uses libfuse's path interface through the npm package `fuse-native`; loaded on demand. */
  'fuse-native': async (options) =>
    (await import('./fuse-native/native-mount.ts')).mountNative(options),
} satisfies Record<string, FrontEnd>;

export type FrontEndName = keyof typeof frontEnds;

/** The first Linux with protocol 7.31, the oldest that `kernel` supports. */
const OLDEST_LINUX = [5, 4] as const;

/** Chooses the front end for a system. @param kernelRelease as in uname(2): `6.1.0-18-amd64` */
export function chooseFrontEnd(platform: string, kernelRelease: string): FrontEndName {
  const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
  const isOld = major < OLDEST_LINUX[0] || (major === OLDEST_LINUX[0] && minor < OLDEST_LINUX[1]);
  return platform === 'linux' && !isOld ? 'kernel' : 'fuse-native';
}

/** The front end for this system. */
export const defaultFrontEnd: FrontEndName = chooseFrontEnd(process.platform, release());
