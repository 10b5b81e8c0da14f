/** The ways to mount a graph, by name. */
import { type MountOptions, mountGraph } from './fuse/mount.ts';
import { mountNative } from './fuse-native/mount.ts';
import type { Mount } from './mount.ts';

type FrontEnd = (options: MountOptions) => Promise<Mount>;

export const frontEnds = {
  /** Linux's FUSE protocol, spoken here. */
  kernel: mountGraph,
  /** libfuse's path interface, of the package of that name. */
  'fuse-native': mountNative,
} satisfies Record<string, FrontEnd>;

export type FrontEndName = keyof typeof frontEnds;

/** The one for this system. */
export const defaultFrontEnd: FrontEndName =
  process.platform === 'linux' ? 'kernel' : 'fuse-native';
