/**
 * Invalidation of what the kernel caches for an hour: present and absent names, attributes and data
 * that were changed in the storage directory, behind the mount.
 */
import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { asUser, OTHER } from '../support/client.ts';
import { describeFrontEnds, everyFrontEnd, type FrontEnd } from '../support/front-ends.ts';
import { GLOSSA, runGlossa, type Scratch, type ServedMount, startMount } from '../support/mount.ts';
import { canCompile, compile, libraryFolder } from '../support/native.ts';
import { copyUnreachable } from '../support/user.ts';
import type { Hands } from '../support/user-fs.ts';

const HOUR = ['--entry-timeout', '3600', '--attribute-timeout', '3600', '--no-passthrough'];

const storage = (directory: string): string =>
  `volume storage\n type storage/posix\n option directory ${directory}\nend-volume\n`;

/** Negative caches in each language, which let the kernel cache absent names for an hour. */
const negatives: Record<string, string> = {
  python: `type features/glupy
    option module-name negative
    option module-path ${join(packageRoot, 'examples/negative')}`,
  javascript: `type features/glupy
    option module-name negative
    option module-path ${join(packageRoot, 'examples/negative/javascript')}`,
  typescript: 'type features/negative',
  ...(canCompile ? { c: `type features/native\n    option module-path ${buildNative()}` } : {}),
};

function buildNative(): string {
  const source = join(packageRoot, 'examples/negative/c/negative.c');
  return compile(source, join(libraryFolder(), 'negative.so'));
}

const above = (type: string): string => `volume top
    ${type}
    subvolumes storage
end-volume
`;

interface Behind {
  readonly scratch: Scratch;
  /** File operations as the user of the mount. */
  readonly fs: Hands;
  readonly mount: ServedMount;
  /** Paths of the storage directory and of the mount. */
  readonly files: string;
  /** The number of requests that the server received. */
  requests(): Promise<number>;
  invalidate(path?: string): Promise<string>;
}

const withMount = (
  front: FrontEnd,
  top: string,
  test: (behind: Behind) => Promise<void>,
): Promise<void> =>
  front.withScratch(async (scratch) => {
    const files = await scratch.makeFolder('files');
    const mount = await startMount(scratch, storage(files) + top, { args: HOUR });
    const invalidate = async (path = ''): Promise<string> => {
      const { status, out, err } = await runGlossa(scratch, ['invalidate', join(mount.path, path)]);
      expect([status, err]).toEqual([0, '']);
      return out.replace(`${mount.path}/`, '');
    };
    const requests = async (): Promise<number> => {
      const { out } = await runGlossa(scratch, ['stats', mount.path]);
      return Number(/requests +(\d+)/.exec(out)![1]);
    };
    await test({ scratch, fs: scratch.fs, mount, files, invalidate, requests });
    expect(await mount.stop()).toBe(0);
  });

const catchCode = (operation: Promise<unknown>): Promise<string> =>
  operation.then(
    () => 'there',
    (error: NodeJS.ErrnoException) => error.code ?? String(error),
  );

