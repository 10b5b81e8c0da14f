/** The rules of each ABI of Landlock. */
import { expect, it } from 'vitest';
import type { Reach } from '../../runtime/core/reach.ts';
import { makeRuleset } from './ruleset.ts';

const file = (access: Reach['access'], path: string): Reach => ({
  access,
  target: { path },
  option: 'o',
});
const port = (access: Reach['access'], number: number): Reach => ({
  access,
  target: { host: 'h', port: number },
  option: 'o',
});

/** Lists the words of struct landlock_ruleset_attr. */
const readWords = (attribute: Buffer): bigint[] =>
  Array.from({ length: attribute.length / 8 }, (_, i) => attribute.readBigUInt64LE(8 * i));

it.each([
  [1, [0x1fffn]],
  [2, [0x3fffn]],
  [3, [0x7fffn]],
  [4, [0x7fffn, 3n]],
  [5, [0xffffn, 3n]],
  [6, [0xffffn, 3n, 3n]],
  [7, [0xffffn, 3n, 3n]],
])('ABI %i handles what it has, and nothing else', (abi, words) => {
  expect(readWords(makeRuleset([], abi).attribute)).toEqual(words);
});

it('a path that is read and written has both accesses, and one that is read cannot be written', () => {
  const { paths } = makeRuleset(
    [file('read', '/d'), file('write', '/d'), file('read', '/r'), file('execute', '/x')],
    7,
  );
  // All but MAKE_CHAR and MAKE_BLOCK.
  expect(paths.get('/d')).toEqual({ folder: 0xf7bfn, file: 0xc007n });
  expect(paths.get('/r')).toEqual({ folder: 0xcn, file: 4n });
  expect(paths.get('/x')).toEqual({ folder: 0xdn, file: 5n });
});

it.each([1, 2, 3, 4, 5, 6, 7])(
  'ABI %i has no rule with an access that it does not handle',
  (abi) => {
    const reach = [file('read', '/d'), file('write', '/d'), port('connect', 1), port('listen', 2)];
    const { attribute, paths, ports } = makeRuleset(reach, abi, true);
    const [files = 0n, tcp = 0n] = readWords(attribute);
    for (const { folder, file } of paths.values()) {
      expect(folder & ~files).toBe(0n);
      expect(file & ~folder).toBe(0n);
    }
    for (const access of ports.values()) expect(access & ~tcp).toBe(0n);
    expect(ports.size).toBe(abi >= 4 ? 2 : 0);
  },
);

it('devices may be made in a folder where that is asked for alone', () => {
  const folderOf = (makesDevices: boolean): bigint =>
    makeRuleset([file('write', '/d')], 7, makesDevices).paths.get('/d')!.folder;
  expect(folderOf(true) & ~folderOf(false)).toBe(0x840n);
});

it('a port that another server names leaves connections free, and binding restricted', () => {
  const { attribute, ports } = makeRuleset([port('connect', 0), port('listen', 7000)], 7);
  expect(readWords(attribute)[1]).toBe(1n);
  expect(ports).toEqual(new Map([[7000, 1n]]));
});

it('a UNIX socket is made and removed in its folder, and has no rule for connections', () => {
  const { paths } = makeRuleset([file('connect', '/c/b.sock'), file('listen', '/run/b.sock')], 7);
  expect(paths).toEqual(new Map([['/run', { folder: 0x220n, file: 0n }]]));
});
