/** `glossa debug` on real mounts: the session of docs/write/debugging.md, pipes, and ends of all kinds. */

import { readFileSync, symlinkSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import {
  describeMounts,
  GLOSSA,
  glossaCommand,
  mountPoints,
  run,
  runGlossa,
  type Scratch,
  withScratch,
} from '../../test/support/mount.ts';
import { PseudoTerminal } from '../../test/support/pty.ts';
import { isInstalled } from '../../test/support/tools.ts';
import { readBlocks, readPage } from '../../test/texts/plan.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };
const ESCAPE = '\x1b';
const PROMPT = new RegExp(`\\(glossa\\) (?:${ESCAPE}\\[\\d+G)?$`);

const PAGE = 'docs/write/debugging.md';

/** The session's lines, and the output after each. */
function documented(): [typed: string, shown: string][] {
  const text = readPage(PAGE);
  const block = /```text\n\$ glossa debug negative\.vol\n([^`]*)```/.exec(text)![1]!;
  return block
    .split(/^\(glossa\) /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return [part.slice(0, end), part.slice(end + 1)];
    });
}

/** The output without parts that differ between runs or systems. */
const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/\r|\^C/g, '')
    .replace(/(mounted on ).*/g, '$1MNT')
    .replace(/request \d+ of process \d+, user \d+/g, 'request N')
    .replace(/inode \d+/g, 'inode N')
    .replace(/IA_IFDIR \d+, \d+ bytes/g, 'IA_IFDIR');

const memory = `volume mem
    type storage/memory
end-volume
volume top
    type debug/io-stats
    subvolumes mem
