/**
 * What a script may try to get out, to reach what it was not given, or to harm others: each attempt
 * runs in a real volume, is refused, is logged where it is plainly forbidden, and leaves what lies
 * outside as it was.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENOENT, EPERM } from '../../runtime/core/errno.ts';
import { moduleGraph, type RunningModule, startModule } from '../../test/support/module.ts';

const attempts: Record<string, [source: string, result: RegExp]> = {
  // What is not there.
  process: ['process.exit(1)', /ReferenceError/],
  require: ['require("fs")', /ReferenceError/],
  'a module’s require': ['module.require("fs")', /ReferenceError/],
  Buffer: ['Buffer.alloc(10)', /ReferenceError/],
  WebAssembly: ['new WebAssembly.Memory({ initial: 1 })', /ReferenceError/],
  fetch: ['fetch("http://127.0.0.1")', /ReferenceError/],
  XMLHttpRequest: ['new XMLHttpRequest()', /ReferenceError/],
  WebSocket: ['new WebSocket("ws://127.0.0.1")', /ReferenceError/],
  Worker: ['new Worker("x.js")', /ReferenceError/],
  'the globals of qjs': ['std.loadFile("/etc/passwd")', /ReferenceError/],
  'the shell’s os': ['os.exec(["ls"])', /ReferenceError/],
  'the interpreter’s host': ['__host.log(4, "x", 1, "y", "z")', /ReferenceError/],
  global: ['global.glossaCanary', /ReferenceError/],
  window: ['window.glossaCanary', /ReferenceError/],
  'a global of the host': ['globalThis.glossaCanary ?? "none"', /^none$/],
  Deno: ['Deno.readTextFileSync("/etc/passwd")', /ReferenceError/],
  // Code from strings.
  'Function of a function': ['(() => 1).constructor("return 1")()', /EvalError/],
  'Function of an async function': ['(async () => 1).constructor("return 1")()', /EvalError/],
  'Function of a generator': ['(function* () {}).constructor("yield 1")()', /EvalError/],
  'new Function': ['new Function("return this")()', /EvalError/],
  'Function of a constructor': ['Object.constructor.constructor("return 1")()', /EvalError/],
  'Function of a log method': ['self.log.info.constructor("return 1")()', /EvalError/],
  'Function of an error’s class': [
    'try { null.x } catch (e) { e.constructor.constructor("return 1")() }',
    /EvalError/,
  ],
  // Files and variables that nobody granted.
  'a file': ['readFile("/etc/passwd")', /EACCES.*read of \/etc\/passwd.*allow-read/],
  'a file beside': ['readFile("../other/canary")', /EACCES.*other\/canary/],
  'a file by a symbolic link': ['readFile("given/link")', /E(ACCES|LOOP|XDEV)/],
  'a file by a folder that is a link': ['readFile("given/folder/canary")', /E(ACCES|LOOP|XDEV)/],
  'a file by dots': ['readFile("given/../../other/canary")', /EACCES/],
  'a file with a NUL in its name': ['readFile("given/file\\0/../../../etc/passwd")', /EACCES/],
  'the memory of the process': ['readFile("/proc/self/mem")', /EACCES/],
  'a folder': ['readDir("/")', /EACCES/],
  'writing where reading is granted': ['writeFile("given/file", "x")', /EACCES.*allow-write/],
  'writing a new file': ['writeFile("new", "x")', /EACCES.*allow-write/],
  'a variable': ['env("GLOSSA_TEST_SECRET")', /EACCES.*allow-env/],
  'every variable': ['env("__proto__")', /EACCES/],
  // Handles of others.
  'an inode of another number': ['new Inode(1).gfid', /HandleExpired|0001$/],
  'an inode of no number': ['new Inode(987654321).path', /HandleExpired/],
  'an inode of a text': ['new Inode("x").path', /HandleExpired|Error/],
  'an fd of another number': ['new Fd(3).flags', /HandleExpired/],
  'closing an fd of another': ['new Fd(3).close()', /somebody else/],
  'winding to what is no child': ['frame.windTo({ child: { index: 7 } })', /no such subvolume/],
  'winding to a text': ['frame.windTo({ child: "leaf" })', /must be one of this.children/],
  'a frame of another request': [
    '(() => { const f = Object.create(frame); f.id = 12345; f.windTo(self.child, null) })()',
    /Error/,
  ],
  'a message of a made-up fop': ['frame.windTo({ fop: "no", cbk() {} })', /is no fop/],
  'the library’s own messages': ['frame._push("wind", 0, 99, "lookup", [])', /TypeError/],
  'a message that is no JSON': ['frame._push(undefined, 1n)', /TypeError/],
  // Harm.
  'frozen arrays of the host': ['self.children.push(1)', /TypeError/],
  'options of the volume': ['self.options.added = 1', /TypeError/],
};

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

/** Imports of what is not there: refused by not being found. */
const missing: readonly string[] = ['fs', 'os', 'std', 'glossa/host', './nothing.js', 'bridge'];

