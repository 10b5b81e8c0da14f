/** Tests that each type whose options name files or addresses states what it reaches. */
import { expect, it } from 'vitest';
import { genericOptions, type Options } from '../../runtime/core/options.ts';
import { registry } from '../../server/registry.ts';

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
