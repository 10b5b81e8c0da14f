/** `glossa reload`: makes a server reload its volfile and its modules. */

import { printable } from '../runtime/volfile/printable.ts';
import { ask } from '../server/control/client.ts';
import { findServed } from '../server/control/find-server.ts';
import type { ReloadResult } from '../server/reloader.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { stepFlags, takeOperands } from '../terminal/flags.ts';
import { note, paint, step } from '../terminal/terminal.ts';

export default defineCommand({
  usage: ['glossa reload MNT|BRICK'],
  description:
    'Makes the server of MNT, or of BRICK, reload its volfile and its modules: new volumes, options ' +
    'and code take effect, and requests in flight finish in the old ones. A volume or module that ' +
    'does not start leaves the old one in place, and the exit status is 1 then.',
  flags: stepFlags,
  async run({ operands }, terminal) {
    const [given] = takeOperands(operands, ['MNT|BRICK']);
    const served = await findServed(given);
    const whose = served.mountpoint ?? given;
    step(`ask the server of ${whose} to read its volfile and its modules`, terminal);
    const reloadings = (await ask(served, 'reload')) as readonly ReloadResult[];
    for (const reloading of reloadings) {
      const text = formatReloading(reloading, terminal.colour.out);
      if (reloading.ok) note(text, terminal);
      else terminal.out(text);
    }
    return reloadings.every(({ ok }) => ok) ? EXIT_OK : EXIT_FAILURE;
  },
});

export function formatReloading({ what, ok, text }: ReloadResult, colour: boolean): string {
  const [first = '', ...rest] = text.split('\n');
  const name = paint('bold', printable(what), colour);
  const styled = ok ? first : paint('error', first, colour);
  return [`${name}: ${styled}`, ...rest.map((line) => `    ${line}`)].join('\n');
}
