/** What a browser has to have, of what it has not. */
export function missing(): string[] {
  const needed: readonly (readonly [string, boolean])[] = [
    ['WebAssembly', 'WebAssembly' in globalThis],
    ['workers', 'Worker' in globalThis],
    ['DecompressionStream', 'DecompressionStream' in globalThis],
  ];
  return needed.flatMap(([name, has]) => (has ? [] : [name]));
}
