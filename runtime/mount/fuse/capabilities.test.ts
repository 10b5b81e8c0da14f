/** The kernel's question for `security.capability` before it writes: who answers it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeIatt, Rig, u32, u64 } from '../../../test/support/fuse.ts';
import { ENODATA } from '../../core/errno.ts';
import { fail, unwind } from '../../core/gen/fops.gen.ts';
import type { Inode } from '../../core/inode.ts';
import { O_CREAT, O_EXCL, O_RDWR, O_TRUNC } from '../../core/open-flags.ts';
import { type DataPath, defineTranslator, type Fops, type Translator } from '../../core/xlator.ts';
import { OP } from './opcodes.ts';

/** Requests that reached the storage. */
let asked = 0;
let rig: Rig;
beforeEach(() => {
  asked = 0;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rig.close();
});

const getxattr: Fops<null> = {
  getxattr: (frame) => {
    asked += 1;
    fail.getxattr(frame, ENODATA);
  },
};

let number = 100;
const storageFops: Fops<null> = {
  ...getxattr,
  create: (frame, _xl, loc, _flags, _mode, _umask, fd) =>
    unwind.create(frame, 0, 0, fd, loc.inode, makeIatt(number++), null, null, null),
  setxattr: (frame) => unwind.setxattr(frame, 0, 0, null),
};

const defineStorage = (dataPath?: DataPath<null>) =>
  defineTranslator<null, Record<string, never>>({
    ...{ type: 'debug/storage', description: 'Has files.', children: [0, 0], options: {} },
    ...{ fops: storageFops, dataPath, init: () => null },
  }) as Translator<unknown>;
const disk = defineStorage({ backing: () => -1 });

const above = defineTranslator<null, Record<string, never>>({
  ...{ type: 'debug/above', description: 'Answers for attributes.', children: [1, 1], options: {} },
  ...{ fops: getxattr, init: () => null },
}) as Translator<unknown>;

/** Creates a file; the mount's inode of it, and the handle. */
function create(flags = O_EXCL, name = `f${number}`): { inode: Inode; handle: number } {
  const all = O_RDWR | O_CREAT | flags;
  const { body } = rig.ask(OP.CREATE, 1, u32(all), u32(0o644), u32(0), u32(0), name);
  const inode = rig.graph.inodes.byId.get(Number(body.readBigUInt64LE(0)))!;
  return { inode, handle: Number(body.readBigUInt64LE(128)) };
}

const ask = ({ id }: Inode, size = 0, name = 'security.capability') =>
  expect(rig.ask(OP.GETXATTR, id, u32(size), u32(0), name).error).toBe(-ENODATA);
const release = ({ inode, handle }: ReturnType<typeof create>) =>
  rig.ask(OP.RELEASE, inode.id, u64(handle), u32(0), u32(0), u64(0));

test.each([O_EXCL, O_TRUNC])(
  'a file of a disk that was just created (%o) needs no request of the storage',
  async (flags) => {
    rig = await Rig.startOver([{ translator: disk }]);
    ask(create(flags).inode);
    expect(asked).toBe(0);
  },
);

const others: Record<string, () => Promise<void> | void> = {
  'its value is asked for': () => ask(create().inode, 20),
  'another attribute is asked for': () => ask(create().inode, 0, 'user.a'),
  'it may be an older one': () => ask(create(0).inode),
  'it was asked for before': () => {
    const { inode } = create();
    ask(inode);
    asked = 0;
    ask(inode);
  },
  'the caller has set one': () => {
    const { inode } = create();
    rig.ask(OP.SETXATTR, inode.id, u32(1), u32(0), 'security.capability', 'x');
    ask(inode);
  },
  'another client has changed it': () => {
    const { inode } = create();
    rig.graph.top.notify('UPCALL', { kind: 'inode', inode, data: false });
    ask(inode);
  },
  'it was closed': () => {
    const file = create();
    release(file);
    ask(file.inode);
  },
  'attributes that old are not valid': () => {
    const { inode } = create();
    const later = performance.now() + 1001;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    ask(inode);
  },
};
test.each(Object.keys(others))('the storage is asked if %s', async (what) => {
  rig = await Rig.startOver([{ translator: disk }]);
  await others[what]!();
  expect(asked).toBe(1);
});

test.each([
  ['attributes are never valid', [{ translator: disk }], { attributeTimeout: 0 }],
  ['the storage is no disk', [{ translator: defineStorage() }], {}],
  ['a translator above answers', [{ translator: disk }, { translator: above }], {}],
])('the graph is asked if %s', async (_what, volumes, options) => {
  rig = await Rig.startOver(volumes, options);
  ask(create().inode);
  expect(asked).toBe(1);
});

test('10,000 files that are created and closed leave nothing behind', async () => {
  rig = await Rig.startOver([{ translator: disk }]);
  const open = create();
  for (let n = 0; n < 10_000; n++) release(create());
  expect(rig.session.capabilities.size).toBe(1);
  ask(open.inode);
  expect(rig.session.capabilities.size).toBe(0);
});
