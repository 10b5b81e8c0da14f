/** Volumes of whole programs: what a thousand of them leave behind, and bricks that die. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Volume } from '../../server/index.ts';
import { findFreePort } from '../../server/start-server.ts';
import { makeFolder } from '../support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../support/gluster.ts';
import { selectVariants } from '../support/test-selection.ts';
import { skipWithoutTools } from '../support/tools.ts';

const MEMORY = 'volume files\n    type storage/memory\nend-volume\n';

/** Runs a module of JavaScript that has `Volume`; returns what its last line says, as JSON. */
async function run(code: string, volfile = ''): Promise<unknown> {
  const entry = JSON.stringify(join(packageRoot, 'dist/server/index.js'));
  const script = `import { Volume } from ${entry};
    import { readdirSync } from 'node:fs';
    const volfile = ${JSON.stringify(volfile)};
    const rest = async () => {
      for (let round = 0; round < 5; round += 1) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const measure = async () => {
      await rest();
      const { heapUsed, external, arrayBuffers } = process.memoryUsage();
      return { bytes: heapUsed + external + arrayBuffers, descriptors: readdirSync('/proc/self/fd').length };
    };
    ${code}`;
  const args = ['--expose-gc', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect([status, err]).toEqual([0, '']);
  return JSON.parse(out.trim().split('\n').at(-1)!);
}

interface Growth {
  readonly bytes: number;
  readonly descriptors: number;
}

/** Runs `act` 1,000 times; returns what the process has more after them than after the first 100. */
const growthOf = (act: string, volfile?: string): Promise<unknown> =>
  run(
    `const act = async (round) => { ${act} };
    for (let round = 0; round < 100; round += 1) await act(round);
    const before = await measure();
    for (let round = 0; round < 1000; round += 1) await act(round);
    const after = await measure();
    console.log(JSON.stringify({ bytes: after.bytes - before.bytes, descriptors: after.descriptors - before.descriptors }));`,
    volfile,
  );

/** Two kilobytes for each volume would be a leak. */
const LEAST_LEAK_BYTES = 2_000_000;

function expectNoGrowth(growth: unknown): void {
  const { bytes, descriptors } = growth as Growth;
  expect(descriptors).toBe(0);
  expect(bytes).toBeLessThan(LEAST_LEAK_BYTES);
}

const USE = `
  const volume = await Volume.open({ volfile });
  await volume.writeFile('/a', 'text ' + round);
  await volume.open('/a');
  await volume.readFile('/a');
  await volume.close();`;

/** The kinds of bricks, each with a start that ends with the test. */
const bricks = {
  'our brick': async (port?: number) => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'files'));
    const brick = await OurBrick.serve(
      folder,
      join(folder, 'files'),
      port === undefined ? {} : { port },
    );
    onTestFinished(async () => void (await brick.end()));
    return brick;
  },
  'a brick of GlusterFS': async (port?: number) => {
    const brick = await RealBrick.start(makeFolder(), port === undefined ? {} : { port });
    onTestFinished(async () => void (await brick.end()));
    return brick;
  },
};
const kinds = Object.keys(bricks) as (keyof typeof bricks)[];
const isAbsent = (kind: keyof typeof bricks): boolean => kind !== 'our brick' && isWithoutBricks();

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'a result',
    (error) => (error as { code: string }).code,
  );

describe('a process', () => {
  it('uses no more memory and descriptors than before after it has used 1,000 volumes over memory', async () => {
    expectNoGrowth(await growthOf(USE, MEMORY));
  });

  it('uses no more memory and descriptors than before after it has used 1,000 volumes over a folder', async () => {
    const folder = makeFolder();
    const posix = `volume files\n    type storage/posix\n    option directory ${folder}\nend-volume\n`;
    expectNoGrowth(await growthOf(USE, posix));
  });

  it('uses no more memory and descriptors than before after 1,000 volumes that could not be opened', async () => {
    const act = `
      const refusal = await Volume.open({ volfile }, { upTimeout: 0.001 }).catch((error) => error);
      if (refusal.code !== 'GLOSSA_OPEN_FAILED') throw refusal;`;
    const absent =
      'volume c\n    type protocol/client\n    option remote-host 127.0.0.1\n' +
      '    option remote-port 1\n    option remote-subvolume b\nend-volume\n';
    expectNoGrowth(await growthOf(act, absent));
  });
});

