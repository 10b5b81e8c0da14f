import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Source } from '../runtime/volfile/source.ts';
import { inspectVolfile } from '../runtime/volfile/volfile.ts';
import { registry } from '../server/registry.ts';
import { runCommand } from '../test/support/cli.ts';
import { makeFolder } from '../test/support/folder.ts';
import { makeVolumeTexts } from './new-volume.ts';

function folder(): string {
  const made = makeFolder();
  return made;
}

const volumesIn = (text: string) => {
  const { volumes, problems } = inspectVolfile(new Source('test', text));
  expect(problems).toEqual([]);
  return volumes.map(({ name, type, options, subvolumes }) => ({
    name: name.text,
    type: type.text,
    options: Object.fromEntries(options.map(({ key, value }) => [key.text, value.text])),
    subvolumes: subvolumes.map(({ text }) => text),
  }));
};

it('glossa new volume writes a volfile for each brick, and one for clients', () => {
  const texts = makeVolumeTexts({
    name: 'v',
    bricks: [
      { directory: '/srv/a', port: 1001 },
      { directory: '/srv/b "c"', port: 1002 },
    ],
  });
  expect([...texts.keys()]).toEqual([
    ...['v.127.0.0.1.srv-a.vol', 'v.127.0.0.1.srv-b "c".vol', 'v.vol'],
  ]);
  const [first, second, client] = [...texts.values()].map(volumesIn);
  expect(first!.at(-1)).toMatchObject({
    type: 'protocol/server',
    options: { 'transport.socket.listen-port': '1001', 'auth.addr.v-brick-0.allow': '127.0.0.1' },
  });
  expect(second![0]!.options.directory).toBe('/srv/b "c"');
  expect(client!.map(({ name, subvolumes }) => [name, ...subvolumes])).toEqual([
    ['v-client-0'],
    ['v-client-1'],
    ['v-dht', 'v-client-0', 'v-client-1'],
    ['v-utime', 'v-dht'],
    ['v', 'v-utime'],
  ]);
  expect(client![1]!.options).toMatchObject({
    'remote-port': '1002',
    'remote-subvolume': second!.at(-2)!.name,
  });
});

it('glossa new volume makes the folders, and prints its files and the next commands', async () => {
  const at = folder();
  const dirs = ['a', 'b'].map((name) => join(at, name));
  const said = await runCommand(['new', 'volume', 'v', ...dirs, '--out', join(at, 'files')]);
  expect(said).toMatchObject({ status: 0, err: '' });
  expect(dirs.map(existsSync)).toEqual([true, true]);
  expect(said.out).toMatch(
    /^made .*a\nmade .*b\nwrote .*\nwrote .*\nwrote .*v\.vol\n\nnow type:\n/,
  );
});

it('glossa new volume with one brick writes a volfile without distribute, and never overwrites files', async () => {
  const at = folder();
  const files = join(at, 'files');
  const make = () =>
    runCommand(['new', 'volume', 'v', join(at, 'a'), '--out', files, '--port', '7']);
  expect(await make()).toMatchObject({ status: 0, err: '' });
  const client = readFileSync(join(files, 'v.vol'), 'utf8');
  expect(volumesIn(client).every(({ type }) => registry.has(type))).toBe(true);
  expect(client).toContain('remote-port 7\n');
  const again = await make();
  expect([again.status, again.err]).toEqual([1, expect.stringContaining('nothing was written')]);
  expect(readdirSync(files)).toHaveLength(2);
});

it.each([
  [['v'], 'DIR is missing'],
  [[], 'NAME and DIR are missing'],
  [['-', 'a'], "'-' cannot be the name"],
  [['a/b', 'a'], "'a/b' cannot be the name"],
  [['v', 'a', './a'], 'is given twice'],
  [['v', 'a', 'b', '--port', '65535'], '--port takes'],
])('glossa new volume refuses the arguments %j', async (args, message) => {
  const { status, err } = await runCommand(['new', 'volume', ...args]);
  expect([status, err]).toEqual([2, expect.stringContaining(message)]);
});
