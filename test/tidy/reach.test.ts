/** Tests that each type whose options name files or addresses states what it reaches. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { genericOptions, type Options } from '../../runtime/core/options.ts';
import { makeReachRows, type ReachRow } from '../../runtime/core/reach.ts';
import { listGraphReach } from '../../runtime/volfile/graph-reach.ts';
import { registry } from '../../server/registry.ts';
import { inspectText } from '../../server/volfiles.ts';
import { makeFolder } from '../support/folder.ts';

/** Types of options whose values are files or addresses. */
const OUTSIDE_TYPES: readonly string[] = ['path', 'addr'];
/** Words in the keys of options of another type that name files or addresses. */
const OUTSIDE_KEY =
  /(^|[.-])(path|dir|directory|file|folder|host|port|socket|module|packages|allow)([.-]|$)/;

/** Options with such a word that name neither, with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'meta meta-dir-name': 'a name in the volume',
};

/** Lists the options of a type that may name files or addresses, as `TYPE KEY`. */
const listOutsideOptions = (type: string, options: Options): string[] =>
  Object.entries(options)
    .filter(([, spec]) => !('usual' in spec) && !['bool', 'int', 'sizet'].includes(spec.type))
    .filter(([key, { type }]) => OUTSIDE_TYPES.includes(type) || OUTSIDE_KEY.test(key))
    .map(([key]) => `${type} ${key}`);

it('a type with an option for a file or an address has a reach, or a reason to have none', async () => {
  await registry.loadAll();
  const silent = [...registry.listTypeNames()].map((type) => registry.lookup(type)!);
  const keys = silent.flatMap(({ type, options, reach }) =>
    reach === undefined ? listOutsideOptions(type, options) : [],
  );
  expect(keys.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
});

it('the types that state a reach are those that leave the process', async () => {
  await registry.loadAll();
  const types = [...registry.listTypeNames()].filter(
    (type) => registry.lookup(type)!.reach !== undefined,
  );
  expect(types.sort()).toEqual([
    'features/glupy',
    'features/native',
    'protocol/client',
    'protocol/server',
    'storage/posix',
  ]);
});

it('options are told from others by their types and by the words in their keys', () => {
  const options: Options = {
    ...genericOptions,
    certificate: { type: 'path', description: '' },
    'remote-host': { type: 'str', description: '' },
    'max-file-size': { type: 'sizet', description: '' },
  };
  expect(listOutsideOptions('t', options)).toEqual(['t certificate', 't remote-host']);
});

const PAGE = 'docs/reference/reach.md';

/** Lists the rows of the page about a volfile, in whose folder a module may not be compiled yet. */
async function listPageRows(file: string): Promise<string[]> {
  const text = readFileSync(file, 'utf8');
  const { description } = await inspectText(file, text, { registry });
  const list = (baseDir: string): readonly ReachRow[] =>
    makeReachRows(listGraphReach(description!, registry, baseDir));
  let baseDir = resolve(dirname(file));
  let rows: readonly ReachRow[];
  try {
    rows = list(baseDir);
  } catch (error) {
    const [, missing] = /not compiled \(make -C .* (\S+)\)/.exec((error as Error).message)!;
    baseDir = makeFolder();
    writeFileSync(join(baseDir, missing!), '');
    rows = list(baseDir);
  }
  return rows
    .filter(({ target }) => !target.endsWith('/node_modules'))
    .map(({ target, access, volume, option }) => {
      const path = target.startsWith('/srv/') ? target : relative(baseDir, target) || '.';
      const place = target.startsWith('/') ? path : target;
      return `| ${[file, place, access.join(', '), volume, option].join(' | ')} |`;
    });
}

it('the page has what each volfile of the examples reaches', async () => {
  vi.stubEnv('GLOSSA_PATH', '').stubEnv('PYTHONPATH', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const files = ['examples', 'volfiles'].flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.vol'))
      .map((name) => join(folder, name))
      .sort(),
  );
  const rows = (await Promise.all(files.map(listPageRows))).flat();
  const head = ['| volfile | path or address | how | volume | option |', '|---|---|---|---|---|'];
  const [, part] = readFileSync(PAGE, 'utf8').split('## The volfiles of the examples');
  expect(part!.split('\n').filter((line) => line.startsWith('|'))).toEqual([...head, ...rows]);
});
