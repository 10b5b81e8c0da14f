/** Tests of prompt lines inside of a JavaScript module's interpreter. */
import { expect, it } from 'vitest';
import { type RunningModule, startModule } from '../../support/module.ts';

const SOURCE = `import { Translator } from 'glossa';
export const LIMIT = 7;
export class xlator extends Translator {
  deep(x) {
    return x.y.z;
  }
  async later() {
    await null;
    throw new Error('later');
  }
}
`;

/** The output of each line, and whether it has failed. */
async function evaluateLines(run: RunningModule, lines: readonly string[]): Promise<string[]> {
  const { guest } = run.host.interpreter;
  const outputs: string[] = [];
  for (const line of lines) {
    const { isIncomplete, output, hasFailed } = await guest.evaluate(line);
    outputs.push(isIncomplete ? '…' : `${hasFailed === true ? '! ' : ''}${output}`);
  }
  return outputs;
}

const start = (): Promise<RunningModule> => startModule({ 'm.js': SOURCE });

it.each([
  ['const', ['const a = 3', 'a', 'const a = 4', 'a + 1'], ['', '3', '', '5']],
  ['let, and await', ['let b = await 3', 'b', 'b += 1', 'b'], ['', '3', '4', '4']],
  ['functions and classes', ['function f() { return 3 }', 'class K {}', 'f()'], ['', '', '3']],
])('a JavaScript prompt keeps declarations for the next lines: %s', async (_, lines, expected) => {
  expect(await evaluateLines(await start(), lines)).toEqual(expected);
});

it("a JavaScript prompt knows self, the module's exports, and the library's names", async () => {
  const lines = ['self.name', 'self instanceof xlator', 'LIMIT', 'ENOENT', 'Loc.name'];
  expect(await evaluateLines(await start(), lines)).toEqual(['"top"', 'true', '7', '2', '"Loc"']);
});

it("a JavaScript prompt shows only the module's own lines in the stack of an error", async () => {
  const run = await start();
  const [thrown, rejected, value] = await evaluateLines(run, [
    'self.deep({})',
    'await self.later()',
    'await self.later().catch((e) => e)',
  ]);
  expect(thrown).toMatch(/^! TypeError: .* of undefined\n +at deep \(\/.*m\.js:5:\d+\)$/);
  expect(rejected).toMatch(/^! Error: later\n +at later \(\/.*m\.js:9:\d+\)$/);
  expect(value).toBe(rejected!.slice(2));
});

it('a JavaScript prompt waits for the rest of an incomplete statement', async () => {
  const lines = ['for (const i of [1, 2]) {', '[1,', '`a', '1 +', 'f(', 'if }'];
  const outputs = await evaluateLines(await start(), lines);
  expect(outputs.slice(0, 5)).toEqual(['…', '…', '…', '…', '…']);
  expect(outputs[5]).toMatch(/^! SyntaxError/);
});
