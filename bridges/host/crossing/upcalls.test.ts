/** Upcalls that a guest sends: known inodes and names are invalidated, malformed ones refused. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameError } from '../../../runtime/core/bytes.ts';
import { ROOT_GFID } from '../../../runtime/core/gfid.ts';
import type { Translator } from '../../../runtime/core/xlator.ts';
import sink from '../../../runtime/xlators/debug/sink/index.ts';
import { FakeContext, makeGfid, makeGraph } from '../../../test/support/core.ts';
import { readUpcall } from './decision.ts';
import { MessageError } from './message.ts';

const { inodes } = makeGraph([{ translator: sink as Translator<unknown> }], new FakeContext());
const read = (message: unknown) =>
  readUpcall(JSON.stringify(message), (id) =>
    typeof id === 'number' ? inodes.byId.get(id) : inodes.find(id),
  );
const { root } = inodes;

it('an upcall may refer to an inode by number or gfid, to one name, or to every name', () => {
  expect(read(['inode', 1, true])).toEqual({ kind: 'inode', inode: root, data: true });
  expect(read(['inode', ROOT_GFID, false])).toEqual({ kind: 'inode', inode: root, data: false });
  expect(read(['entry', 1, 'a', true])).toMatchObject({ parent: root, name: 'a', expire: true });
  expect(read(['removed', 1, 'a', 1])).toMatchObject({ parent: root, name: 'a', inode: root });
  expect(read(['every-entry'])).toEqual({ kind: 'every-entry' });
});

it('an upcall about an unknown inode is ignored', () => {
  expect(read(['inode', 99, true])).toBeUndefined();
  expect(read(['entry', makeGfid(99), 'a', false])).toBeUndefined();
  expect(read(['removed', 1, 'a', 99])).toBeUndefined();
});

it.each([
  [null],
  [[]],
  [['else', 1]],
  [['inode']],
  [['inode', null, true]],
  [['entry', 1]],
  [['entry', 1, '', false]],
  [['entry', 1, 'a/b', false]],
  [['entry', 1, 'a\0', false]],
  [['entry', 1, '\ud800', false]],
  [['entry', {}, 'a', false]],
  [['removed', 1, 'a']],
])('the malformed upcall %j is refused', (message) => {
  expect(() => read(message)).toThrow(MessageError);
});

it('an arbitrary upcall is either read or refused with MessageError', () => {
  const part = fc.oneof(fc.jsonValue(), fc.constantFrom(1, 'entry', 'inode', 'removed', 'a'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (message) => {
      try {
        read(message);
      } catch (error) {
        expect(error).toBeInstanceOf(MessageError);
        expect(error).not.toBeInstanceOf(NameError);
      }
    }),
  );
});
