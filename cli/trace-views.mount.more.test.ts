/** The pages and diagrams of glossa trace, of a command and of a recording. */
import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

const volfile = `
volume mem
    type storage/memory
end-volume
volume script
    type features/glupy
    option module-name quiet
    subvolumes mem
end-volume
`;
/** `<` must not end the script that holds it. */
const module = `// </script><script>
import { Translator } from 'glossa';

export class xlator extends Translator {
  lookup(frame) {
    frame.wind();
  }
}
`;

const trace = async (scratch: Scratch, ...args: string[]) => {
  const env = { TMPDIR: await scratch.makeFolder('tmp') };
  await scratch.writeFile('test.vol', volfile);
  await scratch.writeFile('quiet.js', module);
  return runGlossa(scratch, ['trace', ...args], { env });
};

const COMMAND = ['--', 'sh', '-c', 'test -e gone; echo text >file'];

describeMounts('a view of glossa trace', () => {
  it('is an HTML page with recording and module source, the text of one request, or a Perfetto trace', () =>
    withScratch(async (scratch) => {
      const live = await trace(scratch, 'test.vol', '--html', 'a.html', ...COMMAND);
      expect(live).toMatchObject({ status: 0, out: '', err: '' });
      const page = await readFile(scratch.at('a.html'), 'utf8');
      const source = /<script type="application\/json" id="sources">(.*?)<\/script>/s.exec(
        page,
      )![1]!;
      expect(JSON.parse(source)).toEqual([{ volume: 'script', file: 'quiet.js', text: module }]);
      const embedded = /id="recording">([\w+/=]+)<\/script>/.exec(page)![1]!;
      await writeFile(scratch.at('again.rec'), Buffer.from(embedded, 'base64'));
      // Names are in it.
      expect((await stat(scratch.at('a.html'))).mode & 0o777).toBe(0o600);
      expect(page).not.toMatch(/(src|href)=/);

      const tree = await trace(scratch, '--read', 'again.rec');
      expect(tree).toMatchObject({ status: 0, err: '' });
      const [, number] = /#(\d+) .*\n {2}script: lookup\(\/gone\) = -1 ENOENT/.exec(tree.out)!;
      const one = await trace(scratch, '--read', 'again.rec', '--request', number!);
      expect(one.out).toMatch(/^\S* ?.*#\d+ .*\n {2}script: lookup\(\/gone\)/);
      expect(one.out.match(/#\d+ /g)).toHaveLength(1);

      const perfetto = await trace(scratch, '--read', 'again.rec', '--perfetto', 'a.json');
      expect(perfetto).toMatchObject({ status: 0, out: '', err: '' });
      const { traceEvents } = JSON.parse(await readFile(scratch.at('a.json'), 'utf8'));
      expect(traceEvents.map(({ name }: { name: string }) => name)).toContain('mem: lookup /gone');
      expect(await readdir(scratch.at('tmp'))).toEqual([]);
    }));

  it('is written at Ctrl-C for a running mount', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, 'volume mem\n type storage/memory\nend-volume\n');
      const outcome = runGlossa(scratch, ['trace', 'mnt', '--perfetto', 'a.json'], {
        onStart(child) {
          child.stderr!.once('data', () => {
            access(scratch.at('mnt', 'gone')).catch(() => child.kill('SIGINT'));
          });
        },
      });
      expect(await outcome).toMatchObject({ status: 0, out: '' });
      expect(await readFile(scratch.at('a.json'), 'utf8')).toContain('mem: lookup /gone');
      expect(await mount.stop()).toBe(0);
    }));

  it('contains no module source if the recording is redacted', () =>
    withScratch(async (scratch) => {
      await trace(scratch, 'test.vol', '--redact', '--html', 'a.html', ...COMMAND);
      const page = await readFile(scratch.at('a.html'), 'utf8');
      expect(page).toContain('<script type="application/json" id="sources">[]</script>');
    }));

  it('is refused before the command runs if the options contradict or the file cannot be written', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('no.rec', 'text');
      await scratch.writeFile('kept.html', 'kept');
      const cases: readonly (readonly [args: readonly string[], status: number, err: RegExp])[] = [
        [
          ['test.vol', '--html', 'no/a.html', '--', 'echo'],
          1,
          /cannot write no\/a.html: No such file/,
        ],
        [['test.vol', '--html', '.', '--', 'echo'], 1, /cannot write \.: Is a directory/],
        [
          ['test.vol', '--summary', '-o', 'a.rec', '--', 'echo'],
          2,
          /use either --output or --summary, not both/,
        ],
        [['--read', 'no.rec', '--html', 'kept.html'], 1, /no.rec: it is not a recording of glossa/],
        [['--read', 'no.rec', '--html', './no.rec'], 2, /--html would overwrite the recording/],
        [['missing.vol', '--html', 'new.html', '--', 'echo'], 1, /missing.vol/],
      ];
      for (const [args, status, err] of cases) {
        const outcome = await trace(scratch, ...args);
        expect(outcome, args.join(' ')).toMatchObject({ status, out: '' });
        expect(outcome.err).toMatch(err);
      }
      expect(await readFile(scratch.at('kept.html'), 'utf8')).toBe('kept');
      expect((await readdir(scratch.path)).filter((name) => name.startsWith('new'))).toEqual([]);
    }));
});
