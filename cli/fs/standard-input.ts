/** Copies standard input to a file of a volume. */
import { withErrorContext } from '../../runtime/api/file-error.ts';
import { closeAfter } from '../../runtime/api/open-file.ts';
import { awaitPromise, type Steps } from '../../runtime/api/steps.ts';
import type { VolumeSteps } from '../../runtime/api/volume-steps.ts';
import { makeWholeFile } from '../../runtime/api/whole-file.ts';
import { O_CREAT, O_EXCL, O_WRONLY } from '../../runtime/core/open-flags.ts';
import { rejectOnAbort } from '../../terminal/interruption.ts';
import type { Operand } from './operand.ts';
import type { VolumeCommand } from './volume-command.ts';

/** Bytes that are written together, by several requests at a time. */
const PIECE_BYTES = 1024 * 1024;

/** Writes standard input into a file, which appears when it is complete. @throws {FileError} */
export async function copyStandardInput(
  volume: VolumeSteps,
  { path, text }: Operand,
  { signal }: VolumeCommand,
): Promise<void> {
  const pieces = joinChunks(process.stdin)[Symbol.asyncIterator]();
  function* copy(): Steps<void> {
    const target = yield* withErrorContext(
      'stat',
      text,
      volume.files.findIfExists(path, 'nofollow'),
    );
    const wholeFileSteps = makeWholeFile(volume, path, target?.inode, function* (temporary) {
      const file = yield* volume.files.create(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666);
      yield* closeAfter(file, function* (openFile) {
        for (let offset = 0; ; ) {
          const nextPiece = rejectOnAbort(pieces.next(), signal);
          const piece = yield* awaitPromise(nextPiece);
          if (piece.done === true) return;
          offset += yield* openFile.write(piece.value, offset);
        }
      });
      return file.fd.inode;
    });
    yield* withErrorContext('cp', text, wholeFileSteps);
  }
  try {
    await volume.run(copy());
  } finally {
    // An open standard input would keep the process alive.
    process.stdin.destroy();
  }
}

/** Joins the chunks of a stream until each piece has at least PIECE_BYTES. */
async function* joinChunks(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    byteCount += chunk.length;
    if (byteCount < PIECE_BYTES) continue;
    yield Buffer.concat(chunks);
    chunks = [];
    byteCount = 0;
  }
  if (byteCount > 0) yield Buffer.concat(chunks);
}
