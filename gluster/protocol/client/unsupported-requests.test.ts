/** Requests before which set-user-id and set-group-id are cleared, and those that a brick of GlusterFS cannot perform. */
import { expect, test } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, EOPNOTSUPP } from '../../../runtime/core/errno.ts';
import { SET_ATTR } from '../../../runtime/core/fops.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import type { FopName, FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { KILL_PRIV, RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import { marshals } from './marshal.ts';
import { findUnsupportedErrno, mustDropPrivileges } from './unsupported-requests.ts';

const root = new Stack(0, 0, 1, 'SETATTR');
const user = new Stack(1000, 1000, 1, 'SETATTR');
const kill = new Dict().set(KILL_PRIV, 1);
const { UID, GID, MTIME } = SET_ATTR;

const marshalOf = (fop: FopName) => marshals.find((marshal) => marshal.fop === fop)!;
const mustDrop = (fop: FopName, args: readonly unknown[], caller: Stack): boolean =>
  mustDropPrivileges(marshalOf(fop), args, caller);

test.each(['setattr', 'fsetattr'] as const)(
  "%s for root's chown clears no bits before the brick's own chown does",
  (fop) => {
    expect(mustDrop(fop, [null, new Iatt(), UID | GID, kill], root)).toBe(false);
    expect(mustDrop(fop, [null, new Iatt(), GID, kill], root)).toBe(false);
    expect(mustDrop(fop, [null, new Iatt(), GID, kill], user)).toBe(true);
    expect(mustDrop(fop, [null, new Iatt(), MTIME, kill], root)).toBe(true);
    expect(mustDrop(fop, [null, new Iatt(), UID, null], user)).toBe(false);
  },
);

test('a write clears the bits if the kernel requests it', () => {
  const args = (xdata: Dict | null) => [null, new Uint8Array(1), 0, 0, xdata];
  expect([kill, null].map((xdata) => mustDrop('writev', args(xdata), user))).toEqual([true, false]);
});

const flags = new Dict().set(RENAME_FLAGS, 1);
const no = null as never;
test.each<{ [N in FopName]: [string, N, FopTable[N]['args'], number] }[FopName]>([
  ['with flags', 'rename', [no, no, flags], EINVAL],
  ['without flags', 'rename', [no, no, null], 0],
  ["with a rename's flags", 'link', [no, no, flags], 0],
  ['that only keeps the size', 'fallocate', [no, 1, 0, 1, null], 0],
  ['that also punches a hole', 'fallocate', [no, 3, 0, 1, null], EOPNOTSUPP],
])('a request %s to a brick: %s', (_, fop, args, errno) => {
  expect(findUnsupportedErrno(marshalOf(fop), args)).toBe(errno);
});
