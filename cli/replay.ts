/** `glossa replay`: sends recorded requests again, and prints the replies that differ. */

import { formatLogLine } from '../bridges/testing/log-lines.ts';
import { seriousLetters } from '../runtime/core/log.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { numberFlag, quietFlag, takeOperands, textFlag, toggleFlag } from '../terminal/flags.ts';
import { printNote, printWarning } from '../terminal/terminal.ts';
import { replayFile } from './replay/replay-file.ts';
import {
  findDifferent,
  formatJson,
  formatOutcome,
  formatSummary,
  JSON_SHAPE,
  OTHER_STORAGE_MESSAGE,
} from './replay/replay-report.ts';
import { volfileFlags } from './volfile-flags.ts';

/** The default of --time-limit: the seconds that a reply may take. */
export const DEFAULT_REPLY_TIMEOUT_S = 30;

export default defineCommand({
  usage: ['glossa replay FILE VOLFILE|MODULE [options]'],
  description:
    'Sends the requests of FILE, a recording of glossa record, into the graph of VOLFILE, or into ' +
    'MODULE alone, and prints the replies that differ. Nothing is mounted, and no storage is touched: ' +
    'the recording plays the storages (below a module, the volumes under it). The exit status is 1 ' +
    'when a reply differs.',
  flags: {
    volume: textFlag({
      placeholder: 'VOLUME',
      help: 'requests that arrived at this volume of the recording; the top, or the one of MODULE',
    }),
    'real-storage': toggleFlag({
      help: 'ask the storages of VOLFILE themselves, and change what they have',
    }),
    output: textFlag({ short: 'o', placeholder: 'FILE', help: 'record the replay' }),
    'time-limit': numberFlag({
      placeholder: 'SEC',
      help: `seconds that an answer may take (${DEFAULT_REPLY_TIMEOUT_S})`,
    }),
    json: toggleFlag({ help: `print ${JSON_SHAPE}` }),
    ...quietFlag,
    ...volfileFlags,
  },
  async run({ flags, operands }, terminal) {
    const [file, operand] = takeOperands(operands, ['FILE', 'VOLFILE|MODULE']);
    const settings = {
      volume: flags.volume,
      usesRealStorage: flags['real-storage'],
      strict: flags.strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
      warn: (text: string) => printWarning(text, terminal),
      output: flags.output,
      replyTimeoutMs: (flags['time-limit'] ?? DEFAULT_REPLY_TIMEOUT_S) * 1000,
    };
    const result = await replayFile(file, operand, settings, terminal);
    if (!result.isClosed)
      printWarning('the recording was not ended: it was cut off, or goes on', terminal);
    const different = findDifferent(result);
    const colour = terminal.colour.out;
    if (flags.json) terminal.out(formatJson(result));
    else {
      for (const outcome of different) {
        terminal.out(formatOutcome(outcome, result.startedAt, colour).join('\n'));
      }
      // Warnings and errors may explain the differences.
      for (const line of result.logLines) {
        if (seriousLetters.has(line[0]) && different.length > 0) terminal.err(formatLogLine(line));
      }
      printNote(formatSummary(result), terminal);
      if (result.storageDiffers) terminal.err(OTHER_STORAGE_MESSAGE);
    }
    return different.length === 0 ? EXIT_OK : EXIT_FAILURE;
  },
});
