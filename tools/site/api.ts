/**
 * Makes the TypeScript reference of the entry points by TypeDoc, from `exports` in package.json and
 * the declarations in dist, as HTML below /api/ of the site. Needs `npm run build`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { read, root } from './texts.ts';

/** Path from the site root. */
export const API = '/api/';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

/**
 * Writes the file of options for TypeDoc, and a module for each entry point, which has its name.
 * @returns the path of the file
 */
export function writeApiOptions(out: string): string {
  const folder = join(import.meta.dirname, '.generated/api');
  const { name, exports } = JSON.parse(read('package.json')) as Manifest;
  const files = Object.entries(exports).map(([path, { types }]) => {
    const file = join(folder, `${join(name, path).replace(/\/$/, '')}.ts`);
    const declarations = relative(dirname(file), join(root, types)).replace(/\.d\.ts$/, '.js');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `export * from '${declarations}';\n`);
    return file;
  });
  const tsconfig = join(folder, 'tsconfig.json');
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: [] };
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files }));
  const options = {
    name,
    entryPoints: files,
    alwaysCreateEntryPointModule: true,
    tsconfig,
    skipErrorChecking: true,
    // Types that are not exported are internal, and appear by name only.
    validation: { notExported: false },
    readme: 'none',
    disableSources: true,
    hideGenerator: true,
    logLevel: 'Warn',
    out,
  };
  const file = join(folder, 'typedoc.json');
  writeFileSync(file, JSON.stringify(options));
  return file;
}
