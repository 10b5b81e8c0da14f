import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../test/support/cli.ts';
import { type Scratch, withScratch } from '../test/support/mount.ts';

const stack = `volume brick
    type anything/at-all
    option directory /srv
end-volume
volume top
    type features/negative
    subvolumes brick
end-volume
`;

const withStack = (test: (file: string, scratch: Scratch) => Promise<void>): Promise<void> =>
  withScratch(async (scratch) => test(await scratch.writeFile('test.vol', stack), scratch));

describe('glossa graph', () => {
  it('draws the volumes as a tree, also those of unknown types', () =>
    withStack(async (file) => {
      expect(await runCommand(['graph', file])).toEqual({
        status: 0,
        out: 'top  features/negative\n└─ brick  anything/at-all\n',
        err: '',
      });
      expect((await runCommand(['graph', file, '--options'])).out).toMatch('directory /srv');
    }));

  it('prints the volumes as JSON with --json', () =>
    withStack(async (file, scratch) => {
      const volumes = [
        {
          name: 'brick',
          type: 'anything/at-all',
          subvolumes: [],
          options: { directory: '/srv' },
        },
        { name: 'top', type: 'features/negative', subvolumes: ['brick'], options: {} },
      ];
      const { status, out, err } = await runCommand(['graph', file, '--json']);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(JSON.parse(out)).toEqual({ top: 'top', volumes });
      await runCommand(['graph', file, '--json', '-o', scratch.at('out.json')]);
      expect(JSON.parse(await readFile(scratch.at('out.json'), 'utf8'))).toMatchObject({ volumes });
      const both = await runCommand(['graph', file, '--json', '--format', 'dot']);
      expect(both).toMatchObject({ status: 2, out: '' });
    }));

  it('prints an error as JSON with --json', () =>
    withScratch(async (scratch) => {
      const file = await scratch.writeFile('bad.vol', 'volume a\nend-volume\n');
      const { status, out, err } = await runCommand(['graph', file, '--json']);
      expect(status).toBe(1);
      expect(JSON.parse(out)).toEqual({ error: expect.stringMatching(/bad\.vol:1:\d+: .*type/) });
      expect(err).toContain('bad.vol:1:');
    }));

  it('shows the options that are given by --xlator-option', () =>
    withScratch(async (scratch) => {
      const folder = await scratch.makeFolder('elsewhere');
      const file = await scratch.writeFile(
        'a.vol',
        'volume brick\n type storage/posix\n option directory nowhere\nend-volume\n',
      );
      const there = ['--xlator-option', `brick.directory=${folder}`];
      expect((await runCommand(['graph', file, '--options', ...there])).out).toMatch(folder);
    }));

  it.each([
    ['dot', /^digraph /],
    ['svg', /^<svg /],
  ])('draws the volumes in the format %s with --format', (format, begins) =>
    withStack(async (file) => {
      const { status, out } = await runCommand(['graph', file, '--format', format]);
      expect(status).toBe(0);
      expect(out).toMatch(begins);
    }),
  );

  it.each(['svg', 'dot', 'gv', 'txt'])(
    'writes FILE.%s in the format of the extension, or as a tree for an unknown one',
    (end) =>
      withStack(async (file, scratch) => {
        const output = scratch.at(`picture.${end}`);
        expect(await runCommand(['graph', file, '-o', output])).toEqual({
          status: 0,
          out: '',
          err: '',
        });
        const formats: Record<string, string> = { gv: 'dot', txt: 'tree' };
        const { out } = await runCommand(['graph', file, '--format', formats[end] ?? end]);
        expect((await readFile(output, 'utf8')).trimEnd()).toBe(out.trimEnd());
      }),
  );

  it('ends with status 1 and a message for a broken volfile or an unwritable output', () =>
    withStack(async (file, scratch) => {
      const output = scratch.at('no', 'picture.svg');
      expect(await runCommand(['graph', file, '-o', output])).toEqual({
        status: 1,
        out: '',
        err: `glossa: cannot write ${output}: No such file or directory\n`,
      });
      const broken = await scratch.writeFile('broken.vol', stack.replace('brick\n', 'brik\n'));
      const { status, err } = await runCommand(['graph', broken]);
      expect(status).toBe(1);
      expect(err).toMatch("subvolume 'brick' is not defined");
    }));
});
