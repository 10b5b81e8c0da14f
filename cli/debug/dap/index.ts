/**
 * Implements `glossa debug --dap`: serves one session of the Debug Adapter Protocol on standard
 * input and output.
 */

import { makeScratch } from '../../../server/scratch-folders.ts';
import { refuseStuck } from '../../../server/stuck-mounts.ts';
import { refuseNonVolfile } from '../../../server/volfile-operand.ts';
import { EXIT_FAILURE, EXIT_OK } from '../../../terminal/exit.ts';
import type { FlagValues } from '../../../terminal/flags.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import type { serverFlags } from '../../mount.ts';
import { makePlace, makeServerArguments, removeFolder } from '../../temporary-mount.ts';
import { Debuggee } from '../debuggee.ts';
import { DapSession, type EditorConnection } from './dap-session.ts';
import { BadStream, encodeMessage, MessageDecoder } from './message-stream.ts';

/** Serves a client until it disconnects or dies; resolves to the exit status. */
export async function serveDap(
  flags: FlagValues<typeof serverFlags>,
  terminal: Terminal,
): Promise<number> {
  /** The temporary folder of the mount, if the client names no mount point. */
  let scratchFolder: string | null = null;
  const editor: EditorConnection = {
    async send(message) {
      // Otherwise the client has closed the output.
      if (!(await terminal.outBytes(encodeMessage(message)))) await session.close();
    },
    async launch({ volfile, mountpoint, options }, writeOutput, onEvent) {
      await refuseNonVolfile(volfile);
      if (mountpoint !== undefined) await refuseStuck(mountpoint);
      scratchFolder = mountpoint === undefined ? makeScratch('debug') : null;
      const mountFlags = { ...flags, 'xlator-option': [...flags['xlator-option'], ...options] };
      const mountPath = mountpoint ?? scratchFolder!;
      const editorTerminal: Terminal = {
        ...terminal,
        out: (text) => writeOutput('console', `${text}\n`),
        err: (text) => writeOutput('stderr', `${text}\n`),
      };
      const args = makeServerArguments(
        { volfile, flags: mountFlags },
        mountPath,
        terminal.verbosity,
      );
      return new Debuggee(args, makePlace(mountFlags, mountPath), editorTerminal, onEvent);
    },
  };
  const session = new DapSession(editor);
  const decoder = new MessageDecoder();
  let status = EXIT_OK;
  process.stdin.on('data', (bytes) => {
    try {
      for (const message of decoder.push(bytes)) session.receive(message);
    } catch (error) {
      if (!(error instanceof BadStream)) throw error;
      terminal.err(`glossa debug: ${error.message}`);
      status = EXIT_FAILURE;
      process.stdin.pause();
      void session.close();
    }
  });
  process.stdin.on('end', () => void session.close());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void session.close());
  }
  await session.whenClosed;
  if (scratchFolder !== null) removeFolder(scratchFolder, { commandName: 'debug' }, terminal);
  return status;
}
