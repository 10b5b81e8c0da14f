/**
 * Computes GlusterFS's virtual extended attributes, such as glusterfs.pathinfo, for a getxattr by name. They are not
 * stored, not listed, and cannot be set. A path comes from the inode table, and may be outdated by a rename of a
 * parent. If the table has no name, it comes from gfid handles (directories) or gfid2path (files).
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
import { joinPath } from '../../../core/operands.ts';
import { CONTENT } from '../../../core/xdata.ts';
import { O_CLOEXEC } from '../../../sys/constants.ts';
import * as libc from '../../../sys/libc.ts';
import { openHandle } from './files.ts';
import { readRecordedNames } from './gfid2path.ts';
import { isHiddenEntry, type PosixXlator } from './handle-search.ts';
import type { InodeHandle } from './handles.ts';
import { makeProcPath } from './paths.ts';

/** The inode of a request; `fd` is open on it, O_PATH or not. */
export interface OpenInode {
  readonly fd: number;
  readonly gfid: Gfid;
}

/** Returns an attribute's value; null if the inode lacks the attribute. */
type ComputeValue = (xl: PosixXlator, subject: OpenInode) => DictValue | null;

/** Returns `<POSIX(DIRECTORY):HOST:PATH>`, with the path of the gfid handle for an inode without a known path. */
const computePathinfo: ComputeValue = (xl, subject) => {
  const { gfid } = subject;
  const { settings, hostname, directory } = xl.priv;
  const { nodeUuid, nodeUuidPathinfo } = settings;
  const host = nodeUuidPathinfo && nodeUuid !== null ? nodeUuid : hostname;
  const handlePath = `/.glusterfs/${gfid.slice(0, 2)}/${gfid.slice(2, 4)}/${gfid}`;
  const path = findAnyPath(xl, subject) ?? handlePath;
  return `<POSIX(${directory}):${host}:${directory}${path}>`;
};

/** The functions that compute the attributes with a fixed name. */
const valueComputers: ReadonlyMap<string, ComputeValue> = new Map<string, ComputeValue>([
  ['glusterfs.pathinfo', computePathinfo],
  ['trusted.glusterfs.pathinfo', computePathinfo],
  ['trusted.glusterfs.node-uuid', (xl) => xl.priv.settings.nodeUuid],
  ['glusterfs.gfid', (_xl, { gfid }) => gfidToBytes(gfid)],
  ['glusterfs.gfid.string', (_xl, { gfid }) => gfid],
  ['glusterfs.gfid2path', (xl, subject) => findAnyPath(xl, subject)],
  ['glusterfs.ancestry.path', (xl, subject) => findAnyPath(xl, subject)],
  [
    'glusterfs.gfidtopath',
    (xl, subject) => findAllPaths(xl, subject).join(xl.priv.settings.gfid2pathSeparator) || null,
  ],
  ['glusterfs.open-fd-count', (xl, { gfid }) => (xl.inodes?.find(gfid)?.fdCount ? 1 : 0)],
]);

/** Prefix of attributes whose name ends in a file's name; the value is the entry's name, which may differ in case. */
const REAL_FILENAME_PREFIX = 'glusterfs.get_real_filename:';

/** Returns the value of a virtual attribute, or the errno; undefined for any other name. */
export function computeVirtualXattr(
  xl: PosixXlator,
  subject: OpenInode,
  name: string,
): Dict | number | undefined {
  // A quick check for the usual case: all virtual names contain this.
  if (!name.includes('glusterfs.')) return undefined;
  const compute = valueComputers.get(name);
  if (compute === undefined && !name.startsWith(REAL_FILENAME_PREFIX)) return undefined;
  const value =
    compute === undefined
      ? findRealFilename(xl, subject, name.slice(REAL_FILENAME_PREFIX.length))
      : compute(xl, subject);
  if (value === null) return ENODATA;
  // A number is the errno of `findRealFilename`, or the value of a computed attribute.
  return typeof value === 'number' && compute === undefined ? value : new Dict().set(name, value);
}

