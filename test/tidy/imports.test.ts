/** Imports point one way: cli → mount, bridges → xlators, graph → core; core imports nothing. */
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from './sources.ts';

/** Folder → what its files may import besides themselves. The longest matching folder counts. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'runtime/core': [],
  'runtime/api': ['runtime/core'],
  'runtime/sys': ['runtime/core'],
  'runtime/graph': ['runtime/core'],
  // The last is in a comment.
  'runtime/observe': ['runtime/core', '…', 'glossa/recording'],
  'runtime/observe/node': ['runtime/core', 'runtime/sys', 'runtime/observe', 'node:'],
  'runtime/rpc': ['runtime/core'],
  'runtime/volfile-server': ['runtime/core', 'runtime/graph', 'runtime/rpc', 'node:'],
  'runtime/replay': [
    'runtime/core',
    'runtime/api',
    'runtime/observe',
    'runtime/xlators/storage/memory',
  ],
  // The playground is a program, with modules in it, of what runs in a browser.
  'runtime/play': [
    'runtime/core',
    'runtime/api',
    'runtime/graph',
    'runtime/observe',
    'runtime/xlators/storage',
    'runtime/bench/searches.ts',
    'bridges/browser.ts',
    'bridges/host',
    'bridges/machine/browser',
    // And a lesson's check.
    'runtime/learn',
    'bridges/testing/subject-options.ts',
    'lessons/index.ts',
  ],
  'runtime/learn': ['bridges/host', 'bridges/testing', 'lessons/check.ts', 'diff'],
  'runtime/port': [],
  'runtime/xlators': ['runtime/core', 'runtime/sys', 'node:'],
  'runtime/xlators/protocol': ['runtime/core', 'runtime/rpc', 'runtime/sys', 'node:'],
  // It shows the graph as a volfile.
  'runtime/xlators/meta': ['runtime/core', 'runtime/graph'],
  'runtime/mount': ['runtime/core', 'runtime/api', 'runtime/pump', 'runtime/sys', 'node:'],
  'runtime/pump': ['runtime/core', 'runtime/sys', 'node:'],
  'runtime/bench': ['runtime/core', 'runtime/graph', 'runtime/sys', 'node:'],
  'runtime/gen': ['runtime/core', 'runtime/observe', 'node:'],
  // It records requests, and draws them.
  'runtime/gen/pictures': [
    'runtime/cli/trace',
    'runtime/core',
    'runtime/graph',
    'runtime/observe',
    'runtime/play',
    'bridges/browser.ts',
    'bridges/machine',
    'node:',
  ],
  'bridges/host': ['runtime/core'],
  'bridges/isolation': ['runtime/core', 'bridges/host'],
  'bridges/javascript': ['runtime/core', 'bridges/host', 'glossa'],
  'bridges/machine/browser': ['runtime/core', 'bridges/host'],
  'bridges/machine/node': ['runtime/core', 'runtime/sys', 'bridges/host', 'node:', 'sucrase'],
  'bridges/native': [
    'runtime/core',
    'runtime/index.ts',
    'runtime/sys',
    'bridges/host',
    'bridges/machine/node',
    'node:',
  ],
  'bridges/python': ['runtime/core', 'bridges/host', 'pyodide'],
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
    // Examples in comments.
    'glossa',
  ],
};
/** Outside packages a folder may use. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'runtime/sys': ['koffi', 'node:'],
  'runtime/mount': ['koffi'],
  'runtime/pump': ['koffi'],
  // Its modules are translators.
  'runtime/bench': ['echarts', 'glossa'],
  'bridges/javascript': ['@jitl/quickjs-wasmfile-release-sync'],
  'bridges/native': ['koffi', 'ffi-rs'],
};

function folderOf(path: string): string | undefined {
  return Object.keys(allowed)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?<!')(?:\bfrom|\bimport\()\s*'([^'\n]+)'/g)].map((match) => match[1]!);
}

describe('imports', () => {
  const files = sources('.ts').filter(({ path }) => !path.endsWith('.test.ts'));

  it.each(Object.keys(allowed))('%s imports only what it may', (folder) => {
    const may = [...allowed[folder]!, ...(packages[folder] ?? [])];
    const wrong = files
      .filter(({ path }) => folderOf(path) === folder)
      .flatMap(({ path, text }) =>
        importsOf(text).flatMap((target) => {
          const resolved = target.startsWith('.') ? join(dirname(path), target) : target;
          const own = resolved.startsWith(`${folder}/`);
          const fine = own || may.some((prefix) => resolved.startsWith(prefix));
          return fine ? [] : [`${path} imports ${target}`];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('finds files to look at in every folder of the table', () => {
    for (const folder of Object.keys(allowed)) {
      expect(files.some(({ path }) => folderOf(path) === folder)).toBe(true);
    }
  });
});
