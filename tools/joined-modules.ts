/**
 * Joins the program's modules in dist into few files by rolldown: Node needs some half a millisecond to find, read and
 * link each module, and a mount with Python loads 300. The files are CommonJS (`.cjs`): Node starts without its loader
 * of ES modules, 8 ms, and Node 20 can keep their compiled code (cli/compile-cache.ts). Modules that other programs
 * import or start keep their paths; all others move to `dist/joined`, and their declarations stay where they were. What
 * is imported has an ES module (`.js`) beside it, which names the exports.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type OutputChunk, type Plugin } from 'rolldown';
import type { JoinedModules } from '../runtime/sys/joined-source.ts';
import { makeFastToLoad } from './fast-to-load.ts';

/** Modules that run in processes or threads of their own. */
const STARTED_MODULES = [
  'apps/bench/engine/load/client',
  'apps/bench/run/volume-client',
  'bridges/isolated-volume',
  'cli/main',
  'server/mount-probe-process',
  'test/bench/api/volume-caller',
  'test/bench/call-client',
  'test/bench/chunks/lock-caller',
  'test/bench/main',
  'test/bench/pyodide-start',
];

/** Public modules that pages import. */
const BROWSER_MODULES = ['bridges/browser', 'runtime/observe/index'];

/** Modules that tests import into processes of their own. */
const TESTED_MODULES = [
  'bridges/host/limits/interpreter-gate',
  'bridges/host/limits/watchdog',
  'bridges/machine/node/watchdog',
  'runtime/mount/fuse/notifier',
  'runtime/sys/crash-log',
  'runtime/sys/heap-limit',
  'runtime/sys/libc',
];

/** Programs that become bundles (bundle.ts), with code of other projects. */
const BUNDLED_MODULES = ['apps/bench/engine/report/echarts', 'apps/course/difference'];

/**
 * The files that all starts of a kind need, each with the modules that it has: those that these import, and that no
 * earlier file has.
 */
const JOINED_FILES: Readonly<Record<string, readonly string[]>> = {
  first: [
    ...['runtime/sys/inspector', 'runtime/sys/crash-log', 'cli/compile-cache'],
    'runtime/core/errno',
  ],
  command: ['cli/program', 'cli/version'],
  // A command that starts a daemon needs no more.
  daemon: ['cli/mount', 'cli/brick'],
  confined: ['server/wall/confinement'],
  // A command loads this while its server starts, and mounts.
  mounter: ['runtime/mount/fuse/mounter'],
  check: ['cli/check', 'server/registry', 'runtime/xlators/storage/posix/index'],
  wall: ['server/wall/planned-wall'],
  // Most types of translators import these.
  types: [
    ...['runtime/core/acl', 'runtime/core/client', 'runtime/core/context', 'runtime/core/operands'],
    ...['runtime/core/entry-hooks', 'runtime/core/timeouts'],
    ...['runtime/core/turn', 'runtime/core/upcall'],
    // The storage of files by path has it from storage/memory.
    ...['runtime/xlators/performance/shared/stack-checks', 'runtime/xlators/storage/memory/md5'],
  ],
  volfile: [
    ...['server/pump-context', 'runtime/volfile/make-graph'],
    ...['runtime/xlators/storage/posix/service', 'runtime/xlators/debug/io-stats/index'],
  ],
  // Mounts, programs with the library and types of translators need these.
  graph: [
    ...['server/reloader', 'server/start-graph', 'server/volfile-source'],
    ...['runtime/api/driver-steps', 'runtime/api/steps', 'runtime/wire/record', 'runtime/wire/xdr'],
    'runtime/core/lock',
  ],
  mount: ['server/mount-server'],
  library: ['server/index'],
  // The reader of compiled modules also reads Python's.
  host: ['bridges/glupy', 'bridges/host/wasm-binary'],
  python: ['bridges/python/guest'],
  wasm: ['bridges/wasm/start'],
};

/** The folder of the joined files in dist. */
const FOLDER = 'joined';

/** Lists the modules that package.json names for importers, as paths in dist without extension. */
function listImportedModules(root: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly default: string }>>;
  };
  return Object.values(manifest.exports)
    .map((entry) => entry.default.replace(/^\.\/dist\/(.*)\.js$/, '$1'))
    .filter((module) => !BROWSER_MODULES.includes(module));
}

/** Before the path of a module: a module of its own that has the same exports, and stays out of the joined files. */
const FACADE = '\0facade:';

const facades: Plugin = {
  name: 'facades',
  resolveId: (id) => (id.startsWith(FACADE) ? id : null),
  load: (id) =>
    id.startsWith(FACADE) ? `export * from ${JSON.stringify(id.slice(FACADE.length))};` : null,
};

/** Joins the modules in `dist`, a folder that tsc has written. */
export async function joinModules(root: string, dist: string): Promise<void> {
  const target = join(dist, `.${FOLDER}`);
  const outputs = [await joinForNode(root, dist, target), await joinForBrowsers(dist, target)];
  const joinedModules = outputs.flatMap((chunks) => chunks.flatMap(({ moduleIds }) => moduleIds));
  // Others are helpers of rolldown, without a file.
  for (const file of joinedModules) if (file.startsWith(dist)) rmSync(file, { force: true });
  cpSync(target, dist, { recursive: true });
  rmSync(target, { recursive: true });
  // A removed module may be imported by another one.
  while (removeUnusable(dist)) {}
}

