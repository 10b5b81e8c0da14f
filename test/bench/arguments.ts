/** The command line of the bench. */
import { parseArgs } from 'node:util';

export const parts = ['stat', 'pass', 'start'] as const;
export type Part = (typeof parts)[number];

export const usage = `usage: npm run bench -- [options]
       npm run bench -- bridges [options]

Compares glossa's mounts with a server in C and with GlusterFS, side by side, and holds the figures
to the bars of the project. As root on a quiet machine; a full run takes some minutes. With
'bridges' it compares languages instead, in one process; see there with --help.

  --only PART   stat (failed stats), pass (translators that pass everything through) or start (from
                the command to the mount); may be repeated
  --quick       fewer rounds: to see that it works, not to believe the figures
  --json FILE   write everything that was measured, too
  --strict      exit with 1 when a bar is missed
  --help        this text

Exit status: 0 when something was measured, 1 when nothing was, 2 for wrong use.`;

export interface Settings {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly strict: boolean;
  readonly help: boolean;
}

/** @throws {TypeError} with a message for the user */
export function readArguments(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [...parts] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined)
    throw new TypeError(`--only takes ${parts.join(', ')}, not '${unknown}'`);
  return {
    ...values,
    json: values.json,
    parts: parts.filter((part) => values.only.includes(part)),
  };
}
