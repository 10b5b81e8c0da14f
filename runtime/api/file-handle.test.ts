import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeContext, HeldLeaf, startGraph } from '../../test/support/core.ts';
import { EACCES, EEXIST } from '../core/errno.ts';
import type { Frame } from '../core/frame.ts';
import { fail, tail, unwind } from '../core/gen/fops.gen.ts';
import { defineTranslator, type Fops } from '../core/xlator.ts';
import locks from '../xlators/features/locks/index.ts';
import memory from '../xlators/storage/memory/index.ts';
import { Volume } from './volume.ts';

/** A volume over memory; `fops` and features/locks stand above the storage. */
async function open(fops: Fops<null> = {}): Promise<Volume> {
  const above = defineTranslator<null, Record<string, never>>({
    type: 'test/above',
    description: 'Sees requests.',
    children: [1, 1],
    options: {},
    fops,
    init: () => null,
  });
  const volumes = [{ translator: memory }, { translator: locks }, { translator: above }];
  const graph = await startGraph(volumes as never, new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return volume;
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error) => (error as { code: string }).code,
  );

describe('an open file', () => {
  it('reads and writes where the last call ended, and at given positions', async () => {
    const volume = await open();
    await using file = await volume.open('/a', 'w+');
    await file.write('one ');
    await file.write(Buffer.from('two three'), 0, 3);
    expect((await file.write('T', 4)).bytesWritten).toBe(1);
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(20), position: 0 });
    expect(String(buffer).slice(0, bytesRead)).toBe('one Two');
    expect(await file.readFile('utf8')).toBe('');
    expect((await file.stat()).size).toBe(7);
  });

  it('readFile with a buffer reads into it, and refuses one that is too small', async () => {
    const volume = await open();
    await volume.writeFile('/a', '12345');
    const memory = Buffer.alloc(8);
    for (const buffer of [memory, () => memory]) {
      memory.fill(0);
      const content = (await volume.readFile('/a', { buffer } as object)) as Buffer;
      expect(String(content)).toBe('12345');
      expect(content.buffer).toBe(memory.buffer);
      expect(String(memory)).toBe('12345\0\0\0');
    }
    expect(await code(volume.readFile('/a', { buffer: Buffer.alloc(4) } as object))).toBe(
      'ERR_INVALID_ARG_VALUE',
    );
  });

  it('appends every write with flag a, even one at a given position', async () => {
    const volume = await open();
    await volume.writeFile('/a', '123');
    await using file = await volume.open('/a', 'a');
    await file.write('45', 0);
    expect(await volume.readFile('/a', 'utf8')).toBe('12345');
  });

  it('returns the content of a large file whole, in pieces and by lines', async () => {
    const volume = await open();
    const lines = Array.from({ length: 40_000 }, (_, line) => `line ${line} of the file`);
    await volume.writeFile(
      '/large',
      lines.map((line) => `${line}\n`),
    );
    const text = await volume.readFile('/large', 'utf8');
    expect(text).toBe(`${lines.join('\n')}\n`);
    await using file = await volume.open('/large');
    let size = 0;
    for await (const piece of file) size += piece.length;
    expect(size).toBe(text.length);
    await using again = await volume.open('/large');
    const read: string[] = [];
    for await (const line of again.readLines()) read.push(line);
    expect(read).toEqual(lines);
  });

  it('is read to its size, and no further, even if the volume replies to every read with data', async () => {
    const volume = await open({
      readv: (frame, _xl, _fd, size) =>
        unwind.readv(frame, size, 0, new Uint8Array(size).fill(97), null, null),
    });
    await volume.writeFile('/a', 'x'.repeat(300_000));
    expect(await volume.readFile('/a', 'utf8')).toBe('a'.repeat(300_000));
    await volume.truncate('/a', 5);
    expect(await volume.readFile('/a', 'utf8')).toMatch(/^a{5,131072}$/);
  });

  it('larger than 4 GiB is read and written at any position, but cannot be read whole', async () => {
    const volume = await open();
    await using file = await volume.open('/large', 'w+');
    const position = 2 ** 32 + 7;
    await file.write('end', position);
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(9), position });
    expect(String(buffer).slice(0, bytesRead)).toBe('end');
    expect((await volume.stat('/large', { bigint: true })).size).toBe(2n ** 32n + 10n);
    expect(await code(volume.readFile('/large'))).toBe('ERR_FS_FILE_TOO_LARGE');
  });

  it('supports holes, zeroed ranges and reserved space', async () => {
    const volume = await open();
    await using file = await volume.open('/a', 'w+');
    await file.write('0123456789');
    await file.zerofill(3, 6);
    expect(await volume.readFile('/a', 'utf8')).toBe('012\0\0\0\0\0\x009');
    await file.fallocate(0, 20);
    expect((await file.stat()).size).toBe(20);
    await file.fallocate(0, 40, { keepSize: true });
    expect((await file.stat()).size).toBe(20);
    await file.discard(0, 5);
    expect((await volume.readFile('/a'))[1]).toBe(0);
    expect(await file.seekHole(19)).toBe(20);
    expect(await code(file.seekData(20))).toBe('ENXIO');
  });

  it('refuses every use after close with EBADF, except a second close', async () => {
    const volume = await open();
    const file = await volume.open('/a', 'w+');
    await file.close();
    await file.close();
    for (const use of [file.stat(), file.read(), file.write('a'), file.lock({ type: 'read' })]) {
      expect(await code(use)).toBe('EBADF');
    }
    expect(file.fd).toBe(-1);
  });

  it.each<[string, (file: Awaited<ReturnType<Volume['open']>>) => Promise<unknown>, string]>([
    ['a negative position', (file) => file.write('a', -1), 'ERR_OUT_OF_RANGE'],
    ['a length beyond the buffer', (file) => file.read(Buffer.alloc(2), 0, 3), 'ERR_OUT_OF_RANGE'],
    ['data that is a number', (file) => file.write(7 as never), 'ERR_INVALID_ARG_TYPE'],
    ['a range of no bytes', (file) => file.discard(0, 0), 'ERR_OUT_OF_RANGE'],
    ['a lock of no type', (file) => file.lock({ type: 'both' as never }), 'ERR_INVALID_ARG_VALUE'],
    ['a read of a file opened for writing', (file) => file.read(), 'EBADF'],
  ])('refuses %s before a request is sent', async (_, use, expected) => {
    let requests = 0;
    const count = (frame: Frame): void => {
      requests += 1;
      fail.readv(frame, EACCES);
    };
    const volume = await open({ readv: count, writev: count, discard: count, lk: count } as never);
    const file = await volume.open('/a', 'w');
    expect(await code(use(file))).toBe(expected);
    expect(requests).toBe(0);
  });

  it('locks ranges of bytes for the lock owner of its volume', async () => {
    const volume = await open();
    const other = volume.with({ lockOwner: 'ff' });
    await using mine = await volume.open('/a', 'w+');
    await using theirs = await other.open('/a', 'r+');
    await mine.lock({ type: 'write', start: 10, length: 5 });
    expect(await code(theirs.lock({ type: 'read', start: 14, wait: false }))).toBe('EAGAIN');
    expect(await theirs.getLock({ type: 'read' })).toMatchObject({ start: 10, length: 5 });
    await theirs.lock({ type: 'write', start: 15 });
    const waiting = theirs.lock({ type: 'write', start: 0 });
    await mine.unlock();
    await waiting;
    expect(await mine.getLock({ type: 'read' })).toMatchObject({ type: 'write', owner: 'ff' });
  });

  it('is released when its volume is closed, even if 10,000 are open', async () => {
    const volume = await open();
    for (let count = 0; count < 10_000; count += 1) await volume.open('/a', 'w');
    expect(volume.client.graphClient.fds.size).toBe(10_000);
    await volume.close();
    expect(volume.client.graphClient.fds.size).toBe(0);
  });
});

