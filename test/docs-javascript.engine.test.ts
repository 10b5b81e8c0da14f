/** Tests that JavaScript modules in the documents start without a warning. */
import { describe, expect, it } from 'vitest';
import { startModule } from './support/module.ts';
import { pages, readBlocks } from './texts/plan.ts';

const modules = pages
  .flatMap(readBlocks)
  .filter(({ language, text }) => language === 'js' && text.includes('export class xlator'));

describe('JavaScript modules in the documents', () => {
  it('number more than four', () => {
    expect(modules.length).toBeGreaterThan(4);
  });

  it.each(modules.map(({ page, line, text }) => [`${page}:${line}`, text] as const))(
    'start and reply without a warning: %s',
    async (_, text) => {
      const isStorage = text.includes('extends Files');
      const run = await startModule(
        { 'm.js': text },
        { leaves: isStorage ? 0 : text.includes('this.children') ? 2 : 1 },
      );
      expect(run.takeLines().filter((line) => /^[EWC] /.test(line))).toEqual([]);
      if (!isStorage) run.leaf.onRequest = (held) => held.answer(-1, 2, null, null, null, null);
      const reply = run.ask('lookup', run.knownLoc('a'), null);
      expect(reply).toMatchObject({ count: 1, opErrno: 2 });
      expect(run.takeLines().filter((line) => /^[EWC] /.test(line))).toEqual([]);
      run.expectSettled();
    },
  );
});
