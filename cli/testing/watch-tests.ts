/**
 * Runs `glossa test` again at each save of its modules, for `--watch`. Each run is a process of its
 * own, so that no code of the run before is left, and a test that never ends can be interrupted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { listNoInspectorOptions } from '../../runtime/sys/inspector.ts';
import { EXIT_OK, EXIT_USAGE } from '../../terminal/exit.ts';
import { Interruption } from '../../terminal/interruption.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { SaveWatch } from '../dev/save-watch.ts';
import { findExistingPath } from './find-tests.ts';

/**
 * Runs the tests until a signal ends it; resolves to the exit status, 0, as that is the usual end.
 * @param operands modules, files of tests, or folders
 * @param flags of the runs
 * @throws {Failure} if an operand does not exist at the start
 */
export async function watchTests(
  operands: readonly string[],
  flags: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const paths = operands.map(findExistingPath);
  const args = ['test', ...flags, '--', ...operands];
  const interruption = new Interruption();
  try {
    for (;;) {
      // A save during the run counts, too.
      const saveWatch = new SaveWatch(paths);
      try {
        const status = await runOnce(args, interruption.signal);
        if (interruption.signal.aborted) return EXIT_OK;
        if (status === EXIT_USAGE) return status;
        terminal.err('glossa test: waiting until a file is saved; Ctrl-C ends it');
        const outcome = await Promise.race([saveWatch.whenSaved, interruption.firstSignal]);
        if (outcome !== 'saved') return EXIT_OK;
      } finally {
        saveWatch.close();
      }
    }
  } finally {
    interruption.close();
  }
}

/** Runs the command to its end, which the signal's abort brings; resolves to its exit status. */
async function runOnce(args: readonly string[], signal: AbortSignal): Promise<number | null> {
  const program = [...listNoInspectorOptions(), ...process.execArgv, process.argv[1]!];
  const child = spawn(process.execPath, [...program, ...args], { stdio: 'inherit' });
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  try {
    if (signal.aborted) end();
    const [status] = (await once(child, 'exit')) as [number | null];
    return status;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
