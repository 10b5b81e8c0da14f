/**
 * Tests of the package as a user gets it: packed, installed by npm into its own folder, and run as
 * an ordinary user.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allLanguages } from '../bridges/languages.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { OTHER } from './support/client.ts';
import { makeScratch, type Outcome, run, runGlossa, type Scratch } from './support/mount.ts';
import { isSkipped } from './support/obstacle.ts';
import { selectVariants } from './support/test-selection.ts';
import { copyUnreachable } from './support/user.ts';

const MEGABYTES_MAX = 45;
/** An installation takes minutes because of the network. */
const PATIENCE_MS = 300_000;

const scratch = await makeScratch();
afterAll(() => scratch.clean());
const prefix = scratch.at('prefix');
const installed = join(prefix, 'lib/node_modules/glossa');

const npm = (...args: readonly string[]): Promise<Outcome> =>
  run(scratch, 'npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    patience: PATIENCE_MS,
  });

/** No setting of the npm that runs the tests, but those by which it reaches the registry. */
const noSettings = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^npm_config_(?!registry|cafile|.*proxy)/i.test(name))
    .map((name) => [name, undefined]),
);

/** The tested major versions of npm. 12 installs neither by a shrinkwrap nor manual pages, and runs no install scripts. */
const NPM_VERSIONS = ['10', '12'];

const packed = await npm('pack', packageRoot, '--ignore-scripts');
const tarball = join(scratch.path, packed.out.trim());
const install = await npm('install', '--global', '--prefer-offline', '--prefix', prefix, tarball);
const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH)\b/.exec(
  install.err,
);

/** Bytes on a disk, as du(1) counts them, without what npm leaves out where it cannot be had. */
function size(path: string): number {
  const stat = lstatSync(path);
  const below = stat.isDirectory()
    ? readdirSync(path)
        .map((name) => join(path, name))
        .filter((each) => !optional.includes(each))
    : [];
  return below.reduce((sum, each) => sum + size(each), stat.blocks * 512);
}

/** Packages that npm installs with this one, by their folder below it. */
const shipped = Object.entries(
  JSON.parse(readFileSync('package-lock.json', 'utf8')).packages as Record<
    string,
    { version: string; dev?: boolean; optional?: boolean; cpu?: unknown }
  >,
).filter(([path, { dev }]) => path !== '' && dev !== true);

const readVersion = (path: string, version: string): string =>
  `${path.replace(/^.*node_modules\//, '')}@${version}`;

/** Name and version of each package below one. npm decides where a package lies that has two versions. */
const packagesBelow = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .map((path) => {
      const manifest = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { version: string };
      return readVersion(dirname(path), manifest.version);
    });

/** Lists the packages below a folder that the lock has in no such version. */
function listUntested(folder: string): string[] {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const tested = shipped.map(([path, locked]) => readVersion(path, locked.version));
  // Of the types of Node, which no program runs, a user has the version of the own project.
  return packagesBelow(folder).filter(
    (each) =>
      ![...tested, `glossa@${version}`].includes(each) &&
      !/^(@types\/node|undici-types)@/.test(each),
  );
}

const optional = shipped
  .filter(([, { optional, cpu }]) => optional && cpu === undefined)
  .map(([path]) => join(installed, path));