end-volume
`;

/** Commands from a pipe, to their end. */
async function piped(scratch: Scratch, args: string, lines: readonly string[]) {
  await scratch.writeFile('lines', `${lines.join('\n')}\n`);
  const script = `exec "$0" "$1" debug ${args} < lines`;
  return run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA], { patience: 0 });
}

const isThere = isInstalled('script');

describeMounts('glossa debug', () => {
  it.skipIf(!isThere)('prints what docs/write/debugging.md shows, after its preparation', () =>
    withScratch(async (scratch) => {
      const prepared = readBlocks(PAGE).filter(({ language }) => language === 'sh');
      await scratch.makeFolder('node_modules');
      symlinkSync(packageRoot, scratch.at('node_modules/glossa'));
      const script = prepared.map(({ text }) => text).join('');
      expect(await run(scratch, 'sh', ['-ec', script])).toMatchObject({ status: 0, out: '' });
      const command = `exec ${glossaCommand} debug negative.vol`;
      const terminal = new PseudoTerminal(command, scratch.at('negative'), { HOME: scratch.path });
      await terminal.readUntil(PROMPT);
      for (const [typed, shown] of documented()) {
        if (typed === 'quit') break;
        terminal.type(`${typed}\n`);
        let text = '';
        if (shown.includes('^C')) {
          const mounted = await terminal.readUntil(/mounted on [^\r\n]*\r?\n/);
          text = mounted.input.slice(0, mounted.index) + mounted[0];
          terminal.type('\x03');
        }
        const { input, index } = await terminal.readUntil(PROMPT);
        expect(plain(text + input.slice(0, index))).toBe(plain(`${typed}\n${shown}`));
      }
      expect(await terminal.end('quit\n')).toBe(0);
      expect(scratch.findMounts()).toEqual([]);
    }),
  );

  it.skipIf(!isThere)(
    'sets a breakpoint and quits on a terminal of four columns and one line',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('mem.vol', memory);
        const command = `stty cols 4 rows 1; exec ${glossaCommand} debug mem.vol`;
        const terminal = new PseudoTerminal(command, scratch.path, { HOME: scratch.path });
        await terminal.readUntil(/\(glos/);
        terminal.type('break lookup@top\n');
        await terminal.readUntil(/Breakpoint 1: lookup@top\r?\n/);
        expect(await terminal.end('quit\n')).toBe(0);
      }),
  );

  it('takes debugger commands from a pipe, and mounts on the given mount point', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const point = await scratch.makeFolder('mnt');
      const lines = [
        '# a file that is there, and has another size for who asks',
        'run sh -c "echo hello > file"',
        'break lookup_cbk@top path /file',
        'b stat_cbk@top',
        'run find file -size +8',
        'set buf.ia_size = 4711',
        'print buf->ia_size',
        'c',
        'delete',
        'info breakpoints',
      ];
      const { status, out, err } = await piped(
        scratch,
        'mem.vol mnt --attribute-timeout 0 --entry-timeout 0',
        lines,
      );
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toContain(`mounted on ${point}\n`);
      expect(out).toMatch(/Breakpoint \d, (lookup|stat)_cbk \(op_ret=0, .*\) at top, from mem\n/);
      expect(out).toContain('$1 = 4711\n');
      expect(out).toContain('no breakpoints\n');
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('runs COMMAND after --, and ends at the first wrong debugger command from a pipe', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const lines = ['run', 'braek lookup', 'run'];
      const ended = await piped(
        scratch,
        "mem.vol -- sh -c 'echo \"$PWD $1\"' _ 'two words'",
        lines,
      );
      expect(ended).toMatchObject({
        status: 1,
        err: "there is no command 'braek' (did you mean 'break'?)\n",
      });
      expect(ended.out).toMatch(
        /^mounted on (.*)\n\1 two words\n\[sh .* has ended with status 0\]\n$/,
      );
    }));

  it('holds two requests at once, and resumes them one by one', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const lines = [
        ...['break mkdir@top', 'run mkdir one & mkdir two; wait; ls'],
        ...['print loc.name', 'continue', 'print loc.name', 'continue'],
      ];
      const { status, out, err } = await piped(scratch, 'mem.vol', lines);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      const names = [...out.matchAll(/^\$\d = "(.*)"$/gm)].map((match) => match[1]);
      expect(names.sort()).toEqual(['one', 'two']);
      expect(out).toMatch(/\none\ntwo\n\[mkdir one .* has ended with status 0\]\n$/);
    }));

  it('ends when another process unmounts its mount', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const point = await scratch.makeFolder('mnt');
      const ended = piped(scratch, 'mem.vol mnt', ['run', 'info volumes']);
      await vi.waitFor(() => expect(mountPoints()).toContain(point), PATIENCE);
      expect((await runGlossa(scratch, ['umount', 'mnt'])).status).toBe(0);
      const text = `mounted on ${point}\n[the mount is gone]\n`;
      expect(await ended).toMatchObject({ status: 0, out: text, err: '' });
    }));

  it.each([
    ['mem.vol nowhere', ['run'], /nowhere/],
    ['bad.vol', ['info volumes'], /storage\/memorry/],
    ['absent.vol', [], /absent\.vol/],
  ])('fails with the reason for the arguments %s', (args, lines, message) =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      await scratch.writeFile('bad.vol', memory.replace('memory', 'memorry'));
      const ended = await piped(scratch, args, lines);
      expect(ended).toMatchObject({ status: 1, out: '' });
      expect(ended.err).toMatch(message);
    }),
  );

  it.each([
    ['next', "nothing runs yet: 'run' mounts"],
    ['print loc', 'no request is held'],
    ['break lookup@tap', "there is no volume 'tap' (did you mean 'top'?)"],
    ['break lokup', "there is no fop 'lokup' (did you mean 'lookup'?)"],
    ['break errno EWRONG', "there is no errno 'EWRONG': their names are as in errno(3), as ENOENT"],
    ['info everything', 'info tells of breakpoints, requests, volumes'],
    ['delete 9', 'there is no breakpoint 9'],
    ['request 9', "request 9 is not held ('info requests' lists those that are)"],
    ['de', "'de' may be delete or detach"],
    ['set op_ret', 'the form is: set VALUE = TEXT'],
  ])("refuses the debugger command '%s' with the reason", (line, message) =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const ended = await piped(scratch, 'mem.vol', [line]);
      expect(ended.status).toBe(1);
      expect(ended.err).toContain(message);
    }),
  );

  it('resumes held requests when it is killed, and leaves no mount', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('mem.vol', memory);
      const point = await scratch.makeFolder('mnt');
      await scratch.writeFile('lines', 'break mkdir_cbk@top\nrun mkdir made; echo "status $?"\n');
      let pid = 0;
      // The pipe stays open: a request is held, and the debugger waits.
      const script = '(cat lines; exec sleep 1000) | exec "$0" "$1" debug mem.vol mnt > out';
      const ended = run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA], {
        patience: 0,
        onStart: (child) => {
          pid = child.pid!;
        },
      });
      const out = (): string => readFileSync(scratch.at('out'), 'utf8');
      await vi.waitFor(() => expect(out()).toContain('Breakpoint 1, mkdir_cbk'), PATIENCE);
      expect(mountPoints()).toContain(point);
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      for (const child of children) process.kill(Number(child), 'SIGKILL');
      await ended;
      await vi.waitFor(() => expect(out()).toContain('status 0\n'), PATIENCE);
      await vi.waitFor(() => expect(mountPoints()).not.toContain(point), PATIENCE);
    }));
});
