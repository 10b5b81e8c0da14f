/** Runs the command line of the process, and exits with the command's status. */
import { crashLog } from '../runtime/sys/crash-log.ts';
import { findCurrentTerminal } from '../server/starter-channel.ts';
import { readArguments } from '../terminal/command-line.ts';
import { exitAfterFlush } from '../terminal/exit.ts';
import { dispatch } from './dispatch.ts';

export async function runProgram(): Promise<void> {
  // Standard error, until a command with a log of its own sets that.
  crashLog.target = '-';
  const terminal = findCurrentTerminal();
  await exitAfterFlush(await dispatch(readArguments(), terminal), terminal);
}
