/**
 * Attempts of a module in C (attacks.c) to leave the sandbox, to hang the process, or to decide about
 * requests that belong to another volume. After each attempt, the volume serves the next request and the
 * log says what has failed. A second volume of the same module keeps its state and its requests.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EPERM } from '../../../runtime/core/errno.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Reply } from '../../support/core.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { selectVariants } from '../../support/test-selection.ts';
import { canCompileWasm, wasmC } from '../../support/wasm.ts';
import { type Attempt, attempts, type Later } from './attempts.ts';

/** Limits at which no attempt of the table is slow. */
const OPTIONS = {
  'restart-backoff': '0',
  'time-limit': '60',
  'memory-limit': '256MB',
  'log-limit': '8KB',
};

/** A volume whose child replies at once, and fails all. */
async function start(options: Readonly<Record<string, string>> = {}): Promise<RunningModule> {
  const run = await startModule(import.meta.dirname, {
    language: wasmC,
    name: 'attacks',
    options: { ...OPTIONS, ...options },
  });
  run.leaf.onRequest = (held) => {
    run.leaf.requests.push(held);
    held.answer(-1, EPERM, ...Array.from({ length: 6 }, () => null));
  };
  run.takeLines();
  return run;
}

const attempt = (run: RunningModule, name: string) =>
  run.ask('getxattr', run.knownLoc('file'), `user.${name}`, null);

const front = makeInitiatorTranslator('test/front', 'Has clients of its own.');

/** Lets a client ask once, and go. */
function connectAndLeave(run: RunningModule): void {
  const client = new Initiator(run.graph, 'front', front, run.xl.log).connect('one');
  const frame = client.begin(new Stack(0, 0, 1, 'ACCESS'));
  const cbk = (): void => void client.end(frame.root);
  wind.access(frame, 0, cbk, run.graph.links, run.knownLoc('a'), 0, null);
  client.disconnect();
}

/** Makes a directory in the storage: the leaf fails all other requests. */
function makeDirectory(run: RunningModule): void {
  const { onRequest } = run.leaf;
  run.leaf.onRequest = (held) => held.answer(0, 0, null, null, null, null, null);
  run.ask('mkdir', run.absentLoc('new'), 0, 0, null);
  run.leaf.onRequest = onRequest;
}

/** Does what leads to the attempt's harm. */
function provoke(run: RunningModule, reply: Reply, later: Later | undefined): void {
  if (later === 'timer') run.context.advance(100);
  else if (later === 'seconds') for (let s = 0; s < 5; s += 1) run.context.advance(1000);
  else if (later === 'notify') run.host.notify('CHILD_DOWN', run.xl.below[0]);
  else if (later === 'statedump') run.dump();
  else if (later === 'reconfigure') run.reconfigure({ edition: '2' });
  else if (later === 'entry_created') makeDirectory(run);
  else if (later === 'client_disconnect') connectAndLeave(run);
  else if (later === 'cancel') reply.frame.root.interrupt();
}

/** Checks that other requests are served. */
const expectServes = (run: RunningModule): void => {
  expect(run.ask('access', run.knownLoc('other'), 0, null)).toMatchObject({
    count: 1,
    opErrno: EPERM,
  });
};

describe.skipIf(!canCompileWasm)('a module in C that attacks', () => {
  it('makes each of its attempts in the table, which has no other', () => {
    const source = readFileSync(join(import.meta.dirname, 'attacks.c'), 'utf8');
    const names = [...source.matchAll(/^ATTEMPT\((\w+)\)/gm)].map(([, name]) => name!);
    const known = [...attempts.map(({ name }) => name), 'calm', 'loop_in_fini'];
    expect([...known].sort()).toEqual([...names].sort());
  });

  const isUsual = (row: Attempt): boolean => attempts.indexOf(row) % 2 === 0;
  it.each(selectVariants(attempts, isUsual))('does not get through: $name', async (row) => {
    const run = await start(row.options);
    // Objects that the module was never given.
    const secret = run.knownLoc('secret').inode!;
    const secretFd = new Fd(secret, 0, 1);
    const reply = attempt(run, row.name);
    provoke(run, reply, row.later);
    expect([reply.count, reply.opErrno]).toEqual([1, row.errno]);
    if (row.isLost === true) await vi.waitFor(() => expect(run.host.counters.restarts).toBe(1));
    expectServes(run);
    if (row.goesOn === true) {
      for (let turn = 0; turn < 3; turn += 1) {
        run.context.advance(1);
        expectServes(run);
      }
      attempt(run, 'calm');
    }
    run.context.advance(2000);
    const log = run.takeLines().join('\n');
    if (row.logged === undefined) expect(log).not.toMatch(/^E /m);
    else expect(log).toMatch(row.logged);
    expect(run.host.counters.restarts).toBe(row.isLost === true ? 1 : 0);
    // The child saw no object that was not the module's.
    for (const { args } of run.leaf.requests)
      for (const value of args) {
        expect(value).not.toBe(secretFd);
        if (value instanceof Loc) expect(value.inode).not.toBe(secret);
      }
    expectServes(run);
    expect(run.host.interpreters.length).toBe(1);
    run.expectSettled();
  });

  it('is stopped at time-limit in an endless fini', async () => {
    const run = await start({ 'time-limit': '0.4' });
    attempt(run, 'loop_in_fini');
    await run.graph.stop();
    expect(run.takeLines().join('\n')).toMatch(/^C .*lost: fini: a call ran too long/);
  });

  it('leaves another volume of the same module undisturbed', async () => {
    const other = await start();
    const { memoryBytes } = other.host.interpreter.guest;
    const run = await start();
    const quick = attempts.filter(
      ({ options, later }) => options === undefined && later === undefined,
    );
    for (const { name } of quick.filter(({ isLost }) => isLost === true)) {
      attempt(run, name);
      await vi.waitFor(() => expect(run.host.interpreter.isDead).toBe(false));
      expectServes(other);
    }
    expect(other.host.counters).toMatchObject({ failures: 0, restarts: 0 });
    expect(other.host.interpreter.guest.memoryBytes).toBe(memoryBytes);
  });
});
