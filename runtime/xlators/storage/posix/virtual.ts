/**
 * Computes GlusterFS's virtual extended attributes for a getxattr by name. They are not stored, no list shows
 * them, and the disk refuses to set them.
 *
 *     getfattr -n glusterfs.pathinfo --only-values /mnt/f     <POSIX(/brick):host:/brick/f>
 *
 * A path comes from the inode table, and may be outdated by a rename of a parent. If the table has none, it
 * comes from gfid handles for directories, and from gfid2path for files.
 *
 * Source: GlusterFS `xlators/storage/posix/src/posix-inode-fd-ops.c` (posix_getxattr),
 * `posix-helpers.c` (_posix_xattr_get_set), `fuse-bridge.c` (glusterfs.gfid).
 */
import { constants } from 'node:fs';
import { decodeName } from '../../../core/bytes.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import { ENODATA } from '../../../core/errno.ts';
import { type Gfid, gfidToBytes } from '../../../core/gfid.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { joinPath } from '../../../core/loc.ts';
import { CONTENT } from '../../../core/xdata.ts';
import { O_CLOEXEC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { openHandle } from './files.ts';
import { PRIVATE_NAME } from './gfid-handles.ts';
import { recordedNames } from './gfid2path.ts';
import type { Handle } from './handles.ts';
import { procPath } from './paths.ts';
import type { PosixXlator } from './resolve.ts';

/** The inode of a request; `fd` is open on it, O_PATH or not. */
export interface Subject {
  readonly fd: number;
  readonly gfid: Gfid;
}

type Compute = (xl: PosixXlator, of: Subject) => DictValue | null;

const pathinfo: Compute = (xl, of) => {
  const { gfid } = of;
  const { settings, hostname, directory } = xl.priv;
  const { nodeUuid, nodeUuidPathinfo } = settings;
  const host = nodeUuidPathinfo && nodeUuid !== null ? nodeUuid : hostname;
  const handle = `/.glusterfs/${gfid.slice(0, 2)}/${gfid.slice(2, 4)}/${gfid}`;
  const path = anyPath(xl, of) ?? handle;
  return `<POSIX(${directory}):${host}:${directory}${path}>`;
};

const VIRTUAL: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ['glusterfs.pathinfo', pathinfo],
  ['trusted.glusterfs.pathinfo', pathinfo],
  ['trusted.glusterfs.node-uuid', (xl) => xl.priv.settings.nodeUuid],
  ['glusterfs.gfid', (_xl, { gfid }) => gfidToBytes(gfid)],
  ['glusterfs.gfid.string', (_xl, { gfid }) => gfid],
  ['glusterfs.gfid2path', (xl, of) => anyPath(xl, of)],
  ['glusterfs.ancestry.path', (xl, of) => anyPath(xl, of)],
  [
    'glusterfs.gfidtopath',
    (xl, of) => allPaths(xl, of).join(xl.priv.settings.gfid2pathSeparator) || null,
  ],
  ['glusterfs.open-fd-count', (xl, { gfid }) => (xl.inodes?.find(gfid)?.fdCount ? 1 : 0)],
]);

/** Prefix of a name: returns the directory's entry with this name in any case. */
const REAL_FILENAME = 'glusterfs.get_real_filename:';

/** Returns the value of a virtual attribute, or the errno; undefined for any other name. */
export function virtualXattr(
  xl: PosixXlator,
  of: Subject,
  name: string,
): Dict | number | undefined {
  // A quick check: all virtual names contain this.
  if (!name.includes('glusterfs.')) return undefined;
  const compute = VIRTUAL.get(name);
  if (compute === undefined && !name.startsWith(REAL_FILENAME)) return undefined;
  const value =
    compute === undefined
      ? realFilename(xl, of, name.slice(REAL_FILENAME.length))
      : compute(xl, of);
  if (value === null) return ENODATA;
  return typeof value === 'number' && compute === undefined ? value : new Dict().set(name, value);
}

