import { afterEach, expect, it } from 'vitest';
import { ask, FakeContext, type Reply, startGraph } from '../../../test/support/core.ts';
import { encodeName } from '../../core/bytes.ts';
import { EACCES, EINVAL, ENOENT, EPERM, EXDEV } from '../../core/errno.ts';
import { makeFirstFrame, Stack } from '../../core/frame.ts';
import { collectCbk, type FopName, type FopTable, windArgs } from '../../core/gen/fops.gen.ts';
import type { Graph } from '../../core/graph.ts';
import type { Dirent, Iatt } from '../../core/iatt.ts';
import type { Inode } from '../../core/inode.ts';
import { O_WRONLY } from '../../core/open-flags.ts';
import { Fd, Loc } from '../../core/operands.ts';
import type { Child } from '../../core/xlator.ts';
import trace from '../debug/trace/index.ts';
import negative from '../features/negative/index.ts';
import memory from '../storage/memory/index.ts';
import meta from './index.ts';

const OK = { count: 1, opErrno: 0 };

let graph: Graph;
let context: FakeContext;
afterEach(() => graph.stop());

/** The user that has started the server. */
const OWNER = 1000;
class ServerContext extends FakeContext {
  readonly runFiles = { ownerUid: OWNER, write: () => '' };
}

async function start(options: Readonly<Record<string, string>> = {}): Promise<void> {
  context = new ServerContext();
  graph = await startGraph(
    [
      { name: 'disk', translator: memory },
      { name: 'cache', translator: negative, options },
      { name: 'trace', translator: trace, options: { 'log-history': 'on' } },
      { name: 'meta', translator: meta },
    ],
    context,
  );
}

const failureWith = (errno: number) => ({ count: 1, opRet: -1, opErrno: errno });

/** Sends a fop of user `uid` into the graph at `links`. Returns the errno, 0 for success. */
function callFop<N extends FopName>(
  { uid, links }: { readonly uid: number; readonly links: Child },
  name: N,
  ...args: FopTable[N]['args']
): number {
  const frame = makeFirstFrame(new Stack(uid, uid, 1, name), graph.top);
  let errno = NaN;
  const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno) => {
    errno = opRet < 0 ? opErrno : 0;
  });
  windArgs[name](frame, 0, cbk as never, links, args);
  return errno;
}

/** Looks a path up as a front end does, name by name. */
function lookUp(path: string): Inode | number {
  let at = graph.inodes.root;
  for (const name of path.split('/')) {
    const loc = new Loc(at.children?.get(name) ?? graph.inodes.newInode(), at, name);
    const { opRet, opErrno, values } = ask(graph, 'lookup', loc, null);
    if (opRet < 0) return opErrno;
    at = graph.inodes.link(values[0] as Inode, at, name, values[1] as Iatt)!;
  }
  return at;
}

const lookUpInode = (path: string): Inode => {
  const result = lookUp(path);
  if (typeof result === 'number') throw new Error(`${path}: errno ${result}`);
  return result;
};

function open(path: string, flags = 0): [Fd, Reply] {
  const inode = lookUpInode(path);
  const fd = new Fd(inode, flags, 1);
  return [fd, ask(graph, 'open', new Loc(inode), flags, fd, null)];
}

function read(path: string): string {
  const [fd] = open(path);
  const { opRet, values } = ask(graph, 'readv', fd, 65_536, 0, 0, null);
  fd.release();
  return opRet < 0 ? `${opRet}` : Buffer.from(values[0] as Uint8Array).toString();
}

function write(fd: Fd, text: string, offset = 0): Reply {
  const reply = ask(graph, 'writev', fd, encodeName(text), offset, 0, null);
  context.advance(0);
  return reply;
}

function flush(fd: Fd): Reply {
  const reply = ask(graph, 'flush', fd, null);
  context.advance(0);
  return reply;
}

