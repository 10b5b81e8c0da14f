/**
 * Attempts of a JavaScript module to escape, to use objects not exposed to it, or to harm other volumes:
 * each is refused and logged, and changes nothing outside. `silent` lists those that cannot be logged,
 * with the reason.
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { ENOENT, EPERM } from '../../runtime/core/errno.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';
import { rows } from '../../test/support/rows.ts';

type Attempt = readonly [source: string, result: RegExp, logged: RegExp];

const UNDEFINED =
  /TypeError: (cannot read property '\w+' of undefined|not a (function|constructor))/;
const CODE = /refused: code from a string/;
const READ = /read of \/.* is refused \(option allow-read\)/;
const WRITE = /write of \/.* is refused \(option allow-write\)/;
const ENV = /the variable \w+ is refused \(option allow-env\)/;
const NOT_HANDED = /refused: an? (inode|fd) that the module was not given/;
const MESSAGE = /refused: a message: /;

const attempts: Readonly<Record<string, Attempt>> = {
  // Missing globals.
  process: ['process.exit(1)', UNDEFINED, /not given: process \(/],
  require: ['require("fs")', UNDEFINED, /not given: require \(/],
  'a module’s require': ['module.require("fs")', UNDEFINED, /not given: module \(/],
  Buffer: ['Buffer.alloc(10)', UNDEFINED, /not given: Buffer \(/],
  WebAssembly: ['new WebAssembly.Memory({ initial: 1 })', UNDEFINED, /not given: WebAssembly \(/],
  fetch: ['fetch("http://127.0.0.1")', UNDEFINED, /not given: fetch \(/],
  XMLHttpRequest: ['new XMLHttpRequest()', UNDEFINED, /not given: XMLHttpRequest \(/],
  WebSocket: ['new WebSocket("ws://127.0.0.1")', UNDEFINED, /not given: WebSocket \(/],
  Worker: ['new Worker("x.js")', UNDEFINED, /not given: Worker \(/],
  'the globals of qjs': ['std.loadFile("/etc/passwd")', UNDEFINED, /not given: std \(/],
  'the shell’s os': ['os.exec(["ls"])', UNDEFINED, /not given: os \(/],
  'the interpreter’s host': ['__host.log(4, "x", 1, "y", "z")', UNDEFINED, /not given: __host \(/],
  global: ['global.glossaCanary', UNDEFINED, /not given: global \(/],
  window: ['window.glossaCanary', UNDEFINED, /not given: window \(/],
  Deno: ['Deno.readTextFileSync("/etc/passwd")', UNDEFINED, /not given: Deno \(/],
  // Code from strings.
  'Function of a function': ['(() => 1).constructor("return 1")()', /EvalError/, CODE],
  'Function of an async function': ['(async () => 1).constructor("return 1")()', /EvalError/, CODE],
  'Function of a generator': ['(function* () {}).constructor("yield 1")()', /EvalError/, CODE],
  'new Function': ['new Function("return this")()', /EvalError/, CODE],
  'Function of a constructor': ['Object.constructor.constructor("return 1")()', /EvalError/, CODE],
  'Function of a log method': ['self.log.info.constructor("return 1")()', /EvalError/, CODE],
  'Function of an error’s class': [
    'try { null.x } catch (e) { e.constructor.constructor("return 1")() }',
    /EvalError/,
    CODE,
  ],
  // Files and variables without a grant.
  'a file': ['readFile("/etc/passwd")', /EACCES.*read of \/etc\/passwd.*allow-read/, READ],
  'a file beside': ['readFile("../other/canary")', /EACCES.*other\/canary/, READ],
  'a file by a symbolic link': ['readFile("given/link")', /E(ACCES|LOOP|XDEV)/, READ],
  'a file by a folder that is a link': [
    'readFile("given/folder/canary")',
    /E(ACCES|LOOP|XDEV)/,
    READ,
  ],
  'a file by dots': ['readFile("given/../../other/canary")', /EACCES/, READ],
  'a file with a NUL in its name': [
    'readFile("given/file\\0/../../../etc/passwd")',
    /EACCES/,
    READ,
  ],
  'the memory of the process': ['readFile("/proc/self/mem")', /EACCES/, READ],
  'a folder': ['readDir("/")', /EACCES/, READ],
  'writing where reading is granted': [
    'writeFile("given/file", "x")',
    /EACCES.*allow-write/,
    WRITE,
  ],
  'writing a new file': ['writeFile("new", "x")', /EACCES.*allow-write/, WRITE],
  'a variable': ['env("GLOSSA_TEST_SECRET")', /EACCES.*allow-env/, ENV],
  'every variable': ['env("__proto__")', /EACCES/, ENV],
  // Handles of other volumes.
  'an inode of no number': ['new Inode(987654321).path', /HandleExpired/, NOT_HANDED],
  'an inode of a text': ['new Inode("x").path', /HandleExpired/, NOT_HANDED],
  'an fd of another number': ['new Fd(3).flags', /HandleExpired/, NOT_HANDED],
  'closing an fd of another': [
    'new Fd(3).close()',
    /not opened by this module/,
    /refused: to close an fd/,
  ],
  'winding to what is no child': [
    'frame.windTo({ child: { index: 7 } })',
    /no such subvolume/,
    MESSAGE,
  ],
  'winding to a text': ['frame.windTo({ child: "leaf" })', /must be one of this.children/, MESSAGE],
  'a frame of another request': [
    '(() => { const f = Object.create(frame); f.id = 12345; f.windTo(self.child, null) })()',
    /TypeError/,
    MESSAGE,
  ],
  'a message of a made-up fop': ['frame.windTo({ fop: "no", cbk() {} })', /is no fop/, MESSAGE],
  'the library’s own messages': [
    'frame._pushMessage("wind", 0, 99, "lookup", [])',
    /TypeError/,
    MESSAGE,
  ],
  'a message with a value that JSON lacks': [
    'frame._pushMessage(undefined, 1n)',
    /TypeError/,
    MESSAGE,
  ],
};

/** Attempts without a log line, with the reason: they call no code that could log. */
const silent = rows`
a global of the host ⇒ globalThis.glossaCanary ?? "none" ⇒ ^none$
  ⇒ any name may be looked for among the globals; only those that other programs have are told
the root inode by its number ⇒ new Inode(1).gfid ⇒ ^0{8}-.*0001$
  ⇒ it is the volume's own root, which every module may see
frozen arrays of the host ⇒ self.children.push(1) ⇒ TypeError
  ⇒ the language itself refuses to change what is frozen
options of the volume ⇒ self.options.added = 1 ⇒ TypeError
  ⇒ the language itself refuses to change what is frozen
`;

