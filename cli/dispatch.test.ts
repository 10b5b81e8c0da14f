import { describe, expect, it } from 'vitest';
import type { Command } from '../terminal/command.ts';
import { readPackageVersion } from '../terminal/package-version.ts';
import { FakeTerminal, runCommand } from '../test/support/cli.ts';
import { commands } from './commands.ts';
import { dispatch, findCommand } from './dispatch.ts';

describe('a command line', () => {
  it.each([
    [[], 'help', []],
    [['--help'], 'help', []],
    [['-?'], 'help', []],
    [['-h'], 'help', []],
    [['-V'], 'version', []],
    [['--version'], 'version', []],
    [['check', 'a.vol'], 'check', ['a.vol']],
    [['/a.vol', '/mnt', '-o', 'ro'], 'mount.glossa', ['/a.vol', '/mnt', '-o', 'ro']],
    [['-f', 'a.vol', '/mnt'], 'mount', ['-f', 'a.vol', '/mnt']],
    [['--volfile=a.vol', '/mnt'], 'mount', ['--volfile=a.vol', '/mnt']],
  ])('%j runs glossa %s', (argv, name, args) => {
    expect(findCommand(argv)).toEqual({ name, args });
  });
});

it('an old command name runs the command, with a warning on standard error', async () => {
  const { status, out, err } = await runCommand(['include-dir']);
  expect(await runCommand(['new', 'include-dir'])).toEqual({ status, out, err: '' });
  expect(err).toBe(
    "glossa: warning: 'glossa include-dir' will be removed: use 'glossa new include-dir'\n",
  );
});

it.each([
  ['port', '2to3 -w FILE'],
  ['rebalance', 'setfattr -n distribute.fix.layout'],
])('glossa refuses the removed command %s, and names its replacement', async (name, instead) => {
  const { status, err } = await runCommand([name, 'a']);
  expect([status, err]).toEqual([2, expect.stringContaining(`glossa: 'glossa ${name}' is gone: `)]);
  expect(err).toContain(instead);
});

describe('a wrong command line', () => {
  it.each([
    [
      ['chek', 'a.vol'],
      "glossa: unknown command 'chek' (did you mean 'check'?)\n'glossa help' lists the commands\n",
    ],
    [['zzz'], "glossa: unknown command 'zzz'\n'glossa help' lists the commands\n"],
    [
      ['a.vol', '/mnt'],
      "glossa: unknown command 'a.vol' (did you mean 'mount'?)\n'glossa help' lists the commands\n",
    ],
    [
      ['-f', 'a.vol'],
      'glossa mount: MNT is missing\n' +
        'usage: glossa mount VOLFILE MNT [options]\n' +
        '       glossa mount MODULE MNT [options]\n' +
        '       glossa -f VOLFILE [options] MNT\n' +
        '       glossa -s SERVER --volfile-id NAME [options] MNT\n' +
        "'glossa help mount' explains the options\n",
    ],
    [
      ['mount', 'a.vol', '/mnt', '--read-olny'],
      "glossa mount: unknown option '--read-olny' (did you mean '--read-only'?)\n" +
        'usage: glossa mount VOLFILE MNT [options]\n' +
        '       glossa mount MODULE MNT [options]\n' +
        '       glossa -f VOLFILE [options] MNT\n' +
        '       glossa -s SERVER --volfile-id NAME [options] MNT\n' +
        "'glossa help mount' explains the options\n",
    ],
    [
      ['run', 'a.vol', 'ls'],
      "glossa run: COMMAND is missing: it stands behind '--'\n" +
        'usage: glossa run VOLFILE [options] -- COMMAND [ARGUMENTS]\n' +
        "'glossa help run' explains the options\n",
    ],
    [
      ['umount', 'a', 'b'],
      "glossa umount: unexpected 'b'\n" +
        'usage: glossa umount MNT|BRICK [options]\n' +
        "'glossa help umount' explains the options\n",
    ],
  ])('%j ends with status 2 and names the mistake', async (argv, err) => {
    expect(await runCommand(argv)).toEqual({ status: 2, out: '', err });
  });
});

describe('an unexpected error of a command', () => {
  const broken: Command = {
    usage: [],
    description: '',
    flags: {},
    run: () => Promise.reject(new TypeError('oh')),
  };
  const withBroken = async (argv: string[]): Promise<FakeTerminal> => {
    const table = commands as Map<string, unknown>;
    const terminal = new FakeTerminal();
    table.set('broken', { summary: '', load: async () => ({ default: broken }) });
    try {
      expect(await dispatch(argv, terminal)).toBe(1);
    } finally {
      table.delete('broken');
    }
    return terminal;
  };

  it('is printed in one line', async () => {
    const { errText, outText } = await withBroken(['broken']);
    expect(errText).toBe('glossa: unexpected error: oh (with --debug, where it came from)\n');
    expect(outText).toBe('');
  });

  it('is printed with its stack if --debug is given', async () => {
    const { errText } = await withBroken(['broken', '--debug']);
    expect(errText).toMatch(/^glossa: unexpected error: TypeError: oh\n +at .*dispatch\.test\.ts:/);
  });
});

it('glossa -V prints the version', async () => {
  expect(await runCommand(['-V'])).toEqual({
    status: 0,
    out: `glossa ${readPackageVersion()}\n`,
    err: '',
  });
  expect(readPackageVersion()).toMatch(/^\d+\.\d+\.\d+/);
});

it.each(['dev', 'repl', 'test'])(
  'glossa %s of a file whose name is too long prints the reason',
  async (name) => {
    const file = `/${'n'.repeat(300)}.py`;
    expect(await runCommand([name, file])).toMatchObject({
      status: 1,
      out: '',
      err: `glossa: File name too long: ${file}\n`,
    });
  },
);
