/** Commands in backticks: when they run, their output, and the places of mistakes. */
import { expect, test } from 'vitest';
import { type CommandRunner, runCommands } from './commands.ts';
import { toPlainVolumes } from './description.ts';
import { formatProblem, VolfileError } from './problems.ts';
import { registry } from './testdata/registry.ts';
import { inspectVolfile, readVolfile } from './volfile.ts';

/** A runner with these outputs, which records its commands; any other command fails. */
function shell(outputs: Record<string, string>): { run: CommandRunner; ran: string[] } {
  const ran: string[] = [];
  const run: CommandRunner = async (command) => {
    ran.push(command);
    const stdout = outputs[command];
    return stdout === undefined ? { status: 127, stdout: '' } : { status: 0, stdout };
  };
  return { run, ran };
}

test('a command in a volfile is replaced by its output, be it part of a word, words, or statements', async () => {
  const { run, ran } = shell({
    hostname: 'node1\n',
    'echo "two words"': 'two words\n',
    rest: 'option x 1\noption y "2 `3`"\n',
    nothing: '',
  });
  const text =
    'volume v-`hostname` type t\noption a "`echo "two words"`"\n' +
    '`rest` option z q`nothing`q\nend-volume';
  const source = await runCommands('x.vol', text, run);
  expect(toPlainVolumes(readVolfile(source).description)).toEqual([
    {
      name: 'v-node1',
      type: 't',
      options: [
        ['a', 'two words'],
        ['x', '1'],
        ['y', '2 `3`'],
        ['z', 'qq'],
      ],
      subvolumes: [],
    },
  ]);
  expect(ran).toEqual(['hostname', 'echo "two words"', 'rest', 'nothing']);
});

test('a command’s output loses one newline at its end', async () => {
  const { run } = shell({ a: 'x', b: '"y\n\n' });
  const source = await runCommands('x.vol', '`a`|`b`|', run);
  expect(source.text).toBe('x|"y\n|');
});

test('a command in a comment or behind a backslash does not run', async () => {
  const { run, ran } = shell({});
  const text = '# `one`\nvolume a # `two`\ntype t option k "\\`three\\`" end-volume';
  const source = await runCommands('x.vol', text, run);
  expect(toPlainVolumes(readVolfile(source).description)[0]!.options).toEqual([['k', '`three`']]);
  expect(ran).toEqual([]);
});

test('a command may contain escaped backticks and line ends', async () => {
  const { run, ran } = shell({ 'echo \\`x\\`\n': 'out\n' });
  const source = await runCommands('x.vol', 'volume `echo \\`x\\`\n` type t end-volume', run);
  expect(toPlainVolumes(readVolfile(source).description)[0]!.name).toBe('out');
  expect(ran).toHaveLength(1);
});

test('a problem after a command is reported at its position in the file', async () => {
  const { run } = shell({ long: 'one two three\n\n\n', type: 'wrong/type\n' });
  const text =
    'volume a type storage/posix\n`long` option x\nend-volume\nvolume b type `type` k end-volume';
  const source = await runCommands('x.vol', text, run);
  const { problems } = inspectVolfile(source, { registry });
  expect(problems.map(formatProblem)).toEqual([
    "x.vol:2:1: error: expected 'option', 'subvolumes' or 'end-volume', found 'one'",
    "x.vol:2:8: error: expected a value after 'option x', found 'end-volume'",
    "x.vol:4:15: error: volume 'b': unknown type 'wrong/type'",
    "x.vol:4:22: error: expected 'option', 'subvolumes' or 'end-volume', found 'k'",
  ]);
  const at = problems.find(({ code }) => code === 'unknown-type')!;
  expect(at.length).toBe('`type`'.length);
});

async function refusal(text: string, run: CommandRunner): Promise<string[]> {
  try {
    await runCommands('x.vol', text, run);
  } catch (error) {
    if (error instanceof VolfileError) return error.problems.map(formatProblem);
    throw error;
  }
  return [];
}

test('every command of a volfile that fails is reported as an error', async () => {
  const { run } = shell({ fine: 'x' });
  expect(await refusal('volume `a` type `fine`\noption `b` c end-volume', run)).toEqual([
    'x.vol:1:8: error: `a` exited with status 127',
    'x.vol:2:8: error: `b` exited with status 127',
  ]);
  const killed: CommandRunner = () => ({ status: 'was killed by SIGTERM', stdout: '' });
  expect(await refusal('`a`', killed)).toEqual(['x.vol:1:1: error: `a` was killed by SIGTERM']);
});

test('a volfile with an unclosed backtick is refused before any command runs', async () => {
  const { run, ran } = shell({ a: 'x' });
  expect(await refusal('volume `a`\ntype `b', run)).toEqual([
    'x.vol:2:6: error: this backtick has no partner',
  ]);
  expect(ran).toEqual([]);
});
