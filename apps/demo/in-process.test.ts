/** Without a mount: who waits for an answer that the pump brings goes on before the pump sleeps again. */
import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { pump } from '../../runtime/pump/pump.ts';
import { F_SETFL, O_NONBLOCK } from '../../runtime/sys/constants.ts';
import { close, fcntl } from '../../runtime/sys/libc.ts';
import { makeSocketpair } from '../../runtime/sys/socket.ts';
import { FakeTerminal } from '../../test/support/cli.ts';
import { planWorkload } from '../bench/engine/searches.ts';
import { fill } from './fill.ts';
import { serveInProcess } from './in-process.ts';
import { makeTree } from './tree.ts';

/** Whatever is asked is answered when the test says so. */
const MODULE = `
import { defineTranslator, tail } from 'glossa';
const later = (name) => (frame, xl, ...args) => {
  globalThis.askedLate(() => tail[name](frame, xl.children[0], ...args));
};
export default defineTranslator({
  type: 'demo/late',
  description: 'Answers when it is told to.',
  children: [1, 1],
  options: {},
  init: () => null,
  fops: { lookup: later('lookup'), mkdir: later('mkdir'), mknod: later('mknod') },
});
`;

const volumes = (storage: string): string => `
volume files
    ${storage}
end-volume

volume late
    type features/native
    option module-path late.mjs
    subvolumes files
end-volume
`;

const { signal } = new AbortController();
const workload = planWorkload({ seed: 7, searches: 50 });

/** Answers, and how often the pump has slept from one to whatever is asked next. */
const seen = { answers: 0, slept: 0 };

beforeEach(() => {
  const [ours, theirs] = makeSocketpair() as [number, number];
  fcntl(ours, F_SETFL, O_NONBLOCK);
  Object.assign(seen, { answers: 0, slept: 0 });
  let answer = (): void => {};
  let sleeps = 0;
  const source = {
    ...{ fd: ours, buffer: new Uint8Array(1), busy: false, busyPollUs: 0 },
    // As from a brick, in the midst of the pump.
    message() {
      seen.answers += 1;
      answer();
      sleeps = pump.counts.sleeps;
    },
    abandoned() {},
    ended() {},
  };
  const asked = (later: () => void): void => {
    if (seen.answers > 0) seen.slept += pump.counts.sleeps - sleeps;
    answer = later;
    writeSync(theirs, 'x');
  };
  Object.assign(globalThis, { askedLate: asked });
  pump.add(source);
  onTestFinished(() => {
    pump.remove(source);
    close(ours);
    close(theirs);
    Reflect.deleteProperty(globalThis, 'askedLate');
  });
});

function folder(storage: (path: string) => string): { path: string; volfile: string } {
  const path = mkdtempSync(join(tmpdir(), 'glossa-in-process-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  writeFileSync(join(path, 'late.mjs'), MODULE);
  const volfile = join(path, 'late.vol');
  writeFileSync(volfile, volumes(storage(path)));
  return { path, volfile };
}

it('searches do not wait for the sleep of the pump', async () => {
  const { path, volfile } = folder((at) => `type storage/posix\n    option directory ${at}`);
  await makeTree(path, workload, signal);
  const counted: string[] = [];
  const settings = { stack: { volfile, options: [] }, id: 'late', scratch: path };
  const given = { ...settings, workload, counted, signal };
  const served = await serveInProcess(given, new FakeTerminal());
  try {
    expect(await served.search(0)).toMatchObject({ wrong: 0 });
  } finally {
    await served.stop();
  }
  expect(seen.answers).toBeGreaterThan(workload.searches.length);
  // It is otherwise once for each, at least; a few times the loop had its turn for something else.
  expect(seen.slept).toBeLessThan(seen.answers / 4);
});

it('nor does who makes the files', async () => {
  const { volfile } = folder(() => 'type storage/memory');
  await fill(volfile, workload, new FakeTerminal(), signal);
  expect(seen.answers).toBeGreaterThan(workload.names.length);
  expect(seen.slept).toBeLessThan(seen.answers / 4);
});
