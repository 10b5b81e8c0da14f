/** Checks lesson 3: `lookup` answers for the name `ghost`, and passes other requests on. */
import {
  type Check,
  countLookups,
  describeReply,
  ENOENT,
  formatTimes,
  lookUp,
  must,
} from '../check.ts';

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await g.child.mkdir('/house');
  for (const path of ['/ghost', '/house/ghost', '/cat', '/house/ghostwriter', '/house/cat']) {
    await g.child.write(path, 'here');
  }
  const cat = await lookUp(g, '/cat');
  must(
    cat.opRet >= 0,
    `The file /cat is there, and your translator answered ${describeReply(cat)}. Only the name ghost is to be hidden; every other request goes on: \`frame.wind()\`.`,
  );
  must(
    countLookups(g, '/cat') === 1,
    'The file /cat was looked up once, and the storage was asked ' +
      `${countLookups(g, '/cat')} times. Call \`frame.wind()\` once for a request.`,
  );
  const ghost = await lookUp(g, '/ghost');
  must(
    ghost.opRet < 0,
    'The file /ghost was looked up, and it was found. Answer for that name yourself: `frame.fail(ENOENT)`.',
  );
  must(
    ghost.opErrno === ENOENT,
    `Your translator hides /ghost, but says ${describeReply(ghost)}. 'No such file' is ENOENT: \`frame.fail(ENOENT)\`.`,
  );
  must(
    countLookups(g, '/ghost') === 0,
    'Your translator answered for /ghost, and asked the storage as well. Answer or pass on, not both.',
  );
  await lookUp(g, '/house');
  const inside = await lookUp(g, '/house/ghost');
  must(
    inside.opRet < 0,
    'The file /ghost is hidden, and /house/ghost is not. Compare `loc.name`, the last part of the path, not `loc.path`.',
  );
  must(
    inside.opErrno === ENOENT && countLookups(g, '/house/ghost') === 0,
    `Your translator hides /house/ghost by ${describeReply(inside)}, and the storage was asked ${formatTimes(countLookups(g, '/house/ghost'))}. A request for ghost must not reach it, in any folder.`,
  );
  const insideCat = await lookUp(g, '/house/cat');
  must(
    insideCat.opRet >= 0 && countLookups(g, '/house/cat') === 1,
    `The file /house/cat was looked up once. The answer was: ${describeReply(insideCat)}, and the storage was asked ${formatTimes(countLookups(g, '/house/cat'))}. Call \`frame.wind()\` once for a request.`,
  );
  const writer = await lookUp(g, '/house/ghostwriter');
  must(
    writer.opRet >= 0,
    "Your translator hides /house/ghostwriter too: its name is another one. Compare the whole name: `loc.name == 'ghost'`.",
  );
  return 'Your translator answered for /ghost and /house/ghost by itself. Everything else went on to the storage.';
};
