/**
 * Finds inodes by gfid alone, through gfid handles: GlusterFS's links `.glusterfs/aa/bb/<gfid>`, hard links to files
 * and symbolic links to directories (docs/how-it-works/mechanisms.md).
 *
 * A handle is valid only if the inode that it leads to has that gfid. This file reads symbolic links itself; the kernel
 * never follows them. Callers must call `ensureGfidHandle` and `removeGfidHandle` in the same turn as the change of the
 * name.
 *
 * Source: GlusterFS `xlators/storage/posix/src/posix-handle.c`.
 */
import { constants } from 'node:fs';
import { decodeName, encodeName } from '../../../core/bytes.ts';
import { EEXIST, ENOENT, EROFS, ESTALE, strerror } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import { type Gfid, isGfid, ROOT_GFID } from '../../../core/gfid.ts';
import { NAME_MAX } from '../../../core/limits.ts';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_PATH,
} from '../../../sys/constants.ts';
import type { Path } from '../../../sys/libc.ts';
import * as libc from '../../../sys/libc.ts';
import { Statx, toCString } from '../../../sys/struct.ts';
import { deriveGfid, type GfidStore } from './gfid-store.ts';
import { type InodeHandle, STATX_MASK } from './handles.ts';
import { EMPTY_PATH, makeProcPath, SELF_PATH } from './paths.ts';

/** The folder of GlusterFS's own files, hidden from clients. */
export const PRIVATE_NAME = '.glusterfs';
const PRIVATE_PATH = toCString(PRIVATE_NAME);
/** Text of the root's gfid handle: from `.glusterfs/00/00` back to the root. */
const ROOT_LINK = toCString('../../..');
const OPEN_DIR_FLAGS = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;
const OPEN_ANY_FLAGS = O_PATH | constants.O_NOFOLLOW | O_CLOEXEC;
const { W_OK, X_OK } = constants;
/** Text of a directory's gfid handle: `../../pp/qq/<gfid of the parent>/<name>`. */
const DIRECTORY_LINK_PATTERN = /^\.\.\/\.\.\/[0-9a-f]{2}\/[0-9a-f]{2}\/([0-9a-f-]{36})\/([^/]+)$/s;
/** Most parents that a directory may have, to detect links in a circle. */
const MAX_DEPTH = 2048;

/** Result of `ensureGfidHandle`. */
export type GfidHandleOutcome =
  /** The handle leads to the inode. */
  | 'correct'
  /** Another existing inode has this gfid: the inode is a copy that was made with attributes (`cp -a`). */
  | 'taken'
  /** The handle could not be created: the errno. */
  | number;

/** A name of an inode in a directory. */
export interface NamedEntry {
  readonly parent: Gfid;
  /** The name, which ends in NUL; null if only the directory is known. */
  readonly name: Path | null;
}

/** A value of option `gfid-handles` or `gfid2path`. */
export type HandleMode = 'auto' | 'on' | 'off';

/** Result of `openGfidHandles`. */
export interface GfidHandlesResult {
  /** The gfid handles; null if the store keeps no gfid handles. */
  readonly handles: GfidHandles | null;
  /** The errno if a store for network clients has no handles, because they cannot be created; otherwise 0. */
  readonly fault: number;
}

/**
 * Opens the gfid handles of a store. With mode `auto` the store has them if this process may write to an existing
 * `.glusterfs`; with mode `on`, or `isServed` (to clients over the network), the folder is created.
 * @throws {InitError} if mode is `on`, and the folder cannot be created or written to
 */
export function openGfidHandles(
  rootFd: number,
  gfids: GfidStore,
  mode: HandleMode,
  isServed: boolean,
): GfidHandlesResult {
  if (mode === 'off') return { handles: null, fault: 0 };
  const createsFolder = mode === 'on' || isServed;
  const mkdirResult = createsFolder ? libc.mkdirat(rootFd, PRIVATE_PATH, 0o700) : 0;
  const folderFd = libc.openat(rootFd, PRIVATE_PATH, OPEN_DIR_FLAGS, 0);
  const failure = mkdirResult < 0 && mkdirResult !== -EEXIST ? mkdirResult : folderFd;
  const accessResult =
    folderFd < 0 ? failure : libc.faccessat(rootFd, PRIVATE_PATH, W_OK | X_OK, 0);
  // Handles on a read-only disk can be used.
  if (folderFd >= 0 && (accessResult >= 0 || accessResult === -EROFS)) {
    return { handles: new GfidHandles(rootFd, folderFd, gfids), fault: 0 };
  }
  if (folderFd >= 0) libc.close(folderFd);
  if (mode === 'auto') return { handles: null, fault: isServed ? -accessResult : 0 };
  const reason = strerror(-accessResult);
  const action = folderFd < 0 ? 'make' : 'write to';
  throw new InitError(
    `option 'gfid-handles' is on, but cannot ${action} ${PRIVATE_NAME}: ${reason}`,
  );
}

