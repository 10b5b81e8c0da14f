/**
 * Defines the workload `command`: a request runs the user's program once, with the stack's folder
 * as its working directory. Also describes commands that cannot run or fail, for the trial.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { CommandRun, TriedCommand, WorkloadKind } from './workload.ts';

/** Maximum number of bytes that a command may print. */
const OUTPUT_BYTES_MAX = 64 << 20;

/** Runs a command to its end. @param readsStderr whether to return the last line of stderr */
function runCommand(
  [program, ...args]: readonly string[],
  cwd: string,
  readsStderr = false,
): CommandRun {
  const { status, signal, stdout, stderr, error } = spawnSync(program!, args, {
    cwd,
    env: { ...process.env, PWD: cwd },
    stdio: ['ignore', 'pipe', readsStderr ? 'pipe' : 'ignore'],
    maxBuffer: OUTPUT_BYTES_MAX,
    encoding: 'latin1',
  });
  const { code = null, errno = 0 } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // A program may print its folder, which differs between stacks.
  const digest = createHash('sha256')
    .update((stdout ?? '').replaceAll(cwd, '.'))
    .digest('base64');
  const lastErrorLine = (stderr ?? '').trim().split('\n').at(-1)!;
  return { status, signal, digest, code, errno, lastErrorLine };
}

/** Runs a command in a plain directory, to get the expected result of all stacks. */
export const tryCommand = (words: readonly string[], folder: string): TriedCommand => ({
  words,
  expected: runCommand(words, folder, true),
});

/** Describes why a command did not run, or by which signal or status it ended. */
const describeEnd = ({ status, signal, code }: CommandRun): string =>
  String(code ?? signal ?? status);

/** The workload `command`. */
export const command: WorkloadKind = {
  description: 'Runs a command in a folder that is empty at first.',
  request: 'a run of the command, its start included',
  warmUpRequests: 0,
  make() {},
  open({ root, command: triedCommand }) {
    const { words, expected } = triedCommand!;
    let lastRun: CommandRun = expected;
    return {
      send() {
        lastRun = runCommand(words, root);
        return lastRun.status ?? lastRun.errno;
      },
      check() {
        if (describeEnd(lastRun) !== describeEnd(expected)) {
          return `the command ends with ${describeEnd(lastRun)}, in the plain directory with ${describeEnd(expected)}`;
        }
        return lastRun.digest === expected.digest ? null : 'the command prints something else';
      },
      close() {},
    };
  },
};

// -- the result of a trial -----------------------------------------------------------------------

/** The reasons why a command cannot be run, by the name of its errno; they follow its name. */
const refusalTexts: Readonly<Record<string, string>> = {
  ENOENT: 'was not found: it is neither a program of PATH nor a path from an empty folder',
  EACCES: 'cannot be executed: it is no program, or not for this user (EACCES)',
};

/** Explains why a command cannot be measured; null if it can. */
export const describeRefusal = ({ words, expected: { code } }: TriedCommand): string | null =>
  code === null ? null : `the command '${words[0]}' ${refusalTexts[code] ?? `fails: ${code}`}`;

/** Makes the warning that a command fails; null if it succeeds. */
export function describeFailure({ words, expected }: TriedCommand): string | null {
  const { status, signal, lastErrorLine } = expected;
  if (status === 0) return null;
  const endText = signal === null ? `ends with status ${status}` : `is ended by ${signal}`;
  const detail = lastErrorLine === '' ? '' : ` (${lastErrorLine})`;
  return (
    `the command '${words.join(' ')}' ${endText} in an empty folder${detail}: what is measured is how ` +
    'fast it fails'
  );
}