/** Returns all paths of an inode: the recorded ones, otherwise those of the inode table. */
function allPaths(xl: PosixXlator, { fd, gfid }: Subject): string[] {
  const kept: string[] = [];
  for (const { parent, name } of xl.priv.notes ? recordedNames(fd) : []) {
    const above = directoryPath(xl, parent, xl.inodes?.find(parent));
    if (above !== null) kept.push(joinPath(above, name));
  }
  return kept.length > 0 ? kept : pathsOf(xl, gfid);
}

const anyPath = (xl: PosixXlator, of: Subject): string | null =>
  pathsOf(xl, of.gfid)[0] ?? allPaths(xl, of)[0] ?? null;

/** Returns the paths of an inode by the inode table. */
function pathsOf(xl: PosixXlator, gfid: Gfid): string[] {
  const inode = xl.inodes?.find(gfid);
  const paths: string[] = [];
  for (const { parent, name } of inode?.names ?? []) {
    const above = directoryPath(xl, parent.gfid, parent);
    if (above !== null) paths.push(joinPath(above, name));
  }
  if (paths.length > 0) return paths;
  const own = directoryPath(xl, gfid, inode);
  return own === null ? [] : [own];
}

/** Returns a directory's path by the inode table or its gfid handles, or null. */
function directoryPath(xl: PosixXlator, gfid: Gfid, inode: Inode | undefined): string | null {
  const path = inode?.path ?? '';
  if (path.startsWith('/')) return path;
  const names = xl.priv.links?.namesOf(gfid) ?? null;
  return names === null ? null : `/${names.join('/')}`;
}

const OPEN_LISTING = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;

/** Returns the name itself if it exists, otherwise the first that differs only in ASCII case. */
function realFilename(xl: PosixXlator, of: Subject, wanted: string): string | number | null {
  const fd = libc.open(procPath(of.fd), OPEN_LISTING, 0);
  if (fd < 0) return -fd;
  const lower = asciiLower(wanted);
  let found: string | null = null;
  const { dirents, root } = xl.priv;
  let filled = 0;
  while (found !== wanted) {
    filled = libc.getdents64(fd, dirents.bytes, dirents.bytes.length);
    if (filled <= 0) break;
    dirents.start(filled);
    while (dirents.next()) {
      const name = decodeName(dirents.bytes, dirents.nameStart, dirents.nameEnd);
      if (of.gfid === root.gfid && name === PRIVATE_NAME) continue;
      if (name === wanted || (found === null && asciiLower(name) === lower)) found = name;
    }
  }
  libc.close(fd);
  return filled < 0 ? -filled : found;
}

const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/**
 * Adds to `answer` the virtual values that a lookup requests: `glusterfs.content`, a file's data up to the
 * given size, and `glusterfs.open-fd-count`.
 */
export function virtualKeys(
  xl: PosixXlator,
  handle: Handle,
  size: number,
  keys: Dict | null,
  answer: Dict | null,
): Dict | null {
  if (keys === null) return answer;
  let found = answer;
  if (keys.has(OPEN_FDS)) {
    found ??= new Dict();
    found.set(OPEN_FDS, xl.inodes?.find(handle.gfid)?.fdCount ?? 0);
  }
  const most = keys.number(CONTENT) ?? -1;
  if (handle.type === IA_IFREG && size <= most) {
    const data = contentOf(handle, size);
    if (data !== null) found = (found ?? new Dict()).set(CONTENT, data);
  }
  return found;
}

const OPEN_FDS = 'glusterfs.open-fd-count';

/** Returns a file's data; null on failure, or if its size has changed. */
function contentOf(handle: Handle, size: number): Uint8Array | null {
  const fd = openHandle(handle, constants.O_RDONLY);
  if (fd < 0) return null;
  const data = new Uint8Array(size);
  const got = libc.pread(fd, data, size, 0);
  libc.close(fd);
  return got === size ? data : null;
}
