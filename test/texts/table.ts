/**
 * Ways to run blocks that do not run as they stand.
 *
 * By default, the commands of a text run in order, in the page's own folder and shell; the output
 * of sessions is compared, volfiles are read, and programs started. A row below replaces that for
 * one block. A block that no test runs, or one of its own, says so in a comment before it
 * (`blocks.ts`). `texts.test.ts` fails for a block of no kind without either, and for a row without
 * its block.
 */

/** For one command, for one block (by its first line), or for all other commands ('*'). */
export type Row =
  /** Another command runs instead, for this reason; its output must match the shown one. */
  | { readonly run: string; readonly because: string; readonly status?: number }
  /** As it stands, but it ends with this status. */
  | { readonly status: number; readonly run?: undefined }
  /** A command that writes what the block shows; `only` picks lines of it. */
  | { readonly writtenBy: string; readonly only?: RegExp }
  /** The block becomes a file, before any command is run; `ran` is run in its turn. */
  | { readonly file: string; readonly ran?: string };

type Rows = Readonly<Record<string, Row>>;

const long = 'as it stands it takes minutes';
function makeHelpRow(command: string): Row {
  return { run: `glossa ${command} --help`, because: long };
}

/** Waits for a background command's output, ends the command by SIGINT, and shows the rest. */
const untilCtrlC = (command: string, message: string, meanwhile = ':'): string =>
  `${command} > out 2>&1 & typed=$!
until grep -q '${message}' out || ! kill -0 $typed; do sleep 0.1; done
${meanwhile}
kill -INT $typed; wait $typed; cat out; (exit 0)`;

const write = (file: string, text: string): string => `cat > ${file} <<'END'\n${text}END\n`;

/** Writes the volfile of a module over a storage in memory. */
const writeVolfile = (volume: string, module: string): string =>
  write(
    'other.vol',
    `volume storage
    type storage/memory
end-volume
volume ${volume}
    type features/glupy
    option module-name ${module}
    subvolumes storage
end-volume
`,
  );

/** A module whose refusals the page on the sandbox shows. */
const REFUSED = `
import os
from glupy import Translator
for harmless in (
    lambda: open("/etc/passwd"),
    lambda: __import__("ctypes"),
    lambda: os.environ["API_KEY"],
):
    try:
        harmless()
    except (OSError, ImportError, KeyError):
        pass
class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        open("/etc/passwd")
`;

