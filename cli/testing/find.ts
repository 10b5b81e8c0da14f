/** Finds the test files for an operand of `glossa test`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { findTestLanguage, testLanguages } from '../../bridges/languages.ts';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';

/**
 * Finds the test files of a path: the file itself, all of a folder, or those beside a module,
 * preferably of its name (`test_NAME.py`). @throws {Failure} without any
 */
export function findTests(given: string): string[] {
  const path = existing(given);
  if (statSync(path).isDirectory()) {
    return testsIn(path, given, 'no tests in it: their names are test_NAME.py or NAME.test.js');
  }
  if (findTestLanguage(basename(path)) !== undefined) return [path];
  const folder = dirname(path);
  const module = basename(path, extname(path));
  const own = testLanguages.flatMap(({ tests }) => tests.namesFor(module));
  const all = testsIn(folder, given, `no tests beside it: ${suggested(path).join(' or ')}`);
  const found = all.filter((test) => own.includes(basename(test)));
  return found.length > 0 ? found : all;
}

/** The names for tests of a module, in its own language if that has tests. */
function suggested(path: string): string[] {
  const extension = extname(path);
  const own = testLanguages.filter(({ extensions }) => extensions.includes(extension));
  return (own.length > 0 ? own : testLanguages).map(
    ({ tests }) => tests.namesFor(basename(path, extension))[0]!,
  );
}

/** A module may be named without its extension. */
function existing(given: string): string {
  const extensions = ['', ...testLanguages.flatMap((language) => language.extensions)];
  const path = extensions
    .map((extension) => given + extension)
    .find((candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined);
  if (path === undefined) throw new Failure(`${given} is not there`);
  return path;
}

function testsIn(folder: string, given: string, none: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Failure(`cannot read the folder ${folder}: ${reason(error)}`);
  }
  const named = names
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => findTestLanguage(basename(path)) !== undefined);
  const found = named.filter(isOurs);
  if (found.length > 0) return found;
  const others = named.map((path) => `\n    ${path} does not import 'glossa/testing'`).join('');
  throw new Failure(`${given} has ${none}; docs/write/testing.md shows how to write some${others}`);
}

/** Whether a file has tests of glossa, and not of another runner. */
function isOurs(path: string): boolean {
  const language = findTestLanguage(basename(path));
  return language !== undefined && readFileSync(path, 'utf8').includes(language.mark);
}
