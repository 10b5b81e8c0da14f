/**
 * Orders the test files: the longest first, so that no worker ends alone. The estimate is the
 * name's kind, then the size of the file and of the tests that it imports.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Kinds of test files, the longest first: all machines or site pages, a mount, an interpreter, neither. */
const kinds: readonly RegExp[] = [
  /\/(anywhere\/rows\.mount\.more|site\/pages)\.test\.ts$/,
  /\.mount\.((more|long)\.)?test\.ts$/,
  /\.engine\.((more|long)\.)?test\.ts$/,
  /\.test\.ts$/,
];

const fileKind = ({ moduleId }: TestSpecification): number =>
  kinds.findIndex((kind) => kind.test(moduleId));

/** Files that share a process are adjacent, as a file with its own process ends the shared one. */
const isAlone = ({ project }: TestSpecification): number => Number(project.config.isolate);

const IMPORT = /(?:from|import) ?\(?'(\.[^']*\.ts)'/g;
/** Tests, or a part of them: no tools. */
const TESTS = /\.test\.ts$|\/test\/(?!support\/)/;

/** Characters of a file and of the tests that it imports. */
function importSize(file: string, counted = new Set<string>()): number {
  if (counted.has(file)) return 0;
  counted.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(IMPORT)]
    .map(([, path]) => join(dirname(file), path!))
    // Some texts only speak of imports.
    .filter((path) => TESTS.test(path) && existsSync(path));
  return imported.reduce((sum, path) => sum + importSize(path, counted), text.length);
}

export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sizes = new Map(files.map(({ moduleId }) => [moduleId, importSize(moduleId)]));
    const fileSize = ({ moduleId }: TestSpecification): number => sizes.get(moduleId)!;
    return [...files].sort(
      (a, b) => fileKind(a) - fileKind(b) || isAlone(a) - isAlone(b) || fileSize(b) - fileSize(a),
    );
  }
}
