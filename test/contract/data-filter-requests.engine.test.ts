/** Requests through modules that filter data: who may do them, what is sent below for them, in which order, and what is refused. */
import { describe, expect, it } from 'vitest';
import { ROOT_CALLER } from '../../runtime/api/driver.ts';
import { Dict } from '../../runtime/core/dict.ts';
import {
  EACCES,
  EBADF,
  EFBIG,
  EINVAL,
  EISDIR,
  ENXIO,
  EOPNOTSUPP,
} from '../../runtime/core/errno.ts';
import { findFopsByData, SET_ATTR } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import {
  O_APPEND,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
} from '../../runtime/core/open-flags.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import { CONTENT, KILL_PRIV } from '../../runtime/core/xdata.ts';
import accessControl from '../../runtime/xlators/features/access-control/index.ts';
import {
  BLOCKS,
  BLOCKS_JS,
  openFiltered,
  TRANSFORM,
  TRANSFORM_JS,
} from '../support/data-modules.ts';
import { SlowStorage } from '../support/slow-storage.ts';

const TEXT = 'abcdefghijklmnopqrstuvwxyz';
const ALICE = { uid: 1001, gid: 100, pid: 7 };
const BOB = { uid: 1002, gid: 200, pid: 8 };

const slow = new SlowStorage();

/** A file of `TEXT` under a module, and how to send fops about it. */
async function openFile(source: string, options = {}) {
  slow.quick = true;
  const between = [{ translator: accessControl }, { translator: slow.translator }] as never;
  const filtered = await openFiltered(source, options, between);
  const { above, as } = filtered;
  await above.writeFile('/f', TEXT);
  const root = as(ROOT_CALLER);
  const { inode } = await root.find('f');
  const chmod = async (iaProt: number, iaUid: number) => {
    const changed = Object.assign(new Iatt(), { iaProt, iaUid });
    await root.expect('setattr', new Loc(inode), changed, SET_ATTR.MODE | SET_ATTR.UID, null);
  };
  const open = async (flags: number, caller = {}): Promise<Fd> => {
    const fd = as(caller).makeFd(inode, flags);
    await as(caller).expect('open', new Loc(inode), flags, fd, null);
    return fd;
  };
  slow.requests.length = 0;
  /** Sends a fop; returns its errno, or its op_ret and parts. */
  const send = async (name: FopName, args: readonly unknown[], caller = {}) => {
    const { opRet, opErrno, values } = await as(caller).windByName(name, args);
    return { errno: opRet < 0 ? opErrno : 0, opRet, values };
  };
  const text = async () => {
    const { values } = await root.expect(
      'readv',
      await open(O_RDONLY, ROOT_CALLER),
      64,
      0,
      0,
      null,
    );
    return String(Buffer.from(values[0] as Uint8Array));
  };
  return { ...filtered, root, inode, chmod, open, send, text };
}

const ways = [
  ['blocks in Python', BLOCKS],
  ['blocks in JavaScript', BLOCKS_JS],
  ['transforms in Python', TRANSFORM],
  ['transforms in JavaScript', TRANSFORM_JS],
] as const;

