import { describe, expect, it } from 'vitest';
import {
  choiceFlag,
  formatFlags,
  listFlag,
  numberFlag,
  readFlags,
  takeOperands,
  textFlag,
  toggleFlag,
} from './flags.ts';

const flags = {
  volfile: textFlag({ short: 'f', placeholder: 'FILE', help: 'the volfile' }),
  'log-level': choiceFlag({
    short: 'L',
    placeholder: 'LEVEL',
    values: ['DEBUG', 'INFO'],
    help: 'how much',
  }),
  'no-daemon': toggleFlag({ short: 'N', help: 'stay' }),
  timeout: numberFlag({ placeholder: 'SEC', help: 'seconds' }),
  'busy-poll': numberFlag({ placeholder: 'US', isWhole: true, help: 'microseconds' }),
  option: listFlag({ placeholder: 'KEY=VALUE', help: 'an option' }),
  help: toggleFlag({ short: '?', help: 'this text' }),
};

const read = (...args: string[]) => readFlags(flags, args);
const absent = {
  volfile: undefined,
  'log-level': undefined,
  'no-daemon': false,
  timeout: undefined,
  'busy-poll': undefined,
  option: [],
  help: false,
};

describe('readFlags', () => {
  it('gives an absent flag its default value', () => {
    expect(read()).toEqual({ flags: absent, operands: [], rest: null });
  });

  it.each([
    [['-f', 'a.vol', '/mnt'], { volfile: 'a.vol' }, ['/mnt']],
    [['-fa.vol'], { volfile: 'a.vol' }, []],
    [['--volfile=a.vol'], { volfile: 'a.vol' }, []],
    [['--volfile', 'a.vol', '--volfile', 'b.vol'], { volfile: 'b.vol' }, []],
    [['-Nf', 'a.vol'], { volfile: 'a.vol', 'no-daemon': true }, []],
    [['one', '-N', 'two'], { 'no-daemon': true }, ['one', 'two']],
    [['-L', 'debug'], { 'log-level': 'DEBUG' }, []],
    [['-LINFO'], { 'log-level': 'INFO' }, []],
    [['--timeout', '0.5'], { timeout: 0.5 }, []],
    [['--timeout=.5', '--busy-poll=0'], { timeout: 0.5, 'busy-poll': 0 }, []],
    [['--option', 'a=1', '--option=b=2'], { option: ['a=1', 'b=2'] }, []],
    [['-f', '-'], { volfile: '-' }, []],
    [['--volfile=-odd'], { volfile: '-odd' }, []],
    [['-?'], { help: true }, []],
    [['-h'], { help: true }, []],
    [['--', '-N', 'a'], {}, ['-N', 'a']],
  ])('reads %j as flags and operands', (args, expected, operands) => {
    expect(read(...args)).toEqual({ flags: { ...absent, ...expected }, operands, rest: null });
  });

  it('returns the arguments after -- as they are when passesRest is set', () => {
    const given = readFlags(flags, ['a', '-N', '--', 'ls', '-N', '--', 'b'], { passesRest: true });
    expect(given.operands).toEqual(['a']);
    expect(given.rest).toEqual(['ls', '-N', '--', 'b']);
    expect(readFlags(flags, ['--'], { passesRest: true }).rest).toEqual([]);
    expect(readFlags(flags, ['a'], { passesRest: true }).rest).toBeNull();
  });

  it.each([
    [['--log-lvel', 'x'], "unknown option '--log-lvel' (did you mean '--log-level'?)"],
    [['--volflie=x'], "unknown option '--volflie' (did you mean '--volfile'?)"],
    [['--zzz'], "unknown option '--zzz'"],
    [['-z'], "unknown option '-z'"],
    [['--constructor'], "unknown option '--constructor'"],
    [['--toString'], "unknown option '--toString'"],
    [['-f'], '-f needs a value (FILE)'],
    [['-f', '-N'], "-f needs a value (FILE), found '-N'"],
    [['--volfile', '--no-daemon'], "--volfile needs a value (FILE), found '--no-daemon'"],
    [['--no-daemon=yes'], "--no-daemon takes no value, found 'yes'"],
    [['-L', 'DEBG'], "--log-level does not know 'DEBG' (did you mean 'DEBUG'?)"],
    [['-L', '9'], "--log-level does not know '9'; it takes DEBUG, INFO"],
    [['--timeout', '1s'], "--timeout takes a number, not '1s'"],
    [['--timeout', 'Infinity'], "--timeout takes a number, not 'Infinity'"],
    [['--timeout='], "--timeout takes a number, not ''"],
    [['--busy-poll', '1.5'], "--busy-poll takes a whole number, not '1.5'"],
  ])('refuses %j with a message that names the flag', (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: 'GLOSSA_USAGE', message }));
  });
});

describe('takeOperands', () => {
  it('returns one operand for each name, and undefined for a missing optional one', () => {
    expect(takeOperands(['a', 'b'], ['VOLFILE', 'MNT'])).toEqual(['a', 'b']);
    expect(takeOperands([], ['[TOPIC]'])).toEqual([undefined]);
  });

  it.each([
    [[], ['VOLFILE', 'MNT'], 'VOLFILE and MNT are missing'],
    [['a'], ['VOLFILE', 'MNT'], 'MNT is missing'],
    [['a', 'b'], ['VOLFILE'], "unexpected 'b'"],
    [['a'], [], "unexpected 'a'"],
  ])('refuses the operands %j for a command that takes %j', (given, names, message) => {
    expect(() => takeOperands(given, names)).toThrow(message);
  });
});

it('formatFlags prints flags and their help in two columns', () => {
  expect(formatFlags(flags, 44)).toBe(
    [
      '  -f, --volfile FILE      the volfile',
      '  -L, --log-level LEVEL   how much',
      '  -N, --no-daemon         stay',
      '      --timeout SEC       seconds',
      '      --busy-poll US      microseconds',
      '      --option KEY=VALUE  an option',
      '  -?, --help              this text',
    ].join('\n'),
  );
});
