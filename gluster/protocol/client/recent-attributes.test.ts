import { expect, test } from 'vitest';
import type { Frame } from '../../../runtime/core/frame.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Settings } from './options.ts';
import { RecentAttributes } from './recent-attributes.ts';
import { RemoteState } from './remote-state.ts';

const FOLDER = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const LONG = 1000;
const THREAD = 7;
const FILE = '33333333-3333-4333-8333-333333333333';

test('attributes after a change serve once, within 5 ms, for that directory, if the kernel caches attributes', () => {
  const buf = new Iatt();
  buf.iaGfid = FOLDER;
  const after = new RecentAttributes();
  const told = (): RecentAttributes => {
    after.noteDirectory(buf, 100);
    return after;
  };
  expect(after.take(FOLDER, 100, LONG, THREAD)).toBe(null);
  expect(told().take(FOLDER, 101, LONG, THREAD)).toBe(buf);
  expect(after.take(FOLDER, 101, LONG, THREAD)).toBe(null);
  expect(told().take(OTHER, 101, LONG, THREAD)).toBe(null);
  expect(after.take(FOLDER, 101, LONG, THREAD)).toBe(null);
  expect(told().take(FOLDER, 110, LONG, THREAD)).toBe(null);
  expect(told().take(FOLDER, 102, 1, THREAD)).toBe(null);
  expect(told().take(FOLDER, 100, 0, THREAD)).toBe(null);
  told().forget();
  expect(after.take(FOLDER, 100, LONG, THREAD)).toBe(null);
});

test('attributes of a lookup serve once, within one system call, for the same thread', () => {
  const buf = new Iatt();
  buf.iaGfid = FILE;
  buf.iaSize = 5;
  const after = new RecentAttributes();
  const found = (): RecentAttributes => {
    after.noteLookup(buf, 100, THREAD);
    return after;
  };
  expect(found().take(FILE, 100.04, 0, THREAD)).toEqual(buf);
  expect(after.take(FILE, 100.04, 0, THREAD)).toBe(null);
  expect(found().take(FILE, 100.04, LONG, THREAD + 1)).toBe(null);
  expect(after.take(FILE, 100.04, LONG, THREAD)).toBe(null);
  expect(found().take(OTHER, 100.04, LONG, THREAD)).toBe(null);
  expect(found().take(FILE, 101, LONG, THREAD)).toBe(null);
  found().forget();
  expect(after.take(FILE, 100, LONG, THREAD)).toBe(null);

  // The receiver of the lookup's reply has modified it.
  found();
  buf.iaSize = 6;
  expect(after.take(FILE, 100, 0, THREAD)?.iaSize).toBe(5);
});

test('attributes of a lookup do not serve after a pause of the process that no sample of the clock shows', () => {
  let ms = 100;
  const xl = { context: { now: () => ms } } as unknown as Xlator<unknown>;
  const clocks = { now: () => 100, isIdle: () => true };
  const state = new RemoteState(xl, {} as Settings, clocks);
  const root = { pid: THREAD, client: { initiator: { hints: { pidIsThread: true } } } };
  const frame = { root } as unknown as Frame;
  const buf = new Iatt();
  buf.iaGfid = FILE;
  const loc = { gfid: FILE } as Loc;
  state.noteLookup(frame, buf);
  expect(state.takeRecentAttributes(frame, loc, null)).toEqual(buf);
  state.noteLookup(frame, buf);
  ms += 4;
  expect(state.takeRecentAttributes(frame, loc, null)).toBe(null);
});