describe.skipIf(isSkipped('the package', unreachable === null ? '' : `npm: ${unreachable[0]}`))(
  'the package',
  () => {
    let user: Awaited<ReturnType<typeof ordinaryUser>>;
    beforeAll(async () => {
      user = await ordinaryUser(scratch);
    });

    const use = async (...args: readonly string[]): Promise<string> => {
      const { status, out, err } = await runGlossa(scratch, args, user);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      return out;
    };

    it.each(selectVariants(NPM_VERSIONS, (version) => version === '12'))(
      'npm %s packs and installs it without a warning',
      async (version) => {
        const folder = scratch.at(`npm-${version}`);
        await npm('install', '--prefix', folder, '--prefer-offline', `npm@${version}`);
        const warnings: string[] = [];
        const runNpm = async (...args: readonly string[]): Promise<void> => {
          const main = join(folder, 'node_modules/npm/bin/npm-cli.js');
          const { status, err } = await run(scratch, process.execPath, [main, ...args], {
            env: {
              ...noSettings,
              npm_config_userconfig: scratch.at('no-npmrc'),
              npm_config_update_notifier: 'false',
            },
            patience: PATIENCE_MS,
          });
          expect({ args, status, end: status === 0 ? '' : err.slice(-2000) }).toMatchObject({
            status: 0,
          });
          // The newest npm needs a newer Node than the oldest that is supported.
          warnings.push(
            ...err.split('\n').filter((line) => /^npm warn (?!cli npm v\S+ does)/.test(line)),
          );
        };
        const project = scratch.at(`project-${version}`);
        await mkdir(project);
        await runNpm('pack', packageRoot, '--dry-run');
        await runNpm('install', '--prefix', project, '--prefer-offline', tarball);
        await runNpm('install', '--global', '--prefix', join(project, 'global'), tarball);
        expect(warnings).toEqual([]);
        expect(listUntested(project)).toEqual([]);
        const command = join(project, 'node_modules/.bin/glossa');
        expect(execFileSync(command, ['version'], { encoding: 'utf8' })).toMatch(/^glossa \d/);
        // All of them at once would take longer than the end of a test may.
        for (const path of [folder, project]) await rm(path, { recursive: true, force: true });
      },
    );

    it('is packed and installed without errors', () => {
      expect({ packed: packed.status, status: install.status }).toEqual({ packed: 0, status: 0 });
    });

    it('installs the tested versions of its dependencies', () => {
      expect(listUntested(installed)).toEqual([]);
      const versions = packagesBelow(installed);
      const needed = shipped.filter(([, each]) => !each.optional);
      expect(versions).toEqual(
        expect.arrayContaining(needed.map(([path, { version }]) => readVersion(path, version))),
      );
    });

    it(`takes less than ${MEGABYTES_MAX} MB on disk`, () => {
      expect(size(prefix) / 2 ** 20).toBeLessThan(MEGABYTES_MAX);
    });

    it('has the sizes that docs/start/install.md tells', () => {
      const page = readFileSync('docs/start/install.md', 'utf8').replace(/\s+/g, ' ');
      const readMegabytes = (pattern: RegExp): number => Number(pattern.exec(page)?.[1]);
      const packedMegabytes = statSync(tarball).size / 1e6;
      expect(readMegabytes(/make a package, of (\d+) MB/)).toBeCloseTo(packedMegabytes, -0.5);
      const told = readMegabytes(/all take (\d+) MB/);
      expect(Math.abs(told - size(prefix) / 2 ** 20)).toBeLessThan(3);
    });

    it('starts from the path that links, units and helpers of earlier versions name, too', () => {
      const main = join(installed, 'dist/cli/main.js');
      expect(execFileSync(main, ['version'], { encoding: 'utf8' })).toMatch(/^glossa \d/);
    });

    it('contains the command and its manual pages', () => {
      const command = join(prefix, 'bin/glossa');
      expect(realpathSync(command)).toBe(realpathSync(join(installed, 'cli/glossa.cjs')));
      for (const page of ['glossa.1', 'glossa-mount.1', 'glossa.vol.5']) {
        expect(readFileSync(join(installed, 'dist/man', page), 'utf8')).toMatch(/^\.TH GLOSSA/);
      }
      expect(existsSync(join(installed, 'docs/THIRD-PARTY.md'))).toBe(true);
    });

    it('contains no tests and no source maps', () => {
      const paths = readdirSync(installed, { recursive: true }) as string[];
      const own = paths.filter((path) => !path.startsWith('node_modules'));
      expect(own.filter((path) => /\.map$|^test\b|^dist\/test\b|\.gen\.vol$/.test(path))).toEqual(
        [],
      );
    });

    it('runs its help commands as an ordinary user', async () => {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
      expect(await use('--version')).toBe(`glossa ${version}\n`);
      expect(await use('help')).toContain('\nmeasure:\n');
      expect(await use('help', 'types')).toContain('features/glupy');
      expect(await use('setup', 'completion', 'bash')).toContain('complete -F _glossa glossa');
      const include = (await use('new', 'include-dir')).trim();
      for (const name of ['glossa.h', 'glossa.c'])
        expect(existsSync(join(include, name)), name).toBe(true);
    });

    it('finds its volfiles and examples', async () => {
      const volfile = join(installed, 'volfiles/python-negative.vol');
      expect(await use('graph', volfile)).toContain('features/glupy');
      const files = `--xlator-option=test-posix.directory=${scratch.at('work')}`;
      expect(await use('check', volfile, files)).toMatch(/no problems|ok/i);
    });

    it.each(allLanguages.flatMap(([name, { template }]) => (template === null ? [] : name)))(
      'creates a module in %s whose tests pass',
      async (language) => {
        const folder = scratch.at(`work/${language}`);
        expect(await use('new', language, 'mine', folder)).toContain('now type:');
        if (language !== 'c') {
          const module = readdirSync(folder).find((name) => /^mine\.(py|js|ts)$/.test(name))!;
          expect(await use('test', join(folder, module))).toContain(' 0 failed');
        }
      },
    );

    it('runs the demo, or says why its user cannot mount', async () => {
      const tour = ['demo', '--json', '--searches', '50'];
      const { status, out, err } = await runGlossa(scratch, tour, user);
      if (status === 0) expect(JSON.parse(out).passes).toHaveLength(2);
      else expect(err).toMatch(/^glossa: nothing can be mounted here: .*permission/i);
    });
  },
);

/** An ordinary user, with a folder to work in, and the installed program. */
async function ordinaryUser(scratch: Scratch) {
  const home = scratch.at('work');
  await mkdir(home);
  const main = join(installed, 'dist/cli/main.cjs');
  const env = { HOME: home, XDG_CACHE_HOME: join(home, '.cache') };
  if (process.getuid!() !== 0) return { main, env };
  await chmod(scratch.path, 0o755);
  await chown(home, OTHER.uid, OTHER.gid);
  const { wrapper, node } = await copyUnreachable(scratch, OTHER);
  return { wrapper, node, main, env };
}
