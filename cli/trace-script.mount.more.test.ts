/** glossa trace of a module prints its notes below the arrival of the request. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { describeMounts, runGlossa, withScratch } from '../test/support/mount.ts';

const volfile = (isolation: string): string => `
volume storage
    type storage/memory
end-volume
volume cache
    type features/glupy
    option module-name negative
    option isolation ${isolation}
    option log-level DEBUG
    subvolumes storage
end-volume
`;

const examples = [
  {
    file: 'negative.py',
    from: 'examples/negative/negative.py',
    callback: 'lookup_cbk',
    changed: String.raw`absent: \+\('[0-9a-f-]+', 'gone'\)=`,
  },
  {
    file: 'negative.js',
    from: 'examples/negative/javascript/negative.js',
    callback: 'lookupCbk',
    changed: String.raw`absent: \+"[0-9a-f-]+/gone"=`,
  },
];

describeMounts('glossa trace of a module', () => {
  it.each(
    examples.flatMap((example) =>
      ['none', 'thread'].map((isolation) => ({ ...example, isolation })),
    ),
  )(
    'with isolation $isolation, prints the log messages and callbacks of $file below their requests',
    ({ file, from, callback, changed, isolation }) =>
      withScratch(async (scratch) => {
        await copyFile(join(packageRoot, from), scratch.at(file));
        await scratch.writeFile('stack.vol', volfile(isolation));
        const env = { TMPDIR: await scratch.makeFolder('tmp') };
        const script = 'ls gone; ls gone; exit 0';
        const args = ['trace', 'stack.vol', '--', 'sh', '-c', script];
        const { status, err } = await runGlossa(scratch, args, { env });
        expect(status).toBe(0);
        const name = file.replace('.', '\\.');
        const miss = [
          String.raw` {2}cache: lookup\(/gone\) = -1 ENOENT <.*>`,
          String.raw` {4}\| DEBUG ${name}:\d+: MISS /gone`,
          String.raw` {4}\| ${name}:\d+ lookup {2}local=.*`,
          String.raw` {4}\| ${name}:\d+ ${callback} {2}local=.* {2}${changed}.*`,
          String.raw` {4}storage: lookup\(/gone\) = -1 ENOENT <.*> {2}answered here`,
        ];
        expect(err).toMatch(new RegExp(`\n${miss.join('\n')}\n`));
        const hit = [
          String.raw` {2}cache: lookup\(/gone\) = -1 ENOENT <.*> {2}answered here`,
          String.raw` {4}\| DEBUG ${name}:\d+: HIT /gone`,
          String.raw` {4}\| ${name}:\d+ lookup`,
        ];
        expect(err).toMatch(new RegExp(`\n${hit.join('\n')}\n`));
        // Once, below its request.
        expect(err).not.toMatch(/^[\d:.]+ cache: DEBUG/m);
      }),
  );
});
