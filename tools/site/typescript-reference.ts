/**
 * Prepares the TypeScript reference (HTML below /api/ of the site), which TypeDoc makes from
 * `exports` in package.json and the declarations in dist. Needs `npm run build`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readRepositoryFile, root } from './texts.ts';

/** The path of the TypeScript reference from the site's top. */
export const API_PATH = '/api/';

/** The fields of package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, { readonly types: string }>>;
}

/**
 * Writes TypeDoc's file of options, and for each entry point a module of its name that re-exports
 * it.
 * @param out the folder for TypeDoc's HTML
 * @returns the path of the file of options
 */
export function writeApiOptions(out: string): string {
  const folder = join(import.meta.dirname, '.generated/api');
  const { name, exports } = JSON.parse(readRepositoryFile('package.json')) as Manifest;
  const files = Object.entries(exports).map(([path, { types }]) => {
    const entryFile = join(folder, `${join(name, path).replace(/\/$/, '')}.ts`);
    const declarations = relative(dirname(entryFile), join(root, types)).replace(/\.d\.ts$/, '.js');
    mkdirSync(dirname(entryFile), { recursive: true });
    writeFileSync(entryFile, `export * from '${declarations}';\n`);
    return entryFile;
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
  const optionsFile = join(folder, 'typedoc.json');
  writeFileSync(optionsFile, JSON.stringify(options));
  return optionsFile;
}
