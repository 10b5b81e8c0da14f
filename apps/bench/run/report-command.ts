/** Implements `glossa bench report`: prints a result as a table, or writes a folder with a page. */
import { defineCommand } from '../../../terminal/command.ts';
import { EXIT_OK } from '../../../terminal/exit.ts';
import { takeOperands, textFlag, toggleFlag } from '../../../terminal/flags.ts';
import { makeReportFiles } from '../engine/report/html.ts';
import { formatTerminalReport } from '../engine/report/text.ts';
import { prepareReportFolder, writeReportFolder } from '../engine/report-folder.ts';
import { readRunFile } from './compare-command.ts';

export default defineCommand({
  usage: ['glossa bench report RUN.json [--out DIR] [--force]'],
  description:
    'Shows a result as a table. With --out, writes it to DIR: run.json, report.md, and report.html, ' +
    'a page with pictures that needs no network.',
  flags: {
    out: textFlag({ placeholder: 'DIR', help: 'a folder to make, with the report in it' }),
    force: toggleFlag({ help: 'DIR may exist; its report is replaced' }),
  },
  async run({ flags: { out, force }, operands }, terminal) {
    const [file] = takeOperands(operands, ['RUN.json']);
    const run = await readRunFile(file);
    if (out === undefined) {
      terminal.out(
        formatTerminalReport(run, { width: terminal.width, colour: terminal.colour.out }),
      );
      return EXIT_OK;
    }
    prepareReportFolder(out, { force });
    writeReportFolder(out, await makeReportFiles(run));
    return EXIT_OK;
  },
});