describeFrontEnds('a name that the kernel caches as absent', ['kernel', 'fuse-native'], (front) => {
  // Each language behaves the same with every front end.
  const language = front.name === 'kernel' ? 'python' : 'typescript';
  const negative = negatives[language]!;
  const tried = front.name === 'kernel' ? negatives : { [language]: negative };
  it.each(Object.entries(tried))(
    'stays hidden after its creation on the disk until it is invalidated, with a cache in %s',
    (_language, type) =>
      withMount(front, above(`${type}\n    option kernel-timeout 3600`), async (behind) => {
        const { fs, mount, files, invalidate } = behind;
        const name = join(mount.path, 'name');
        expect(await catchCode(fs.stat(name))).toBe('ENOENT');
        await fs.writeFile(join(files, 'name'), 'made behind');
        expect(await catchCode(fs.stat(name))).toBe('ENOENT');
        expect(await invalidate('name')).toBe('name: is there now\n');
        expect(await fs.readFile(name, 'utf8')).toBe('made behind');
        // The kernel itself sees names created through the mount.
        expect(await catchCode(fs.stat(join(mount.path, 'other')))).toBe('ENOENT');
        await fs.writeFile(join(mount.path, 'other'), '');
        expect(await catchCode(fs.stat(join(mount.path, 'other')))).toBe('there');
      }),
  );

  it('is reported as absent without a request to the server', () =>
    withMount(front, above(`${negative}\n    option kernel-timeout 3600`), async (behind) => {
      const ask = () => catchCode(behind.fs.stat(join(behind.mount.path, 'absent')));
      await ask();
      const before = await behind.requests();
      for (let i = 0; i < 50; i++) expect(await ask()).toBe('ENOENT');
      // Reading the figures takes a few requests.
      expect((await behind.requests()) - before).toBeLessThan(20);
    }));

  it('below an absent directory appears after glossa invalidate with its path, and all names appear without a path', () =>
    withMount(front, above(`${negative}\n    option kernel-timeout 3600`), async (behind) => {
      const { fs, mount, files, invalidate } = behind;
      const deep = join(mount.path, 'a/b/c');
      const all = ['one', 'two', 'three'].map((name) => join(mount.path, name));
      for (const path of [deep, ...all]) expect(await catchCode(fs.stat(path))).toBe('ENOENT');
      await fs.mkdir(join(files, 'a/b/c'), { recursive: true });
      for (const name of ['one', 'two', 'three']) await fs.writeFile(join(files, name), '');
      expect(await invalidate('/a/b/c')).toBe('a/b/c: is there now\n');
      expect(await catchCode(fs.stat(deep))).toBe('there');
      for (const path of all) expect(await catchCode(fs.stat(path))).toBe('ENOENT');
      expect(await invalidate()).toContain('every name is looked up again');
      for (const path of all) expect(await catchCode(fs.stat(path))).toBe('there');
    }));
});

/** Reports the removal of `file` when `say-so` is looked up. */
const MOURNER = `
import { defineTranslator, type Fop, invalidateRemoved, tail } from 'glossa';
const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  if (loc.name === 'say-so') {
    const { parent } = loc;
    invalidateRemoved(xl, parent!, 'file', parent!.children!.get('file')!);
  }
  tail.lookup(frame, xl.children[0]!, loc, xdata);
};
export default defineTranslator({
  type: 'test/mourner',
  description: 'Says what was removed.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => null,
});
`;

/** Works in a directory that is invalidated meanwhile. */
const WORKER = `
const [glossa, mount] = process.argv.slice(1);
const { execFileSync } = require('node:child_process');
execFileSync(process.execPath, [glossa, 'invalidate', mount + '/dir'], { cwd: '/' });
process.stdout.write(process.cwd() + ' ' + require('node:fs').readFileSync('inside'));
`;

describeFrontEnds('glossa invalidate', everyFrontEnd, (front) => {
  it('shows the mount that a name was removed or replaced in the store, and keeps a directory in use', () =>
    withMount(front, '', async ({ scratch, fs, mount, files, invalidate }) => {
      const path = (name: string): string => join(mount.path, name);
      for (const name of ['gone', 'moved', 'dir/inside']) {
        await fs.mkdir(join(files, 'dir'), { recursive: true });
        await fs.writeFile(join(files, name), name);
        await fs.stat(path(name));
      }
      await fs.rm(join(files, 'gone'));
      await fs.rm(join(files, 'moved'));
      await fs.writeFile(join(files, 'moved'), 'another file');
      expect(await catchCode(fs.stat(path('gone')))).toBe('there');
      expect(await invalidate('gone')).toBe('gone: is not there now\n');
      expect(await catchCode(fs.stat(path('gone')))).toBe('ENOENT');
      await invalidate('moved');
      expect(await fs.readFile(path('moved'), 'utf8')).toBe('another file');
      // A process stays in its working directory.
      const script = '"$NODE" -e "$WORKER" "$MAIN" "$MOUNT"';
      const env = { WORKER, MAIN: scratch.program.main ?? GLOSSA, MOUNT: mount.path };
      const worker = scratch.startClient(path('dir'), script, { env });
      expect((await worker.outcome).out).toBe(`${path('dir')} dir/inside`);
      expect(scratch.findMounts()).toEqual([mount.path]);
    }));

  it('shows the mount that attributes were changed in the store', () =>
    withMount(front, '', async ({ fs, mount, files, invalidate }) => {
      const path = join(mount.path, 'file');
      await fs.writeFile(join(files, 'file'), 'short');
      expect((await fs.stat(path)).size).toBe(5);
      await fs.writeFile(join(files, 'file'), 'much longer');
      await fs.chmod(join(files, 'file'), 0o600);
      expect((await fs.stat(path)).size).toBe(5);
      await invalidate('file');
      const { size, mode } = await fs.stat(path);
      expect([size, mode & 0o777]).toEqual([11, 0o600]);
    }));

  const isRoot = process.getuid?.() === 0;
  it.runIf(isRoot)("is refused to users other than root and the mount's owner", () =>
    withMount(front, '', async ({ scratch, mount }) => {
      const stranger = await copyUnreachable(scratch, OTHER);
      const { status, err } = await runGlossa(
        scratch,
        ['invalidate', join(mount.path, 'x')],
        stranger,
      );
      expect([status, err]).toEqual([
        1,
        `glossa: only root and the user who mounted ${mount.path} may invalidate caches there\n`,
      ]);
    }),
  );
});