/** Lets requests and replies pass in order, until all have ended. */
async function passAll(requests: readonly Promise<unknown>[], windIndex = 0): Promise<void> {
  let isEnded = false;
  const all = Promise.all(requests).then(() => {
    isEnded = true;
  });
  for (let turns = 0; !isEnded && turns < 1000; turns++) {
    slow.releaseWind(windIndex);
    slow.releaseReply(0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  slow.quick = true;
  slow.releaseAll();
  await all;
}

/** The xdata that reached the storage with requests of a fop. */
const keysBelow = (fop: FopName): string[][] =>
  slow.requests
    .filter(({ name }) => name === fop)
    .map(({ args }) => [...((args.at(-1) as Dict | null)?.keys() ?? [])]);

describe.each(ways)('%s', (title, source) => {
  const isBlocks = title.startsWith('blocks');

  it('the caller’s xdata comes with its change, and its fop’s flags', async () => {
    const { open, send } = await openFile(source);
    const fd = await open(O_RDWR);
    const xdata = () => new Dict().set(KILL_PRIV, 1).set('mine', 'x');
    expect((await send('writev', [fd, Buffer.from('XY'), 3, O_SYNC, xdata()])).errno).toBe(0);
    expect(keysBelow('writev')).toEqual([[KILL_PRIV, 'mine']]);
    expect(slow.requests.find(({ name }) => name === 'writev')!.args[3]).toBe(O_SYNC);
    expect((await send('readv', [fd, 5, 3, 0, xdata()])).errno).toBe(0);
    expect(keysBelow('readv').at(-1)).toEqual([KILL_PRIV, 'mine']);
    expect((await send('ftruncate', [fd, 7, xdata()])).errno).toBe(0);
    expect((await send('truncate', [new Loc(fd.inode), 5, xdata()])).errno).toBe(0);
    expect(keysBelow('ftruncate')).toEqual([
      [KILL_PRIV, 'mine'],
      [KILL_PRIV, 'mine'],
    ]);
  });

  it('a write and a truncate by another user clear set-user-id, as on a plain file', async () => {
    const { above, chmod, open, send, inode } = await openFile(source);
    const xdata = new Dict().set(KILL_PRIV, 1);
    for (const change of ['writev', 'ftruncate', 'truncate'] as const) {
      await chmod(0o4766, 0);
      const fd = await open(O_RDWR, ALICE);
      const args = {
        writev: [fd, Buffer.from('x'), 0, 0, xdata],
        ftruncate: [fd, 3, xdata],
        truncate: [new Loc(inode), 3, xdata],
      };
      expect((await send(change, args[change], ALICE)).errno).toBe(0);
      expect((await above.stat('/f')).mode & 0o7777).toBe(0o766);
    }
  });

  it('the reply’s xdata of the storage is that of the caller’s fop', async () => {
    const { open, send } = await openFile(source);
    const fd = await open(O_RDWR);
    slow.replyXdata = new Dict().set('from', 'below');
    const last = async (name: FopName, args: readonly unknown[]) => [
      ...(((await send(name, args)).values.at(-1) as Dict | null)?.keys() ?? []),
    ];
    expect(await last('writev', [fd, Buffer.from('XY'), 3, 0, null])).toEqual(['from']);
    expect(await last('readv', [fd, 5, 3, 0, null])).toEqual(['from']);
    expect(await last('ftruncate', [fd, 7, null])).toEqual(['from']);
    expect(await last('truncate', [new Loc(fd.inode), 5, null])).toEqual(['from']);
    slow.replyXdata = null;
  });

  it('truncate of a file that the caller may not write is EACCES and changes nothing', async () => {
    const { chmod, send, inode, text } = await openFile(source);
    await chmod(0o644, ALICE.uid);
    for (const size of [0, 5, 20, 50])
      expect((await send('truncate', [new Loc(inode), size, null], BOB)).errno).toBe(EACCES);
    expect(await text()).toBe(TEXT);
  });

  it('a file that its owner may write and not read is written, appended to and truncated', async () => {
    const { chmod, send, open, inode, text } = await openFile(source);
    await chmod(0o200, ALICE.uid);
    const fd = await open(O_WRONLY, ALICE);
    expect((await send('writev', [fd, Buffer.from('XY'), 3, 0, null], ALICE)).errno).toBe(0);
    expect((await send('ftruncate', [fd, 15, null], ALICE)).errno).toBe(0);
    expect((await send('truncate', [new Loc(inode), 12, null], ALICE)).errno).toBe(0);
    const appending = await open(O_WRONLY | O_APPEND, ALICE);
    expect((await send('writev', [appending, Buffer.from('end'), 0, 0, null], ALICE)).errno).toBe(
      0,
    );
    expect(await text()).toBe('abcXYfghijklend');
    expect(await open(O_RDONLY, ALICE).catch(({ errno }) => errno)).toBe(EACCES);
  });

  it('reads of an fd for writing and changes of one for reading fail, and change nothing', async () => {
    const { send, open, text } = await openFile(source);
    const [reader, writer] = [await open(O_RDONLY), await open(O_WRONLY)];
    expect((await send('readv', [writer, 5, 0, 0, null])).errno).toBe(EBADF);
    expect((await send('writev', [reader, Buffer.from('x'), 0, 0, null])).errno).toBe(EBADF);
    expect((await send('writev', [reader, Buffer.from(''), 0, 0, null])).errno).toBe(EBADF);
    for (const size of [5, 50])
      expect((await send('ftruncate', [reader, size, null])).errno).toBe(EINVAL);
    expect(await text()).toBe(TEXT);
  });

  it('a directory cannot be truncated', async () => {
    const { above, root, send } = await openFile(source);
    await above.mkdir('/d');
    const { inode } = await root.find('d');
    expect((await send('truncate', [new Loc(inode), 0, null])).errno).toBe(EISDIR);
  });

  it('negative offsets and sizes are EINVAL', async () => {
    const { open, send, text } = await openFile(source);
    const fd = await open(O_RDWR);
    expect((await send('readv', [fd, 5, -1, 0, null])).errno).toBe(EINVAL);
    expect((await send('writev', [fd, Buffer.from('x'), -1, 0, null])).errno).toBe(EINVAL);
    expect((await send('ftruncate', [fd, -1, null])).errno).toBe(EINVAL);
    expect((await send('truncate', [new Loc(fd.inode), -1, null])).errno).toBe(EINVAL);
    expect(await text()).toBe(TEXT);
  });

  it('fops that would go past the module are refused, and no reply tells of the stored data', async () => {
    const { open, send, root, inode, text } = await openFile(source);
    const fd = await open(O_RDWR);
    const args: { [name in FopName]?: unknown[] } = {
      rchecksum: [fd, 0, 26, null],
      fallocate: [fd, 0, 0, 100, null],
      discard: [fd, 0, 10, null],
      zerofill: [fd, 0, 10, null],
      copy_file_range: [fd, 0, fd, 100, 5, 0, null],
      put: [new Loc(inode, inode.table.root, 'p'), 0o644, 0, 0, Buffer.from('x'), 0, null, null],
    };
    expect(Object.keys(args).sort()).toEqual([...findFopsByData('past')].sort());
    for (const [name, values] of Object.entries(args))
      expect([name, (await send(name as FopName, values)).errno]).toEqual([name, EOPNOTSUPP]);
    const seek = async (offset: number, what: number) => {
      const { errno, values } = await send('seek', [fd, offset, what, null]);
      return errno === 0 ? values[0] : errno;
    };
    expect(await seek(0, 0)).toBe(0);
    expect(await seek(25, 0)).toBe(25);
    expect(await seek(3, 1)).toBe(TEXT.length);
    expect(await seek(TEXT.length, 0)).toBe(ENXIO);
    const want = new Dict().set(CONTENT, 4096);
    const lookup = await root.windByName('lookup', [new Loc(inode, inode.table.root, 'f'), want]);
    expect(lookup.values.some((part) => part instanceof Dict && part.has(CONTENT))).toBe(false);
    expect(await text()).toBe(TEXT);
  });

  it('every reply with attributes shows the length of the data', async () => {
    const { open, send, inode, root } = await openFile(source);
    const fd = await open(O_RDWR);
    const dir = root.makeFd(inode.table.root, O_RDONLY, true);
    await root.expect('opendir', new Loc(inode.table.root), dir, null);
    const here = new Loc(inode, inode.table.root, 'f');
    const sizes = async (name: FopName, args: unknown[]) => {
      const { values } = await send(name, args);
      const iatts = values.flatMap((part) =>
        Array.isArray(part) ? part.map(({ stat }) => stat as Iatt | null) : [part],
      );
      return iatts.flatMap((part) =>
        part instanceof Iatt && part.iaType === inode.iaType ? [part.iaSize] : [],
      );
    };
    expect(await sizes('lookup', [here, null])).toEqual([26]);
    expect(await sizes('stat', [here, null])).toEqual([26]);
    expect(await sizes('fstat', [fd, null])).toEqual([26]);
    expect(await sizes('readv', [fd, 1, 0, 0, null])).toEqual([26]);
    expect(await sizes('fsync', [fd, 0, null])).toEqual([26, 26]);
    expect(await sizes('setattr', [here, new Iatt(), SET_ATTR.MTIME_NOW, null])).toEqual([26, 26]);
    expect(await sizes('readdirp', [dir, 4096, 0, null])).toContain(26);
    expect(
      await sizes('link', [new Loc(inode), new Loc(inode, inode.table.root, 'g'), null]),
    ).toEqual([26]);
    expect(
      await sizes('rename', [
        new Loc(inode, inode.table.root, 'g'),
        new Loc(null, inode.table.root, 'h'),
        null,
      ]),
    ).toEqual([26]);
    expect(await sizes('writev', [fd, Buffer.from('end'), 26, 0, null])).toEqual([26, 29]);
    expect(await sizes('ftruncate', [fd, 13, null])).toEqual([29, 13]);
    expect(await sizes('truncate', [here, 11, null])).toEqual([13, 11]);
  });

  it('data that appending fds write is at the end, wherever the caller means it', async () => {
    const { open, send, text } = await openFile(source);
    const [first, second] = [await open(O_WRONLY | O_APPEND), await open(O_RDWR | O_APPEND)];
    await Promise.all([
      send('writev', [first, Buffer.from('1'.repeat(7)), 0, 0, null]),
      send('writev', [second, Buffer.from('2'.repeat(7)), 99, 0, null]),
    ]);
    expect(await text()).toBe(TEXT + '1'.repeat(7) + '2'.repeat(7));
  });

  it('a gap before a write reads as zeros, also where a truncate has removed data', async () => {
    const { above, open, send } = await openFile(source);
    const fd = await open(O_RDWR);
    await send('ftruncate', [fd, 4, null]);
    await send('ftruncate', [fd, 8, null]);
    await send('writev', [fd, Buffer.from('x'), 33, 0, null]);
    await send('truncate', [new Loc(fd.inode), 47, null]);
    const expected = Buffer.alloc(47);
    expected.write('abcd');
    expected.write('x', 33);
    expect(await above.readFile('/f')).toEqual(expected);
  });

  it('a write and a truncate far beyond any file are EFBIG and store nothing', async () => {
    const { open, send, text } = await openFile(source);
    const fd = await open(O_RDWR);
    for (const offset of isBlocks ? [2 ** 53 - 2] : [2 ** 53 - 2, 2 ** 31]) {
      expect((await send('writev', [fd, Buffer.from('x'), offset, 0, null])).errno).toBe(EFBIG);
      expect((await send('ftruncate', [fd, offset, null])).errno).toBe(EFBIG);
    }
    expect(await text()).toBe(TEXT);
  });

  it('on-error bypass does not show what is stored', async () => {
    const failing = source.startsWith('from')
      ? source.replace(
          /^.*def (decode|transform_read).*$/m,
          '$&\n        if len(data) in (13, 26): raise ValueError("no")',
        )
      : source.replace(
          /^ .*(decode|transformRead)\(.*$/m,
          '$&\n    if (data.length > 5) throw new Error("no");',
        );
    const { above, below } = await openFile(failing, { 'on-error': 'bypass' });
    await expect(above.readFile('/f')).rejects.toMatchObject({ code: 'EIO' });
    expect((await below.readFile('/f')).length).toBe(isBlocks ? 26 + 3 * 3 : 26);
  });

  it('a read waits for a change before it, reads run together, and none is overtaken', async () => {
    const { open, send } = await openFile(source);
    const fd = await open(O_RDWR);
    slow.quick = false;
    const ended: string[] = [];
    const begin = (name: string, reply: ReturnType<typeof send>) =>
      reply.then(({ values: [vector] }) => {
        ended.push(vector instanceof Uint8Array ? `${name} ${String(Buffer.from(vector))}` : name);
      });
    const read = (name: string) => begin(name, send('readv', [fd, 26, 0, 0, null]));
    const write = (name: string, at: number) =>
      begin(name, send('writev', [fd, Buffer.from(name.repeat(4)), at, 0, null]));
    slow.requests.length = 0;
    const all = [
      read('r1'),
      read('r2'),
      write('W', 8),
      read('r3'),
      write('V', 8),
      read('r4'),
      read('r5'),
    ];
    await Promise.resolve();
    // Both reads before the first change, and nothing else.
    expect(slow.requests.map(({ name }) => name)).toEqual(['readv', 'readv']);
    await passAll(all);
    const at = (text: string) => `abcdefgh${text}mnopqrstuvwxyz`;
    expect(ended.slice(0, 2).sort()).toEqual([`r1 ${TEXT}`, `r2 ${TEXT}`]);
    expect(ended.slice(2, 5)).toEqual(['W', `r3 ${at('WWWW')}`, 'V']);
    expect(ended.slice(5).sort()).toEqual([`r4 ${at('VVVV')}`, `r5 ${at('VVVV')}`]);
  });

  it('a file that is opened with O_TRUNC during a write is empty, or has that write alone', async () => {
    const { open, send, text } = await openFile(source);
    const fd = await open(O_RDWR);
    slow.quick = false;
    const write = send('writev', [fd, Buffer.from('x'), 0, 0, null]);
    await passAll([write, open(O_RDWR | O_TRUNC)], 1);
    expect(['', 'x']).toContain(await text());
  });
});

it('a method of the module’s own sees the stored size, and its caller the other', async () => {
  const source = `${BLOCKS}
    def stat_cbk(self, frame, op_ret, op_errno, buf, xdata):
        self.log.error(f"stored {buf.ia_size}")
        frame.unwind(op_ret, op_errno, buf, xdata)
`;
  const { context, send, inode } = await openFile(source);
  const { values } = await send('stat', [new Loc(inode), null]);
  expect((values[0] as Iatt).iaSize).toBe(26);
  expect(context.lines.join('\n')).toContain('stored 35');
});

it('the exception of decode is the errno of the read', async () => {
  const { above, below } = await openFiltered(BLOCKS);
  await above.writeFile('/f', TEXT);
  await below.writeFile('/f', TEXT);
  await expect(above.readFile('/f')).rejects.toMatchObject({ code: 'EBADMSG' });
});
