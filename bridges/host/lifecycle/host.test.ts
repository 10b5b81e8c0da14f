/**
 * Failure policies, restarts and reloads of a module's host; fake guests fail and die on demand.
 */
import { describe, expect, it } from 'vitest';
import { EACCES, EINTR, EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { Stack } from '../../../runtime/core/frame.ts';
import { wind } from '../../../runtime/core/gen/fops.gen.ts';
import { Initiator, makeInitiatorTranslator } from '../../../runtime/core/initiator.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { ask, FakeContext, type Reply } from '../../../test/support/core.ts';
import {
  type Answer,
  type Code,
  dieInCall,
  GuestGraph,
  settle,
} from '../../../test/support/guest-graph.ts';
import { DECIDED_BY_MESSAGES, METHOD_FAILED, TAIL_UNCHANGED, WIND_UNCHANGED } from '../guest.ts';
import { OwnWork } from '../limits/own-work.ts';
import { NotificationQueue, PAUSE_AFTER_SLOW_MS } from '../requests/decision-queue.ts';

const fails: Answer = () => METHOD_FAILED;
const keeps: Answer = () => DECIDED_BY_MESSAGES;
const failing: Code = { fops: { stat: fails } };
const answers =
  (errno: number): Answer =>
  () =>
    -errno;

it('with on-error fail, a failed method replies with the errno of option error', async () => {
  const bed = await new GuestGraph(failing).start({ error: 'EACCES' });
  expect(bed.stat()).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES });
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 0, restarts: 0 });
  await expect(new GuestGraph(failing).start({ error: 'ENOSUCH' })).rejects.toThrow(
    "option error: 'ENOSUCH' is no errno",
  );
});

it('with on-error bypass, a request whose method fails continues unchanged to the child', async () => {
  const bed = await new GuestGraph(failing).start({ 'on-error': 'bypass' });
  const reply = bed.stat();
  bed.leaf.requests[0]!.answer(-1, ENOENT, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 1 });
});

it('with on-error bypass, a request that was already wound is not wound again', async () => {
  const bed = await new GuestGraph({ fops: { stat: () => WIND_UNCHANGED }, reply: fails }).start({
    'on-error': 'bypass',
  });
  const reply = bed.stat();
  bed.leaf.requests[0]!.answer(0, 0, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  expect(bed.leaf.requests.length).toBe(1);
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 0 });
});

it('with on-error bypass, a wind that a method sent before it failed is discarded', async () => {
  const winds: Answer = (host, id) => {
    host.pushMessage(id, JSON.stringify(['wind', 0, 0, 'statfs', [0, null]]));
    return METHOD_FAILED;
  };
  const bed = await new GuestGraph({ fops: { stat: winds } }).start({ 'on-error': 'bypass' });
  bed.stat();
  expect(bed.leaf.requests.map(({ name }) => name)).toEqual(['stat']);
});

it('with on-error restart, after max-failures failures a new interpreter takes over', async () => {
  const bed = await new GuestGraph(failing).start({ 'on-error': 'restart', 'max-failures': '2' });
  bed.stat();
  await settle();
  expect(bed.guests.length).toBe(1);
  bed.code = { fops: { stat: answers(ENOENT) } };
  bed.stat();
  await settle();
  expect(bed.stat()).toMatchObject({ count: 1, opErrno: ENOENT });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, false]);
  expect(bed.dump).toMatchObject({ failures: 2, restarts: 1, interpreters: 1 });
  expect(bed.log).toContain('the interpreter is started anew now: failures: 2');
});

it('with on-error restart, the old interpreter finishes its pending requests', async () => {
  const begun: Code = {
    fops: { stat: () => WIND_UNCHANGED, access: fails },
    reply: answers(ENOENT),
    hooks: ['fini'],
  };
  const bed = await new GuestGraph(begun).start({ 'on-error': 'restart' });
  const reply = bed.stat();
  bed.access();
  await settle();
  expect(bed.dump).toMatchObject({ interpreters: 2, 'requests-waiting': 1 });
  expect(bed.guests[0]!.hookCalls).toEqual([]);
  bed.leaf.requests[0]!.answer(0, 0, null, null);
  expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
  expect(bed.guests[0]).toMatchObject({ closed: true, hookCalls: ['fini'] });
  expect(bed.dump).toMatchObject({ interpreters: 1, 'requests-waiting': 0 });
});

it('repeated restarts are delayed, twice as long each time', async () => {
  const bed = await new GuestGraph(failing).start({
    'on-error': 'restart',
    'restart-backoff': '2',
  });
  const restarts: number[] = [];
  for (let s = 0; s < 20; s += 1) {
    bed.stat();
    await settle();
    bed.context.advance(1000);
    await settle();
    restarts.push(bed.dump.restarts as number);
  }
  // At once, then 2, 4 and 8 seconds after the failure that asked for it.
  expect(restarts.indexOf(1)).toBe(0);
  expect(restarts.indexOf(2)).toBe(2);
  expect(restarts.indexOf(3)).toBe(6);
  expect(restarts.indexOf(4)).toBe(14);
  expect(bed.log).toContain('started anew in 4 s (option restart-backoff)');
});

