import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { command } from '../test/support/cli.ts';
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

const WRITES = `import { tail } from 'glossa';
export default {
  type: 'test/m', description: 'Changes data.', children: [1, 1], options: {}, init: () => null,
  fops: { writev(frame, xl, ...args) { tail.writev(frame, xl.children[0], ...args); } },
};
`;

const withStack = (test: (file: string, scratch: Scratch) => Promise<void>): Promise<void> =>
  withScratch(async (scratch) => test(await scratch.file('test.vol', stack), scratch));

describe('glossa graph', () => {
  it('draws a tree, of types that nobody knows as well', () =>
    withStack(async (file) => {
      expect(await command(['graph', file])).toEqual({
        status: 0,
        out: 'top  features/negative\n└─ brick  anything/at-all\n',
        err: '',
      });
      expect((await command(['graph', file, '--options'])).out).toMatch('directory /srv');
    }));

  it('prints JSON for a program', () =>
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
      const { status, out, err } = await command(['graph', file, '--json']);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(JSON.parse(out)).toEqual({ top: 'top', volumes });
      await command(['graph', file, '--json', '-o', scratch.at('out.json')]);
      expect(JSON.parse(await readFile(scratch.at('out.json'), 'utf8'))).toMatchObject({ volumes });
      const both = await command(['graph', file, '--json', '--format', 'dot']);
      expect(both).toMatchObject({ status: 2, out: '' });
      const known = stack.replace('anything/at-all', 'storage/memory').replace(/ *option.*\n/, '');
      const started = await scratch.file('known.vol', known);
      expect(JSON.parse((await command(['graph', started, '--json', '--data'])).out).data).toEqual({
        volumes: [
          { name: 'top', sees: [], data: 'passes', guarded: false },
          { name: 'brick', sees: expect.any(Array), data: 'has', guarded: false },
        ],
        passthrough: null,
      });
    }));

  it('says in JSON, too, what is wrong', () =>
    withScratch(async (scratch) => {
      const file = await scratch.file('bad.vol', 'volume a\nend-volume\n');
      const { status, out, err } = await command(['graph', file, '--json']);
      expect(status).toBe(1);
      expect(JSON.parse(out)).toEqual({ error: expect.stringMatching(/bad\.vol:1:\d+: .*type/) });
      expect(err).toContain('bad.vol:1:');
    }));

  it('says who sees the data of files', () =>
    withScratch(async (scratch) => {
      await scratch.folder('data');
      const brick = 'volume brick\n type storage/posix\n option directory data\nend-volume\n';
      const above = (name: string, type: string, below: string): string =>
        `volume ${name}\n type ${type}\n subvolumes ${below}\nend-volume\n`;
      const cached = `${brick}${above('cache', 'features/negative', 'brick')}`;
      const plain = await command(['graph', await scratch.file('a.vol', cached), '--data']);
      expect(plain).toMatchObject({ status: 0, err: '' });
      expect(plain.out).toMatch(
        /\n {2}cache {2}does not see it\n {2}brick {2}has it\npassthrough: /,
      );
      const counted = `${cached}${above('counts', 'debug/io-stats\n option count-fop-hits on', 'cache')}`;
      const { out } = await command(['graph', await scratch.file('b.vol', counted), '--data']);
      expect(out).toMatch('counts  sees it: open, readv, writev');
      expect(out).toMatch(
        'no passthrough: data is read and written in the server, because of counts',
      );
      await scratch.file('m.ts', WRITES);
      const changed = `${brick}${above('m', 'features/native\n option module-path m.ts', 'brick')}`;
      const told = await command(['graph', await scratch.file('c.vol', changed), '--data']);
      expect(told.out).toMatch(/m {6}sees it: writev; copies .* lookups bring no content along\n/);
    }));

  it('takes options from the command line', () =>
    withScratch(async (scratch) => {
      const folder = await scratch.folder('elsewhere');
      const file = await scratch.file(
        'a.vol',
        'volume brick\n type storage/posix\n option directory nowhere\nend-volume\n',
      );
      const there = ['--xlator-option', `brick.directory=${folder}`];
      expect((await command(['graph', file, '--options', ...there])).out).toMatch(folder);
      expect(await command(['graph', file, '--data', ...there])).toMatchObject({
        status: 0,
        out: expect.stringMatching(/\n {2}brick {2}has it\n/),
      });
      expect((await command(['graph', file, '--data'])).err).toMatch('nowhere');
    }));

  it('--data needs translators that there are', () =>
    withStack(async (file) => {
      const { status, err } = await command(['graph', file, '--data']);
      expect(status).toBe(1);
      expect(err).toMatch('anything/at-all');
    }));

  it.each([
    ['dot', /^digraph /],
    ['mermaid', /^(graph|flowchart) /],
    ['svg', /^<svg /],
  ])('draws %s', (format, begins) =>
    withStack(async (file) => {
      const { status, out } = await command(['graph', file, '--format', format]);
      expect(status).toBe(0);
      expect(out).toMatch(begins);
    }),
  );

  it.each(['svg', 'dot', 'gv', 'mmd', 'txt'])('writes a file *.%s in the format it names', (end) =>
    withStack(async (file, scratch) => {
      const output = scratch.at(`picture.${end}`);
      expect(await command(['graph', file, '-o', output])).toEqual({ status: 0, out: '', err: '' });
      const formats: Record<string, string> = { gv: 'dot', mmd: 'mermaid', txt: 'tree' };
      const { out } = await command(['graph', file, '--format', formats[end] ?? end]);
      expect((await readFile(output, 'utf8')).trimEnd()).toBe(out.trimEnd());
    }),
  );

  it('says why it cannot', () =>
    withStack(async (file, scratch) => {
      const output = scratch.at('no', 'picture.svg');
      expect(await command(['graph', file, '-o', output])).toEqual({
        status: 1,
        out: '',
        err: `glossa: cannot write ${output}: No such file or directory\n`,
      });
      const broken = await scratch.file('broken.vol', stack.replace('brick\n', 'brik\n'));
      const { status, err } = await command(['graph', broken]);
      expect(status).toBe(1);
      expect(err).toMatch("subvolume 'brick' is not defined");
    }));
});
