import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  checkOptions,
  defineOptions,
  describeOption,
  genericOptions,
  type OptionSpec,
  type OptionType,
  type PercentOrSize,
  parseOption,
  printOption,
  type Values,
} from './options.ts';

type Extra = { min?: number; max?: number; values?: readonly string[] };
const spec = (type: OptionType, extra: Extra = {}) =>
  ({ type, description: 'D.', ...extra }) as OptionSpec;
const parse = (type: OptionType, text: string, extra?: Extra) =>
  parseOption('k', spec(type, extra), text);

describe('parseOption accepts', () => {
  const K = 1024;
  test.each<[OptionType, string, unknown]>([
    ['any', '', ''],
    ['any', ' x ', ' x '],
    ['str', 'two words', 'two words'],
    ['int', '16', 16],
    ['int', '+16', 16],
    ['int', '-16', -16],
    ['int', '-0', 0],
    ['int', '0x1F', 31],
    ['int', '0755', 493],
    ['int', '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['sizet', '0', 0],
    ['sizet', '4096', 4096],
    ['sizet', '12B', 12],
    ['sizet', '64KB', 64 * K],
    ['sizet', '64kb', 64 * K],
    ['sizet', '1.5MB', 1.5 * K ** 2],
    ['sizet', '0.3KB', 307],
    ['sizet', '2GB', 2 * K ** 3],
    ['sizet', '3TB', 3 * K ** 4],
    ['sizet', '7PB', 7 * K ** 5],
    ['percent', '12', 12],
    ['percent', '12.5%', 12.5],
    ['percent', '0', 0],
    ['percent', '100%', 100],
    ['percent_or_sizet', '10%', { percent: 10 }],
    ['percent_or_sizet', '10', { bytes: 10 }],
    ['percent_or_sizet', '10GB', { bytes: 10 * K ** 3 }],
    ['bool', 'on', true],
    ['bool', 'OFF', false],
    ['bool', 'Yes', true],
    ['bool', 'no', false],
    ['bool', 'true', true],
    ['bool', 'false', false],
    ['bool', 'enable', true],
    ['bool', 'disable', false],
    ['bool', '1', true],
    ['bool', '0', false],
    ['xlator', 'client-0', 'client-0'],
    ['path', '/a/b..c/..d/e', '/a/b..c/..d/e'],
    ['time', '90', 90],
    ['time', '90s', 90],
    ['time', '90sec', 90],
    ['time', '10m', 600],
    ['time', '10min', 600],
    ['time', '2h', 7200],
    ['time', '2hr', 7200],
    ['time', '1d', 86400],
    ['time', '2days', 172800],
    ['time', '1w', 604800],
    ['time', '1wk', 604800],
    ['double', '-1.5e3', -1500],
    ['double', '.5', 0.5],
    ['addr', 'node1', 'node1'],
    ['addr_list', '10.*,::1', '10.*,::1'],
    ['addr_list', '/a(10.0.0.1|b)', '/a(10.0.0.1|b)'],
    ['client_auth_addr', '10.0.0.0/8,*', '10.0.0.0/8,*'],
    ['priority_list', '*.jpg:1,a:b:-3', '*.jpg:1,a:b:-3'],
    ['size_list', '128KB', '128KB'],
    ['size_list', '*.iso:1MB,*:4KB', '*.iso:1MB,*:4KB'],
  ])('as %s the text %j', (type, text, value) => {
    expect(parse(type, text)).toEqual({ value });
  });
});

describe('parseOption refuses', () => {
  test.each<[OptionType, string[]]>([
    ['str', ['', '  ']],
    ['int', ['', '1.0', '1e3', '08', '0x', '--1', ' 1', '1 ', 'one', '9007199254740992']],
    ['sizet', ['', '-1', '1 KB', '1K', '1.5', '1EB', '.5KB', '1.KB', 'KB', '0x10', '8PB']],
    ['percent', ['', '-1', '100.1', '101%', '5%%', '%', '1e1']],
    ['percent_or_sizet', ['', '101%', '-5%', '1K', '%', '2.5']],
    ['bool', ['', '2', 'y', 'maybe', 'constructor']],
    ['xlator', ['', ' ']],
    ['path', ['', 'a', './a', '/a/../b', '/a/..', '/..']],
    ['time', ['', '-1', '1.5h', '1 s', '1H', '1ms', '1 week', '99999999999999999999']],
    ['double', ['', '.', 'inf', 'nan', '0x1p3', '1e999', '1,5']],
    ['addr', ['', '10.0.0.256', 'a b']],
    ['addr_list', ['', 'a,,b', '/a(']],
    ['client_auth_addr', ['', '10.0.0.0/33']],
    ['priority_list', ['', '*.jpg', '*.jpg:', ':1', ' :1', '*:high', 'a:1,']],
    ['size_list', ['', '100', '*:100', '*:', 'a:1KB,b']],
  ])('invalid texts of type %s', (type, texts) => {
    for (const text of texts) expect(parse(type, text), text).toHaveProperty('error');
  });
});

test('the allowed values of a str option match only literally, including case', () => {
  const values = ['none', 'sync*'];
  expect(parse('str', 'none', { values })).toEqual({ value: 'none' });
  for (const text of ['None', 'syncfs', '']) {
    expect(parse('str', text, { values })).toHaveProperty('error');
  }
});

test('an error names the option, the value, the fault and the accepted values', () => {
  const errors = [
    parse('int', '99', { min: 1, max: 16 }),
    parse('int', '-1', { min: 0 }),
    parse('sizet', '3K', { min: 4096, max: 4 * 1024 ** 2 }),
    parse('str', 'Nnoe', { values: ['none', 'all'] }),
    parse('time', '1.5h', { max: 3600 }),
    parse('bool', 'maybe'),
    parse('size_list', '*:100', { min: 16384 }),
  ].map((result) => ('error' in result ? result.error : result.value));
  expect(errors).toEqual([
    "option 'k': '99' is above the maximum; it takes a whole number from 1 to 16",
    "option 'k': '-1' is below the minimum; it takes a whole number of at least 0",
    "option 'k': '3K' has the unknown unit 'K' (write '3KB'); it takes a size in bytes, or with a" +
      ' unit KB, MB, GB, TB or PB (1KB is 1024 bytes), from 4KB to 4MB',
    "option 'k': 'Nnoe' is not among its values (did you mean 'none'?); it takes one of none, all",
    "option 'k': '1.5h' is not a time (fractions are not possible); it takes a time in seconds," +
      ' or with a unit s, m, h, d or w (such as 90, 10m or 1d), of at most 1h',
    "option 'k': 'maybe' is neither on nor off; it takes on or off (as well: yes/no, true/false," +
      ' enable/disable, 1/0)',
    "option 'k': '*:100' is not accepted; it takes a size, or PATTERN:SIZE with commas between" +
      ' (each a multiple of 512), of at least 16KB',
  ]);
});

describe('the value of an option', () => {
  const natural = fc.oneof(fc.maxSafeNat(), fc.nat(5000));
  const numbers: [OptionType, fc.Arbitrary<unknown>][] = [
    ['int', fc.maxSafeInteger()],
    [
      'sizet',
      fc.oneof(
        natural,
        fc.nat(1000).map((n) => n * 1024 ** 3),
      ),
    ],
    [
      'time',
      fc.oneof(
        natural,
        fc.nat(1000).map((n) => n * 3600),
      ),
    ],
    ['percent', fc.integer({ min: 0, max: 10000 }).map((n) => n / 100)],
    ['double', fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)],
    ['bool', fc.boolean()],
    ['percent_or_sizet', fc.nat(100).map((percent) => ({ percent }))],
    ['percent_or_sizet', natural.map((bytes) => ({ bytes }))],
  ];
  test.each(numbers)('stays the same when it is printed and parsed: type %s', (type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const text = printOption(spec(type), value as never);
        expect(parse(type, text)).toEqual({ value });
      }),
    );
  });

  test('may have fractions of a second if the type is time and the spec allows them', () => {
    const spec = { type: 'time', fractions: true, min: 0.1, description: '' } as const;
    expect(parseOption('k', spec, '0.3')).toEqual({ value: 0.3 });
    expect(parseOption('k', spec, '1.5s')).toEqual({ value: 1.5 });
    expect(parseOption('k', spec, '2m')).toEqual({ value: 120 });
    expect(parseOption('k', spec, '0.05')).toMatchObject({ error: expect.stringMatching(/below/) });
    expect(parseOption('k', spec, '1.5h')).toMatchObject({ error: expect.any(String) });
    expect(printOption(spec, 0.3)).toBe('0.3s');
  });

  test.each(['int', 'sizet', 'time'] as const)(
    'is accepted from min to max, both included: type %s',
    (type) => {
      const n = fc.nat(100);
      fc.assert(
        fc.property(n, n, n, (value, min, max) => {
          const accepted = 'value' in parse(type, String(value), { min, max });
          expect(accepted).toBe(value >= min && value <= max);
        }),
      );
    },
  );

  test('is parsed from any text to a value or an error, without an exception', () => {
    const types = ['int', 'sizet', 'time', 'percent', 'addr', 'addr_list', 'size_list'] as const;
    const likely = fc.string({ unit: fc.constantFrom(...'0189.,:%/()[]*?-+KMBs aé') });
    fc.assert(
      fc.property(fc.constantFrom(...types), likely, (type, text) => {
        const result = parse(type, text);
        expect('value' in result).toBe(!('error' in result));
      }),
    );
  });
});

