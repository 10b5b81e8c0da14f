/** The attributes that are read for the keys of a lookup or a listing. */
import { expect, test } from 'vitest';
import { Dict } from '../../../core/dict.ts';
import { readKeys, requestedKeys } from './xattrs.ts';

const STORED = ['trusted.gfid', 'trusted.b', 'user.a', 'btrfs.compression'];

/** What is answered, and what was read for it: of what can be listed, or cannot. */
function ask(keys: readonly string[], names: readonly string[] | null = STORED) {
  const xdata = new Dict();
  for (const key of keys) xdata.set(key, 0);
  const read: string[] = [];
  const asked = requestedKeys(xdata);
  const told =
    asked &&
    readKeys(asked, {
      names() {
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

test('a key that is no name of an attribute asks for none, and neither does that of the gfid', () => {
  expect(ask(['glusterfs.content', 'gfid-req', 'trusted.gfid'])).toEqual({ told: [], read: [] });
  expect(requestedKeys(null)).toBe(null);
});

test('one is read, of several those that are there', () => {
  expect(ask(['user.a'])).toEqual({ told: ['user.a'], read: ['user.a'] });
  expect(ask(['user.x', 'user.a', 'user.y'])).toEqual({ told: ['user.a'], read: ['*', 'user.a'] });
  expect(ask(['user.x', 'user.y'])).toEqual({ told: [], read: ['*'] });
});

test('where there are too many to list, each one is read', () => {
  const read = ['*', 'user.x', 'user.a'];
  expect(ask(['user.x', 'user.a'], null)).toEqual({ told: ['user.a'], read });
});

test('all are those that would be right on another brick, too', () => {
  expect(ask(['list-xattr']).told).toEqual(['trusted.b', 'user.a']);
  expect(ask(['list-xattr', 'user.a']).told).toEqual(['trusted.b', 'user.a']);
});
