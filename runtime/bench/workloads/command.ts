/** Any command as a workload: a request is one run of it, with the folder as its working directory. */
import { spawnSync } from 'node:child_process';
import type { WorkloadKind } from './workload.ts';

/** More than that is no answer that anybody compares. */
const OUTPUT_MAX = 64 << 20;

interface Ran {
  readonly status: number | null;
  /** Minus the errno, when it could not be started. */
  readonly errno: number;
  readonly out: string;
}

function run([program, ...args]: readonly string[], cwd: string): Ran {
  const { status, stdout, error } = spawnSync(program!, args, {
    cwd,
    env: { ...process.env, PWD: cwd },
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: OUTPUT_MAX,
    encoding: 'latin1',
  });
  if (error !== undefined) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    return { status: null, errno, out: error.message };
  }
  // Where a program prints its folder, the folders differ and nothing else.
  return { status, errno: 0, out: stdout.replaceAll(cwd, '.') };
}

export const command: WorkloadKind = {
  description: 'Runs a command in a folder that is empty at first.',
  request: 'a run of the command, its start included',
  bytes: { shared: 0, perClient: 0 },
  onlyLooks: false,
  once: 0,
  make() {},
  open({ root, reference, command: words }) {
    const expected = run(words, reference);
    let ran: Ran = expected;
    return {
      ask() {
        ran = run(words, root);
        return ran.status ?? ran.errno;
      },
      check() {
        if (ran.status !== expected.status) {
          const [mine, plain] = [ran, expected].map(({ status, out }) => status ?? out);
          return `the command ends with ${mine}, in the plain directory with ${plain}`;
        }
        return ran.out === expected.out ? null : 'the command prints something else';
      },
      close() {},
    };
  },
};
