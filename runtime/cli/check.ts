/** `glossa check`: everything that is wrong with a volfile, as far as a start is not needed for it. */
import { dirname, resolve } from 'node:path';
import { topOf } from '../graph/description.ts';
import { printable } from '../graph/printable.ts';
import { formatProblems } from '../graph/problems.ts';
import type { VolfileInspection } from '../graph/volfile.ts';
import { inspectVolumes } from '../graph/volumes.ts';
import { defineCommand } from './command.ts';
import { NodeContext } from './context.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { volfileFlags } from './volfile-flags.ts';
import { countProblems, inspectFile } from './volfiles.ts';

export default defineCommand({
  usage: ['glossa check VOLFILE [options]'],
  description:
    'Says everything that is wrong with VOLFILE, with the lines it is about. Nothing is started: a ' +
    'script is read in its sandbox, for what it declares, and its init does not run; native code ' +
    'is only looked at. The exit status is 1 when there is an error, not for a warning.',
  flags: {
    ...volfileFlags,
    json: toggle({
      help:
        'print {file, ok, problems: [{severity, code, file, line, column, length, message, ' +
        'hint}]}',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['VOLFILE']);
    const { registry } = await import('./registry.ts');
    const { strict } = flags;
    const written = await inspectFile(file, {
      registry,
      strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    });
    const baseDir = dirname(resolve(file));
    const inspection = await inspectVolumes(written, {
      registry,
      strict,
      context: (warn) => new NodeContext({ sink: NOWHERE, baseDir, wake() {}, warn }),
    });
    const ok = inspection.description !== undefined;
    if (flags.json) {
      terminal.out(JSON.stringify({ file, ok, problems: inspection.problems }, null, 2));
    } else show(file, inspection, terminal);
    return ok ? EXIT_OK : EXIT_FAILURE;
  },
});

/** What volumes would log. */
const NOWHERE = { now: () => 0, write() {} };

function show(file: string, inspection: VolfileInspection, terminal: Terminal): void {
  const { problems, sources, description } = inspection;
  const colour = terminal.colour.out;
  if (problems.length > 0) terminal.out(`${formatProblems(problems, sources, { colour })}\n`);
  const counts = countProblems(inspection, colour);
  if (description === undefined) {
    terminal.out(`${file}: ${counts}`);
    return;
  }
  const { length } = description.volumes;
  const { name, type } = topOf(description);
  const volumes = `${length} volume${length === 1 ? '' : 's'}`;
  terminal.out(
    `${file}: ${volumes}, the top is ${printable(name.text)} (${printable(type.text)}): ${counts}`,
  );
}
