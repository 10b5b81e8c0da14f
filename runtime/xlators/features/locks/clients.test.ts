/** features/locks with two clients that choose the same lk-owner: each has its own locks. */
import { describe, expect, test } from 'vitest';
import { failedReply, foundLock, OK, setUp, WAITS } from '../../../../test/support/locks.ts';
import { EAGAIN, EINTR } from '../../../core/errno.ts';
import { Stack } from '../../../core/frame.ts';
import { wind } from '../../../core/gen/fops.gen.ts';
import {
  ENTRYLK_LOCK,
  ENTRYLK_LOCK_NB,
  ENTRYLK_WRLCK,
  F_GETLK,
  F_SETLK,
  F_SETLKW,
  F_UNLCK,
  F_WRLCK,
} from '../../../core/lock.ts';
import { Loc } from '../../../core/operands.ts';

/** The lk-owner that both clients choose. */
const SAME = 1;

async function twoClients() {
  const rig = await setUp();
  const { asClient, client: one, fd, inode, graph } = rig;
  const two = one.initiator.connect();
  const whole = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: SAME, owner: '' };
  const lk = (client: typeof one, cmd: number, type = F_WRLCK, owner = SAME) =>
    asClient(client, owner, 'lk', fd, cmd, { ...whole, type }, null);
  const inodelk = (client: typeof one, cmd: number, type = F_WRLCK) =>
    asClient(client, SAME, 'inodelk', 'd', new Loc(inode), cmd, { ...whole, type }, null);
  const directory = new Loc(graph.inodes.root);
  const entrylk = (client: typeof one, cmd: number) =>
    asClient(client, SAME, 'entrylk', 'd', directory, 'name', cmd, ENTRYLK_WRLCK, null);
  return { ...rig, one, two, whole, lk, inodelk, entrylk };
}

describe('two clients with the same lk-owner', () => {
  test('exclude each other in lk, inodelk and entrylk, but not themselves', async () => {
    const { one, two, lk, inodelk, entrylk } = await twoClients();
    expect([lk(one, F_SETLK), lk(one, F_SETLK)]).toMatchObject([OK, OK]);
    expect([inodelk(one, F_SETLK), entrylk(one, ENTRYLK_LOCK)]).toMatchObject([OK, OK]);
    expect(lk(two, F_SETLK)).toMatchObject(failedReply(EAGAIN));
    expect(inodelk(two, F_SETLK)).toMatchObject(failedReply(EAGAIN));
    expect(entrylk(two, ENTRYLK_LOCK_NB)).toMatchObject(failedReply(EAGAIN));
  });

  test("cannot release each other's locks by an unlock or a close", async () => {
    const { one, two, fd, lk, asClient } = await twoClients();
    lk(one, F_SETLK);
    expect(lk(two, F_SETLK, F_UNLCK)).toMatchObject(OK);
    asClient(two, SAME, 'flush', fd, null);
    expect(foundLock(lk(two, F_GETLK))).toMatchObject({ type: F_WRLCK, pid: SAME });
    asClient(one, SAME, 'flush', fd, null);
    expect(foundLock(lk(two, F_GETLK))).toMatchObject({ type: F_UNLCK });
  });

  test("get each other's lk-owner from F_GETLK as it was sent, and the statedump shows it", async () => {
    const { one, two, lk, dump } = await twoClients();
    lk(one, F_SETLK);
    expect(lk(two, F_GETLK).values[0]).toMatchObject({ owner: '0000000000000001' });
    expect(JSON.stringify(dump())).toContain('owner=0000000000000001');
  });
});

describe('a client that disconnects', () => {
  test('has all its locks released, and waiting clients get them', async () => {
    const { one, two, graph, lk, inodelk, entrylk, dump } = await twoClients();
    lk(one, F_SETLK);
    inodelk(one, F_SETLK);
    entrylk(one, ENTRYLK_LOCK);
    const waiting = [lk(two, F_SETLKW), inodelk(two, F_SETLKW), entrylk(two, ENTRYLK_LOCK)];
    expect(waiting).toMatchObject([WAITS, WAITS, WAITS]);
    one.disconnect();
    expect(waiting).toMatchObject([OK, OK, OK]);
    two.disconnect();
    expect(dump()).toMatchObject({ inodes: 0, blocked: 0 });
    expect(graph.inodes.root.fdCount).toBe(0);
  });

  test('has its waiting request cancelled, which then blocks no other request', async () => {
    const { one, two, lk } = await twoClients();
    lk(one, F_SETLK);
    const waiting = lk(two, F_SETLKW);
    two.disconnect();
    expect(waiting).toMatchObject(failedReply(EINTR));
    lk(one, F_SETLK, F_UNLCK);
    expect(lk(one, F_SETLK, F_WRLCK, 2)).toMatchObject(OK);
  });

  test('has the locks released that its unfinished requests get, once the last of these has ended', async () => {
    const { one, two, fd, graph, whole, lk } = await twoClients();
    const late = [1, 2].map((owner) => {
      const call = new Stack(0, 0, owner, 'LK');
      call.lkOwner = 'ff';
      return two.begin(call);
    });
    two.disconnect();
    for (const frame of late) {
      wind.lk(frame, 0, () => {}, graph.links, fd, F_SETLK, whole, null);
    }
    two.end(late[0]!.root);
    expect(lk(one, F_SETLK)).toMatchObject(failedReply(EAGAIN));
    two.end(late[1]!.root);
    expect(lk(one, F_SETLK)).toMatchObject(OK);
  });

  test('has the locks released that it set by setactivelk', async () => {
    const { one, two, inode, whole, asClient, lk } = await twoClients();
    const list = [{ ...whole, owner: '0000000000000009' }];
    expect(asClient(two, SAME, 'setactivelk', new Loc(inode), list, null)).toMatchObject(OK);
    expect(lk(one, F_SETLK)).toMatchObject(failedReply(EAGAIN));
    expect(lk(two, F_SETLK, F_WRLCK, 9)).toMatchObject(OK);
    two.disconnect();
    expect(lk(one, F_SETLK)).toMatchObject(OK);
  });
});