/** Joins the modules of the program and the library. */
async function joinForNode(root: string, dist: string, target: string): Promise<OutputChunk[]> {
  const makePath = (module: string): string => join(dist, `${module}.js`);
  const input = [
    ...STARTED_MODULES.map((module) => [module, makePath(module)]),
    ...[...listImportedModules(root), ...TESTED_MODULES].map((module) => [
      module,
      FACADE + makePath(module),
    ]),
  ];
  const bundledFiles = BUNDLED_MODULES.map((module) => `${module}.js`);
  const bundles: Plugin = {
    name: 'bundles',
    resolveId(id, importer) {
      const file = relative(dist, resolve(dirname(importer ?? dist), id));
      return bundledFiles.includes(file) ? { id: file, external: true } : null;
    },
  };
  const findJoinedFile = makeJoinedFileFinder(makePath);
  const { output } = await build({
    // The comments before modules have their paths from here.
    cwd: dist,
    input: Object.fromEntries(input),
    plugins: [facades, bundles],
    platform: 'node',
    external: /^[^./\0]/,
    preserveEntrySignatures: 'allow-extension',
    // Commands may import statically what another command loads on demand.
    checks: { ineffectiveDynamicImport: false },
    write: false,
    output: {
      // Only joined files import bundles.
      paths: Object.fromEntries(bundledFiles.map((file) => [file, relative(FOLDER, file)])),
      format: 'cjs',
      exports: 'named',
      // Code from the compile cache could not import.
      dynamicImportInCjs: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: `${FOLDER}/[name].cjs`,
      // A start reads these files whole. The legal comments stay.
      comments: { jsdoc: false },
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            debugName: 'kinds of starts',
            name: (id, context) => findJoinedFile(id, (module) => context.getModuleInfo(module)),
          },
        ],
      },
    },
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  for (const { fileName, name, isEntry, exports, code } of chunks) {
    const file = join(target, fileName);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, makeFastToLoad(code));
    // Of programs, this was the path before: links of npm name it, and what `glossa setup` has written.
    if (isEntry)
      writeFileSync(join(target, `${name}.js`), nameExports(basename(fileName), exports));
  }
  writeFileSync(join(target, FOLDER, 'modules.json'), JSON.stringify(listModules(chunks)));
  return chunks;
}

/** Joins the modules that pages import, which bundlers take as ES modules, without any module of Node. */
async function joinForBrowsers(dist: string, target: string): Promise<OutputChunk[]> {
  const { output } = await build({
    cwd: dist,
    input: Object.fromEntries(
      BROWSER_MODULES.map((module) => [module, join(dist, `${module}.js`)]),
    ),
    platform: 'browser',
    external: /^[^./]/,
    output: {
      dir: target,
      format: 'es',
      chunkFileNames: `${FOLDER}/[name].js`,
      comments: { jsdoc: false },
    },
  });
  return output.filter((file) => file.type === 'chunk');
}

/** Writes an ES module with the exports of the joined file beside it. */
const nameExports = (file: string, names: readonly string[]): string =>
  names.length === 0
    ? `#!/usr/bin/env node\nimport './${file}';\n`
    : `import module from './${file}';\nexport const { ${names.join(', ')} } = module;\n`;

/** The comment before a module in a joined file: its path in dist. */
const MODULE_COMMENT = /^\/\/ (\S+\.js)$/;

/** Lists the modules of the joined files (runtime/sys/joined-source.ts). */
function listModules(chunks: readonly OutputChunk[]): JoinedModules {
  return Object.fromEntries(
    chunks.map(({ fileName, code }) => [
      basename(fileName),
      code.split('\n').flatMap((text, index): [string, number][] => {
        const path = MODULE_COMMENT.exec(text)?.[1];
        return path === undefined ? [] : [[basename(path), index + 1]];
      }),
    ]),
  );
}

/** The path in an import or export. */
const IMPORTED_PATH = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.js)["']/g;

/**
 * Removes modules that only sources import, such as tests: some of their own imports are joined now. Returns whether
 * there were any.
 */
function removeUnusable(dist: string): boolean {
  const unusable = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js') && existsSync(join(dist, path.replace(/js$/, 'd.ts'))))
    .map((path) => join(dist, path))
    .filter((file) =>
      [...readFileSync(file, 'utf8').matchAll(IMPORTED_PATH)].some(
        ([, imported]) => !existsSync(resolve(dirname(file), imported!)),
      ),
    );
  for (const file of unusable) rmSync(file);
  return unusable.length > 0;
}

type GetModuleInfo = (id: string) => { readonly importedIds: readonly string[] } | null;

/** Makes a function that returns the name of a module's file in JOINED_FILES; null if rolldown is to choose it. */
function makeJoinedFileFinder(
  makePath: (module: string) => string,
): (id: string, getModuleInfo: GetModuleInfo) => string | null {
  const names = new Map<string, string | null>();
  return (id, getModuleInfo) => {
    if (names.size === 0) {
      // It awaits while the files below are loaded, so that none of these may wait for it.
      names.set(makePath('cli/main'), null);
      const assign = (module: string, name: string): void => {
        if (names.has(module)) return;
        names.set(module, name);
        for (const imported of getModuleInfo(module)?.importedIds ?? []) assign(imported, name);
      };
      for (const [name, modules] of Object.entries(JOINED_FILES))
        for (const module of modules) assign(makePath(module), name);
    }
    return names.get(id) ?? null;
  };
}
