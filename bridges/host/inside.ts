/** The former place of `limits/interpreter-gate.ts`, for test/mount/too-long-ends.mount.more.test.ts. */
export { InterpreterGate as Inside } from './limits/interpreter-gate.ts';
