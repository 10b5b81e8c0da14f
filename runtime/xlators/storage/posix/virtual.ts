/**
 * Extended attributes that are stored nowhere: what GlusterFS computes for whoever asks by name. No
 * list shows them, and setting one is the disk's to refuse.
 *
 *     getfattr -n glusterfs.pathinfo --only-values /mnt/f     <POSIX(/brick):host:/brick/f>
 *
 * A path is the inode table's, for people: somebody may have renamed a directory above since. Where
 * the table knows none, the gfid handles do for directories and gfid2path does for files.
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
import { notedNames } from './gfid2path.ts';
import type { Handle } from './handles.ts';
import { procPath } from './paths.ts';
import type { PosixXlator } from './resolve.ts';

/** The inode that is asked about; `fd` is open on it, O_PATH or not. */
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

/** In front of a name: the entry of a directory that has this name in whatever case. */
const REAL_FILENAME = 'glusterfs.get_real_filename:';

/** The value of an attribute that is computed, or the errno; undefined when this is none. */
export function virtualXattr(
  xl: PosixXlator,
  of: Subject,
  name: string,
): Dict | number | undefined {
  // All have this in their names, and few others do.
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

/** All paths of an inode: those that are kept with it, otherwise those that the table knows. */
function allPaths(xl: PosixXlator, { fd, gfid }: Subject): string[] {
  const kept: string[] = [];
  for (const { parent, name } of xl.priv.notes ? notedNames(fd) : []) {
    const above = directoryPath(xl, parent, xl.inodes?.find(parent));
    if (above !== null) kept.push(joinPath(above, name));
  }
  return kept.length > 0 ? kept : pathsOf(xl, gfid);
}

const anyPath = (xl: PosixXlator, of: Subject): string | null =>
  pathsOf(xl, of.gfid)[0] ?? allPaths(xl, of)[0] ?? null;

/** The paths from the root that are known to lead to an inode. */
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

/** A directory's path; null when neither the table nor its gfid handle leads up to the root. */
function directoryPath(xl: PosixXlator, gfid: Gfid, inode: Inode | undefined): string | null {
  const path = inode?.path ?? '';
  if (path.startsWith('/')) return path;
  const names = xl.priv.links?.namesOf(gfid) ?? null;
  return names === null ? null : `/${names.join('/')}`;
}

const OPEN_LISTING = constants.O_RDONLY | constants.O_DIRECTORY | O_CLOEXEC;

/** The name itself when it is there, otherwise the first that differs in the case of ASCII letters. */
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
 * What a lookup's keys ask for besides stored attributes: `glusterfs.content`, all of a file's data
 * if it is no longer than the number given, and `glusterfs.open-fd-count`. Added to `answer`.
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

/** All of a file's data; null when it cannot be had, or is another size by now. */
function contentOf(handle: Handle, size: number): Uint8Array | null {
  const fd = openHandle(handle, constants.O_RDONLY);
  if (fd < 0) return null;
  const data = new Uint8Array(size);
  const got = libc.pread(fd, data, size, 0);
  libc.close(fd);
  return got === size ? data : null;
}
