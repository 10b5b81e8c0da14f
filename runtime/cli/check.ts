/** `glossa check`: everything that is wrong with a volfile, without running any of it. */
import { topOf } from '../graph/description.ts';
import { printable } from '../graph/printable.ts';
import { formatProblems } from '../graph/problems.ts';
import type { VolfileInspection } from '../graph/volfile.ts';
import { defineCommand } from './command.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit.ts';
import { takeOperands, toggle } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { volfileFlags } from './volfile-flags.ts';
import { countProblems, inspectFile } from './volfiles.ts';

export default defineCommand({
  usage: ['glossa check VOLFILE [options]'],
  description:
    'Says everything that is wrong with VOLFILE, with the lines it is about. No translator is ' +
    'started. The exit status is 1 when there is an error, not for a warning.',
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
    const inspection = await inspectFile(file, {
      registry,
      strict: flags.strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
    });
    const ok = inspection.description !== undefined;
    if (flags.json) {
      terminal.out(JSON.stringify({ file, ok, problems: inspection.problems }, null, 2));
    } else show(file, inspection, terminal);
    return ok ? EXIT_OK : EXIT_FAILURE;
  },
});

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
