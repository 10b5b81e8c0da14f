/** Implements `glossa bench compare`: compares two results line by line. */
import { defineCommand } from '../../../terminal/command.ts';
import { EXIT_OK, Failure } from '../../../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../../../terminal/flags.ts';
import { readNamedFile } from '../../../terminal/named-file.ts';
import { compareRuns } from '../engine/compare.ts';
import { formatComparedRuns } from '../engine/report/text.ts';
import { parseRun, type Run } from '../engine/schema.ts';

export default defineCommand({
  usage: ['glossa bench compare FIRST.json SECOND.json [--json]'],
  description:
    'Says of each workload and stack whether the second result is faster or slower than the ' +
    'first, and whether it is in comparison with the first stack; a difference is one when it is ' +
    'larger than the noise of both.',
  flags: {
    json: toggleFlag({
      help: 'print {warnings, lines: [{workload, stack, to, a, b, compared, missing}]}',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [first, second] = takeOperands(operands, ['FIRST.json', 'SECOND.json']);
    const comparison = compareRuns(await readRunFile(first), await readRunFile(second));
    if (flags.json) terminal.out(JSON.stringify(comparison, null, 2));
    else if (comparison.lines.length === 0) {
      throw new Failure(['the results have nothing in common', ...comparison.warnings].join('\n'));
    } else {
      terminal.out(
        formatComparedRuns(comparison, { width: terminal.width, colour: terminal.colour.out }),
      );
    }
    return EXIT_OK;
  },
});

/** Reads a result of `glossa bench` from a file. @throws {Failure} */
export const readRunFile = async (path: string): Promise<Run> =>
  parseRun((await readNamedFile(path, { name: path })).toString(), path);