/** The gfid handles of one store. */
export class GfidHandles {
  private readonly rootFd: number;
  private readonly privateFd: number;
  private readonly gfids: GfidStore;
  /** Descriptors of the folders `.glusterfs/aa`, by `aa`; opened when needed. */
  private readonly firstLevelFds = new Map<string, number>();
  /** Memory for the name of a gfid handle and a NUL. */
  private readonly nameBuffer = new Uint8Array(ROOT_GFID.length + 1);
  /** Memory for a folder's name of two digits and a NUL. */
  private readonly folderNameBuffer = new Uint8Array(3);
  /**
   * Memory for a symbolic link's text of at most 49 characters and a name, so that a full buffer means a longer text.
   */
  private readonly linkBuffer = new Uint8Array(64 + NAME_MAX);
  private readonly st = new Statx();

  /** @param privateFd descriptor of `.glusterfs`, which `close` closes; `rootFd` stays the caller's */
  constructor(rootFd: number, privateFd: number, gfids: GfidStore) {
    this.rootFd = rootFd;
    this.privateFd = privateFd;
    this.gfids = gfids;
    const handleFolder = this.openHandleFolder(ROOT_GFID, true);
    if (handleFolder < 0) return;
    libc.symlinkat(ROOT_LINK, handleFolder, this.fillName(ROOT_GFID));
    libc.close(handleFolder);
  }

  close(): void {
    for (const fd of this.firstLevelFds.values()) libc.close(fd);
    this.firstLevelFds.clear();
    libc.close(this.privateFd);
  }

  /**
   * Creates or corrects the gfid handle of an inode.
   * @param fd a descriptor of the inode
   * @param isNew whether the inode is known to have no gfid handle, so that no check is needed
   */
  ensureGfidHandle(
    inodeHandle: InodeHandle,
    fd: number,
    entry: NamedEntry,
    isNew: boolean,
  ): GfidHandleOutcome {
    const handleFolder = this.openHandleFolder(inodeHandle.gfid, true);
    if (handleFolder < 0) return -handleFolder;
    let outcome: GfidHandleOutcome = 'correct';
    if (isNew || !this.isCorrect(handleFolder, inodeHandle, entry))
      outcome = this.createGfidHandle(handleFolder, inodeHandle, fd, entry);
    if (outcome === EEXIST) {
      const existingFd = this.openInode(inodeHandle.gfid);
      const isOther = existingFd >= 0 && !this.isReplaceable(existingFd, inodeHandle);
      if (existingFd >= 0) libc.close(existingFd);
      if (isOther) outcome = 'taken';
      else {
        libc.unlinkat(handleFolder, this.fillName(inodeHandle.gfid), 0);
        outcome = this.createGfidHandle(handleFolder, inodeHandle, fd, entry);
      }
    }
    libc.close(handleFolder);
    return outcome;
  }

  /**
   * Removes the gfid handle of an inode without names; returns whether the handle is gone. The handle of an
   * immutable inode (chattr +i) cannot be removed.
   */
  removeGfidHandle(gfid: Gfid): boolean {
    const handleFolder = this.openHandleFolder(gfid, false);
    if (handleFolder < 0) return handleFolder === -ENOENT;
    const result = libc.unlinkat(handleFolder, this.fillName(gfid), 0);
    libc.close(handleFolder);
    return result >= 0 || result === -ENOENT;
  }

  /**
   * Returns an O_PATH descriptor of the inode with this gfid, or minus the errno: ESTALE without a handle, or
   * if it leads to another inode.
   */
  openInode(gfid: Gfid): number {
    return this.openThroughParents(gfid, MAX_DEPTH);
  }

  /** Whether the gfid's handle leads to this inode. */
  leadsTo(inodeHandle: InodeHandle): boolean {
    const fd = this.openInode(inodeHandle.gfid);
    if (fd < 0) return false;
    const isMatch = this.readStat(fd, EMPTY_PATH) && inodeHandle.matches(this.st);
    libc.close(fd);
    return isMatch;
  }

  /**
   * Removes the gfid handle of a directory that was moved away from `entry`, unless a directory has that gfid again.
   */
  removeStaleGfidHandle(gfid: Gfid, entry: NamedEntry & { readonly name: Path }): void {
    const link = this.readDirectoryLink(gfid);
    const name = decodeName(entry.name, 0, entry.name.indexOf(0));
    if (link === null || link.parent !== entry.parent || link.name !== name) return;
    const fd = this.openInode(gfid);
    if (fd >= 0) libc.close(fd);
    if (fd === -ESTALE) this.removeGfidHandle(gfid);
  }