export const tables: Readonly<Record<string, Rows>> = {
  'README.md': {
    'npm ci && npm run demo': { run: 'glossa demo --help', because: long },
  },
  'docs/start/install.md': {
    'glossa demo': { run: 'glossa demo --help', because: long },
    'man glossa-mount': {
      run: 'test -s "$PACKAGE/dist/man/glossa-mount.1"',
      because: 'not every machine has man(1)',
    },
    'sudo glossa setup': { run: 'glossa setup --dry-run', because: 'it changes the system' },
  },
  'bridges/native/README.md': {
    '#include "glossa.h"': { file: 'mine.c' },
    'volume storage': { file: 'mine.vol', ran: '! glossa run mine.vol -- test -e nothing' },
  },

  'docs/how-it-works/bench.md': {
    'glossa bench a.vol b.vol': makeHelpRow('bench'),
    'glossa bench --translator negative --in typescript,python,javascript,c': makeHelpRow('bench'),
    'glossa bench a.vol b.vol -w miss,readdir --cpu same,different --out report': {
      run: 'glossa bench a.vol b.vol -w miss --rounds 6 --duration 0.01 --out report',
      because: long,
    },
    'glossa bench a.vol b.vol -- ls -lR': makeHelpRow('bench'),
    "glossa bench a.vol b.vol --fail-if 'b/a p50 > 1.2'": makeHelpRow('bench'),
    'glossa bench --translator negative --in typescript,python,javascript --in-process': {
      run: 'glossa bench --translator negative --in python --in-process -w miss --rounds 6 --duration 0.01',
      because: long,
    },
    'glossa bench call': makeHelpRow('bench call'),
    'glossa bench call --in python,ffi-rs --only decided,awaited': makeHelpRow('bench call'),
  },

  'docs/write/python-services.md': {
    '[2026-11-20 06:38:28.167908 +0000] I [hello.py:8:lookup] 0-hello: hello, /greeting': {
      writtenBy: 'glossa run "$PACKAGE/examples/hello/hello.vol" --log-level INFO -- cat greeting',
    },
  },

  'docs/write/typescript.md': {
    "import { defineOptions, defineTranslator, EPERM, fail, tail } from 'glossa';": {
      file: 'keep.ts',
    },
    "import { type Cbk, defineTranslator, type Fop, tail, unwind, wind } from 'glossa';": {
      file: 'capitals.ts',
    },
    'volume disk': { file: 'keep.vol', ran: 'glossa check keep.vol' },
    'keep.vol:5:8: volume \'keep\' (features/native): /srv/keep.ts:7:51: SyntaxError: Unexpected token, expected ";"':
      {
        writtenBy:
          "cp keep.ts whole.ts; sed '9s/^/}/' whole.ts > keep.ts; glossa run keep.vol -- true; " +
          "sed 's/unlink(frame, xl/unlnk(frame, xl/' whole.ts > keep.ts; glossa run keep.vol -- true",
      },
  },

  'docs/write/filters.md': {
    '"""Hides the names that begin with a dot."""': { file: 'hide.py' },
    'volume folder': { file: 'hide.vol' },
  },

  'docs/write/storage.md': {
    '"""A dict of files, served as a file system that can be read."""': { file: 'dictfiles.py' },
    'volume dict': { file: 'dict.vol' },
    "E [wrong.py:13:stat] 0-wrong: stat failed: TypeError: stat: must return attributes(...), directory(), a number of bytes or None, not 'big'":
      {
        writtenBy: `sed 's/^        return directory.*/        return "big"/' dictfiles.py > wrong.py
sed 's/dictfiles/wrong/; s/e dict$/e wrong/' dict.vol > wrong.vol; glossa run wrong.vol -- cat hello`,
      },
    "import { defineFiles } from 'glossa';": { file: 'clock.ts' },
    'volume clock': { file: 'clock.vol', ran: 'glossa run clock.vol -- cat now' },
  },

  'docs/operate/watching.md': {
    'volume storage': { file: 'stack.vol' },
    'glossa mount stack.vol mnt': {
      run: 'glossa mount stack.vol mnt --slow 60s',
      because: 'the page shows requests that were not slow',
    },
    '/mnt/data  /etc/glossa/data.vol             pid 2844  up 3h  cpu 11 %  mem 176M': {
      writtenBy: 'glossa top mnt --once --interval 0.2',
      only: /^(watched|VOLUME)/,
    },
  },

  'docs/program/command-line.md': { 'volume data': { file: 'data.vol' } },
  'docs/write/recording.md': {
    'volume storage': { file: 'stack.vol' },
    'glossa trace mnt': {
      run: untilCtrlC('glossa trace mnt', 'observing', 'test -e mnt/nope'),
      because: 'no person types Ctrl-C',
    },
    '20:19:25.179550 #8  pid 8261 uid 1000': {
      writtenBy: "glossa trace stack.vol -- sh -c 'test -e nope; test -e nope'",
    },
    'cache: lookup(/gone) = -1 ENOENT <1.78 ms>': {
      writtenBy: `cp "$PACKAGE/examples/negative/negative.py" .
${writeVolfile('cache', 'negative')}glossa trace other.vol --log-level DEBUG -- test -e gone`,
    },
    "import { readFileSync } from 'node:fs';": { file: 'read.mjs', ran: 'node read.mjs' },
  },
  'docs/write/sandbox.md': {
    "PermissionError: [Errno 13] not granted (option allow-read /etc/passwd): '/etc/passwd'": {
      writtenBy: `${write('filter.py', REFUSED)}${writeVolfile('filter', 'filter')}glossa run other.vol -- test -e a`,
    },
    'W [MSGID: 204002] [filter.py:0:-] 0-filter: refused: open /etc/passwd (option allow-read /etc/passwd)':
      {
        writtenBy: 'glossa run other.vol -- true',
        only: /filter\.py/,
      },
  },
  'docs/write/testing.md': {
    'glossa dev keeper/keeper.py': {
      run: untilCtrlC('glossa dev keeper/keeper.py', 'mounted'),
      because: 'no person types Ctrl-C',
    },
    'glossa repl keeper/keeper.py': {
      run: 'echo 1 | glossa repl keeper/keeper.py',
      because: 'no person types',
    },
    '>>> self.options': {
      writtenBy:
        "printf '%s\\n' self.options 'len(self.absent)' | glossa repl \"$PACKAGE/examples/negative/negative.py\"",
      only: /^[^>]/,
    },
  },

  'apps/course/lessons/2-nothing/lesson.md': {
    'glossa check nothing.vol': {
      run: 'cp "$PACKAGE/apps/course/lessons/2-nothing/solution.py" nothing.py; glossa check nothing.vol',
      because: 'the learner has written it by then',
    },
  },
  'apps/course/lessons/8-wrong/lesson.md': { 'glossa test wrong.py': { status: 1 } },
  'apps/course/lessons/9-measure/lesson.md': {
    'glossa demo': { run: 'glossa demo --help', because: long },
  },
  'apps/course/lessons/10-storage/lesson.md': {
    'glossa run storage.py -- ls': {
      run: 'cp "$PACKAGE/apps/course/lessons/10-storage/solution.py" storage.py; glossa run storage.py -- ls',
      because: 'the learner has written it by then',
    },
  },
  'apps/course/lessons/README.md': {
    'glossa learn 1': { status: 1 },
    'glossa learn 7 --json --check anna/cache.py --check ben/cache.py > results.json': {
      status: 1,
    },
    'glossa learn --lessons my-lessons 1': { status: 1 },
    'glossa playground': {
      run: untilCtrlC('glossa playground --port 0', 'http://'),
      because: 'no person types Ctrl-C',
    },
  },
};

export const findRows = (page: string): Rows => tables[page] ?? {};

/** Finds the test that runs all commands of a page; undefined for most. */
export const findPageTest = (page: string): string | undefined =>
  page.startsWith('examples/') ? 'test/examples.mount.long.test.ts' : undefined;

/** Pages whose programs are one program in each language; `test/volume/program-page.test.ts` runs them. */
export const programPages: readonly string[] = [
  'docs/program/chunks-python.md',
  'docs/program/chunks.md',
  'docs/program/python.md',
  'docs/program/typescript.md',
  'docs/program/volume.md',
];
