/**
 * Generates THIRD-PARTY.md, the list of third-party software: from npm-shrinkwrap.json, from the origins in
 * installed packages, and from a table here of the software inside those packages.
 */
import { readFileSync } from 'node:fs';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  /** CPUs of a package for one kind of machine. */
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Part = readonly [name: string, version: string, licence: string, from: string];

/** A package that contains other software, with the version that was inspected. */
export interface BundledSoftware {
  readonly version: string;
  readonly parts: readonly Part[];
}

const github = (path: string): string => `https://github.com/${path}`;

/**
 * Software inside our dependencies, by package, according to the package's documents and, for Python, the
 * interpreter itself. A dash is an unknown version.
 */
export const bundledSoftware: Readonly<Record<string, BundledSoftware>> = {
  pyodide: {
    version: '314.0.7',
    parts: [
      ['CPython', '3.14.2', 'PSF-2.0', github('python/cpython')],
      ['Emscripten', '5.0.3', 'MIT', github('emscripten-core/emscripten')],
      ['SQLite', '3.39.0', 'blessing (public domain)', 'https://sqlite.org'],
      ['Expat', '2.7.3', 'MIT', github('libexpat/libexpat')],
      ['libmpdec', '2.5.1', 'BSD-2-Clause', 'https://www.bytereef.org/mpdecimal'],
      ['zlib', '1.3.1', 'Zlib', github('madler/zlib')],
      ['Zstandard', '1.5.7', 'BSD-3-Clause', github('facebook/zstd')],
      ['bzip2', '1.0.6', 'bzip2-1.0.6', 'https://sourceware.org/bzip2'],
      ['liblzma (XZ Utils)', '-', 'public domain', github('tukaani-project/xz')],
      ['libffi', '-', 'MIT', github('libffi/libffi')],
    ],
  },
  '@jitl/quickjs-wasmfile-release-sync': {
    version: '0.32.0',
    parts: [['QuickJS', '2025-09-13', 'MIT', github('bellard/quickjs')]],
  },
  koffi: {
    version: '3.3.4',
    parts: [
      ['node-addon-api', '-', 'MIT', github('nodejs/node-addon-api')],
      ['node-api-headers', '-', 'MIT', github('nodejs/node-api-headers')],
    ],
  },
};

/** Origins of packages that may not be installed. */
const homes: Readonly<Record<string, string>> = {
  'ffi-rs': github('zhangyuang/node-ffi-rs'),
};

/** Names of packages in a scope. */
const within = (scope: string, ...names: readonly string[]) => names.map((name) => scope + name);

/** Third-party code in our own files, with the packages by their folders in node_modules. */
const written: Readonly<Record<string, readonly string[]>> = {
  '`dist/apps/bench/engine/report/echarts.js`, charts of a report': [
    ...['echarts', 'zrender', 'zrender/node_modules/tslib'],
  ],
  '`dist/apps/course/difference.js`, differences of lessons; also in the page of the playground': [
    'diff',
  ],
  '`dist/apps/playground/page.js`, the editor of the playground': [
    ...within('@codemirror/', 'autocomplete', 'commands', 'lang-javascript', 'lang-python'),
    ...within('@codemirror/', 'language', 'lint', 'search', 'state', 'streamparser', 'view'),
    ...within('@lezer/', 'common', 'highlight', 'javascript', 'lr', 'python'),
    ...['@marijn/find-cluster-break', 'codemirror', 'crelt', 'style-mod', 'w3c-keyname'],
  ],
  '`dist/apps/playground/play/worker.js`, interpreters in a page': [
    ...['@jitl/quickjs-wasmfile-release-sync', 'resolve.exports'],
  ],
  '`dist/bridges/javascript/guest/` and `dist/bridges/python/in-realm/`, text coding in interpreters':
    ['@exodus/bytes'],
  '`dist/bundled/`, the parts of packages that commands need': [
    ...within('@jridgewell/', 'gen-mapping', 'sourcemap-codec'),
    ...['get-east-asian-width', 'lines-and-columns', 'string-width', 'sucrase'],
    ...within('string-width/node_modules/', 'ansi-regex', 'strip-ansi'),
    'ts-interface-checker',
  ],
  '`dist/runtime/volfile/volfile.gen.js`, the code around the parser of volfiles': ['peggy'],
};

