/** Checks lesson 9: the cache saves requests, and an option lets the kernel cache names, too. */
import type { TestGraph } from '../../../../bridges/testing/api.ts';
import {
  type Check,
  countLookups,
  describeReply,
  EACCES,
  ENOENT,
  formatTimes,
  lookUp,
  must,
} from '../check.ts';

/** Number of folders that a search looks into; only the last has the file. */
const FOLDER_COUNT = 10;
/** Number of searches. */
const SEARCH_COUNT = 20;

export const check: Check = async ({ volume }) => {
  const g = await volume();
  const { requestCount, forwardedCount } = await runSearches(g);
  must(
    forwardedCount < requestCount / 2,
    `${SEARCH_COUNT} searches through ${FOLDER_COUNT} folders asked for ${requestCount} names, and ${forwardedCount} of these requests reached the storage. A cache of absent names would have passed on fewer than half.`,
  );
  const defaultReply = await lookUp(g, '/dragon');
  must(
    (defaultReply.timeouts.negative ?? 0) === 0,
    `The volfile says nothing of the kernel, and your translator lets it remember an absent name for ${defaultReply.timeouts.negative} seconds. Without the option it must be 0: \`Option.time(0)\`.`,
  );
  await checkKernelTimeout(await volume({ 'kernel-timeout': 30 }));
  const answeredPercent = Math.round(100 * (1 - forwardedCount / requestCount));
  return `${SEARCH_COUNT} searches asked for ${requestCount} names. The storage saw ${forwardedCount} of them: your cache answered ${answeredPercent} of 100. With \`option kernel-timeout 30\` the kernel remembers an absent name by itself, and most of these requests would not even reach you.`;
};

/**
 * Runs the tutorial's workload: each search looks a file up in one folder after the other. Returns
 * the number of lookups, and of those that reached the storage.
 */
async function runSearches(
  g: TestGraph,
): Promise<{ requestCount: number; forwardedCount: number }> {
  for (let folder = 0; folder < FOLDER_COUNT; folder++) {
    await g.child.mkdir(`/dir${folder}`);
    await lookUp(g, `/dir${folder}`);
  }
  await g.child.write(`/dir${FOLDER_COUNT - 1}/page.php`, 'hello');
  g.clear();
  let requestCount = 0;
  for (let search = 0; search < SEARCH_COUNT; search++) {
    for (let folder = 0; folder < FOLDER_COUNT; folder++) {
      const path = `/dir${folder}/page.php`;
      requestCount += 1;
      const { opRet } = await lookUp(g, path);
      must(
        opRet >= 0 === (folder === FOLDER_COUNT - 1),
        `${path} was looked up, and the answer was wrong: ${opRet >= 0 ? 'found' : 'absent'}.`,
      );
    }
  }
  return { requestCount, forwardedCount: g.asked('lookup').length };
}

/** Checks the timeouts of replies in a volume with `option kernel-timeout 30`. */
async function checkKernelTimeout(g: TestGraph): Promise<void> {
  for (const nth of ['first', 'second']) {
    const absent = await lookUp(g, '/dragon');
    must(
      absent.opRet < 0 && absent.opErrno === ENOENT,
      `Nothing is called /dragon, and the ${nth} answer was: ${describeReply(absent)}.`,
    );
    const timeout = absent.timeouts.negative ?? 0;
    must(
      timeout === 30,
      `The volfile says \`option kernel-timeout 30\`. The ${nth} answer for /dragon lets the kernel remember it for ${timeout} seconds. Say it in each answer: \`frame.fail(ENOENT, timeout=…)\`, from the cache and in the callback.`,
    );
  }
  must(
    countLookups(g, '/dragon') === 1,
    `The name /dragon was looked up twice, and the storage was asked ${formatTimes(countLookups(g, '/dragon'))}. Your own cache still has to work: after a while the kernel asks again.`,
  );
  await g.child.write('/diary', 'secret');
  g.fail('lookup', EACCES, { path: '/diary', times: 1 });
  const diary = await lookUp(g, '/diary');
  must(
    diary.opErrno === EACCES && (diary.timeouts.negative ?? 0) === 0,
    `The storage said EACCES about /diary. Your translator answered: ${describeReply(diary)}. The kernel may remember ENOENT, and no other error.`,
  );
  const diaryAgain = await lookUp(g, '/diary');
  must(
    diaryAgain.opRet >= 0,
    `The file /diary is there, and the answer was: ${describeReply(diaryAgain)}.`,
  );
}
