/** Checks lesson 5: `frame.local` has the path of each request, also of two at the same time. */
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
  g.clear();
  g.hold('lookup');
  const lookups = [lookUp(g, '/cat'), lookUp(g, '/dragon')] as const;
  // statfs is not held: its reply shows that both lookups have reached the storage.
  await g.statfs();
  g.release();
  const [catReply, dragonReply] = await Promise.all(lookups);
  must(
    catReply.opRet >= 0 && dragonReply.opErrno === ENOENT,
    `Two lookups were under way at once. /cat is there, and the answer was: ${describeReply(catReply)}. /dragon is not, and the answer was: ${describeReply(dragonReply)}.`,
  );
  const lines = listLoggedTexts(g, 'I').toSorted();
  const expected = ['/cat: found', '/dragon: absent'];
  must(
    lines.join() === expected.join(),
    `Two lookups were under way at once: /cat is there, /dragon is not. Your translator logged '${lines.join("' and '")}'. It mixed them up: what \`self\` has is there once, for all requests. \`frame.local\` is each request's own.`,
  );
  return 'Two requests were under way at once, and your translator kept them apart: each reply found the note of its own request.';
};
