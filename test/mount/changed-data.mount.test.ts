/**
 * A module that changes data: through the caches above and below it and the kernel's, programs read
 * changed data, even after a reload with open files.
 */
import { execFile } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { renderDisk, renderVolume } from '../support/exchange.ts';
import { isWithoutBricks, OurBrick, RealMount } from '../support/gluster.ts';
import {
  describeMounts,
  findErrors,
  runGlossa,
  startMount,
  withScratch,
} from '../support/mount.ts';

/** Applies ROT13 to written data and to read data. */
const TURNS = (body: string): string => `import { Translator } from 'glossa';
function turn(bytes) {
  for (let at = 0; at < bytes.length; at += 1) {
    const from = bytes[at] & 96;
    const letter = bytes[at] - from - 1;
    if (from >= 64 && letter >= 0 && letter < 26) bytes[at] = from + 1 + ((letter + 13) % 26);
  }
}
export class xlator extends Translator {
${body}
}
`;
const WRITES = `  writev(frame, fd, vector, ...rest) {
    turn(vector.bytes);
    frame.wind(fd, vector, ...rest);
  }
`;
const READS = `  readvCbk(frame, opRet, opErrno, vector, ...rest) {
    if (opRet > 0) turn(vector.bytes);
    frame.unwind(opRet, opErrno, vector, ...rest);
  }
`;

const run = promisify(execFile);
/** Disables the kernel's caches of names and attributes. */
const FRESH = ['--attribute-timeout', '0', '--entry-timeout', '0'];

const quick = (name: string, below: string): string =>
  renderVolume(name, 'performance/quick-read', below, 'cache-timeout 600') +
  renderVolume(`${name}-pages`, 'performance/io-cache', name, 'cache-timeout 60');
const module = (below: string): string =>
  renderVolume('m', 'features/glupy', below, 'module-name m');

describeMounts('a module that changes data', () => {
  it('never lets programs read unchanged data, even with caches and after a reload', () =>
    withScratch(async (scratch) => {
      const brick = await scratch.makeFolder('brick');
      const sh = async (script: string): Promise<string> =>
        (await run('sh', ['-c', script], { cwd: scratch.at('mnt') })).stdout;
      const reload = async (): Promise<void> =>
        expect(await runGlossa(scratch, ['reload', 'mnt'])).toMatchObject({ status: 0, err: '' });
      const stacks = {
        bare: renderDisk(brick),
        changed:
          renderDisk(brick) + quick('below', 'disk') + module('below-pages') + quick('above', 'm'),
      };
      await scratch.writeFile('m.js', TURNS(WRITES + READS));
      const mount = await startMount(scratch, stacks.changed, { args: FRESH });
      await scratch.fs.writeFile(scratch.at('mnt', 'f'), 'secret\n');
      await sh('ls -l');
      expect(await sh('cat f; cat f')).toBe('secret\nsecret\n');
      expect(await readFile(scratch.at('brick', 'f'), 'utf8')).toBe('frperg\n');
      const held = await open(scratch.at('mnt', 'f'), 'r');
      const read = async (): Promise<string> => {
        const { buffer, bytesRead } = await held.read(Buffer.alloc(20), 0, 20, 0);
        return buffer.subarray(0, bytesRead).toString();
      };
      try {
        expect(await read()).toBe('secret\n');

        // The reloaded module changes only written data.
        await scratch.writeFile('m.js', TURNS(WRITES));
        await reload();
        expect(await sh('cat f')).toBe('frperg\n');
        await expect.poll(read).toBe('frperg\n');
        await sh(
          'printf abc > g; cat g > /dev/null; printf nop | dd of=g conv=notrunc status=none',
        );
        expect(await sh('cat g')).toBe('abc');

        // The volume is removed, then added again.
        await scratch.writeFile('m.js', TURNS(WRITES + READS));
        await reload();
        await expect.poll(read).toBe('secret\n');
        await scratch.writeFile('mnt.vol', stacks.bare);
        await reload();
        expect(await sh('cat f g')).toBe('frperg\nabc');
        await expect.poll(read).toBe('frperg\n');
        await scratch.writeFile('mnt.vol', stacks.changed);
        await reload();
        expect(await sh('cat g')).toBe('nop');
      } finally {
        await held.close();
      }
      expect(await sh('cat f')).toBe('secret\n');
      expect(await mount.stop()).toBe(0);
      expect(findErrors(mount.log())).toEqual([]);
    }));

  it('on a brick never lets clients read or cache unchanged data', () =>
    withScratch(async (scratch) => {
      const files = await scratch.makeFolder('files');
      await scratch.writeFile('m.js', TURNS(WRITES + READS));
      await writeFile(`${files}/f`, 'frperg\n');
      const server = (port: number): string =>
        renderDisk(files) +
        module('disk') +
        renderVolume('brick', 'features/locks', 'm') +
        renderVolume(
          'server',
          'protocol/server',
          'brick',
          'transport-type tcp',
          `transport.socket.listen-port ${port}`,
          'auth.addr.brick.allow 127.0.0.1',
        );
      const brick = await OurBrick.start(scratch.path, 'ours', server);
      const mounted: { readonly path: string; stop(): Promise<unknown> }[] = [];
      try {
        const client = renderVolume(
          'c',
          'protocol/client',
          null,
          'remote-host 127.0.0.1',
          `remote-port ${brick.port}`,
          'remote-subvolume brick',
        );
        const above = renderVolume('above', 'performance/quick-read', 'c');
        const ours = await startMount(scratch, client + above, { args: FRESH });
        mounted.push({ path: ours.path, stop: () => ours.stop() });
        if (!isWithoutBricks()) {
          const real = await RealMount.start(scratch.path, 'real', client + above);
          mounted.push({ path: real.path, stop: () => real.end() });
        }
        for (const { path } of mounted) {
          const script = 'stat f > /dev/null; cat f; ls -l > /dev/null; cat f';
          const { stdout } = await run('sh', ['-c', script], { cwd: path });
          expect(stdout).toBe('secret\nsecret\n');
        }
      } finally {
        for (const { stop } of mounted) await stop();
        await brick.end();
      }
    }));
});
