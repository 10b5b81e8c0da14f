/** `glossa stats`: what the translators of a mount tell about themselves. */
import { decodeName } from '../core/bytes.ts';
import { ECONNABORTED, ENODATA, ENOTCONN, EOPNOTSUPP, EPERM, strerror } from '../core/errno.ts';
import { printable } from '../graph/printable.ts';
import { getxattr } from '../sys/libc.ts';
import { cstring } from '../sys/struct.ts';
import { profileText } from '../xlators/debug/io-stats/formats/profile.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK, Failure, UsageError } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import { RESET_STATS } from './reset-stats.ts';
import { formatStatedump } from './statedump/paragraphs.ts';
import { STATEDUMP, type Statedump, XATTR_SIZE_MAX } from './statedump/volumes.ts';
import { findServed } from './umount.ts';

/** From one look to the next. */
const WATCH_S = 2;
const WATCH_MIN_S = 0.1;
const WATCH_MAX_S = 86_400;

export default defineCommand({
  usage: ['glossa stats MNT [options]', 'glossa stats MNT --watch [SECONDS] [options]'],
  description:
    'Shows what each translator of the mount MNT tells about itself: its counters and sizes, the ' +
    'top of the graph first. With --watch again and again, with how much numbers have changed; on ' +
    'a terminal, keys move through it, and q ends.',
  flags: {
    json: toggle({ help: 'print {volumes: [{name, type, dump: {KEY: VALUE}}]}, and `replaced`' }),
    profile: toggle({
      help: "of volumes of debug/io-stats, what GlusterFS's volume profile shows",
    }),
    watch: toggle({
      help: `show it every so many seconds, every ${WATCH_S} if none are given; with --json a line each`,
    }),
    reset: toggle({
      help: 'begin to count anew, and print the volumes that do; with --json [NAME]',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [given, ...more] = takeOperands(operands, flags.watch ? ['MNT', '[SECONDS]'] : ['MNT']);
    const excluding = (['watch', 'profile', 'reset'] as const).filter((name) => flags[name]);
    if (excluding.length > 1) {
      throw new UsageError(`give only one of --${excluding.join(' and --')}`);
    }
    const everyMs = 1000 * readSeconds(more[0] ?? `${WATCH_S}`);
    const mountpoint = await findServed(given);
    if (flags.watch) {
      const { watchStats } = await import('./watch/stats.ts');
      return watchStats({ what: 'stats', mountpoint, given }, everyMs, flags.json, terminal);
    }
    if (flags.reset) {
      const names = askRoot(mountpoint, RESET_STATS, (errno) => notReset(given, errno)) as string[];
      terminal.out(flags.json ? JSON.stringify(names, null, 2) : names.map(printable).join('\n'));
      return EXIT_OK;
    }
    const dump = readStatedump(mountpoint, given);
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else if (flags.profile) terminal.out(profiles(dump, given));
    else terminal.out(formatStatedump(dump, terminal.colour.out));
    return EXIT_OK;
  },
});

/** @throws {UsageError} */
function readSeconds(given: string): number {
  const seconds = /^(\d+(\.\d*)?|\.\d+)$/.test(given) ? Number(given) : Number.NaN;
  if (seconds >= WATCH_MIN_S && seconds <= WATCH_MAX_S) return seconds;
  throw new UsageError(`SECONDS are from ${WATCH_MIN_S} to ${WATCH_MAX_S}, not '${given}'`);
}

/** @throws {Failure} */
export function readStatedump(mountpoint: string, given: string): Statedump {
  return tryStatedump(mountpoint, (errno) => untold(given, errno));
}

function notReset(given: string, errno: number): Failure {
  if (errno !== EPERM) return untold(given, errno);
  return new Failure(`only root and the user who mounted ${given} may reset what it counts`);
}

/** Why a root tells nothing, by the errno. */
export function untold(given: string, errno: number): Failure {
  if (errno === ENOTCONN || errno === ECONNABORTED) {
    const cure = `'glossa umount ${given}' takes it away`;
    return new Failure(`the server of ${given} is no more; ${cure}`);
  }
  const none = errno === ENODATA || errno === EOPNOTSUPP;
  return new Failure(`${given} tells nothing: ${none ? 'it has no statedump' : strerror(errno)}`);
}

/** The same for who has an own word for what is wrong: `failed` makes the error of an errno. */
export function tryStatedump(mountpoint: string, failed: (errno: number) => Failure): Statedump {
  return askRoot(mountpoint, STATEDUMP, failed) as Statedump;
}

/** What an extended attribute of the root has, which is JSON. */
export function askRoot(
  mountpoint: string,
  name: string,
  failed: (errno: number) => Failure,
): unknown {
  const value = new Uint8Array(XATTR_SIZE_MAX);
  const length = getxattr(cstring(mountpoint), cstring(name), value, value.length);
  if (length < 0) throw failed(-length);
  return JSON.parse(decodeName(value, 0, length));
}

/** @throws {Failure} */
function profiles({ volumes }: Statedump, given: string): string {
  const counting = volumes.filter(({ type }) => type === 'debug/io-stats');
  if (counting.length === 0) throw new Failure(`${given} has no volume of type debug/io-stats`);
  return counting.map(({ name, dump }) => profileText(name, dump)).join('\n');
}
