/**
 * Copies a tree from a volume into a folder, or back. Files that have not changed since an earlier
 * copy become hard links to it, so that each copy is whole and takes the space of the changes.
 *
 *     backup SOURCE TARGET [EARLIER]    each a folder, or VOLFILE.vol:/PATH
 */
import type { Stats } from 'node:fs';
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Volume } from 'glossa';

/** `Volume` has the methods of `fs/promises`: the same code reads and writes either. */
type Files = typeof disk;

/** A folder on the disk or in a volume. */
export interface Tree {
  readonly files: Files;
  readonly path: string;
}

/** The numbers of files in a copy, by their treatment. */
export interface Counts {
  copiedCount: number;
  linkedCount: number;
  /** The bytes of the copied files. */
  bytes: number;
  /** The paths of sockets, pipes and devices, which are not copied. */
  readonly skippedPaths: string[];
}

/** A copy under way, of a tree or of one entry in it. */
interface Copy {
  readonly source: Tree;
  readonly target: Tree;
  /** The same entry's path in an earlier copy; it may be absent there. */
  readonly earlierPath: string | undefined;
  readonly counts: Counts;
  /** Aborted at the first error, so that no other file is begun. */
  readonly failureController: AbortController;
}

/** The number of files of one directory that are copied at the same time. */
const PARALLEL_FILES = 16;

/**
 * Copies a tree to a path that must be absent. The copy appears whole under its name, or not at all.
 * @param earlierPath the path of an earlier copy, beside the target
 */
export async function backUp(source: Tree, target: Tree, earlierPath?: string): Promise<Counts> {
  const { files, path } = target;
  const partialPath = `${path}.partial`;
  const counts: Counts = { copiedCount: 0, linkedCount: 0, bytes: 0, skippedPaths: [] };
  if ((await findAttributes(files, path)) !== undefined) throw new Error(`${path} exists`);
  await files.rm(partialPath, { recursive: true, force: true });
  try {
    const failureController = new AbortController();
    const partialTarget = { files, path: partialPath };
    await copyDirectory({ source, target: partialTarget, earlierPath, counts, failureController });
    await files.rename(partialPath, path);
  } catch (error) {
    await files.rm(partialPath, { recursive: true, force: true });
    throw error;
  }
  return counts;
}

/** Copies a directory with its entries, several at a time. */
async function copyDirectory(copy: Copy): Promise<void> {
  const { source, target, earlierPath, failureController } = copy;
  const attributes = await source.files.lstat(source.path);
  await target.files.mkdir(target.path, { mode: 0o700 });
  const names = await source.files.readdir(source.path);
  const copyNext = async (): Promise<void> => {
    while (!failureController.signal.aborted) {
      const name = names.pop();
      if (name === undefined) return;
      const makeEntryTree = (tree: Tree): Tree => ({ ...tree, path: join(tree.path, name) });
      const entry = {
        ...copy,
        source: makeEntryTree(source),
        target: makeEntryTree(target),
        earlierPath: earlierPath && join(earlierPath, name),
      };
      await copyEntry(entry).catch((error) => {
        failureController.abort();
        throw error;
      });
    }
  };
  // After an error, the files that are being copied end before the copy is removed.
  const results = await Promise.allSettled(Array.from({ length: PARALLEL_FILES }, copyNext));
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure !== undefined) throw (failure as PromiseRejectedResult).reason;
  await copyAttributes(attributes, target);
}

/** Copies or links one entry. */
async function copyEntry(copy: Copy): Promise<void> {
  const { source, target, earlierPath, counts } = copy;
  const attributes = await source.files.lstat(source.path);
  if (attributes.isDirectory()) return copyDirectory(copy);
  if (attributes.isSymbolicLink()) {
    await target.files.symlink(await source.files.readlink(source.path), target.path);
    await target.files.lchown(target.path, attributes.uid, attributes.gid);
  } else if (!attributes.isFile()) {
    counts.skippedPaths.push(source.path);
  } else if (
    earlierPath !== undefined &&
    (await isUnchanged(attributes, target.files, earlierPath))
  ) {
    await target.files.link(earlierPath, target.path);
    counts.linkedCount += 1;
  } else {
    await copyData(source, target);
    await copyAttributes(attributes, target);
    counts.copiedCount += 1;
    counts.bytes += attributes.size;
  }
}

/** Copies a file's data, and waits until it is stored. */
async function copyData(source: Tree, target: Tree): Promise<void> {
  await using reader = await source.files.open(source.path, 'r');
  await using writer = await target.files.open(target.path, 'wx', 0o600);
  const pieces = reader.createReadStream({ autoClose: false });
  for await (const piece of pieces) await writer.appendFile(piece as Buffer);
  await writer.sync();
}

/** Copies owner, mode and times; the owner before the mode, as its change removes the setuid bit. */
async function copyAttributes(
  { uid, gid, mode, atime, mtime }: Stats,
  { files, path }: Tree,
): Promise<void> {
  await files.lchown(path, uid, gid);
  await files.chmod(path, mode & 0o7777);
  await files.utimes(path, atime, mtime);
}

/** Whether the earlier copy has the same size, owner, mode and time, to the millisecond. */
async function isUnchanged(attributes: Stats, files: Files, earlierPath: string): Promise<boolean> {
  const earlierAttributes = await findAttributes(files, earlierPath);
  const keys = ['size', 'mode', 'uid', 'gid'] as const;
  const isEqual = keys.every((key) => earlierAttributes?.[key] === attributes[key]);
  return isEqual && earlierAttributes?.mtime.getTime() === attributes.mtime.getTime();
}

/** Reads a file's attributes; resolves to undefined if the file does not exist. */
const findAttributes = (files: Files, path: string): Promise<Stats | undefined> =>
  files.lstat(path).catch((error) => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    return undefined;
  });

/** Opens a folder, or `VOLFILE.vol:/PATH`; adds an opened volume to `volumes`. */
async function openTree(text: string, volumes: Volume[]): Promise<Tree> {
  const [, volfile, path] = /^(.*\.vol):(\/.*)$/.exec(text) ?? [];
  if (volfile === undefined || path === undefined) return { files: disk, path: text };
  const volume = await Volume.open(volfile);
  volumes.push(volume);
  return { files: volume as unknown as Files, path };
}

async function main([from, to, earlier]: readonly string[]): Promise<void> {
  if (from === undefined || to === undefined) throw new Error('usage: SOURCE TARGET [EARLIER]');
  const volumes: Volume[] = [];
  try {
    const [source, target] = [await openTree(from, volumes), await openTree(to, volumes)];
    // The earlier copy is in the same volume as the target.
    const earlierPath = earlier?.replace(/^.*\.vol:/, '');
    const { copiedCount, linkedCount, bytes, skippedPaths } = await backUp(
      source,
      target,
      earlierPath,
    );
    console.log(`${copiedCount} copied (${bytes} bytes), ${linkedCount} as in the earlier copy`);
    for (const path of skippedPaths) console.error(`left out: ${path}`);
  } finally {
    for (const volume of volumes) await volume.close();
  }
}

const isProgram = import.meta.url === pathToFileURL(process.argv[1] ?? '').href;
if (isProgram) await main(process.argv.slice(2));
