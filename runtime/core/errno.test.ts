import { constants } from 'node:os';
import { expect, test } from 'vitest';
import * as errno from './errno.ts';

const exported = new Map(Object.entries(errno).filter(([name]) => /^E[A-Z0-9]+$/.test(name)));

test('every errno name of Node has the number of Linux', () => {
  const known = Object.entries(constants.errno);
  expect(known.length).toBeGreaterThan(70);
  for (const [name, number] of known) expect(exported.get(name), name).toBe(number);
});

test('every errno of the table is exported by its name, in the order of all numbers but 41 and 58', () => {
  expect(Object.fromEntries(exported)).toEqual(errno.errnoNumbers);
  const numbers = Array.from({ length: 133 }, (_, i) => i + 1).filter((n) => n !== 41 && n !== 58);
  expect(errno.errnoNames.slice(0, -3).map((name) => errno.errnoNumbers[name])).toEqual(numbers);
});

test('errnoName and errnoNumber convert both ways, names in any case', () => {
  for (const name of errno.errnoNames) {
    expect(errno.errnoNumber(name)).toBe(errno.errnoNumbers[name]);
    expect(errno.errnoNumber(errno.errnoName(errno.errnoNumbers[name]))).toBe(
      errno.errnoNumbers[name],
    );
  }
  expect(errno.errnoNumber('enoEnt')).toBe(errno.ENOENT);
  for (const name of ['ENOSUCH', '', 'constructor', '2']) {
    expect(errno.errnoNumber(name)).toBe(undefined);
  }
});

test('errnoName prints the usual name of a number with several names', () => {
  expect(errno.errnoName(errno.EWOULDBLOCK)).toBe('EAGAIN');
  expect(errno.errnoName(errno.EDEADLOCK)).toBe('EDEADLK');
  expect(errno.errnoName(errno.ENOTSUP)).toBe('EOPNOTSUPP');
});

test('errnoName prints an unknown number as a number', () => {
  for (const n of [4711, 0, 41, -1]) expect(errno.errnoName(n)).toBe(`errno ${n}`);
});

test('strerror returns the messages of strerror(3)', () => {
  expect(errno.strerror(0)).toBe('Success');
  expect(errno.strerror(errno.ENOENT)).toBe('No such file or directory');
  expect(errno.strerror(errno.ESTALE)).toBe('Stale file handle');
  expect(errno.strerror(errno.ENOTSUP)).toBe('Operation not supported');
  expect(errno.strerror(4711)).toBe('Unknown error 4711');
});
