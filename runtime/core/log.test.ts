import { expect, test } from 'vitest';
import { ENOENT } from './errno.ts';
import {
  DEBUG,
  ERROR,
  findSourceInStack,
  formatLine,
  INFO,
  Log,
  type LogLevel,
  type LogLevels,
  logLevelNames,
  NONE,
  parseLogLevel,
  printable,
  TRACE,
} from './log.ts';

const time = Date.UTC(2026, 10, 20, 6, 39, 29) + 410.207;
const base = {
  time,
  level: ERROR,
  graphId: 0,
  domain: 'q',
  file: 'o.ts',
  line: 113,
  func: 'check',
};
const head = '[2026-11-20 06:39:29.410207 +0000] E';

test.each([
  [{ text: 'hello' }, `${head} [o.ts:113:check] 0-q: hello`],
  [{ text: 'hello', msgid: 101028 }, `${head} [MSGID: 101028] [o.ts:113:check] 0-q: hello`],
  [
    { text: 'open failed', errno: ENOENT },
    `${head} [o.ts:113:check] 0-q: open failed [No such file or directory]`,
  ],
  [
    { text: 'open failed', pairs: { path: '/a', flags: 2 } },
    `${head} [o.ts:113:check] 0-q: open failed [{path=/a}, {flags=2}]`,
  ],
  [
    { text: 'open failed', errno: ENOENT, pairs: { path: '/a' } },
    `${head} [o.ts:113:check] 0-q: open failed ` +
      '[{path=/a}, {errno=2}, {error=No such file or directory}]',
  ],
  [
    { text: 'lookup failed\n  File "x.py", line 3\nKeyError: 1\n', errno: ENOENT },
    `${head} [o.ts:113:check] 0-q: lookup failed [No such file or directory]\n` +
      '  File "x.py", line 3\nKeyError: 1',
  ],
])("formatLine prints %o in GlusterFS's form", (detail, line) => {
  expect(formatLine({ ...base, ...detail })).toBe(line);
});

test('formatLine prints a letter for each level', () => {
  const letters = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (level) => formatLine({ ...base, level: level as LogLevel, text: '' })[35],
  );
  expect(letters.join('')).toBe('MACEWNIDT');
});

test.each([
  [0, '1970-01-01 00:00:00.000000'],
  [999.9999, '1970-01-01 00:00:01.000000'],
  [Date.UTC(2030, 0, 1) + 0.001, '2030-01-01 00:00:00.000001'],
])('formatLine prints the time %d ms after the epoch in microseconds', (at, text) => {
  expect(formatLine({ ...base, time: at, text: '' })).toContain(`[${text} +0000]`);
});

test('logLevel finds levels by name in any case, and nothing for unknown names', () => {
  for (const [level, name] of logLevelNames.entries()) expect(parseLogLevel(name)).toBe(level);
  expect(parseLogLevel('debug')).toBe(DEBUG);
  expect(parseLogLevel('loud')).toBe(undefined);
});

test('printable escapes line ends, control characters, backslashes and invalid UTF-8', () => {
  expect(printable('plain ä 漢 🙂')).toBe('plain ä 漢 🙂');
  expect(printable('a\n[2026]\r\t\x1b[0m\\')).toBe('a\\n[2026]\\x0d\\x09\\x1b[0m\\\\');
  expect(printable('caf\udce9 \u2028\u0085\ud800')).toBe('caf\\xe9 \\u2028\\u0085\\ud800');
  expect(formatLine({ ...base, text: 't', pairs: { name: 'a\nb' } })).toContain('{name=a\\nb}');
});

function capture(levels: LogLevels, domain = 'v') {
  const lines: string[] = [];
  const log = new Log({ write: (line) => lines.push(line), now: () => time }, levels, domain, 3);
  return { lines, log };
}

