import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { sources } from '../../machine/node/sources.ts';
import { findGrants, listGrantedFolders } from './grants.ts';

const base = realpathSync(makeFolder());
mkdirSync(join(base, 'data'));
writeFileSync(join(base, 'data', 'file'), '');
symlinkSync('data', join(base, 'link'));

const NONE = {
  'allow-read': undefined,
  'allow-write': undefined,
  'allow-env': undefined,
  packages: undefined,
};

it('a module without options is granted no files, environment variables or packages', () => {
  expect(findGrants(NONE, base, { env: { HOME: '/root' }, sources })).toEqual({
    grants: { read: [], write: [], env: {} },
    packages: [],
  });
});

it('the paths granted to a module are resolved against its directory, through symbolic links', () => {
  const given = { ...NONE, 'allow-read': 'data/file, link', 'allow-write': `${base}/data,` };
  const found = findGrants({ ...given, packages: 'link/file' }, base, { env: {}, sources });
  expect(found.grants.read).toEqual([join(base, 'data', 'file'), join(base, 'data')]);
  expect(found.grants.write).toEqual([join(base, 'data')]);
  expect(found.packages).toEqual([join(base, 'data', 'file')]);
  expect(new Set(listGrantedFolders(found, sources))).toEqual(new Set([join(base, 'data')]));
});

it('an unset environment variable in option allow-env is left out', () => {
  const given = { ...NONE, 'allow-env': 'ONE, TWO' };
  const found = findGrants(given, base, { env: { ONE: '1', THREE: '3' }, sources });
  expect(found.grants.env).toEqual({ ONE: '1' });
});

it.each([
  ['allow-read', 'none', `option allow-read none: there is no such file or folder (${base}/none)`],
  ['allow-write', '/dev/null', 'option allow-write /dev/null: neither a file nor a folder'],
  ['packages', 'data/file/x', `option packages data/file/x: ENOTDIR (${base}/data/file/x)`],
  ['allow-env', 'A=1', "option allow-env: 'A=1' is no name of an environment variable"],
] as const)('option %s with the value %s is refused', (option, text, message) => {
  const given = { ...NONE, [option]: text };
  expect(() => findGrants(given, base, { env: {}, sources })).toThrow(message);
});
