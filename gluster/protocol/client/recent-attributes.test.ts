import { expect, test } from 'vitest';
import type { Frame } from '../../../runtime/core/frame.ts';
import { Iatt } from '../../../runtime/core/iatt.ts';
import type { Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { Settings } from './options.ts';
import { RecentAttributes, RemoteState } from './remote-state.ts';

const FOLDER = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const LONG = 1000;
const THREAD = 7;
const FILE = '33333333-3333-4333-8333-333333333333';

test("a directory's attributes in the reply to a change answer its next stat within 5 ms, if the kernel caches them", () => {
  const buf = new Iatt();
  buf.iaGfid = FOLDER;
  const after = new RecentAttributes();
  const told = (): RecentAttributes => {
    after.noteDirectory(buf, 100);
    return after;
  };
  expect(after.takeIfValid(FOLDER, 100, LONG, THREAD)).toBe(null);
  expect(told().takeIfValid(FOLDER, 101, LONG, THREAD)).toBe(buf);
  expect(after.takeIfValid(FOLDER, 101, LONG, THREAD)).toBe(null);
  expect(told().takeIfValid(OTHER, 101, LONG, THREAD)).toBe(null);
  expect(after.takeIfValid(FOLDER, 101, LONG, THREAD)).toBe(null);
  expect(told().takeIfValid(FOLDER, 110, LONG, THREAD)).toBe(null);
  expect(told().takeIfValid(FOLDER, 102, 1, THREAD)).toBe(null);
  expect(told().takeIfValid(FOLDER, 100, 0, THREAD)).toBe(null);
  told().forget();
  expect(after.takeIfValid(FOLDER, 100, LONG, THREAD)).toBe(null);
});

test('attributes from a lookup answer the next stat of the file by the same thread, within one system call', () => {
  const buf = new Iatt();
  buf.iaGfid = FILE;
  buf.iaSize = 5;
  const after = new RecentAttributes();
  const found = (): RecentAttributes => {
    after.noteLookup(buf, 100, THREAD);
    return after;
  };
  expect(found().takeIfValid(FILE, 100.04, 0, THREAD)).toEqual(buf);
  expect(after.takeIfValid(FILE, 100.04, 0, THREAD)).toBe(null);
  expect(found().takeIfValid(FILE, 100.04, LONG, THREAD + 1)).toBe(null);
  expect(after.takeIfValid(FILE, 100.04, LONG, THREAD)).toBe(null);
  expect(found().takeIfValid(OTHER, 100.04, LONG, THREAD)).toBe(null);
  expect(found().takeIfValid(FILE, 101, LONG, THREAD)).toBe(null);
  found().forget();
  expect(after.takeIfValid(FILE, 100, LONG, THREAD)).toBe(null);

  // The receiver of the lookup's reply has modified it.
  found();
  buf.iaSize = 6;
  expect(after.takeIfValid(FILE, 100, 0, THREAD)?.iaSize).toBe(5);
});

test('attributes from a lookup do not answer a stat after a pause that the sampled clock does not show', () => {
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