const table = defineOptions({
  'cache-size': {
    type: 'sizet',
    default: 32 * 1024 ** 2,
    min: 4096,
    description: 'How much is kept.',
    reconfigurable: true,
    aliases: ['cachesize', 'cache_size'],
  },
  mode: { type: 'str', values: ['fast', 'safe'], default: 'safe', description: 'How.' },
  directory: { type: 'path', description: 'Where.' },
  reserve: { type: 'percent_or_sizet', default: { percent: 1 }, description: 'What is left.' },
  'read-from': { type: 'xlator', description: 'Whom to ask.' },
  enabled: { type: 'bool', default: true, description: 'Whether.' },
});

test('the type Values has the TypeScript type of each option', () => {
  type V = Values<typeof table>;
  expectTypeOf<V['cache-size']>().toEqualTypeOf<number>();
  expectTypeOf<V['mode']>().toEqualTypeOf<'fast' | 'safe'>();
  expectTypeOf<V['directory']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<V['reserve']>().toEqualTypeOf<PercentOrSize>();
  expectTypeOf<V['enabled']>().toEqualTypeOf<boolean>();
  expectTypeOf<Values<typeof genericOptions>['log-level']>().toExtend<string | undefined>();
});

test('checkOptions returns the defaults of all options if none is given', () => {
  expect(checkOptions(table, [])).toEqual({
    values: {
      'cache-size': 33554432,
      mode: 'safe',
      directory: undefined,
      reserve: { percent: 1 },
      'read-from': undefined,
      enabled: true,
    },
    problems: [],
    unknown: [],
  });
});

