/** Interpreters come and go, and the server is as large as before. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ask } from '../../server/control/client.ts';
import { servedAt } from '../../server/control/find-server.ts';
import type { ReloadResult } from '../../server/reloader.ts';
import {
  describeMounts,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { sizeOf } from '../support/size.ts';

/** How much larger the server may be at the end than after the first time. */
const GROWTH_MIB = 20;

const PATIENCE = { timeout: 120_000, interval: 200 };

interface Language {
  readonly file: string;
  /** Counts files by their inodes, and fails with one of that name. */
  readonly module: string;
  readonly broken: string;
  /** How often something happens to it: all interpreters together are larger than the growth. */
  readonly times: number;
}

const languages: readonly Language[] = [
  {
    file: 'm.py',
    module: `from glupy import Translator
class xlator(Translator):
    def init(self):
        self.seen = {}
    def lookup(self, frame, loc, xdata):
        if loc.name == 'fail':
            raise ValueError('asked to')
        frame.wind(loc, xdata)
    def create_cbk(self, frame, op_ret, op_errno, fd, inode, *rest):
        if op_ret >= 0:
            self.seen[inode] = fd
        frame.unwind(op_ret, op_errno, fd, inode, *rest)
    def create(self, frame, *args):
        frame.wind(*args)
`,
    broken:
      'from glupy import Translator\nseen = [bytes(1000) for i in range(1000)]\nraise ValueError\n',
    // An interpreter is 40 MiB, and one of JavaScript more than 1.
    times: 5,
  },
  {
    file: 'm.js',
    module: `import { Translator } from 'glossa';
export class xlator extends Translator {
  init() { this.seen = new Map(); }
  lookup(frame, loc, xdata) {
    if (loc.name === 'fail') throw new Error('asked to');
    frame.wind(loc, xdata);
  }
  create(frame, ...args) { frame.wind(...args); }
  create_cbk(frame, opRet, opErrno, fd, inode, ...rest) {
    if (opRet >= 0) this.seen.set(inode, fd);
    frame.unwind(opRet, opErrno, fd, inode, ...rest);
  }
}
`,
    broken: "import { Translator } from 'glossa';\nthrow new Error('broken');\n",
    times: 20,
  },
];

const volfileOf = (file: string, between = ''): string => `volume mem
    type storage/posix
    option directory DATA
end-volume
${between}volume top
    type features/glupy
    option module-name ${file}
    option on-error restart
    option restart-backoff 0
    subvolumes ${between === '' ? 'mem' : 'count'}
end-volume
`;
const COUNT = 'volume count\n    type debug/io-stats\n    subvolumes mem\nend-volume\n';

interface Stage extends Language {
  readonly scratch: Scratch;
  readonly mount: ServedMount;
  /** How often the log has said this. */
  said(what: string): number;
}

/** What makes an interpreter end, the `n`th time. */
type Deed = (stage: Stage, n: number) => Promise<void>;

/** As `glossa reload` does, and as its status is: whether all is reloaded, and what was said. */
async function reloaded({ mount }: Stage): Promise<{ ok: boolean; text: string }> {
  const served = await servedAt('mnt', mount.path);
  const all = (await ask(served, 'reload')) as readonly ReloadResult[];
  return { ok: all.every(({ ok }) => ok), text: all.map(({ text }) => text).join('\n') };
}

async function reloads(stage: Stage): Promise<void> {
  expect(await reloaded(stage)).toMatchObject({ ok: true });
}

async function reloadsWhatIsBroken(stage: Stage): Promise<void> {
  await stage.scratch.file(stage.file, stage.broken);
  expect(await reloaded(stage)).toMatchObject({ ok: false });
}

async function fails({ scratch, mount, said }: Stage, n: number): Promise<void> {
  // As long as the next is on its way, the one that has failed serves.
  while (said('is started anew') < n) await scratch.client(mount.path, 'stat fail').outcome;
}

async function exchanges(stage: Stage, n: number): Promise<void> {
  const { scratch, file } = stage;
  const data = scratch.at('data');
  const text = volfileOf(file, n % 2 === 1 ? COUNT : '').replace('DATA', data);
  await scratch.file('mnt.vol', text);
  expect(await reloaded(stage)).toEqual({
    ok: true,
    text: expect.stringContaining('another graph'),
  });
}

/** What happens to the module. */
const deeds: readonly (readonly [what: string, deed: Deed])[] = [
  ['is loaded again', reloads],
  ['does not load', reloadsWhatIsBroken],
  ['has failed, and another takes its place', fails],
  ['goes with its graph', exchanges],
];

describe.each(languages)('a module as $file', (language) => {
  describeMounts('leaves nothing of itself', () => {
    // Each waits for a while, in which another goes on.
    it.concurrent.each(deeds)('when it %s', (_what, deed) =>
      withScratch(async (scratch) => {
        await scratch.file(language.file, language.module);
        const volfile = volfileOf(language.file).replace('DATA', await scratch.folder('data'));
        const mount = await startMount(scratch, volfile);
        const said = (what: string): number => mount.log().split(what).length - 1;
        const stage = { ...language, scratch, mount, said };
        const { pid } = mount.child;
        const use = async (n: number): Promise<void> => {
          for (let i = 0; i < 20; i++) await writeFile(join(mount.path, `${n}-${i}`), 'x');
        };
        await use(0);
        await deed(stage, 1);
        await use(1);
        // What the first has left is gone once it is the smallest of a while.
        const sizes: number[] = [];
        await vi.waitFor(() => {
          sizes.push(sizeOf(pid!));
          expect(sizes.length).toBeGreaterThan(30);
        }, PATIENCE);
        const first = Math.min(...sizes);
        for (let n = 2; n <= language.times; n++) {
          await deed(stage, n);
          await use(n);
        }
        await vi.waitFor(() => expect(sizeOf(pid!) - first).toBeLessThan(GROWTH_MIB), PATIENCE);
        expect(await mount.stop()).toBe(0);
      }),
    );
  });
});
