/**
 * Compares storage/memory with storage/posix by random sequences of operations on few names; every
 * reply is compared.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { SET_ATTR } from '../../runtime/core/fops.ts';
import { IA_IFLNK, IA_IFREG, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { O_EXCL, O_RDWR, O_TRUNC } from '../../runtime/core/open-flags.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import {
  type AclEntry,
  encodeAcl,
  GROUP,
  GROUP_OBJ,
  MASK,
  OTHER,
  USER,
  USER_OBJ,
} from '../conformance/acl.ts';
import { Reply, type TestVolume } from './driver.ts';
import { setups } from './setups.ts';

/** One side of the comparison: a volume, and the files it has open. */
interface Side {
  readonly vol: TestVolume;
  readonly fds: Fd[];
}

/** The compared result of an operation. */
type Outcome = unknown;
interface Operation {
  run(side: Side): Promise<Outcome>;
  /** For the counterexample. */
  toString(): string;
}

const FIFO = 0o010644;

/** The attributes that do not depend on the file system. */
function attributes(buf: Iatt | null): unknown {
  if (buf === null) return null;
  const { iaType, iaProt, iaNlink, iaSize, iaUid, iaGid } = buf;
  const size = iaType === IA_IFREG || iaType === IA_IFLNK ? iaSize : 0;
  return { iaType, iaProt, iaNlink, size, iaUid, iaGid };
}

function outcome(reply: Reply): Outcome {
  const { opRet, err, buf, postbuf, prebuf, statpost, postparent, path, text, dict } = reply;
  const attrs = [buf, prebuf, postbuf, statpost, postparent].map(attributes);
  return { opRet, err, attrs, path, text, keys: dict === null ? null : [...dict.keys()].sort() };
}

/** Walks down from the root; the inode, or the reply of the step that failed. */
async function walk(vol: TestVolume, path: readonly string[]): Promise<Inode | Reply> {
  let inode = vol.root;
  for (const name of path) {
    let reply = await vol.lookup(inode, name);
    // A name with another inode is looked up anew, as a mount does.
    if (reply.err === 'ESTALE') reply = await vol.lookup(inode, name);
    if (reply.opRet < 0) return reply;
    inode = reply.inode!;
  }
  return inode;
}

const operation = (text: string, run: Operation['run']): Operation => ({
  run,
  toString: () => text,
});

/** An operation on the inode at a path. */
const at = (
  what: string,
  path: readonly string[],
  run: (side: Side, inode: Inode) => Promise<Reply>,
): Operation =>
  operation(`${what} at /${path.join('/')}`, async (side) => {
    const inode = await walk(side.vol, path);
    return outcome(inode instanceof Reply ? inode : await run(side, inode));
  });

/** An operation on one of the open files, when there are any. */
const onFd = (
  what: string,
  index: number,
  run: (side: Side, fd: Fd) => Promise<Reply>,
): Operation =>
  operation(`${what} of fd ${index}`, async (side) => {
    const fd = side.fds[index % Math.max(1, side.fds.length)];
    return fd === undefined ? null : outcome(await run(side, fd));
  });

const keepFd = (side: Side, reply: Reply): Reply => {
  if (reply.fd !== null && reply.opRet >= 0) side.fds.push(reply.fd);
  return reply;
};

const name = fc.constantFrom('a', 'b', 'c', 'd\udcff');
/** Mostly the initial paths. */
const path = fc.oneof(
  fc.constantFrom([], ['a'], ['a', 'b'], ['c'], ['a', 'c']),
  fc.array(name, { maxLength: 3 }),
);
const offset = fc.oneof(fc.nat(9000), fc.constantFrom(2 ** 20, 2 ** 33 + 5));
const data = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.nat(9000).map((n) => 'x'.repeat(n)),
);
const index = fc.nat(10);

const inDirectory = fc.tuple(path, name);
const inFile = fc.tuple(index, fc.nat(9000), fc.nat(9000));
const createFlags = fc.constantFrom(O_RDWR, O_RDWR | O_EXCL, O_RDWR | O_TRUNC);
const renameFlags = fc.constantFrom(0, 0, 0, 1, 2);

