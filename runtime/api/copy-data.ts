/** Copies the data of one open file to another, several pieces at a time. Holes stay holes. */
import { EINVAL, ENOSYS, ENXIO, EOPNOTSUPP, EXDEV } from '../core/errno.ts';
import type { Iatt } from '../core/iatt.ts';
import { FileError, withErrorContext } from './file-error.ts';
import { FopError } from './fop-error.ts';
import type { OpenFile } from './open-file.ts';
import { runInParallel, type Steps } from './steps.ts';

/** The bytes of one request to copy within a storage. */
const COPY_RANGE_BYTES = 64 * 1024 * 1024;
/** The bytes of one read, and of the write that follows it. */
const PIECE_BYTES = 1024 * 1024;
/** Pieces of one file that are under way at a time. */
const MAX_PARALLEL_PIECES = 4;
/** The bytes of a block in `iaBlocks`. */
const BLOCK_BYTES = 512;

/** Errnos of a storage that cannot copy these files itself. */
const NO_COPY_ERRNOS: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP, EXDEV]);
/** Errnos of a storage that cannot find the holes of its files. */
const NO_SEEK_ERRNOS: ReadonlySet<number> = new Set([EINVAL, ENOSYS, EOPNOTSUPP]);

let pieceMemory: Uint8Array | null = null;

/** Returns memory for a piece. All copies share it, because a target with `takesDataAtOnce` copies the piece at once. */
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

/** Copies the data of one open file to another, which is empty. @throws {FileError} */
export function* copyData(
  from: CopySide,
  to: CopySide,
  buf: Iatt,
  onPiece?: PieceObserver,
): Steps<void> {
  const isSameGraph = from.file.fd.inode.table === to.file.fd.inode.table;
  if (isSameGraph && (yield* copyInStorage(from, to))) onPiece?.(buf.iaSize);
  else yield* copyPieces(from, to, buf, onPiece);
}

/** Lets the storage copy the data itself. @returns false if it cannot. @throws {FileError} */
export function* copyInStorage(from: CopySide, to: CopySide): Steps<boolean> {
  let position = 0;
  try {
    for (;;) {
      const count = yield* from.file.copyTo(to.file.fd, position, position, COPY_RANGE_BYTES);
      if (count === 0) return true;
      position += count;
    }
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    if (NO_COPY_ERRNOS.has(error.errno)) return false;
    throw new FileError(error.errno, 'copy_file_range', from.path, to.path);
  }
}

/** Copies by reads and writes into an empty file. @param buf attributes of the source @throws {FileError} */
export function* copyPieces(
  from: CopySide,
  to: CopySide,
  buf: Iatt,
  onPiece: PieceObserver = () => {},
): Steps<void> {
  const { iaSize: size } = buf;
  const hasHoles = buf.iaBlocks * BLOCK_BYTES < size;
  // Reads one byte more than the size: a short read then shows that the file has not grown.
  let position = hasHoles
    ? yield* copyExtents(from, to, size, onPiece)
    : yield* copyRange(from, to, 0, size + 1, onPiece);
  if (position === size && !hasHoles) return;
  // The file has changed since its attributes were read, or a storage read less than it could.
  for (;;) {
    const end = yield* copyRange(from, to, position, position + PIECE_BYTES, onPiece);
    if (end === position) return;
    position = end;
  }
}

/** Copies all but the holes. @returns the position reached: `size`, or that of a short read */
function* copyExtents(
  from: CopySide,
  to: CopySide,
  size: number,
  onPiece: PieceObserver,
): Steps<number> {
  let position = 0;
  while (position < size) {
    const start = yield* seekOrSize(from, position, 'data', size);
    if (start >= size) break;
    const end = Math.min(yield* seekOrSize(from, start, 'hole', size), size);
    position = yield* copyRange(from, to, start, end, onPiece);
    if (position < end) return position;
  }
  yield* withErrorContext('ftruncate', to.path, to.file.truncate(size));
  return size;
}

/** Finds the next position of data or of a hole; `size` after the last. A storage without holes has data everywhere. */
function* seekOrSize(
  { file, path }: CopySide,
  position: number,
  kind: 'data' | 'hole',
  size: number,
): Steps<number> {
  try {
    return yield* file.seek(position, kind);
  } catch (error) {
    if (!(error instanceof FopError)) throw error;
    if (error.errno === ENXIO) return size;
    if (NO_SEEK_ERRNOS.has(error.errno)) return kind === 'data' ? position : size;
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
  yield* runInParallel(
    listStarts(start, end, PIECE_BYTES),
    MAX_PARALLEL_PIECES,
    function* (position) {
      if (position >= shortReadAt) return;
      const wantedBytes = Math.min(end - position, PIECE_BYTES);
      const readsIntoSharedMemory = to.file.takesDataAtOnce;
      const readSteps = readsIntoSharedMemory
        ? from.file.readUncopied(getPieceMemory(), wantedBytes, position)
        : from.file.readOnce(wantedBytes, position);
      let piece = yield* withErrorContext('read', from.path, readSteps);
      // Since the read was sent, a debugger may have been attached, which may hold the write.
      if (readsIntoSharedMemory && !to.file.takesDataAtOnce) piece = piece.slice();
      if (piece.length < wantedBytes) shortReadAt = Math.min(shortReadAt, position + piece.length);
      if (piece.length === 0) return;
      yield* withErrorContext('write', to.path, to.file.writeOnce(piece, position));
      onPiece(piece.length);
    },
  );
  return shortReadAt;
}

/** Yields the positions from `from` up to `to`, in steps of `step`. */
function* listStarts(from: number, to: number, step: number): Generator<number> {
  for (let start = from; start < to; start += step) yield start;
}