describe('a method of a volume', () => {
  it.each(['stat', 'readFile', 'mkdir', 'readdir', 'unlink'] as const)(
    '%s refuses a path that contains a NUL or is not text, before a request is sent',
    async (name) => {
      let requests = 0;
      const lookup: Fops<null>['lookup'] = (frame, xl, ...args) => {
        requests += 1;
        tail.lookup(frame, xl.children[0]!, ...args);
      };
      const volume = await open({ lookup });
      const call = volume[name] as (path: unknown) => Promise<unknown>;
      expect(await code(call.call(volume, 'a\0b'))).toBe('ERR_INVALID_ARG_VALUE');
      expect(await code(call.call(volume, 7))).toBe('ERR_INVALID_ARG_TYPE');
      expect(requests).toBe(0);
    },
  );

  it('takes .. in the root directory as the root', async () => {
    const volume = await open();
    await volume.mkdir('/d');
    expect(await volume.readdir('/../../d/..')).toEqual(['d']);
    expect(await volume.realpath('../d/../..')).toBe('/');
  });

  it('sends requests with the uid, gid and groups of its volume', async () => {
    const callers: unknown[] = [];
    const lookup: Fops<null>['lookup'] = (frame, xl, ...args) => {
      const { uid, gid, groups } = frame.root;
      callers.push({ uid, gid, groups });
      tail.lookup(frame, xl.children[0]!, ...args);
    };
    const volume = await open({ lookup });
    await volume.with({ uid: 1000, gid: 1001, groups: [27] }).stat('/');
    expect(callers).toEqual([{ uid: 1000, gid: 1001, groups: [27] }]);
  });

  it('fails with AbortError when its signal is aborted, which interrupts only its own requests', async () => {
    const leaf = new HeldLeaf();
    const graph = await startGraph([{ translator: leaf.translator }] as never, new FakeContext());
    const volume = Volume.fromGraph(graph);
    const controller = new AbortController();
    const aborted = volume.with({ signal: controller.signal }).stat('/');
    const other = volume.stat('/');
    controller.abort();
    expect(await code(aborted)).toBe('ABORT_ERR');
    expect(leaf.requests.map(({ frame }) => frame.root.interrupted)).toEqual([true, false]);
    await volume.close();
    expect(await code(other)).toBe('GLOSSA_VOLUME_CLOSED');
    expect(await code(volume.with({ signal: AbortSignal.abort() }).stat('/'))).toMatch(/CLOSED/);
  });
});

