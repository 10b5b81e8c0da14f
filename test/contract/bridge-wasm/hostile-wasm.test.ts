/** Tests of modules in WebAssembly that the engine could not end, and of some with very many items. */
import { describe, expect, it } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import {
  addItems,
  attackNames,
  items,
  makeEndlessCalls,
  makeEndlessStart,
  makeModule,
  start,
} from '../../support/hostile-wasm.ts';

describe('a hostile module in WebAssembly', () => {
  it('is ended at its start and in a call if it copies 60 MB for ever', async () => {
    await expect(start(makeEndlessStart('memory.copy downwards', true))).rejects.toThrow(
      /ran too long .*option time-limit/,
    );
    const run = await start(makeEndlessCalls(['memory.copy upwards']));
    expect(
      run.ask('lookup', run.knownLoc(attackNames.get('memory.copy upwards')!), null).opErrno,
    ).toBe(EIO);
    expect(run.takeLines().join('\n')).toMatch(/lookup: a call ran too long/);
  });

  it.each(['globals', 'functions'])(
    'is refused with 200,000 %s, with the figure and the limit',
    async (name) => {
      const [id, max, makeItem] = items[name]!;
      const bytes = addItems(makeModule(''), id, 200_000, makeItem);
      await expect(start(bytes)).rejects.toThrow(
        new RegExp(`m\\.wasm has 20\\d+ ${name}, and a module may have ${max}$`, 'm'),
      );
    },
  );
});
