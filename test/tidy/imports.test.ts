/**
 * Tests that imports point one way: cli → gluster, mount, bridges → xlators, volfile → core; the
 * core imports nothing.
 */
import { describe, expect, it } from 'vitest';
import { readImports } from './imports.ts';
import { readSources } from './sources.ts';

/** Folder → allowed imports beside its own files. The longest matching folder counts. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'runtime/core': [],
  // Of Node it imports types alone: it runs in browsers, too.
  'runtime/api': ['runtime/core', 'runtime/wire', 'node:'],
  // Its operations offer chunks to programs in other languages.
  'runtime/api/protocol': [
    'runtime/core',
    'runtime/wire',
    'runtime/api',
    'runtime/chunks',
    'node:',
  ],
  'runtime/wire': ['runtime/core'],
  'runtime/sys': ['runtime/core'],
  'runtime/volfile': ['runtime/core'],
  'runtime/observe': ['runtime/core'],
  'runtime/observe/node': ['runtime/core', 'runtime/sys', 'runtime/observe', 'node:'],
  'gluster/rpc': ['runtime/core', 'runtime/wire'],
  'gluster/volfile-server': [
    'runtime/core',
    'runtime/volfile',
    'runtime/wire',
    'gluster/rpc',
    'node:',
  ],
  'gluster/stand-ins': ['runtime/core'],
  // The order of caches, and keys of xdata that storages know.
  'gluster/cluster': [
    'runtime/core',
    'runtime/xlators/performance/shared',
    'runtime/xlators/storage/shared',
    'node:',
  ],
  // The playground runs volfiles and modules in a browser.
  'apps/playground/play': [
    'runtime/core',
    'runtime/api',
    'runtime/volfile',
    'runtime/observe',
    'runtime/xlators/storage',
    // The permission checks, because no kernel makes them here.
    'runtime/xlators/features/access-control/rules.ts',
    'apps/bench/engine/searches.ts',
    'bridges/browser.ts',
    'bridges/host',
    'bridges/machine/browser',
    // And a lesson's check.
    'apps/course',
    'bridges/testing/subject-options.ts',
    'bridges/testing/test-context.ts',
    'apps/course/lessons/index.ts',
  ],
  'apps/course': ['bridges/host', 'bridges/testing', 'apps/course/lessons/check.ts', 'diff'],
  'apps/course/terminal': [
    'runtime/core',
    'runtime/sys',
    'bridges',
    'server',
    'terminal',
    'apps/course',

    'node:',
  ],
  apps: ['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'node:'],
  'apps/vscode': ['node:'],
  'apps/playground/page': ['runtime', 'bridges', 'apps', 'terminal'],
  'apps/course/lessons': ['bridges/testing', 'node:'],
  terminal: ['runtime/core', 'runtime/sys', 'bridges/languages.ts', 'node:', 'string-width'],
  server: ['runtime', 'gluster', 'bridges', 'terminal', 'node:'],
  cli: ['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'node:'],
  tools: ['runtime', 'gluster', 'bridges', 'server', 'terminal', 'apps', 'cli', 'node:'],
  'tools/site': [
    'runtime',
    'server',
    'terminal',
    'apps',
    'cli',
    'node:',
    'tools/gen/python-source.ts',
  ],
  'runtime/xlators': ['runtime/core', 'runtime/sys', 'node:'],
  // With the checks of names that all storages share.
  'runtime/files': ['runtime/core', 'runtime/xlators/storage'],
  'gluster/protocol': ['runtime/core', 'runtime/wire', 'gluster/rpc', 'runtime/sys', 'node:'],
  // It shows the graph as a volfile.
  'runtime/xlators/meta': ['runtime/core', 'runtime/volfile'],
  'runtime/mount': ['runtime/core', 'runtime/api', 'runtime/pump', 'runtime/sys', 'node:'],
  'runtime/pump': ['runtime/core', 'runtime/sys', 'node:'],
  'apps/bench/engine': [
    'runtime/core',
    'runtime/volfile',
    'runtime/sys',
    'runtime/mount/mountinfo.ts',
    'terminal/exit.ts',
    'terminal/layout.ts',
    'terminal/progress.ts',
    'terminal/quantities.ts',
    'terminal/terminal.ts',
    'node:',
  ],
  'tools/gen': [
    'runtime/core',
    'runtime/mount/fuse/codec/structs.ts',
    'runtime/observe',
    'bridges/host',
    'runtime/api/protocol',
    'terminal/exit.ts',
    'node:',
  ],
  'bridges/host': ['runtime/core', 'runtime/api', 'runtime/wire', 'runtime/files'],
  'bridges/compiled': ['runtime/core', 'bridges/host'],
  'bridges/thread': ['runtime/core', 'runtime/files', 'bridges/compiled', 'bridges/host'],
  'bridges/javascript': ['runtime/core', 'runtime/files', 'bridges/host'],
  'bridges/machine/browser': ['runtime/core', 'bridges/host'],
  'bridges/machine/node': ['runtime/core', 'runtime/sys', 'bridges/host', 'node:', 'sucrase'],
  'bridges/native': [
    'runtime/core',
    'runtime/index.ts',
    'runtime/sys',
    'bridges/compiled',
    'bridges/host',
    'bridges/machine/node',
    'node:',
  ],
  'bridges/python': ['runtime/core', 'bridges/host', 'pyodide'],
  'bridges/wasm': ['runtime/core', 'bridges/compiled', 'bridges/host'],
  'bridges/testing': [
    'runtime/core',
    'runtime/api',
    'runtime/xlators',
    'bridges/glupy.ts',
    'bridges/languages.ts',
    'bridges/host',
    'bridges/python',
    'bridges/javascript',
    'bridges/machine/browser',
    'bridges/machine/node',
    'bridges/native',
    'node:',
  ],
};
/** Outside packages a folder may use. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'runtime/api': ['picomatch'],
  'runtime/sys': ['koffi', 'node:'],
  'runtime/mount': ['koffi'],
  'runtime/pump': ['koffi'],
  // Its modules are translators.
  'apps/bench/engine': ['echarts', 'glossa'],
  // Bundled with the code of its realms.
  'bridges/python': ['@exodus/bytes/encoding-lite.js'],
  'apps/playground/page': ['@codemirror/', '@lezer/highlight', 'codemirror'],
  'apps/vscode': ['vscode'],
  cli: ['@vscode/debugprotocol', 'diff'],
  tools: ['esbuild', 'rolldown', 'vitest/node', 'marked', 'spdx-license-list/full.js'],
  'tools/gen': ['peggy'],
  'tools/site': ['vitepress', 'vue', 'puppeteer-core', 'rollup-plugin-license'],
  'bridges/javascript': ['@jitl/quickjs-wasmfile-release-sync', 'resolve.exports', '@exodus/bytes'],
  'bridges/native': ['koffi', 'ffi-rs'],
};

function findFolder(path: string): string | undefined {
  return Object.keys(allowed)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** From the lowest floor to the highest. A test that needs a higher floor than its own belongs into test/. */
