/**
 * Tests that every example has tests in its own language, and that its README names them with the
 * needed packages.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLanguage } from '../bridges/languages.ts';
import { packageRoot } from '../runtime/sys/paths.ts';
import { listModules } from './support/example-modules.ts';

const folder = join(packageRoot, 'examples');

/** The package that brings a command, of those that not every system has. */
const BRINGS: Readonly<Record<string, RegExp>> = {
  fuse3: /glossa (mount|run)/,
  attr: /[gs]etfattr/,
  'glusterfs-server': /glusterfsd/,
  'glusterfs-client': /mount -t glusterfs/,
  gcc: /^make /m,
  'python3-pil': /import Image/,
  'python3-pandas': /sales\.py/,
};

/** The module options of a volfile, volume by volume. */
const modulesIn = (text: string): string[] =>
  [...text.matchAll(/type features\/(?:glupy|native)\n((?: +option .*\n)*)/g)].map(
    ([, options]) => options!,
  );

/** Whether the module is another example's: by a path there, or bundled by its name. */
function isAnothers(name: string, options: string): boolean {
  if (/ module-path \.\.\//.test(options)) return true;
  const module = / module-name (\S+)/.exec(options)?.[1] ?? '';
  return module !== name && existsSync(join(folder, module, `${module}.py`));
}

describe.each(readdirSync(folder))('example %s', (name) => {
  const readme = readFileSync(join(folder, name, 'README.md'), 'utf8');
  const files = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' });

  it('has tests in the languages of its modules', () => {
    const modules = listModules(join(folder, name));
    const volfiles = files.filter((file) => file.endsWith('.vol'));
    // But those whose modules are another example's.
    const scripted = volfiles.some((file) =>
      modulesIn(readFileSync(join(folder, name, file), 'utf8')).some(
        (module) => !isAnothers(name, module),
      ),
    );
    expect(modules.length > 0).toBe(scripted);
    for (const module of modules) {
      const tests = findLanguage(module)!.tests!.testFileNames(basename(module, extname(module)));
      const testFile = tests.find((test) => existsSync(join(folder, name, dirname(module), test)));
      expect(testFile, module).toBeDefined();
      expect(readme).toContain(`examples/${name}/${module}`);
    }
  });

  it('names the packages that its commands need', () => {
    const blocks = [...readme.matchAll(/^```(?:sh|console)\n(.*?)^```$/gms)].map(
      ([, text]) => text,
    );
    for (const [name, pattern] of Object.entries(BRINGS)) {
      if (pattern.test(blocks.join('\n'))) expect(readme).toContain(`\`${name}\``);
    }
  });
});
