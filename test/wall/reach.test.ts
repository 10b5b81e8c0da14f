/** Paths and changes of files that a confined brick meets: each works as without the wall, or is refused by name. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { findLandlock } from '../../server/wall/confinement.ts';
import { type Outcome, runGlossa, type Scratch, withScratch } from '../support/mount.ts';

const LANDLOCK = findLandlock();

/** A module above a storage, as a brick. */
const makeVolfile = (directory: string, option = ''): string =>
  `volume disk\n  type storage/posix\n  option directory ${directory}\nend-volume\n` +
  `volume own\n  type features/glupy\n  option module-name own\n  option module-path modules\n${option && `  option ${option}\n`}  subvolumes disk\nend-volume\n` +
  'volume brick\n  type protocol/server\n  option transport.socket.listen-port 0\n' +
  '  option auth.addr.own.allow 127.0.0.1\n  subvolumes own\nend-volume\n';

/** A module that reads a file when its code is loaded. */
const makeModule = (file?: string): string =>
  `from glupy import Translator\n${file === undefined ? '' : `text = open("${file}").read()\n`}` +
  'class xlator(Translator):\n  pass\n';

describe.skipIf(typeof LANDLOCK === 'string')('a confined brick', () => {
  /** Serves a brick in a folder until `action` ends. */
  async function serve(
    scratch: Scratch,
    volfile: string,
    module: string,
    action: (brick: {
      readonly log: () => string;
      readonly reload: () => Promise<Outcome>;
      readonly pid: number;
      /** Reads a file of the brick. */
      readonly cat: (path: string) => Promise<Outcome>;
    }) => Promise<void>,
  ): Promise<void> {
    for (const folder of ['run', 'data', 'modules']) await scratch.makeFolder(folder);
    await scratch.writeFile('modules/own.py', module);
    const file = await scratch.writeFile('b.vol', volfile);
    const [log, pidFile] = [scratch.at('brick.log'), scratch.at('run/pid')];
    const start = await runGlossa(scratch, ['brick', file, '--confine', '-l', log, '-p', pidFile]);
    expect(start).toMatchObject({ status: 0, err: '' });
    const port = /:(\d+)/.exec(start.out)![1];
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const client =
      `volume c\n  type protocol/client\n  option remote-host 127.0.0.1\n  option remote-port ${port}\n` +
      '  option remote-subvolume own\nend-volume\n';
    const clientFile = await scratch.writeFile('c.vol', client);
    try {
      await action({
        log: () => readFileSync(log, 'utf8'),
        reload: () => runGlossa(scratch, ['reload', String(pid)]),
        pid,
        cat: (path) => runGlossa(scratch, ['fs', 'cat', `${clientFile}:${path}`]),
      });
    } finally {
      await runGlossa(scratch, ['umount', String(pid)]);
      while (existsSync(`/proc/${pid}/exe`)) await delay(20);
    }
  }

  it('serves the directory to which a link leads', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('data');
      await symlink('data', scratch.at('link'));
      writeFileSync(scratch.at('data/a'), 'text');
      await serve(scratch, makeVolfile('link'), makeModule(), async ({ cat }) => {
        expect(await cat('/a')).toMatchObject({ status: 0, out: 'text' });
      });
    }));

  it('serves a directory with a path of 4,000 bytes, and refuses a longer one by name', () =>
    withScratch(async (scratch) => {
      const rest = 4000 - scratch.path.length - 1;
      const name = `${'d'.repeat(199)}/`.repeat(Math.floor(rest / 200)) + 'e'.repeat(rest % 200);
      const directory = await scratch.makeFolder(name);
      expect(directory).toHaveLength(4000);
      writeFileSync(`${directory}/a`, 'text');
      await serve(scratch, makeVolfile(directory), makeModule(), async ({ cat }) => {
        expect(await cat('/a')).toMatchObject({ status: 0, out: 'text' });
      });
      const volfile = await scratch.writeFile('long.vol', makeVolfile(`${directory}/${name}`));
      const refused = await runGlossa(scratch, [
        'brick',
        volfile,
        '--confine',
        '-l',
        scratch.at('l'),
      ]);
      expect(refused).toMatchObject({ status: 1, err: expect.stringMatching(/'disk'.*too long/) });
    }));

  it('gives a module the last of 5,000 grants', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('lists');
      const files = Array.from({ length: 5000 }, (_, i) => `lists/${i}`);
      for (const file of files) writeFileSync(scratch.at(file), 'text');
      const volfile = makeVolfile('data', `allow-read ${files}`);
      const module = makeModule(scratch.at('lists/4999'));
      await serve(scratch, volfile, module, async ({ log }) => {
        expect(log()).toContain('own.py loaded');
      });
    }));

  it.each([
    ['file', 'lists/rules', /not reloaded.*PermissionError.*lists\/rules/s],
    ['folder', 'lists', /own: reloaded/],
  ])(
    'of a granted %s reads a file that another replaced by rename, or names it',
    (_what, grant, says) =>
      withScratch(async (scratch) => {
        await scratch.makeFolder('lists');
        writeFileSync(scratch.at('lists/rules'), 'text');
        const module = makeModule(scratch.at('lists/rules'));
        await serve(
          scratch,
          makeVolfile('data', `allow-read ${grant}`),
          module,
          async ({ reload }) => {
            expect((await reload()).out).toMatch(/own: reloaded/);
            writeFileSync(scratch.at('new'), 'new');
            renameSync(scratch.at('new'), scratch.at('lists/rules'));
            const { out, err } = await reload();
            expect(out + err).toMatch(says);
          },
        );
      }),
  );

  it('refuses a changed volfile that names another directory, and takes one below', () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('other');
      await scratch.makeFolder('data', 'below');
      writeFileSync(scratch.at('data/a'), 'text');
      writeFileSync(scratch.at('data/below/b'), 'below');
      await serve(scratch, makeVolfile('data'), makeModule(), async ({ cat, reload, log }) => {
        await scratch.writeFile('b.vol', makeVolfile('other'));
        const refused = await reload();
        expect(refused.status).toBe(1);
        expect(refused.out + refused.err).toContain(
          `volume 'disk': option directory: ${scratch.at('other')} is not what the server was confined to`,
        );
        expect(log()).toContain('everything stays as it was');
        expect(await cat('/a')).toMatchObject({ status: 0, out: 'text' });
        await scratch.writeFile('b.vol', makeVolfile('data/below'));
        expect(await reload()).toMatchObject({ status: 0 });
        expect(await cat('/b')).toMatchObject({ status: 0, out: 'below' });
      });
    }));

  it('names its volfile, and its log, when they have been replaced', () =>
    withScratch(async (scratch) => {
      writeFileSync(scratch.at('new.vol'), makeVolfile('data'));
      await serve(scratch, makeVolfile('data'), makeModule(), async ({ reload, pid }) => {
        renameSync(scratch.at('new.vol'), scratch.at('b.vol'));
        const { status, out, err } = await reload();
        expect(status).toBe(1);
        expect(out + err).toMatch(/the volfile .*b\.vol.*denied/);
        renameSync(scratch.at('brick.log'), scratch.at('old.log'));
        process.kill(pid, 'SIGHUP');
        const said = /cannot write the log .*brick\.log/;
        await vi.waitFor(
          () => expect(readFileSync(scratch.at('old.log'), 'utf8')).toMatch(said),
          30_000,
        );
      });
    }));

  it('serves at a UNIX socket, to which a client inside connects, and removes it at the end', () =>
    withScratch(async (scratch) => {
      for (const folder of ['data', 'run', 'logs']) await scratch.makeFolder(folder);
      writeFileSync(scratch.at('data/a'), 'text');
      const start = async (name: string, disk: string, option: string): Promise<string> => {
        const socket = scratch.at(`run/${name}`);
        const server =
          'volume brick\n  type protocol/server\n  option transport-type unix\n' +
          `  option transport.socket.listen-path ${socket}\n  option auth.addr.disk.allow *\n  subvolumes disk\nend-volume\n`;
        const text = `volume disk\n  type ${disk}\n${option}end-volume\n${server}`;
        const volfile = await scratch.writeFile(`${name}.vol`, text);
        const args = ['brick', volfile, '--confine', '-l', scratch.at('logs', name)];
        expect(await runGlossa(scratch, args)).toMatchObject({ status: 0, err: '' });
        return socket;
      };
      const toSocket = (socket: string): string =>
        `  option transport-type unix\n  option transport.socket.connect-path ${socket}\n  option remote-subvolume disk\n`;
      const near = await start('near', 'storage/posix', '  option directory data\n');
      const far = await start('far', 'protocol/client', toSocket(near));
      const client = `volume c\n  type protocol/client\n${toSocket(far)}end-volume\n`;
      const clientFile = await scratch.writeFile('c.vol', client);
      const { out } = await runGlossa(scratch, ['fs', 'cat', `${clientFile}:/a`]);
      for (const socket of [far, near]) {
        expect((await runGlossa(scratch, ['umount', socket])).status).toBe(0);
        expect(existsSync(socket)).toBe(false);
      }
      expect(out).toBe('text');
    }));

  it('refuses a missing module as without the wall', () =>
    withScratch(async (scratch) => {
      const volfile = await scratch.writeFile(
        'b.vol',
        makeVolfile(await scratch.makeFolder('data')),
      );
      const args = ['brick', volfile, '-l', scratch.at('log')];
      const inside = await runGlossa(scratch, [...args, '--confine']);
      expect(inside).toMatchObject({
        status: 1,
        err: expect.stringContaining("module 'own' was not found"),
      });
      const { err } = await runGlossa(scratch, args);
      expect(err).toContain(inside.err.trimEnd());
    }));
});