  /** Opens a folder inside `.glusterfs`, which the caller closes; or returns minus the errno. */
  openPrivateFolder(name: Path, mayCreate: boolean): number {
    const result = mayCreate ? libc.mkdirat(this.privateFd, name, 0o755) : 0;
    if (result < 0 && result !== -EEXIST) return result;
    return libc.openat(this.privateFd, name, OPEN_DIR_FLAGS, 0);
  }

  /** Returns the names of the directories from the root to this one; null if a handle is missing. */
  readPathNames(directory: Gfid): string[] | null {
    const names: string[] = [];
    for (let gfid = directory; gfid !== ROOT_GFID; ) {
      const link = names.length < MAX_DEPTH ? this.readDirectoryLink(gfid) : null;
      if (link === null) return null;
      names.unshift(link.name);
      gfid = link.parent;
    }
    return names;
  }

  /** Opens an inode as `openInode` does, through at most `parentsLeft` parents. */
  private openThroughParents(gfid: Gfid, parentsLeft: number): number {
    if (gfid === ROOT_GFID) return libc.openat(this.rootFd, SELF_PATH, OPEN_DIR_FLAGS, 0);
    const handleFolder = this.openHandleFolder(gfid, false);
    if (handleFolder < 0) return handleFolder === -ENOENT ? -ESTALE : handleFolder;
    const fd = libc.openat(handleFolder, this.fillName(gfid), OPEN_ANY_FLAGS, 0);
    libc.close(handleFolder);
    if (fd < 0) return fd === -ENOENT ? -ESTALE : fd;
    if (this.hasGfid(fd, gfid)) return fd;
    const link = this.readLink(fd);
    libc.close(fd);
    return link === null || parentsLeft === 0 ? -ESTALE : this.openChild(link, gfid, parentsLeft);
  }

  /** Opens the directory of this gfid that a symbolic link names in its parent. */
  private openChild(link: DirectoryLink, gfid: Gfid, parentsLeft: number): number {
    const dir = this.openThroughParents(link.parent, parentsLeft - 1);
    if (dir < 0) return dir;
    const fd = libc.openat(dir, encodePath(link.name), OPEN_DIR_FLAGS, 0);
    libc.close(dir);
    if (fd < 0) return -ESTALE;
    if (this.hasGfid(fd, gfid)) return fd;
    libc.close(fd);
    return -ESTALE;
  }

  /** Whether the inode that `fd` is open on has this gfid. */
  private hasGfid(fd: number, gfid: Gfid): boolean {
    const stored = this.gfids.readByFd(fd);
    if (stored !== null) return stored === gfid;
    return this.readStat(fd, EMPTY_PATH) && deriveGfid(this.st) === gfid;
  }

  /**
   * Reads the attributes of `path` in a directory (`EMPTY_PATH`: of `fd`'s own inode) into `st`; returns false on
   * failure.
   */
  private readStat(fd: number, path: Path): boolean {
    const flags = path === EMPTY_PATH ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    return libc.statx(fd, path, flags, STATX_MASK, this.st.bytes) >= 0;
  }

  /** Whether `handleFolder` has a correct gfid handle of the inode, by one system call. */
  private isCorrect(handleFolder: number, inodeHandle: InodeHandle, entry: NamedEntry): boolean {
    const name = this.fillName(inodeHandle.gfid);
    if (!inodeHandle.isDir)
      return this.readStat(handleFolder, name) && inodeHandle.matches(this.st);
    const length = libc.readlinkat(handleFolder, name, this.linkBuffer, this.linkBuffer.length);
    if (length < 0 || entry.name === null) return length >= 0;
    const text = makeLinkText(entry);
    return Buffer.compare(this.linkBuffer.subarray(0, length), text.subarray(0, -1)) === 0;
  }

  /** Creates a gfid handle; returns 'correct' or the errno. For a directory without a known name it creates none. */
  private createGfidHandle(
    handleFolder: number,
    inodeHandle: InodeHandle,
    fd: number,
    entry: NamedEntry,
  ): 'correct' | number {
    const name = this.fillName(inodeHandle.gfid);
    let result = 0;
    if (!inodeHandle.isDir)
      result = libc.linkat(AT_FDCWD, makeProcPath(fd), handleFolder, name, AT_SYMLINK_FOLLOW);
    else if (entry.name !== null) result = libc.symlinkat(makeLinkText(entry), handleFolder, name);
    return result < 0 ? -result : 'correct';
  }

  /**
   * Whether a gfid handle, which `fd` is open on, may be replaced: it leads to the inode, or is its file's only link.
   */
  private isReplaceable(fd: number, inodeHandle: InodeHandle): boolean {
    if (!this.readStat(fd, EMPTY_PATH) || inodeHandle.matches(this.st)) return true;
    return (this.st.mode & constants.S_IFMT) !== constants.S_IFDIR && this.st.nlink <= 1;
  }