/** Generates the text; runs in the folder of the project. */
export function generateThirdParty(): string {
  const { packages } = JSON.parse(readFileSync('npm-shrinkwrap.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const all = Object.entries(packages).filter(([path]) => path !== '');
  const shipped = all.filter(([, { dev }]) => !dev);
  const forMachines = shipped.filter(([, { cpu }]) => cpu !== undefined);
  const others = shipped.filter(([, { cpu }]) => cpu === undefined);
  const inFiles = new Set(Object.values(written).flat());
  const held = all.filter(([path]) => inFiles.has(folderOf(path)));
  return `<!-- Generated from npm-shrinkwrap.json and the installed packages. Do not edit. -->
# Third-party software

glossa itself is under the [MIT licence](LICENSE). Its package contains only the software in the last table;
npm installs the other packages beside it, as their authors publish them.

## Packages

${table(
  'Package',
  others.map(([path, locked]) => packagePart(path, locked)),
)}

Of these, npm installs the one that fits the machine, if there is one:

${table('Package', machineParts(others, forMachines))}

## Software inside these packages

${Object.entries(bundledSoftware)
  .map(([name, what]) => insideTable(name, what, packages))
  .join('\n\n')}

## Software in files of glossa

${table(
  'Package',
  held.map(([path, locked]) => packagePart(path, locked)),
)}

A file \`THIRD-PARTY.txt\` beside each, but the parser, has their licences. The published site and playground
have one at their top.

${Object.entries(written)
  .map(([files, packages]) => `- ${files}: ${packages.map(nameOf).join(', ')}`)
  .join('\n')}
`;
}

const folderOf = (path: string): string => path.replace(/^node_modules\//, '');
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

const packagePart = (path: string, { version, license = '-', optional }: Locked): Part => [
  `${nameOf(path)}${optional ? ' (optional)' : ''}`,
  version,
  license,
  repositoryOf(path, optional),
];

/** The origin of a package. @throws if neither the package nor the table above has it */
function repositoryOf(path: string, optional = false): string {
  const home = homes[nameOf(path)];
  if (home !== undefined) return home;
  if (optional) throw new Error(`third-party.ts does not say where ${path} comes from`);
  const { repository } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8')) as {
    readonly repository?: string | { readonly url: string };
  };
  if (repository === undefined) throw new Error(`${path} does not say where it comes from`);
  const url = typeof repository === 'string' ? repository : repository.url;
  const plain = url.replace(/^git\+/, '').replace(/\.git$/, '');
  return plain.includes('://') ? plain : github(plain);
}

/** Groups the variants of a package for kinds of machines, which differ in their suffixes. */
function machineParts(
  others: readonly (readonly [string, Locked])[],
  forMachines: readonly (readonly [string, Locked])[],
): Part[] {
  return others.flatMap(([path, { optionalDependencies = {} }]) => {
    const mine = forMachines.filter(([each]) => Object.hasOwn(optionalDependencies, nameOf(each)));
    const [first] = mine;
    if (first === undefined) return [];
    const names = mine.map(([each]) => nameOf(each));
    const same = [...names[0]!].findIndex((_, at) =>
      names.some((name) => name[at] !== names[0]![at]),
    );
    const start = names[0]!.slice(0, same);
    const ends = names.map((name) => name.slice(same)).join(', ');
    const [, { version, license = '-' }] = first;
    return [[`${start}… (${ends})`, version, license, repositoryOf(path)]];
  });
}

/** The table of software inside packages. @throws for a version that was not inspected */
function insideTable(
  name: string,
  { version, parts }: BundledSoftware,
  packages: Readonly<Record<string, Locked>>,
): string {
  const now = packages[`node_modules/${name}`]?.version;
  if (now !== version) {
    throw new Error(`${name} is ${now}: look whether it still has in it what third-party.ts says`);
  }
  return table(`In ${name}`, parts);
}

/** A table without duplicates. */
function table(title: string, parts: readonly Part[]): string {
  const rows = parts.map(
    ([name, version, licence, from]) => `| ${name} | ${version} | ${licence} | <${from}> |`,
  );
  return [`| ${title} | Version | Licence | From |`, '|---|---|---|---|', ...new Set(rows)].join(
    '\n',
  );
}
