/**
 * The reference of the package's entry points in TypeScript, made by TypeDoc from `exports` in package.json and
 * the declarations in dist. Writes HTML below /api/ of the site. `npm run build` comes first.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { read, root } from './texts.ts';

/** From the site's top. */
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
    // What is not exported is internal: its types are shown by name alone.
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