test('the last value of a repeated option counts', () => {
  const given = ['fast', 'safe', 'fast'].map((value) => ({ key: 'mode', value }));
  const { values, problems } = checkOptions(table, given);
  expect([values.mode, problems]).toEqual(['fast', []]);
});

test('an alias sets its option, and causes a warning if both are given', () => {
  const alias = { key: 'cachesize', value: '1MB', position: 'a.vol:3:5' };
  const { values, problems } = checkOptions(table, [alias]);
  expect([values['cache-size'], problems]).toEqual([1024 ** 2, []]);
  expect(Object.keys(values)).not.toContain('cachesize');
  const both = checkOptions(table, [{ key: 'cache-size', value: '2MB' }, alias]);
  expect(both.values['cache-size']).toBe(1024 ** 2);
  expect(both.problems).toEqual([
    {
      severity: 'warning',
      key: 'cachesize',
      message: "options 'cache-size' and 'cachesize' are the same; the last one counts",
      position: 'a.vol:3:5',
    },
  ]);
});

test('an invalid option value causes an error with its position, and the default applies', () => {
  const given = [{ key: 'cache_size', value: '1KB', position: 'a.vol:3:5' }];
  const { values, problems } = checkOptions(table, given);
  expect(values['cache-size']).toBe(33554432);
  expect(problems).toMatchObject([{ severity: 'error', key: 'cache_size', position: 'a.vol:3:5' }]);
  expect(problems[0]!.message).toMatch(/^option 'cache_size': '1KB' is below the minimum; /);
});