const namespaceOps = fc.oneof(
  {
    weight: 2,
    arbitrary: inDirectory.map(([p, n]) => at(`mkdir ${n}`, p, (s, d) => s.vol.mkdir(d, n))),
  },
  inDirectory.map(([p, n]) => at(`mknod ${n}`, p, (s, d) => s.vol.mknod(d, n, FIFO))),
  inDirectory.map(([p, n]) => at(`symlink ${n}`, p, (s, d) => s.vol.symlink(d, n, 'target'))),
  inDirectory.map(([p, n]) => at(`unlink ${n}`, p, (s, d) => s.vol.unlink(d, n))),
  inDirectory.map(([p, n]) => at(`rmdir ${n}`, p, (s, d) => s.vol.rmdir(d, n))),
  fc
    .tuple(path, name, createFlags)
    .map(([p, n, flags]) =>
      at(`create ${n} ${flags}`, p, async (side, dir) =>
        keepFd(side, await side.vol.create(dir, n, flags)),
      ),
    ),
  fc.tuple(path, path, name).map(([p, q, n]) =>
    at(`link as /${q.join('/')}/${n}`, p, async ({ vol }, inode) => {
      const dir = await walk(vol, q);
      return dir instanceof Reply ? dir : vol.link(inode, dir, n);
    }),
  ),
  fc.tuple(path, name, path, name, renameFlags).map(([p, n, q, m, flags]) =>
    at(`rename ${n} to /${q.join('/')}/${m} ${flags}`, p, async ({ vol }, from) => {
      const to = await walk(vol, q);
      return to instanceof Reply ? to : vol.rename(from, n, to, m, flags);
    }),
  ),
);

const dataOps = fc.oneof(
  path.map((p) => at('open', p, async (side, f) => keepFd(side, await side.vol.open(f)))),
  fc
    .tuple(index, data, offset)
    .map(([i, d, o]) => onFd(`write ${d.length} at ${o}`, i, ({ vol }, fd) => vol.write(fd, d, o))),
  fc
    .tuple(index, offset)
    .map(([i, o]) => onFd(`read at ${o}`, i, ({ vol }, fd) => vol.read(fd, 5000, o))),
  fc
    .tuple(index, offset)
    .map(([i, size]) =>
      onFd(`ftruncate ${size}`, i, ({ vol }, fd) => vol.fop('ftruncate', fd, size, null)),
    ),
  inFile.map(([i, o, len]) =>
    onFd(`discard ${o}+${len}`, i, ({ vol }, fd) => vol.fop('discard', fd, o, len, null)),
  ),
  inFile.map(([i, o, len]) =>
    onFd(`zerofill ${o}+${len}`, i, ({ vol }, fd) => vol.fop('zerofill', fd, o, len, null)),
  ),
  inFile.map(([i, o, len]) =>
    onFd(`fallocate ${o}+${len}`, i, ({ vol }, fd) => vol.fop('fallocate', fd, 0, o, len, null)),
  ),
  index.map((i) => onFd('fstat', i, ({ vol }, fd) => vol.fop('fstat', fd, null))),
  index.map((i) =>
    operation(`release of fd ${i}`, async ({ fds }) => {
      for (const fd of fds.splice(i % Math.max(1, fds.length), 1)) fd.release();
      return null;
    }),
  ),
  fc
    .tuple(path, fc.nat(9000))
    .map(([p, size]) =>
      at(`truncate ${size}`, p, ({ vol }, f) => vol.fop('truncate', new Loc(f), size, null)),
    ),
);

const setattr = (vol: TestVolume, inode: Inode, to: Partial<Iatt>, valid: number) =>
  vol.fop('setattr', new Loc(inode), Object.assign(new Iatt(), to), valid, null);

const attributeOps = fc.oneof(
  path.map((p) => at('stat', p, ({ vol }, inode) => vol.stat(inode))),
  path.map((p) =>
    at('readlink', p, ({ vol }, inode) => vol.fop('readlink', new Loc(inode), 100, null)),
  ),
  fc
    .tuple(path, fc.nat(0o7777))
    .map(([p, iaProt]) =>
      at(`chmod ${iaProt}`, p, ({ vol }, inode) => setattr(vol, inode, { iaProt }, SET_ATTR.MODE)),
    ),
  fc
    .tuple(path, fc.constantFrom(0, 1000))
    .map(([p, id]) =>
      at(`chown ${id}`, p, ({ vol }, inode) =>
        setattr(vol, inode, { iaUid: id, iaGid: id }, SET_ATTR.UID | SET_ATTR.GID),
      ),
    ),
  fc.tuple(path, name, fc.nat(2)).map(([p, n, flags]) =>
    at(`setxattr ${n} ${flags}`, p, ({ vol }, inode) => {
      const dict = new Dict().set(`user.${n}`, 'value');
      return vol.fop('setxattr', new Loc(inode), dict, flags, null);
    }),
  ),
  path.map((p) =>
    at('listxattr', p, ({ vol }, inode) => vol.fop('getxattr', new Loc(inode), null, null)),
  ),
  inDirectory.map(([p, n]) =>
    at(`removexattr ${n}`, p, ({ vol }, inode) =>
      vol.fop('removexattr', new Loc(inode), `user.${n}`, null),
    ),
  ),
  path.map((p) =>
    operation(`list of /${p.join('/')}`, async ({ vol }) => {
      const dir = await walk(vol, p);
      if (dir instanceof Reply || !dir.isDir) return null;
      const entries = await vol.list(dir, 100);
      return entries.map((entry) => `${entry.name} ${entry.type}`).sort();
    }),
  ),
);