describe('an operation whose caller no longer waits', () => {
  it.each<[string, (volume: Volume, controller: AbortController) => unknown, string]>([
    ['an aborted copy', (_, controller) => controller.abort(), 'ABORT_ERR'],
    ['a copy in a closed volume', (volume) => volume.close(), 'GLOSSA_VOLUME_CLOSED'],
  ])('%s sends no further request', async (_, end, expected) => {
    const held: (() => void)[] = [];
    let isHolding = false;
    let requests = 0;
    const lookup: Fops<null>['lookup'] = (frame, xl, ...args) => {
      requests += 1;
      const goOn = (): void => tail.lookup(frame, xl.children[0]!, ...args);
      if (isHolding) held.push(goOn);
      else goOn();
    };
    const volume = await open({ lookup });
    for (const name of ['1', '2', '3']) await volume.writeFile(`/${name}`, name);
    isHolding = true;
    const controller = new AbortController();
    const copy = volume.with({ signal: controller.signal }).cp('/', '/copy', { recursive: true });
    const outcome = code(copy);
    const ending = end(volume, controller);
    expect(await outcome).toBe(expected);
    const sent = requests;
    isHolding = false;
    for (const goOn of held.splice(0)) goOn();
    await ending;
    expect(requests).toBe(sent);
  });

  it('releases a file that an aborted open has opened', async () => {
    let goOn = (): void => {};
    const create: Fops<null>['create'] = (frame, xl, ...args) => {
      goOn = () => tail.create(frame, xl.children[0]!, ...args);
    };
    const volume = await open({ create });
    const controller = new AbortController();
    const opening = volume.with({ signal: controller.signal }).open('/a', 'w');
    controller.abort();
    expect(await code(opening)).toBe('ABORT_ERR');
    goOn();
    expect(volume.client.graphClient.fds.size).toBe(0);
    expect(() => volume.fs.openSync('/b', 'w')).toThrow(/does not reply at once/);
    goOn();
    expect(volume.client.graphClient.fds.size).toBe(0);
  });
});

