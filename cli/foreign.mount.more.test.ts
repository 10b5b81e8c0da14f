/** Modules and volfiles that other users can write: root gets a warning, `--strict` refuses. */
import { chmod, chown } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';

const CHANGED = 'what is run here as user 0 can be changed there';

const above = (type: string, options: Record<string, string>): string => {
  const lines = Object.entries(options).map(([key, value]) => `    option ${key} ${value}\n`);
  return `volume mem\n    type storage/memory\nend-volume
volume top\n    type ${type}\n${lines.join('')}    subvolumes mem\nend-volume\n`;
};

const PLAIN = 'volume mem\n    type storage/memory\nend-volume\n';
const glupy = (name: string, more: Record<string, string> = {}): string =>
  above('features/glupy', { 'module-name': name, ...more });
const JS = "import { Translator } from 'glossa';\nexport class xlator extends Translator {}\n";
const PY = 'from glupy import Translator\nclass xlator(Translator):\n    pass\n';
const NATIVE = `import { defineTranslator } from 'glossa';
export default defineTranslator({ type: 'a/b', description: 'Passes all.', children: [1, 1],
  options: {}, init: () => null, fops: {} });\n`;

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** The file that other users can write, and how. */
  readonly open: string;
  readonly how: (path: string) => Promise<void>;
  /** The warning behind the folder: the file in danger, and the reason. */
  readonly says: readonly [file: string, why: string];
}

const everybody = (path: string) => chmod(path, 0o777);
const byEverybody = (name: string) => `${name} can be written by everybody (mode 777)`;

const cases: Record<string, Case> = {
  'the volfile': {
    files: { 'a.vol': PLAIN },
    open: 'a.vol',
    how: (path) => chmod(path, 0o666),
    says: ['a.vol', 'a.vol can be written by everybody (mode 666)'],
  },
  'a module': {
    files: { 'a.vol': glupy('m.js', { 'module-path': 'code' }), 'code/m.js': JS },
    open: 'code/m.js',
    how: (path) => chown(path, 1234, 1234),
    says: ['code/m.js', 'code/m.js belongs to user 1234'],
  },
  'a file that a JavaScript module imports': {
    files: {
      'a.vol': glupy('m.js'),
      'm.js': `import './code/other.js';\n${JS}`,
      'code/other.js': 'export const a = 1;\n',
    },
    open: 'code',
    how: everybody,
    says: ['code/other.js', byEverybody('code')],
  },
  'a file that a Python module imports': {
    files: {
      'a.vol': glupy('m.py'),
      'm.py': `import code1.other\n${PY}`,
      'code1/__init__.py': '',
      'code1/other.py': '',
    },
    open: 'code1',
    how: everybody,
    says: ['code1/__init__.py', byEverybody('code1')],
  },
  'a package': {
    files: { 'a.vol': glupy('m.js', { packages: 'code' }), 'm.js': JS, 'code/x.js': '' },
    open: 'code',
    how: everybody,
    says: ['code', byEverybody('code')],
  },
  'a native translator': {
    files: {
      'a.vol': above('features/native', { 'module-path': 'code/n.ts' }),
      'code/n.ts': NATIVE,
    },
    open: 'code',
    how: everybody,
    says: ['code/n.ts', byEverybody('code')],
  },
  'a file that a native translator imports': {
    files: {
      'a.vol': above('features/native', { 'module-path': 'n.ts' }),
      'n.ts': `import './code/other.ts';\n${NATIVE}`,
      'code/other.ts': '',
    },
    open: 'code',
    how: everybody,
    says: ['code/other.ts', byEverybody('code')],
  },
};

async function prepare(scratch: Scratch, { files, open, how }: Case): Promise<void> {
  await scratch.makeFolder('mnt');
  for (const [name, text] of Object.entries(files)) {
    if (name.includes('/')) await scratch.makeFolder(name.slice(0, name.lastIndexOf('/')));
    await scratch.writeFile(name, text);
  }
  await how(scratch.at(open));
}

describeMounts('the check at a mount for files that another user can write', () => {
  it.runIf(isRoot).each(Object.entries(cases))(
    'warns root, and refuses the mount with --strict: %s',
    (_what, each) =>
      withScratch(async (scratch) => {
        await prepare(scratch, each);
        const at = scratch.path;
        const [file, why] = each.says;
        const said = `${at}/${file}: ${at}/${why}: ${CHANGED}`;
        const mount = ['mount', '-l', 'log', scratch.at('a.vol'), 'mnt'];
        const strict = await runGlossa(scratch, [...mount, '--strict']);
        expect(strict.status).toBe(1);
        expect(strict.err).toContain(said);
        const { status, err } = await runGlossa(scratch, mount);
        expect([status, err]).toEqual([0, `glossa: warning: ${said}\n`]);
        expect((await runGlossa(scratch, ['umount', 'mnt'])).status).toBe(0);
      }),
  );

  it('gives no warning when all files belong to the mounting user', () =>
    withScratch(async (scratch) => {
      const files = cases['a file that a JavaScript module imports']!.files;
      await prepare(scratch, { ...cases['a module']!, files, open: 'm.js', how: async () => {} });
      const { status, err } = await runGlossa(scratch, [
        'mount',
        '--strict',
        '-l',
        'log',
        'a.vol',
        'mnt',
      ]);
      expect([status, err]).toEqual([0, '']);
      expect((await runGlossa(scratch, ['umount', 'mnt'])).status).toBe(0);
    }));
});
