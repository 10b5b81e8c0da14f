/** Handles the fops of a file system by path on attributes, extended attributes and the volume as a whole. */
import { isAclName } from '../core/acl.ts';
import { decodeName, encodeName, nameLength } from '../core/bytes.ts';
import { Dict } from '../core/dict.ts';
import { EACCES, EEXIST, EINVAL, ENODATA, EOPNOTSUPP, ESTALE } from '../core/errno.ts';
import { SET_ATTR } from '../core/fops.ts';
import { computeProtAfterChange, type Frame } from '../core/frame.ts';
import { fail, unwind } from '../core/gen/fops.gen.ts';
import { IA_IFLNK, type Iatt, Statvfs } from '../core/iatt.ts';
import { NAME_MAX } from '../core/limits.ts';
import type { Fd, Loc } from '../core/operands.ts';
import { isPermitted } from '../core/permissions.ts';
import { makeLoop } from '../core/turn.ts';
import { ATTRIBUTE_TIMEOUT, KILL_PRIV } from '../core/xdata.ts';
import type { Fops } from '../core/xlator.ts';
import {
  encodeValue,
  findKeyFault,
  XATTR_CREATE,
  XATTR_REPLACE,
} from '../xlators/storage/shared/xattrs.ts';
import { type FilesVolume, makeTimeouts, type TakeNode } from './files-volume.ts';
import type { Node } from './node.ts';

const { MODE, UID, GID, ATIME, MTIME, ATIME_NOW, MTIME_NOW } = SET_ATTR;
/** Bytes of a block in a statfs whose author names none. */
const BLOCK_BYTES = 4096;
const NANOSECONDS = 1e9;

/** Returns 0 for an attribute that a file can have, otherwise the errno. A file system by path applies no ACLs. */
const findXattrFault = (name: string): number =>
  isAclName(name) ? EOPNOTSUPP : findKeyFault(name);

/** Lists the attributes that a setattr changes, by the names of `Attributes`. */
function listChanges(stbuf: Iatt, valid: number, nowSeconds: number): Record<string, number> {
  const changes: Record<string, number> = {};
  if ((valid & MODE) !== 0) changes.mode = stbuf.iaProt & 0o7777;
  if ((valid & UID) !== 0) changes.uid = stbuf.iaUid;
  if ((valid & GID) !== 0) changes.gid = stbuf.iaGid;
  if ((valid & ATIME_NOW) !== 0) changes.atime = nowSeconds;
  else if ((valid & ATIME) !== 0) changes.atime = stbuf.iaAtime + stbuf.iaAtimeNsec / NANOSECONDS;
  if ((valid & MTIME_NOW) !== 0) changes.mtime = nowSeconds;
  else if ((valid & MTIME) !== 0) changes.mtime = stbuf.iaMtime + stbuf.iaMtimeNsec / NANOSECONDS;
  return changes;
}

/** A request about a node, by a loc or an fd. */
interface Target {
  readonly node: Node;
  readonly handle: number;
}

