/**
 * Ways to run blocks that do not run as they stand, and the files that a page expects.
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

const stack = (type: string, options = ''): string => `volume storage
    type storage/memory
end-volume
volume cache
    type ${type}
${options}    subvolumes storage
end-volume
`;

const write = (file: string, text: string): string => `cat > ${file} <<'END'\n${text}END\n`;

const scripted = stack('features/glupy', '    option module-name negative\n');
const copyNegative = 'cp "$PACKAGE/examples/negative/negative.py" .\n';
const program = `${write('what-fails', '#!/bin/sh\ncat a; echo text >a; cat a; true\n')}chmod +x what-fails\n`;

/** The cache that forgot to forget. */
const copyMistake = 'cp "$PACKAGE/apps/course/lessons/7-cache/solution.py" negative.py\n';

const lesson = (name: string): string => {
  const module = name.replace(/^\d+-/, '');
  return `cp "$PACKAGE/apps/course/lessons/${name}/"*.vol . && mkdir files
cp "$PACKAGE/apps/course/lessons/${name}/solution.py" ${module}.py\n`;
};

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

/** Shell, by page: run before its first command. `$PACKAGE` is where glossa is. */
export const setups: Readonly<Record<string, string>> = {
  'docs/how-it-works/bench.md':
    'cp "$PACKAGE"/volfiles/{posix,negative}.vol .; mkdir volfiles; cp *.vol volfiles',
  'docs/write/editors.md':
    'mkdir -p ~/.vscode/extensions prefix/lib/node_modules\n' +
    'ln -s "$PACKAGE" prefix/lib/node_modules/glossa\n' +
    'export npm_config_prefix="$PWD/prefix"',
  'docs/write/glupy-compat.md': write('negative.py', 'import gluster.glupy\nprint "loaded"\n'),
  'docs/operate/watching.md': `${copyNegative}${write('stack.vol', `${scripted}volume top\n    type meta\n    subvolumes cache\nend-volume\n`)}mkdir mnt
# Slow is what took a minute, as the text shows what was not.
glossa mount stack.vol mnt --log-file mnt.log --slow 60s
for time in 1 2 3; do (test -e mnt/gone); done`,
  'docs/reference/commands.md': `${write('a.vol', stack('debug/io-stats'))}cp a.vol b.vol
glossa new python keeper > /dev/null; cp keeper/* .
# Without jq, the document is read and shown as it is.
command -v jq > /dev/null || jq() { cat; }`,
  'docs/write/recording.md': `${copyNegative}${write('script.vol', scripted)}`,
  'docs/write/replay.md': `${copyMistake}${program}mkdir MNT
glossa mount stack.vol MNT --log-file mnt.log`,
  'docs/write/sandbox.md':
    write('filter.py', REFUSED) +
    write(
      'other.vol',
      scripted.replaceAll('negative', 'filter').replaceAll('volume cache', 'volume filter'),
    ),
  'docs/write/testing.md': `${copyNegative}cp negative.py cache.py\n${program}${write('stack.vol', scripted.replace('negative', 'cache'))}mkdir MNT
glossa mount stack.vol MNT --log-file mnt.log`,
  'apps/course/lessons/1-stack/lesson.md': lesson('1-stack'),
  'apps/course/lessons/2-nothing/lesson.md': lesson('2-nothing'),
  'apps/course/lessons/8-wrong/lesson.md': `${lesson('8-wrong')}cp "$PACKAGE/apps/course/lessons/8-wrong/test_wrong.py" .`,
  'apps/course/lessons/README.md': `mkdir -p anna ben my-lessons/1-keeper
cp "$PACKAGE/apps/course/lessons/7-cache/solution.py" anna/cache.py; cp anna/cache.py ben
cd my-lessons/1-keeper
echo '# 1. A keeper' > lesson.md
cp "$PACKAGE/apps/course/lessons/2-nothing/solution.py" starter.py; cp starter.py solution.py
${write('test_keeper.py', "from glupy.testing import graph\n\nasync def test_it():\n    async with graph('keeper') as g:\n        assert not await g.exists('/a')\n")}cd ../..`,
};

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
    'glossa bench volfiles/posix.vol volfiles/negative.vol': {
      run: 'glossa bench volfiles/posix.vol volfiles/negative.vol -w miss --rounds 6 --duration 0.01 --out report',
      because: long,
    },
    'glossa bench --translator negative --in typescript,python,javascript,c': makeHelpRow('bench'),
    'glossa bench a.vol b.vol -w miss,readdir --cpu same,different --out report':
      makeHelpRow('bench'),
    'glossa bench a.vol b.vol -- ls -lR': makeHelpRow('bench'),
    "glossa bench a.vol b.vol --fail-if 'b/a p50 > 1.2'": makeHelpRow('bench'),
    'glossa bench call': makeHelpRow('bench call'),
    'glossa bench call --in python,ffi-rs --only decided,awaited': makeHelpRow('bench call'),
    'glossa bench report run.json': {
      run: 'cp report/run.json before.json; cp report/run.json after.json; mv report/run.json .; rm -r report; glossa bench report run.json',
      because: 'the file is that of the run above',
    },
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

  'docs/operate/watching.md': {
    'cat MNT/.meta/graphs/active/cache/private': {
      file: 'of-meta',
      ran: "sed 's/MNT/mnt/' of-meta > there; set -e; . ./there > /dev/null; set +e",
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
    '20:19:25.179550 #8  pid 8261 uid 0': {
      writtenBy: "glossa trace stack.vol -- sh -c 'test -e nope; test -e nope'",
    },
    'cache: lookup(/gone) = -1 ENOENT <1.78 ms>': {
      writtenBy: 'glossa trace script.vol --log-level DEBUG -- test -e gone',
    },
    "import { readFileSync } from 'node:fs';": { file: 'read.mjs', ran: 'node read.mjs' },
  },
  'docs/write/replay.md': {
    'glossa record MNT -o bug.rec': {
      run: untilCtrlC('glossa record MNT -o mnt.rec', 'observing', 'test -e MNT/nope'),
      because: 'no person types Ctrl-C',
    },
    'volume storage': { file: 'stack.vol' },
    "glossa record stack.vol -o bug.rec --entry-timeout 0 -- sh -c 'cat a; echo text >a; cat a'": {
      run: `${copyMistake}glossa record stack.vol -o bug.rec --entry-timeout 0 -- sh -c 'cat a; echo text >a; cat a'`,
      because: 'it is the version that forgot to forget',
      status: 1,
    },
    'glossa replay bug.rec negative.py -o absent.rec': { status: 1 },
    'glossa replay bug.rec negative.py': {
      run: `${copyNegative}glossa replay bug.rec negative.py`,
      because: 'it is mended meanwhile',
    },
  },
  'docs/write/sandbox.md': {
    "PermissionError: [Errno 13] not granted (option allow-read /etc/passwd): '/etc/passwd'": {
      writtenBy: 'glossa run other.vol -- test -e a',
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
      writtenBy: "printf '%s\\n' self.options 'len(self.absent)' | glossa repl negative.py",
      only: /^[^>]/,
    },
  },

  'apps/course/lessons/9-measure/lesson.md': {
    'glossa demo': { run: 'glossa demo --help', because: long },
  },
  'apps/course/lessons/README.md': {
    'glossa learn 1': { status: 1 },
    'glossa playground': {
      run: untilCtrlC('glossa playground --port 0', 'http://'),
      because: 'no person types Ctrl-C',
    },
  },
};

export const findRows = (page: string): Rows => tables[page] ?? {};

/** Finds the test that runs all commands of a page; undefined for most. */
export const findPageTest = (page: string): string | undefined =>
  page.startsWith('examples/') ? 'test/examples.mount.more.test.ts' : undefined;

/** Pages whose programs are one program in each language; `test/volume/program-page.test.ts` runs them. */
export const programPages: readonly string[] = [
  'docs/program/chunks-python.md',
  'docs/program/chunks.md',
  'docs/program/python.md',
  'docs/program/typescript.md',
  'docs/program/volume.md',
];