function listNames(path: string): string[] {
  const inode = path === '' ? graph.inodes.root : lookUpInode(path);
  const fd = new Fd(inode, 0, 1, true);
  ask(graph, 'opendir', new Loc(inode), fd, null);
  const all: string[] = [];
  for (let off = 0; ; ) {
    const { values } = ask(graph, 'readdir', fd, 400, off, null);
    const entries = values[0] as readonly Dirent[];
    if (entries.length === 0) break;
    all.push(...entries.map(({ name }) => name));
    off = entries.at(-1)!.off;
  }
  fd.release();
  return all.slice(2).sort();
}

const TIMEOUT = '.meta/graphs/0/cache/options/timeout';

it('the files below .meta show the graph, its volumes, options, history and inodes', async () => {
  await start({ timeout: '10' });
  expect(listNames('')).toEqual([]);
  expect(listNames('.meta/graphs')).toEqual(['0', 'active']);
  expect(listNames('.meta/graphs/0')).toEqual(['cache', 'disk', 'meta', 'top', 'trace', 'volfile']);
  expect(listNames('.meta/graphs/0/cache')).toEqual([
    ...['history', 'name', 'options', 'private', 'profile', 'subvolumes', 'type'],
  ]);
  expect(read('.meta/graphs/0/cache/type')).toBe('features/negative\n');
  expect(read('.meta/graphs/0/cache/options/limit')).toBe('65536\n');
  expect(read('.meta/graphs/0/volfile')).toMatch('    option timeout 10\n    subvolumes disk\n');
  expect(read('.meta/graphs/0/cache/private')).toMatch(/^hits=0\n/);
  expect(lookUp('absent')).toBe(ENOENT);
  expect(read('.meta/graphs/0/trace/history')).toMatch(/^TIME=1970-.*\nFOP=.*lookup.*absent/m);
  expect(JSON.parse(read('.meta/inodes'))).toMatchObject({
    Inode: expect.arrayContaining([expect.objectContaining({ path: '/.meta/inodes' })]),
  });
  const target = (path: string) =>
    ask(graph, 'readlink', new Loc(lookUpInode(path)), 4096, null).values[0];
  expect(target('.meta/graphs/active')).toBe('0');
  expect(target('.meta/graphs/0/top')).toBe('meta');
  expect(target('.meta/graphs/0/cache/subvolumes/0')).toBe('../../disk');
  expect(lookUp('.meta/graphs/0/cache/subvolumes/1')).toBe(ENOENT);
  expect(lookUp('.meta/graphs/0/cache/options/constructor')).toBe(ENOENT);
});

it.each([
  ['a line', ['5\n'], '5'],
  ['a value without a newline, by its close', ['12'], '12'],
  ['a value in pieces', ['1', '0m\n'], '10m'],
  ['the last of two', ['3\n', '4\n'], '4'],
])('a write of %s to an option file sets the option', async (_, pieces, value) => {
  await start();
  const [fd] = open(TIMEOUT, O_WRONLY);
  expect(ask(graph, 'ftruncate', fd, 0, null)).toMatchObject(OK);
  let at = 0;
  for (const piece of pieces) {
    expect(write(fd, piece, piece.endsWith('\n') && at > 1 ? 0 : at)).toMatchObject(OK);
    at += piece.length;
  }
  expect(flush(fd)).toMatchObject(OK);
  fd.release();
  expect(read(TIMEOUT)).toBe(`${value}\n`);
  expect(context.lines.at(-1)).toMatch(`${TIMEOUT} is now '${value}'`);
});

it.each([
  ['a wrong line, at once', 'soon\n', "option 'timeout': 'soon' is not a time"],
  ['an empty line', '\n', "option 'timeout': it takes a line of text"],
  ['two lines', '1\n2\n', "option 'timeout': it takes a line of text"],
])(
  'a write of %s to an option file fails with EINVAL, and the option keeps its value',
  async (_, text, message) => {
    await start({ timeout: '10' });
    const [fd] = open(TIMEOUT, O_WRONLY);
    expect(write(fd, text)).toMatchObject(failureWith(EINVAL));
    expect(context.lines.at(-1)).toMatch(message);
    expect(flush(fd)).toMatchObject(OK);
    expect(write(fd, 'x')).toMatchObject(OK);
    expect(flush(fd)).toMatchObject(failureWith(EINVAL));
    expect(flush(fd)).toMatchObject(OK);
    expect(read(TIMEOUT)).toBe('10\n');
  },
);