  /** Reads a directory's gfid handle: its parent and name; null without a valid one. */
  private readDirectoryLink(directory: Gfid): DirectoryLink | null {
    const handleFolder = this.openHandleFolder(directory, false);
    if (handleFolder < 0) return null;
    const fd = libc.openat(handleFolder, this.fillName(directory), OPEN_ANY_FLAGS, 0);
    libc.close(handleFolder);
    const link = fd < 0 ? null : this.readLink(fd);
    if (fd >= 0) libc.close(fd);
    return link;
  }

  /** Reads the text of a directory's gfid handle that `fd` is open on; null if it is no such link. */
  private readLink(fd: number): DirectoryLink | null {
    const length = libc.readlinkat(fd, EMPTY_PATH, this.linkBuffer, this.linkBuffer.length);
    if (length < 0 || length === this.linkBuffer.length) return null;
    const match = DIRECTORY_LINK_PATTERN.exec(decodeName(this.linkBuffer, 0, length));
    const [, parent = '', name = ''] = match ?? [];
    return match === null || !isGfid(parent) || name === '..' || name === '.'
      ? null
      : { parent, name };
  }

  /** Opens the folder `aa/bb` of a gfid's handle, which the caller closes; or returns minus the errno. */
  private openHandleFolder(gfid: Gfid, mayCreate: boolean): number {
    const firstFd = this.openFirstLevelFolder(gfid, mayCreate);
    if (firstFd < 0) return firstFd;
    const secondFd = this.openSubfolder(firstFd, gfid, 2, mayCreate);
    if (secondFd !== -ENOENT || !mayCreate) return secondFd;
    // ENOENT although it may be created: the cached folder `aa` was removed.
    this.closeFirstLevelFolder(gfid);
    const newFd = this.openFirstLevelFolder(gfid, true);
    return newFd < 0 ? newFd : this.openSubfolder(newFd, gfid, 2, true);
  }

  /** Returns a descriptor of the folder `aa` of a gfid, which stays cached; or minus the errno. */
  private openFirstLevelFolder(gfid: Gfid, mayCreate: boolean): number {
    const key = gfid.slice(0, 2);
    const cachedFd = this.firstLevelFds.get(key);
    if (cachedFd !== undefined) return cachedFd;
    const fd = this.openSubfolder(this.privateFd, gfid, 0, mayCreate);
    if (fd >= 0) this.firstLevelFds.set(key, fd);
    return fd;
  }

  private closeFirstLevelFolder(gfid: Gfid): void {
    const key = gfid.slice(0, 2);
    libc.close(this.firstLevelFds.get(key)!);
    this.firstLevelFds.delete(key);
  }

  /** Opens the subfolder that is named by two digits of the gfid, from index `digitIndex`. */
  private openSubfolder(dir: number, gfid: Gfid, digitIndex: number, mayCreate: boolean): number {
    this.folderNameBuffer[0] = gfid.charCodeAt(digitIndex);
    this.folderNameBuffer[1] = gfid.charCodeAt(digitIndex + 1);
    const fd = libc.openat(dir, this.folderNameBuffer, OPEN_DIR_FLAGS, 0);
    if (fd !== -ENOENT || !mayCreate) return fd;
    const result = libc.mkdirat(dir, this.folderNameBuffer, 0o700);
    return result < 0 && result !== -EEXIST
      ? result
      : libc.openat(dir, this.folderNameBuffer, OPEN_DIR_FLAGS, 0);
  }

  /** Writes a gfid, the name of its handle, into `nameBuffer`, which it returns. */
  private fillName(gfid: Gfid): Uint8Array {
    for (let index = 0; index < gfid.length; index++)
      this.nameBuffer[index] = gfid.charCodeAt(index);
    return this.nameBuffer;
  }
}

/** The content of a directory's gfid handle. */
interface DirectoryLink {
  readonly parent: Gfid;
  readonly name: string;
}

/** Encodes a name as a path; EMPTY_PATH is the NUL at its end. */
const encodePath = (name: string): Uint8Array => Buffer.concat([encodeName(name), EMPTY_PATH]);

/** Makes the text of a directory's gfid handle (`DIRECTORY_LINK_PATTERN`), with a NUL at the end. */
function makeLinkText({ parent, name }: NamedEntry): Uint8Array {
  const prefix = `../../${parent.slice(0, 2)}/${parent.slice(2, 4)}/${parent}/`;
  return Buffer.concat([Buffer.from(prefix, 'latin1'), name!.subarray(0, name!.indexOf(0) + 1)]);
}
