/** Compares permits() with the kernel's decisions on a real file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { isSkipped } from '../../test/support/obstacle.ts';
import { isInstalled } from '../../test/support/tools.ts';
import { packageRoot } from '../sys/paths.ts';
import {
  type Acl,
  type AclEntry,
  computeAclMode,
  decodeExtendedAcl,
  encodeAcl,
  isValidAcl,
} from './acl.ts';
import { Stack } from './frame.ts';
import { IA_IFDIR, IA_IFREG } from './iatt.ts';
import { isPermitted } from './permissions.ts';

const whyNot = (): string => {
  if (process.getuid?.() !== 0) return 'only root can ask for other users';
  return isInstalled('python3') ? '' : 'python3 is not installed (python3)';
};
const isNotHere = isSkipped("the kernel's decisions for other users", whyNot());

/** Few ids, so that owners and callers often match. */
const id = fc.constantFrom(0, 1001, 1002, 1003);
const perm = fc.integer({ min: 0, max: 7 });
const named = (tag: number): fc.Arbitrary<AclEntry[]> =>
  fc
    .uniqueArray(fc.record({ tag: fc.constant(tag), perm, id }), {
      maxLength: 3,
      selector: (entry) => entry.id,
    })
    .map((entries) => entries.sort((a, b) => a.id - b.id));
const only = (tag: number): fc.Arbitrary<AclEntry> =>
  perm.map((each) => ({ tag, perm: each, id: 0xffff_ffff }));
const acl: fc.Arbitrary<Acl> = fc
  .tuple(only(1), named(2), only(4), named(8), only(16), only(32))
  .map(([user, users, group, groups, mask, other]) => [
    user,
    ...users,
    group,
    ...groups,
    mask,
    other,
  ]);

const question = fc.record({
  mode: fc.integer({ min: 0, max: 0o777 }),
  uid: id,
  gid: id,
  isDir: fc.boolean(),
  acl: fc.option(acl, { freq: 4 }),
  caller: fc.record({ uid: id, gid: id, groups: fc.uniqueArray(id, { maxLength: 3 }) }),
});

let folder: string;
let kernel: ChildProcess;
let lines: Interface;

beforeAll(() => {
  if (isNotHere) return;
  folder = makeFolder();
  const script = join(packageRoot, 'test/support/access.py');
  kernel = spawn('python3', [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  lines = createInterface({ input: kernel.stdout! });
});
afterAll(async () => {
  if (isNotHere) return;
  kernel.stdin!.end();
  if (kernel.exitCode === null) await once(kernel, 'exit');
});

it.skipIf(isNotHere)(
  'isPermitted decides by mode and ACL as the kernel does for the same user',
  async () => {
    await fc.assert(
      fc.asyncProperty(question, async ({ mode, uid, gid, isDir, acl, caller }) => {
        const value = acl === null ? null : Buffer.from(encodeAcl(acl)).toString('hex');
        const as = [caller.uid, caller.gid, caller.groups];
        kernel.stdin!.write(`${JSON.stringify({ mode, uid, gid, isDir, acl: value, as })}\n`);
        const [line] = await once(lines, 'line');
        const said = JSON.parse(line as string) as { mode: number; answers: boolean[] };
        if (acl !== null) expect(said.mode).toBe(computeAclMode(acl));
        const of = {
          iaType: isDir ? IA_IFDIR : IA_IFREG,
          iaProt: said.mode,
          iaUid: uid,
          iaGid: gid,
        };
        const stack = new Stack(caller.uid, caller.gid, 1, 'ACCESS', () => caller.groups);
        const ours = said.answers.map((_, at) => isPermitted(of, acl, stack, at + 1));
        expect(ours).toEqual(said.answers);
      }),
      { numRuns: 300 },
    );
  },
);

it('an ACL decodes to the ACL that was encoded', () => {
  fc.assert(
    fc.property(acl, (list) => {
      expect(isValidAcl(list)).toBe(true);
      expect(decodeExtendedAcl(encodeAcl(list))).toEqual(list);
    }),
  );
});

it.each([
  ['no entries', []],
  [
    'entries that a mode says as well',
    [
      [1, 7],
      [4, 5],
      [32, 0],
    ],
  ],
  [
    'no owner',
    [
      [4, 5],
      [32, 0],
    ],
  ],
  [
    'names without a mask',
    [
      [1, 7],
      [2, 7],
      [4, 5],
      [32, 0],
    ],
  ],
  [
    'an unknown permission bit',
    [
      [1, 9],
      [4, 5],
      [16, 7],
      [32, 0],
    ],
  ],
])('decodeExtendedAcl returns null for %s', (_what, entries) => {
  const list = entries.map(([tag, each]) => ({ tag: tag!, perm: each!, id: 1001 }));
  expect(decodeExtendedAcl(encodeAcl(list))).toBeNull();
  expect(decodeExtendedAcl(encodeAcl(list).subarray(1))).toBeNull();
});
