/** The ways to mount a graph, by name. */
import { release } from 'node:os';
import { type MountOptions, mountGraph } from './fuse/mount.ts';
import type { Mount } from './mount.ts';

type FrontEnd = (options: MountOptions) => Promise<Mount>;

export const frontEnds = {
  /** Linux's FUSE protocol, spoken here. */
  kernel: mountGraph,
  /** libfuse's path interface, of the package of that name; read when it is chosen. */
  'fuse-native': async (options) => (await import('./fuse-native/mount.ts')).mountNative(options),
} satisfies Record<string, FrontEnd>;

export type FrontEndName = keyof typeof frontEnds;

/** Of Linux, from when on it speaks protocol 7.31, the oldest that `kernel` knows. */
const OLDEST = [5, 4] as const;

/** The one for a system: `release` is that of its kernel, as uname(2) has it. */
export function frontEndFor(platform: string, release: string): FrontEndName {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return platform === 'linux' && !isOld ? 'kernel' : 'fuse-native';
}

/** The one for this system. */
export const defaultFrontEnd: FrontEndName = frontEndFor(process.platform, release());
