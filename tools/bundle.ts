/**
 * Bundles parts of dist by esbuild: programs of web pages, code for interpreters, and packages of
 * other projects. Writes a file beside the bundles with the origins and licences of these packages.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import licences from 'spdx-license-list/full.js';
import { bundledSoftware } from './gen/third-party.ts';

/** A bundle, or several of one kind. */
interface BundleSpec {
  /** A source file, or several by the names of their bundles in the folder `outputPath`. */
  readonly sources: string | Readonly<Record<string, string>>;
  /** Path in dist: a file for one source file, a folder for several. */
  readonly outputPath: string;
  /**
   * `iife` is a program, `esm` a module, `cjs` a package for Node (`imports` in package.json),
   * `value` an expression that evaluates to the file's default export.
   */
  readonly format: 'iife' | 'esm' | 'cjs' | 'value';
  /** True for bundles with interpreters, whose packages have variants for browsers. */
  readonly isForBrowsers?: true;
}

/** All bundles of dist. */
const BUNDLES: readonly BundleSpec[] = [
  // These two replace the output of tsc by bundles with the imported packages.
  {
    sources: 'apps/bench/engine/report/echarts.ts',
    outputPath: 'apps/bench/engine/report/echarts.js',
    format: 'esm',
  },
  { sources: 'apps/course/difference.ts', outputPath: 'apps/course/difference.js', format: 'esm' },
  {
    sources: {
      koffi: 'node_modules/koffi/index.cjs',
      sucrase: 'sucrase',
      'string-width': 'string-width',
    },
    outputPath: 'bundled',
    format: 'cjs',
  },
  { sources: 'apps/trace/page/main.ts', outputPath: 'apps/trace/page.js', format: 'iife' },
  {
    sources: 'apps/playground/page/main.ts',
    outputPath: 'apps/playground/page.js',
    format: 'iife',
  },
  {
    sources: 'apps/playground/play/worker.ts',
    outputPath: 'apps/playground/play/worker.js',
    format: 'iife',
    isForBrowsers: true,
  },
  // Imports of JavaScript interpreters (bridges/javascript/imports.ts).
  {
    sources: {
      ...Object.fromEntries(
        ['bridge', 'clock', 'counts', 'index'].map((name) => [
          name,
          `bridges/javascript/library/${name}.ts`,
        ]),
      ),
      testing: 'bridges/testing/guest.ts',
    },
    outputPath: 'bridges/javascript/guest',
    format: 'esm',
  },
  // Code in a realm of Python interpreters (bridges/python/realm.ts).
  {
    sources: Object.fromEntries(
      ['granted-files', 'import-fence', 'shims'].map((name) => [
        name,
        `bridges/python/realm/${name}.ts`,
      ]),
    ),
    outputPath: 'bridges/python/in-realm',
    format: 'value',
  },
];

/** The file of origins and licences in each folder with code of other projects. */
const PROVENANCE_FILE = 'THIRD-PARTY.txt';

/** The folders with bundles and the whole packages that the published playground contains. */
const PLAYGROUND = {
  folder: 'apps/playground',
  bundles: ['apps/playground/play', 'bridges/javascript/guest', 'bridges/python/in-realm'],
  packages: ['pyodide', '@jitl/quickjs-wasmfile-release-sync'],
};

/** Options of esbuild that make a bundle an expression with the value of its default export. */
const VALUE_OPTIONS = {
  globalName: 'made',
  banner: { js: '(() => {' },
  footer: { js: 'return made.default;})()' },
};

