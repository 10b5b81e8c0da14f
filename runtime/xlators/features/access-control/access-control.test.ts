/** features/access-control over storage/memory, and over a leaf whose replies are the test's. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  makeAttributes,
  makeGfid,
  startGraph,
} from '../../../../test/support/core.ts';
import { type Caller, connect, Driver, ROOT_CALLER } from '../../../api/driver.ts';
import { ACL_ACCESS, type Acl, decodeExtendedAcl, encodeAcl } from '../../../core/acl.ts';
import { Dict } from '../../../core/dict.ts';
import { EACCES, EEXIST, EIO, EPERM, ESTALE } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { Stack } from '../../../core/frame.ts';
import { type FopName, type FopTable, fopNames } from '../../../core/gen/fops.gen.ts';
import { IA_IFREG, Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } from '../../../core/open-flags.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { isPermitted } from '../../../core/permissions.ts';
import memory from '../../storage/memory/index.ts';
import accessControl from './index.ts';
import { rules } from './rules.ts';

const ALICE: Caller = { ...ROOT_CALLER, uid: 1001, gid: 100, pid: 7 };
const BOB: Caller = { ...ROOT_CALLER, uid: 1002, gid: 200, pid: 7, groups: [300] };

async function setUp(options: Readonly<Record<string, string>> = {}) {
  const volumes = [{ translator: memory }, { translator: accessControl, options }] as never;
  const graph = await startGraph(volumes, new FakeContext());
  const client = connect(graph);
  const as = (caller: Caller): Driver => new Driver(client, caller);
  const root = as(ROOT_CALLER);
  const dump = () => accessControl.dump!(graph.top as never);
  /** Creates an inode as a user. */
  async function make(caller: Caller, fop: 'mkdir' | 'mknod', path: string, mode: number) {
    const driver = as(caller);
    const place = await root.resolveParent(path);
    const loc = driver.makeLoc(place);
    const xdata = driver.makeGfidRequest();
    const { values } = await (fop === 'mkdir'
      ? driver.expect('mkdir', loc, mode, 0, xdata)
      : driver.expect('mknod', loc, mode, 0, 0, xdata));
    return values[0] as Inode;
  }
  const errnoOf = async <N extends FopName>(
    caller: Caller,
    name: N,
    ...args: FopTable[N]['args']
  ): Promise<number> => {
    const { opRet, opErrno } = await as(caller).windByName(name, args);
    return opRet < 0 ? opErrno : 0;
  };
  const mode = (prot: number): Iatt => Object.assign(new Iatt(), { iaProt: prot });
  const chmod = (caller: Caller, inode: Inode, prot: number) =>
    errnoOf(caller, 'setattr', new Loc(inode), mode(prot), SET_ATTR.MODE, null);
  await chmod(ROOT_CALLER, graph.inodes.root, 0o777);
  return { graph, as, root, dump, make, errnoOf, chmod };
}

/** Fops that need no permission, or were checked when their file was opened. */
const FREE: readonly FopName[] = [
  ...(['stat', 'readlink', 'statfs', 'getspec', 'ipc', 'icreate'] as const),
  ...([
    'readv',
    'writev',
    'flush',
    'fsync',
    'fsyncdir',
    'ftruncate',
    'fstat',
    'rchecksum',
  ] as const),
  ...(['fallocate', 'discard', 'zerofill', 'seek', 'copy_file_range'] as const),
  ...(['lk', 'inodelk', 'finodelk', 'entrylk', 'fentrylk', 'lease'] as const),
  ...(['getactivelk', 'setactivelk', 'xattrop', 'fxattrop'] as const),
];

it('every fop has an access rule, or is in the list of fops that need none', () => {
  expect([...Object.keys(rules), ...FREE].sort()).toEqual([...fopNames].sort());
});

