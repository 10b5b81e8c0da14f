/** Requests of a Python module for files of the volume below it (`glossa.aio`). */
import { describe, expect, it, onTestFailed, onTestFinished } from 'vitest';
import { Volume } from '../../runtime/api/volume.ts';
import { tail } from '../../runtime/core/gen/fops.gen.ts';
import type { Fops } from '../../runtime/core/xlator.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, makeTranslator, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import glupy from '../glupy.ts';
import type { GlupyState } from '../host/index.ts';

const HEAD = `from glupy import *
from glossa.aio import Volume

class xlator(Translator):
`;

/** A module over a volume in memory; `fops` stand between the two. */
async function start(source: string, fops: Fops<null> = {}, options = {}) {
  const context = new FakeContext();
  const folder = makeFolder({ 'm.py': source });
  const graph = await startGraph(
    [
      { translator: memory },
      { translator: makeTranslator('test/between', fops) },
      { translator: glupy, options: { 'module-name': 'm', 'module-path': folder, ...options } },
    ] as never,
    context,
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  const below = Volume.fromGraph(graph, { links: graph.xlators.at(-1)!.children[0]! });
  onTestFailed(() => console.error(context.lines.join('\n')));
  onTestFinished(async () => {
    await below.close();
    await volume.close();
  });
  const xl = graph.top as unknown as { priv: GlupyState };
  const reload = () => graph.top.translator.reload!(graph.top as never)!;
  return { volume, below, context, graph, reload, host: xl.priv.host };
}

/** Lets the clock and the event loop go on until a call ends. @throws {Error} if the call fails */
async function advanceUntilEnd(call: Promise<unknown>, context: FakeContext): Promise<void> {
  let hasEnded = false;
  const noteEnd = (): void => {
    hasEnded = true;
  };
  call.then(noteEnd, noteEnd);
  while (!hasEnded) {
    context.advance(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await call;
}

describe('the volume below a Python module', () => {
  it('can be read by a lookup, which then fails or succeeds by the text that was read', async () => {
    const { volume, below } = await start(`${HEAD}
    def init(self):
        self.below = Volume.below()
    async def lookup(self, frame, loc, xdata):
        if loc.name and loc.name != "config" and loc.name in await self.below.read_text("/config"):
            raise OSError(EACCES, "hidden")
        return await self.child.lookup(loc, xdata)
`);
    await below.writeFile('/config', 'secret');
    await volume.writeFile('/open', 'x');
    await expect(volume.writeFile('/secret', 'x')).rejects.toMatchObject({ code: 'EACCES' });
    await below.writeFile('/config', 'nothing');
    await volume.writeFile('/secret', 'x');
    expect(await below.readdir('/')).toEqual(['config', 'open', 'secret']);
  });

  it('lets the module append to a file, and store 5 MB of data in a new directory', async () => {
    const { volume, below } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        volume = Volume.below(self.child)
        async with volume.open("/log", "ab") as log:
            await log.write(loc.name.encode() + b"\\n")
        await volume.makedirs("/kept/deep", exist_ok=True)
        data = bytes(range(256)) * 20_000
        await volume.write_bytes("/kept/deep/data", data)
        assert await volume.read_bytes("/kept/deep/data") == data
        names = [entry.name async for entry in volume.scandir("/kept/deep")]
        assert names == ["data"], names
        return await self.child.mkdir(loc, *more)
`);
    await volume.mkdir('/a');
    await volume.mkdir('/b');
    expect(await below.readFile('/log', 'utf8')).toBe('a\nb\n');
    expect((await below.stat('/kept/deep/data')).size).toBe(5_120_000);
    expect((await below.stat('/kept')).uid).toBe(0);
  });

  it('raises FileNotFoundError with the path for an absent file, and a caught error changes no reply', async () => {
    const { volume } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        volume = Volume.below()
        try:
            await volume.read_bytes("/absent")
        except FileNotFoundError as error:
            assert (error.errno, error.filename) == (ENOENT, "/absent"), error
            await volume.mkdir("/d")
        await volume.mkdir("/d")
`);
    await expect(volume.mkdir('/a')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await volume.readdir('/')).toEqual(['d']);
  });

  it('has no stores of chunks', async () => {
    const { volume } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        from glossa.aio import ChunkStore
        await ChunkStore.open(Volume.below())
`);
    await expect(volume.mkdir('/a')).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });

  it('serves 2,000 requests in a row and 1,000 at once, and keeps none of them afterwards', async () => {
    const { volume, graph, context } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        import asyncio
        volume = Volume.below()
        for _ in range(2_000):
            await volume.exists("/x")
        await asyncio.gather(*(volume.write_bytes(f"/{i}", b"x") for i in range(1_000)))
        return await self.child.mkdir(loc, *more)
`);
    const made = volume.mkdir('/a');
    await advanceUntilEnd(made, context);
    expect(await volume.readdir('/')).toHaveLength(1001);
    expect([...graph.initiators].map(({ calls }) => calls.size)).toEqual(
      [...graph.initiators].map(() => 0),
    );
  });

  it('replies to 5,000 requests sent at once, although it serves fewer at a time', async () => {
    const fops: Fops<null> = {
      lookup(frame, xl, ...args) {
        setImmediate(() => tail.lookup(frame, xl.children[0]!, ...args));
      },
    };
    const { volume, context } = await start(
      `${HEAD}
    async def mkdir(self, frame, loc, *more):
        import asyncio
        volume = Volume.below()
        found = await asyncio.gather(*(volume.exists(f"/{i}") for i in range(5_000)))
        self.log.info("found %d of %d", sum(found), len(found))
        return await self.child.mkdir(loc, *more)
`,
      fops,
    );
    const made = volume.mkdir('/a');
    await advanceUntilEnd(made, context);
    expect(context.lines.join('\n')).toContain('found 0 of 5000');
  });

  it('stays reachable for an interpreter that a reload has replaced until its requests have ended', async () => {
    const held: (() => void)[] = [];
    let isHeld = false;
    const { volume, below, reload, host, graph } = await start(
      `${HEAD}
    async def mkdir(self, frame, loc, *more):
        await Volume.below().read_bytes("/config")
        return await self.child.mkdir(loc, *more)
`,
      {
        readv(frame, xl, ...args) {
          const pass = (): void => tail.readv(frame, xl.children[0]!, ...args);
          if (isHeld) held.push(pass);
          else pass();
        },
      },
    );
    await below.writeFile('/config', 'x');
    const count = graph.initiators.size;
    isHeld = true;
    const made = volume.mkdir('/a');
    expect(held.length).toBeGreaterThan(0);
    expect(graph.initiators.size).toBe(count + 1);
    const before = host.interpreter;
    expect(await reload()).toMatchObject({ ok: true });
    expect(host.interpreter).not.toBe(before);
    isHeld = false;
    for (const pass of held) pass();
    await made;
    await new Promise((resolve) => setImmediate(resolve));
    expect(graph.initiators.size).toBe(count);
    await volume.mkdir('/b');
  });

  it('closes the files that the module has left open when the module is reloaded', async () => {
    const { volume, below, graph, reload } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        self.file = await Volume.below().open("/log", "wb")
        await self.file.write(b"kept")
        return await self.child.mkdir(loc, *more)
`);
    const count = graph.initiators.size;
    await volume.mkdir('/a');
    expect(graph.initiators.size).toBe(count + 1);
    await reload();
    await new Promise((resolve) => setImmediate(resolve));
    expect(graph.initiators.size).toBe(count);
    expect(await below.readFile('/log', 'utf8')).toBe('kept');
  });

  it('disconnects a module that sends malformed bytes, while the mount serves further requests', async () => {
    const { volume, below, context } = await start(`${HEAD}
    async def mkdir(self, frame, loc, *more):
        from glupy import _below
        volume = Volume.below()
        assert not await volume.exists("/x")
        _below.send(0, b"\\xff" * 100)
        return await self.child.mkdir(loc, *more)
    async def rmdir(self, frame, loc, *more):
        await Volume.below().exists("/x")
`);
    await volume.mkdir('/a');
    await expect(volume.rmdir('/a')).rejects.toMatchObject({ code: 'ENOTCONN' });
    expect(await below.readdir('/')).toEqual(['a']);
    expect(context.lines.join('\n')).toContain('is disconnected: ');
  });

  it('can be used by a module with option isolation thread', async () => {
    const source = `${HEAD}
    async def mkdir(self, frame, loc, *more):
        assert not await Volume.below().exists("/x")
        return await self.child.mkdir(loc, *more)
`;
    const { below, volume } = await start(source, {}, { isolation: 'thread' });
    await volume.mkdir('/a');
    expect(await below.readdir('/')).toEqual(['a']);
  });

  it('can be written by the method init and by a timer, outside of any request', async () => {
    const { below, context } = await start(`${HEAD}
    async def init(self):
        await Volume.below().write_bytes("/started", b"")
        self.timer(1, self.note)
    async def note(self):
        await Volume.below().write_bytes("/later", b"")
`);
    context.advance(1);
    expect(await below.readdir('/')).toEqual(['started']);
    context.advance(1000);
    expect(await below.readdir('/')).toEqual(['started', 'later']);
  });
});

describe('the package glossa in a Python module', () => {
  it('is not loaded unless the module imports it', async () => {
    const { graph } = await start(`from glupy import *
import sys
class xlator(Translator):
    def init(self):
        assert not [name for name in sys.modules if name.startswith("glossa")], sys.modules
`);
    expect(graph.initiators.size).toBe(2);
  });

  it.each([
    ['from glossa import Volume', 'import Volume from glossa.aio'],
    ['from glossa._volume import Volume; Volume.connect("/socket")', 'no sockets and processes'],
    ['from glossa.aio import Volume; Volume("a.vol")', 'Volume.below()'],
  ])('refuses %s with an explanation', async (line, text) => {
    await expect(
      start(`from glupy import *\n${line}\nclass xlator(Translator): pass\n`),
    ).rejects.toThrow(text);
  });
});
