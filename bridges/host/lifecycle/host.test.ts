/** The host's own decisions, with guests that do what a test says: policies, restarts, reloads. */
import { describe, expect, it } from 'vitest';
import { EACCES, EINTR, EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { turn } from '../../../runtime/core/turn.ts';
import { FakeContext, type Reply } from '../../../test/support/core.ts';
import { type Answer, Bed, type Code, dies, settle } from '../../../test/support/hosted.ts';
import { FAILED, NOTHING, TAIL, WIND } from '../guest.ts';
import { NotificationQueue, PAUSE_MS } from '../requests/decision-queue.ts';

const fails: Answer = () => FAILED;
const keeps: Answer = () => NOTHING;
const failing: Code = { fops: { stat: fails } };
const answers =
  (errno: number): Answer =>
  () =>
    -errno;

it('on-error fail: the errno of option error', async () => {
  const bed = await new Bed(failing).start({ error: 'EACCES' });
  expect(bed.stat()).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES });
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 0, restarts: 0 });
  await expect(new Bed(failing).start({ error: 'ENOSUCH' })).rejects.toThrow(
    "option error: 'ENOSUCH' is no errno",
  );
});

it('on-error bypass: the request goes on as it came', async () => {
  const bed = await new Bed(failing).start({ 'on-error': 'bypass' });
  const reply = bed.stat();
  bed.leaf.held[0]!.answer(-1, ENOENT, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 1 });
});

it('on-error bypass: what was wound is not repeated', async () => {
  const bed = await new Bed({ fops: { stat: () => WIND }, reply: fails }).start({
    'on-error': 'bypass',
  });
  const reply = bed.stat();
  bed.leaf.held[0]!.answer(0, 0, null, null);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  expect(bed.leaf.held.length).toBe(1);
  expect(bed.dump).toMatchObject({ failures: 1, bypassed: 0 });
});

it('on-error bypass: what was decided and not yet wound is void', async () => {
  const winds: Answer = (host, id) => {
    host.push(id, JSON.stringify(['wind', 0, 0, 'statfs', [0, null]]));
    return FAILED;
  };
  const bed = await new Bed({ fops: { stat: winds } }).start({ 'on-error': 'bypass' });
  bed.stat();
  expect(bed.leaf.held.map(({ name }) => name)).toEqual(['stat']);
});

