/** `glossa check` reads modules in the sandbox, and never starts them. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../test/support/cli.ts';
import { withScratch } from '../test/support/mount.ts';

interface Problem {
  readonly severity: string;
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The problems of a volfile, as `LINE:COLUMN severity: message`; the folder is HERE. */
async function check(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<readonly string[]> {
  let said: readonly string[] = [];
  await withScratch(async (scratch) => {
    for (const [name, text] of Object.entries(files)) {
      await scratch.makeFolder(dirname(name));
      await scratch.writeFile(name, text);
    }
    const file = scratch.at('a.vol');
    const { out, status } = await runCommand(['check', '--json', file, ...args]);
    const checked = JSON.parse(out) as { files: [{ ok: boolean; problems: readonly Problem[] }] };
    const { ok, problems } = checked.files[0];
    expect(status).toBe(ok ? 0 : 1);
    expect(ok).toBe(problems.every(({ severity }) => severity === 'warning'));
    said = problems.map(({ severity, line, column, message }) =>
      `${line}:${column} ${severity}: ${message}`
        .replace(/volume '\w+' \(features\/(glupy|native)\)/, '$1')
        .replaceAll(dirname(file), 'HERE'),
    );
    expect(existsSync(scratch.at('started'))).toBe(false);
  });
  return said;
}

const over = (type: string, ...options: readonly string[]): string => `volume s
    type storage/memory
end-volume
volume top
    type ${type}
${options.map((option) => `    option ${option}\n`).join('')}    subvolumes s
end-volume
`;

const script = (...options: readonly string[]): string => over('features/glupy', ...options);

const QUOTA = `import { Option, Translator } from 'glossa';
export class xlator extends Translator {
  static options = { limits: Option.str(''), depth: Option.int(1, { min: 1 }) };
  init() { throw new Error('init has run'); }
  lokup() {}
}
`;

describe('glossa check of a volfile with modules', () => {
  it('reports wrong module options at the lines of the volfile', async () => {
    const files = {
      'q.js': QUOTA,
      'a.vol': script('module-name q', 'limts /a:1MB', 'depth 0'),
    };
    const depth =
      "8:18 error: glupy: option 'depth': '0' is below the minimum; " +
      'it takes a whole number of at least 1';
    const lokup =
      "6:24 warning: glupy: HERE/q.js:5: lokup is no fop or hook, and is never called (did you mean 'lookup'?)";
    const limts = "7:12 warning: glupy: option 'limts' is not known here (did you mean 'limits'?)";
    expect(await check(files)).toEqual([lokup, limts, depth]);
    const mended = { ...files, 'a.vol': files['a.vol'].replace('depth 0', 'depth 2') };
    expect(await check(mended)).toEqual([lokup, limts]);
    const strict = (line: string): string => line.replace('warning', 'error');
    expect(await check(mended, '--strict')).toEqual([lokup, limts].map(strict));
    const overridden = await check(mended, '--xlator-option', 'top.limts=1', '--strict');
    expect(overridden).toContainEqual(expect.stringMatching(/^1:5 error: glupy: option 'limts'/));
  });

  it('reports missing options and absent modules', async () => {
    expect(await check({ 'a.vol': script() })).toEqual([
      '4:8 error: glupy: option module-name is missing: which module?',
    ]);
    expect(await check({ 'a.vol': script('modul-name q') })).toEqual([
      "6:12 error: glupy: option 'modul-name' is not known here (did you mean 'module-name'?)",
    ]);
    const [absent, ...more] = await check({
      'a.vol': script('module-name quta', 'module-path lib:none'),
      'lib/quota.py': '',
    });
    expect(more).toEqual([]);
    expect(absent).toBe(
      "6:24 error: glupy: module 'quta' was not found (did you mean 'quota'?); " +
        'searched: HERE/lib HERE/none (is not there)',
    );
    const grants = script('module-name q', 'allow-read nowhere', 'error ENOPE');
    const said = await check({ 'a.vol': grants, 'q.js': QUOTA });
    expect(said).toEqual(
      [
        '7:23 error: glupy: option allow-read nowhere: there is no such file or folder (HERE/nowhere)',
        "8:18 error: glupy: option error: 'ENOPE' is no errno (did you mean 'ENXIO'?)",
      ].map((line) => expect.stringContaining(line.replace(/ \(did.*$/, ''))),
    );
  });

  it('reports file and line of a module in Python or JavaScript that cannot be loaded', async () => {
    const python = await check({
      'a.vol': script('module-name m'),
      'm.py': 'from glupy import *\nclass xlator(Translator:\n    pass\n',
    });
    expect(python).toEqual([
      expect.stringMatching(/^6:24 error: glupy: HERE\/m\.py:2: SyntaxError/),
    ]);
    const javascript = await check({
      'a.vol': script('module-name m', 'time-limit 1'),
      'm.js': "import { Translator } from 'glossa';\nfor (;;) {}\n",
    });
    expect(javascript).toEqual([
      expect.stringMatching(/^6:24 error: glupy: HERE\/m\.js.*too long|time-limit/),
    ]);
    const declared = await check({
      'a.vol': script('module-name m'),
      'm.js': QUOTA.replace("Option.str('')", "Option.size('1 MB')"),
    });
    expect(declared).toEqual([
      expect.stringMatching(
        /^6:24 error: glupy: HERE\/m\.js:3: option 'limits': its default '1 MB'/,
      ),
    ]);
  });

  it('reports once that a module with several subvolumes lacks methods', async () => {
    const several = script('module-name m').replace('subvolumes s', 'subvolumes s t');
    const text = `volume t\n    type storage/memory\nend-volume\n${several}`;
    const m = (more: string): string =>
      `from glupy import Translator\nclass xlator(Translator):\n  passes_through = ${more}\n`;
    const line =
      '9:24 warning: glupy: HERE/m.py: with 2 subvolumes, stat, readlink, mknod, mkdir, unlink, ' +
      'rmdir and 48 more that it does not define answer EOPNOTSUPP: ' +
      "'passes_through = True' sends them to the first, 'passes_through = False' says that this is meant";
    expect(await check({ 'a.vol': text, 'm.py': m('None') })).toEqual([line]);
    expect(await check({ 'a.vol': script('module-name m'), 'm.py': m('None') })).toEqual([]);
    for (const said of ['True', 'False']) {
      expect(await check({ 'a.vol': text, 'm.py': m(said) })).toEqual([]);
    }
    expect(await check({ 'a.vol': text, 'm.py': m('"yes"') })).toEqual([
      expect.stringContaining("m.py: passes_through must be True or False, not 'yes'"),
    ]);
  });

  it('checks a module although another volume is wrong, but not the module of a wrong volume', async () => {
    const files = { 'q.js': QUOTA.replace('lokup', '_lokup') };
    const text = script('module-name q', 'colour red').replace('storage/memory', 'storage/memroy');
    expect(await check({ ...files, 'a.vol': text })).toEqual([
      "2:10 error: volume 's': unknown type 'storage/memroy'",
      "7:12 warning: glupy: option 'colour' is not known here",
    ]);
    expect(await check({ ...files, 'a.vol': script('module-name q', 'time-limit x') })).toEqual([
      expect.stringMatching(/^7:23 error: glupy: option 'time-limit'/),
    ]);
  });

  it('checks the syntax of a TypeScript module without running it', async () => {
    const source = "import { writeFileSync } from 'node:fs';\nwriteFileSync('HERE/started', '');\n";
    const native = over('features/native', 'module-path m.ts');
    expect(await check({ 'a.vol': native, 'm.ts': source })).toEqual([]);
    expect(await check({ 'a.vol': native, 'm.ts': `${source}let x = ;\n` })).toEqual([
      expect.stringMatching(/^6:24 error: native: HERE\/m\.ts:3:\S* SyntaxError/),
    ]);
    const misspelt = `${source}export default defineTranslator({ fops: { unlnk() {} } });\n`;
    expect(await check({ 'a.vol': native, 'm.ts': misspelt })).toEqual([
      "6:24 error: native: HERE/m.ts:3:43: fops.unlnk: there is no such fop (did you mean 'unlink'?)",
    ]);
    expect(await check({ 'a.vol': native })).toEqual([
      '6:24 error: native: option module-path: there is no file HERE/m.ts',
    ]);
    const compiled = over('features/native', 'module-path m.so');
    expect(await check({ 'a.vol': compiled, Makefile: '%.so: %.c\n\tfalse\n' })).toEqual([
      '6:24 error: native: option module-path: there is no file HERE/m.so: it is not compiled (make -C HERE m.so)',
    ]);
    expect(await check({ 'a.vol': over('features/native') })).toEqual([
      '4:8 error: native: option module-path is missing: which file?',
    ]);
  });

  it('warns of a TypeScript module that has some of the fops that show the same thing, and not the others', async () => {
    const native = over('features/native', 'module-path m.ts');
    const makeFiles = (fields: string) => ({
      'a.vol': native,
      'm.ts': `const fops: Fops<null> = { lookup, readdirp };\nexport default defineTranslator({ ${fields} });\n`,
    });
    expect(await check(makeFiles('fops'))).toEqual([
      expect.stringMatching(
        /^6:24 warning: native: HERE\/m\.ts: it defines readdirp, but not readdir, which show the same names: .*\('observes' says that it changes nothing of this\)$/,
      ),
    ]);
    for (const fields of [
      'fops, observes: true',
      'fops, watches: true',
      'fops: { ...fops, readdir }',
    ])
      expect(await check(makeFiles(fields)), fields).toEqual([]);
    const twoChildren = native
      .replace('subvolumes s', 'subvolumes s s2')
      .replace('volume s\n', 'volume s2\n    type storage/memory\nend-volume\nvolume s\n');
    const files = { ...makeFiles('fops: { lookup }'), 'a.vol': twoChildren };
    expect(await check(files)).toEqual([
      expect.stringMatching(
        /with 2 subvolumes, .* that it does not define answer EOPNOTSUPP: 'passesThrough: true'/,
      ),
    ]);
  });
});

describe('glossa check of a volfile with a storage', () => {
  const posix = (option: string): string =>
    `volume s\n    type storage/posix\n${option}end-volume\n`;

  it('reports a directory that is missing or does not exist', async () => {
    expect(await check({ 'a.vol': posix('') })).toEqual([
      "1:8 error: volume 's' (storage/posix): option 'directory' is missing: name the directory to serve",
    ]);
    expect(await check({ 'a.vol': posix('    option directory nowhere\n') })).toEqual([
      "3:22 error: volume 's' (storage/posix): directory 'HERE/nowhere' does not exist; make it (mkdir -p HERE/nowhere), or name another (--xlator-option s.directory=DIR)",
    ]);
    expect(
      await check({ 'a.vol': posix(''), 'd/x': '' }, '--xlator-option', 's.directory=d'),
    ).toEqual([]);
  });
});
