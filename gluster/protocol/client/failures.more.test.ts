/** Bricks that are killed, full or expired, and servers that are not bricks. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { F_SETLKW, F_WRLCK } from '../../../runtime/core/lock.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { pump } from '../../../runtime/pump/pump.ts';
import { makeRecordMark, RecordReader } from '../../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../../runtime/wire/xdr.ts';
import { BrickClients, bytes } from '../../../test/support/brick-clients.ts';
import { FaultyConnection } from '../../../test/support/faulty-connection.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { type BrickSettings, isWithoutBricks, RealBrick } from '../../../test/support/gluster.ts';
import { skipWithoutTools } from '../../../test/support/tools.ts';
import { readCall, writeReply } from '../../rpc/message.ts';
import { DUMP_PROCEDURES, DUMP_PROGRAM, writePrograms } from '../../rpc/programs.ts';

/** For operations that take long on a slow machine. */
const PATIENCE = { timeout: 120_000 };
const TEST_MS = 150_000;
const RECORD = 512;
const ATTEMPTS = 4;

let folder: string;
let clients: BrickClients;
/** Clean-up functions, called in reverse order. */
let ends: (() => unknown)[];

beforeEach(() => {
  folder = makeFolder();
  clients = new BrickClients(pump, 20);
  ends = [];
});
afterEach(async () => {
  await clients.end();
  for (const end of ends.reverse()) await end();
});

async function start(settings?: BrickSettings): Promise<RealBrick> {
  const brick = await RealBrick.start(folder, settings);
  ends.push(() => brick.end());
  return brick;
}

/** Starts a server that is not a brick. @returns its port */
async function impostor(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    greet(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as { port: number }).port;
}

/** Replies to DUMP as GlusterFS 3 does. */
function oldBrick(socket: Socket): void {
  const records = new RecordReader();
  socket.on('data', (chunk: Uint8Array) =>
    records.append(chunk, () => {
      while (records.findNext()) {
        const r = new XdrReader(records.bytes.slice(records.start, records.end));
        const xid = r.u32();
        r.u32();
        const { program, procedure } = readCall(r, xid);
        if (program !== DUMP_PROGRAM.number || procedure !== DUMP_PROCEDURES.DUMP) continue;
        const w = new XdrWriter(256);
        w.u32(0);
        writeReply(w, xid, 0);
        writePrograms(w, [{ name: 'GlusterFS 3.3', number: 1_298_437, version: 330 }]);
        w.patch(0, makeRecordMark(w.position - 4));
        socket.write(w.writtenBytes.slice());
      }
      return true;
    }),
  );
}

