/**
 * Handles the fops of a file system by path that find, create and remove names. Errors and their precedence are Linux's
 * (`fs/namei.c`). What `stat` says is asked before a change, so that an author's method is only called where it can
 * succeed.
 */

import {
  EEXIST,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EOPNOTSUPP,
  EPERM,
  ESTALE,
} from '../core/errno.ts';
import type { FileMethod } from '../core/file-methods.ts';
import type { Frame } from '../core/frame.ts';
import { fail, unwind } from '../core/gen/fops.gen.ts';
import { IA_IFDIR, IA_IFREG, typeOfMode } from '../core/iatt.ts';
import { SYMLINK_MAX } from '../core/limits.ts';
import { O_EXCL } from '../core/open-flags.ts';
import type { Loc } from '../core/operands.ts';
import { RENAME_FLAGS, RENAME_NOREPLACE } from '../core/xdata.ts';
import type { Fops } from '../core/xlator.ts';
import { findTextFault } from '../xlators/storage/shared/fop-values.ts';
import { openNode } from './data-fops.ts';
import { type FilesVolume, makeEntryTimeouts, makeNegativeTimeout } from './files-volume.ts';
import type { Listing } from './listing.ts';
import { joinPath, type Node } from './node.ts';

const S_IFMT = 0o170000;
/** The start of names of files that were removed while they were open. */
const REMOVED_PREFIX = '.glossa-removed-';

/** Ends a request of a fop: 0, or the errno. */
type End = (errno: number) => void;

