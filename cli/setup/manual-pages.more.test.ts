/** man(1) after `glossa setup --user`. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import {
  type Outcome,
  run,
  runGlossa,
  type Scratch,
  withScratch,
} from '../../test/support/mount.ts';

/** The folder of the user's pages, in the user's home. */
const PAGES = '.local/share/man';
const PAGE = `${PAGES}/man1/glossa-mount.1`;

const makeEnv = (scratch: Scratch, env: NodeJS.ProcessEnv = {}) => ({
  HOME: scratch.path,
  XDG_CONFIG_HOME: '',
  XDG_DATA_HOME: '',
  XDG_STATE_HOME: '',
  XDG_CACHE_HOME: scratch.at('cache'),
  MANPATH: '',
  ...env,
});

const setUp = (scratch: Scratch, args: readonly string[] = [], env?: NodeJS.ProcessEnv) =>
  runGlossa(scratch, ['setup', '--user', ...args], { env: makeEnv(scratch, env) });

const findPage = (scratch: Scratch, env: NodeJS.ProcessEnv): Promise<Outcome> =>
  run(scratch, 'man', ['-w', 'glossa-mount'], { env: makeEnv(scratch, env) });

const withBin = (scratch: Scratch) => ({
  PATH: [scratch.at('.local/bin'), process.env.PATH].join(delimiter),
});

it('man finds the pages of glossa setup --user beside a bin folder in PATH, until setup --undo', () =>
  withScratch(async (scratch) => {
    await scratch.makeFolder('.local/bin');
    for (const step of ['writing', 'is there already']) {
      const { status, out, err } = await setUp(scratch, [], withBin(scratch));
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(
        new RegExp(`^.*${step}.*glossa-mount\\.1|glossa-mount\\.1.*${step}`, 'm'),
      );
      expect(out).not.toContain('MANPATH');
    }
    expect((await findPage(scratch, withBin(scratch))).out).toBe(`${scratch.at(PAGE)}\n`);
    expect(await setUp(scratch, ['--undo'])).toMatchObject({ status: 0 });
    expect((await findPage(scratch, withBin(scratch))).status).not.toBe(0);
    expect(await readdir(scratch.at('.local'))).toEqual(['bin']);
  }));

it('glossa setup --user names the variable by which man finds the pages elsewhere', () =>
  withScratch(async (scratch) => {
    const { out } = await setUp(scratch, [], { XDG_DATA_HOME: scratch.at('data') });
    const [, value] = /export MANPATH=(\S+)'/.exec(out)!;
    const found = await findPage(scratch, { MANPATH: value });
    expect(found.out).toBe(`${scratch.at('data/man/man1/glossa-mount.1')}\n`);
  }));

it("glossa setup --user leaves a page of the user's own as it is, and installs the others", () =>
  withScratch(async (scratch) => {
    await scratch.makeFolder(`${PAGES}/man1`);
    await writeFile(scratch.at(PAGE), 'mine\n');
    const { status, err } = await setUp(scratch);
    expect(status).toBe(1);
    expect(err).toContain(`${scratch.at(PAGE)} was not written by glossa setup`);
    expect(await readdir(scratch.at(`${PAGES}/man8`))).toEqual(['mount.glossa.8']);
    await setUp(scratch, ['--undo']);
    expect(await readFile(scratch.at(PAGE), 'utf8')).toBe('mine\n');
  }));

it('glossa setup --user names the page that it cannot reach, and continues once it can', () =>
  withScratch(async (scratch) => {
    await scratch.makeFolder('.local/share');
    await writeFile(scratch.at(PAGES), 'no folder\n');
    const { status, err } = await setUp(scratch);
    expect(status).toBe(1);
    expect(err).toContain(`cannot read ${scratch.at(PAGES)}/man1/`);
    await rm(scratch.at(PAGES));
    expect(await setUp(scratch)).toMatchObject({ status: 0, err: '' });
  }));

it.skipIf(process.getuid!() !== 0)(
  'glossa setup --user of a user without HOME and without a line in /etc/passwd asks for HOME',
  () =>
    withScratch(async (scratch) => {
      const wrapper = ['setpriv', '--reuid=54321', '--clear-groups', 'env', '-u', 'HOME'];
      const { status, err } = await runGlossa(scratch, ['setup', '--user', '--dry-run'], {
        wrapper,
      });
      expect({ status, err }).toEqual({
        status: 1,
        err: 'glossa: this user has no home directory, where setup --user writes; set HOME\n',
      });
    }),
);