describeFrontEnds(
  'an open file whose name or data changed directly on the disk',
  ['kernel'],
  (front) => {
    it('is reported as removed to a watcher of the file', () =>
      front.withScratch(async (scratch) => {
        const files = await scratch.makeFolder('files');
        await fs.writeFile(join(files, 'file'), '');
        await scratch.writeFile('mourner.ts', MOURNER);
        const top = above('type features/native\n    option module-path mourner.ts');
        const mount = await startMount(scratch, storage(files) + top, { args: HOUR });
        const file = join(mount.path, 'file');
        await fs.stat(file);
        await fs.rm(join(files, 'file'));
        const removed = new Promise((resolve) => {
          const watcher = watch(file, (event) => {
            if (event !== 'rename') return;
            watcher.close();
            resolve(event);
          });
        });
        expect(await catchCode(fs.stat(file))).toBe('there');
        await catchCode(fs.stat(join(mount.path, 'say-so')));
        expect(await removed).toBe('rename');
        expect(await catchCode(fs.stat(file))).toBe('ENOENT');
        expect(await mount.stop()).toBe(0);
      }));

    it('returns its new data after an invalidation', () =>
      withMount(front, '', async ({ mount, files, invalidate }) => {
        const behind = join(files, 'file');
        await fs.writeFile(behind, 'before');
        const file = await fs.open(join(mount.path, 'file'), 'r');
        const read = async (): Promise<string> => {
          const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0);
          return buffer.toString();
        };
        expect(await read()).toBe('before');
        // In place, with unchanged size and times.
        const { atime, mtime } = await fs.stat(behind);
        const inPlace = await fs.open(behind, 'r+');
        await inPlace.write('AFTER!', 0);
        await inPlace.utimes(atime, mtime);
        await inPlace.close();
        expect(await read()).toBe('before');
        await invalidate('file');
        expect(await read()).toBe('AFTER!');
        await file.close();
      }));
  },
);

describeFrontEnds('glossa invalidate with a path', everyFrontEnd, (front) => {
  it('refuses paths outside of glossa mounts, and accepts a very long path', () =>
    withMount(front, '', async ({ scratch, mount }) => {
      expect(await runGlossa(scratch, ['invalidate', 'files'])).toMatchObject({
        status: 1,
        err: 'glossa: files is in no mount of glossa\n',
      });
      const name = join(mount.path, 'n'.repeat(250));
      const long = await runGlossa(scratch, ['invalidate', name]);
      expect([long.status, long.out]).toEqual([0, `${name}: is not there now\n`]);
    }));
});

/**
 * Lets the kernel cache lookups of `n…` for an hour, and invalidates each at once; every third
 * reply is late.
 */