const there = kinds.filter((kind) => !isAbsent(kind));
describe.each(selectVariants(there, (kind) => kind === 'our brick'))('volumes over %s', (kind) => {
  it('1,000 volumes leave no more memory and descriptors of a process in use than before', async () => {
    const { volfile } = await bricks[kind]();
    expectNoGrowth(await growthOf(USE, volfile));
  });

  it('10,000 open files are closed on the brick when their volume is closed', async () => {
    const { volfile, pid } = await bricks[kind]();
    const volume = await Volume.open({ volfile });
    const countFiles = (): number =>
      Number(spawnSync('sh', ['-c', `ls /proc/${pid}/fd | wc -l`], { encoding: 'utf8' }).stdout);
    await volume.writeFile('/a', '');
    const before = countFiles();
    for (let round = 0; round < 100; round += 1) {
      await Promise.all(Array.from({ length: 100 }, () => volume.open('/a', 'r+')));
    }
    await volume.close();
    await expect.poll(countFiles, { timeout: 60_000 }).toBeLessThanOrEqual(before);
  });

  it('the death of a brick fails each active call once with ENOTCONN, and calls succeed when it is back', async () => {
    const brick = await bricks[kind](await findFreePort());
    await using volume = await Volume.open({ volfile: brick.volfile });
    await using file = await volume.open('/a', 'w+');
    await file.write('text');
    const ends: string[] = [];
    process.kill(brick.pid, 'SIGSTOP');
    const calls = Array.from({ length: 50 }, async (_, at) => {
      const call = at % 2 === 0 ? volume.stat('/a') : file.read(Buffer.alloc(4), 0, 4, 0);
      ends.push(await code(call));
    });
    await brick.end('SIGKILL');
    await Promise.all(calls);
    expect(new Set(ends)).toEqual(new Set(['ENOTCONN']));
    expect(ends).toHaveLength(50);
    expect(await code(volume.stat('/a'))).toBe('ENOTCONN');
    await brick.run();
    await expect.poll(() => code(volume.stat('/a')), { timeout: 60_000 }).toBe('a result');
    expect(await volume.readFile('/a', 'utf8')).toBe('text');
    await file.write(' again');
    expect(await volume.readFile('/a', 'utf8')).toBe('text again');
  });

  it('two volumes of one process over the same storage see each other’s files, and close independently', async () => {
    const { volfile } = await bricks[kind]();
    const first = await Volume.open({ volfile });
    await using second = await Volume.open({ volfile });
    await first.writeFile('/a', 'text');
    expect(await second.readFile('/a', 'utf8')).toBe('text');
    await first.close();
    await second.appendFile('/a', ' more');
    expect(await second.readFile('/a', 'utf8')).toBe('text more');
  });

  it('record locks of one volume exclude those of another until the first volume is closed', async () => {
    const { volfile } = await bricks[kind]();
    const first = await Volume.open({ volfile });
    await using second = await Volume.open({ volfile });
    const mine = await first.open('/a', 'w+');
    await using theirs = await second.open('/a', 'r+');
    await mine.lock({ type: 'write', start: 10, length: 5 });
    expect(await code(theirs.lock({ type: 'read', start: 14, wait: false }))).toBe('EAGAIN');
    expect(await theirs.getLock({ type: 'read' })).toMatchObject({
      type: 'write',
      start: 10,
      length: 5,
    });
    await theirs.lock({ type: 'write', start: 15 });
    const waiting = theirs.lock({ type: 'write', start: 12, length: 1 });
    await first.close();
    await waiting;
    await using other = await second.with({ lockOwner: 'ff' }).open('/a');
    expect(await other.getLock({ type: 'read', length: 13 })).toMatchObject({ start: 12 });
  });

  it('threads with one volume each work at the same time, and end without an error', async () => {
    const { volfile } = await bricks[kind]();
    const outcome = await run(
      `const { Worker, isMainThread } = await import('node:worker_threads');
      const { writeFileSync, mkdtempSync, rmSync } = await import('node:fs');
      const program = ${JSON.stringify(`
        import { Volume } from ${JSON.stringify(pathToFileURL(join(packageRoot, 'dist/server/index.js')))};
        import { parentPort, workerData } from 'node:worker_threads';
        const { volfile, name } = workerData;
        for (let round = 0; round < 5; round += 1) {
          const volume = await Volume.open({ volfile });
          await volume.mkdir('/' + name, { recursive: true });
          await Promise.all(Array.from({ length: 50 }, (_, at) => volume.writeFile('/' + name + '/' + at, name + at)));
          const texts = await Promise.all(Array.from({ length: 50 }, (_, at) => volume.readFile('/' + name + '/' + at, 'utf8')));
          if (texts.some((text, at) => text !== name + at)) throw new Error('wrong text');
          await volume.close();
        }
        parentPort.postMessage('done');
      `)};
      const run = (name) => new Promise((resolve, reject) => {
        const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(program)), { workerData: { volfile, name } });
        let said = '';
        worker.on('message', (text) => (said = text));
        worker.on('error', reject);
        worker.on('exit', (status) => resolve([said, status]));
      });
      console.log(JSON.stringify(await Promise.all(['a', 'b', 'c', 'd'].map(run))));`,
      volfile,
    );
    expect(outcome).toEqual(Array.from({ length: 4 }, () => ['done', 0]));
  });

  it('a brick with TLS serves a volfile with TLS, and refuses one without it', async () => {
    skipWithoutTools('openssl version');
    const folder = makeFolder();
    const [key, pem] = [join(folder, 'key'), join(folder, 'pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=test',
      '-days',
      '2',
    ];
    expect(spawnSync('openssl', [...request, '-keyout', key, '-out', pem]).status).toBe(0);
    const tls = {
      'transport.socket.ssl-enabled': 'on',
      'transport.socket.ssl-own-cert': pem,
      'transport.socket.ssl-private-key': key,
      'transport.socket.ssl-ca-list': pem,
    };
    const options = Object.entries(tls).map(([name, value]) => `client.${name}=${value}`);
    const brick = await startWithTls(kind, folder, tls);
    await using volume = await Volume.open({ volfile: brick.volfile }, { overrides: options });
    await volume.writeFile('/a', 'secret');
    expect(readFileSync(join(folder, 'files/a'), 'utf8')).toBe('secret');
    expect(await code(Volume.open({ volfile: brick.volfile }, { upTimeout: 2 }))).toBe(
      'GLOSSA_OPEN_FAILED',
    );
  });
});

async function startWithTls(
  kind: keyof typeof bricks,
  folder: string,
  server: Readonly<Record<string, string>>,
): Promise<{ readonly volfile: string }> {
  if (kind === 'our brick') {
    mkdirSync(join(folder, 'files'));
    const brick = await OurBrick.serve(folder, join(folder, 'files'), { server });
    onTestFinished(async () => void (await brick.end()));
    return brick;
  }
  const brick = await RealBrick.start(folder, { server });
  onTestFinished(async () => void (await brick.end()));
  return brick;
}

it('a volume keeps a bounded number of inodes over a million calls of stat', async () => {
  const outcome = (await run(
    `const volume = await Volume.open({ volfile });
    const { inodes } = volume.client.graph;
    inodes.lruLimit = 1000;
    for (let folder = 0; folder < 100; folder += 1) {
      await volume.mkdir('/' + folder);
      for (let file = 0; file < 100; file += 1) await volume.writeFile('/' + folder + '/' + file, '');
    }
    const statAll = async (count) => {
      let next = 0;
      const stat = async () => {
        while (next < count) {
          const at = next++ % 10000;
          await volume.stat('/' + Math.floor(at / 100) + '/' + (at % 100));
        }
      };
      await Promise.all(Array.from({ length: 64 }, stat));
    };
    await statAll(50000);
    const before = await measure();
    await statAll(1000000);
    const after = await measure();
    const { size } = inodes;
    await volume.close();
    console.log(JSON.stringify({ bytes: after.bytes - before.bytes, descriptors: after.descriptors - before.descriptors, size }));`,
    MEMORY,
  )) as Growth & { readonly size: number };
  expectNoGrowth(outcome);
  expect(outcome.size).toBeLessThan(1200);
});
