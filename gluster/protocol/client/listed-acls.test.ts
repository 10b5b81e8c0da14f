import { beforeEach, expect, test } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { IA_IFREG, type Iatt } from '../../../runtime/core/iatt.ts';
import { makeAttributes } from '../../../test/support/core.ts';
import type { WireDirent } from '../../rpc/fields.ts';
import { ListedAcls } from './remote-state.ts';

const ACCESS = 'system.posix_acl_access';
const DEFAULT = 'system.posix_acl_default';
const AGE = 600_000;

const gfidOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function entry(number: number, dict: Dict | null = null, iaProt = 0o644): WireDirent {
  const stat: Iatt = Object.assign(makeAttributes(gfidOf(number), IA_IFREG), { iaProt });
  return { inoHi: 0, inoLo: number, offHi: 0, offLo: number, type: 8, name: 'f', stat, dict };
}

let now = 0;
let acls = new ListedAcls(() => now);
const isNone = (number: number, name = ACCESS, age = AGE): boolean =>
  acls.isKnownAbsent(gfidOf(number), name, age);

/** Requests an ACL, then lists a directory with these entries. */
function list(...entries: WireDirent[]): void {
  isNone(0);
  acls.noteListing(acls.addAclRequest(null), entries);
}

beforeEach(() => {
  now = 5000;
  acls = new ListedAcls(() => now);
});

test('a directory listing also requests ACLs for a minute after a request for one, and keeps its other xdata', () => {
  const besides = new Dict().set('user.x', 0);
  expect(acls.addAclRequest(null)).toBe(null);
  expect(acls.addAclRequest(besides)).toBe(besides);
  expect(isNone(1, 'user.x')).toBe(false);
  expect(acls.addAclRequest(null)).toBe(null);
  isNone(1);
  const xdata = acls.addAclRequest(besides)!;
  expect(['user.x', ACCESS, DEFAULT].map((name) => xdata.has(name))).toEqual([true, true, true]);
  expect(besides.has(ACCESS)).toBe(false);
  now += 60_001;
  expect(acls.addAclRequest(besides)).toBe(besides);
});

test('a file that was listed without an ACL counts as having no ACL while the kernel caches attributes', () => {
  list(entry(1), entry(2, new Dict().set(ACCESS, new Uint8Array(4), 'bin')));
  expect([isNone(1), isNone(1, DEFAULT), isNone(2), isNone(3)]).toEqual([true, true, false, false]);
  expect([
    isNone(1, 'user.x'),
    acls.isKnownAbsent(gfidOf(1), null, AGE),
    isNone(1, ACCESS, 0),
  ]).toEqual(new Array(3).fill(false));
  now += 1000;
  expect([isNone(1, ACCESS, 1001), isNone(1, ACCESS, 1000)]).toEqual([true, false]);
});

test('a listing that did not request ACLs does not mark files as having no ACL', () => {
  acls.noteListing(null, [entry(1)]);
  acls.noteListing(new Dict().set(ACCESS, 0), [entry(1)]);
  expect(isNone(1)).toBe(false);
});

test('a linkto and a file being moved do not count as files without an ACL', () => {
  list(entry(1, null, 0o1000), entry(2, null, 0o3644), entry(3, null, 0o1644));
  expect([isNone(1), isNone(2), isNone(3)]).toEqual([false, false, true]);
});

test.each([
  ['set', () => acls.noteXattrs(new Dict().set(DEFAULT, new Uint8Array(1), 'bin'))],
  ["set by GlusterFS's name", () => acls.noteXattrs(new Dict().set('glusterfs.posix.acl', 'x'))],
  ['changed by another client', () => acls.noteForeignChange(gfidOf(1))],
  ['lost with the connection', () => acls.clear()],
])(
  'after an ACL was %s, the file no longer counts as having no ACL, even with an older listing',
  (_how, change) => {
    list(entry(1));
    const before = acls.addAclRequest(null);
    change();
    expect(isNone(1)).toBe(false);
    acls.noteListing(before, [entry(1)]);
    expect(isNone(1)).toBe(false);
    list(entry(1));
    expect(isNone(1)).toBe(true);
  },
);

test('a change of other xattrs does not make a client forget that a file has no ACL', () => {
  list(entry(1));
  acls.noteXattrs(new Dict().set('user.x', 'y'));
  acls.noteXattrs(null);
  expect(isNone(1)).toBe(true);
});

test('a client remembers the newest 65,536 of 100,000 listed files without an ACL', () => {
  for (let first = 0; first < 100_000; first += 1000) {
    list(...Array.from({ length: 1000 }, (_, nth) => entry(first + nth + 1)));
  }
  expect([isNone(100_000), isNone(100_000 - 65_535), isNone(100_000 - 65_536)]).toEqual([
    ...[true, true, false],
  ]);
});
