/**
 * Tests that the interface of compiled modules has one version and one description: in C, in Rust, in the host, and on
 * the page for other compilers. A changed table of fops or fields fails here until the versions are raised.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeShortName, structs } from '../../runtime/core/fields.ts';
import { fops } from '../../runtime/core/fops.ts';
import { listTypeLetters } from '../../tools/gen/native.ts';

/** The places that have the version of the interface to WebAssembly. */
const WASM_VERSIONS: readonly (readonly [string, RegExp])[] = [
  ['bridges/native/glossa.h', /GLOSSA_ABI_VERSION (\d+)\n#endif/],
  ['bridges/native/glossa_entry.h', /interface\W+(\d+)/],
  ['bridges/rust/src/runtime.rs', /ABI_VERSION: i32 = (\d+)/],
  ['bridges/rust/src/lib.rs', /interface\W+(\d+)/],
  ['bridges/wasm/custom-section.ts', /INTERFACE_VERSION = (\d+)/],
  ['docs/wasm-abi.md', /describes\s+version (\d+)/],
  ['docs/wasm-abi.md', /"glossa_abi_version"\) \(result i32\) \(i32\.const (\d+)/],
  ['docs/wasm-abi.md', /`interface` \| (\d+)/],
  ['docs/wasm-abi.md', /`glossa_abi_version` \| `\(\) -> i32` \| (\d+)/],
];
/** The two versions, and the digest of the tables for which they hold. */
const [SHARED_OBJECT, WASM, DIGEST] = [2, 1, 'b12ccfa2'];

const read = (path: string): string => readFileSync(path, 'utf8');
const readVersion = (path: string, pattern: RegExp): number =>
  Number(pattern.exec(read(path))?.[1]);

it.each(WASM_VERSIONS)('the version of the interface to WebAssembly is in %s: %s', (...place) => {
  expect(readVersion(...place)).toBe(WASM);
});

it('both versions are raised when the arguments of a fop, or fields, change', () => {
  const layout = [
    fops.map(({ number, args, reply }) => [number, listTypeLetters(args), listTypeLetters(reply)]),
    structs.map(({ fields }) => fields.map(({ member, kind }) => [member, kind])),
  ];
  const digest = createHash('sha256').update(JSON.stringify(layout)).digest('hex').slice(0, 8);
  const version = readVersion('bridges/native/glossa.h', /GLOSSA_ABI_VERSION (\d+)\n#else/);
  expect([version, digest], 'raise both versions in the places above, and here').toEqual([
    SHARED_OBJECT,
    DIGEST,
  ]);
});

it('the page for compilers has every fop with its letters, and the fields in their order', () => {
  const page = read('docs/wasm-abi.md');
  const rows = fops.map(
    ({ number, name, args, reply }) =>
      `| ${number} | ${name} | \`${listTypeLetters(args)}\` | \`${listTypeLetters(reply)}\` |`,
  );
  expect(rows.filter((row) => !page.includes(`${row}\n`))).toEqual([]);
  const [fieldsText] = /^Fields of an iatt[\s\S]*?\n\n/m.exec(page)!;
  const names = structs.flatMap((struct) =>
    struct.fields.map((field) => makeShortName(struct, field).replace(/^(ia|lease)_/, '')),
  );
  const listed = names.filter((name) => !name.endsWith('_nsec'));
  const inOrder = new RegExp(listed.join('\\b.*?\\b').replaceAll('_', ' '));
  expect(fieldsText.replace(/\s+/g, ' ')).toMatch(inOrder);
});
