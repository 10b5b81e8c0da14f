/** `glossa rebalance` on a terminal, and Ctrl-C: it stops, says what is done, and leaves a volume that works. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrickClients, bytes, distributedVolfile } from '../test/support/brick-clients.ts';
import { OurBrick } from '../test/support/gluster.ts';
import { GLOSSA, makeScratch, type Scratch } from '../test/support/mount.ts';
import { isSkipped } from '../test/support/obstacle.ts';
import { PseudoTerminal } from '../test/support/pty.ts';
import { isInstalled } from '../test/support/tools.ts';

/** Why not here; '' when it can be. */
function whyNot(): string {
  if (process.getuid?.() !== 0) return 'only root has extended attributes of volumes';
  const absent = ['script', 'getfattr'].find((tool) => !isInstalled(tool));
  return absent === undefined ? '' : `${absent} is not installed`;
}

const NAMES = ['one', 'two'];
const [OUTER, INNER] = [40, 50];
const INTERRUPTED = 130;
const CTRL_C = '\x03';

let scratch: Scratch;
let bricks: OurBrick[];
let clients: BrickClients;
let ports: Record<string, number>;

const filesOf = (name: string): string => scratch.at(name, 'files');

/** At work, and has said so. */
async function begin(): Promise<PseudoTerminal> {
  const command = `exec '${process.execPath}' '${GLOSSA}' rebalance v.vol fix-layout`;
  const terminal = new PseudoTerminal(command, scratch.path);
  await terminal.until(/[1-9]\d* directories; now \/d/);
  return terminal;
}

/** Folders of a brick that have a range. */
function laidOut(name: string): string[] {
  const args = ['-R', '-h', '-n', 'trusted.glusterfs.dht', '--absolute-names', filesOf(name)];
  const { stdout } = spawnSync('getfattr', args, { encoding: 'utf8', maxBuffer: 1e9 });
  const files = [...stdout.matchAll(/^# file: (.*)$/gm)].map(([, path]) => path!);
  return files.map((path) => path.slice(filesOf(name).length)).sort();
}

/** Another client makes files in folders of both kinds, and finds them. */
async function expectWorks(): Promise<void> {
  const client = await clients.distributed(ports);
  await client.ask('stat', '/');
  for (const path of ['', '/d0', `/d${OUTER - 1}`, `/d${OUTER - 1}/e0`, '/d0/e0']) {
    for (let n = 0; n < 6; n++) await client.ask('write', `${path}/f${n}`, bytes(path), null);
    expect(await client.ask('read', `${path}/f5`, 99, 0)).toEqual(bytes(path));
    await client.ask('mkdir', `${path}/new`, 0o755);
    expect(await client.ask('listdir', path || '/')).toEqual(
      expect.arrayContaining(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'new']),
    );
  }
}

describe.skipIf(isSkipped('glossa rebalance on a terminal', whyNot()))('Ctrl-C', () => {
  /** Folders that were there before the volume, so many that not all are done before somebody says so. */
  beforeEach(async () => {
    scratch = await makeScratch();
    clients = new BrickClients();
    bricks = [];
    ports = {};
    for (const name of NAMES) {
      for (let n = 0; n < OUTER * INNER; n++) {
        mkdirSync(`${filesOf(name)}/d${Math.floor(n / INNER)}/e${n % INNER}`, { recursive: true });
      }
      const brick = await OurBrick.serve(scratch.at(name), filesOf(name));
      bricks.push(brick);
      ports[name] = brick.port;
    }
    writeFileSync(scratch.at('v.vol'), distributedVolfile(ports));
  });
  afterEach(async () => {
    await clients.end();
    for (const brick of bricks) await brick.end();
    await scratch.clean();
  });

  it('stops after the directory at hand', async () => {
    const terminal = await begin();
    terminal.type(CTRL_C);
    const [, said] = await terminal.until(/(\d+) directories, not all: begin again/);
    expect(await terminal.end()).toBe(INTERRUPTED);
    const done = laidOut('one');
    expect(laidOut('two')).toEqual(done);
    // Those on the way to the last one have got a range as they were looked up.
    expect(done.length).toBeGreaterThanOrEqual(Number(said));
    expect(done.length).toBeLessThan(OUTER * INNER);
    await expectWorks();
  });

  it('does not wait for a brick that does not answer', async () => {
    const terminal = await begin();
    bricks[1]!.kill('SIGSTOP');
    terminal.type(CTRL_C);
    await terminal.until(/\d+ directories, not all: begin again/);
    expect(await terminal.end()).toBe(INTERRUPTED);
    bricks[1]!.kill('SIGCONT');
    const again = await begin();
    again.type(CTRL_C);
    await again.until(/not all: begin again/);
    expect(await again.end()).toBe(INTERRUPTED);
    await expectWorks();
  });
});