describe('a file name', () => {
  it('can be created, listed and opened, even with 255 bytes that are not UTF-8', async () => {
    const volume = await open();
    const name = Buffer.concat([Buffer.from('/'), Buffer.alloc(255, 0xff)]);
    await volume.writeFile(name, 'text');
    expect(await volume.readdir('/', { encoding: 'buffer' })).toEqual([name.subarray(1)]);
    expect(await volume.readFile(name, 'utf8')).toBe('text');
    const longer = Buffer.concat([name, Buffer.from('x')]);
    expect(await code(volume.writeFile(longer, ''))).toBe('ENAMETOOLONG');
  });

  it('for a temporary directory is chosen 100 times before mkdtemp fails with EEXIST', async () => {
    let attempts = 0;
    const mkdir: Fops<null>['mkdir'] = (frame) => {
      attempts += 1;
      fail.mkdir(frame, EEXIST);
    };
    const volume = await open({ mkdir });
    await expect(volume.mkdtemp('/t-')).rejects.toMatchObject({
      code: 'EEXIST',
      path: '/t-XXXXXX',
    });
    expect(attempts).toBe(100);
  });
});

describe('a directory tree', () => {
  async function tree(fops: Fops<null> = {}): Promise<Volume> {
    const volume = await open(fops);
    for (const path of ['/t/a/b', '/t/c']) await volume.mkdir(path, { recursive: true });
    for (const path of ['/t/1', '/t/a/2', '/t/a/b/3']) await volume.writeFile(path, path);
    await volume.symlink('a', '/t/link');
    return volume;
  }
  const names = (entries: readonly { readonly name: unknown }[]): unknown[] =>
    entries.map(({ name }) => name).sort();

  it('is walked from the top or from the bottom, with links to directories listed as files', async () => {
    const volume = await tree();
    const down: unknown[] = [];
    for await (const { path, directories, files } of volume.walk('/t')) {
      down.push([path, names(directories), names(files)]);
    }
    expect(down).toEqual([
      ['/t', ['a', 'c'], ['1', 'link']],
      ['/t/a', ['b'], ['2']],
      ['/t/a/b', [], ['3']],
      ['/t/c', [], []],
    ]);
    const up: string[] = [];
    for await (const { path } of volume.walk('/t', { topDown: false })) up.push(path);
    expect(up).toEqual(['/t/a/b', '/t/a', '/t/c', '/t']);
  });

  it('is walked without the directories that the caller removes, and with followSymlinks through links', async () => {
    const volume = await tree();
    const paths: string[] = [];
    for await (const { path, directories } of volume.walk('/t', { followSymlinks: true })) {
      paths.push(path);
      directories.splice(0, directories.length, ...directories.filter(({ name }) => name !== 'c'));
    }
    expect(paths.sort()).toEqual(['/t', '/t/a', '/t/a/b', '/t/link', '/t/link/b']);
  });

  it('with links to themselves and to their own directory is walked until a path has 40 links', async () => {
    const volume = await tree();
    await volume.mkdir('/u');
    for (const [target, name] of [
      ['self', 'self'],
      ['.', 'here'],
    ] as const) {
      await volume.symlink(target, `/u/${name}`);
    }
    const paths: string[] = [];
    for await (const { path } of volume.walk('/u', { followSymlinks: true })) paths.push(path);
    expect(paths).toHaveLength(41);
    expect(paths.at(-1)).toBe(`/u${'/here'.repeat(40)}`);
  });

  it('is copied by Volume.copytree with its links if symlinks is on, else with copies of their targets', async () => {
    const volume = await tree();
    await volume.copytree('/t', '/copy', { symlinks: true });
    expect(await volume.readlink('/copy/link')).toBe('a');
    expect(await volume.readFile('/copy/a/b/3', 'utf8')).toBe('/t/a/b/3');
    expect(await code(volume.copytree('/t', '/copy'))).toBe('EEXIST');
    await volume.copytree('/t', '/whole');
    expect((await volume.lstat('/whole/link')).isDirectory()).toBe(true);
    expect(await volume.readFile('/whole/link/b/3', 'utf8')).toBe('/t/a/b/3');
  });

  it('gets another owner and mode by recursive chown and chmod, except the mode of its links', async () => {
    const volume = await tree();
    await volume.chown('/t', 7, 8, { recursive: true });
    await volume.chmod('/t', 0o700, { recursive: true });
    for await (const { path, directories, files } of volume.walk('/t')) {
      for (const { name } of [...directories, ...files]) {
        const { uid, gid, mode } = await volume.lstat(`${path}/${name}`);
        expect([uid, gid, name === 'link' ? 0o700 : mode & 0o777]).toEqual([7, 8, 0o700]);
      }
    }
  });

  it.each(['rm', 'chown', 'cp'] as const)(
    '%s fails with the path of a directory that it cannot list',
    async (name) => {
      const opendir: Fops<null>['opendir'] = (frame, xl, loc, ...args) => {
        if (loc.path === '/t/a/b') fail.opendir(frame, EACCES);
        else tail.opendir(frame, xl.children[0]!, loc, ...args);
      };
      const volume = await tree({ opendir });
      const recursive = { recursive: true };
      const calls = {
        rm: () => volume.rm('/t', recursive),
        chown: () => volume.chown('/t', 1, 1, recursive),
        cp: () => volume.cp('/t', '/copy', recursive),
      };
      await expect(calls[name]()).rejects.toMatchObject({ code: 'EACCES', path: '/t/a/b' });
    },
  );

  it('with 5,000 files is removed completely', async () => {
    const volume = await open();
    for (let folder = 0; folder < 5; folder += 1) {
      await volume.mkdir(`/t/${folder}`, { recursive: true });
      for (let file = 0; file < 1000; file += 1)
        volume.fs.writeFileSync(`/t/${folder}/${file}`, '');
    }
    await volume.rm('/t', { recursive: true });
    expect(await volume.readdir('/')).toEqual([]);
  });
});

