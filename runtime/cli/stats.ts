/** `glossa stats`: what the translators of a mount tell about themselves. */
import { decodeName } from '../core/bytes.ts';
import { ECONNABORTED, ENODATA, ENOTCONN, EOPNOTSUPP, strerror } from '../core/errno.ts';
import { printable } from '../graph/printable.ts';
import { getxattr } from '../sys/libc.ts';
import { cstring } from '../sys/struct.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK, Failure } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import { STATEDUMP, type Statedump, type VolumeDump, XATTR_SIZE_MAX } from './statedump.ts';
import { paint } from './terminal.ts';
import { findGlossa } from './umount.ts';

export default defineCommand({
  usage: ['glossa stats MNT [options]'],
  description:
    'Shows what each translator of the mount MNT tells about itself: its counters and sizes, the ' +
    'top of the graph first.',
  flags: {
    json: toggle({ help: 'print {volumes: [{name, type, dump: {KEY: VALUE}}]}, and `replaced`' }),
  },
  async run({ flags, operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT']);
    const dump = readStatedump(findGlossa(given), given);
    if (flags.json) terminal.out(JSON.stringify(dump, null, 2));
    else terminal.out(formatStatedump(dump, terminal.colour.out));
    return EXIT_OK;
  },
});

/** @throws {Failure} */
export function readStatedump(mountpoint: string, given: string): Statedump {
  return tryStatedump(mountpoint, (errno) => {
    if (errno === ENOTCONN || errno === ECONNABORTED) {
      const cure = `'glossa umount ${given}' takes it away`;
      return new Failure(`the server of ${given} is no more; ${cure}`);
    }
    const none = errno === ENODATA || errno === EOPNOTSUPP;
    return new Failure(`${given} tells nothing: ${none ? 'it has no statedump' : strerror(errno)}`);
  });
}

/** The same for who has an own word for what is wrong: `failed` makes the error of an errno. */
export function tryStatedump(mountpoint: string, failed: (errno: number) => Failure): Statedump {
  const value = new Uint8Array(XATTR_SIZE_MAX);
  const length = getxattr(cstring(mountpoint), cstring(STATEDUMP), value, value.length);
  if (length < 0) throw failed(-length);
  return JSON.parse(decodeName(value, 0, length)) as Statedump;
}

/** A volume a paragraph, its values in a column. */
export function formatStatedump({ volumes, replaced = [] }: Statedump, colour: boolean): string {
  const keys = [...volumes, ...replaced].flatMap(({ dump }) => Object.keys(dump));
  const width = Math.max(0, ...keys.map((key) => key.length));
  const shown = ({ name, type, dump }: VolumeDump, what = ''): string => {
    const rows = Object.entries(dump).map(
      ([key, value]) => `    ${key.padEnd(width)}  ${printable(String(value))}`,
    );
    const head = `${paint('bold', printable(name), colour)}  ${printable(type)}${what}`;
    return [head, ...rows].join('\n');
  };
  const gone = replaced.map((volume) => shown(volume, ' (replaced, and not idle)'));
  return [...volumes.map((volume) => shown(volume)), ...gone].join('\n');
}
