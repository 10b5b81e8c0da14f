/** Tests of the project's volfiles: they have no problem, and name the command to try them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { toPlainVolumes } from '../runtime/volfile/description.ts';
import { Source } from '../runtime/volfile/source.ts';
import { inspectVolfile, type VolfileInspection } from '../runtime/volfile/volfile.ts';
import { registry } from '../server/registry.ts';
import { renderGlusterdVolfile } from './support/performance-volfiles.ts';
import { volfiles } from './support/volfiles.ts';

await registry.loadAll();

function inspect(path: string): VolfileInspection {
  const text = readFileSync(join(packageRoot, path), 'utf8');
  return inspectText(path, text);
}

const inspectText = (name: string, text: string): VolfileInspection =>
  inspectVolfile(new Source(name, text), { registry, strict: true });

const volumes = (path: string) => toPlainVolumes(inspect(path).description!);

it('the tests find at least five volfiles in the repository', () => {
  expect(volfiles.length).toBeGreaterThanOrEqual(5);
});

describe.each(volfiles)('the volfile %s', (path) => {
  it('has no problem or warning', () => {
    expect(inspect(path).problems).toEqual([]);
  });

  it('names the command to mount or serve it', () => {
    const text = readFileSync(join(packageRoot, path), 'utf8');
    const [storage] = volumes(path);
    const verb = volumes(path).at(-1)!.type === 'protocol/server' ? 'brick' : 'mount';
    const operand = verb === 'mount' ? ' MOUNTPOINT' : '';
    const option =
      storage!.type === 'storage/posix' ? ` --xlator-option ${storage!.name}.directory=DIR` : '';
    const command = `glossa ${verb} ${path}${operand}${option}`;
    const bringsItsFiles = path === 'examples/hello/hello.vol';
    expect(text.includes(command)).toBe(!bringsItsFiles);
  });
});

it('a client volfile that glusterd writes is accepted unchanged', () => {
  const { description, problems } = inspectText(
    'test.vol',
    renderGlusterdVolfile([24_111, 24_112]),
  );
  expect(problems).toEqual([]);
  expect(toPlainVolumes(description!).map(({ type }) => type)).toContain('performance/nl-cache');
});

describe('the stacks of the demo', () => {
  const baseline = volumes('volfiles/posix.vol');
  const native = volumes('volfiles/negative.vol');
  const python = volumes('volfiles/python-negative.vol');
  const withoutNegative = (stack: typeof native) =>
    stack.filter(({ name }) => name !== 'test-negative');

  it('differ only in the cache of absent names', () => {
    expect(withoutNegative(python)).toEqual(withoutNegative(native));
    const names = (stack: typeof native) => stack.map(({ name, type }) => [name, type]);
    expect(names(withoutNegative(native))).toEqual(names(baseline));
  });

  it('have io-stats at the top and above the storage', () => {
    for (const stack of [baseline, native, python]) {
      const counting = stack.filter(({ type }) => type === 'debug/io-stats');
      expect(counting.map(({ name }) => name)).toEqual(['test-brick', 'test']);
      expect(counting[0]!.subvolumes).toEqual([stack[0]!.name]);
      expect(stack.at(-1)!.name).toBe('test');
    }
  });
});

describe('the stacks of the tutorial', () => {
  const path = (name: string): string => `examples/tutorial/${name}.vol`;
  /** Without what the slides do not have: comments, and the blank line below them. */
  const slide = (name: string): string =>
    readFileSync(join(packageRoot, path(name)), 'utf8')
      .replace(/^#.*\n/gm, '')
      .trimStart();
  const [original, negative, python] = ['original', 'negative', 'python'].map((name) =>
    slide(name).split('\n'),
  ) as [string[], string[], string[]];

  it.each([
    ['original', 50, 1031],
    ['negative', 55, 1120],
  ])('have as many lines and bytes as on the slide: %s.vol', (name, lines, bytes) => {
    expect(slide(name).match(/\n/g)).toHaveLength(lines);
    expect(Buffer.byteLength(slide(name))).toBe(bytes);
  });

  it('mark only their first 26 lines as reconstructed', () => {
    for (const name of ['original', 'negative', 'python']) {
      const text = readFileSync(join(packageRoot, path(name)), 'utf8');
      const marked = [...text.matchAll(/^# Reconstructed(?:.*\n#?)*?volume (\S+)$/gm)];
      expect(marked.map(([, volume]) => volume)).toEqual(
        volumes(path(name))
          .slice(0, 5)
          .map((volume) => volume.name),
      );
    }
    // Of the fifth only the first two lines.
    expect(original.slice(24, 27)).toEqual([
      'volume test-read-ahead',
      '    type performance/read-ahead',
      '    subvolumes test-write-behind',
    ]);
  });

  it('add the volume test-negative to the original, as a built-in translator or as a Python module', () => {
    const at = negative.indexOf('volume test-negative');
    const without = negative.toSpliced(at, 5);
    expect(without.map((line) => line.replace('test-negative', 'test-md-cache'))).toEqual(original);
    const native = negative.indexOf('    type features/negative');
    expect(python).toEqual(
      negative.toSpliced(native, 1, '    type features/glupy', '    option module-name negative'),
    );
  });
});
