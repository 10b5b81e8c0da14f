/** What `glossa new` writes works the first time: its tests, and its volfile. */
import { expect, it } from 'vitest';
import { describeMounts, glossa, withScratch } from '../../test/support/mount.ts';
import { kinds, moduleFile } from './new/kinds.ts';

describeMounts('glossa new', () => {
  it.each(Object.keys(kinds))('%s', (language) =>
    withScratch(async (scratch) => {
      const kind = kinds[language as keyof typeof kinds];
      expect(await glossa(scratch, ['new', language, 'mine'])).toMatchObject({
        status: 0,
        err: '',
      });
      const { first } = kind.template;
      if (first !== undefined) {
        const { run } = await import('../../test/support/mount.ts');
        const made = await run(scratch, first, ['-C', 'mine']);
        expect(made).toMatchObject({ status: 0, err: '' });
      }
      const tested = await glossa(scratch, ['test', `mine/${moduleFile(kind, 'mine')}`]);
      expect(tested.out).toMatch(/\n2 passed, 0 failed\n$/);
      const script = 'rm hello.txt; rm precious.keep; ls';
      const run = await glossa(scratch, ['run', 'mine/mine.vol', '--', 'sh', '-c', script]);
      expect(run).toMatchObject({ status: 0, out: 'precious.keep\n' });
      expect(run.err).toMatch(/precious\.keep.*Operation not permitted/);
    }),
  );
});
