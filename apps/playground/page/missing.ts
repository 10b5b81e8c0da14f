/**
 * What a browser has to have for something to run in this page: what the page starts a worker with, and
 * what the runtime and its interpreters use in it. Shared memory is not among it: without it, the log
 * says what that costs.
 */
const NEEDED = [
  ...['WebAssembly', 'Worker', 'MessageChannel', 'Blob', 'URL.createObjectURL'],
  ...['DecompressionStream', 'Response', 'TextDecoder', 'crypto.getRandomValues'],
  ...['Atomics', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'FinalizationRegistry'],
];

const found = (path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((of, name) => (of as Record<string, unknown> | undefined)?.[name], globalThis);

/** What of it is not there. */
export const missing = (): string[] => NEEDED.filter((path) => found(path) === undefined);
