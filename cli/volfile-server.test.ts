import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../test/support/cli.ts';
import { makeFolder } from '../test/support/folder.ts';

const folder = (): string => {
  const made = makeFolder();
  return made;
};

it.each([
  [[], 'DIR is missing'],
  [['DIR', '--no-tcp'], '--no-tcp leaves nothing to listen at'],
  [['DIR', '--port', '65536'], '--port takes a number up to 65535'],
  [['DIR', '--also', 'host'], "--also takes HOST:PORT, not 'host'"],
  [['DIR/v.vol'], 'is a file: what is served is a folder'],
])('glossa brick volfiles refuses the arguments %j', async (args, message) => {
  const at = folder();
  writeFileSync(join(at, 'v.vol'), '');
  const given = args.map((each) => each.replace('DIR', at));
  const { status, err } = await runCommand(['brick', 'volfiles', ...given]);
  expect([status, err]).toEqual([2, expect.stringContaining(message)]);
});

it('glossa brick volfiles fails with an error that names the address or folder that it cannot use', async () => {
  const at = folder();
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const serve = (dir: string, ...args: string[]) =>
    runCommand(['brick', 'volfiles', dir, '-N', ...args]);
  const taken = await serve(at, '--port', String(port));
  expect(taken).toMatchObject({
    status: 1,
    err: `glossa: cannot serve ${at} at 127.0.0.1:${port}: Address already in use\n`,
  });
  const nothing = await serve(join(at, 'nothing'));
  expect(nothing).toMatchObject({
    status: 1,
    err: `glossa: cannot read the folder ${at}/nothing: No such file or directory\n`,
  });
});