it('on-error restart: after max-failures a fresh interpreter takes over', async () => {
  const bed = await new Bed(failing).start({ 'on-error': 'restart', 'max-failures': '2' });
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

it('on-error restart: the old interpreter finishes what it began', async () => {
  const begun: Code = {
    fops: { stat: () => WIND, access: fails },
    reply: answers(ENOENT),
    hooks: ['fini'],
  };
  const bed = await new Bed(begun).start({ 'on-error': 'restart' });
  const reply = bed.stat();
  bed.access();
  await settle();
  expect(bed.dump).toMatchObject({ interpreters: 2, 'requests-waiting': 1 });
  expect(bed.guests[0]!.told).toEqual([]);
  bed.leaf.held[0]!.answer(0, 0, null, null);
  expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
  expect(bed.guests[0]).toMatchObject({ closed: true, told: ['fini'] });
  expect(bed.dump).toMatchObject({ interpreters: 1, 'requests-waiting': 0 });
});

it('restarts that follow each other wait, twice as long each time', async () => {
  const bed = await new Bed(failing).start({ 'on-error': 'restart', 'restart-backoff': '2' });
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

it('a fresh interpreter that does not start leaves the old one at work', async () => {
  const bed = await new Bed(failing).start({ 'on-error': 'restart', 'max-failures': '3' });
  bed.code = new Error('m.py:3: nonsense');
  for (let n = 0; n < 3; n += 1) bed.stat();
  await settle();
  expect(bed.log).toContain('the interpreter does not start anew: m.py:3: nonsense');
  expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
  expect(bed.dump).toMatchObject({ restarts: 0, interpreters: 1 });
});

it('an interpreter that is lost is replaced; requests wait for the new one', async () => {
  const bed = await new Bed({ fops: { stat: dies, access: () => WIND } }).start();
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
  // The new code has no access: it goes by.
  bed.leaf.held[1]!.answer(0, 0, null);
  expect(other).toMatchObject({ count: 1, opRet: 0 });
  expect(bed.log).toContain('the interpreter is lost: stat: out of memory');
  expect(bed.dump).toMatchObject({ restarts: 1, interpreters: 1 });
});

it('one that is lost again and again fails requests while it waits', async () => {
  const bed = await new Bed({ fops: { stat: dies } }).start();
  bed.stat();
  await settle();
  bed.stat();
  await settle();
  expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
  bed.context.advance(1000);
  await settle();
  expect(bed.dump).toMatchObject({ restarts: 2 });
});

it('one that is lost and does not start again is tried again', async () => {
  const bed = await new Bed({ fops: { stat: dies } }).start();
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

it('on-error bypass: a lost interpreter is not waited for', async () => {
  const bed = await new Bed({ fops: { stat: dies } }).start({ 'on-error': 'bypass' });
  bed.stat();
  bed.stat();
  expect(bed.leaf.held.length).toBe(2);
});

it('reload: new requests meet the new code, also fops that the old had not', async () => {
  const bed = await new Bed({ fops: { stat: () => WIND }, reply: answers(EACCES) }).start();
  const before = bed.stat();
  bed.code = { fops: { access: answers(ENOENT) } };
  expect(await bed.host.reload()).toEqual({ ok: true, text: 'reloaded' });
  expect(bed.access()).toMatchObject({ opErrno: ENOENT });
  const by = bed.stat();
  bed.leaf.held[1]!.answer(0, 0, null, null);
  expect(by).toMatchObject({ count: 1, opRet: 0 });
  bed.leaf.held[0]!.answer(0, 0, null, null);
  expect(before).toMatchObject({ count: 1, opErrno: EACCES });
  expect(bed.guests[0]!.closed).toBe(true);
  expect(bed.dump).toMatchObject({ reloads: 1, interpreters: 1 });
});

it('reload: what is never answered does not keep ever more interpreters', async () => {
  const bed = await new Bed({ fops: { stat: keeps } }).start();
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

it('reload: code that does not start leaves the old one, and says why', async () => {
  const bed = await new Bed({ fops: { stat: answers(ENOENT) } }).start();
  bed.code = new Error('m.py:1: SyntaxError: what');
  const said = await bed.host.reload();
  expect(said).toEqual({
    ok: false,
    text: 'not reloaded, the code before goes on: m.py:1: SyntaxError: what',
  });
  expect(bed.log).toContain(said.text);
  expect(bed.stat()).toMatchObject({ opErrno: ENOENT });
});

it('reload: state is handed over when both sides want it', async () => {
  const hooks = ['dump_state', 'load_state', 'notify'] as const;
  const bed = await new Bed({ fops: {}, hooks, state: '{"a":1}' }).start();
  bed.code = { fops: {}, hooks };
  await bed.host.reload();
  expect(bed.guests[1]!.told).toEqual([
    'load_state {"a":1}',
    'notify PARENT_UP -1',
    'notify CHILD_UP 0',
  ]);
  // The new one tells nothing: its dump_state failed.
  expect(await bed.host.reload()).toMatchObject({ ok: false });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, false, true]);
});

it('reload: a load_state that fails leaves the old code', async () => {
  const hooks = ['dump_state', 'load_state'] as const;
  const bed = await new Bed({ fops: {}, hooks, state: '1' }).start();
  bed.code = { fops: {}, hooks, loads: false };
  expect(await bed.host.reload()).toMatchObject({ ok: false });
  expect(bed.guests.map(({ closed }) => closed)).toEqual([false, true]);
});

it('reloads one after the other, however fast they are asked for', async () => {
  const bed = await new Bed({ fops: {} }).start();
  const said = await Promise.all([1, 2, 3].map(() => bed.host.reload()));
  expect(said.every(({ ok }) => ok)).toBe(true);
  expect(bed.guests.map(({ closed }) => closed)).toEqual([true, true, true, false]);
});

it('the end of the volume while a new interpreter starts leaves none behind', async () => {
  const bed = await new Bed({ fops: {} }).start();
  const reload = bed.host.reload();
  await bed.graph.stop();
  expect(await reload).toMatchObject({ ok: false });
  expect(bed.guests.every(({ closed }) => closed)).toBe(true);
});

it('the end of the volume: what is owed fails, also under bypass, for children end first', async () => {
  const bed = await new Bed({ fops: { stat: keeps } }).start({ 'on-error': 'bypass' });
  const reply = bed.stat();
  expect(bed.dump).toMatchObject({ 'requests-waiting': 1 });
  await bed.graph.stop();
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  expect(bed.leaf.held).toEqual([]);
});

it('a caller that gives up is told to the module that waits, once', async () => {
  const bed = await new Bed({ fops: { stat: () => WIND }, reply: () => TAIL }).start();
  const reply = bed.stat();
  reply.frame.root.interrupt();
  reply.frame.root.interrupt();
  expect(reply).toMatchObject({ count: 1, opErrno: EINTR });
  expect(bed.guests[0]!.told).toEqual(['interrupt 1']);
  bed.leaf.held[0]!.answer(0, 0, null, null);
  expect(reply.count).toBe(1);
  expect(bed.dump).toMatchObject({ interrupted: 1, 'requests-waiting': 0 });
});

it('a caller that had given up before is told at once; after the answer nobody is', async () => {
  const bed = await new Bed({ fops: { stat: () => WIND }, reply: answers(ENOENT) }).start();
  const first = bed.stat();
  bed.leaf.held[0]!.answer(0, 0, null, null);
  first.frame.root.interrupt();
  expect(bed.guests[0]!.told).toEqual([]);
});

it('statedump: what the module tells is in the dump', async () => {
  const bed = await new Bed({ fops: {}, hooks: ['statedump'] }).start();
  expect(bed.dump).toMatchObject({ language: 'fake', 'module.ghosts': 3 });
  bed.guests[0]!.tell = () => `{"a":"${'x'.repeat(70_000)}"}`;
  expect(bed.dump.module).toBe('too long: 70008 characters, of 65536 at most');
});

describe('what takes long is done in turns with what others want', () => {
  const slow = (): number => {
    turn.slow += 1;
    return NOTHING;
  };
  /** As on a mount: others have their turn in no time. */
  const inTurns = (context: FakeContext): FakeContext =>
    Object.assign(context, { soon: (fn: () => void) => context.after(1, fn) });
  const answered = (replies: readonly Reply[]): number =>
    replies.reduce((sum, { count }) => sum + count, 0);

  it('requests that waited for a new interpreter', async () => {
    const bed = await new Bed({ fops: { stat: dies } }).start();
    inTurns(bed.context);
    bed.stat();
    bed.code = { fops: { stat: () => slow() - ENOENT } };
    const held = [bed.stat(), bed.stat(), bed.stat()];
    await settle();
    for (let turns = 1; turns <= 3; turns++) {
      expect(answered(held)).toBe(turns);
      bed.context.advance(PAUSE_MS);
    }
  });

  it('the end of the volume answers those that wait for their turn', async () => {
    const bed = await new Bed({ fops: { stat: dies } }).start();
    inTurns(bed.context);
    bed.stat();
    bed.code = { fops: { stat: () => slow() - ENOENT } };
    const held = [bed.stat(), bed.stat()];
    await settle();
    bed.host.close();
    expect(held.map(({ opErrno }) => opErrno)).toEqual([ENOENT, EIO]);
  });

  it('requests that the module does not answer', async () => {
    const bed = await new Bed({ fops: { stat: keeps } }).start({ 'frame-timeout': '1' });
    bed.guests[0]!.hook = slow;
    const late = [bed.stat(), bed.stat(), bed.stat()];
    while (answered(late) === 0) bed.context.advance(1000);
    for (let turns = 1; turns <= 3; turns++) {
      expect(answered(late)).toBe(turns);
      bed.context.advance(PAUSE_MS);
    }
  });

  it('what a module does when inodes are gone', () => {
    const context = inTurns(new FakeContext());
    const notifications = new NotificationQueue(context);
    let done = 0;
    const send = (): void =>
      notifications.run(() => {
        done += 1;
        slow();
      });
    for (let count = 0; count < 4; count++) send();
    for (let turns = 1; turns <= 3; turns++) {
      expect(done).toBe(turns);
      context.advance(PAUSE_MS);
    }
    expect(done).toBe(4);
    send();
    send();
    notifications.clear();
    context.advance(PAUSE_MS);
    expect(done).toBe(4);
  });

  it('a call that had to be ended: its caller is answered before the module tidies up', async () => {
    const late: Answer = () => {
      throw new Error(`too long: ${slow()}`);
    };
    const bed = await new Bed({ fops: { stat: late } }).start();
    inTurns(bed.context);
    expect(bed.stat()).toMatchObject({ count: 1, opErrno: EIO });
    expect(bed.guests[0]!.told).toEqual([]);
    bed.context.advance(PAUSE_MS);
    expect(bed.guests[0]!.told).toEqual(['cancel 1']);
  });
});
