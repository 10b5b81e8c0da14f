/** Copies the data of one open file to another, several pieces at a time. Holes stay holes. */
import { EINVAL, ENOSYS, ENXIO, EOPNOTSUPP, EXDEV } from '../core/errno.ts';
import type { Iatt } from '../core/iatt.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { FopError } from './fop-error.ts';
import type { OpenFile } from './open-file.ts';
import { inParallel, type Steps } from './steps.ts';

/** Bytes of one request to copy within a storage. */
const COPY_RANGE_BYTES = 64 * 1024 * 1024;
/** Bytes of one read, and of the write that follows it. */
const PIECE_BYTES = 1024 * 1024;
/** Pieces of one file that are under way at a time. */
const MAX_PARALLEL_PIECES = 4;
/** Bytes of a block in `iaBlocks`. */
const BLOCK_BYTES = 512;

/** Errnos of a storage that cannot copy these files itself. */
const NO_COPY_ERRNOS: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP, EXDEV]);
/** Errnos of a storage that cannot find the holes of its files. */
const NO_SEEK_ERRNOS: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP]);

let pieceMemory: Uint8Array | null = null;

/** Returns memory for a piece. All copies share it: a piece is in the target before another request is sent. */
const getPieceMemory = (): Uint8Array => {
  pieceMemory ??= new Uint8Array(PIECE_BYTES);
  return pieceMemory;
};

/** Called with the number of bytes of each copied piece. If it throws, the copy ends. */
export type PieceObserver = (count: number) => void;

/** The source or the target of a copy: an open file, and its path for errors. */
export interface CopySide {
  readonly file: OpenFile['steps'];
  readonly path: string;
}

/** Lets the storage copy the data itself. @returns false if it cannot. @throws {FileError} */
export function* copyWithin(from: CopySide, to: CopySide): Steps<boolean> {
  let at = 0;
  try {
    for (;;) {
      const count = yield* from.file.copyTo(to.file.fd, at, at, COPY_RANGE_BYTES);
      if (count === 0) return true;
      at += count;
    }
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    if (NO_COPY_ERRNOS.has(error.errno)) return false;
    throw new FileError(error.errno, 'copy_file_range', from.path, to.path);
  }
}

/**
 * Copies by reads and writes into an empty file.
 * @param buf attributes of the source. @throws {FileError}
 */
export function* copyPieces(
  from: CopySide,
  to: CopySide,
  buf: Iatt,
  onPiece: PieceObserver = () => {},
): Steps<void> {
  const { iaSize: size } = buf;
  const hasHoles = buf.iaBlocks * BLOCK_BYTES < size;
  // Reads one byte more than the size: a short read then shows that the file has not grown.
  let at = hasHoles
    ? yield* copyExtents(from, to, size, onPiece)
    : yield* copyRange(from, to, 0, size + 1, onPiece);
  if (at === size && !hasHoles) return;
  // The file has changed since its attributes were read, or a storage read less than it could.
  for (;;) {
    const end = yield* copyRange(from, to, at, at + PIECE_BYTES, onPiece);
    if (end === at) return;
    at = end;
  }
}

/** Copies all but the holes. @returns the position reached: `size`, or that of a short read */
function* copyExtents(
  from: CopySide,
  to: CopySide,
  size: number,
  onPiece: PieceObserver,
): Steps<number> {
  let at = 0;
  while (at < size) {
    const start = yield* seekOrSize(from, at, 'data', size);
    if (start >= size) break;
    const end = Math.min(yield* seekOrSize(from, start, 'hole', size), size);
    at = yield* copyRange(from, to, start, end, onPiece);
    if (at < end) return at;
  }
  yield* withErrorContext('ftruncate', to.path, to.file.truncate(size));
  return size;
}

/** Finds the next position of data or of a hole; `size` after the last. A storage without holes has data everywhere. */
function* seekOrSize(
  { file, path }: CopySide,
  at: number,
  kind: 'data' | 'hole',
  size: number,
): Steps<number> {
  try {
    return yield* file.seek(at, kind);
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    if (error.errno === ENXIO) return size;
    if (NO_SEEK_ERRNOS.has(error.errno)) return kind === 'data' ? at : size;
    throw new FileError(error.errno, 'lseek', path);
  }
}

/** Copies the bytes from `start` to `end`. @returns the position of the first short read, otherwise `end` */
function* copyRange(
  from: CopySide,
  to: CopySide,
  start: number,
  end: number,
  onPiece: PieceObserver,
): Steps<number> {
  let shortReadAt = end;
  yield* inParallel(range(start, end, PIECE_BYTES), MAX_PARALLEL_PIECES, function* (at) {
    if (at >= shortReadAt) return;
    const wantedBytes = Math.min(end - at, PIECE_BYTES);
    const isUncopied = to.file.takesDataAtOnce;
    const read = isUncopied
      ? from.file.readUncopied(getPieceMemory(), wantedBytes, at)
      : from.file.readOnce(wantedBytes, at);
    let piece = yield* withErrorContext('read', from.path, read);
    // A debugger may have been attached since the read was sent.
    if (isUncopied && !to.file.takesDataAtOnce) piece = piece.slice();
    if (piece.length < wantedBytes) shortReadAt = Math.min(shortReadAt, at + piece.length);
    if (piece.length === 0) return;
    yield* withErrorContext('write', to.path, to.file.writeOnce(piece, at));
    onPiece(piece.length);
  });
  return shortReadAt;
}

function* range(from: number, to: number, step: number): Generator<number> {
  for (let at = from; at < to; at += step) yield at;
}
