/** Requests before which set-user-id and set-group-id are cleared, for a brick of GlusterFS. */
import { expect, test } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { SET_ATTR } from '../../../runtime/core/fops.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import type { FopName } from '../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import { KILL_PRIV } from '../../../runtime/core/xdata.ts';
import { marshals } from './marshal.ts';
import { mustDropPrivileges } from './unsupported-requests.ts';

const root = new Stack(0, 0, 1, 'SETATTR');
const user = new Stack(1000, 1000, 1, 'SETATTR');
const kill = new Dict().set(KILL_PRIV, 1);
const { UID, GID, MTIME } = SET_ATTR;

const mustDrop = (fop: FopName, args: readonly unknown[], caller: Stack): boolean =>
  mustDropPrivileges(marshals.find((marshal) => marshal.fop === fop)!, args, caller);

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
