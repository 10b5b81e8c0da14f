/** The guide to JavaScript keeps its word: its modules start, and have nothing to be warned of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startModule } from './support/module.ts';

const guide = readFileSync(join(import.meta.dirname, '../docs/guide-javascript.md'), 'utf8');
const modules = [...guide.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text]) => text!);

describe('modules in the guide', () => {
  it('are several', () => {
    expect(modules.length).toBeGreaterThan(4);
  });

  it.each(modules.map((text, at) => [at + 1, text] as const))('number %d', async (_, text) => {
    const run = await startModule(
      { 'm.js': text },
      { leaves: text.includes('this.children') ? 2 : 1 },
    );
    expect(run.lines().filter((line) => /^[EWC] /.test(line))).toEqual([]);
    run.leaf.onRequest = (held) => held.answer(-1, 2, null, null, null, null);
    const reply = run.ask('lookup', run.known('a'), null);
    expect(reply).toMatchObject({ count: 1, opErrno: 2 });
    expect(run.lines().filter((line) => /^[EWC] /.test(line))).toEqual([]);
    run.settled();
  });
});
