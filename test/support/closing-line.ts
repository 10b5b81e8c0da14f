/**
 * A vitest reporter that ends a run with one plain line, `N passed, N failed`, after a line for
 * each failure: `failed: FILE > NAME: why`.
 */
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const LONGEST = 300;

const errorLine = (error: { message?: string } | undefined): string =>
  (error?.message ?? 'no reason given').split('\n', 1)[0]?.slice(0, LONGEST) ?? '';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message?: string }[]): void {
    let passed = 0;
    let skipped = 0;
    // An error outside of any test, or a file that cannot be loaded, counts as a failure.
    const failures = errors.map((error) => `outside of the tests: ${errorLine(error)}`);
    for (const module of modules) {
      const before = failures.length;
      const file = relative(process.cwd(), module.moduleId);
      for (const test of module.children.allTests()) {
        const { state, errors: reasons } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') {
          failures.push(`${file} > ${test.fullName}: ${errorLine(reasons?.[0])}`);
        } else skipped += 1;
      }
      // Errors of hooks are kept with their group.
      for (const group of module.children.allSuites()) {
        for (const error of group.errors()) {
          failures.push(`${file} > ${group.fullName}: ${errorLine(error)}`);
        }
      }
      if (module.state() === 'failed' && failures.length === before) {
        failures.push(`${file}: ${errorLine(module.errors()[0])}`);
      }
    }
    for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
    const more = skipped === 0 ? '' : `, ${skipped} skipped`;
    process.stdout.write(`${passed} passed, ${failures.length} failed${more}\n`);
  }
}
