/** Resolution of package imports, by the exports and imports tables of package.json. */
import { describe, expect, it } from 'vitest';
import { rows } from '../../test/support/rows.ts';
import type { Sources } from '../host/machine.ts';
import { findPackageFile, findPrivateFile } from './packages.ts';

const FOLDER = '/lib';

function makeSources(about: object, files: readonly string[]): Sources {
  const texts = new Map<string, string>([
    ['/lib/p/package.json', JSON.stringify({ name: 'p', ...about })],
    ['/lib/dep/package.json', '{ "name": "dep", "exports": "./dep.js" }'],
    ['/lib/dep/dep.js', ''],
    ...files.map((file) => [`/lib/p/${file}`, ''] as const),
  ]);
  return {
    findFileKind: (path: string) => (texts.has(path) ? 'file' : undefined),
    read: (path: string) => new TextEncoder().encode(texts.get(path)),
  } as unknown as Sources;
}

const FILES = ['a.js', 'b.js', 'x/a.js', 'x/b.js', 'y/a.js', 'c++/a.js', 'hidden/a.js', 'lib/m.js'];

const OF_EXPORTS = rows`
a text ⇒ {"exports": "./a.js"} ⇒ p ⇒ a.js
conditions alone ⇒ {"exports": {"require": "./b.js", "import": "./a.js"}} ⇒ p ⇒ a.js
a part that it does not name ⇒ {"exports": "./a.js"} ⇒ p/b ⇒ none
a pattern ⇒ {"exports": {"./*": "./x/*.js"}} ⇒ p/a ⇒ x/a.js
the longest pattern, though a shorter one is first
  ⇒ {"exports": {"./*": "./x/*.js", "./x/*": "./y/*.js"}} ⇒ p/x/a ⇒ y/a.js
the longest pattern, in the other order ⇒ {"exports": {"./x/*": "./y/*.js", "./*": "./x/*.js"}}
  ⇒ p/x/a ⇒ y/a.js
an exact name before a pattern ⇒ {"exports": {"./*": "./x/*.js", "./a": "./a.js"}} ⇒ p/a ⇒ a.js
null, behind a pattern that fits too ⇒ {"exports": {"./*": "./*.js", "./hidden/*": null}}
  ⇒ p/hidden/a ⇒ none
null as an exact name ⇒ {"exports": {"./*": "./x/*.js", "./a": null}} ⇒ p/a ⇒ none
null for a condition that comes first ⇒ {"exports": {".": {"import": null, "default": "./a.js"}}}
  ⇒ p ⇒ none
a condition under which nothing fits
  ⇒ {"exports": {".": {"import": {"node": "./b.js"}, "default": "./a.js"}}} ⇒ p ⇒ a.js
a list ⇒ {"exports": {".": [{"node": "./b.js"}, "./a.js"]}} ⇒ p ⇒ a.js
a pattern with signs of its own ⇒ {"exports": {"./c++/*": "./c++/*.js"}} ⇒ p/c++/a ⇒ c++/a.js
no table: main ⇒ {"main": "lib/m"} ⇒ p ⇒ lib/m.js
no table: a part ⇒ {} ⇒ p/x/b ⇒ x/b.js
`;

it.each(OF_EXPORTS)(
  'the import of a package is resolved by its package.json: %s',
  (_, about, name, file) => {
    const path = findPackageFile([FOLDER], name, makeSources(JSON.parse(about), FILES));
    expect(path).toBe(file === 'none' ? undefined : `/lib/p/${file}`);
  },
);

const OF_IMPORTS = rows`
a file ⇒ {"imports": {"#a": "./a.js"}} ⇒ #a ⇒ /lib/p/a.js
the longest pattern ⇒ {"imports": {"#*": "./a.js", "#x/*": "./y/*.js"}} ⇒ #x/a ⇒ /lib/p/y/a.js
conditions ⇒ {"imports": {"#a": {"node": "./b.js", "default": "./a.js"}}} ⇒ #a ⇒ /lib/p/a.js
another package ⇒ {"imports": {"#dep": "dep"}} ⇒ #dep ⇒ /lib/dep/dep.js
null ⇒ {"imports": {"#*": "./x/*.js", "#a": null}} ⇒ #a ⇒ none
no table ⇒ {} ⇒ #a ⇒ none
`;

describe('inside a package', () => {
  it.each(OF_IMPORTS)(
    'the import of #name is resolved by package.json: %s',
    (_, about, name, file) => {
      const sources = makeSources(JSON.parse(about), FILES);
      const path = findPrivateFile([FOLDER], '/lib/p/x/a.js', name, sources);
      expect(path).toBe(file === 'none' ? undefined : file);
    },
  );

  it('the import of #name ignores a package.json outside the granted folders', () => {
    const sources = makeSources({ imports: { '#a': './a.js' } }, FILES);
    expect(findPrivateFile(['/lib/p/x'], '/lib/p/x/a.js', '#a', sources)).toBeUndefined();
  });
});
