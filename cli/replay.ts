/** `glossa replay`: sends recorded requests again, and prints the replies that differ. */
import { formatLogLine } from '../bridges/testing/log.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_FAILURE, EXIT_OK } from '../terminal/exit.ts';
import { number, quietFlag, takeOperands, text, toggle } from '../terminal/flags.ts';
import { note, warn } from '../terminal/terminal.ts';
import {
  differing,
  JSON_SHAPE,
  OTHER_STORAGE,
  outcomeLines,
  replayAsJson,
  summary,
} from './replay/report.ts';
import { replayFile } from './replay/run.ts';
import { volfileFlags } from './volfile-flags.ts';

/** The default time limit for a reply in seconds. */
export const PATIENCE = 30;

/** The levels of log lines that are shown. */
const TELLING = new Set(['M', 'A', 'C', 'E', 'W']);

export default defineCommand({
  usage: ['glossa replay FILE VOLFILE|MODULE [options]'],
  description:
    'Sends the requests of FILE, a recording of glossa record, into the graph of VOLFILE, or into ' +
    'MODULE alone, and prints the replies that differ. Nothing is mounted, and no storage is touched: ' +
    'the recording plays the storages (below a module, the volumes under it). The exit status is 1 ' +
    'when a reply differs.',
  flags: {
    volume: text({
      value: 'VOLUME',
      help: 'requests that arrived at this volume of the recording; the top, or the one of MODULE',
    }),
    'real-storage': toggle({
      help: 'ask the storages of VOLFILE themselves, and change what they have',
    }),
    output: text({ short: 'o', value: 'FILE', help: 'record the replay' }),
    'time-limit': number({
      value: 'SEC',
      help: `seconds that an answer may take (${PATIENCE})`,
    }),
    json: toggle({ help: `print ${JSON_SHAPE}` }),
    ...quietFlag,
    ...volfileFlags,
  },
  async run({ flags, operands }, terminal) {
    const [file, given] = takeOperands(operands, ['FILE', 'VOLFILE|MODULE']);
    const settings = {
      volume: flags.volume,
      realStorage: flags['real-storage'],
      strict: flags.strict,
      overrides: flags['xlator-option'],
      allowShell: flags['allow-shell'],
      warned: (text: string) => warn(text, terminal),
      output: flags.output,
      patienceMs: (flags['time-limit'] ?? PATIENCE) * 1000,
    };
    const replayed = await replayFile(file, given, settings, terminal);
    if (!replayed.closed) warn('the recording was not ended: it was cut off, or goes on', terminal);
    const found = differing(replayed);
    const colour = terminal.colour.out;
    if (flags.json) terminal.out(replayAsJson(replayed));
    else {
      for (const outcome of found) {
        terminal.out(outcomeLines(outcome, replayed.startedAt, colour).join('\n'));
      }
      for (const line of replayed.log) {
        if (TELLING.has(line[0]) && found.length > 0) terminal.err(formatLogLine(line));
      }
      note(summary(replayed), terminal);
      if (replayed.otherStorage) terminal.err(OTHER_STORAGE);
    }
    return found.length === 0 ? EXIT_OK : EXIT_FAILURE;
  },
});
