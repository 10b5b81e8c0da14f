/** Tests of all endless code at the start of a module in WebAssembly, and of sections with very many items. */
import { describe, expect, it } from 'vitest';
import { SECTIONS } from '../../../bridges/host/wasm-binary.ts';
import { encodeUnsigned } from '../../../bridges/host/wasm-edits.ts';
import {
  addItems,
  endless,
  items,
  makeEndlessStart,
  makeModule,
  start,
} from '../../support/hostile-wasm.ts';

const zeros = new Uint8Array(20_000_000);
const bytes2M = zeros.subarray(0, 2_000_000);

/** The module with an empty function for each added type of one. */
const withFunctions = (bytes: Uint8Array, count: number): Uint8Array =>
  addItems(bytes, 10, count, () => [2, 0, 0x0b]);

describe('a hostile module in WebAssembly', () => {
  // The start section cannot call the host.
  it.each(Object.keys(endless))('is ended at its start: %s', async (name) => {
    const bytes = makeEndlessStart(name, name !== 'random numbers');
    await expect(start(bytes)).rejects.toThrow(/ran too long/);
  });

  it.each(Object.entries(items))('starts with as many %s as it may have', async (name, row) => {
    const [id, max, makeItem] = row;
    const module = makeModule(name === 'functions' ? '(type (func))' : '');
    const count = max - 30;
    let bytes = addItems(module, id, count, makeItem);
    if (name === 'functions') bytes = withFunctions(bytes, count);
    const run = await start(bytes);
    expect(run.host.interpreter.isDead).toBe(false);
  });

  it.each(Object.entries(items))('is refused with more %s', async (name, [id, max, makeItem]) => {
    await expect(start(addItems(makeModule(''), id, max + 1, makeItem))).rejects.toThrow(
      new RegExp(`m\\.wasm has \\d+ ${name}, and a module may have ${max}$`, 'm'),
    );
  });

  it.each([
    ['entries of tables', SECTIONS.table, 2, () => [0x70, 0, ...encodeUnsigned(60_000)]],
    [
      'bytes in a function',
      SECTIONS.code,
      1,
      () => Buffer.concat([Uint8Array.from(encodeUnsigned(2_000_000)), bytes2M]),
    ],
    [
      'bytes',
      SECTIONS.data,
      1,
      () => Buffer.concat([Uint8Array.from([1, ...encodeUnsigned(20_000_000)]), zeros]),
    ],
  ])('is refused with more %s', async (part, id, count, makeItem) => {
    await expect(start(addItems(makeModule(''), id, count, makeItem))).rejects.toThrow(
      new RegExp(`m\\.wasm has \\d+ ${part}, and a module may have \\d+`),
    );
  });
});
