/** Volumes whose servers, volfiles or programs fail: what their callers see, and what is left behind. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { VolfileFolder } from '../gluster/volfile-server/volfile-folder.ts';
import { VolfileServer } from '../gluster/volfile-server/volfile-server.ts';
import { makeFolder } from '../test/support/folder.ts';
import { OpenError, Volume } from './index.ts';

const MEMORY = 'volume files\n    type storage/memory\nend-volume\n';
const above = (type: string, ...options: string[]): string =>
  `${MEMORY}\nvolume top\n    type ${type}\n${options.map((each) => `    option ${each}\n`).join('')}    subvolumes files\nend-volume\n`;
/** Replies to stat after 50 ms. */
const SLOW = above(
  'debug/delay-gen',
  'delay-duration 50000',
  'delay-percentage 100',
  'enable lookup,stat,writev',
);

/** A server of the volfiles in a folder, at the unix socket `path`. */
async function serve(folder: string, path: string): Promise<VolfileServer> {
  const server = await VolfileServer.start({
    folder: new VolfileFolder(folder),
    tcp: null,
    unix: path,
    servers: [],
    log() {},
    warn() {},
  });
  onTestFinished(() => server.close());
  return server;
}

it('Volume.open rejects a volume name that the server of volfiles does not have', async () => {
  const folder = makeFolder();
  await serve(folder, join(folder, 'socket'));
  const refusal = Volume.open({ host: join(folder, 'socket'), volname: 'absent' });
  await expect(refusal).rejects.toThrow(OpenError);
  await expect(refusal).rejects.toThrow(/absent/);
});

it('Volume.open rejects a volume whose brick cannot be reached within upTimeout', async () => {
  const client =
    'volume c\n    type protocol/client\n    option remote-host 127.0.0.1\n    option remote-port 1\n' +
    '    option remote-subvolume b\nend-volume\n';
  const refusal = Volume.open({ volfile: client }, { upTimeout: 0.2 });
  await expect(refusal).rejects.toThrow(OpenError);
});

it('a volume is opened and reloaded from the second server of volfiles when the first is down', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'data.vol'), above('debug/io-stats'));
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const serving = await serve(folder, second);
  {
    await using volume = await Volume.open({ host: [first, second], volname: 'data' });
    await volume.writeFile('/a', 'text');
  }
  const other = await serve(folder, first);
  await using volume = await Volume.open({ host: [first, second], volname: 'data' });
  await using file = await volume.open('/a', 'w+');
  await file.write('before ');
  await other.close();
  writeFileSync(join(folder, 'data.vol'), above('performance/write-behind'));
  expect(await volume.reload()).toMatchObject({ ok: true });
  await file.write('after');
  expect(await volume.readFile('/a', 'utf8')).toBe('before after');
  // With no server left, the graph stays.
  await serving.close();
  expect(await volume.reload()).toMatchObject({
    ok: false,
    text: expect.stringContaining('second'),
  });
  expect(await volume.readFile('/a', 'utf8')).toBe('before after');
});

it('a volume keeps its old graph and its files when a reload finds an error in the volfile', async () => {
  const path = join(makeFolder(), 'data.vol');
  writeFileSync(path, MEMORY);
  await using volume = await Volume.open(path);
  await volume.writeFile('/a', 'text');
  writeFileSync(path, 'volume files\n    type storage/absent\nend-volume\n');
  expect(await volume.reload()).toMatchObject({
    ok: false,
    text: expect.stringContaining('storage/absent'),
  });
  expect(await volume.readFile('/a', 'utf8')).toBe('text');
});

it('a reload during running calls completes each call once and keeps open files open', async () => {
  const path = join(makeFolder(), 'data.vol');
  writeFileSync(path, SLOW);
  await using volume = await Volume.open(path);
  const files = await Promise.all([1, 2, 3].map((name) => volume.open(`/${name}`, 'w+')));
  const ends: number[] = [];
  const calls = Array.from({ length: 60 }, async (_, call) => {
    const file = files[call % 3]!;
    if (call % 2 === 0) await file.write('x', call);
    else await volume.stat('/1');
    ends.push(call);
  });
  writeFileSync(path, above('performance/write-behind'));
  const reloaded = volume.reload();
  await Promise.all(calls);
  expect(await reloaded).toMatchObject({ ok: true });
  expect(ends.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, call) => call));
  expect((await files[0]!.stat()).size).toBe(55);
  for (const file of files) await file.close();
});

it('a closed volume refuses a reload with GLOSSA_VOLUME_CLOSED', async () => {
  const path = join(makeFolder(), 'data.vol');
  writeFileSync(path, MEMORY);
  const volume = await Volume.open(path);
  await volume.close();
  await expect(volume.reload()).rejects.toMatchObject({ code: 'GLOSSA_VOLUME_CLOSED' });
});

it('closing one of two volumes that share a graph leaves the other one usable', async () => {
  await using volume = await Volume.open({ volfile: MEMORY });
  const other = Volume.fromGraph(volume.client.graph);
  await other.writeFile('/a', 'text');
  await other.open('/a', 'r+');
  await other.close();
  expect(await volume.readFile('/a', 'utf8')).toBe('text');
  await expect(other.stat('/a')).rejects.toMatchObject({ code: 'GLOSSA_VOLUME_CLOSED' });
});