test('each method of a log writes at its level, and lines beyond the level of the log are dropped', () => {
  const { lines, log } = capture({ default: TRACE, volumes: new Map() });
  const methods = ['critical', 'error', 'warning', 'notice', 'info', 'debug', 'trace'] as const;
  for (const method of methods) log[method]('x');
  log.log(ERROR, 'x');
  expect(lines.map((line) => line[35]).join('')).toBe('CEWNIDTE');
  log.setOwnLevel('NONE');
  for (const method of methods) log[method]('x');
  log.log(NONE, 'x');
  expect(lines.length).toBe(8);
  log.setOwnLevel('ERROR');
  for (const method of methods) log[method]('x');
  expect(lines.length).toBe(10);
});

test('the log level set for a volume overrides its option log-level, which overrides the default', () => {
  const levels: LogLevels = { default: INFO, volumes: new Map() };
  const { log } = capture(levels);
  expect(log.level).toBe(INFO);
  levels.default = ERROR;
  expect(log.level).toBe(ERROR);
  log.setOwnLevel('DEBUG');
  expect(log.level).toBe(DEBUG);
  expect([log.enabled(DEBUG), log.enabled(TRACE)]).toEqual([true, false]);
  levels.volumes.set('v', TRACE);
  levels.volumes.set('other', NONE);
  expect(log.level).toBe(TRACE);
  levels.volumes.delete('v');
  log.setOwnLevel(undefined);
  expect(log.level).toBe(ERROR);
});

test('a log line names the calling file and function, or the given source', () => {
  const { lines, log } = capture({ default: INFO, volumes: new Map() });
  function negativeLookup() {
    log.info('mine');
  }
  negativeLookup();
  log.log(INFO, 'direct');
  log.info('theirs', { source: { file: 'negative.py', line: 12, func: 'lookup' } });
  expect(lines[0]).toMatch(/ I \[log\.test\.ts:[1-9]\d*:negativeLookup\] 3-v: mine$/);
  expect(lines[1]).toMatch(/\[log\.test\.ts:[1-9]\d*:/);
  expect(lines[2]).toMatch(/ I \[negative\.py:12:lookup\] 3-v: theirs$/);
});

test('a dropped log line reads neither the stack nor the clock', () => {
  const sink = {
    write: () => {
      throw new Error('written');
    },
    now: () => {
      throw new Error('asked for the time');
    },
  };
  const log = new Log(sink, { default: ERROR, volumes: new Map() }, 'v');
  expect(() => log.debug('x')).not.toThrow();
  expect(() => log.error('x')).toThrow('asked for the time');
});

test.each([
  ['    at lookup (file:///a/b/index.ts:12:5)', 'index.ts:12:lookup'],
  ['    at file:///a/b/index.ts:12:5', 'index.ts:12:-'],
  ['    at async Graph.start (/a b (c)/graph.ts:7:9)', 'graph.ts:7:Graph.start'],
  ['    at new Table (/a/t.ts:7:9)', 't.ts:7:Table'],
  ['    at Object.lookup [as fop] (/a/t.ts:7:9)', 't.ts:7:lookup'],
  ['    at Object.<anonymous> (/a/t.ts:7:9)', 't.ts:7:-'],
  ['    at <anonymous> (C:\\a\\t.ts:7:9)', 't.ts:7:-'],
  ['    at f (/a/t.ts?version=1:7:9)', 't.ts:7:f'],
  ['    at eval (eval at f (/a/t.ts:1:2), <anonymous>:3:4)', '-:3:eval'],
  ['    at Array.map (<anonymous>)', '-:0:-'],
  ['    at DS (blob:http://127.0.0.1:7458/4f9d4547-a7f8-46e0:1037:5)', '-:0:-'],
  ['lookup@/a/t.ts:7:9', '-:0:-'],
])('findSourceInStack reads the line %j', (line, expected) => {
  const stack = `Error: a message\n  of two lines\n    at inner (/x.ts:1:1)\n${line}`;
  const { file, line: at, func } = findSourceInStack(stack, 1);
  expect(`${file}:${at}:${func}`).toBe(expected);
});

test('findSourceInStack returns -:0:- for a missing or short stack', () => {
  for (const stack of [undefined, null, 7, [], '', 'Error\n    at f (/x.ts:1:1)']) {
    expect(findSourceInStack(stack, 1)).toEqual({ file: '-', line: 0, func: '-' });
  }
});
