/** Attributes that a storage reads for the keys of a lookup or a listing. */
import { expect, test } from 'vitest';
import { Dict } from '../../../core/dict.ts';
import { readRequestedKeys, readRequestedValues } from './xattrs.ts';

const STORED = ['trusted.gfid', 'trusted.b', 'user.a', 'btrfs.compression'];

/** The keys in the reply, and the reads it took, with or without a list of names. */
function ask(keys: readonly string[], names: readonly string[] | null = STORED) {
  const xdata = new Dict();
  for (const key of keys) xdata.set(key, 0);
  const read: string[] = [];
  const asked = readRequestedKeys(xdata);
  const told =
    asked &&
    readRequestedValues(asked, {
      listNames() {
        read.push('*');
        return names;
      },
      read(name) {
        read.push(name);
        return STORED.includes(name) ? new Uint8Array([1]) : null;
      },
    });
  return { told: [...(told?.keys() ?? [])], read };
}

test('a lookup that requests trusted.gfid, or no attributes at all, reads no attribute from the file', () => {
  expect(ask(['glusterfs.content', 'gfid-req', 'trusted.gfid'])).toEqual({ told: [], read: [] });
  expect(readRequestedKeys(null)).toBe(null);
});

test("a single requested attribute is read directly, and several only if the file's list of names has them", () => {
  expect(ask(['user.a'])).toEqual({ told: ['user.a'], read: ['user.a'] });
  expect(ask(['user.x', 'user.a', 'user.y'])).toEqual({ told: ['user.a'], read: ['*', 'user.a'] });
  expect(ask(['user.x', 'user.y'])).toEqual({ told: [], read: ['*'] });
});

test("if a file's attribute names cannot be listed, each requested attribute is read", () => {
  const read = ['*', 'user.x', 'user.a'];
  expect(ask(['user.x', 'user.a'], null)).toEqual({ told: ['user.a'], read });
});

test('list-xattr returns all attributes but those that apply to one brick only', () => {
  expect(ask(['list-xattr']).told).toEqual(['trusted.b', 'user.a']);
  expect(ask(['list-xattr', 'user.a']).told).toEqual(['trusted.b', 'user.a']);
});