/** Makes the fops of names. */
export function makeNameFops(volume: FilesVolume): Fops<unknown> {
  const { tree } = volume;

  /** Calls a method that makes an entry, if its name is free, and asks for what it made. */
  const makeEntry = (
    frame: Frame,
    loc: Loc,
    method: FileMethod,
    { text, a }: { text?: string; a?: number },
    take: (errno: number, node: Node | null, value: unknown) => void,
  ): void => {
    const last = volume.takeLastAnswer();
    volume.change((endChange) => {
      const end = (errno: number, node: Node | null = null, value?: unknown) => {
        endChange();
        take(errno, node, value);
      };
      const parent = volume.findParent(loc);
      if (typeof parent === 'number') return end(parent);
      const name = loc.name!;
      volume.statName(frame, parent, name, { last }, (statErrno) => {
        if (statErrno !== ENOENT) return end(statErrno === 0 ? EEXIST : statErrno);
        const path = joinPath(parent.path!, name);
        const args = { a: a ?? 0, ...(text !== undefined && { text }) };
        volume.call(frame, method, path, args, (errno, value) => {
          if (errno !== 0) return end(errno);
          volume.statName(frame, parent, name, { keeps: true }, (errnoAfter, node) => {
            if (errnoAfter === 0) volume.use(loc.inode, node!);
            end(errnoAfter, node, value);
          });
        });
      });
    });
  };

  /** Gives a file that is removed while it is open a hidden name until its last close. */
  const hide = (frame: Frame, parent: Node, name: string, node: Node, end: End) => {
    const hidden = `${REMOVED_PREFIX}${node.gfid}`;
    const dir = parent.path!;
    const args = { text: joinPath(dir, hidden) };
    volume.call(frame, 'rename', joinPath(dir, name), args, (errno) => {
      if (errno === 0) {
        tree.moveName(parent, name, parent, hidden);
        node.isRemovedAtClose = true;
      }
      end(errno);
    });
  };

  /** Whether a file must keep its data until it is closed, and has no handle of the author's that does so. */
  const mustHide = (node: Node): boolean =>
    node.openCount > 0 &&
    node.names.length === 1 &&
    volume.defines('rename') &&
    (!volume.defines('open') || volume.backend.hidesRemoved === true);

  /** Removes a name whose node is known and may be removed. */
  const removeName = (
    frame: Frame,
    method: 'remove' | 'rmdir',
    parent: Node,
    name: string,
    node: Node,
    end: End,
  ) => {
    if (method === 'remove' && volume.defines('remove') && mustHide(node))
      return hide(frame, parent, name, node, end);
    volume.call(frame, method, joinPath(parent.path!, name), {}, (errno) => {
      if (errno === 0) tree.removeName(parent, name);
      end(errno);
    });
  };

  /** Finds the node of a loc's name, for a change; ends with the errno if there is none. */
  const findVictim = (
    frame: Frame,
    loc: Loc,
    end: End,
    go: (parent: Node, name: string, node: Node) => void,
  ) => {
    const parent = volume.findParent(loc);
    if (typeof parent === 'number') return end(parent);
    volume.statName(frame, parent, loc.name!, {}, (errno, node) => {
      if (errno !== 0) end(errno);
      else go(parent, loc.name!, node!);
    });
  };

  /** Ends with ENOTEMPTY if a directory has entries. */
  const checkEmpty = (frame: Frame, path: string, end: End): void =>
    volume.call(frame, 'list', path, {}, (errno, value) => {
      if (errno !== 0) return end(errno);
      const { names } = value as Listing;
      end(names.every((name) => name.startsWith(REMOVED_PREFIX)) ? 0 : ENOTEMPTY);
    });

  /** Checks that a rename may replace its target; ends with 0 or the errno. */
  const checkReplaced = (frame: Frame, node: Node, replaced: Node, end: End) => {
    if (node.isDir && !replaced.isDir) return end(ENOTDIR);
    if (!node.isDir && replaced.isDir) return end(EISDIR);
    if (!replaced.isDir) return end(0);
    checkEmpty(frame, replaced.path!, end);
  };

  /** Renames where both names were checked. */
  const moveName = (
    frame: Frame,
    parent: Node,
    name: string,
    newParent: Node,
    newName: string,
    end: End,
  ) => {
    const text = joinPath(newParent.path!, newName);
    volume.call(frame, 'rename', joinPath(parent.path!, name), { text }, (errno) => {
      if (errno === 0) tree.moveName(parent, name, newParent, newName);
      end(errno);
    });
  };

  const rename = (frame: Frame, oldloc: Loc, newloc: Loc, flags: number, end: End): void =>
    findVictim(frame, oldloc, end, (parent, name, node) => {
      const newParent = volume.findParent(newloc);
      if (typeof newParent === 'number') return end(newParent);
      const newName = newloc.name!;
      const move = (): void => moveName(frame, parent, name, newParent, newName, end);
      volume.statName(frame, newParent, newName, {}, (errno, replaced) => {
        if (errno !== 0 && errno !== ENOENT) return end(errno);
        if (errno === 0 && flags === RENAME_NOREPLACE) return end(EEXIST);
        if (node.isDir && newParent.isWithin(node)) return end(EINVAL);
        if (errno === ENOENT) return move();
        if (replaced!.isDir && parent.isWithin(replaced!)) return end(ENOTEMPTY);
        if (replaced === node) return end(0);
        checkReplaced(frame, node, replaced!, (fault) => {
          if (fault !== 0) end(fault);
          else if (!replaced!.isDir && mustHide(replaced!))
            hide(frame, newParent, newName, replaced!, (hideErrno) =>
              hideErrno === 0 ? move() : end(hideErrno),
            );
          else move();
        });
      });
    });

  const lookupName = (frame: Frame, loc: Loc) => {
    const parent = volume.findParent(loc);
    if (typeof parent === 'number') return fail.lookup(frame, parent);
    volume.statName(frame, parent, loc.name!, { keeps: true }, (errno, node, timeout) => {
      const postparent = parent.iatt ?? volume.makeIatt(parent, {});
      if (errno !== 0)
        return unwind.lookup(
          frame,
          -1,
          errno,
          null,
          null,
          makeNegativeTimeout(timeout),
          postparent,
        );
      // The name has another file now: with ESTALE the caller looks it up again, with a new inode.
      if (loc.inode?.linked && loc.inode.gfid !== node!.gfid) return fail.lookup(frame, ESTALE);
      volume.use(loc.inode, node!);
      unwind.lookup(frame, 0, 0, loc.inode, node!.iatt, makeEntryTimeouts(timeout), postparent);
    });
  };

  const lookupNode = (frame: Frame, loc: Loc, node: Node): void =>
    volume.statNode(frame, node, (errno, _node, timeout) => {
      if (errno !== 0) return fail.lookup(frame, errno);
      volume.use(loc.inode, node);
      unwind.lookup(frame, 0, 0, loc.inode, node.iatt, makeEntryTimeouts(timeout), node.iatt);
    });

  /** Finds the node of a loc without a name, or of `.` and `..`. */
  const findNameless = (loc: Loc): Node | number => {
    if (loc.parent === null || loc.name === null) return volume.findNode(loc);
    const dir = volume.findInodeNode(loc.parent);
    if (typeof dir === 'number') return dir;
    if (!dir.isDir) return ENOTDIR;
    if (loc.name === '.') return dir;
    return dir === tree.root ? ENOENT : dir.parent;
  };

  /** The attributes of a change's directory, before and after: those that are known. */
  const parentIatt = (loc: Loc) => {
    const parent = loc.parent === null ? ENOENT : volume.findInodeNode(loc.parent);
    return typeof parent === 'number' ? null : (parent.iatt ?? volume.makeIatt(parent, {}));
  };

  return {
    lookup(frame, _xl, loc, _xdata) {
      const isNamed = loc.parent !== null && loc.name !== null;
      if (isNamed && loc.name !== '.' && loc.name !== '..') return lookupName(frame, loc);
      const node = findNameless(loc);
      if (typeof node === 'number') fail.lookup(frame, node);
      else lookupNode(frame, loc, node);
    },

    mkdir(frame, _xl, loc, mode, _umask, _xdata) {
      makeEntry(frame, loc, 'mkdir', { a: mode & 0o1777 }, (errno, node) => {
        if (errno !== 0) return fail.mkdir(frame, errno);
        const parent = parentIatt(loc);
        unwind.mkdir(frame, 0, 0, loc.inode, node!.iatt, parent, parent, null);
      });
    },

    symlink(frame, _xl, linkpath, loc, _umask, _xdata) {
      const fault = linkpath === '' ? ENOENT : findTextFault(linkpath, SYMLINK_MAX);
      if (fault !== 0) return fail.symlink(frame, fault);
      makeEntry(frame, loc, 'symlink', { text: linkpath }, (errno, node) => {
        if (errno !== 0) return fail.symlink(frame, errno);
        const parent = parentIatt(loc);
        unwind.symlink(frame, 0, 0, loc.inode, node!.iatt, parent, parent, null);
      });
    },

    mknod(frame, _xl, loc, mode, _rdev, _umask, _xdata) {
      const type = (mode & S_IFMT) === 0 ? IA_IFREG : typeOfMode(mode);
      if (type === IA_IFDIR) return fail.mknod(frame, EPERM);
      if (type !== IA_IFREG) return fail.mknod(frame, EOPNOTSUPP);
      makeEntry(frame, loc, 'create', { a: mode & 0o7777 }, (errno, node, handle) => {
        if (errno !== 0) return fail.mknod(frame, errno);
        const parent = parentIatt(loc);
        const reply = (): void =>
          unwind.mknod(frame, 0, 0, loc.inode, node!.iatt, parent, parent, null);
        // The file is not opened.
        if ((handle as number) >= 0 && volume.defines('close'))
          volume.call(frame, 'close', node!.path ?? '', { handle: handle as number }, reply);
        else reply();
      });
    },

    create(frame, _xl, loc, flags, mode, _umask, fd, _xdata) {
      const reply = (node: Node, handle: number) => {
        volume.addOpenFile(fd, node, handle);
        const parent = parentIatt(loc);
        unwind.create(frame, 0, 0, fd, loc.inode, node.iatt, parent, parent, null);
      };
      makeEntry(frame, loc, 'create', { a: mode & 0o7777 }, (errno, made, handle) => {
        if (errno === 0) return reply(made!, handle as number);
        const node = errno === EEXIST && (flags & O_EXCL) === 0 ? findNamed(loc) : undefined;
        if (node === undefined) return fail.create(frame, errno);
        volume.use(loc.inode, node);
        openNode(volume, frame, node, flags, (openErrno, openedHandle) =>
          openErrno === 0 ? reply(node, openedHandle) : fail.create(frame, openErrno),
        );
      });
    },

    link(frame, _xl, oldloc, newloc, _xdata) {
      const node = volume.findNode(oldloc);
      if (typeof node === 'number') return fail.link(frame, node);
      if (node.isDir) return fail.link(frame, EPERM);
      const { path } = node;
      if (path === null || node.isRemovedAtClose) return fail.link(frame, ENOENT);
      const parent = volume.findParent(newloc);
      if (typeof parent === 'number') return fail.link(frame, parent);
      const name = newloc.name!;
      volume.change((endChange) => {
        const end = (errno: number) => {
          endChange();
          if (errno !== 0) return fail.link(frame, errno);
          const dir = parentIatt(newloc);
          unwind.link(frame, 0, 0, oldloc.inode, node.iatt, dir, dir, null);
        };
        volume.statName(frame, parent, name, {}, (errno) => {
          if (errno !== ENOENT) return end(errno === 0 ? EEXIST : errno);
          const text = joinPath(parent.path!, name);
          volume.call(frame, 'link', path, { text }, (linkErrno) => {
            if (linkErrno !== 0) return end(linkErrno);
            tree.addName(node, parent, name);
            volume.statNode(frame, node, end);
          });
        });
      });
    },

    unlink(frame, _xl, loc, _xflag, _xdata) {
      volume.change((endChange) => {
        const end = (errno: number) => {
          endChange();
          if (errno !== 0) return fail.unlink(frame, errno);
          const parent = parentIatt(loc);
          unwind.unlink(frame, 0, 0, parent, parent, null);
        };
        findVictim(frame, loc, end, (parent, name, node) => {
          if (node.isDir) end(EISDIR);
          else removeName(frame, 'remove', parent, name, node, end);
        });
      });
    },

    rmdir(frame, _xl, loc, _flags, _xdata) {
      volume.change((endChange) => {
        const end = (errno: number) => {
          endChange();
          if (errno !== 0) return fail.rmdir(frame, errno);
          const parent = parentIatt(loc);
          unwind.rmdir(frame, 0, 0, parent, parent, null);
        };
        findVictim(frame, loc, end, (parent, name, node) => {
          if (!node.isDir) return end(ENOTDIR);
          if (!volume.defines('rmdir')) return end(volume.refusal);
          checkEmpty(frame, node.path!, (errno) => {
            if (errno !== 0) end(errno);
            else removeName(frame, 'rmdir', parent, name, node, end);
          });
        });
      });
    },

    rename(frame, _xl, oldloc, newloc, xdata) {
      const flags = xdata?.number(RENAME_FLAGS) ?? 0;
      if (flags !== 0 && flags !== RENAME_NOREPLACE) return fail.rename(frame, EINVAL);
      if (!volume.defines('rename')) return fail.rename(frame, volume.refusal);
      volume.change((endChange) =>
        rename(frame, oldloc, newloc, flags, (errno) => {
          endChange();
          if (errno !== 0) return fail.rename(frame, errno);
          const parent = parentIatt(oldloc);
          const newParent = parentIatt(newloc);
          const node = findNamed(newloc);
          const buf = node?.iatt ?? null;
          unwind.rename(frame, 0, 0, buf, parent, parent, newParent, newParent, null);
        }),
      );
    },
  };

  /** Returns the node of a loc's name that is known. */
  function findNamed({ parent, name }: Loc): Node | undefined {
    const dir = parent === null ? ENOENT : volume.findInodeNode(parent);
    return typeof dir === 'number' ? undefined : dir.children.get(name ?? '');
  }
}

/** Whether an entry's name is that of a file that was removed while it was open. */
export const isHiddenName = (name: string): boolean => name.startsWith(REMOVED_PREFIX);