const aclName = fc.constantFrom('system.posix_acl_access', 'system.posix_acl_default');
const perm = fc.nat(7);
const chooseName = (tag: number) =>
  fc.array(fc.tuple(fc.constant(tag), perm, fc.constantFrom(1000, 1001)), { maxLength: 2 });
const entry = (tag: number) => fc.tuple(fc.constant(tag), perm);
const soundAcl: fc.Arbitrary<AclEntry[]> = fc.oneof(
  fc.tuple(entry(USER_OBJ), entry(GROUP_OBJ), entry(OTHER)),
  fc
    .tuple(
      ...[
        entry(USER_OBJ).map((one) => [one]),
        chooseName(USER),
        entry(GROUP_OBJ).map((one) => [one]),
      ],
      ...[chooseName(GROUP), fc.tuple(entry(MASK)), fc.tuple(entry(OTHER))],
    )
    .map((parts) => parts.flat() as AclEntry[]),
);
/** Malformed lists: unknown bits, entries in a wrong order, a cut list, and an empty one. */
const badAcl = fc.oneof(
  soundAcl.map((entries) => encodeAcl(...entries, [OTHER, 8])),
  soundAcl.map((entries) => encodeAcl(...entries.toReversed())),
  soundAcl.map((entries) => encodeAcl(...entries.slice(1))),
  soundAcl.map((entries) => encodeAcl(...entries).slice(0, -6)),
  soundAcl.map((entries) => encodeAcl(...entries).replace(/^02/, '01')),
  fc.constantFrom('', '0200', '02000000'),
);
const acl = fc.oneof(
  { weight: 4, arbitrary: soundAcl.map((entries) => encodeAcl(...entries)) },
  badAcl,
);

const aclOps = fc.oneof(
  fc.tuple(path, aclName, acl).map(([p, n, hex]) =>
    at(`setxattr ${n} ${hex}`, p, ({ vol }, inode) => {
      const dict = new Dict().set(n, new Uint8Array(Buffer.from(hex, 'hex')), 'bin');
      return vol.fop('setxattr', new Loc(inode), dict, 0, null);
    }),
  ),
  fc.tuple(path, aclName).map(([p, n]) =>
    operation(`getxattr ${n} of /${p.join('/')}`, async ({ vol }) => {
      const inode = await walk(vol, p);
      if (inode instanceof Reply) return inode.err;
      const { err, dict } = await vol.fop('getxattr', new Loc(inode), n, null);
      return [err, Buffer.from(dict?.bytes(n) ?? []).toString('hex')];
    }),
  ),
  fc
    .tuple(path, aclName)
    .map(([p, n]) =>
      at(`removexattr ${n}`, p, ({ vol }, inode) =>
        vol.fop('removexattr', new Loc(inode), n, null),
      ),
    ),
);

const operations = fc.array(fc.oneof(namespaceOps, dataOps, attributeOps, aclOps), {
  minLength: 1,
  maxLength: 100,
  size: 'max',
});

/** The initial files. */
const beginning: readonly Operation[] = [
  at('mkdir a', [], ({ vol }, dir) => vol.mkdir(dir, 'a')),
  at('mkdir b', ['a'], ({ vol }, dir) => vol.mkdir(dir, 'b')),
  at('create c', [], async (side, dir) => keepFd(side, await side.vol.create(dir, 'c'))),
  at('create c', ['a'], async (side, dir) => keepFd(side, await side.vol.create(dir, 'c'))),
];

test.runIf(setups.posix !== undefined)(
  'storage/memory and storage/posix reply alike to random sequences of fops',
  async () => {
    const property = fc.asyncProperty(operations, async (sequence) => {
      const [a, b] = await Promise.all([setups.memory!.start(), setups.posix!.start()]);
      const memory: Side = { vol: a, fds: [] };
      const posix: Side = { vol: b, fds: [] };
      for (const { run } of [...beginning, ...sequence]) {
        expect(await run(posix)).toEqual(await run(memory));
      }
      for (const { vol, fds } of [memory, posix]) {
        for (const fd of fds) fd.release();
        await vol.stop();
      }
    });
    await fc.assert(property, { numRuns: 60 });
  },
);
