/** Calls of one open file or directory that are in flight at the same time. */
import { expect, it, onTestFinished } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { ENOSPC } from '../core/errno.ts';
import { fail, tail } from '../core/gen/fops.gen.ts';
import type { Fops } from '../core/xlator.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

/** A volume that serves the writes and listings in flight in one turn of the event loop, the last first. */
async function open(): Promise<Volume> {
  let held: (() => void)[] = [];
  const defer = (send: () => void): void => {
    if (held.length === 0) {
      setImmediate(() => {
        const all = held.reverse();
        held = [];
        for (const each of all) each();
      });
    }
    held.push(send);
  };
  const fops: Fops<null> = {
    writev(frame, xl, fd, data, ...args) {
      if (data[0] === '!'.charCodeAt(0)) fail.writev(frame, ENOSPC);
      else defer(() => tail.writev(frame, xl.children[0]!, fd, data, ...args));
    },
    readdir(frame, xl, ...args) {
      defer(() => tail.readdir(frame, xl.children[0]!, ...args));
    },
  };
  const graph = await startGraph(
    [{ translator: memory as never }, { translator: makeTranslator('above', fops) }],
    new FakeContext(),
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return volume;
}

it('a large append, which takes several requests, keeps the order of its data', async () => {
  const volume = await open();
  const data = Buffer.from(Array.from({ length: 50_000 }, (_, line) => `line ${line}\n`).join(''));
  await volume.writeFile('/a', 'first\n');
  await volume.appendFile('/a', data);
  expect((await volume.readFile('/a')).equals(Buffer.concat([Buffer.from('first\n'), data]))).toBe(
    true,
  );
});

it('two simultaneous appends to a file both write at its end', async () => {
  const volume = await open();
  await using file = await volume.open('/a', 'a');
  await Promise.all([file.write('one '), file.write('two ')]);
  expect(await volume.readFile('/a', 'utf8')).toMatch(/^(one two |two one )$/);
});

it('simultaneous writes without a position are appended in the order of the calls', async () => {
  const volume = await open();
  await using file = await volume.open('/a', 'w');
  await Promise.all([file.write('one '), file.write('two '), file.write('three')]);
  expect(await volume.readFile('/a', 'utf8')).toBe('one two three');
});

it('a failed write does not move the position of an open file', async () => {
  const volume = await open();
  await using file = await volume.open('/a', 'w');
  await file.write('one ');
  await expect(file.write('! two')).rejects.toMatchObject({ code: 'ENOSPC' });
  await file.write('three');
  expect(await volume.readFile('/a', 'utf8')).toBe('one three');
});

it('simultaneous reads of an open directory return each entry once', async () => {
  const volume = await open();
  const names = Array.from({ length: 300 }, (_, number) => `file ${number}`);
  await Promise.all(names.map((name) => volume.writeFile(`/${name}`, '')));
  const directory = await volume.opendir('/');
  onTestFinished(() => directory.close());
  const entries = await Promise.all(Array.from({ length: 301 }, () => directory.read()));
  expect(entries.at(-1)).toBe(null);
  expect(entries.slice(0, -1).map((entry) => entry!.name)).toHaveLength(300);
  expect(new Set(entries.map((entry) => entry?.name))).toEqual(new Set([...names, undefined]));
});
