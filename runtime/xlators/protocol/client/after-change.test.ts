import { expect, test } from 'vitest';
import { Iatt } from '../../../core/iatt.ts';
import { AfterChange } from './after-change.ts';

const FOLDER = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const LONG = 1000;

test('what a change has told is given once, soon, of its folder, to who keeps attributes', () => {
  const buf = new Iatt();
  buf.iaGfid = FOLDER;
  const after = new AfterChange();
  const told = (): AfterChange => {
    after.told(buf, 100);
    return after;
  };
  expect(after.take(FOLDER, 100, LONG)).toBe(null);
  expect(told().take(FOLDER, 101, LONG)).toBe(buf);
  expect(after.take(FOLDER, 101, LONG)).toBe(null);
  expect(told().take(OTHER, 101, LONG)).toBe(null);
  expect(after.take(FOLDER, 101, LONG)).toBe(null);
  expect(told().take(FOLDER, 110, LONG)).toBe(null);
  expect(told().take(FOLDER, 102, 1)).toBe(null);
  expect(told().take(FOLDER, 100, 0)).toBe(null);
  told().forget();
  expect(after.take(FOLDER, 100, LONG)).toBe(null);
});