it('fops that would change .meta or a file below it fail with EPERM', async () => {
  await start();
  const { root } = graph.inodes;
  const version = new Loc(lookUpInode('.meta/frames'));
  const makeLoc = (parent: Inode, name: string) => new Loc(graph.inodes.newInode(), parent, name);
  const within = makeLoc(lookUpInode('.meta'), 'x');
  expect(ask(graph, 'mkdir', within, 0o755, 0, null)).toMatchObject(failureWith(EPERM));
  expect(ask(graph, 'mkdir', makeLoc(root, '.meta'), 0o755, 0, null)).toMatchObject(
    failureWith(EPERM),
  );
  expect(ask(graph, 'rename', makeLoc(root, 'a'), within, null)).toMatchObject(failureWith(EPERM));
  expect(ask(graph, 'unlink', version, 0, null)).toMatchObject(failureWith(EPERM));
  expect(ask(graph, 'truncate', version, 0, null)).toMatchObject(failureWith(EPERM));
  expect(open('.meta/frames', O_WRONLY)[1]).toMatchObject(failureWith(EPERM));
  expect(open('.meta/graphs/0/trace/options/history-size', O_WRONLY)[1]).toMatchObject(
    failureWith(EPERM),
  );
  expect(context.lines.at(-1)).toMatch("option 'history-size' cannot change while");
  const [fd] = open('.meta/frames');
  const copy = ask(graph, 'copy_file_range', fd, 0, fd, 0, 1, 0, null);
  expect(copy).toMatchObject(failureWith(EXDEV));
});

it.each([
  [0, 0],
  [OWNER, 0],
  [1234, EACCES],
])('fops of user %i on files below .meta return errno %i', async (uid, expected) => {
  await start();
  const own = lookUpInode('.meta/frames');
  const dir = lookUpInode('.meta');
  const as = { uid, links: graph.links };
  expect([
    callFop(as, 'lookup', new Loc(own, dir, 'frames'), null),
    callFop(as, 'stat', new Loc(own), null),
    callFop(as, 'open', new Loc(own), 0, new Fd(own, 0, 1), null),
    callFop(as, 'opendir', new Loc(dir), new Fd(dir, 0, 1, true), null),
    callFop(as, 'access', new Loc(own), 4, null),
  ]).toEqual(Array(5).fill(expected));
  // Every user may stat the folder itself.
  expect(callFop(as, 'stat', new Loc(dir), null)).toBe(0);
});

it('every path below .meta has a gfid of its own, and keeps it in the next graph', async () => {
  await start();
  const all = new Map<string, string>();
  const walk = (path: string): void => {
    const { gfid, isDir } = lookUpInode(path);
    all.set(gfid, path);
    if (isDir) for (const name of listNames(path)) walk(`${path}/${name}`);
  };
  walk('.meta');
  const paths = new Set(all.values());
  expect(paths.size).toBeGreaterThan(50);
  expect(all.size).toBe(paths.size);
  const before = [...all.keys()];
  await graph.stop();
  await start();
  all.clear();
  walk('.meta');
  expect([...all.keys()]).toEqual(before);
});

it.each(['.', '..', 'a/b'])('a graph with %j as the meta-dir-name does not start', async (name) => {
  await start();
  const options = { 'meta-dir-name': name };
  const volumes = [{ translator: memory }, { translator: meta, options }];
  await expect(startGraph(volumes)).rejects.toThrow(`'${name}' cannot be the name of a folder`);
});

it("a .meta directory of the storage is hidden from listings, and lookups find the volume's .meta instead", async () => {
  await start();
  const below = { uid: 0, links: graph.top.children[0]! };
  for (const name of ['.meta', 'b']) {
    const loc = new Loc(graph.inodes.newInode(), graph.inodes.root, name);
    expect(callFop(below, 'mkdir', loc, 0o755, 0, null)).toBe(0);
  }
  expect(listNames('')).toEqual(['b']);
  expect(listNames('.meta')).toContain('graphs');
});
