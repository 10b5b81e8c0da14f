/**
 * Interrupts fops of glossa's client at each of their steps, over bricks of GlusterFS. Both clients
 * must see, use and remove what is left alike, whichever comes first. Tries all placements of names and
 * files.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FopError } from '../../../runtime/api/driver.ts';
import { ENOTCONN } from '../../../runtime/core/errno.ts';
import { IA_IFDIR } from '../../../runtime/core/iatt.ts';
import { type BrickClient, bytes } from '../../../test/support/brick-clients.ts';
import {
  canTakeBack,
  FAULTS,
  Fault,
  type FaultKind,
  PLACEMENTS,
} from '../../../test/support/faults.ts';
import { isWithoutBricks, type RealBrick, type RealMount } from '../../../test/support/gluster.ts';
import { GlusterVolume } from '../../../test/support/gluster-volume.ts';
import { makeGate, type Verdict, type Wind } from '../../../test/support/shared-volume.ts';
import { selectVariants } from '../../../test/support/test-selection.ts';

const NAMES = ['wz', 'wa', 'wm'];
const WHO = ['ours', 'theirs'] as const;
type Who = (typeof WHO)[number];

/** The content of a name: a file's text or a directory's names; null for none. */
type Content = string | null;
const FILE = 'the file';
const OTHER = 'the other';

/** A directory in which a fop was interrupted, and its two names. */
interface Trial {
  readonly dir: string;
  readonly from: string;
  readonly to: string;
  readonly first: Who;
  readonly point: number;
  readonly errno: number;
}

/** By the directory of a trial. */
type Seen = Readonly<Record<string, readonly [Content, Content]>>;

/** Reads or removes names through the mount of GlusterFS. */
const THEIRS = `
import json, os, shutil, sys
def content(path):
    try:
        if os.path.isdir(path):
            return '[' + ' '.join(sorted(os.listdir(path))) + ']'
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return None
what, trials = sys.argv[1], json.load(open(sys.argv[2]))
seen = {}
for dir, names in trials.items():
    paths = [os.path.join(dir, name) for name in names]
    if what == 'see':
        seen[dir] = [content(path) for path in paths]
        continue
    for path in paths:
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
    shutil.rmtree(dir)
print(json.dumps(seen))
`;