const STORM = `
import { Dict, ENOENT, defineTranslator, type Fop, invalidateEntry, tail, unwind, withTimeouts }
  from 'glossa';
let asked = 0;
const lookup: Fop<'lookup', null> = (frame, xl, loc, xdata) => {
  const { parent, name } = loc;
  if (name?.startsWith('n') !== true) return tail.lookup(frame, xl.children[0]!, loc, xdata);
  asked += 1;
  const answer = (): void => {
    const cached = withTimeouts({ negative: 3600 });
    unwind.lookup(frame, -1, ENOENT, null, null, cached, null);
  };
  if (asked % 3 === 0) setTimeout(answer, 1);
  else answer();
  invalidateEntry(xl, parent!, name);
};
export default defineTranslator({
  type: 'test/storm',
  description: 'Takes back what it says.',
  children: [1, 1],
  options: {},
  fops: { lookup },
  init: () => null,
  dump: () => ({ asked }),
});
`;

interface FailedClient {
  readonly killed: boolean;
  readonly stderr: string;
}

/** Looks names up in one directory as fast as possible, invalidated ones and others. */
const CLIENT = `
const { statSync } = require('node:fs');
const [directory, times] = process.argv.slice(1);
for (let i = 0; i < Number(times); i++) {
  const name = (i % 2 === 0 ? 'n' : 'u') + (i % 100);
  if (statSync(directory + '/' + name, { throwIfNoEntry: false }) !== undefined) process.exit(1);
}
`;

const STORM_VOLFILE = `volume disk
 type storage/memory
end-volume
volume storm
 type features/native
 option module-path storm.ts
 subvolumes disk
end-volume
`;

/** Runs four clients at once. @returns the outcome of each */
const clients = (
  { owner }: Scratch,
  { path }: ServedMount,
  times: number,
): Promise<PromiseSettledResult<unknown>[]> => {
  const node = [process.execPath, '-e', CLIENT, path, String(times)];
  const [program, ...args] = owner === undefined ? node : [...asUser(owner), ...node];
  const settings = { timeout: 50_000, killSignal: 'SIGKILL' } as const;
  return Promise.allSettled(
    Array.from({ length: 4 }, () => promisify(execFile)(program!, args, settings)),
  );
};

describeFrontEnds('invalidation notices under load', ['kernel', 'user'], (front) => {
  it('are all applied, and every lookup gets a reply', () =>
    front.withScratch(async (scratch) => {
      await scratch.writeFile('storm.ts', STORM);
      const mount = await startMount(scratch, STORM_VOLFILE);
      const readFigure = async (name: string): Promise<number> => {
        const { out } = await runGlossa(scratch, ['stats', mount.path]);
        return Number(new RegExp(`${name} +(\\d+)`).exec(out)![1]);
      };
      // Each of fifty names is looked up once, and again only if invalidated. Fast clients may end
      // before the thread that writes notices has started, so they run again.
      while ((await readFigure('notices')) <= 100 || (await readFigure('asked')) <= 100) {
        const ended = await clients(scratch, mount, 2000);
        expect(ended.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
      }
      // Ends when the kernel has handled all notices.
      await runGlossa(scratch, ['invalidate', join(mount.path, 'other')]);
      // The last notice counts: the name is no longer cached.
      const before = await readFigure('asked');
      await catchCode(scratch.fs.stat(join(mount.path, 'n0')));
      expect(await readFigure('asked')).toBe(before + 1);
      expect(await mount.stop()).toBe(0);
    }));
});

describeFrontEnds(
  'a server that is killed while it sends invalidation notices',
  ['kernel', 'user'],
  (front) => {
    it('ends the calls of all clients with an error', () =>
      front.withScratch(async (scratch) => {
        await scratch.writeFile('storm.ts', STORM);
        const mount = await startMount(scratch, STORM_VOLFILE);
        const all = clients(scratch, mount, Number.MAX_SAFE_INTEGER);
        const notices = async (): Promise<number> => {
          const { out } = await runGlossa(scratch, ['stats', mount.path]);
          return Number(/notices +(\d+)/.exec(out)![1]);
        };
        while ((await notices()) < 500) await catchCode(scratch.fs.stat(join(mount.path, 'n0')));
        mount.child.kill('SIGKILL');
        // The clients were not killed by their own time-out.
        const reasons = (await all).map(
          (one) => (one as PromiseRejectedResult).reason as FailedClient,
        );
        for (const { killed, stderr } of reasons) {
          expect([killed, /ENOTCONN|ECONNABORTED/.test(stderr)]).toEqual([false, true]);
        }
        expect((await mount.outcome).signal).toBe('SIGKILL');
      }));
  },
);
