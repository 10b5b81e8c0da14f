/**
 * `glossa umount`: takes a mount away, also one whose server is no more ("Transport endpoint is not
 * connected"). The mount is found in the list of mounts, because asking a dead one, or one whose
 * server hangs, has no answer.
 */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EBUSY, strerror } from '../core/errno.ts';
import { FS_TYPE, findMount, isDead } from '../mount/fuse/channel.ts';
import { MNT_DETACH } from '../sys/constants.ts';
import { umount2 } from '../sys/libc.ts';
import { cstring } from '../sys/struct.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK, Failure } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import { reason } from './reason.ts';

export default defineCommand({
  usage: ['glossa umount MNT [options]'],
  description:
    'Unmounts MNT, upon which its server ends. What a killed server left behind (files answer ' +
    '"Transport endpoint is not connected") is taken away as well.',
  flags: {
    lazy: toggle({ short: 'z', help: 'detach it now, and end when nothing uses it any more' }),
  },
  async run({ flags, operands }) {
    const [given] = takeOperands(operands, ['MNT']);
    const mountpoint = findGlossa(given);
    const refused = detach(mountpoint, flags.lazy);
    if (refused === null) return EXIT_OK;
    if (!refused.busy) throw new Failure(`cannot unmount ${given}: ${refused.why}`);
    // Nothing that still uses a dead mount gets any further with it.
    if ((await isDead(mountpoint)) && detach(mountpoint, true) === null) return EXIT_OK;
    throw new Failure(
      `${given} is in use ('fuser -vm ${given}' lists by what); ` +
        `'glossa umount --lazy ${given}' detaches it now`,
    );
  },
});

/** The absolute path of a mount of ours. @throws {Failure} */
export function findGlossa(given: string): string {
  const mountpoint = realParent(given);
  const there = findMount(mountpoint);
  if (there?.type === FS_TYPE) return mountpoint;
  const what =
    there === null ? 'nothing is mounted there' : `what is mounted there is ${there.type}`;
  throw new Failure(`${given} is not a mount of glossa: ${what}`);
}

/** The path without symbolic links before its last part, which is not asked anything. */
function realParent(given: string): string {
  const path = resolve(given);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw new Failure(`${given} is not a mount of glossa: ${reason(error)}`);
  }
}

/** Why it is still mounted. */
interface Refusal {
  readonly busy: boolean;
  readonly why: string;
}

/** Takes away whatever is mounted there; null, or why not. */
export const detach = (mountpoint: string, lazy: boolean): Refusal | null =>
  (process.getuid?.() === 0 ? detachByRoot : detachByUser)(mountpoint, lazy);

function detachByRoot(mountpoint: string, lazy: boolean): Refusal | null {
  const status = umount2(cstring(mountpoint), lazy ? MNT_DETACH : 0);
  return status === 0 ? null : { busy: status === -EBUSY, why: strerror(-status) };
}

/** By fusermount3, which is setuid. */
function detachByUser(mountpoint: string, lazy: boolean): Refusal | null {
  const args = ['-u', ...(lazy ? ['-z'] : []), '--', mountpoint];
  const { status, stderr, error } = spawnSync('fusermount3', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error !== undefined) return { busy: false, why: `fusermount3: ${reason(error)}` };
  return status === 0 ? null : { busy: /busy/i.test(stderr), why: stderr.trim() };
}
