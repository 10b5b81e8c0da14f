/** Writes files of a chunk store that appear under their names when all data is on the disk. */

import { copyData } from '../api/copy-data.ts';
import { FileObjectSteps } from '../api/file-object.ts';
import { closeAfter, type OpenFileSteps } from '../api/open-file.ts';
import type { Steps } from '../api/steps.ts';
import type { VolumeSteps } from '../api/volume-steps.ts';
import { makeWholeFile } from '../api/whole-file.ts';
import type { Inode } from '../core/inode.ts';
import { O_CREAT, O_EXCL, O_WRONLY } from '../core/open-flags.ts';
import { Loc } from '../core/operands.ts';

/** Permissions of a new file, before the caller's umask. */
const FILE_MODE = 0o666;

/** Makes or replaces a file. @param fill writes the data into the empty file */
function* replaceFile(
  volume: VolumeSteps,
  path: string,
  mode: number,
  fill: (file: OpenFileSteps) => Steps<void>,
): Steps<void> {
  const { files } = volume;
  const replaced = yield* files.findIfExists(path, 'nofollow');
  yield* makeWholeFile(volume, path, replaced?.inode, function* (temporary): Steps<Inode> {
    const file = yield* files.create(temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
    yield* closeAfter(file, function* (open) {
      yield* fill(open);
      yield* open.sync();
    });
    return file.fd.inode;
  });
}

export function* copyChunk(volume: VolumeSteps, from: string, to: string): Steps<void> {
  const { files, driver } = volume;
  const { inode, buf } = yield* files.find(from);
  const source = yield* new FileObjectSteps(driver, inode).open();
  try {
    yield* replaceFile(volume, to, buf.iaProt, function* (target) {
      yield* copyData({ file: source.steps, path: from }, { file: target, path: to }, buf);
    });
  } finally {
    source.fd.release();
  }
}

export function* writeWholeChunk(volume: VolumeSteps, path: string, data: Uint8Array): Steps<void> {
  yield* replaceFile(volume, path, FILE_MODE, function* (file) {
    yield* file.write(data);
  });
}

/** Brings the names in a directory to the disk. */
export function* syncDirectory({ files, driver }: VolumeSteps, path: string): Steps<void> {
  const { inode } = yield* files.find(path);
  const fd = driver.makeFd(inode, 0, true);
  try {
    yield* driver.expect('opendir', new Loc(inode), fd, null);
    yield* driver.expect('fsyncdir', fd, 0, null);
  } finally {
    fd.release();
  }
}