it('a new interpreter that fails to start leaves the old one serving', async () => {
  const bed = await new GuestGraph(failing).start({ 'on-error': 'restart', 'max-failures': '3' });
  bed.code = new Error('m.py:3: nonsense');
  for (let n = 0; n < 3; n += 1) bed.stat();
  await settle();
  expect(bed.log).toContain('the interpreter does not start anew: m.py:3: nonsense');
  expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
  expect(bed.dump).toMatchObject({ restarts: 0, interpreters: 1 });
});

it('a crashed interpreter is replaced, and new requests wait for the replacement', async () => {
  const bed = await new GuestGraph({
    fops: { stat: dieInCall, access: () => WIND_UNCHANGED },
  }).start();
  const waiting = bed.access();
  bed.code = { fops: { stat: answers(ENOENT) } };
  const fatal = bed.stat();
  expect(fatal).toMatchObject({ count: 1, opErrno: EIO });
  expect(waiting).toMatchObject({ count: 1, opErrno: EIO });
  const next = bed.stat();
  const other = bed.access();
  expect(next.count).toBe(0);
  await settle();
  expect(next).toMatchObject({ count: 1, opErrno: ENOENT });
  // The new code has no access method: the request passes to the child.
  bed.leaf.requests[1]!.answer(0, 0, null);
  expect(other).toMatchObject({ count: 1, opRet: 0 });
  expect(bed.log).toContain('the interpreter is lost: stat: out of memory');
  expect(bed.dump).toMatchObject({ restarts: 1, interpreters: 1 });
});

it('requests fail while an interpreter that crashed repeatedly waits to restart', async () => {
  const bed = await new GuestGraph({ fops: { stat: dieInCall } }).start();
  bed.stat();
  await settle();
  bed.stat();
  await settle();
  expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
  bed.context.advance(1000);
  await settle();
  expect(bed.dump).toMatchObject({ restarts: 2 });
});

it('the restart of a crashed interpreter is retried if it fails', async () => {
  const bed = await new GuestGraph({ fops: { stat: dieInCall } }).start();
  bed.code = new Error('no memory');
  bed.stat();
  const held = bed.stat();
  await settle();
  expect(held).toMatchObject({ count: 1, opErrno: EIO });
  bed.code = { fops: { stat: answers(ENOENT) } };
  bed.context.advance(1000);
  await settle();
  expect(bed.stat()).toMatchObject({ opErrno: ENOENT });
});

it('with on-error bypass, requests do not wait for the restart of a crashed interpreter', async () => {
  const bed = await new GuestGraph({ fops: { stat: dieInCall } }).start({ 'on-error': 'bypass' });
  bed.stat();
  bed.stat();
  expect(bed.leaf.requests.length).toBe(2);
});

it('after a reload, new requests enter the new code, even for fops that the old code did not have', async () => {
  const bed = await new GuestGraph({
    fops: { stat: () => WIND_UNCHANGED },
    reply: answers(EACCES),
  }).start();
  const before = bed.stat();
  bed.code = { fops: { access: answers(ENOENT) } };
  expect(await bed.host.reload()).toEqual({ ok: true, text: 'reloaded' });
  expect(bed.access()).toMatchObject({ opErrno: ENOENT });
  const by = bed.stat();
  bed.leaf.requests[1]!.answer(0, 0, null, null);
  expect(by).toMatchObject({ count: 1, opRet: 0 });
  bed.leaf.requests[0]!.answer(0, 0, null, null);
  expect(before).toMatchObject({ count: 1, opErrno: EACCES });
  expect(bed.guests[0]!.closed).toBe(true);
  expect(bed.dump).toMatchObject({ reloads: 1, interpreters: 1 });
});

it('reloads do not accumulate interpreters for requests that are never answered', async () => {
  const bed = await new GuestGraph({ fops: { stat: keeps } }).start();
  const never = [];
  for (let reloads = 0; reloads < 6; reloads++) {
    never.push(bed.stat());
    await bed.host.reload();
  }
  expect(never.map(({ count }) => count)).toEqual([1, 1, 0, 0, 0, 0]);
  expect(never[0]).toMatchObject({ opErrno: EIO });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, true, ...Array(5).fill(false)]);
  expect(bed.log).toMatch(/requests that an earlier interpreter has not answered fail: 1;/);
});