describe('a watcher', () => {
  it('reports created and removed names and changed files until its signal is aborted', async () => {
    const volume = await open();
    await volume.mkdir('/d/below', { recursive: true });
    const controller = new AbortController();
    const events: unknown[] = [];
    const watching = (async () => {
      for await (const event of volume.watch('/d', { signal: controller.signal })) {
        events.push(`${event.eventType} ${event.filename}`);
      }
    })();
    await volume.writeFile('/d/a', 'text');
    await volume.rename('/d/a', '/d/b');
    await volume.writeFile('/d/below/c', 'unseen');
    await volume.unlink('/d/b');
    await Promise.resolve();
    controller.abort();
    expect(await code(watching)).toBe('ABORT_ERR');
    expect(events).toEqual(['rename a', 'change a', 'rename a', 'rename b', 'rename b']);
  });
});

describe('a file object', () => {
  it('refers to the same file after a rename, and can be found by its gfid', async () => {
    const volume = await open();
    await volume.writeFile('/a', 'text');
    const object = await volume.object('/a');
    await volume.rename('/a', '/b');
    expect((await object.stat()).size).toBe(4);
    const again = await volume.objectByGfid(object.gfid);
    const file = await again.open();
    expect(await file.readFile('utf8')).toBe('text');
    await file.close();
    expect(await code(volume.objectByGfid('no gfid'))).toBe('ERR_INVALID_ARG_VALUE');
    const unknown = '00000000-0000-4000-8000-00000000abcd';
    expect(await code(volume.objectByGfid(unknown))).toMatch(/^(ENOENT|ESTALE)$/);
  });

  it('can be read, written and changed without opening the file', async () => {
    let opens = 0;
    const volume = await open({
      open(frame, xl, ...args) {
        opens += 1;
        tail.open(frame, xl.children[0]!, ...args);
      },
    });
    await volume.writeFile('/a', 'text');
    opens = 0;
    const object = await volume.object('/a');
    expect(await object.write('TEXT, more', 0)).toBe(10);
    expect(String(await object.read(4, 6))).toBe('more');
    await object.truncate(4);
    await object.chmod(0o600);
    await object.setxattr('user.x', '1', { flag: 'create' });
    expect(await object.listxattr()).toContain('user.x');
    expect(await volume.readFile('/a', 'utf8')).toBe('TEXT');
    expect(opens).toBe(1);
    expect((await volume.stat('/a')).mode & 0o777).toBe(0o600);
    expect(volume.client.graphClient.fds.size).toBe(0);
  });

  it('refuses bad arguments, is named in errors by its gfid, and fails once its volume is closed', async () => {
    const volume = await open();
    await volume.writeFile('/a', 'text');
    const object = await volume.object('/a');
    expect(await code(object.read(-1))).toBe('ERR_OUT_OF_RANGE');
    expect(await code(object.write(7 as never))).toBe('ERR_INVALID_ARG_TYPE');
    await expect(object.getxattr('user.absent')).rejects.toMatchObject({
      code: 'ENODATA',
      path: `<gfid:${object.gfid}>`,
    });
    await volume.close();
    expect(await code(object.stat())).toBe('GLOSSA_VOLUME_CLOSED');
  });
});
