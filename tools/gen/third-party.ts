/**
 * Generates THIRD-PARTY.md, the list of third-party software: from package-lock.json, from the `repository` of
 * installed packages, and from a table here of the software inside those packages.
 */
import { readFileSync } from 'node:fs';

/** A package in package-lock.json. */
interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  /** Whether glossa's package contains it. */
  readonly inBundle?: boolean;
  /** The CPUs for which the package is built; absent: for any. */
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A row of a table: a package, or software inside one. */
type Part = readonly [name: string, version: string, licence: string, url: string];

/** A package that contains other software, with the version that was inspected. */
export interface BundledSoftware {
  readonly version: string;
  readonly parts: readonly Part[];
}

const githubUrl = (path: string): string => `https://github.com/${path}`;

/**
 * Software inside the dependencies, by package, as the package's documents list it, or the interpreter itself for
 * Python. A dash is an unknown version.
 */
export const bundledSoftware: Readonly<Record<string, BundledSoftware>> = {
  pyodide: {
    version: '314.0.7',
    parts: [
      ['CPython', '3.14.2', 'PSF-2.0', githubUrl('python/cpython')],
      ['Emscripten', '5.0.3', 'MIT', githubUrl('emscripten-core/emscripten')],
      ['SQLite', '3.39.0', 'blessing (public domain)', 'https://sqlite.org'],
      ['Expat', '2.7.3', 'MIT', githubUrl('libexpat/libexpat')],
      ['libmpdec', '2.5.1', 'BSD-2-Clause', 'https://www.bytereef.org/mpdecimal'],
      ['zlib', '1.3.1', 'Zlib', githubUrl('madler/zlib')],
      ['Zstandard', '1.5.7', 'BSD-3-Clause', githubUrl('facebook/zstd')],
      ['bzip2', '1.0.6', 'bzip2-1.0.6', 'https://sourceware.org/bzip2'],
      ['liblzma (XZ Utils)', '-', 'public domain', githubUrl('tukaani-project/xz')],
      ['libffi', '-', 'MIT', githubUrl('libffi/libffi')],
    ],
  },
  '@jitl/quickjs-wasmfile-release-sync': {
    version: '0.32.0',
    parts: [['QuickJS', '2025-09-13', 'MIT', githubUrl('bellard/quickjs')]],
  },
  koffi: {
    version: '3.3.4',
    parts: [
      ['node-addon-api', '-', 'MIT', githubUrl('nodejs/node-addon-api')],
      ['node-api-headers', '-', 'MIT', githubUrl('nodejs/node-api-headers')],
    ],
  },
};

/** The repositories of optional packages, whose package.json may not be installed. */
const optionalPackageUrls: Readonly<Record<string, string>> = {
  'ffi-rs': githubUrl('zhangyuang/node-ffi-rs'),
};

/** Makes the full names of packages in a scope, such as `@lezer/`. */
const makeScopedNames = (scope: string, ...names: readonly string[]) =>
  names.map((name) => scope + name);

/** Files of glossa that contain third-party code, and the folders of its packages in node_modules. */
const glossaFiles: Readonly<Record<string, readonly string[]>> = {
  '`dist/apps/bench/engine/report/echarts.js`, charts of a report': [
    ...['echarts', 'zrender', 'zrender/node_modules/tslib'],
  ],
  '`dist/apps/course/difference.js`, differences of lessons; also in the page of the playground': [
    'diff',
  ],
  '`dist/apps/playground/page.js`, the editor of the playground': [
    ...makeScopedNames(
      '@codemirror/',
      'autocomplete',
      'commands',
      'lang-javascript',
      'lang-python',
    ),
    ...makeScopedNames(
      '@codemirror/',
      'language',
      'lint',
      'search',
      'state',
      'streamparser',
      'view',
    ),
    ...makeScopedNames('@lezer/', 'common', 'highlight', 'javascript', 'lr', 'python'),
    ...['@marijn/find-cluster-break', 'codemirror', 'crelt', 'style-mod', 'w3c-keyname'],
  ],
  '`dist/apps/playground/play/worker.js`, interpreters and files in a page': [
    ...['@jitl/quickjs-wasmfile-release-sync', 'picomatch', 'resolve.exports'],
  ],
  '`dist/bridges/javascript/guest/` and `dist/bridges/python/in-realm/`, text coding in interpreters':
    ['@exodus/bytes'],
  '`dist/bundled/`, the parts of packages that commands need': [
    ...makeScopedNames('@jridgewell/', 'gen-mapping', 'sourcemap-codec'),
    ...['get-east-asian-width', 'koffi', 'lines-and-columns', 'string-width', 'sucrase'],
    ...makeScopedNames('string-width/node_modules/', 'ansi-regex', 'strip-ansi'),
    'ts-interface-checker',
  ],
  '`dist/runtime/volfile/volfile.gen.js`, the code around the parser of volfiles': ['peggy'],
};