it('a reload whose code fails to start leaves the old code serving and reports the error', async () => {
  const bed = await new GuestGraph({ fops: { stat: answers(ENOENT) } }).start();
  bed.code = new Error('m.py:1: SyntaxError: what');
  const said = await bed.host.reload();
  expect(said).toEqual({
    ok: false,
    text: 'not reloaded, the code before goes on: m.py:1: SyntaxError: what',
  });
  expect(bed.log).toContain(said.text);
  expect(bed.stat()).toMatchObject({ opErrno: ENOENT });
});

it("a reload passes dump_state's result to load_state when both modules define them", async () => {
  const hooks = ['dump_state', 'load_state', 'notify'] as const;
  const bed = await new GuestGraph({ fops: {}, hooks, state: '{"a":1}' }).start();
  bed.code = { fops: {}, hooks };
  await bed.host.reload();
  expect(bed.guests[1]!.hookCalls).toEqual([
    'load_state {"a":1}',
    'notify PARENT_UP -1',
    'notify CHILD_UP 0',
  ]);
  // The new module's dump_state fails.
  expect(await bed.host.reload()).toMatchObject({ ok: false });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, false, true]);
});

it('a reload whose load_state fails leaves the old code serving', async () => {
  const hooks = ['dump_state', 'load_state'] as const;
  const bed = await new GuestGraph({ fops: {}, hooks, state: '1' }).start();
  bed.code = { fops: {}, hooks, loads: false };
  expect(await bed.host.reload()).toMatchObject({ ok: false });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([false, true]);
});

it('concurrent reloads run one after the other', async () => {
  const bed = await new GuestGraph({ fops: {} }).start();
  const said = await Promise.all([1, 2, 3].map(() => bed.host.reload()));
  expect(said.every(({ ok }) => ok)).toBe(true);
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, true, true, false]);
});

it('a volume that ends while a new interpreter starts closes every interpreter', async () => {
  const bed = await new GuestGraph({ fops: {} }).start();
  const reload = bed.host.reload();
  await bed.graph.stop();
  expect(await reload).toMatchObject({ ok: false });
  expect(bed.guests.every(({ closed }) => closed)).toBe(true);
});

it('a volume that ends fails its pending requests, also under on-error bypass, and cancels the timer', async () => {
  const bed = await new GuestGraph({ fops: { stat: keeps } }).start({ 'on-error': 'bypass' });
  const reply = bed.stat();
  bed.host.interpreter.api.setTimer(1);
  expect(bed.dump).toMatchObject({ 'requests-waiting': 1 });
  await bed.graph.stop();
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  expect([bed.leaf.requests, bed.context.waiting]).toEqual([[], 0]);
});

it('an interrupted caller notifies the waiting module once', async () => {
  const bed = await new GuestGraph({
    fops: { stat: () => WIND_UNCHANGED },
    reply: () => TAIL_UNCHANGED,
  }).start();
  const reply = bed.stat();
  reply.frame.root.interrupt();
  reply.frame.root.interrupt();
  expect(reply).toMatchObject({ count: 1, opErrno: EINTR });
  expect(bed.guests[0]!.hookCalls).toEqual(['interrupt 1']);
  bed.leaf.requests[0]!.answer(0, 0, null, null);
  expect(reply.count).toBe(1);
  expect(bed.dump).toMatchObject({ interrupted: 1, 'requests-waiting': 0 });
});

it('a caller interrupted after its reply does not notify the module', async () => {
  const bed = await new GuestGraph({
    fops: { stat: () => WIND_UNCHANGED },
    reply: answers(ENOENT),
  }).start();
  const first = bed.stat();
  bed.leaf.requests[0]!.answer(0, 0, null, null);
  first.frame.root.interrupt();
  expect(bed.guests[0]!.hookCalls).toEqual([]);
});

it('a statedump includes that of the module if it has at most 65536 characters', async () => {
  const bed = await new GuestGraph({ fops: {}, hooks: ['statedump'] }).start();
  expect(bed.dump).toMatchObject({ language: 'fake', 'module.ghosts': 3 });
  bed.guests[0]!.callStateHook = () => `{"a":"${'x'.repeat(70_000)}"}`;
  expect(bed.dump.module).toBe('too long: 70008 characters, of 65536 at most');
});

