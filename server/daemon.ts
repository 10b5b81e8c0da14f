/**
 * Starts a server as a daemon: this program again, in its own process and session. Used by the
 * commands that start servers, such as `glossa mount`.
 */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { EXIT_FAILURE, EXIT_OK, EXIT_SIGNAL, Failure } from '../terminal/exit.ts';
import { printNote, printStep, type Terminal } from '../terminal/terminal.ts';
import { ChildServer } from './child-server.ts';
import { openLog } from './log-file.ts';
import { CONSOLE } from './log-sink.ts';
import { findEntryProblem } from './stuck-mounts.ts';

/**
 * Starts a daemon with the arguments of this process, and waits until it serves.
 * @param readyLine printed on a terminal once the server serves; null if the server prints it
 * @param mountpoint entered once the server serves: if that fails, the server is stopped again
 * @returns the exit status of the start. @throws {Failure}
 */
export async function startDaemon(
  logFile: string,
  readyLine: string | null,
  terminal: Terminal,
  {
    mountpoint,
    volfile,
  }: { readonly mountpoint?: string | undefined; readonly volfile?: string } = {},
): Promise<number> {
  const stderr = logFile === CONSOLE ? 'inherit' : openLog(logFile);
  const server = new ChildServer(process.argv.slice(2), {
    isAttached: false,
    stderr,
    volfile,
    terminal,
  });
  if (stderr !== 'inherit') closeSync(stderr);
  printStep(`the server is process ${server.pid}, and its log ${logFile}`, terminal);
  // The exit status for the last signal, 0 without one. While the server starts, a signal ends it.
  let interruptStatus = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // As a shell reports a process that a signal has ended.
      interruptStatus = EXIT_SIGNAL + constants.signals[signal];
      server.kill('SIGTERM');
    });
  }
  if (await server.whenReady) {
    const reason = mountpoint === undefined ? null : await findEntryProblem(mountpoint, logFile);
    if (reason !== null) {
      server.kill('SIGTERM');
      await server.whenExited;
      throw new Failure(reason);
    }
    if (readyLine !== null && terminal.isInteractive) printNote(readyLine, terminal);
    return EXIT_OK;
  }
  const { status, signal } = await server.whenExited;
  if (interruptStatus > 0) return interruptStatus;
  if (signal !== null) throw new Failure(`the server was killed by ${signal}; see ${logFile}`);
  // A server that ends before it is ready has failed, even with status 0.
  return status || EXIT_FAILURE;
}
