/** `glossa reload`: the server of a mount, or of a brick, reads its volfile and its modules again. */

import { EPERM, strerror } from '../runtime/core/errno.ts';
import { printable } from '../runtime/volfile/printable.ts';
import { findServed } from '../server/control/find.ts';
import {
  askJson,
  gone,
  isGone,
  isMount,
  isUnknown,
  type Served,
} from '../server/control/served.ts';
import { RELOAD, type Reloading } from '../server/reloading.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK, Failure } from '../terminal/exit.ts';
import { stepFlags, takeOperands } from '../terminal/flags.ts';
import { note, paint, step } from '../terminal/terminal.ts';

export default defineCommand({
  usage: ['glossa reload MNT|BRICK'],
  description:
    'Lets the server of MNT, or of BRICK, read its volfile and its modules again: other volumes, changed ' +
    'options and changed code take effect, while requests on their way finish as they began. What does not start ' +
    'leaves the old one at work. The exit status is 1 when something stayed as it was because ' +
    'it was wrong.',
  flags: stepFlags,
  async run({ operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT|BRICK']);
    const served = await findServed(given);
    const whose = isMount(served) ? served.mountpoint : given;
    step(`ask the server of ${whose} to read its volfile and its modules`, terminal);
    const reloadings = await reload(served);
    for (const reloading of reloadings) {
      const said = formatReloading(reloading, terminal.colour.out);
      if (reloading.ok) note(said, terminal);
      else terminal.out(said);
    }
    return reloadings.every(({ ok }) => ok) ? EXIT_OK : EXIT_FAILURE;
  },
});

/** Asks the server, and waits until it is done. @throws {Failure} */
export const reload = async (served: Served): Promise<readonly Reloading[]> =>
  (await askJson(served, RELOAD, (errno) => refusal(errno, served))) as readonly Reloading[];

function refusal(errno: number, served: Served): Failure {
  if (isGone(errno)) return gone(served);
  const { given } = served;
  const who = `only root and the user who mounted ${given} may reload it`;
  const why = isUnknown(errno) ? 'it cannot be reloaded' : strerror(errno);
  return new Failure(errno === EPERM ? who : `${given} was not reloaded: ${why}`);
}

export function formatReloading({ what, ok, text }: Reloading, colour: boolean): string {
  const [first = '', ...rest] = text.split('\n');
  const name = paint('bold', printable(what), colour);
  const said = ok ? first : paint('error', first, colour);
  return [`${name}: ${said}`, ...rest.map((line) => `    ${line}`)].join('\n');
}
