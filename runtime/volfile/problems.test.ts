/** Wrong volfiles, and every line of their reports. */
import { expect, test } from 'vitest';
import { genericOptions, type Options, parseOption } from '../core/options.ts';
import { formatProblem, formatProblems, VolfileError } from './problems.ts';
import { Source } from './source.ts';
import { registry } from './testdata/registry.ts';
import { inspectVolfile, readVolfile, type VolfileSettings } from './volfile.ts';

const LEAF = 'volume leaf type storage/posix end-volume\n';

/** The core's message about a value of performance/io-cache. */
function wrong(key: string, value: string): string {
  const { options } = registry.lookup('performance/io-cache')!;
  const table: Options = { ...genericOptions, ...options };
  const parsed = parseOption(key, table[key]!, value);
  if (!('error' in parsed)) throw new Error(`'${value}' is fine`);
  return parsed.error;
}

interface Case {
  readonly text: string;
  readonly lines: readonly string[];
  readonly settings?: VolfileSettings;
}

const cases: Record<string, Case> = {
  'an empty file': {
    text: '',
    lines: ['1:1: error: the file has no volume'],
  },
  'nothing but blanks and comments': {
    text: '\n  # volume x\n\n',
    lines: ['2:13: error: the file has no volume'],
  },
  'words before the first volume': {
    text: `hello world\n${LEAF}`,
    lines: ["1:1: error: expected 'volume', found 'hello': nothing stands outside a volume"],
  },
  'statements outside a volume are one mistake': {
    text: 'type storage/posix\noption a b\nend-volume\nend-volume\n',
    lines: [
      "1:1: error: expected 'volume', found 'type': nothing stands outside a volume",
      "4:1: error: expected 'volume', found 'end-volume': nothing stands outside a volume",
    ],
  },
  'a volume without a name': {
    text: 'volume\n    type storage/posix\nend-volume\n',
    lines: ["1:1: error: expected a name after 'volume', found 'type'"],
  },
  'a volume without a name, type or end': {
    text: `volume\n${LEAF}`,
    lines: [
      "1:1: error: expected a name after 'volume', found 'volume'",
      "1:1: error: the volume has no 'type' (as in 'type storage/posix')",
      "2:1: error: the volume of line 1 has no 'end-volume' before the next 'volume'",
    ],
  },
  'two words for a name': {
    text: 'volume my volume2\n    type storage/posix\nend-volume\n',
    lines: [
      "1:11: error: expected 'type', 'option', 'subvolumes' or 'end-volume', found 'volume2'",
    ],
  },
  'no type': {
    text: 'volume a\n    option directory /d\nend-volume\n',
    lines: ["1:8: error: volume 'a' has no 'type' (as in 'type storage/posix')"],
  },
  "'type' without a type": {
    text: 'volume a\n    type\n    option directory /d\nend-volume\n',
    lines: ["2:5: error: expected a type after 'type', found 'option'"],
  },
  'two types': {
    text: 'volume a\n    type storage/posix\n    type storage/posix\nend-volume\n',
    lines: ["3:5: error: volume 'a' has a second 'type'; the first is on line 2"],
  },
  "two 'subvolumes'": {
    text: `${LEAF}volume a type features/negative\nsubvolumes leaf\nsubvolumes leaf\nend-volume`,
    lines: [
      "4:1: error: volume 'a' has a second 'subvolumes'; the first is on line 3",
      "4:12: warning: volume 'a' has 'leaf' as a subvolume twice",
    ],
  },
  "'subvolumes' without names": {
    text: `${LEAF}volume a\n    type features/negative\n    subvolumes\nend-volume\n`,
    lines: ["4:5: error: expected the name of a volume after 'subvolumes', found 'end-volume'"],
  },
  'no end-volume before the next volume': {
    text: `volume a\n    type storage/posix\n${LEAF}`,
    lines: ["3:1: error: volume 'a' of line 1 has no 'end-volume' before the next 'volume'"],
  },
  'no end-volume before the end': {
    text: 'volume a\n    type storage/posix\n\n\n',
    lines: ["2:23: error: volume 'a' of line 1 has no 'end-volume' before the end of the file"],
  },
  'words after end-volume': {
    text: 'volume a\n    type storage/posix\nend-volume a\n',
    lines: ["3:12: error: expected 'volume', found 'a'"],
  },
  'an option without key and value, and one without value': {
    text: 'volume a type storage/posix\noption\noption directory\nend-volume',
    lines: [
      "2:1: error: expected a key after 'option', found 'option'",
      "3:1: error: expected a value after 'option directory', found 'end-volume'",
    ],
  },
  'a value at the end of the file': {
    text: 'volume a type storage/posix option directory',
    lines: [
      "1:29: error: expected a value after 'option directory', found the end of the file",
      "1:45: error: volume 'a' of line 1 has no 'end-volume' before the end of the file",
    ],
  },
  'a keyword as a value': {
    text: 'volume a\n    type protocol/client\n    option log-file type\nend-volume\n',
    lines: [
      "3:21: error: expected a value after 'option log-file', found the keyword 'type' " +
        '(in double quotes it is a word: "type")',
    ],
  },
  'a NUL in a value, and in a name': {
    text: 'volume a type protocol/client\n  option k "v\\"\0w"\nend-volume volume \0 type storage/posix end-volume',
    lines: [
      '2:16: error: a NUL character cannot stand in a word',
      '3:19: error: a NUL character cannot stand in a word',
    ],
  },
  'a value with blanks': {
    text: 'volume a\n    type storage/posix\n    option directory /my own "dir"\nend-volume\n',
    lines: [
      "3:26: error: expected 'option', 'subvolumes' or 'end-volume', found 'own' " +
        '(a value with blanks needs quotes: "/my own \\"dir\\"")',
    ],
  },
  'empty words': {
    text: 'volume ""\ntype ""\noption "" x\noption k ""\nsubvolumes "" ""\nend-volume\n',
    lines: [
      '1:8: error: expected a name after \'volume\', found ""',
      '2:6: error: expected a type after \'type\', found ""',
      '3:8: error: expected a key after \'option\', found ""',
      '4:10: error: expected a value after \'option k\', found ""',
      '5:12: error: expected the name of a volume after \'subvolumes\', found ""',
      '5:15: error: expected the name of a volume after \'subvolumes\', found ""',
    ],
  },
  'misspelt keywords': {
    text: 'volme a\n  Type storage/posix\n  "option" directory /d\nend_volume\nvolume b',
    lines: [
      "1:1: error: expected 'volume', found 'volme'",
      "2:3: error: expected 'type', found 'Type'",
      '3:3: error: expected \'option\', found "option" in quotes',
      "4:1: error: expected 'end-volume', found 'end_volume'",
      "5:8: error: volume 'b' has no 'type' (as in 'type storage/posix')",
      "5:9: error: volume 'b' of line 5 has no 'end-volume' before the end of the file",
    ],
  },
  'a misspelt keyword after subvolumes': {
    text: `${LEAF}volume a\n  type performance/io-cache\n  subvolumes leaf\n  opton page-count 3\nend-volume`,
    lines: ["5:3: error: expected 'option', found 'opton'"],
  },
  'an open string': {
    text: 'volume a\r\n    type storage/posix\r\n    option directory "/d\\\r\nend-volume\r\n',
    lines: [
      '3:22: error: this string has no closing quote on its line (inside quotes, \\" is a quote)',
    ],
  },
  'a backslash outside quotes': {
    text: 'volume a\n    type protocol/client\n    option share \\\\host\\x\nend-volume\n',
    lines: [
      "3:18: error: '\\' means something only inside double quotes " +
        '(write the whole word in double quotes, and \\\\ for \\)',
      "3:24: error: '\\' means something only inside double quotes " +
        '(write the whole word in double quotes, and \\\\ for \\)',
    ],
  },
  'commands that may not run': {
    text: 'volume a # `rm -rf /`\n type storage/posix\n option directory `pwd`/"`ls`"\nend-volume\n',
    lines: [
      '3:19: error: commands do not run: `pwd` ' +
        '(with --allow-shell they do; in double quotes, \\` is a backtick)',
      "3:25: error: expected 'option', 'subvolumes' or 'end-volume', found '\"`ls`\"' " +
        '(a value with blanks needs quotes: "`pwd`/\\"`ls`\\"")',
    ],
  },
  'a backtick without a partner': {
    text: 'volume a`\n    type storage/posix\nend-volume\n',
    lines: ['1:9: error: this backtick has no partner (in double quotes, \\` is a backtick)'],
  },
  'a repeated option': {
    text: `${LEAF}volume a type performance/io-cache\noption page-count 99\noption page-count 3\nsubvolumes leaf end-volume`,
    lines: [
      "4:8: warning: volume 'a' has option 'page-count' on line 3 already; the last one counts",
    ],
  },
  'a name used twice': {
    text: `${LEAF}\nvolume leaf\n    type storage/posix\nend-volume\n`,
    lines: ["3:8: error: volume 'leaf' exists already, on line 1"],
  },
  'an undefined subvolume': {
    text: `${LEAF}volume a type cluster/distribute subvolumes laef other end-volume`,
    lines: [
      "2:45: error: volume 'a': subvolume 'laef' is not defined (did you mean 'leaf'?)",
      "2:50: error: volume 'a': subvolume 'other' is not defined",
    ],
  },
  'a subvolume defined later': {
    text: `volume a type features/negative\nsubvolumes leaf end-volume\n${LEAF}`,
    lines: [
      "2:12: error: volume 'a': subvolume 'leaf' is defined only later, on line 3 " +
        '(a volume stands after its subvolumes)',
    ],
  },
  'a volume below itself': {
    text: 'volume a type features/negative subvolumes a end-volume',
    lines: ["1:44: error: volume 'a' is its own subvolume"],
  },
  'a loop': {
    text:
      'volume a type features/negative subvolumes c end-volume\n' +
      'volume b type features/negative subvolumes a end-volume\n' +
      'volume c type features/negative subvolumes b end-volume\n',
    lines: ["1:44: error: subvolumes form a loop: 'a' → 'c' → 'b' → 'a'"],
  },
  'a subvolume named twice': {
    text: `${LEAF}volume a type cluster/replicate subvolumes leaf leaf end-volume`,
    lines: ["2:49: warning: volume 'a' has 'leaf' as a subvolume twice"],
  },
  'volumes out of reach': {
    text: `volume x type storage/posix end-volume\nvolume y type features/negative subvolumes x end-volume\n${LEAF}`,
    lines: [
      "1:8: warning: volume 'x' is not reached from the top volume 'leaf'",
      "2:8: warning: volume 'y' is not reached from the top volume 'leaf'",
    ],
  },
  'unknown types': {
    text:
      'volume a type storage/posx end-volume\nvolume b type posix end-volume\n' +
      'volume c type features/io-cache end-volume\nvolume d type any/thing subvolumes a b c end-volume\n',
    lines: [
      "1:15: error: volume 'a': unknown type 'storage/posx' (did you mean 'storage/posix'?)",
      "2:15: error: volume 'b': unknown type 'posix' (did you mean 'storage/posix'?)",
      "3:15: error: volume 'c': unknown type 'features/io-cache' (did you mean 'performance/io-cache'?)",
      "4:15: error: volume 'd': unknown type 'any/thing'",
    ],
  },
  'wrong numbers of subvolumes': {
    text: [
      'volume x type storage/posix end-volume volume y type storage/posix end-volume',
      'volume a type features/negative end-volume',
      'volume b type features/negative subvolumes x y end-volume',
      'volume c type storage/posix subvolumes x end-volume',
      'volume d type cluster/replicate subvolumes x end-volume',
      'volume e type features/maybe subvolumes x y end-volume',
      'volume f type features/pair end-volume',
      'volume g type features/pair subvolumes a b c d e end-volume',
      'volume h type cluster/distribute end-volume',
      'volume i type cluster/distribute subvolumes a b c d e f g h x y end-volume',
    ].join('\n'),
    lines: [
      "2:8: error: volume 'a' (features/negative) needs exactly one subvolume, has no subvolumes",
      "3:46: error: volume 'b' (features/negative) needs exactly one subvolume, has two",
      "4:40: error: volume 'c' (storage/posix) takes no subvolumes, has one",
      "5:8: error: volume 'd' (cluster/replicate) needs at least two subvolumes, has one",
      "6:43: error: volume 'e' (features/maybe) takes at most one subvolume, has two",
      "7:8: error: volume 'f' (features/pair) needs two to three subvolumes, has no subvolumes",
      "8:46: error: volume 'g' (features/pair) needs two to three subvolumes, has five",
      "9:8: error: volume 'h' (cluster/distribute) needs at least one subvolume, has no subvolumes",
    ],
  },
  'options unknown, wrong, and given by two names': {
    text: `${LEAF}volume a type performance/io-cache subvolumes leaf
option page-cuont 3 option page-count 17 option cache-of laef
option count 3 option old-count 4 option log-level LOUD end-volume`,
    lines: [
      "3:8: warning: volume 'a' (performance/io-cache): option 'page-cuont' is not known here " +
        "(did you mean 'page-count'?)",
      `3:39: error: volume 'a' (performance/io-cache): ${wrong('page-count', '17')}`,
      "3:58: error: volume 'a' (performance/io-cache): option 'cache-of': " +
        "the graph has no volume 'laef' (did you mean 'leaf'?)",
      "4:23: warning: volume 'a' (performance/io-cache): options 'count' and 'old-count' are the " +
        'same; the last one counts',
      `4:52: error: volume 'a' (performance/io-cache): ${wrong('log-level', 'LOUD')}`,
    ],
  },
  'an unknown option in strict mode': {
    text: 'volume a type storage/posix option dir /d end-volume',
    settings: { strict: true },
    lines: ["1:36: error: volume 'a' (storage/posix): option 'dir' is not known here"],
  },
  'an unknown option where the translator judges': {
    text: 'volume a type protocol/client option anything goes end-volume',
    settings: { strict: true },
    lines: [],
  },
};