/** Generates the text; runs in the folder of the project. */
export function generateThirdParty(): string {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');
  const shipped = locked.filter(([, { dev }]) => !dev);
  const machinePackages = shipped.filter(([, { cpu }]) => cpu !== undefined);
  const portablePackages = shipped.filter(([, { cpu }]) => cpu === undefined);
  const wholePackages = locked
    .filter(([, { inBundle }]) => inBundle)
    .map(([path]) => findPackageName(path));
  const bundledFolders = new Set(Object.values(glossaFiles).flat());
  const bundledPackages = locked.filter(([path]) => bundledFolders.has(stripNodeModules(path)));
  return `<!-- Generated from package-lock.json and the installed packages. Do not edit. -->
# Third-party software

glossa itself is under the [MIT licence](../LICENSE). Its package contains the software in the last table, and
${wholePackages.join(', ')}, as their authors publish them; npm installs the other packages beside it.

## Packages

${formatTable(
  'Package',
  portablePackages.map(([path, locked]) => makePackageRow(path, locked)),
)}

Of each of these, npm installs the one that fits the machine, if there is one:

${formatTable('Package', groupMachinePackages(locked, machinePackages))}

## Software inside these packages

${Object.entries(bundledSoftware)
  .map(([name, software]) => formatInsideTable(name, software, packages))
  .join('\n\n')}

## Software in files of glossa

${formatTable(
  'Package',
  bundledPackages.map(([path, locked]) => makePackageRow(path, locked)),
)}

A file \`THIRD-PARTY.txt\` beside each, but the parser, has their licences. The published site and playground
have one at their top.

${Object.entries(glossaFiles)
  .map(([files, packages]) => `- ${files}: ${packages.map(findPackageName).join(', ')}`)
  .join('\n')}
`;
}

const stripNodeModules = (path: string): string => path.replace(/^node_modules\//, '');
const findPackageName = (path: string): string => path.replace(/^.*node_modules\//, '');

const makePackageRow = (
  path: string,
  { version, license = '-', optional }: LockedPackage,
): Part => [
  `${findPackageName(path)}${optional ? ' (optional)' : ''}`,
  version,
  license,
  findRepository(path, optional),
];

/**
 * Finds the repository of a package.
 * @throws {Error} if neither package.json nor `optionalPackageUrls` has it
 */
function findRepository(path: string, optional = false): string {
  const listedUrl = optionalPackageUrls[findPackageName(path)];
  if (listedUrl !== undefined) return listedUrl;
  if (optional) throw new Error(`third-party.ts does not say where ${path} comes from`);
  const { repository } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as {
    readonly repository?: string | { readonly url: string };
  };
  if (repository === undefined) throw new Error(`${path} does not say where it comes from`);
  const url = typeof repository === 'string' ? repository : repository.url;
  const plain = url.replace(/^git\+/, '').replace(/\.git$/, '');
  return plain.includes('://') ? plain : githubUrl(plain);
}

/** Groups a package's variants for different machines, whose names differ only in a suffix. */
function groupMachinePackages(
  packages: readonly (readonly [string, LockedPackage])[],
  machinePackages: readonly (readonly [string, LockedPackage])[],
): Part[] {
  return packages.flatMap(([path, { optionalDependencies = {} }]) => {
    const variants = machinePackages.filter(([variantPath]) =>
      Object.hasOwn(optionalDependencies, findPackageName(variantPath)),
    );
    const [first] = variants;
    if (first === undefined) return [];
    const names = variants.map(([variantPath]) => findPackageName(variantPath));
    const commonLength = [...names[0]!].findIndex((_, index) =>
      names.some((name) => name[index] !== names[0]![index]),
    );
    const commonStart = names[0]!.slice(0, commonLength);
    const suffixes = names.map((name) => name.slice(commonLength)).join(', ');
    const [, { version, license = '-' }] = first;
    return [[`${commonStart}… (${suffixes})`, version, license, findRepository(path)]];
  });
}

/** Writes the table of the software inside a package. @throws {Error} for an uninspected version */
function formatInsideTable(
  name: string,
  { version, parts }: BundledSoftware,
  packages: Readonly<Record<string, LockedPackage>>,
): string {
  const lockedVersion = packages[`node_modules/${name}`]?.version;
  if (lockedVersion !== version) {
    throw new Error(
      `${name} is ${lockedVersion}: look whether it still has in it what third-party.ts says`,
    );
  }
  return formatTable(`In ${name}`, parts);
}

/** Writes a table without duplicate rows. */
function formatTable(title: string, parts: readonly Part[]): string {
  const rows = parts.map(
    ([name, version, licence, url]) => `| ${name} | ${version} | ${licence} | <${url}> |`,
  );
  return [`| ${title} | Version | Licence | From |`, '|---|---|---|---|', ...new Set(rows)].join(
    '\n',
  );
}
