/** Runs a bundle for browsers where Node's modules and Buffer are absent: a realm with the web's globals. */
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';

const PROGRAM = `
import { browserMachine, startGraph, Volume } from 'glossa/browser';

globalThis.open = async () => {
  const machine = await browserMachine({ modules: {}, parts: new Map() });
  const volfile = 'volume files\\n type storage/memory\\nend-volume\\n';
  const graph = await startGraph(volfile, { machine, write() {} });
  globalThis.volume = Volume.fromGraph(graph, { ownsGraph: true });
};
`;

/** Globals of browsers, besides those of the language itself. */
const WEB = [
  ...['AbortController', 'AbortSignal', 'MessageChannel', 'ReadableStream', 'TextDecoder'],
  ...['TextEncoder', 'URL', 'clearInterval', 'clearTimeout', 'crypto', 'performance'],
  // The classes of the arrays that these return.
  ...['ArrayBuffer', 'Uint8Array'],
  ...['queueMicrotask', 'setInterval', 'setTimeout', 'structuredClone', 'WebAssembly'],
] as const;

describe('a volume in a bundle for browsers', () => {
  const realm = createContext(
    Object.fromEntries(WEB.map((name) => [name, globalThis[name as keyof typeof globalThis]])),
  );
  const run = (program: string): Promise<unknown> =>
    runInContext(`(async () => { ${program} })()`, realm);

  beforeAll(async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: PROGRAM, resolveDir: packageRoot },
      bundle: true,
      platform: 'browser',
      format: 'iife',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    runInContext(outputFiles[0]!.text, realm);
    await run('await open()');
  });

  it('writes and lists files, and reads them as bytes, lines, chunks and web streams', async () => {
    const outcome = await run(`
      await volume.mkdir('/d/e', { recursive: true });
      await volume.writeFile('/d/a', 'one\\ntwo\\n');
      await volume.appendFile('/d/a', new Uint8Array([51]));
      const file = await volume.open('/d/a');
      const lines = [];
      for await (const line of file.readLines()) lines.push(line);
      const again = await volume.open('/d/a');
      const pieces = [];
      for await (const piece of again) pieces.push(piece.length);
      const third = await volume.open('/d/a');
      const { value } = await third.readableWebStream().getReader().read();
      const directories = [];
      for await (const { path } of volume.walk('/')) directories.push(path);
      const bytes = await volume.readFile('/d/a');
      const hasBytes = bytes instanceof Uint8Array;
      return { lines, pieces, streamed: value.length, directories, hasBytes };
    `);
    expect(outcome).toEqual({
      lines: ['one', 'two', '3'],
      pieces: [9],
      streamed: 9,
      directories: ['/', '/d', '/d/e'],
      hasBytes: true,
    });
  });

  it('offers fs with callbacks, with promises and with synchronous functions', async () => {
    const outcome = await run(`
      const { fs } = volume;
      fs.mkdirSync('/f');
      fs.writeFileSync('/f/a', 'now');
      const byCallback = await new Promise((resolve) =>
        fs.readFile('/f/a', 'utf8', (error, text) => resolve(error ?? text)));
      const copied = await fs.promises.cp('/f', '/g', { recursive: true });
      return [byCallback, fs.readFileSync('/g/a', 'utf8'), fs.readdirSync('/f').join()];
    `);
    expect(outcome).toEqual(['now', 'now', 'a']);
  });

  it("reports errors with Node's codes, and suggests replacements for Node's streams and watchers", async () => {
    const outcome = await run(`
      const describe = (error) => error.code ?? error.message;
      const attempt = (act) => Promise.resolve().then(act).catch(describe);
      await volume.writeFile('/s', 'x');
      const file = await volume.open('/s');
      const signal = AbortSignal.abort();
      return Promise.all([
        attempt(() => volume.readFile('/none')),
        attempt(() => volume.with({ signal }).readFile('/s')),
        attempt(() => volume.readFile('/s', 'latin1')),
        attempt(() => volume.fs.createReadStream('/s')),
        attempt(() => file.createWriteStream()),
        attempt(() => volume.fs.watch('/')),
      ]);
    `);
    expect(outcome).toEqual([
      'ENOENT',
      'ABORT_ERR',
      'ERR_INVALID_ARG_VALUE',
      'a browser has no streams of Node: use readableWebStream',
      'a browser has no streams of Node: use readableWebStream',
      'a browser watches by volume.watch',
    ]);
  });

  it('reports changed files to an iterator, and refuses calls once it is closed', async () => {
    const outcome = await run(`
      const events = volume.watch('/', { recursive: true });
      const first = events.next();
      await volume.writeFile('/watched', 'x');
      const { value } = await first;
      await volume.close();
      return [value.filename, await volume.stat('/').catch(({ code }) => code)];
    `);
    expect(outcome).toEqual(['watched', 'GLOSSA_VOLUME_CLOSED']);
  });
});
