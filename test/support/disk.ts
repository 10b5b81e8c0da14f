/** Makes file systems on loop devices, for faults that no folder has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { describeMounts, type Scratch } from './mount.ts';
import { isSkipped } from './obstacle.ts';

/** The programs that make these disks. */
const mkfs = { ext4: 'mkfs.ext4', btrfs: 'mkfs.btrfs' } as const;

export type DiskType = keyof typeof mkfs;

/** Returns the reason why this machine cannot make such disks, or ''. */
function findObstacle(types: readonly DiskType[]): string {
  if (process.getuid?.() !== 0) return 'only root can mount them';
  for (const type of types) {
    if (spawnSync(mkfs[type], ['-V']).error !== undefined) return `${mkfs[type]} is missing`;
    const known = readFileSync('/proc/filesystems', 'utf8').includes(`\t${type}\n`);
    if (!known && spawnSync('modprobe', [type]).status !== 0) return `the kernel has no ${type}`;
  }
  try {
    accessSync('/dev/loop-control');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** A group of tests that need disks of these types: skipped, visibly, on a machine without them. */
export function describeDisks(name: string, types: readonly DiskType[], body: () => void): void {
  const skipped = isSkipped(`${name}, on disks of its own`, findObstacle(types));
  describe.skipIf(skipped)('on disks of its own', () => describeMounts(name, body));
}

/**
 * A new disk, mounted on the folder `name` of the scratch folder, which takes it away. Its image is
 * a file with holes at `image`. @returns where it is mounted
 */
export async function makeDisk(
  scratch: Scratch,
  name: string,
  type: DiskType,
  megabytes: number,
  image = scratch.at(`${name}.img`),
): Promise<string> {
  const folder = await scratch.makeFolder(name);
  const options: readonly string[] = type === 'ext4' ? ['-O', '^has_journal'] : [];
  const run = (program: string, ...args: string[]): void => {
    execFileSync(program, args, { timeout: 30_000, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  run('truncate', '-s', `${megabytes}M`, image);
  run(mkfs[type], '-q', ...options, image);
  run('mount', '-o', 'loop', image, folder);
  return folder;
}