test.each(Object.entries(cases))(
  'the check of a volfile returns the expected problems for %s',
  (_, { text, lines, settings }) => {
    const { problems, description } = inspectVolfile(new Source('x.vol', text), {
      registry,
      ...settings,
    });
    expect(problems.map(formatProblem)).toEqual(lines.map((line) => `x.vol:${line}`));
    expect(description === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  },
);

test('readVolfile throws one error with the places, hints and codes of all problems', () => {
  const text = 'volume a\n\ttype storage/posx\n\toption directory "/d\nend-volume\n';
  let error: unknown;
  try {
    readVolfile(new Source('x.vol', text), { registry });
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof VolfileError)) throw error;
  expect(error.code).toBe('GLOSSA_VOLFILE');
  expect(error.problems.map(({ code, line, column }) => [code, line, column])).toEqual([
    ['unknown-type', 2, 7],
    ['unterminated-string', 3, 19],
  ]);
  expect(error.message.split('\n')).toEqual(error.problems.map(formatProblem));
  expect(`\n${formatProblems(error.problems, error.sources)}\n`).toBe(`
x.vol:2:7: error: volume 'a': unknown type 'storage/posx'
  \ttype storage/posx
  \t     ^^^^^^^^^^^^
  hint: did you mean 'storage/posix'?
x.vol:3:19: error: this string has no closing quote on its line
  \toption directory "/d
  \t                 ^^^
  hint: inside quotes, \\" is a quote
`);
});

