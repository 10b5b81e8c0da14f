/** Tests of modules in WebAssembly that the engine could not end, and of some with very many items. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import {
  addItems,
  attackNames,
  items,
  makeEndlessCalls,
  makeEndlessStart,
  makeModule,
} from '../../support/hostile-wasm.ts';
import { hostedLanguage, type RunningModule, startModule } from '../../support/module.ts';

function start(bytes: Uint8Array): Promise<RunningModule> {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-hostile-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'm.wasm'), bytes);
  const options = { 'time-limit': '0.2', 'memory-limit': '64MB', 'restart-backoff': '0' };
  return startModule(folder, { name: 'm.wasm', language: hostedLanguage, options });
}

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