/** Imports, each refused and logged. */
const imports: readonly string[] = [
  'node:fs',
  'node:child_process',
  'file:///etc/passwd',
  'http://127.0.0.1/x.js',
  'data:text/javascript,export default 1',
  '/etc/passwd',
  'glossa:bridges/javascript/library/host',
  'qjs:std',
  './given/link',
  '../other/outside.js',
];

/** Imports of missing modules. */
const missing: readonly string[] = ['fs', 'os', 'std', 'glossa/host', './nothing.js', 'bridge'];

const MODULE = `import * as glossa from 'glossa';
const { env, EPERM, Fd, Inode, readDir, readFile, Translator, writeFile } = glossa;
const attempts = {
${[...Object.entries(attempts).map(([name, [source]]) => [name, source] as const), ...silent]
  .map(([name, source]) => {
    const body = source.startsWith('try') ? source : `return ${source};`;
    return `  ${JSON.stringify(name)}: (self, frame) => { ${body} },`;
  })
  .join('\n')}
};
export class xlator extends Translator {
  stat(frame, loc, xdata) {
    let result;
    try {
      result = String(attempts[xdata.get('attempt')](this, frame));
    } catch (error) {
      result = String(error);
    }
    this.log.info('RESULT %s', result);
    if (!frame.answered) frame.fail(EPERM);
  }
  async readlink(frame, loc, size, xdata) {
    let result = 'imported';
    try {
      await import(xdata.get('name'));
    } catch (error) {
      result = String(error);
    }
    this.log.info('RESULT %s', result);
    frame.fail(EPERM);
  }
}
`;

let folder: string;
let run: RunningModule;

beforeAll(async () => {
  process.env.GLOSSA_TEST_SECRET = 'secret';
  Object.assign(globalThis, { glossaCanary: 'of the host' });
  folder = makeFolder();
  for (const name of ['code', 'code/given', 'other']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'code', 'm.js'), MODULE);
  writeFileSync(join(folder, 'code', 'given', 'file'), 'to be read');
  writeFileSync(join(folder, 'other', 'canary'), 'untouched');
  writeFileSync(join(folder, 'other', 'outside.js'), 'export default 1;');
  symlinkSync('../../other/canary', join(folder, 'code', 'given', 'link'));
  symlinkSync('../../other', join(folder, 'code', 'given', 'folder'));
});

beforeEach(async () => {
  run = await startModule(join(folder, 'code'), {
    options: { 'allow-read': join(folder, 'code', 'given'), 'allow-env': 'HOME' },
  });
});

afterAll(() => {
  Reflect.deleteProperty(globalThis, 'glossaCanary');
  delete process.env.GLOSSA_TEST_SECRET;
});

afterEach(() => {
  expect(readFileSync(join(folder, 'other', 'canary'), 'utf8')).toBe('untouched');
  expect(readFileSync(join(folder, 'code', 'given', 'file'), 'utf8')).toBe('to be read');
});

/** Runs an attempt, and separates its result from other log lines. */
function runAttempt(ask: () => void): { result: string; otherLines: readonly string[] } {
  run.takeLines();
  ask();
  run.takeRequests();
  const lines = run.takeLines();
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = lines[at]?.slice(lines[at].indexOf('RESULT ') + 7) ?? 'nothing';
  return { result, otherLines: lines.filter((_, i) => i !== at) };
}

const tryTo = (attempt: string) =>
  runAttempt(() => run.ask('stat', run.knownLoc('a'), Dict.of({ attempt })));