/** Makes the fops of attributes. */
export function makeAttrFops(volume: FilesVolume): Fops<unknown> {
  const findLoc = (loc: Loc): Target | number => {
    const node = volume.findNode(loc);
    return typeof node === 'number' ? node : { node, handle: -1 };
  };
  const findFd = (fd: Fd): Target | number => volume.findOpenFile(fd);

  const setattr = (
    frame: Frame,
    target: Target | number,
    stbuf: Iatt,
    valid: number,
    xdata: Dict | null,
    reply: (errno: number, before: Iatt | null, after: Iatt | null) => void,
  ) => {
    if (typeof target === 'number') return reply(target, null, null);
    const { node, handle } = target;
    const before = node.iatt;
    const now = volume.xl.context.sink.now() / 1000;
    const changes = listChanges(stbuf, valid, now);
    // As in Linux, a change of owner clears set-user-id and set-group-id; so does the kernel's request before a write.
    const clears = (valid & (UID | GID)) !== 0 || xdata?.number(KILL_PRIV) !== undefined;
    if (clears && (valid & MODE) === 0 && !node.isDir && before !== null) {
      const mode = computeProtAfterChange(before, frame.root);
      if (mode !== before.iaProt) changes.mode = mode;
    }
    const finish = (errno: number) => {
      if (errno !== 0) return reply(errno, null, null);
      volume.statNode(frame, node, (statErrno) =>
        reply(statErrno, before ?? node.iatt, statErrno === 0 ? node.iatt : null),
      );
    };
    if (Object.keys(changes).length === 0) return finish(0);
    const path = node.path ?? (handle >= 0 ? '' : null);
    if (path === null) {
      if (before === null) return reply(ESTALE, null, null);
      // The author knows a removed directory no more: what is left of it are its last attributes.
      const { iaProt: mode, iaUid: uid, iaGid: gid, iaSize: size } = before;
      const atime = before.iaAtime + before.iaAtimeNsec / NANOSECONDS;
      const mtime = before.iaMtime + before.iaMtimeNsec / NANOSECONDS;
      const left = { mode, uid, gid, size, atime, mtime, ctime: now, ...changes };
      node.iatt = volume.makeIatt(node, left);
      return finish(0);
    }
    volume.call(frame, 'setattr', path, { text: JSON.stringify(changes), handle }, finish);
  };

  /** Reads one extended attribute, or all. */
  const getxattr = (
    frame: Frame,
    target: Target | number,
    name: string | null,
    reply: (errno: number, dict: Dict | null) => void,
  ) => {
    if (typeof target === 'number') return reply(target, null);
    const { path } = target.node;
    const dict = new Dict();
    if (name !== null) {
      const fault = volume.defines('getxattr') ? findXattrFault(name) : EOPNOTSUPP;
      if (fault !== 0) return reply(fault, null);
      // A removed one has none left. The kernel reads the ACL of a directory that a process is still in.
      if (path === null) return reply(ENODATA, null);
      volume.call(frame, 'getxattr', path, { text: name }, (errno, value) => {
        if (errno !== 0 || value === null) return reply(errno === 0 ? ENODATA : errno, null);
        dict.set(name, value as Uint8Array, 'bin');
        reply(0, dict);
      });
      return;
    }
    if (!volume.defines('listxattr')) return reply(EOPNOTSUPP, null);
    if (path === null) return reply(0, dict);
    volume.call(frame, 'listxattr', path, {}, (errno, value) => {
      if (errno !== 0) return reply(errno, null);
      const names = value as readonly string[];
      // A list of names is asked for; values come where they can be read.
      let index = 0;
      const next = makeLoop(() => {
        const key = names[index++];
        if (key === undefined) return reply(0, dict);
        if (!volume.defines('getxattr')) {
          dict.set(key, new Uint8Array(0), 'bin');
          return next();
        }
        volume.call(frame, 'getxattr', path, { text: key }, (keyErrno, keyValue) => {
          if (keyErrno === 0 && keyValue !== null) dict.set(key, keyValue as Uint8Array, 'bin');
          next();
        });
      });
      next();
    });
  };

  /** Sets the extended attributes of a dict in order, up to the first failure. */
  const setxattr = (
    frame: Frame,
    target: Target | number,
    dict: Dict | null,
    flags: number,
    end: (errno: number) => void,
  ) => {
    if (typeof target === 'number') return end(target);
    const { path } = target.node;
    if (path === null) return end(ESTALE);
    const pairs: [string, Uint8Array][] = [];
    dict?.forEach((key, value) => {
      const bytes = encodeValue(value);
      if (bytes !== null) pairs.push([key, bytes]);
    });
    let index = 0;
    const next = makeLoop(() => {
      const pair = pairs[index++];
      if (pair === undefined) return end(0);
      const [text, data] = pair;
      const fault = findXattrFault(text);
      if (fault !== 0) return end(fault);
      const set = () =>
        volume.call(frame, 'setxattr', path, { text, data, a: flags }, (errno) =>
          errno === 0 ? next() : end(errno),
        );
      if ((flags & (XATTR_CREATE | XATTR_REPLACE)) === 0 || !volume.defines('getxattr'))
        return set();
      volume.call(frame, 'getxattr', path, { text }, (errno, value) => {
        const isThere = errno === 0 && value !== null;
        if (errno !== 0 && errno !== ENODATA) end(errno);
        else if (isThere && (flags & XATTR_CREATE) !== 0) end(EEXIST);
        else if (!isThere && (flags & XATTR_REPLACE) !== 0) end(ENODATA);
        else set();
      });
    });
    next();
  };

  const removexattr = (
    frame: Frame,
    target: Target | number,
    name: string,
    end: (errno: number) => void,
  ) => {
    if (typeof target === 'number') return end(target);
    const { path } = target.node;
    if (path === null) return end(ESTALE);
    const fault = findXattrFault(name);
    if (fault !== 0) return end(fault);
    volume.call(frame, 'removexattr', path, { text: name }, end);
  };

  return {
    stat(frame, _xl, loc, _xdata) {
      const last = volume.takeLastAnswer();
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.stat(frame, node);
      const take: TakeNode = (errno, _node, timeout) => {
        if (errno !== 0) return fail.stat(frame, errno);
        unwind.stat(frame, 0, 0, node.iatt, makeTimeouts(timeout, ATTRIBUTE_TIMEOUT));
      };
      volume.statNode(frame, node, take, last);
    },

    fstat(frame, _xl, fd, _xdata) {
      const last = volume.takeLastAnswer();
      const file = volume.findOpenFile(fd);
      if (typeof file === 'number') return fail.fstat(frame, file);
      const take: TakeNode = (errno, _node, timeout) => {
        if (errno !== 0) return fail.fstat(frame, errno);
        unwind.fstat(frame, 0, 0, file.node.iatt, makeTimeouts(timeout, ATTRIBUTE_TIMEOUT));
      };
      volume.statNode(frame, file.node, take, last);
    },

    setattr(frame, _xl, loc, stbuf, valid, xdata) {
      setattr(frame, findLoc(loc), stbuf, valid, xdata, (errno, before, after) => {
        if (errno !== 0) fail.setattr(frame, errno);
        else unwind.setattr(frame, 0, 0, before, after, null);
      });
    },

    fsetattr(frame, _xl, fd, stbuf, valid, xdata) {
      setattr(frame, findFd(fd), stbuf, valid, xdata, (errno, before, after) => {
        if (errno !== 0) fail.fsetattr(frame, errno);
        else unwind.fsetattr(frame, 0, 0, before, after, null);
      });
    },

    access(frame, _xl, loc, mask, _xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.access(frame, node);
      volume.statNode(frame, node, (errno) => {
        if (errno !== 0) return fail.access(frame, errno);
        if (!isPermitted(node.iatt!, null, frame.root, mask)) return fail.access(frame, EACCES);
        unwind.access(frame, 0, 0, null);
      });
    },

    readlink(frame, _xl, loc, size, _xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.readlink(frame, node);
      if (node.type !== IA_IFLNK || size <= 0) return fail.readlink(frame, EINVAL);
      const { path } = node;
      if (path === null) return fail.readlink(frame, ESTALE);
      // A link without the method leads nowhere: EINVAL, as for a file that is no link.
      if (!volume.defines('readlink')) return fail.readlink(frame, EINVAL);
      volume.call(frame, 'readlink', path, {}, (errno, value) => {
        if (errno !== 0) return fail.readlink(frame, errno);
        const bytes = encodeName(value as string);
        const target = bytes.length <= size ? (value as string) : decodeName(bytes, 0, size);
        unwind.readlink(frame, nameLength(target), 0, target, node.iatt, null);
      });
    },

    statfs(frame, _xl, loc, _xdata) {
      const node = volume.findNode(loc);
      if (typeof node === 'number') return fail.statfs(frame, node);
      const reply = (values: Readonly<Record<string, number>>) => {
        const buf = new Statvfs();
        Object.assign(buf, { bsize: BLOCK_BYTES, frsize: BLOCK_BYTES, namemax: NAME_MAX }, values);
        unwind.statfs(frame, 0, 0, buf, null);
      };
      if (!volume.defines('statfs')) return reply({});
      volume.call(frame, 'statfs', node.path ?? '/', {}, (errno, value) => {
        if (errno !== 0) fail.statfs(frame, errno);
        else reply(value as Readonly<Record<string, number>>);
      });
    },

    getxattr(frame, _xl, loc, name, _xdata) {
      getxattr(frame, findLoc(loc), name, (errno, dict) => {
        if (errno !== 0) fail.getxattr(frame, errno);
        else unwind.getxattr(frame, dict!.size, 0, dict, null);
      });
    },

    fgetxattr(frame, _xl, fd, name, _xdata) {
      getxattr(frame, findFd(fd), name, (errno, dict) => {
        if (errno !== 0) fail.fgetxattr(frame, errno);
        else unwind.fgetxattr(frame, dict!.size, 0, dict, null);
      });
    },

    setxattr(frame, _xl, loc, dict, flags, _xdata) {
      setxattr(frame, findLoc(loc), dict, flags, (errno) =>
        errno === 0 ? unwind.setxattr(frame, 0, 0, null) : fail.setxattr(frame, errno),
      );
    },

    fsetxattr(frame, _xl, fd, dict, flags, _xdata) {
      setxattr(frame, findFd(fd), dict, flags, (errno) =>
        errno === 0 ? unwind.fsetxattr(frame, 0, 0, null) : fail.fsetxattr(frame, errno),
      );
    },

    removexattr(frame, _xl, loc, name, _xdata) {
      removexattr(frame, findLoc(loc), name, (errno) =>
        errno === 0 ? unwind.removexattr(frame, 0, 0, null) : fail.removexattr(frame, errno),
      );
    },

    fremovexattr(frame, _xl, fd, name, _xdata) {
      removexattr(frame, findFd(fd), name, (errno) =>
        errno === 0 ? unwind.fremovexattr(frame, 0, 0, null) : fail.fremovexattr(frame, errno),
      );
    },
  };
}
