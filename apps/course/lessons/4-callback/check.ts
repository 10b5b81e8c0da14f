/** Checks lesson 4: the callback of `lookup` logs the result of each reply, and passes it on. */
import {
  type Check,
  countLookups,
  describeReply,
  EACCES,
  ENOENT,
  formatTimes,
  listLoggedTexts,
  lookUp,
  must,
} from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await g.child.write('/cat', 'meow');
  const cat = await lookUp(g, '/cat');
  must(
    cat.opRet >= 0,
    `The storage found /cat, and your translator answered: ${describeReply(cat)}. Pass the reply on as it came: \`frame.unwind(op_ret, op_errno, *reply)\`.`,
  );
  must(
    countLookups(g, '/cat') === 1,
    `The file /cat was looked up once, and the storage was asked ${formatTimes(countLookups(g, '/cat'))}. A callback passes the reply up: it calls \`frame.unwind\`, not \`frame.wind\`.`,
  );
  expectLine(listLoggedTexts(g, 'I'), 1, 'found', 'the storage found /cat');
  const reply = await lookUp(g, '/dragon');
  must(
    reply.opRet < 0 && reply.opErrno === ENOENT,
    `Nothing is called /dragon, and your translator answered: ${describeReply(reply)}. The reply that came was a failure. Pass on \`op_ret\` and \`op_errno\` as they came.`,
  );
  expectLine(
    listLoggedTexts(g, 'I'),
    2,
    'absent',
    'there is nothing called /dragon: `op_errno` was ENOENT',
  );
  await g.child.write('/diary', 'secret');
  g.fail('lookup', EACCES, { path: '/diary', times: 1 });
  const diary = await lookUp(g, '/diary');
  must(
    diary.opRet < 0 && diary.opErrno === EACCES,
    `The storage answered for /diary: ${describeReply({ opRet: -1, opErrno: EACCES })}. Your translator made of it: ${describeReply(diary)}. Pass on what came.`,
  );
  const last = listLoggedTexts(g, 'I').at(-1);
  must(
    last !== 'absent',
    "The storage said 'not allowed' (EACCES) about /diary, and your callback logged 'absent'. The diary is there: EACCES is not ENOENT. Log 'absent' for ENOENT only, and 'failed' for every other error.",
  );
  expectLine(
    listLoggedTexts(g, 'I'),
    3,
    'failed',
    "the storage said 'not allowed' (EACCES) about /diary",
  );
  g.mend();
  // A storage may leave the errno of an earlier failure in a reply of success.
  g.leaveErrno('lookup', ENOENT);
  await lookUp(g, '/cat');
  const lines = listLoggedTexts(g, 'I');
  must(
    lines.at(-1) === 'found',
    `The storage found /cat, and \`op_errno\` was ENOENT, left over from an earlier failure. Your callback logged '${lines.at(-1)}', and 'found' was right. Test \`op_ret\` first: only a failure has a meaningful \`op_errno\`.`,
  );
  return 'Three replies came up: one file was found, one was absent, and one was not allowed. Your callback told them apart, and passed each on as it came.';
};

/**
 * Asserts that the translator has logged `count` lines, and `expected` last.
 * @param situation the reply that came up, for the message
 */
function expectLine(
  lines: readonly string[],
  count: number,
  expected: string,
  situation: string,
): void {
  must(
    lines.length >= count,
    `A reply came up: ${situation}. Your callback logged nothing. It should log '${expected}': \`self.log.info("${expected}")\`.`,
  );
  must(
    lines.length === count,
    `After ${count} ${count === 1 ? 'reply' : 'replies'} there are ${lines.length} lines in the log: '${lines.join("', '")}'. Log one line for each reply.`,
  );
  const last = lines.at(-1);
  must(
    last === expected,
    `A reply came up: ${situation}. Your callback logged '${last}', and '${expected}' was right. \`op_ret\` is below 0 for a failure only; then \`op_errno\` says which.`,
  );
}
