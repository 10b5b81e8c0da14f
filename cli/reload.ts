/** `glossa reload`: makes the server of a mount or brick reload its volfile and modules. */

import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { ask, findServer } from '../server/control/control-client.ts';
import type { ReloadResult } from '../server/reloader.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { stepFlags, takeOperands } from '../terminal/flags.ts';
import { paint, printNote, printStep } from '../terminal/terminal.ts';

export default defineCommand({
  usage: ['glossa reload MNT|BRICK'],
  description:
    'Makes the server of MNT, or of BRICK, reload its volfile and its modules: new volumes, options ' +
    'and code take effect, and requests in flight finish in the old ones. A volume or module that ' +
    'does not start leaves the old one in place, and the exit status is 1 then.',
  flags: stepFlags,
  async run({ operands }, terminal) {
    const [operand] = takeOperands(operands, ['MNT|BRICK']);
    const server = await findServer(operand);
    const serverLabel = server.mountpoint ?? operand;
    printStep(`ask the server of ${serverLabel} to read its volfile and its modules`, terminal);
    const results = (await ask(server, 'reload')) as readonly ReloadResult[];
    for (const result of results) {
      const text = formatReloadResult(result, terminal.colour.out);
      if (result.ok) printNote(text, terminal);
      else terminal.out(text);
    }
    return results.every(({ ok }) => ok) ? EXIT_OK : EXIT_FAILURE;
  },
});

/** Formats the result for the volfile or for one module; further lines are indented. */
export function formatReloadResult({ name, ok, text }: ReloadResult, colour: boolean): string {
  const [firstLine = '', ...furtherLines] = text.split('\n');
  const title = paint('bold', makePrintable(name), colour);
  const styledLine = ok ? firstLine : paint('error', firstLine, colour);
  return [`${title}: ${styledLine}`, ...furtherLines.map((line) => `    ${line}`)].join('\n');
}
