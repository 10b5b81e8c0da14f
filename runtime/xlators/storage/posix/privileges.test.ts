import { describe, expect, it } from 'vitest';
import { Dict } from '../../../core/dict.ts';
import { Stack } from '../../../core/frame.ts';
import { IA_IFDIR, IA_IFREG, Iatt } from '../../../core/iatt.ts';
import { KILL_PRIV } from '../../../core/xdata.ts';
import { mayChown } from './privileges.ts';

const OWNER = 1000;
const STRANGER = 2000;

const file = (iaProt: number, iaType = IA_IFREG): Iatt =>
  Object.assign(new Iatt(), { iaProt, iaType, iaUid: OWNER, iaGid: OWNER });
const caller = (uid: number, gid = uid): Stack => new Stack(uid, gid, 1, 'SETATTR');

describe('a chown without a new owner or group', () => {
  it('is allowed to every user where it clears no mode bit', () => {
    expect(mayChown(file(0o644), null, caller(STRANGER))).toBe(true);
    expect(mayChown(file(0o6755, IA_IFDIR), null, caller(STRANGER))).toBe(true);
    expect(mayChown(file(0o2644), null, caller(STRANGER, OWNER))).toBe(true);
  });

  it('may clear set-user-id and set-group-id for the owner and for root', () => {
    for (const uid of [OWNER, 0]) expect(mayChown(file(0o6755), null, caller(uid))).toBe(true);
  });

  it('is refused to users other than the owner where it would clear set-user-id or set-group-id', () => {
    expect(mayChown(file(0o4755), null, caller(STRANGER))).toBe(false);
    expect(mayChown(file(0o2755), null, caller(STRANGER, OWNER))).toBe(false);
    expect(mayChown(file(0o2644), null, caller(STRANGER))).toBe(false);
  });

  it('is allowed to every user whose request is part of a write', () => {
    const xdata = new Dict().set(KILL_PRIV, 1);
    expect(mayChown(file(0o4755), xdata, caller(STRANGER))).toBe(true);
  });
});
