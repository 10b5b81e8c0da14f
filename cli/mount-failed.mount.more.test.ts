/** A mount that a module makes fail prints the module's error and the path of the log. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';

const VOLFILE = `volume storage
    type storage/memory
end-volume
volume top
    type features/glupy
    option module-name m.js
    option time-limit 1
    subvolumes storage
end-volume
`;

const module = (body: string, head = ''): string =>
  `import { Translator } from 'glossa';
${head}
export class xlator extends Translator {
  ${body}
}
`;

async function stage(scratch: Scratch, source: string): Promise<string> {
  await scratch.writeFile('m.js', source);
  await scratch.writeFile('m.vol', VOLFILE);
  await scratch.makeFolder('mnt');
  return scratch.at('log');
}

const EIO = "the root of volume 'top' cannot be looked up: Input/output error";

const cases: Readonly<
  Record<string, readonly [source: string, says: readonly (string | RegExp)[]]>
> = {
  'raises when it is imported': [module('', 'null.x;'), [/m\.js:2: TypeError/, /m\.js:2:\d+/]],
  'raises in init': [
    module("init() { this.log.error('no luck'); throw new Error('no'); }"),
    [/^E m\.js:4: no luck$/m, /m\.js:4: Error: no/],
  ],
  'takes too long': [module('init() { for (;;) {} }'), [/m\.js:4: .*time-limit/]],
  'raises in the lookup of the root': [
    module('lookup(frame) { frame.wnd(); }'),
    [/^E m\.js:4: .*TypeError.*\n.* at lookup \(.*m\.js:4/m, EIO],
  ],
  'raises in an async lookup of the root': [
    module('async lookup() { await null; throw new Error("none"); }'),
    [/^E m\.js:4: .*Error: none/m, EIO],
  ],
};

describeMounts('a mount', () => {
  const fails = async (scratch: Scratch, name: string, more: readonly string[]): Promise<void> => {
    const [source, says] = cases[name]!;
    const log = await stage(scratch, source);
    const outcome = await runGlossa(scratch, ['mount', 'm.vol', 'mnt', '-l', log, ...more]);
    expect(outcome).toMatchObject({ status: 1, out: '' });
    for (const said of says) expect(outcome.err).toMatch(said);
    expect(outcome.err.endsWith(`\nglossa: the log is ${log}\n`), outcome.err).toBe(true);
    expect(scratch.findMounts()).toEqual([]);
  };

  it.each(Object.keys(cases))("fails and prints the module's error if the module %s", (name) =>
    withScratch((scratch) => fails(scratch, name, [])),
  );

  // Before the graph is there, and after.
  it.each(['raises in init', 'raises in the lookup of the root'])(
    "in the foreground fails and prints the module's error if the module %s",
    (name) =>
      withScratch(async (scratch) => {
        await fails(scratch, name, ['--no-daemon']);
        // There the log is the terminal.
        const run = await runGlossa(scratch, ['run', 'm.vol', '--', 'true']);
        expect(run).toMatchObject({ status: 1, out: '' });
        expect(run.err).toMatch(/m\.js:[24]\b/);
        expect(run.err).not.toContain('the log is');
      }),
  );

  it('prints a warning while a module does not reply to the lookup of the root, and ends at a signal', () =>
    withScratch(async (scratch) => {
      const log = await stage(scratch, module('lookup(frame) { this.kept = frame; }'));
      const { status, signal, err } = await runGlossa(
        scratch,
        ['mount', 'm.vol', 'mnt', '-l', log],
        {
          onStart(child) {
            let said = '';
            child.stderr!.on('data', (text) => {
              said += String(text);
              if (said.includes('not mounted yet')) child.kill('SIGTERM');
            });
          },
        },
      );
      expect({ status, signal }).toEqual({ status: 143, signal: null });
      expect(err).toBe(
        "glossa: warning: not mounted yet: the lookup of the root of volume 'top' has no answer; " +
          `the log is ${log}\n`,
      );
      expect(await readFile(log, 'utf8')).toContain('ending: received SIGTERM');
      expect(scratch.findMounts()).toEqual([]);
    }));
});
