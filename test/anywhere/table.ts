/** A vitest reporter that ends a run of the project `anywhere` with its table: row, what differs, result. */
import { relative } from 'node:path';
import type { Reporter, TestModule, TestState } from 'vitest/node';
import { isMachine, ROWS, type Row } from './rows.ts';

/** The worst of some states: one failure fails a row. */
const worst = (states: readonly string[]): string =>
  ['failed', 'pending', 'skipped', 'passed'].find((state) => states.includes(state)) ?? 'not run';

/** The results of .ci/run's own rows, as it names them: `oldest=passed newest=failed`. */
const whole = new Map(
  (process.env.GLOSSA_WHOLE_ROWS ?? '').split(' ').map((row) => row.split('=') as [string, string]),
);

export default class Table implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ours = modules.filter(({ project }) => project.name === 'anywhere');
    if (ours.length === 0) return;
    const machines = new Map<string, TestState>();
    const files = new Map<string, string>();
    for (const module of ours) {
      files.set(relative(process.cwd(), module.moduleId), module.state());
      for (const test of module.children.allTests()) machines.set(test.name, test.result().state);
    }
    const read = ({ name, how }: Row): string =>
      worst(
        isMachine(how)
          ? [machines.get(name) ?? '']
          : [whole.get(name) ?? '', ...how.map((file) => files.get(file) ?? '')],
      );
    const width = Math.max(...ROWS.map(({ name }) => name.length));
    const lines = ROWS.map(
      (row) => `  ${row.name.padEnd(width)}  ${read(row).padEnd(7)}  ${row.differs}\n`,
    );
    process.stdout.write(`\n${lines.join('')}\n`);
  }
}