const MODULE = `import * as glossa from 'glossa';
const { env, EPERM, Fd, Inode, readDir, readFile, Translator, writeFile } = glossa;
const attempts = {
${Object.entries(attempts)
  .map(([name, [source]]) => {
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
    this.log.critical('RESULT %s', result);
    if (!frame.answered) frame.fail(EPERM);
  }
  async readlink(frame, loc, size, xdata) {
    let result = 'imported';
    try {
      await import(xdata.get('name'));
    } catch (error) {
      result = String(error);
    }
    this.log.critical('RESULT %s', result);
    frame.fail(EPERM);
  }
}
`;

let folder: string;
let run: RunningModule;

beforeAll(async () => {
  process.env.GLOSSA_TEST_SECRET = 'secret';
  Object.assign(globalThis, { glossaCanary: 'of the host' });
  folder = mkdtempSync(join(tmpdir(), 'glossa-escapes-'));
  for (const name of ['code', 'code/given', 'other']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'code', 'm.js'), MODULE);
  writeFileSync(join(folder, 'code', 'given', 'file'), 'to be read');
  writeFileSync(join(folder, 'other', 'canary'), 'untouched');
  writeFileSync(join(folder, 'other', 'outside.js'), 'export default 1;');
  symlinkSync('../../other/canary', join(folder, 'code', 'given', 'link'));
  symlinkSync('../../other', join(folder, 'code', 'given', 'folder'));
  run = moduleGraph(join(folder, 'code'), {
    options: { 'allow-read': join(folder, 'code', 'given'), 'allow-env': 'HOME' },
  });
  await run.graph.start();
});

afterAll(async () => {
  await run.graph.stop();
  rmSync(folder, { recursive: true });
  Reflect.deleteProperty(globalThis, 'glossaCanary');
  delete process.env.GLOSSA_TEST_SECRET;
});

afterEach(() => {
  expect(readFileSync(join(folder, 'other', 'canary'), 'utf8')).toBe('untouched');
  expect(readFileSync(join(folder, 'code', 'given', 'file'), 'utf8')).toBe('to be read');
});

/** Asks, and splits the log into the result and what else was said. */
function tried(ask: () => void): { result: string; others: readonly string[] } {
  run.lines();
  ask();
  run.asked();
  const lines = run.lines();
  const at = lines.findIndex((line) => line.includes('RESULT '));
  const result = lines[at]?.slice(lines[at].indexOf('RESULT ') + 7) ?? 'nothing';
  return { result, others: lines.filter((_, i) => i !== at) };
}

describe('a script cannot reach', () => {
  it.each(Object.entries(attempts))('%s', async (name, [, wanted]) => {
    const { Dict } = await import('../../runtime/core/dict.ts');
    const { result, others } = tried(() =>
      run.ask('stat', run.known('a'), Dict.of({ attempt: name })),
    );
    expect(result).toMatch(wanted);
    if (/^FopError: EACCES/.test(result)) {
      expect(others).toContainEqual(
        expect.stringMatching(/^E \[m\.js:.*is refused \(option allow-/),
      );
    }
    expect(run.xl.priv).toBeDefined();
  });
});

describe('a script cannot import', () => {
  it.each(imports)('%s', async (name) => {
    const { Dict } = await import('../../runtime/core/dict.ts');
    const { result, others } = tried(() =>
      run.ask('readlink', run.known('a'), 10, Dict.of({ name })),
    );
    expect(result).toMatch(/import of '.*' is refused/);
    expect(others).toContainEqual(expect.stringMatching(/^E \[m\.js:.*import of '.*' is refused/));
  });

  it.each(missing)('%s, which is not there', async (name) => {
    const { Dict } = await import('../../runtime/core/dict.ts');
    const { result } = tried(() => run.ask('readlink', run.known('a'), 10, Dict.of({ name })));
    expect(result).toMatch(/cannot find '.*'; searched:/);
  });

  it('what a volfile’s module names by mistake: the line is told', async () => {
    const broken = startModule({ 'm.js': "\nimport fs from 'node:fs';\n" });
    await expect(broken).rejects.toThrow(/m\.js:2: import of 'node:fs' is refused/);
  });
});

it('what it was granted, it has', async () => {
  const options = {
    'allow-read': folder,
    'allow-write': folder,
    'allow-env': 'GLOSSA_TEST_SECRET',
  };
  const path = JSON.stringify(join(folder, 'other', 'canary'));
  const made = JSON.stringify(join(folder, 'other', 'made'));
  const granted = await startModule(
    {
      'm.js': `import { env, readDir, readText, Translator, writeFile } from 'glossa';
export class xlator extends Translator {
  init() {
    writeFile(${made}, 'caf\\u00e9');
    this.log.info('%s', [readText(${path}), readText(${made}), env('GLOSSA_TEST_SECRET')].join());
    this.log.info('%s', readDir(${JSON.stringify(join(folder, 'other'))}).sort().join());
  }
}`,
    },
    { options },
  );
  const lines = granted.lines();
  expect(lines[0]).toContain('untouched,café,secret');
  expect(lines[1]).toContain('canary,made,outside.js');
});

it('two volumes of one module share nothing', async () => {
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
  const ask = (of: RunningModule) => of.ask('statfs', of.known('a'), null).opErrno;
  expect([ask(one), ask(one), ask(two)]).toEqual([EPERM, ENOENT, EPERM]);
});
