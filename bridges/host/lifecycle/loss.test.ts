/**
 * Loss of interpreters by requests, timers and notices, and its effect on other requests. Guests
 * are fakes.
 */
import { expect, it } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { ask, askArgs, type Reply } from '../../../test/support/core.ts';
import {
  type Answer,
  type Code,
  dieInCall,
  GuestGraph,
  settle,
} from '../../../test/support/guest-graph.ts';
import { DECIDED_BY_MESSAGES, WIND_UNCHANGED } from '../guest.ts';

/** Index of the loc's name among the scalars. */
const NAME = 3;
/** Ends the interpreter for names that begin with 'bad'; other names are absent. */
const harmful: Answer = (host, id, guest, args) =>
  String(args[NAME]).startsWith('bad') ? dieInCall(host, id, guest, args) : -ENOENT;
const code: Code = { fops: { lookup: harmful, stat: harmful, access: () => DECIDED_BY_MESSAGES } };

const loc = (bed: GuestGraph, name: string): Loc =>
  new Loc(bed.graph.inodes.newInode(), bed.graph.inodes.root, name);
const lookup = (bed: GuestGraph, name: string, uid = 0): Reply =>
  askArgs(bed.graph, 'lookup', [loc(bed, name), null], 1, uid);
const stat = (bed: GuestGraph, name: string): Reply => ask(bed.graph, 'stat', loc(bed, name), null);

/** The errno of a reply, once a new interpreter has started. */
async function answered(reply: Reply): Promise<number> {
  await settle();
  expect(reply.count).toBe(1);
  return reply.opErrno;
}

it('requests for other names are answered while two names crash the interpreter again and again', async () => {
  const bed = await new GuestGraph(code).start();
  for (let round = 0; round < 10; round++) {
    for (const name of ['bad one', 'bad two']) {
      const bad = lookup(bed, name);
      const other = lookup(bed, 'good');
      expect([await answered(bad), await answered(other)]).toEqual([EIO, ENOENT]);
    }
  }
  // Each name ended two interpreters, and has been refused since.
  expect(bed.dump).toMatchObject({ restarts: 4, failures: 20 });
  expect(bed.log).toContain(
    "lookup of '/bad two' ends the interpreter again and again: refused for 1 s (option restart-backoff)",
  );
});

it('a name that crashes interpreters is refused for one fop only, each time for longer', async () => {
  const bed = await new GuestGraph(code).start({ 'restart-backoff': '2' });
  const restarts: number[] = [];
  for (let s = 0; s < 20; s++) {
    expect(await answered(lookup(bed, 'bad'))).toBe(EIO);
    restarts.push(bed.dump.restarts as number);
    bed.context.advance(1000);
  }
  // Twice at once, then after 2, 4 and 8 seconds.
  expect([1, 2, 3, 4, 5].map((n) => restarts.indexOf(n))).toEqual([0, 1, 3, 7, 15]);
  await answered(stat(bed, 'bad'));
  expect(bed.dump).toMatchObject({ restarts: 6 });
});

it('the crashes by a request are forgotten once the request has caused none for a minute', async () => {
  const bed = await new GuestGraph(code).start();
  for (let times = 0; times < 2; times++) await answered(lookup(bed, 'bad'));
  bed.context.advance(61_100);
  for (let times = 0; times < 2; times++) await answered(lookup(bed, 'bad'));
  expect(bed.dump).toMatchObject({ restarts: 4 });
});

it('after 1100 names that each crash an interpreter, other names are answered and few are remembered', async () => {
  const bed = await new GuestGraph(code).start();
  const errnos = new Set<string>();
  for (let at = 0; at < 1_100; at++) {
    const bad = lookup(bed, `bad ${at}`);
    const other = lookup(bed, 'good');
    await settle();
    errnos.add(`${bad.opErrno} ${other.opErrno}`);
  }
  expect([...errnos]).toEqual([`${EIO} ${ENOENT}`]);
  expect(bed.dump).toMatchObject({ restarts: 1_100, interpreters: 1 });
  expect(bed.guests.filter(({ closed }) => !closed).length).toBe(1);
  expect(bed.host.succession.harmfulRequests.size).toBeLessThanOrEqual(1024);
});

it('requests of a caller that crashed an interpreter are handled last by the next interpreter', async () => {
  const bed = await new GuestGraph(code).start();
  lookup(bed, 'bad', 1000);
  const bad = Array.from({ length: 50 }, (_, at) => lookup(bed, `bad ${at}`, 1000));
  const other = lookup(bed, 'good', 1001);
  await settle();
  expect(other).toMatchObject({ count: 1, opErrno: ENOENT });
  for (let rounds = 0; rounds < 50; rounds++) await settle();
  expect(bad.every(({ count }) => count === 1)).toBe(true);
});

it('only the request that was running when the interpreter crashed is blamed', async () => {
  const bed = await new GuestGraph(code).start();
  const name = 'kept';
  for (let times = 0; times < 3; times++) {
    const kept = ask(bed.graph, 'access', loc(bed, name), 0, null);
    lookup(bed, `bad ${times}`);
    expect(await answered(kept)).toBe(EIO);
  }
  const kept = ask(bed.graph, 'access', loc(bed, name), 0, null);
  expect(kept.count).toBe(0);
  expect(bed.dump).toMatchObject({ restarts: 3, 'requests-waiting': 1 });
});

it('a request that a caller sends when a crash fails its first one waits for the next interpreter', async () => {
  const bed = await new GuestGraph(code).start();
  const kept = ask(bed.graph, 'access', loc(bed, 'kept'), 0, null);
  let next: Reply | null = null;
  Object.defineProperty(kept, 'opRet', { set: () => (next = lookup(bed, 'good')) });
  lookup(bed, 'bad');
  expect(await answered(next!)).toBe(ENOENT);
});

