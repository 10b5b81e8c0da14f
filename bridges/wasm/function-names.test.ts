/** The functions of a module that serve fops, by its name section. */
import { expect, it } from 'vitest';
import type { ModuleParts } from '../host/wasm-binary.ts';
import { encodeUnsigned } from '../host/wasm-edits.ts';
import { makeFindFunction } from './function-names.ts';

const encodeName = (name: string): number[] => [
  ...encodeUnsigned(Buffer.byteLength(name)),
  ...Buffer.from(name),
];

/** Makes the parts of a module with these function names. */
function makeParts(names: readonly string[]): ModuleParts {
  const items = names.flatMap((name, index) => [...encodeUnsigned(index), ...encodeName(name)]);
  const content = [...encodeUnsigned(names.length), ...items];
  const moduleName = [0, 2, ...encodeName('m')];
  const bytes = Uint8Array.from([...moduleName, 1, ...encodeUnsigned(content.length), ...content]);
  return { customSections: [{ name: 'name', content: bytes }] } as unknown as ModuleParts;
}

it.each([
  ['mkdir', 'a function of C', ['mkdir', 'glossa_enter'], 'mkdir'],
  ['mkdir_cbk', 'a callback of C', ['mkdir', 'mkdir_cbk'], 'mkdir_cbk'],
  [
    'mkdir',
    'a method of Rust',
    [
      '_ZN63_$LT$glossa..fops..fop..Mkdir$u20$as$u20$glossa..fops..Args$GT$5mkdir17h7b1f0910de3becf2E',
      '_ZN64_$LT$rust..Chooser$u20$as$u20$glossa..translator..Translator$GT$5mkdir17hd9bb38531899c729E',
      '_ZN3std3sys4wasm2fs10DirBuilder5mkdir17h6749fb6045fe5836E',
    ],
    '<rust::Chooser as glossa::translator::Translator>::mkdir',
  ],
  ['mkdir', 'none of two functions of one name', ['a::mkdir', 'b::mkdir'], undefined],
  ['mkdir', 'none without a name', [], undefined],
])('%s of the name section is %s', (method, _, names, found) => {
  expect(makeFindFunction(makeParts(names))(method)).toBe(found);
});

it('a malformed name section has no functions', () => {
  const parts = makeParts(['mkdir']);
  const [section] = parts.customSections;
  const cut = { ...section!, content: section!.content.subarray(0, 9) };
  expect(makeFindFunction({ ...parts, customSections: [cut] })('mkdir')).toBeUndefined();
});
