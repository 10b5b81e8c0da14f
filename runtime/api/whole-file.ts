/** Makes files that appear under their names only when they are complete. */
import { nameLength } from '../core/bytes.ts';
import type { Context } from '../core/context.ts';
import { EEXIST } from '../core/errno.ts';
import type { Inode } from '../core/inode.ts';
import { NAME_MAX } from '../core/limits.ts';
import { joinPath, Loc } from '../core/operands.ts';
import { FopError } from './fop-error.ts';
import type { Steps } from './steps.ts';
import type { VolumeContext } from './volume-context.ts';

/** Letters at the end of a temporary name. */
export const RANDOM_LETTER_COUNT = 6;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The characters of a long name that its temporary name has: at most 240 bytes. */
const LONG_NAME_CHARACTERS = 60;

/**
 * Makes a file under a temporary name beside `path`, and renames it when it is complete. After a
 * failure the temporary name is removed.
 * @param replacedInode the file that has the name now; undefined if the name is free
 * @param makeFile makes the file of a path, and returns its inode. @throws {FopError}
 */
export function* makeWholeFile(
  { files, driver }: VolumeContext,
  path: string,
  replacedInode: Inode | undefined,
  makeFile: (temporaryPath: string) => Steps<Inode>,
): Steps<void> {
  const { entryName } = yield* driver.resolve(path, 'nolookup');
  if (entryName === null) throw new FopError(EEXIST, path);
  const { parent, name } = entryName;
  const temporaryName = makeTemporaryName(name, makeRandomName(driver.graph.context));
  const directory = path.slice(0, path.lastIndexOf('/'));
  const temporaryPath = joinPath(directory === '' ? '/' : directory, temporaryName);
  try {
    const inode = yield* makeFile(temporaryPath);
    const temporaryLoc = new Loc(inode, parent, temporaryName);
    const finalLoc = new Loc(replacedInode ?? null, parent, name);
    yield* driver.expect('rename', temporaryLoc, finalLoc, null);
  } catch (error) {
    yield* removeIfPossible(files.unlink(temporaryPath));
    throw error;
  }
}

/** Makes a temporary name in the form of rsync: cluster/distribute places such a file on its final name's brick. */
function makeTemporaryName(name: string, random: string): string {
  // The temporary name has two dots more.
  const isLong = nameLength(name) + random.length + 2 > NAME_MAX;
  return `.${isLong ? [...name].slice(0, LONG_NAME_CHARACTERS).join('') : name}.${random}`;
}

/** Runs the steps of a removal, and ignores their failure. */
function* removeIfPossible(removalSteps: Steps<void>): Steps<void> {
  try {
    yield* removalSteps;
  } catch (error) {
    // The caller gets the first error: the file does not exist, or the volume fails again.
    if (!(error instanceof FopError)) throw error;
  }
}

/** Makes the random letters of a temporary name. */
export function makeRandomName(context: Context): string {
  const random = new Uint8Array(RANDOM_LETTER_COUNT);
  context.random(random);
  return Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('');
}
