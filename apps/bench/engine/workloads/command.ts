/** The workload `command`: a request runs a program once, in the folder as working directory. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { CommandRun, TriedCommand, WorkloadKind } from './workload.ts';

/** Most output of a command that is compared. */
const OUTPUT_MAX = 64 << 20;

/** @param listens whether to keep the last line of stderr */
function run([program, ...args]: readonly string[], cwd: string, listens = false): CommandRun {
  const { status, signal, stdout, stderr, error } = spawnSync(program!, args, {
    cwd,
    env: { ...process.env, PWD: cwd },
    stdio: ['ignore', 'pipe', listens ? 'pipe' : 'ignore'],
    maxBuffer: OUTPUT_MAX,
    encoding: 'latin1',
  });
  const { code = null, errno = 0 } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // A program may print its folder, which differs between stacks.
  const digest = createHash('sha256')
    .update((stdout ?? '').replaceAll(cwd, '.'))
    .digest('base64');
  const complaint = (stderr ?? '').trim().split('\n').at(-1)!;
  return { status, signal, digest, code, errno, complaint };
}

/** Runs a command in a plain directory, as the expected result for all stacks. */
export const tryCommand = (words: readonly string[], folder: string): TriedCommand => ({
  words,
  expected: run(words, folder, true),
});

const endText = ({ status, signal, code }: CommandRun): string => String(code ?? signal ?? status);

export const command: WorkloadKind = {
  description: 'Runs a command in a folder that is empty at first.',
  request: 'a run of the command, its start included',
  once: 0,
  make() {},
  open({ root, command: tried }) {
    const { words, expected } = tried!;
    let ran: CommandRun = expected;
    return {
      ask() {
        ran = run(words, root);
        return ran.status ?? ran.errno;
      },
      check() {
        if (endText(ran) !== endText(expected)) {
          return `the command ends with ${endText(ran)}, in the plain directory with ${endText(expected)}`;
        }
        return ran.digest === expected.digest ? null : 'the command prints something else';
      },
      close() {},
    };
  },
};

// -- the result of a trial -----------------------------------------------------------------------

const COULD_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'was not found: it is neither a program of PATH nor a path from an empty folder',
  EACCES: 'cannot be executed: it is no program, or not for this user (EACCES)',
};

/** Why a command cannot be measured; null where it can. */
export const refusalOf = ({ words, expected: { code } }: TriedCommand): string | null =>
  code === null ? null : `the command '${words[0]}' ${COULD_NOT[code] ?? `fails: ${code}`}`;

/** The warning that a command fails; null where it succeeds. */
export function failureOf({ words, expected }: TriedCommand): string | null {
  const { status, signal, complaint } = expected;
  if (status === 0) return null;
  const end = signal === null ? `ends with status ${status}` : `is ended by ${signal}`;
  const said = complaint === '' ? '' : ` (${complaint})`;
  return (
    `the command '${words.join(' ')}' ${end} in an empty folder${said}: what is measured is how ` +
    'fast it fails'
  );
}