it('root, super-uid and internal clients may truncate a file of mode 0', async () => {
  const { make, errnoOf, chmod, graph, dump } = await setUp({ 'super-uid': '1002' });
  const file = await make(ALICE, 'mknod', 'f', 0o100600);
  const mayWrite = async (caller: Caller) =>
    (await errnoOf(caller, 'truncate', new Loc(file), 0, null)) === 0;
  expect(await chmod(ALICE, file, 0)).toBe(0);
  const stranger = { ...BOB, uid: 1003 };
  expect([await mayWrite(ROOT_CALLER), await mayWrite(BOB), await mayWrite(stranger)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(await mayWrite({ ...stranger, pid: -3 })).toBe(true);
  expect(dump()).toMatchObject({ refused: 1 });
  accessControl.reconfigure!(graph.top as never, { 'super-uid': 0 });
  expect(await mayWrite(BOB)).toBe(false);
});

it('features/access-control looks an inode up only once for a thousand requests of a user', async () => {
  const { make, as, errnoOf, dump, chmod } = await setUp();
  const dir = await make(ALICE, 'mkdir', 'd', 0o755);
  await make(ALICE, 'mknod', 'd/f', 0o100644);
  const before = dump().lookups as number;
  for (let i = 0; i < 1000; i++) await as(BOB).find('d/f');
  expect(dump().lookups).toBe(before + 1);
  expect(await errnoOf(BOB, 'access', new Loc(dir), 4, null)).toBe(0);
  expect(dump().lookups).toBe(before + 1);
  expect(await chmod(ALICE, dir, 0o700)).toBe(0);
  expect(await errnoOf(BOB, 'access', new Loc(dir), 4, null)).toBe(EACCES);
});

it('in a sticky directory, only the owner of a file may rename or remove it, even before it is looked up', async () => {
  const { graph, make, errnoOf } = await setUp();
  const tmp = await make(ROOT_CALLER, 'mkdir', 'tmp', 0o777);
  const { inodes } = graph;
  await errnoOf(
    ROOT_CALLER,
    'setattr',
    new Loc(tmp),
    Object.assign(new Iatt(), { iaProt: 0o1777 }),
    1,
    null,
  );
  await make(ALICE, 'mknod', 'tmp/alice', 0o100666);
  const own = await make(BOB, 'mknod', 'tmp/bob', 0o100666);
  inodes.unlink(tmp, 'alice');
  const to = (name: string, inode: Inode | null = inodes.newInode()) => new Loc(inode, tmp, name);
  const from = new Loc(own, tmp, 'bob');
  expect(await errnoOf(BOB, 'rename', from, to('alice'), null)).toBe(EACCES);
  expect(await errnoOf(BOB, 'rename', from, to('alice', null), null)).toBe(EACCES);
  expect(await errnoOf(BOB, 'unlink', to('alice'), 0, null)).toBe(EACCES);
  // Both names are unknown.
  expect(await errnoOf(BOB, 'rename', to('alice'), to('bob'), null)).toBe(EACCES);
  expect(await errnoOf(BOB, 'rename', from, to('free'), null)).toBe(0);
  expect(await errnoOf(ALICE, 'unlink', to('alice'), 0, null)).toBe(0);
});

it('a create that finds an existing file opens it only for a permitted caller', async () => {
  const { graph, make, as, errnoOf, chmod } = await setUp();
  const { inodes } = graph;
  const file = await make(ALICE, 'mknod', 'f', 0o100600);
  await as(ALICE).expect('truncate', new Loc(file), 5, null);
  const create = (caller: Caller, flags: number) => {
    const loc = new Loc(inodes.newInode(), inodes.root, 'f');
    const fd = new Fd(loc.inode!, flags, 7);
    return errnoOf(caller, 'create', loc, flags, 0o100644, 0, fd, as(caller).makeGfidRequest());
  };
  expect(await create(BOB, O_RDWR | O_TRUNC)).toBe(EACCES);
  expect(await create(BOB, O_RDWR | O_EXCL)).toBe(EEXIST);
  expect((await as(ROOT_CALLER).find('f')).buf.iaSize).toBe(5);
  expect(await create(ALICE, O_RDWR)).toBe(0);
  expect(await chmod(ALICE, file, 0o602)).toBe(0);
  expect(await create(BOB, O_WRONLY)).toBe(0);
  expect(await create(BOB, O_RDWR)).toBe(EACCES);
});

it('a chmod by a caller of another group clears set-group-id', async () => {
  const { make, as, chmod } = await setUp();
  const file = await make({ ...ALICE, gid: 500 }, 'mknod', 'f', 0o100600);
  const prot = async () => (await as(ROOT_CALLER).find('f')).buf.iaProt;
  expect([await chmod({ ...ALICE, gid: 500 }, file, 0o2755), await prot()]).toEqual([0, 0o2755]);
  expect([await chmod(ALICE, file, 0o2755), await prot()]).toEqual([0, 0o755]);
  expect([await chmod(ROOT_CALLER, file, 0o2755), await prot()]).toEqual([0, 0o2755]);
  expect(await chmod(BOB, file, 0o777)).toBe(EPERM);
});

it('a request whose inode cannot be looked up fails with the errno of the lookup', async () => {
  const leaf = new HeldLeaf();
  const volumes = [{ translator: leaf.translator }, { translator: accessControl }] as never;
  const graph = await startGraph(volumes);
  const { inodes } = graph;
  const inode = inodes.link(
    inodes.newInode(),
    inodes.root,
    'f',
    makeAttributes(makeGfid(5), IA_IFREG),
  )!;
  const truncate = (reply: readonly [number, number, ...unknown[]]) => {
    leaf.onRequest = ({ name, answer }) => {
      if (name === 'lookup') answer(...reply);
      else answer(0, 0, null, null, null);
    };
    return new Driver(connect(graph), BOB).wind('truncate', new Loc(inode), 0, null);
  };
  const failed = [-1, ESTALE, null, null, null, null] as const;
  expect(await truncate(failed)).toMatchObject({ opRet: -1, opErrno: ESTALE });
  // Attributes without a type are unknown.
  const buf = Object.assign(new Iatt(), { iaGfid: makeGfid(5) });
  const unknown = [0, 0, inode, buf, null, null] as const;
  expect(await truncate(unknown)).toMatchObject({ opRet: -1, opErrno: EIO });
  expect(ask(graph, 'truncate', new Loc(inode), 0, null)).toMatchObject({ opRet: 0 });
  await graph.stop();
});

const perm = fc.integer({ min: 0, max: 7 });
const who = fc.constantFrom(1001, 1002, 1003);
const change = fc.oneof(
  fc.record({ kind: fc.constant('chmod'), prot: fc.integer({ min: 0, max: 0o777 }) }),
  fc.record({ kind: fc.constant('chown'), uid: who, gid: who }),
  fc.record({
    kind: fc.constant('acl'),
    perms: fc.tuple(perm, perm, perm, perm, perm),
    named: who,
  }),
  fc.record({ kind: fc.constant('no-acl') }),
  fc.record({ kind: fc.constant('behind'), prot: fc.integer({ min: 0, max: 0o777 }) }),
  fc.record({
    kind: fc.constant('open'),
    uid: who,
    gid: who,
    mask: fc.integer({ min: 1, max: 7 }),
  }),
);
type Change = {
  readonly kind: string;
  readonly prot?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mask?: number;
  readonly named?: number;
  readonly perms?: readonly number[];
};

const none = 0xffff_ffff;
const aclOf = ({ perms, named }: Change): Acl =>
  [1, 2, 4, 16, 32].map((tag, at) => ({
    tag,
    perm: perms![at]!,
    id: tag === 2 ? named! : none,
  }));

it('the owner, mode and ACL kept for an inode always equal those of the storage', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change as fc.Arbitrary<Change>, { maxLength: 30 }),
      async (changes) => {
        const { graph, make, errnoOf, chmod, as } = await setUp();
        const file = await make(ALICE, 'mknod', 'f', 0o100644);
        const loc = new Loc(file);
        const below = new Driver(connect(graph), ROOT_CALLER, {
          links: graph.makeLinks(graph.xlators[0]!),
        });
        for (const each of changes) {
          if (each.kind === 'chmod') await chmod(ROOT_CALLER, file, each.prot!);
          else if (each.kind === 'chown') {
            const to = Object.assign(new Iatt(), { iaUid: each.uid, iaGid: each.gid });
            await errnoOf(ROOT_CALLER, 'setattr', loc, to, SET_ATTR.UID | SET_ATTR.GID, null);
          } else if (each.kind === 'acl') {
            const dict = new Dict().set(ACL_ACCESS, encodeAcl(aclOf(each)));
            expect(await errnoOf(ROOT_CALLER, 'setxattr', loc, dict, 0, null)).toBe(0);
          } else if (each.kind === 'no-acl')
            await errnoOf(ROOT_CALLER, 'removexattr', loc, ACL_ACCESS, null);
          else if (each.kind === 'behind') {
            // A change below the volume; the next lookup reports it.
            const to = Object.assign(new Iatt(), { iaProt: each.prot! });
            await below.expect('setattr', loc, to, SET_ATTR.MODE, null);
            await as(ROOT_CALLER).find('f');
          } else {
            const caller = { ...BOB, uid: each.uid!, gid: each.gid! };
            const said = (await errnoOf(caller, 'access', loc, each.mask!, null)) === 0;
            const { values } = await below.expect('lookup', loc, new Dict().set(ACL_ACCESS, 0));
            const acl = (values[2] as Dict | null)?.bytes(ACL_ACCESS);
            const stack = new Stack(caller.uid, caller.gid, 7, 'ACCESS', () => caller.groups);
            const list = acl === undefined ? null : decodeExtendedAcl(acl);
            expect(said).toBe(isPermitted(values[1] as Iatt, list, stack, each.mask!));
          }
        }
        await graph.stop();
      },
    ),
    { numRuns: 60 },
  );
});
