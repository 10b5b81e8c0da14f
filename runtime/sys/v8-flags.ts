/**
 * Gives V8 only flags that it knows: each version adds some and removes others. Node does not start with an unknown
 * flag, and prints a line at one that is set later.
 */
import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';

/** Flags that the program sets while it runs. */
export const RUNTIME_FLAGS = [
  'expose-gc',
  'heap-growing-percent',
  'wasm-lazy-validation',
  'wasm-tier-up',
  'wasm-dynamic-tiering',
  'wasm-lazy-compilation',
] as const;

/** The newest Node whose V8 is known to have each of these flags: test/smoke/node-signals.mount.more.test.ts. */
const NEWEST_TESTED_NODE = 26;

/** Lists the names of the flags that a Node's V8 knows. Takes some 40 ms, for the other process. */
export function listV8Flags(node: string = process.execPath): ReadonlySet<string> {
  const { stdout } = spawnSync(node, ['--v8-options'], { encoding: 'utf8' });
  return new Set([...(stdout ?? '').matchAll(/^\s+--([\w-]+) \(/gm)].map((match) => match[1]!));
}

/** Selects those of a command line's V8 flags (`--name=value`) that this Node knows. */
export function selectV8Flags(flags: readonly string[]): string[] {
  const known = listV8Flags();
  return flags.filter((flag) => known.has(/^--([\w-]+)/.exec(flag)![1]!));
}

let known: ReadonlySet<string> | undefined;

/** Whether this Node knows a flag. A tested Node is not asked. */
function isKnown(name: (typeof RUNTIME_FLAGS)[number]): boolean {
  if (Number.parseInt(process.versions.node, 10) <= NEWEST_TESTED_NODE) return true;
  known ??= listV8Flags();
  return known.has(name);
}

/** Sets a flag of V8 in this process, if V8 knows it. */
export function setV8Flag(name: (typeof RUNTIME_FLAGS)[number], value: boolean | number): void {
  if (!isKnown(name)) return;
  if (typeof value === 'number') setFlagsFromString(`--${name}=${value}`);
  else setFlagsFromString(value ? `--${name}` : `--no-${name}`);
}
