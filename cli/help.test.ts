import { describe, expect, it } from 'vitest';
import { exitTable } from '../terminal/exit.ts';
import { commonFlags } from '../terminal/flags.ts';
import { FakeTerminal, runCommand } from '../test/support/cli.ts';
import { commands } from './commands.ts';

describe('glossa help', () => {
  it('lists all commands and exit statuses', async () => {
    const { status, out } = await runCommand(['help']);
    expect(status).toBe(0);
    const grouped = [...commands].filter(([, { group }]) => group !== undefined);
    for (const [name, { summary }] of grouped)
      expect(out.replace(/\s+/g, ' ')).toContain(` ${name} ${summary} `);
    expect(grouped.length).toBeLessThanOrEqual(28);
    expect(out.match(/^[a-z].*:$/gm)).toEqual([
      'write translators and volfiles:',
      'run them:',
      'look at what happens:',
      'measure:',
      'exit status:',
    ]);
    for (const [exitStatus] of exitTable) expect(out).toMatch(`\n  ${exitStatus} `);
  });

  it('lists the subcommands of a command', async () => {
    const { out } = await runCommand(['help', 'bench']);
    expect(out).toMatch(/see also:\n {2}glossa bench call .*\n {2}glossa bench compare /);
  });

  it('explains the present command for an old command name', async () => {
    expect(await runCommand(['help', 'statedump'])).toEqual(
      await runCommand(['help', 'stats', 'statedump']),
    );
  });

  it.each([...commands.keys()])('explains %s in the same words as --help', async (name) => {
    const explained = await runCommand(['help', name]);
    const { default: record } = await commands.get(name)!.load();
    expect(explained).toMatchObject({ status: 0, err: '' });
    expect(explained.out).toMatch(`usage: ${record.usage[0]!}`);
    for (const flag of Object.keys({ ...commonFlags, ...record.flags })) {
      expect(explained.out).toMatch(` --${flag}`);
    }
    expect(await runCommand([...name.split(' '), '--help'])).toEqual(explained);
  });

  it('wraps at the width of the terminal', async () => {
    for (const topic of ['mount', 'types', 'features/negative']) {
      const { out } = await runCommand(['help', topic], new FakeTerminal({ width: 60 }));
      expect(out.split('\n').filter((line) => line.length > 60)).toEqual([]);
    }
  });

  it('lists all volume types, in alphabetical order, for the topic types', async () => {
    const { out } = await runCommand(['help', 'types']);
    const types = [...out.matchAll(/^ {2}(\w+\/[\w-]+)/gm)].map((match) => match[1]!);
    expect(types).toEqual([...types].sort());
    expect(types).toEqual(expect.arrayContaining(['features/glupy', 'storage/memory']));
  });

  it('explains the options of a volume type, by its full name or the part after the slash', async () => {
    const { status, out, err } = await runCommand(['help', 'features/negative']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^features\/negative\n/);
    expect(out).toMatch('\nSubvolumes: exactly 1.\n');
    expect(out).toMatch(/\n {2}timeout \(time\) = 1m\n {6}\S/);
    expect(out).toMatch(/\n {2}log-level \(str\)\n/);
    expect(await runCommand(['help', 'negative'])).toEqual({ status, out, err });
  });

  it('lists apart the options that a volume type has only for .so files', async () => {
    const { out } = await runCommand(['help', 'features/native']);
    const [own, more] = out.split('\noptions for a .so file:\n');
    const names = (text = ''): string[] =>
      [...text.matchAll(/^ {2}([a-z-]+) \(/gm)].map((match) => match[1]!);
    expect(names(own)).toEqual(
      expect.arrayContaining(['module-path', 'reload', 'ffi', 'log-level']),
    );
    expect(names(more)).toEqual([
      'frame-timeout',
      'wind-limit',
      'log-limit',
      'background-share',
      'on-error',
      'error',
      'max-failures',
      'restart-backoff',
    ]);
  });

  it('says for the type glupy that a module may declare options', async () => {
    const { out } = await runCommand(['help', 'glupy']);
    expect(out).toMatch('and the options that the module declares itself');
  });

  it.each([
    ['memroy', " (did you mean 'memory'?)"],
    ['storage/memroy', " (did you mean 'storage/memory'?)"],
    ['typs', " (did you mean 'types'?)"],
    ['zzzzzz', ''],
  ])(
    'refuses the unknown topic %s, and suggests a similar one if there is one',
    async (topic, guess) => {
      const { status, out, err } = await runCommand(['help', topic]);
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err.split('\n')[0]).toBe(
        `glossa help: no command and no type is called '${topic}'${guess}`,
      );
    },
  );
});