it("a request is blamed when the interpreter crashes on the child's reply to the request", async () => {
  const bed = await new GuestGraph({
    fops: { lookup: () => WIND_UNCHANGED },
    reply: dieInCall,
  }).start();
  for (let times = 0; times < 3; times++) {
    const reply = lookup(bed, 'bad');
    bed.leaf.requests.pop()?.answer(-1, ENOENT, null, null, null, null);
    expect(await answered(reply)).toBe(EIO);
  }
  expect(bed.dump).toMatchObject({ restarts: 2 });
});

it('with on-error bypass, a request that has crashed interpreters repeatedly is passed to the child', async () => {
  const bed = await new GuestGraph(code).start({ 'on-error': 'bypass' });
  for (let times = 0; times < 5; times++) {
    const reply = lookup(bed, 'bad');
    bed.leaf.requests.pop()!.answer(-1, ENOENT, null, null, null, null);
    expect(await answered(reply)).toBe(ENOENT);
  }
  expect(bed.dump).toMatchObject({ restarts: 2, bypassed: 5 });
});

it('a reload accepts requests again that were refused for crashes', async () => {
  const bed = await new GuestGraph(code).start();
  for (let times = 0; times < 3; times++) await answered(lookup(bed, 'bad'));
  expect(bed.dump).toMatchObject({ restarts: 2 });
  bed.code = { fops: { lookup: () => -ENOENT } };
  await bed.host.reload();
  expect(await answered(lookup(bed, 'bad'))).toBe(ENOENT);
});

it('with restart-backoff 0, a request is never refused, however often it crashes the interpreter', async () => {
  const bed = await new GuestGraph(code).start({ 'restart-backoff': '0' });
  for (let times = 0; times < 5; times++) await answered(lookup(bed, 'bad'));
  expect(bed.dump).toMatchObject({ restarts: 5 });
});

it('an interpreter that crashes during a reload is replaced by the new code, which starts once', async () => {
  const bed = await new GuestGraph(code).start();
  const reload = bed.host.reload();
  const bad = lookup(bed, 'bad');
  bed.code = { fops: { lookup: () => -ENOENT } };
  const held = lookup(bed, 'good');
  expect(await reload).toMatchObject({ ok: true });
  expect([await answered(bad), await answered(held)]).toEqual([EIO, ENOENT]);
  expect(bed.guests.length).toBe(2);
  expect(bed.dump).toMatchObject({ reloads: 1, restarts: 0, interpreters: 1 });
});

it('reloaded code keeps serving when a restart that began before the reload ends after it', async () => {
  const bed = await new GuestGraph(code).start();
  let goOn = (): void => {};
  bed.beforeStart = () => new Promise((done) => (goOn = done));
  lookup(bed, 'bad');
  await settle();
  const held = lookup(bed, 'good');
  bed.beforeStart = () => Promise.resolve();
  bed.code = { fops: { lookup: () => -EIO } };
  expect(await bed.host.reload()).toMatchObject({ ok: true });
  bed.code = code;
  goOn();
  expect(await answered(held)).toBe(EIO);
  expect(await answered(lookup(bed, 'good'))).toBe(EIO);
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, false, true]);
});

it('an interpreter that crashes while a delayed restart is pending is replaced at once', async () => {
  const bed = await new GuestGraph({ fops: { ...code.fops, access: () => 3 } }).start({
    'on-error': 'restart',
  });
  const fails = (): Reply => ask(bed.graph, 'access', loc(bed, 'any'), 0, null);
  for (let times = 0; times < 2; times++) {
    fails();
    await settle();
  }
  expect(bed.dump).toMatchObject({ restarts: 1 });
  lookup(bed, 'bad');
  expect(await answered(lookup(bed, 'good'))).toBe(ENOENT);
  expect(bed.dump).toMatchObject({ restarts: 2 });
});

it('an idle interpreter that its own timer crashes is restarted after a delay, or at the next request', async () => {
  const bed = await new GuestGraph(code).start();
  const tick = (): void => bed.host.interpreter.enterFor(() => bed.guests.at(-1)!.die());
  for (let times = 0; times < 3; times++) {
    tick();
    await settle();
  }
  expect(bed.guests.length).toBe(2);
  expect(await answered(lookup(bed, 'good'))).toBe(ENOENT);
  expect(bed.guests.length).toBe(3);
  // This interpreter has served a request.
  tick();
  await settle();
  expect(bed.guests.length).toBe(4);
});

it('the next request is not blamed when a timer has crashed the interpreter', async () => {
  const bed = await new GuestGraph(code).start();
  for (let times = 0; times < 3; times++) {
    bed.host.interpreter.enterFor(() => {
      bed.guests.at(-1)!.failure = 'out of memory';
      return DECIDED_BY_MESSAGES;
    });
    expect(await answered(lookup(bed, 'good'))).toBe(ENOENT);
  }
});

it('a new interpreter that is lost in the hook notify counts as failed to start', async () => {
  const bed = await new GuestGraph(code).start();
  bed.code = { ...code, hooks: ['notify'], notify: (guest) => guest.die() };
  lookup(bed, 'bad');
  const held = lookup(bed, 'good');
  expect(await answered(held)).toBe(EIO);
  expect(bed.log).toContain('the interpreter does not start anew: out of memory');
  bed.code = code;
  bed.context.advance(1000);
  expect(await answered(lookup(bed, 'good'))).toBe(ENOENT);
  bed.code = { ...code, hooks: ['notify'], notify: (guest) => guest.die() };
  expect(await bed.host.reload()).toMatchObject({ ok: false });
  expect(await answered(lookup(bed, 'good'))).toBe(ENOENT);
});