const FLOORS = [
  ['runtime'],
  ['gluster', 'bridges'],
  ['terminal'],
  ['server'],
  ['apps'],
  ['cli'],
  ['tools'],
];

const floorIndex = (path: string): number =>
  FLOORS.findIndex((folders) => folders.includes(path.split('/')[0]!));

describe('imports', () => {
  const all = readSources('.ts');
  const files = all.filter(({ path }) => !path.endsWith('.test.ts'));

  it.each(Object.keys(allowed))(
    'in the folder %s come only from its allowed folders and packages',
    (folder) => {
      const allowedPrefixes = [...allowed[folder]!, ...(packages[folder] ?? [])];
      const violations = files
        .filter(({ path }) => findFolder(path) === folder)
        .flatMap((file) =>
          readImports(file).flatMap(({ target }) => {
            const own = target.startsWith(`${folder}/`);
            const isAllowed = own || allowedPrefixes.some((prefix) => target.startsWith(prefix));
            return isAllowed ? [] : [`${file.path} imports ${target}`];
          }),
        );
      expect(violations).toEqual([]);
    },
  );

  it('in a test come from no higher floor', () => {
    const tests = all.filter(({ path }) => path.endsWith('.test.ts') && floorIndex(path) >= 0);
    expect(tests.length).toBeGreaterThan(400);
    const violations = tests.flatMap((file) =>
      readImports(file)
        .filter(({ target }) => {
          const [own, floor] = [floorIndex(file.path), floorIndex(target)];
          const isBeside = floor === own && target.split('/')[0] !== file.path.split('/')[0];
          return floor > own || isBeside;
        })
        .map(({ target }) => `${file.path} imports ${target}`),
    );
    expect(violations).toEqual([]);
  });

  it('exist in every folder of the table', () => {
    for (const folder of Object.keys(allowed)) {
      expect(files.some(({ path }) => findFolder(path) === folder)).toBe(true);
    }
  });
});
