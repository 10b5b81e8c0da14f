/** Requests that a listing sends to the children. */
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { SET_ATTR } from '../../../../runtime/core/fops.ts';
import { tail } from '../../../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../../../runtime/core/iatt.ts';
import { Loc } from '../../../../runtime/core/operands.ts';
import { makeTranslator } from '../../../../test/support/core.ts';
import { DistributedVolume } from '../../../../test/support/distributed-volume.ts';

const LINKTO = 'trusted.glusterfs.dht.linkto';
const CHILDREN = ['wz', 'wa', 'wm'];
const FILES = ['n1', 'n2', 'n3', 'n4'];

/** Whether each request asked for linkto xattrs. */
let requestsLinktos: boolean[];
const counting = makeTranslator('counting', {
  readdirp(frame, xl, fd, size, offset, xdata) {
    requestsLinktos.push(xdata?.has(LINKTO) === true);
    tail.readdirp(frame, xl.children[0]!, fd, size, offset, xdata);
  },
});

let volume: DistributedVolume;
beforeEach(async () => {
  requestsLinktos = [];
  volume = await DistributedVolume.start(CHILDREN, {}, () => ({ translator: counting }));
  onTestFinished(() => volume.stop());
  for (const name of FILES) volume.create(`/${name}`);
});

/** The names, and the requests for them. */
function list(): [string[], boolean[]] {
  requestsLinktos = [];
  return [volume.list('/').sort(), requestsLinktos];
}

function chmod(name: string, mode: number): void {
  const attributes = new Iatt();
  attributes.iaProt = mode;
  const reply = volume.ask('setattr', volume.findLoc(`/${name}`), attributes, SET_ATTR.MODE, null);
  expect(reply.opErrno).toBe(0);
}

test('a listing requests no xattrs if no file has the mode of a linkto file', () => {
  const [names, attributes] = list();
  expect(names).toEqual(FILES);
  expect(attributes).not.toContain(true);
});

test('a listing omits linkto files, but returns ordinary files with the same mode', () => {
  // On a child to which it does not belong: the next lookup makes a linkto.
  const loc = new Loc(volume.graph.inodes.newInode(), volume.root, 'n5');
  for (const child of CHILDREN) {
    const reply = volume.askChild(child, 'mknod', loc, 0o100640, 0, 0, volume.gfidRequest());
    if (reply.opRet < 0) continue;
    volume.lookup('/n5');
    if (CHILDREN.filter((each) => volume.readChild(each, '/n5') !== null).length > 1) break;
    volume.ask('unlink', volume.findLoc('/n5'), 0, null);
  }
  expect(
    CHILDREN.filter((child) => volume.readChild(child, '/n5')?.buf.iaProt === 0o1000),
  ).toHaveLength(1);
  chmod('n1', 0o1000);

  const [names, attributes] = list();
  expect(names).toEqual([...FILES, 'n5']);
  expect(attributes).toContain(true);
  // From now on the first request asks.
  const [again, more] = list();
  expect(again).toEqual(names);
  expect(more).not.toContain(false);
  expect(more.length).toBeLessThan(attributes.length);
});

test('a listing returns mode bits set by an application even if they look like a file being moved', () => {
  chmod('n2', 0o3644);
  expect(list()[0]).toEqual(FILES);
  expect((volume.lookup('/n2').values[1] as Iatt).iaProt).toBe(0o3644);
  expect(requestsLinktos).toContain(true);
});
