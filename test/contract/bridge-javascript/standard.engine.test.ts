/** Tests of web standards inside of the interpreter: each expression is true. */
import { expect, it } from 'vitest';
import { startModule } from '../../support/module.ts';

const EXPRESSIONS = [
  "new TextDecoder('utf-16le').decode(Uint8Array.of(97, 0)) === 'a'",
  "new TextDecoder().decode(new TextEncoder().encode('\u{1f600}')) === '\u{1f600}'",
  "new TextDecoder('latin1').decode(Uint8Array.of(233)) === 'é'",
  "raised(() => new TextDecoder('utf-32')) === 'RangeError'",
  "raised(() => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255))) === 'TypeError'",
  "raised(() => structuredClone(() => {})) === 'DataCloneError'",
  "raised(() => structuredClone({ a: new Proxy({}, {}) })) === 'DataCloneError'",
  'structuredClone(new Map([[1, new Set([2])]])).get(1).has(2)',
  'structuredClone(/a/g).flags === "g"',
  'structuredClone(new Float16Array([0.5]))[0] === 0.5',
  'moved((buffer) => structuredClone(buffer, { transfer: [buffer] }).byteLength === 4 && buffer.detached)',
  'moved((buffer) => structuredClone(new Uint8Array(buffer, 2), { transfer: [buffer] }).length === 2)',
  // Nothing is moved when it fails.
  'moved((buffer) => raised(() => structuredClone(eval, { transfer: [buffer] })) && !buffer.detached)',
  "moved((buffer) => raised(() => structuredClone(1, { transfer: [buffer, buffer] })) === 'DataCloneError')",
  "raised(() => structuredClone(1, { transfer: [{}] })) === 'DataCloneError'",
  "moved((buffer) => { buffer.transfer(); return raised(() => structuredClone(buffer)) === 'DataCloneError' })",
];

it('TextDecoder and structuredClone with transfers follow the web standards in a JavaScript module', async () => {
  const source = `import { Translator } from 'glossa';
const raised = (run) => { try { run(); return '' } catch (error) { return error.name } };
const moved = (run) => run(new ArrayBuffer(4));
const all = [${EXPRESSIONS.map((one) => `() => ${one}`)}];
export class xlator extends Translator {
  statfs(frame) {
    const wrong = all.findIndex((one) => one() !== true);
    frame.fail(wrong < 0 ? 100 : wrong + 1);
  }
}`;
  const run = await startModule({ 'm.js': source });
  const { opErrno } = run.ask('statfs', run.knownLoc('a'), null);
  expect(opErrno === 100 ? 'all' : EXPRESSIONS[opErrno - 1]).toBe('all');
});
