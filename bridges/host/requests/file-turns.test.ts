/** Requests about one file take turns. */
import { expect, it } from 'vitest';
import type { Stack } from '../../../runtime/core/frame.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { FileTurns } from './file-turns.ts';

it('100,000 requests that wait for a change run afterwards, in order', () => {
  const turns = new FileTurns();
  const inode = {} as Inode;
  const root = { rest() {}, goOn() {} } as unknown as Stack;
  let endFirst = () => {};
  const ran: number[] = [];
  turns.add(inode, {
    root,
    isRead: false,
    run: (end) => {
      endFirst = end;
    },
  });
  for (let index = 0; index < 100_000; index++) {
    const run = (end: () => void) => {
      ran.push(index);
      end();
    };
    turns.add(inode, { root, isRead: index % 3 > 0, run });
  }
  expect(ran).toEqual([]);
  endFirst();
  expect(ran.length).toBe(100_000);
  expect(ran.every((index, at) => index === at)).toBe(true);
});