describe('a client of a server that is not a brick', () => {
  it.each([
    [
      'a web server',
      (socket: Socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'it sent a malformed message',
    ],
    ['a server that hangs up', (socket: Socket) => void socket.end(), /closed|reset/],
    ['GlusterFS 3', oldBrick, 'it does not speak GlusterFS 4.x'],
  ])('logs the reason once and keeps retrying when it connects to %s', async (_, greet, why) => {
    let count = 0;
    const port = await impostor((socket) => {
      count += 1;
      greet(socket);
    });
    const { ask, driver } = await clients.open(port, { waits: false });
    const reasons = new Set<string>();
    driver.client.initiator.listen((event) => void reasons.add(event));
    await expect.poll(() => count, PATIENCE).toBeGreaterThanOrEqual(ATTEMPTS);
    expect([...reasons]).toEqual(['CHILD_CONNECTING']);
    await expect(ask('lookup', '/')).rejects.toThrow('ENOTCONN');
    expect(complaints()).toEqual([expect.stringMatching(why)]);
  });
});

describe.skipIf(isWithoutBricks())('a client of a GlusterFS brick', () => {
  it('logs an unknown volume once, and keeps retrying', async () => {
    const brick = await start();
    const line = await FaultyConnection.start(brick.port);
    ends.push(() => line.end());
    await clients.open(line.port, { options: { 'remote-subvolume': 'nowhere' }, waits: false });
    await expect.poll(() => line.count, PATIENCE).toBeGreaterThanOrEqual(ATTEMPTS);
    expect(complaints()).toEqual([
      expect.stringMatching(/cannot connect to brick 'nowhere' at \S+: Brick not found/),
    ]);
  });

  it('gives up after a rejected address, with one log line', async () => {
    const brick = await start({ server: { 'auth.addr.brick.reject': '127.0.0.1' } });
    await clients.open(brick.port, { waits: false });
    await expect
      .poll(complaints, PATIENCE)
      .toEqual([
        expect.stringMatching(
          /Authentication failed \(.* 'option auth\.addr\.brick\.allow ADDRESS', .*\): giving up/,
        ),
      ]);
  });

  it('refuses a brick with an expired certificate', async () => {
    skipWithoutTools('openssl version');
    const ssl = expired();
    const brick = await start({ server: ssl });
    await clients.open(brick.port, { options: ssl, waits: false });
    await expect
      .poll(complaints, PATIENCE)
      .toEqual([expect.stringMatching(/cannot connect to .*: certificate has expired/)]);
  });

  it(
    'finds all fsynced data in its open files after the brick was killed under load',
    async () => {
      const brick = await start();
      const { ask } = await clients.open(brick.port);
      const written = [0, 0, 0, 0];
      const record = (n: number, at: number): string => `${n}:${at}`.padEnd(RECORD, '.');
      let goal = 60;
      const work = async (n: number): Promise<void> => {
        const [, id] = (await ask('open', `/load${n}`, 0o102, 0o644)) as [string, number];
        while (written[n]! < goal * 2) {
          try {
            const at = written[n]!;
            await ask('file.write', id, bytes(record(n, at)), at * RECORD);
            await ask('file.fsync', id);
            written[n] = at + 1;
          } catch (error) {
            // Any other errno is an error.
            if (!/ENOTCONN|EBADFD/.test(String(error))) throw error;
            await delay(5);
          }
        }
        await ask('file.close', id);
      };
      const working = Promise.all(written.map((_, n) => work(n)));
      for (let kill = 0; kill < 3; kill++) {
        const before = written.reduce((sum, each) => sum + each, 0);
        const sum = () => written.reduce((all, each) => all + each, 0);
        await expect.poll(sum, PATIENCE).toBeGreaterThan(before + 20);
        goal += 20;
        await brick.end('SIGKILL');
        await brick.run();
      }
      await working;
      for (const [n, count] of written.entries()) {
        const all = readFileSync(join(brick.files, `load${n}`), 'latin1');
        expect(all).toBe(Array.from({ length: count }, (_, at) => record(n, at)).join(''));
      }
    },
    TEST_MS,
  );

  it(
    'gets a lock for which it waits when the client that holds it is killed',
    async () => {
      const brick = await start();
      const { ask, driver } = await clients.open(brick.port);
      await ask('write', '/f', bytes('x'), null);
      const program = fileURLToPath(
        new URL('../../../test/support/lock-holder.ts', import.meta.url),
      );
      const args = ['--import', import.meta.resolve('tsx'), program, String(brick.port), '/f'];
      const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      ends.push(() => holder.kill('SIGKILL'));
      const [output] = await once(holder.stdout, 'data');
      expect(String(output)).toBe('locked\n');
      const { inode } = await driver.find('/f');
      const fd = driver.makeFd(inode, 2);
      await driver.expect('open', new Loc(inode), 2, fd, null);
      const flock = { type: F_WRLCK, whence: 0, start: 0, len: 0, pid: 1, owner: '' };
      let isGranted = false;
      const waits = driver.expect('lk', fd, F_SETLKW, flock, null).then(() => {
        isGranted = true;
      });
      // The brick receives it after the lock request, and replies before granting that.
      await ask('stat', '/f');
      expect(isGranted).toBe(false);
      holder.kill('SIGKILL');
      await waits;
      fd.release();
    },
    TEST_MS,
  );

  it(
    'receives ENOSPC from a full brick, and writes again after an unlink',
    async () => {
      const files = join(folder, 'small');
      mkdirSync(files);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'glossa-test', files]);
      ends.push(() => execFileSync('umount', ['-l', files]));
      const brick = await start({ files });
      const { ask } = await clients.open(brick.port);
      await ask('write', '/kept', bytes('kept'), null);
      const part = bytes('x'.repeat(256 * 1024));
      const fill = async (): Promise<void> => {
        for (let n = 0; n < 32; n++) await ask('write', '/big', part, n * 256 * 1024);
      };
      await expect(fill()).rejects.toThrow('ENOSPC');
      expect(await ask('read', '/kept')).toEqual(bytes('kept'));
      await ask('unlink', '/big');
      // GlusterFS looks at the space every 5 seconds, and refuses all writes until the next time.
      await expect.poll(() => ask('write', '/again', part, null), PATIENCE).toBe(256 * 1024);
      expect(complaints()).toEqual([]);
    },
    TEST_MS,
  );
});

/** Errors and warnings in the log. */
const complaints = (): string[] => clients.log.filter((text) => /\] [EW] \[/.test(text));

/** Options for both sides, with an expired certificate. */
function expired(): Readonly<Record<string, string>> {
  const at = (name: string) => join(folder, name);
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  };
  const lines = [
    '[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .',
    'default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n',
  ];
  writeFileSync(at('ca.cnf'), lines.join('\n'));
  writeFileSync(at('index'), '');
  writeFileSync(at('serial'), '01\n');
  run(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=test',
    '-keyout',
    'key',
    '-out',
    'csr',
  );
  const valid = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
  const ca = ['ca', '-batch', '-selfsign', '-config', 'ca.cnf', '-keyfile', 'key', '-in', 'csr'];
  run(...ca, ...valid, '-notext', '-out', 'pem');
  return {
    'transport.socket.ssl-enabled': 'on',
    'transport.socket.ssl-own-cert': at('pem'),
    'transport.socket.ssl-private-key': at('key'),
    'transport.socket.ssl-ca-list': at('pem'),
  };
}