describe('a JavaScript module', () => {
  it.each(Object.entries(attempts))(
    'is refused %s, and the log has one line about it',
    (name, [, expected, logged]) => {
      const { result, otherLines } = tryTo(name);
      expect(result).toMatch(expected);
      expect(otherLines).toEqual([expect.stringMatching(/^W \[/)]);
      expect(otherLines[0]).toMatch(logged);
      // A refusal is logged once, so that a module cannot flood the log.
      expect(tryTo(name)).toEqual({ result, otherLines: [] });
    },
  );

  it.each(silent)('cannot misuse %s, and nothing is logged', (name, _source, expected) => {
    const { result, otherLines } = tryTo(name);
    expect(result).toMatch(new RegExp(expected));
    expect(otherLines).toEqual([]);
  });
});

describe('an import in a JavaScript module', () => {
  const tryImport = (name: string) =>
    runAttempt(() => run.ask('readlink', run.knownLoc('a'), 10, Dict.of({ name })));

  it.each(imports)('is refused and logged: %s', (name) => {
    const { result, otherLines } = tryImport(name);
    expect(result).toMatch(/import of '.*' is refused/);
    expect(otherLines).toEqual([expect.stringMatching(/^W \[m\.js:.*import of '.*' is refused/)]);
    expect(otherLines[0]).toContain(`'${name}'`);
  });

  it.each(missing)('fails and is logged if the file is missing: %s', (name) => {
    const { result, otherLines } = tryImport(name);
    expect(result).toMatch(/cannot find '.*'; searched:/);
    expect(otherLines).toEqual([expect.stringMatching(/^W \[m\.js:.*not given: import of '/)]);
    expect(otherLines[0]).toContain(`'${name}'`);
  });

  it('fails the start of the volume, with its line in the error, if it names a Node module', async () => {
    const broken = startModule({ 'm.js': "\nimport fs from 'node:fs';\n" });
    await expect(broken).rejects.toThrow(/m\.js:2: import of 'node:fs' is refused/);
  });
});

it('a JavaScript module can use the files and environment variables that are granted to it', async () => {
  const options = {
    'allow-read': folder,
    'allow-write': folder,
    'allow-env': 'GLOSSA_TEST_SECRET',
  };
  const path = JSON.stringify(join(folder, 'other', 'canary'));
  const createdPath = JSON.stringify(join(folder, 'other', 'made'));
  const granted = await startModule(
    {
      'm.js': `import { env, readDir, readText, Translator, writeFile } from 'glossa';
export class xlator extends Translator {
  init() {
    writeFile(${createdPath}, 'caf\\u00e9');
    this.log.info('%s', [readText(${path}), readText(${createdPath}), env('GLOSSA_TEST_SECRET')].join());
    this.log.info('%s', readDir(${JSON.stringify(join(folder, 'other'))}).sort().join());
  }
}`,
    },
    { options },
  );
  const lines = granted.takeLines();
  expect(lines[0]).toContain('untouched,café,secret');
  expect(lines[1]).toContain('canary,made,outside.js');
});

it('two volumes with the same JavaScript module share no state', async () => {
  const files = {
    'm.js': `import { Translator } from 'glossa';
export class xlator extends Translator {
  statfs(frame) {
    globalThis.count = (globalThis.count ?? 0) + 1;
    Array.prototype.mine = 1;
    frame.fail(globalThis.count);
  }
}`,
  };
  const [one, two] = [await startModule(files), await startModule(files)];
  const ask = (of: RunningModule) => of.ask('statfs', of.knownLoc('a'), null).opErrno;
  expect([ask(one), ask(one), ask(two)]).toEqual([EPERM, ENOENT, EPERM]);
});

it('a JavaScript module sees a missing global as undefined, and may define it itself', async () => {
  const own = await startModule({
    'm.js': `import { Translator } from 'glossa';
const found = typeof process !== 'undefined' && process.versions?.node;
globalThis.fetch = () => 'own';
export class xlator extends Translator {
  init() {
    const names = [typeof require, typeof window, globalThis.process?.env, fetch()];
    this.log.info('%s', [found, ...names].join());
    for (let i = 0; i < 1000; i++) typeof Deno;
  }
}`,
  });
  expect(own.takeLines()).toEqual([
    expect.stringMatching(/^W \[m\.js:2:.*not given: process \(a module has no access/),
    expect.stringMatching(/^W \[m\.js:6:init\].*not given: require \(a module imports/),
    expect.stringMatching(/^W .*not given: window /),
    expect.stringMatching(/^I .*false,undefined,undefined,,own/),
    expect.stringMatching(/^W .*not given: Deno /),
    expect.stringMatching(/^I .*loaded/),
  ]);
});

it('a thousand refused accesses of a JavaScript module add at most 101 warnings to the log', async () => {
  const own = await startModule({
    'm.js': `import { env, Translator } from 'glossa';
export class xlator extends Translator {
  init() {
    for (let i = 0; i < 1000; i++) try { env('V' + i) } catch {}
  }
}`,
  });
  const lines = own.takeLines().filter((line) => line.startsWith('W '));
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toContain('refused: further refusals are not logged');
});
