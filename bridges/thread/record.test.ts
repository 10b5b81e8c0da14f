/** Records of a call's values: what a guest in a thread reads equals what the request has. */
import { expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { structTypes } from '../../runtime/core/struct-types.ts';
import { makeAttributes, makeGfid } from '../../test/support/core.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { packRecord, unpackRecord } from './record.ts';

const { memory } = nodeMachine;

/** Packs and unpacks values of these fops' replies. */
function cross(fop: string, values: readonly unknown[], data = new Uint8Array()): unknown[] {
  const args = findFop(fop)!.reply;
  const packed = JSON.parse(JSON.stringify(packRecord(args, values, memory)));
  return unpackRecord(args, packed, () => data, memory);
}

it('a record carries attributes, and a dict with a value of each type', () => {
  const attributes = makeAttributes(makeGfid(1));
  const dict = new Dict()
    .set('int', -1)
    .set('uint', 1, 'uint')
    .set('double', Number.NaN, 'double')
    .set('str', 'text')
    .set('gfid', makeGfid(2), 'gfuuid')
    .set('bin', Uint8Array.of(0, 255), 'bin')
    .set('iatt', attributes, 'iatt');
  const data = Uint8Array.of(1, 2, 3);
  expect(cross('readv', [data, attributes, dict], data)).toEqual([data, attributes, dict]);
  expect(cross('readv', [null, null, null])).toEqual([null, null, null]);
});

it('a record carries the entries of a listing, with and without attributes', () => {
  const entry = { name: 'a', off: 1, type: 4, gfid: makeGfid(1), dict: null, inode: null };
  const entries = [
    { ...entry, stat: null },
    { ...entry, stat: makeAttributes(makeGfid(1)) },
  ];
  expect(cross('readdirp', [entries, new Dict()])).toEqual([entries, new Dict()]);
});

it.each(['statvfs', 'flock', 'lease'] as const)('a record carries a %s', (type) => {
  const fops = { statvfs: 'statfs', flock: 'lk', lease: 'lease' };
  const value = structTypes[type].make();
  expect(cross(fops[type], [value, null])).toEqual([value, null]);
});