/** Returns all paths of an inode: by recorded names, or else by the inode table. */
function findAllPaths(xl: PosixXlator, { fd, gfid }: OpenInode): string[] {
  const paths: string[] = [];
  for (const { parent, name } of xl.priv.recordsNames ? readRecordedNames(fd) : []) {
    const directory = findDirectoryPath(xl, parent, xl.inodes?.find(parent));
    if (directory !== null) paths.push(joinPath(directory, name));
  }
  return paths.length > 0 ? paths : findTablePaths(xl, gfid);
}

/** Returns one path of an inode: by the inode table, or else by recorded names; null if no path is known. */
const findAnyPath = (xl: PosixXlator, subject: OpenInode): string | null =>
  findTablePaths(xl, subject.gfid)[0] ?? findAllPaths(xl, subject)[0] ?? null;

/** Returns the paths of an inode by the inode table. */
function findTablePaths(xl: PosixXlator, gfid: Gfid): string[] {
  const inode = xl.inodes?.find(gfid);
  const paths: string[] = [];
  for (const { parent, name } of inode?.names ?? []) {
    const directory = findDirectoryPath(xl, parent.gfid, parent);
    if (directory !== null) paths.push(joinPath(directory, name));
  }
  if (paths.length > 0) return paths;
  const directory = findDirectoryPath(xl, gfid, inode);
  return directory === null ? [] : [directory];
}

/** Returns a directory's path by the inode table or its gfid handles, or null. */
function findDirectoryPath(xl: PosixXlator, gfid: Gfid, inode: Inode | undefined): string | null {
  const path = inode?.path ?? '';
  if (path.startsWith('/')) return path;
  const names = xl.priv.gfidHandles?.readPathNames(gfid) ?? null;
  return names === null ? null : `/${names.join('/')}`;
}

const OPEN_LISTING_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;

/**
 * Returns the entry of a directory that is called `searched`, or else the first one that differs only in ASCII case;
 * null for none, or the errno.
 */
function findRealFilename(
  xl: PosixXlator,
  subject: OpenInode,
  searched: string,
): string | number | null {
  const fd = libc.open(makeProcPath(subject.fd), OPEN_LISTING_FLAGS, 0);
  if (fd < 0) return -fd;
  const lowerSearched = toLowerAscii(searched);
  let match: string | null = null;
  const { dirents } = xl.priv;
  let filledBytes = 0;
  while (match !== searched) {
    filledBytes = libc.getdents64(fd, dirents.bytes, dirents.bytes.length);
    if (filledBytes <= 0) break;
    dirents.start(filledBytes);
    while (dirents.next()) {
      const name = decodeName(dirents.bytes, dirents.nameStart, dirents.nameEnd);
      if (isHiddenEntry(subject, name)) continue;
      if (name === searched || (match === null && toLowerAscii(name) === lowerSearched))
        match = name;
    }
  }
  libc.close(fd);
  return filledBytes < 0 ? -filledBytes : match;
}

const toLowerAscii = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/**
 * Adds to `reply` the virtual values that a lookup requests by `keys`: `glusterfs.open-fd-count`, and
 * `glusterfs.content`, the data of a file that is no larger than the key's value.
 * @param size the file's size
 */
export function addVirtualValues(
  xl: PosixXlator,
  handle: InodeHandle,
  size: number,
  keys: Dict,
  reply: Dict | null,
): Dict | null {
  let values = reply;
  if (keys.has(OPEN_FDS)) {
    values ??= new Dict();
    values.set(OPEN_FDS, xl.inodes?.find(handle.gfid)?.fdCount ?? 0);
  }
  const maxBytes = keys.number(CONTENT) ?? -1;
  if (handle.type === IA_IFREG && size <= maxBytes) {
    const data = readContent(handle, size);
    if (data !== null) values = (values ?? new Dict()).set(CONTENT, data);
  }
  return values;
}

const OPEN_FDS = 'glusterfs.open-fd-count';

/** Reads a file of `size` bytes whole; null on failure, or if it is shorter now. */
function readContent(handle: InodeHandle, size: number): Uint8Array | null {
  const fd = openHandle(handle, constants.O_RDONLY);
  if (fd < 0) return null;
  const data = new Uint8Array(size);
  const byteCount = libc.pread(fd, data, size, 0);
  libc.close(fd);
  return byteCount === size ? data : null;
}
