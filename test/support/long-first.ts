/**
 * The order of the test files: those that take long first, so that neither worker is left alone
 * with one of them at the end. The name of a file says what it costs.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of what takes longest first: with a mount, with an interpreter, with neither. */
const kinds: readonly RegExp[] = [
  /\.mount\.(more\.)?test\.ts$/,
  /\.engine\.(more\.)?test\.ts$/,
  /\.test\.ts$/,
];

const kindOf = ({ moduleId }: TestSpecification): number =>
  kinds.findIndex((kind) => kind.test(moduleId));

export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Within a kind the order is vitest's own.
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => kindOf(a) - kindOf(b));
  }
}
