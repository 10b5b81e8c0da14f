/** `glossa fs cat`: writes files of a volume to standard output. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import { awaitPromise, type Steps } from '../../runtime/api/steps.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { defineCommand } from '../../terminal/command.ts';
import { UsageError } from '../../terminal/exit.ts';
import {
  OpenVolumes,
  type Operand,
  parseVolumeOperand,
  ReaderGone,
  runVolumeCommand,
  type VolumeCommand,
  volumeFlags,
} from './volume-command.ts';

/** Bytes that are read together, by several requests at a time. */
const PIECE_BYTES = 1024 * 1024;

export default defineCommand({
  usage: ['glossa fs cat VOLFILE:/PATH… [options]'],
  description: 'Writes files of a volume to standard output, one after the other.',
  flags: volumeFlags,
  async run({ flags, operands }, terminal) {
    if (operands.length === 0) throw new UsageError('VOLFILE:/PATH is missing');
    const volumeOperands = operands.map(parseVolumeOperand);
    const volumes = new OpenVolumes(flags);
    return runVolumeCommand('fs cat', terminal, volumes, async (command) => {
      for (const operand of volumeOperands) {
        await command.attempt(operand, async () =>
          writeToOutput((await command.open(operand)).steps, operand, command),
        );
      }
    });
  },
});

/** Writes a file to standard output. @throws {FileError | ReaderGone} */
export function writeToOutput(
  steps: VolumeSteps,
  operand: Operand,
  command: VolumeCommand,
): Promise<void> {
  return steps.run(writePieces(steps, operand, command));
}

/** Reads a file in pieces, and writes each while the next is read. */
function* writePieces(steps: VolumeSteps, { path }: Operand, command: VolumeCommand): Steps<void> {
  const file = yield* withErrorContext('open', path, steps.files.open(path));
  try {
    let lastWrite: Promise<boolean> = Promise.resolve(true);
    for (let offset = 0; ; ) {
      command.signal.throwIfAborted();
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      // Meanwhile the previous piece is written.
      const byteCount = yield* withErrorContext('read', path, file.steps.readInto(piece, offset));
      if (!(yield* awaitPromise(lastWrite))) throw new ReaderGone();
      if (byteCount === 0) return;
      lastWrite = command.terminal.outBytes(piece.subarray(0, byteCount));
      offset += byteCount;
    }
  } finally {
    file.fd.release();
  }
}
