/** Recordings in files are readable at any time, and smaller when closed. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { ask, HeldLeaf, startGraph } from '../../../test/support/core.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { makeTestHead, observe, readEvents } from '../../../test/support/test-recordings.ts';
import { Iatt } from '../../core/iatt.ts';
import { Fd, Loc } from '../../core/operands.ts';
import type { WindEvent } from '../events.ts';
import { openRecording } from '../reader.ts';
import { RecordingFile } from './recording-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = makeFolder();
  path = join(folder, 'a.rec');
});

async function recorded(bytesMax?: number) {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  const buf = new Iatt();
  leaf.onRequest = ({ answer }) => answer(0, 0, buf, null);
  const troubles: string[] = [];
  const file = new RecordingFile(path, makeTestHead(graph), (why) => troubles.push(why), bytesMax);
  observe(graph, file);
  const requests = (count: number) => {
    for (let i = 0; i < count; i++) {
      buf.iaSize += 1;
      ask(graph, 'stat', new Loc(graph.inodes.root), null);
    }
  };
  return { graph, file, requests, troubles };
}

const sizes = async (): Promise<unknown[]> => {
  const events = await readEvents(readFileSync(path));
  return events.flatMap((event) =>
    event.kind === 'unwind' ? [(event.reply.buf as { iaSize: number }).iaSize] : [],
  );
};
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

it('a recording file contains each event at once, even if the file is never closed', async () => {
  const { file, requests } = await recorded();
  for (let i = 1; i <= 5; i++) {
    requests(1);
    expect(await sizes()).toEqual(upTo(i));
  }
  expect(openRecording(readFileSync(path)).closed).toBe(false);
  await file.close();
});

it('a recording file of --data-max 1 MiB has the whole data of the largest writes, one after the other', async () => {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  leaf.onRequest = ({ answer }) => answer(0, 0, new Iatt(), new Iatt(), null);
  const settings = { dataMax: 2 ** 20 };
  const troubles: string[] = [];
  const file = new RecordingFile(path, makeTestHead(graph, settings), (why) => troubles.push(why));
  observe(graph, file, settings);
  const fd = new Fd(graph.inodes.root, 0, 1);
  const data = Buffer.alloc(2 ** 20, 'x');
  for (let i = 0; i < 10; i++) ask(graph, 'writev', fd, data, i * data.length, 0, null);
  await file.close();
  expect(troubles).toEqual([]);
  const winds = (await readEvents(readFileSync(path))).filter(({ kind }) => kind === 'wind');
  expect(winds).toHaveLength(10);
  for (const wind of winds) {
    expect((wind as WindEvent).args.vector).toEqual({ length: data.length, head: data.toString() });
  }
});

// Enough to fill the slots several times.
const MANY = 10_000;

it('a growing recording file is compressed in the background, and contains all events at any time', async () => {
  const { file, requests, troubles } = await recorded();
  let asked = 0;
  while (asked < MANY) {
    requests(MANY / 5);
    asked += MANY / 5;
    // Another thread writes blocks meanwhile.
    expect(openRecording(readFileSync(path)).count).toBe(2 * asked);
    await new Promise(setImmediate);
    expect(openRecording(readFileSync(path)).count).toBe(2 * asked);
  }
  expect(await sizes()).toEqual(upTo(MANY));
  const before = statSync(path).size;
  await file.close();
  expect(troubles).toEqual([]);
  const recording = openRecording(readFileSync(path));
  expect(recording).toMatchObject({ closed: true, count: 2 * MANY, problems: [] });
  expect(await sizes()).toEqual(upTo(MANY));
  expect(statSync(path).size).toBeLessThan(before - 250_000);
  expect(statSync(path).size / MANY).toBeLessThan(40);
  expect(readdirSync(folder)).toEqual(['a.rec']);
});

it('a recording file ends once at its size, and keeps all events from before', async () => {
  const limit = 1_300_000;
  const { file, requests, troubles } = await recorded(limit);
  for (let turn = 0; turn < 10; turn++) {
    requests(MANY);
    await new Promise(setImmediate);
  }
  expect(troubles).toEqual([expect.stringMatching(/^it has 1[3-9]\d{5} bytes \(--file-size\)$/)]);
  for (const isClosed of [false, true]) {
    if (isClosed) await file.close();
    const recording = openRecording(readFileSync(path));
    expect(recording).toMatchObject({ closed: isClosed, problems: [] });
    const kept = await sizes();
    expect(kept.length).toBeGreaterThan(MANY);
    expect(kept.length).toBeLessThan(10 * MANY);
    expect(kept).toEqual(upTo(kept.length));
    expect(statSync(path).size).toBeLessThan(limit + 1_000_000);
  }
  expect(readdirSync(folder)).toEqual(['a.rec']);
});

it('a damaged block is reported, and the other blocks are read', async () => {
  const { graph, file, requests } = await recorded();
  requests(MANY);
  graph.observe(null);
  await file.close();
  const bytes = readFileSync(path);
  bytes[bytes.length - 1_000]! ^= 0xff;
  const recording = openRecording(bytes);
  let count = 0;
  for await (const _ of recording.events()) count += 1;
  expect(count).toBeGreaterThan(MANY);
  expect(count).toBeLessThan(2 * MANY);
  expect(recording.problems).toEqual([
    expect.stringMatching(/^block \d+ is damaged: .* were read$/),
  ]);
});

it('a recording replaces a file of the same name, and refuses a path that is no regular file', async () => {
  writeFileSync(path, 'x'.repeat(10_000_000));
  const { file, requests } = await recorded();
  requests(1);
  await file.close();
  expect(statSync(path).size).toBeLessThan(20_000);
  const head = openRecording(readFileSync(path)).head;
  const refused = (name: string) => () => new RecordingFile(name, head, () => {});
  expect(refused(folder)).toThrow('EISDIR');
  expect(refused('/dev/null')).toThrow('it is no regular file');
  expect(refused(join(folder, 'no/a.rec'))).toThrow('ENOENT');
});