test('an unknown option causes a warning, with strict an error, and with openOptions neither', () => {
  const given = [{ key: 'cache-szie', value: '1MB', position: 'a.vol:3:5' }];
  const message = "option 'cache-szie' is not known here (did you mean 'cache-size'?)";
  const problem = { key: 'cache-szie', message, position: 'a.vol:3:5' };
  const run = (how?: { strict?: boolean; openOptions?: boolean }) =>
    checkOptions(table, given, how);
  expect(run().problems).toEqual([{ severity: 'warning', ...problem }]);
  expect(run({ strict: true }).problems).toEqual([{ severity: 'error', ...problem }]);
  expect(run({ openOptions: true }).problems).toEqual([]);
  expect(run({ openOptions: true, strict: true }).problems).toEqual([]);
  expect(run({ openOptions: true }).unknown).toEqual(given);
  expect(run().unknown).toEqual(given);
});

test('names of object members, such as constructor, are unknown options', () => {
  const given = ['constructor', '__proto__', 'toString'].map((key) => ({ key, value: 'x' }));
  const { problems, values } = checkOptions(table, given);
  expect(problems.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
  expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
});

test('an option of type xlator that names no volume of the graph is an error', () => {
  const given = [{ key: 'read-from', value: 'client-O' }];
  expect(checkOptions(table, given).problems).toEqual([]);
  const volumes = ['client-0', 'client-1'];
  const { values, problems } = checkOptions(table, given, { volumeNames: volumes });
  const [problem] = problems;
  expect(values['read-from']).toBe(undefined);
  expect(problem).toMatchObject({
    severity: 'error',
    message: "option 'read-from': the graph has no volume 'client-O' (did you mean 'client-0'?)",
  });
  const right = [{ key: 'read-from', value: 'client-1' }];
  expect(checkOptions(table, right, { volumeNames: volumes }).problems).toEqual([]);
});

test('describeOption prints purpose, accepted values and the default in units', () => {
  expect(describeOption('cache-size', table['cache-size'])).toBe(
    'cache-size (sizet) = 32MB\n' +
      '    How much is kept.\n' +
      '    Takes a size in bytes, or with a unit KB, MB, GB, TB or PB (1KB is 1024 bytes), of at' +
      ' least 4KB. Also written cachesize, cache_size. Can be changed on a running volume.',
  );
  expect(describeOption('k', spec('sizet'))).toMatch(/1KB is 1024 bytes\)\.$/);
  expect(describeOption('k', spec('time', { max: 60 }))).toMatch(/10m or 1d\), of at most 1m\.$/);
  expect(describeOption('directory', table.directory)).toBe(
    'directory (path)\n' +
      '    Where.\n' +
      "    Takes an absolute path (it begins with '/' and has no '..').",
  );
  expect(describeOption('reserve', table.reserve)).toMatch(/^reserve \(percent_or_sizet\) = 1%\n/);
});

test('every translator accepts log-level', () => {
  const { values } = checkOptions(genericOptions, [{ key: 'log-level', value: 'DEBUG' }]);
  expect(values['log-level']).toBe('DEBUG');
});
