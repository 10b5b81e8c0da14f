/** Checks lesson 5: `frame.local` has the path of each request, also of two whose replies come in either order. */
import type { TestGraph } from '../../../../bridges/testing/api.ts';
import { type Check, describeReply, ENOENT, listLoggedTexts, lookUp, must } from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await g.child.write('/cat', 'meow');
  const cat = await lookUp(g, '/cat');
  must(
    cat.opRet >= 0,
    `The storage found /cat, and your translator answered: ${describeReply(cat)}. Pass the reply on as it came: \`frame.unwind(op_ret, op_errno, *reply)\`.`,
  );
  const firstLines = listLoggedTexts(g, 'I');
  must(
    firstLines.length > 0,
    'The file /cat was looked up, and nothing was logged. The callback should log `/cat: found`.',
  );
  must(
    firstLines.at(-1) === '/cat: found',
    `The file /cat was looked up and found. Your callback logged '${firstLines.at(-1)}', and '/cat: found' was right. Note the path in \`lookup\`: \`frame.local = loc.path\`.`,
  );
  await checkConcurrentLookups(g, ['/cat', '/dragon']);
  await checkConcurrentLookups(g, ['/dragon', '/cat']);
  return 'Two requests were under way at once, and your translator kept them apart: each reply found the note of its own request.';
};

/** Looks /cat and then /dragon up; the storage replies in this order when it has both requests. */
async function checkConcurrentLookups(g: TestGraph, replyOrder: readonly string[]): Promise<void> {
  g.clear();
  g.hold('lookup');
  const lookups = { '/cat': lookUp(g, '/cat'), '/dragon': lookUp(g, '/dragon') };
  // statfs is not held: its reply shows that both lookups have reached the storage.
  await g.statfs();
  for (const path of replyOrder) {
    g.release(path);
    await lookups[path as keyof typeof lookups];
  }
  g.release();
  const [cat, dragon] = await Promise.all(Object.values(lookups));
  must(
    cat!.opRet >= 0 && dragon!.opErrno === ENOENT,
    `Two lookups were under way at once. /cat is there, and the answer was: ${describeReply(cat!)}. /dragon is not, and the answer was: ${describeReply(dragon!)}.`,
  );
  const lines = listLoggedTexts(g, 'I').toSorted();
  const isRight = lines.join() === '/cat: found,/dragon: absent';
  const orderText =
    replyOrder[0] === '/cat' ? '' : ' The reply for /dragon came first: replies come in any order.';
  must(
    isRight,
    `Two lookups were under way at once: /cat is there, /dragon is not.${orderText} Your translator logged '${lines.join("' and '")}'. It mixed them up: what \`self\` has is there once, for all requests. \`frame.local\` is each request's own.`,
  );
}
