/** Every command that prints, with a slow reader, a full disk, and a reader that has gone. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import {
  describeMounts,
  GLOSSA,
  makeScratch,
  run,
  runGlossa,
  type Scratch,
  startMount,
} from '../test/support/mount.ts';
import { readSlowly } from '../test/support/slow-reader.ts';
import { selectVariants } from '../test/support/test-selection.ts';
import { commands } from './commands.ts';

/** Command lines, each with its standard input; or the reason why the command has no line here. */
const lines: Readonly<Record<string, readonly string[] | { readonly none: string }>> = {
  mount: { none: 'its one line says that it serves' },
  umount: { none: 'it prints nothing' },
  mounts: ['mounts', 'mounts --json'],
  brick: { none: 'its one line says that it serves' },
  api: { none: 'its one line says that it serves' },
  fs: { none: 'its subcommands print' },
  'fs ls': ['fs ls -l folder.vol:/', 'fs ls --json folder.vol:/'],
  'fs cat': { none: 'fs.mount.more.test.ts has it with pipes' },
  'fs cp': { none: 'it prints nothing' },
  'fs rm': { none: 'it prints nothing' },
  'fs stat': ['fs stat mnt.vol:/', 'fs stat --json mnt.vol:/'],
  'fs find': ['fs find mnt.vol:/', 'fs find --json mnt.vol:/'],
  run: { none: 'the output is that of its command' },
  top: ['top mnt --once --interval 0.1', 'top mnt --json --interval 0.1'],
  trace: ['trace --read a.rec', 'trace --read a.rec --summary'],
  debug: ['debug mnt.vol <debug'],
  new: { none: 'it says what it has written, and writes nothing a second time' },
  'new volume': { none: 'it says what it has written, and writes nothing a second time' },
  dev: { none: 'it serves until it is ended' },
  learn: ['learn'],
  test: ['test EXAMPLES/negative/javascript/negative.js'],
  repl: ['repl EXAMPLES/negative/javascript/negative.js <repl'],
  check: ['check mnt.vol', 'check wrong.vol', 'check wrong.vol --json'],
  graph: ['graph mnt.vol', 'graph mnt.vol --format svg', 'graph mnt.vol --json'],
  stats: ['stats mnt', 'stats mnt --json'],
  'stats statedump': ['stats statedump mnt', 'stats statedump mnt --json'],
  why: ['why mnt/none', 'why mnt/none --json'],
  reload: ['reload mnt'],
  invalidate: ['invalidate mnt', 'invalidate mnt/none'],
  'brick volfiles': { none: 'it serves until it is ended' },
  playground: { none: 'it serves until it is ended' },
  demo: { none: 'it takes a minute' },
  tutorial: { none: 'it needs bricks' },
  bench: { none: 'it takes minutes' },
  'bench call': { none: 'it takes minutes' },
  'bench compare': { none: 'it needs the results of minutes' },
  'bench report': { none: 'it needs the results of minutes' },
  'new include-dir': ['new include-dir'],
  setup: ['setup --dry-run', 'setup --dry-run --undo'],
  'mount.glossa': ['mount.glossa -fv mnt.vol other'],
  'setup completion': ['setup completion bash', 'setup completion zsh', 'setup completion fish'],
  help: ['help', 'help mount', 'help types', 'mount --help'],
  version: ['version'],
};

/** Replaces the parts of an output that differ between runs. */
const constant = (text: string): string =>
  text
    .replace(/[\d.,:]+/g, '0')
    .replace(/ +[a-zµ]*s\b/g, '')
    .replace(/[ \n]+/g, ' ');

/** Other tests may mount something between two lists of mounts. */
const CHANGES = { timeout: 20_000, interval: 100 };

let scratch: Scratch;

/** The arguments of a line, and the redirection of its input. */
function parse(line: string): { args: string[]; input: string } {
  const [command, input] = line.split(' <');
  const args = command!.replace('EXAMPLES', join(packageRoot, 'examples')).split(' ');
  return { args, input: `<${input ?? '/dev/null'}` };
}

const shell = (script: string, args: readonly string[]) =>
  run(scratch, 'bash', ['-c', script, process.execPath, GLOSSA, ...args]);

describeMounts('the output of a command', () => {
  beforeAll(async () => {
    scratch = await makeScratch();
    const volfile = 'volume mem\n type storage/memory\nend-volume\n';
    await startMount(scratch, volfile);
    await readFile(scratch.at('mnt/none')).catch(() => {});
    await writeFile(scratch.at('mnt/there'), 'x');
    await scratch.writeFile(
      'wrong.vol',
      volfile.replace('type', 'option size wrong\n type').repeat(300),
    );
    const folder = 'volume folder\n type storage/posix\n option directory folder\nend-volume\n';
    await scratch.writeFile('folder.vol', folder);
    await mkdir(scratch.at('folder/a'), { recursive: true });
    await scratch.writeFile('debug', 'help\ninfo volumes\nquit\n');
    await scratch.writeFile('repl', '[1, 2, 3]\n');
    const script = 'for i in 1 2 3; do test -e $i; done; true';
    const args = ['trace', 'mnt.vol', '-o', 'a.rec', '--', 'sh', '-c', script];
    expect(await runGlossa(scratch, args)).toMatchObject({ status: 0 });
  });

  afterAll(() => scratch.clean());

  it('is checked by these tests for every glossa command', () => {
    expect(Object.keys(lines).sort()).toEqual([...commands.keys()].sort());
  });

  const all = Object.values(lines).flatMap((row) => ('none' in row ? [] : row));
  const rows = selectVariants(all, (line) => all.indexOf(line) % 6 === 0);

  it.each(rows)(
    'reaches even a slow reader completely, and a full disk makes the command fail: glossa %s',
    async (line) => {
      const { args, input } = parse(line);
      const usual = await vi.waitFor(async () => {
        const usual = await shell(`exec "$0" "$@" ${input}`, args);
        expect(usual.out).not.toBe('');
        const slow = await readSlowly(scratch, args, input);
        expect({ ...slow, out: constant(slow.out) }).toMatchObject({
          status: usual.status,
          out: constant(usual.out),
        });
        return usual;
      }, CHANGES);
      const gone = await shell(`"$0" "$@" ${input} | true; exit \${PIPESTATUS[0]}`, args);
      expect(gone.status).toBe(usual.status);
      const full = await shell(`exec "$0" "$@" ${input} >/dev/full`, args);
      expect(full.status).toBeGreaterThan(0);
      expect(full.err).toMatch(/No space left on device/);
    },
  );
});
