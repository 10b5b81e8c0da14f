/** The command line of a suite of measurements. */
import { parseArgs } from 'node:util';

export interface Settings<Part extends string> {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly strict: boolean;
  readonly help: boolean;
}

/** What every suite takes, for its usage. */
export const COMMON_USAGE = `  --quick       fewer rounds: to see that it works; the figures mean little
  --json FILE   write everything that was measured, too
  --strict      exit with 1 when a bar is missed
  --help        this text

Exit status: 0 when something was measured, 1 when nothing was or an answer was wrong, 2 for wrong
use.`;

/**
 * @param parts what the suite can measure, in order
 * @throws {TypeError} with a message for the user
 */
export function readArguments<Part extends string>(
  args: readonly string[],
  parts: readonly Part[],
): Settings<Part> {
  const all: string[] = [...parts];
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: all },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined) {
    throw new TypeError(`--only takes ${parts.join(', ')}, not '${unknown}'`);
  }
  const wanted = parts.filter((part) => values.only.includes(part));
  return { ...values, json: values.json, parts: wanted };
}