describe('a slow module', () => {
  const slow = (): number => {
    turn.slowCallCount += 1;
    return DECIDED_BY_MESSAGES;
  };
  /** Yields as a mount does: other work runs at once. */
  const inTurns = (context: FakeContext): FakeContext =>
    Object.assign(context, { soon: (fn: () => void) => context.after(1, fn) });
  const answered = (replies: readonly Reply[]): number =>
    replies.reduce((sum, { count }) => sum + count, 0);

  it('gets the requests held for its new interpreter one per turn of the event loop', async () => {
    const bed = await new GuestGraph({ fops: { stat: dieInCall } }).start();
    inTurns(bed.context);
    bed.stat();
    bed.code = { fops: { stat: () => slow() - ENOENT } };
    const held = [bed.stat(), bed.stat(), bed.stat()];
    await settle();
    for (let turns = 1; turns <= 3; turns++) {
      expect(answered(held)).toBe(turns);
      bed.context.advance(PAUSE_AFTER_SLOW_MS);
    }
  });

  it('gets no held requests after its volume ends, and the requests fail with EIO', async () => {
    const bed = await new GuestGraph({ fops: { stat: dieInCall } }).start();
    inTurns(bed.context);
    bed.stat();
    bed.code = { fops: { stat: () => slow() - ENOENT } };
    const held = [bed.stat(), bed.stat()];
    await settle();
    bed.host.close();
    expect(held.map(({ opErrno }) => opErrno)).toEqual([ENOENT, EIO]);
  });

  it('lets requests that exceed frame-timeout fail one per turn of the event loop', async () => {
    const bed = await new GuestGraph({ fops: { stat: keeps } }).start({ 'frame-timeout': '1' });
    bed.guests[0]!.callHook = slow;
    const late = [bed.stat(), bed.stat(), bed.stat()];
    while (answered(late) === 0) bed.context.advance(1000);
    for (let turns = 1; turns <= 3; turns++) {
      expect(answered(late)).toBe(turns);
      bed.context.advance(PAUSE_AFTER_SLOW_MS);
    }
  });

  it('is notified of one forgotten inode per turn of the event loop, and of none after clear()', () => {
    const context = inTurns(new FakeContext());
    const notifications = new NotificationQueue(context, new OwnWork(() => context.now(), 100));
    let done = 0;
    const send = (): void =>
      notifications.send(() => {
        done += 1;
        slow();
      });
    for (let count = 0; count < 4; count++) send();
    for (let turns = 1; turns <= 3; turns++) {
      expect(done).toBe(turns);
      context.advance(PAUSE_AFTER_SLOW_MS);
    }
    expect(done).toBe(4);
    send();
    send();
    notifications.clear();
    context.advance(PAUSE_AFTER_SLOW_MS);
    expect(done).toBe(4);
  });

  it('gets the hook cancel one turn of the event loop after the reply to its failed request', async () => {
    const late: Answer = () => {
      throw new Error(`too long: ${slow()}`);
    };
    const bed = await new GuestGraph({ fops: { stat: late } }).start();
    inTurns(bed.context);
    expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
    expect(bed.guests[0]!.hookCalls).toEqual([]);
    bed.context.advance(PAUSE_AFTER_SLOW_MS);
    expect(bed.guests[0]!.hookCalls).toEqual(['cancel 1']);
  });
});

it('a module with client_disconnect is told once of each client, also of one that has sent nothing', async () => {
  const hooks = ['client_disconnect'] as const;
  const bed = await new GuestGraph({ fops: { stat: () => TAIL_UNCHANGED }, hooks }).start();
  const none = await new GuestGraph({ fops: {} }).start();
  for (const { graph } of [bed, none]) {
    const front = new Initiator(
      graph,
      'f',
      makeInitiatorTranslator('test/f', 'Asks.'),
      graph.top.log,
    );
    for (const name of ['one', 'two']) front.connect(name).disconnect();
  }
  expect(bed.guests[0]!.hookCalls).toEqual(['client_disconnect one', 'client_disconnect two']);
  expect(none.guests[0]!.hookCalls).toEqual([]);
});

it("a module reads the name of its request's client", async () => {
  const names: unknown[] = [];
  const stat: Answer = (host, id) => {
    const client: number = JSON.parse(host.readRequestJson(id)!).at(-1);
    names.push(host.readClientUid(client));
    return -ENOENT;
  };
  const { graph } = await new GuestGraph({ fops: { stat } }).start();
  const record = makeInitiatorTranslator('test/f', 'Asks.');
  const client = new Initiator(graph, 'f', record, graph.top.log).connect('one');
  const frame = client.begin(new Stack(0, 0, 1, 'STAT'));
  wind.stat(frame, 0, () => {}, graph.links, new Loc(graph.inodes.root), null);
  expect(names).toEqual(['one']);
});

it('a module with only entry_removed is told of a name that an unlink removes', async () => {
  const bed = await new GuestGraph({ fops: {}, hooks: ['entry_removed'] }).start();
  const { inodes } = bed.graph;
  ask(bed.graph, 'unlink', new Loc(inodes.newInode(), inodes.root, 'f'), 0, null);
  expect(bed.guests[0]!.hookCalls).toEqual([]);
  bed.leaf.requests[0]!.answer(0, 0, null, null, null);
  expect(bed.guests[0]!.hookCalls).toEqual([expect.stringMatching(/^entry_removed .*f/)]);
});
