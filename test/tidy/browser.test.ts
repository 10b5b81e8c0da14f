/**
 * Tests that bridges, the reader of recordings and the playground bundle for a browser without
 * their machine-specific parts, and import nothing external.
 */
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

/** Sources for interpreters and realms, which are bundled apart as text. */
const TEXT = /^bridges\/(javascript\/library|python\/realm)\//;
const files = readSources('.ts')
  .map(({ path }) => path)
  .filter((path) =>
    /^bridges\/(browser\.ts|(host|python|javascript|compiled|wasm|machine\/browser)\/)|^runtime\/(play|observe)\/(?!node)/.test(
      path,
    ),
  )
  .filter((path) => !path.endsWith('.test.ts') && !TEXT.test(path));

it('bridges, recordings and playground bundle for a browser without external imports', async () => {
  expect(files.length).toBeGreaterThan(80);
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: files.map((path, i) => `export * as _${i} from './${path}';`).join('\n'),
      resolveDir: '.',
    },
    bundle: true,
    minifyWhitespace: true,
    legalComments: 'none',
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    target: 'es2023',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toEqual(expect.arrayContaining(files));
  expect(inputs.filter((path) => /^runtime\/(sys|cli|mount)|machine\/node/.test(path))).toEqual([]);
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  // picomatch asks first whether there is a process. The bundle has no comments, only code and texts.
  const text = outputFiles[0]!.text.replace(
    /typeof process!=="undefined"&&process.platform\)\{return process.platform/,
    '',
  );
  expect(text.match(/(?<![\w$.])(?:Buffer|process)\.[a-z]\w*/g)).toBeNull();
});