/** Writes all bundles into `outDir`, over the output of tsc. */
export function bundle(root: string, outDir: string): void {
  const { version } = JSON.parse(readTrimmed(join(root, 'package.json'))) as Manifest;
  /** The folders of the packages with code in the bundles, by the bundles' folder in `outDir`. */
  const packageFolders = new Map<string, string[]>();
  for (const { sources, outputPath, format, isForBrowsers } of BUNDLES) {
    const hasOneSource = typeof sources === 'string';
    const isValue = format === 'value';
    const isPackage = format === 'cjs';
    const targetPath = join(outDir, outputPath);
    const { metafile } = buildSync({
      absWorkingDir: root,
      ...(hasOneSource
        ? { entryPoints: [sources], outfile: targetPath }
        : { entryPoints: sources, outdir: targetPath }),
      ...(isPackage ? { outExtension: { '.js': '.cjs' } } : {}),
      allowOverwrite: true,
      bundle: true,
      splitting: !hasOneSource && format === 'esm',
      minifyWhitespace: true,
      minifySyntax: true,
      // Messages of other bundles contain names of classes, so identifiers must stay.
      minifyIdentifiers: hasOneSource || isValue,
      // tsconfig.json has false, with which Node runs faster.
      ...(hasOneSource
        ? {}
        : { tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } } }),
      format: isValue ? 'iife' : format,
      ...(isValue ? VALUE_OPTIONS : {}),
      // koffi's binaries.
      external: ['@koromix/*'],
      platform: isForBrowsers ? 'browser' : isPackage ? 'node' : 'neutral',
      target: 'es2023',
      mainFields: [...(isForBrowsers ? ['browser'] : []), 'module', 'main'],
      define: {
        'process.env.NODE_ENV': '"production"',
        GLOSSA_VERSION: JSON.stringify(version),
      },
      legalComments: 'none',
      logLevel: 'warning',
      metafile: true,
    });
    for (const [path, { inputs }] of Object.entries(metafile.outputs)) {
      const outfile = join(root, path);
      if (!hasOneSource && !isPackage) restoreClassNames(outfile);
      const usedPackages = Object.entries(inputs).flatMap(([input, { bytesInOutput }]) =>
        bytesInOutput > 0 ? findPackageFolder(join(root, input)) : [],
      );
      if (usedPackages.length === 0) continue;
      const banner = `/*! Holds code of other projects: ${PROVENANCE_FILE} */\n`;
      writeFileSync(outfile, banner + readFileSync(outfile, 'utf8'));
      const folder = relative(outDir, dirname(outfile));
      packageFolders.set(folder, [...(packageFolders.get(folder) ?? []), ...usedPackages]);
    }
  }
  const bundledPackages = PLAYGROUND.bundles.flatMap((folder) => packageFolders.get(folder) ?? []);
  const wholePackages = PLAYGROUND.packages.map((name) => join(root, 'node_modules', name));
  packageFolders.get(PLAYGROUND.folder)!.push(...bundledPackages, ...wholePackages);
  for (const [folder, usedPackages] of packageFolders) {
    writeFileSync(
      join(outDir, folder, PROVENANCE_FILE),
      formatProvenance([...new Set(usedPackages)]),
    );
  }
}

/** Restores the names of classes that refer to themselves: esbuild renames those to `_Name`. */
function restoreClassNames(file: string): void {
  const text = readTrimmed(file);
  const [...classes] = text.matchAll(/\b(\w+)\s*=\s*class (_\1)\b/g);
  const restoredText = classes.reduce((current, [, name, innerName]) => {
    return current.replaceAll(new RegExp(`\\b${innerName}\\b`, 'g'), name!);
  }, text);
  writeFileSync(file, restoredText);
}

/** Returns a list with the folder of a file's package; an empty list for files of this project. */
function findPackageFolder(file: string): string[] {
  const match = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file);
  return match === null ? [] : [match[0]];
}

/** The fields of package.json that the build reads. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** A plain string is `OWNER/NAME` on GitHub. */
  readonly repository: string | { readonly url: string };
}

/** Formats the origins and licences of packages. @param folders the packages' folders */
function formatProvenance(folders: readonly string[]): string {
  // npm may install one version of a package in several folders.
  const foldersByTitle = new Map(folders.map((folder) => [formatPackageTitle(folder), folder]));
  const sortedParts = [...foldersByTitle.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    'The files of this folder hold parts of these packages as npm has them, unchanged but for what esbuild',
    'does when it bundles: it leaves out what is not used, and shortens the rest.',
    '',
    ...sortedParts.map(([title]) => `  ${title}`),
    ...sortedParts.flatMap(([title, folder]) => [
      `\n${DIVIDER}\n${title}`,
      ...collectLegalTexts(folder),
    ]),
    '',
  ].join('\n');
}

/** The line above each package's texts. */
const DIVIDER = '='.repeat(100);

/** Formats a package's name, version, licence and origin in one line. */
function formatPackageTitle(folder: string): string {
  const { name, version, license, repository } = readManifest(folder);
  const url = typeof repository === 'string' ? `https://github.com/${repository}` : repository.url;
  return `${name} ${version}, ${license}, ${url.replace(/^git\+/, '')}`;
}

/** Reads a package's package.json. */
const readManifest = (folder: string) =>
  JSON.parse(readTrimmed(join(folder, 'package.json'))) as Manifest;

/**
 * Collects a package's licence files (or else the text of its licence), and the licences of the
 * software inside it.
 */
function collectLegalTexts(folder: string): string[] {
  const { name, license } = readManifest(folder);
  const legalFiles = listLegalFiles(folder).map(
    (file) => `\n--- ${file}\n\n${readTrimmed(join(folder, file))}`,
  );
  const parts = bundledSoftware[name]?.parts ?? [];
  const licenceNames = new Set(parts.map(([, , licence]) => licence.split(' ')[0]!));
  if (legalFiles.length === 0) licenceNames.add(license);
  return [
    ...legalFiles,
    ...parts.map(
      ([part, version, licence, url]) => `\nIn it: ${part} ${version}, ${licence}, ${url}`,
    ),
    ...[...licenceNames].flatMap((licence) => {
      const text = licences[licence]?.licenseText;
      return text === undefined ? [] : [`\n--- ${licence}\n\n${text.trim()}`];
    }),
  ];
}

/** Lists the files with licences and notices in a package, relative to its folder. */
function listLegalFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(LICEN[CS]E|NOTICE|COPYING)/i.test(entry.name))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((path) => !path.includes('node_modules'))
    .sort();
}

/** Reads a text file, without blanks around its text. */
const readTrimmed = (path: string): string => readFileSync(path, 'utf8').trim();
