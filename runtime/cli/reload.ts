/** `glossa reload`: the server of a mount reads its volfile and its modules again. */
import { decodeName } from '../core/bytes.ts';
import { ECONNABORTED, ENODATA, ENOTCONN, EOPNOTSUPP, EPERM, strerror } from '../core/errno.ts';
import { printable } from '../graph/printable.ts';
import { getxattr } from '../sys/libc.ts';
import { cstring } from '../sys/struct.ts';
import { defineCommand } from './command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from './exit.ts';
import { stepFlags, takeOperands } from './flags.ts';
import { RELOAD, type Reloading } from './reloading.ts';
import { note, paint, step } from './terminal.ts';
import { findServed } from './umount.ts';

/** The kernel hands out no longer value of an extended attribute. */
const XATTR_SIZE_MAX = 65_536;

export default defineCommand({
  usage: ['glossa reload MNT'],
  description:
    'Lets the server of MNT read its volfile and its modules again: other volumes, changed ' +
    'options and changed code take effect, while requests on their way finish as they began. What does not start ' +
    'leaves the old one at work. The exit status is 1 when something stayed as it was because ' +
    'it was wrong.',
  flags: stepFlags,
  async run({ operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT']);
    const mountpoint = await findServed(given);
    step(`ask the server of ${mountpoint} to read its volfile and its modules`, terminal);
    const reloadings = reload(mountpoint, given);
    for (const reloading of reloadings) {
      const said = formatReloading(reloading, terminal.colour.out);
      if (reloading.ok) note(said, terminal);
      else terminal.out(said);
    }
    return reloadings.every(({ ok }) => ok) ? EXIT_OK : EXIT_FAILURE;
  },
});

/** Asks the server, and waits until it is done. @throws {Failure} */
export function reload(mountpoint: string, given: string): readonly Reloading[] {
  const value = new Uint8Array(XATTR_SIZE_MAX);
  const length = getxattr(cstring(mountpoint), cstring(RELOAD), value, value.length);
  if (length < 0) throw refusal(-length, given);
  return JSON.parse(decodeName(value, 0, length)) as readonly Reloading[];
}

function refusal(errno: number, given: string): Failure {
  if (errno === ENOTCONN || errno === ECONNABORTED) {
    return new Failure(`the server of ${given} is no more; 'glossa umount ${given}' takes it away`);
  }
  const who = `only root and the user who mounted ${given} may reload it`;
  const none = errno === EOPNOTSUPP || errno === ENODATA;
  const why = none ? 'it cannot be reloaded' : strerror(errno);
  return new Failure(errno === EPERM ? who : `${given} was not reloaded: ${why}`);
}

export function formatReloading({ what, ok, text }: Reloading, colour: boolean): string {
  const [first = '', ...rest] = text.split('\n');
  const name = paint('bold', printable(what), colour);
  const said = ok ? first : paint('error', first, colour);
  return [`${name}: ${said}`, ...rest.map((line) => `    ${line}`)].join('\n');
}