describe.skipIf(isWithoutBricks())(
  'an interrupted client and another one on bricks of GlusterFS',
  () => {
    let folder: string;
    let bricks: RealBrick[];
    let volume: GlusterVolume | undefined;
    /** The client that is interrupted, and those that follow. */
    let victim: BrickClient;
    let ours: BrickClient;
    let theirs: RealMount;
    let fault: Fault | null = null;

    /** A killed client sends nothing more; the bricks release its locks. */
    function decide(wind: Wind): Verdict {
      if (fault?.kind === 'killed' && fault.hasHappened) return ENOTCONN;
      return fault?.decide(wind) ?? 'pass';
    }
    // With lookups on all children, as after a repair of a layout.
    const begin = (): Promise<BrickClient> =>
      volume!.startClient({ 'lookup-optimize': 'off' }, 'test/gate');

    beforeAll(async () => {
      volume = await GlusterVolume.start(NAMES, { translators: [makeGate(decide)] });
      ({ folder, bricks, ours, theirs } = volume);
      victim = await begin();
      writeFileSync(join(folder, 'theirs.py'), THEIRS);
    });
    afterAll(async () => {
      await volume?.end();
    });

    /** Finds a name that belongs to a brick. */
    async function nameAt(dir: string, child: string, prefix: string): Promise<string> {
      for (let n = 0; ; n++) {
        const key = `dht.file.hashed-subvol.${prefix}${n}`;
        const [, location] = (await victim.ask('getxattr', dir, key)) as [string, string];
        if (location.replace(/\0$/, '') === child) return `${prefix}${n}`;
      }
    }

    /** Makes a file on a brick under any name, by a rename, after which it stays there. */
    async function put(dir: string, name: string, child: string, text: string): Promise<void> {
      const own = await nameAt(dir, child, `${name}-`);
      await victim.ask('write', `${dir}/${own}`, bytes(text), null);
      await victim.ask('rename', `${dir}/${own}`, `${dir}/${name}`);
    }

    async function contentBy(client: BrickClient, path: string): Promise<Content> {
      const found = await client.driver.findIfExists(path);
      if (found === undefined) return null;
      if (found.buf.iaType === IA_IFDIR) {
        return `[${((await client.ask('listdir', path)) as string[]).sort().join(' ')}]`;
      }
      return ((await client.ask('read', path)) as [string, string])[1];
    }

    async function removeBy(client: BrickClient, path: string): Promise<void> {
      const found = await client.driver.findIfExists(path);
      if (found === undefined) return;
      if (found.buf.iaType !== IA_IFDIR) await client.ask('unlink', path);
      else {
        for (const name of (await client.ask('listdir', path)) as string[]) {
          await removeBy(client, `${path}/${name}`);
        }
        await client.ask('rmdir', path);
      }
    }

    async function byTheirs(what: 'see' | 'remove', trials: readonly Trial[]): Promise<Seen> {
      const names = Object.fromEntries(trials.map(({ dir, from, to }) => [`.${dir}`, [from, to]]));
      writeFileSync(join(folder, 'trials.json'), JSON.stringify(names));
      const output = await theirs.runScript(`python3 ../theirs.py ${what} ../trials.json`);
      if (!output.startsWith('{')) throw new Error(output);
      const seen = Object.entries(JSON.parse(output) as Seen);
      return Object.fromEntries(seen.map(([dir, all]) => [dir.slice(1), all]));
    }

    async function see(who: Who, trials: readonly Trial[]): Promise<Seen> {
      if (who === 'theirs') return byTheirs('see', trials);
      const seen: Record<string, readonly [Content, Content]> = {};
      for (const { dir, from, to } of trials) {
        seen[dir] = [
          await contentBy(ours, `${dir}/${from}`),
          await contentBy(ours, `${dir}/${to}`),
        ];
      }
      return seen;
    }

    async function remove(who: Who, trials: readonly Trial[]): Promise<void> {
      if (who === 'theirs') return void (await byTheirs('remove', trials));
      for (const { dir, from, to } of trials) {
        for (const path of [`${dir}/${from}`, `${dir}/${to}`, dir]) await removeBy(ours, path);
      }
    }

    interface Walk {
      /** Makes the state before the fop. @returns the two names */
      readonly prepare: (dir: string) => Promise<readonly [string, string]>;
      readonly act: (from: string, to: string) => Promise<unknown>;
      readonly check: (seen: readonly [Content, Content], errno: number, isBack: boolean) => void;
      /** The clients that follow. */
      readonly who?: readonly Who[];
    }

    let walks = 0;

    /** Interrupts a fop at each of its points, each in a directory of its own. */
    async function walk(kind: FaultKind, { prepare, act, check, who = WHO }: Walk): Promise<void> {
      const trials: Trial[] = [];
      walks += 1;
      for (let point = 1, isOver = false; !isOver; point++) {
        for (const first of who) {
          const dir = `/${walks}-${point}-${first}`;
          await victim.ask('mkdir', dir, 0o755);
          const [from, to] = await prepare(dir);
          fault = new Fault(kind, point);
          const errno = await act(`${dir}/${from}`, `${dir}/${to}`).then(
            () => 0,
            (error) => {
              if (error instanceof FopError) return error.errno;
              throw error;
            },
          );
          isOver = !fault.hasHappened;
          if (kind === 'killed') {
            await victim.end();
            fault = null;
            victim = await begin();
          }
          fault = null;
          trials.push({ dir, from, to, first, point, errno });
        }
      }
      expect(trials.length).toBeGreaterThan(who.length);
      for (const first of who) {
        const own = trials.filter((trial) => trial.first === first);
        const seen = await see(first, own);
        for (const { dir, point, errno } of own) {
          try {
            check(seen[dir]!, errno, canTakeBack(kind));
          } catch (error) {
            (error as Error).message += `\nat point ${point}, errno ${errno}, ${first} first`;
            throw error;
          }
        }
        for (const other of who) {
          expect(await see(other, own), `${other} after ${first}`).toEqual(seen);
        }
        await remove(first, own);
      }
      // Nothing is left, not even on disk.
      expect(await theirs.runScript('ls')).not.toMatch(new RegExp(`^${walks}-`, 'm'));
      for (const { files } of bricks) {
        expect(readdirSync(files).filter((name) => name.startsWith(`${walks}-`))).toEqual([]);
        const args = ['.glusterfs', '(', '-xtype', 'l', '-o', '-type', 'f', '-links', '1', ')'];
        const { stdout } = spawnSync('find', [...args, '-path', '*/??/??/*'], { cwd: files });
        expect(stdout.toString()).toBe('');
      }
    }

    const isOneOf = (content: Content, ...all: readonly Content[]): void =>
      expect(all).toContain(content);

    describe.each(FAULTS)('with the fault "%s" at each step', (kind) => {
      test.each(selectVariants(PLACEMENTS, (letters) => letters === 'abcb'))(
        'see the same result of the rename of a file (source, old name, new name, target: %s)',
        async (letters) => {
          const [source, old, next] = [...letters].map((letter) => NAMES['abc'.indexOf(letter)]!);
          const target = letters[3] === '-' ? null : NAMES['abc'.indexOf(letters[3]!)]!;
          const before = target === null ? null : OTHER;
          await walk(kind, {
            async prepare(dir) {
              const from = await nameAt(dir, old!, 'from');
              const to = await nameAt(dir, next!, 'to');
              await put(dir, from, source!, FILE);
              if (target !== null) await put(dir, to, target, OTHER);
              return [from, to];
            },
            act: (from, to) => victim.ask('rename', from, to),
            check([first, second], errno, isBack) {
              isOneOf(first, FILE, null);
              isOneOf(second, FILE, before);
              expect([first, second]).toContain(FILE);
              if (errno === 0) expect(second).toBe(FILE);
              else if (isBack) expect([first, second]).toEqual([FILE, before]);
            },
          });
        },
      );

      test.each(selectVariants(NAMES, (child) => child === 'wa'))(
        'see the same result of a link to a name that belongs to child %s',
        async (child) => {
          await walk(kind, {
            async prepare(dir) {
              const from = await nameAt(dir, 'wz', 'from');
              await put(dir, from, 'wz', FILE);
              return [from, await nameAt(dir, child, 'to')];
            },
            act: (from, to) => victim.ask('link', from, to),
            check([first, second], errno, isBack) {
              expect(first).toBe(FILE);
              isOneOf(second, FILE, null);
              if (errno === 0) expect(second).toBe(FILE);
              else if (isBack) expect(second).toBeNull();
            },
          });
        },
      );

      test.each(selectVariants(['mkdir'], () => true))(
        'see the same result of %s: a complete directory or none',
        async () => {
          await walk(kind, {
            prepare: async () => ['d', 'none'],
            act: (from) => victim.ask('mkdir', from, 0o755),
            check([first], errno) {
              isOneOf(first, '[]', null);
              if (errno === 0) expect(first).toBe('[]');
            },
          });
        },
      );

      test.each(selectVariants(['rmdir'], () => true))(
        'see the same result of %s: a complete directory or none',
        async () => {
          await walk(kind, {
            async prepare(dir) {
              await victim.ask('mkdir', `${dir}/d`, 0o755);
              return ['d', 'none'];
            },
            act: (from) => victim.ask('rmdir', from),
            check([first], errno, isBack) {
              isOneOf(first, '[]', null);
              if (errno === 0) expect(first).toBeNull();
              else if (isBack) expect(first).toBe('[]');
            },
          });
        },
      );

      const directories = [
        ['to a new name', false],
        ['over an empty one', true],
      ] as const;
      test.each(selectVariants(directories, ([, isOver]) => !isOver))(
        'see the same result of the rename of a directory %s',
        async (_, isOver) => {
          const before = isOver ? '[]' : null;
          // The directory has its old name on some bricks, the new one on others. GlusterFS's client
          // makes an empty directory where a brick lacks one name, regardless of the other, whichever
          // client renamed it.
          const who = kind === 'killed' ? (['ours'] as const) : WHO;
          await walk(kind, {
            who,
            async prepare(dir) {
              await victim.ask('mkdir', `${dir}/d`, 0o755);
              await victim.ask('mkdir', `${dir}/d/below`, 0o755);
              if (isOver) await victim.ask('mkdir', `${dir}/e`, 0o755);
              return ['d', 'e'];
            },
            act: (from, to) => victim.ask('rename', from, to),
            check([first, second], errno, isBack) {
              isOneOf(first, '[below]', null);
              isOneOf(second, '[below]', before);
              expect([first, second]).toContain('[below]');
              if (errno === 0) expect([first, second]).toEqual([null, '[below]']);
              else if (isBack) expect([first, second]).toEqual(['[below]', before]);
            },
          });
        },
      );
    });
  },
);
