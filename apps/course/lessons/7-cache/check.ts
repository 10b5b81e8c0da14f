/** Checks lesson 7: a cache of absent names saves lookups, and hides no file that is there. */
import type { TestGraph } from '../../../../bridges/testing/api.ts';
import {
  type Check,
  countLookups,
  describeReply,
  EACCES,
  EIO,
  ENOENT,
  formatTimes,
  lookUp,
  must,
} from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  const first = await lookUp(g, '/dragon');
  must(
    countLookups(g, '/dragon') > 0,
    'This was the first lookup of /dragon, and your translator answered without asking the storage. It cannot know yet: `frame.wind()`.',
  );
  must(
    first.opRet < 0 && first.opErrno === ENOENT,
    `Nothing is called /dragon, and the answer was: ${describeReply(first)}. Pass the reply on as it came.`,
  );
  for (let round = 0; round < 2; round++) {
    const again = await lookUp(g, '/dragon');
    must(
      again.opRet < 0 && again.opErrno === ENOENT,
      `Nothing is called /dragon. The second time the answer was: ${describeReply(again)}. A name in the cache is answered by \`frame.fail(ENOENT)\`.`,
    );
  }
  const requestCount = countLookups(g, '/dragon');
  must(
    requestCount === 1,
    `The name /dragon was looked up 3 times, and the storage was asked ${formatTimes(requestCount)}. Once would do: after the first reply your translator knows that the name is absent.`,
  );
  await g.child.write('/cat', 'meow');
  for (const nth of ['first', 'second']) {
    const cat = await lookUp(g, '/cat');
    must(
      cat.opRet >= 0,
      `The file /cat is there. At the ${nth} lookup your translator answered: ${describeReply(cat)}. Remember a name only when its reply says ENOENT, and not before.`,
    );
  }
  await g.child.mkdir('/a');
  await g.child.mkdir('/b');
  await g.child.write('/b/x', 'here');
  for (const path of ['/a', '/b', '/a/x']) await lookUp(g, path);
  // The same name as the absent /a/x, in another folder.
  const sameName = await lookUp(g, '/b/x');
  must(
    sameName.opRet >= 0,
    'There is no /a/x, but there is /b/x: your translator hid it. The same name can be in many folders. The key is the folder and the name: `loc.pargfid, loc.name`.',
  );
  g.hold('lookup');
  const lookups = [lookUp(g, '/missing'), lookUp(g, '/cat')];
  // statfs is not held: its reply shows that both lookups have reached the storage.
  await g.statfs();
  g.release();
  await Promise.all(lookups);
  const laterCat = await lookUp(g, '/cat');
  must(
    laterCat.opRet >= 0,
    'Two lookups were under way at once: /missing, which is absent, and /cat. Now your translator hides /cat: it remembered the wrong name. Keep the key in `frame.local`, not in `self`.',
  );
  await checkOtherFailures(g);
  await checkRenamedFolder(g);
  return 'The name /dragon was looked up 3 times, and the storage was asked once. That is a cache. Files that are there were always found.';
};

/** Checks that a failure other than ENOENT is passed on, and not remembered. */
async function checkOtherFailures(g: TestGraph): Promise<void> {
  for (const [path, errno] of [
    ['/diary', EACCES],
    ['/disk', EIO],
  ] as const) {
    await g.child.write(path, 'here');
    g.fail('lookup', errno, { path, times: 1 });
    const failure = describeReply({ opRet: -1, opErrno: errno });
    const failed = await lookUp(g, path);
    must(
      failed.opRet < 0 && failed.opErrno === errno,
      `The storage answered for ${path}: ${failure}. Your translator made of it: ${describeReply(failed)}. Pass the reply on as it came.`,
    );
    const later = await lookUp(g, path);
    must(
      later.opRet >= 0,
      `The storage answered for ${path} once: ${failure}. The file is there, and now your translator answers: ${describeReply(later)}. Remember a name only when the reply is ENOENT, and at no other failure.`,
    );
  }
}

/** Checks that the key is a folder's gfid, which a rename does not change, and not a path. */
async function checkRenamedFolder(g: TestGraph): Promise<void> {
  await g.child.mkdir('/box');
  await g.child.mkdir('/other');
  await g.child.write('/other/x', 'here');
  for (const path of ['/box', '/other', '/box/x']) await lookUp(g, path);
  // Past the translator, which learns to forget names in the next lesson.
  await g.child.rename('/box', '/older');
  await g.child.rename('/other', '/box');
  await lookUp(g, '/box');
  const moved = await lookUp(g, '/box/x');
  must(
    moved.opRet >= 0,
    'There was no /box/x. Then the folder /box was renamed, and another one, which has an x, took its name. Your translator hides /box/x: it remembers paths, and a folder can be renamed. The key is `loc.pargfid, loc.name`.',
  );
}