test('formatProblems uses colour only on request', () => {
  const { problems, sources } = inspectVolfile(new Source('x.vol', 'volume a end-volume'));
  const plain = formatProblems(problems, sources);
  const coloured = formatProblems(problems, sources, { colour: true });
  expect(plain).not.toContain('\x1b');
  expect(coloured).toContain('\x1b[1;31merror:\x1b[0m');
  const [before, ...painted] = coloured.split('\x1b[');
  expect([before, ...painted.map((part) => part.slice(part.indexOf('m') + 1))].join('')).toBe(
    plain,
  );
});

test('names from a volfile are escaped and cut in problems', () => {
  const name = `\x1b[2J${'long'.repeat(50)}\udc80`;
  const text = `volume ${name} option k \x1b[1mv \x1b[0m end-volume volume b type t subvolumes ${name}x`;
  const { problems, sources } = inspectVolfile(new Source('x.vol', text));
  const shown = formatProblems(problems, sources);
  expect(shown).not.toContain('\x1b');
  expect(shown).toContain('volume ␛[2J');
  const long = "'␛[2Jlonglonglonglonglonglonglonglonglonglonglonglonglonglon…'";
  expect(problems[0]!.message).toBe(`volume ${long} has no 'type'`);
  expect(problems.map(({ hint }) => hint)).toContain(`did you mean ${long}?`);
  expect(problems.map(({ hint }) => hint)).toContain(
    'a value with blanks needs quotes: "␛[1mv ␛[0m"',
  );
});
