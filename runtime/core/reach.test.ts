/** Tests what a changed volfile newly reaches. */
import { expect, it } from 'vitest';
import { findNewReach, formatReachTarget, type ReachAccess, type ReachRow } from './reach.ts';

const row = (target: string, ...access: readonly ReachAccess[]): ReachRow => ({
  target,
  access,
  volume: 'v',
  option: 'o',
});

it.each([
  ['the same path', row('/srv/a', 'read', 'write'), row('/srv/a', 'write'), false],
  ['a folder below', row('/srv/a', 'read'), row('/srv/a/b', 'read'), false],
  ['a folder below the root', row('/', 'read'), row('/srv', 'read'), false],
  ['another access', row('/srv/a', 'read'), row('/srv/a', 'read', 'write'), true],
  ['a folder above', row('/srv/a', 'read'), row('/srv', 'read'), true],
  ['a name that begins the same', row('/srv/a', 'read'), row('/srv/ab', 'read'), true],
  ['the same address', row('h:1', 'connect'), row('h:1', 'connect'), false],
  ['another port', row('h:1', 'connect'), row('h:2', 'connect'), true],
  ['another port of a host with any', row('h:*', 'connect'), row('h:2', 'connect'), false],
  ['another host', row('h:*', 'connect'), row('g:2', 'connect'), true],
  ['any port in place of one', row('h:1', 'connect'), row('h:*', 'connect'), true],
  ['an address to listen at', row('h:1', 'connect'), row('h:1', 'listen'), true],
  ['a file whose name looks like any port', row('/a:*', 'read'), row('/a:1', 'read'), true],
])('%s is new or known, as the kernel decides', (_what, known, asked, isNew) => {
  expect(findNewReach([asked], [known])).toEqual(isNew ? [asked] : []);
});

it('two rows together may have the accesses of one', () => {
  const known = [row('/srv', 'read'), row('/srv/a', 'write')];
  expect(findNewReach([row('/srv/a', 'read', 'write')], known)).toEqual([]);
});

it('port 0 is shown as any, and a path with its own characters', () => {
  expect(formatReachTarget({ host: '::1', port: 0 })).toBe('[::1]:*');
  expect(formatReachTarget({ host: 'h', port: 10 })).toBe('h:10');
  expect(formatReachTarget({ path: '/a:0' })).toBe('/a:0');
});
