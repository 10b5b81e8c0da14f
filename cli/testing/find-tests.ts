/** Finds the test files that an operand of `glossa test` means. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { describeMissingBuild } from '../../bridges/host/lifecycle/missing-build.ts';
import { findTestLanguage, testLanguages } from '../../bridges/languages.ts';
import { sources } from '../../bridges/machine/node/sources.ts';
import { Failure, formatReason } from '../../terminal/exit.ts';

/**
 * Finds the test files for a path: a test file itself, all of a folder, or those beside a module.
 * Files with the module's name (`test_NAME.py`) exclude the others.
 * @throws {Failure} if the module has no tests
 */
export function findTestFiles(operand: string): string[] {
  const path = findExistingPath(operand);
  if (statSync(path).isDirectory()) {
    return listTestFiles(
      path,
      operand,
      'no tests in it: their names are test_NAME.py or NAME.test.js',
    );
  }
  if (findTestLanguage(basename(path)) !== undefined) return [path];
  const folder = dirname(path);
  const module = basename(path, extname(path));
  const testNames = testLanguages.flatMap(({ tests }) => tests.testFileNames(module));
  const allTests = listTestFiles(
    folder,
    operand,
    `no tests beside it: ${suggestTestNames(path).join(' or ')}`,
  );
  const matches = allTests.filter((test) => testNames.includes(basename(test)));
  return matches.length > 0 ? matches : allTests;
}

/**
 * Suggests names for the tests of a module, in its own language if tests can be written in that.
 */
function suggestTestNames(path: string): string[] {
  const extension = extname(path);
  const sameExtension = testLanguages.filter(({ extensions }) => extensions.includes(extension));
  return (sameExtension.length > 0 ? sameExtension : testLanguages).map(
    ({ tests }) => tests.testFileNames(basename(path, extension))[0]!,
  );
}

/** Finds the path of an operand, which may lack the extension. @throws {Failure} */
export function findExistingPath(operand: string): string {
  const extensions = ['', ...testLanguages.flatMap((language) => language.extensions)];
  const path = extensions
    .map((extension) => operand + extension)
    .find((candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined);
  if (path === undefined) {
    const build = describeMissingBuild(resolve(operand), sources);
    throw new Failure(`${operand} is not there${build === undefined ? '' : `: ${build}`}`);
  }
  return path;
}

/**
 * Lists the tests in a folder.
 * @param absenceText for the message without any. @throws {Failure}
 */
function listTestFiles(folder: string, operand: string, absenceText: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Failure(`cannot read the folder ${folder}: ${formatReason(error)}`);
  }
  const testFiles = names
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => findTestLanguage(basename(path)) !== undefined);
  const ownTests = testFiles.filter(importsGlossa);
  if (ownTests.length > 0) return ownTests;
  const otherTexts = testFiles
    .map((path) => `\n    ${path} does not import 'glossa/testing'`)
    .join('');
  throw new Failure(
    `${operand} has ${absenceText}; docs/write/testing.md shows how to write some${otherTexts}`,
  );
}

/** Whether a test file is one for `glossa test`, and not for another test runner. */
function importsGlossa(path: string): boolean {
  const language = findTestLanguage(basename(path));
  return language !== undefined && readFileSync(path, 'utf8').includes(language.mark);
}
