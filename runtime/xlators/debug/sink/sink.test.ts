import { expect, test } from 'vitest';
import { ask, makeLoc, startGraph } from '../../../../test/support/core.ts';
import { EOPNOTSUPP } from '../../../core/errno.ts';
import { NULL_GFID } from '../../../core/gfid.ts';
import { IA_IFDIR, Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/operands.ts';
import sink from './index.ts';

test('a lookup at debug/sink finds a directory without a gfid, and with all attributes zero', async () => {
  const graph = await startGraph([{ translator: sink }]);
  const loc = makeLoc(graph.inodes.root, 'a');
  const { count, opRet, values } = ask(graph, 'lookup', loc, null);
  expect([count, opRet]).toEqual([1, 0]);
  const [inode, buf, , postparent] = values as [unknown, Iatt, unknown, Iatt];
  expect(inode).toBe(loc.inode);
  expect(buf).toEqual(Object.assign(new Iatt(), { iaType: IA_IFDIR, iaGfid: NULL_GFID }));
  expect(postparent).toEqual(new Iatt());
});

test('a stat at debug/sink fails with EOPNOTSUPP', async () => {
  const graph = await startGraph([{ translator: sink }]);
  const loc = new Loc(graph.inodes.root);
  expect(ask(graph, 'stat', loc, null)).toMatchObject({ count: 1, opRet: -1, opErrno: EOPNOTSUPP });
});
