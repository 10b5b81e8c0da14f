/** Memory of the server after interpreters were replaced repeatedly. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ask, findMountServer } from '../../server/control/control-client.ts';
import type { ReloadResult } from '../../server/reloader.ts';
import {
  describeMounts,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { readMemory } from '../support/process-memory.ts';

/** The most that the server may grow after the first replacement. */
const GROWTH_MIB = 20;

const PATIENCE = { timeout: 120_000, interval: 200 };

interface Language {
  readonly file: string;
  /** Stores files by their inodes, and fails for the name `fail`. */
  readonly module: string;
  readonly broken: string;
  /** The number of repetitions: all interpreters together exceed the growth. */
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
    // A Python interpreter takes 40 MiB, one of JavaScript more than 1.
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

const renderVolfile = (file: string, between = ''): string => `volume mem
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
  /** The number of log lines with this text. */
  countLines(text: string): number;
}

/** Ends an interpreter for the n-th time. */
type EndInterpreter = (stage: Stage, n: number) => Promise<void>;

/** Reloads as `glossa reload` does. @returns its success and output */
async function reloadMount({ mount }: Stage): Promise<{ ok: boolean; text: string }> {
  const served = await findMountServer('mnt', mount.path);
  const all = (await ask(served, 'reload')) as readonly ReloadResult[];
  return { ok: all.every(({ ok }) => ok), text: all.map(({ text }) => text).join('\n') };
}

async function reloads(stage: Stage): Promise<void> {
  expect(await reloadMount(stage)).toMatchObject({ ok: true });
}

async function reloadsWhatIsBroken(stage: Stage): Promise<void> {
  await stage.scratch.writeFile(stage.file, stage.broken);
  expect(await reloadMount(stage)).toMatchObject({ ok: false });
}

async function fails({ scratch, mount, countLines }: Stage, n: number): Promise<void> {
  // The failed one serves until its successor is ready.
  while (countLines('is started anew') < n)
    await scratch.startClient(mount.path, 'stat fail').outcome;
}

async function exchanges(stage: Stage, n: number): Promise<void> {
  const { scratch, file } = stage;
  const data = scratch.at('data');
  const text = renderVolfile(file, n % 2 === 1 ? COUNT : '').replace('DATA', data);
  await scratch.writeFile('mnt.vol', text);
  expect(await reloadMount(stage)).toEqual({
    ok: true,
    text: expect.stringContaining('another graph'),
  });
}

/** The ways in which an interpreter ends. */
const deeds: readonly (readonly [what: string, deed: EndInterpreter])[] = [
  ['it is reloaded', reloads],
  ['its new code does not load', reloadsWhatIsBroken],
  ['it fails and is restarted', fails],
  ['its graph is replaced', exchanges],
];

describe.each(languages)('a module as $file', (language) => {
  describeMounts('frees all memory of its interpreters', () => {
    // Each waits for a while, in which another runs.
    it.concurrent.each(deeds)('when %s repeatedly', (_what, deed) =>
      withScratch(async (scratch) => {
        await scratch.writeFile(language.file, language.module);
        const volfile = renderVolfile(language.file).replace(
          'DATA',
          await scratch.makeFolder('data'),
        );
        const mount = await startMount(scratch, volfile);
        const countLines = (text: string): number => mount.log().split(text).length - 1;
        const stage = { ...language, scratch, mount, countLines };
        const { pid } = mount.child;
        const use = async (n: number): Promise<void> => {
          for (let i = 0; i < 20; i++) await writeFile(join(mount.path, `${n}-${i}`), 'x');
        };
        await use(0);
        await deed(stage, 1);
        await use(1);
        // The memory of the first is free at the minimum of a while.
        const sizes: number[] = [];
        await vi.waitFor(() => {
          sizes.push(readMemory(pid!));
          expect(sizes.length).toBeGreaterThan(30);
        }, PATIENCE);
        const first = Math.min(...sizes);
        for (let n = 2; n <= language.times; n++) {
          await deed(stage, n);
          await use(n);
        }
        await vi.waitFor(() => expect(readMemory(pid!) - first).toBeLessThan(GROWTH_MIB), PATIENCE);
        expect(await mount.stop()).toBe(0);
      }),
    );
  });
});
