/** Checks lesson 8: tries every way in which the cache of absent names can become wrong. */
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

/** Every way to create a name through the translator. */
const CREATORS: readonly (readonly [
  description: string,
  create: (g: TestGraph, path: string) => unknown,
])[] = [
  ['a file was made (create)', (g, path) => g.write(path, 'new')],
  ['a folder was made (mkdir)', (g, path) => g.mkdir(path)],
  ['a file was renamed to it (rename)', (g, path) => g.rename('/old', path)],
  ['a file got it as a second name (link)', (g, path) => g.link('/cat', path)],
  ['a symbolic link was made (symlink)', (g, path) => g.symlink('/cat', path)],
];

export const check: Check = async ({ volume }) => {
  const g = await volume();
  await checkCaching(g);
  await checkCreatedNames(g);
  await checkErrors(g);
  await checkRenamedDirectories(g);
  await checkOtherClients(g);
  for (const [description, create] of RACES) await checkLateReply(g, description, create);
  return 'Names were made in five ways, folders were renamed, errors came and went, others made files behind your back, and one reply came too late. Your cache was never wrong for longer than its timeout, and it still saves what it can.';
};

/** Ways to create a name while a lookup of it is pending. */
const RACES: readonly (readonly [
  description: string,
  create: (g: TestGraph, path: string) => Promise<unknown>,
])[] = [
  [
    'another client made it, and `entry_created` told you',
    (g, path) => g.connect().fop.mkdir!(path, 0o755, 0),
  ],
  [
    'another client made it past your translator, and the event UPCALL came',
    async (g, path) => {
      await g.child.fop.mkdir!(path, 0o755, 0);
      g.child.changed(path);
    },
  ],
];

/** Checks that the cache still saves lookups. */
async function checkCaching(g: TestGraph): Promise<void> {
  for (let round = 0; round < 3; round++) await lookUp(g, '/dragon');
  const requestCount = countLookups(g, '/dragon');
  must(
    requestCount === 1,
    `The name /dragon was looked up 3 times, and the storage was asked ${formatTimes(requestCount)}. Your cache is right, but it does not cache any more.`,
  );
}

/** Checks that the cache forgets each name that is created through the translator. */
async function checkCreatedNames(g: TestGraph): Promise<void> {
  for (const path of ['/cat', '/old']) await g.child.write(path, 'here');
  let number = 0;
  for (const [description, create] of CREATORS) {
    number += 1;
    const path = `/new${number}`;
    await lookUp(g, path);
    await create(g, path);
    const reply = await lookUp(g, path);
    must(
      reply.opRet >= 0,
      `Nothing was called ${path}. Then ${description}, and your translator still says: ${describeReply(reply)}. A name that is made must be forgotten: \`entry_created\` tells you of each.`,
    );
  }
}

/** Checks that errors other than ENOENT are not cached. */
async function checkErrors(g: TestGraph): Promise<void> {
  await g.child.write('/diary', 'secret');
  g.fail('lookup', EACCES, { path: '/diary', times: 1 });
  const strangerReply = await lookUp(g.asUser(1000), '/diary');
  must(
    strangerReply.opErrno === EACCES,
    `A stranger asked for /diary. The storage said EACCES, and your translator made of it: ${describeReply(strangerReply)}. Pass errors on as they come.`,
  );
  const ownerReply = await lookUp(g, '/diary');
  must(
    ownerReply.opRet >= 0,
    'A stranger asked for /diary: not allowed. Then its owner asked, and was told that there is no such file. Your translator cached EACCES as if it were ENOENT: it hid a file from its owner.',
  );
  await g.child.write('/disk', 'here');
  g.fail('lookup', EIO, { path: '/disk', times: 1 });
  await lookUp(g, '/disk');
  const later = await lookUp(g, '/disk');
  must(
    later.opRet >= 0,
    'The storage had a moment of weakness: EIO for /disk. A second later it was well again, and your translator says that there is no such file. Remember ENOENT only.',
  );
}

/** Checks that the cache's keys are gfids of folders, and not paths. */
async function checkRenamedDirectories(g: TestGraph): Promise<void> {
  await g.mkdir('/box');
  await g.mkdir('/other');
  await g.write('/other/x', 'here');
  const absent = await lookUp(g, '/box/x');
  must(absent.opRet < 0, `There is no /box/x, and the answer was: ${describeReply(absent)}.`);
  await g.rename('/box', '/older');
  await g.rename('/other', '/box');
  const moved = await lookUp(g, '/box/x');
  must(
    moved.opRet >= 0,
    'There was no /box/x. Then the folder /box was renamed, and another one, which has an x, took its name. Your translator still hides /box/x: it remembers paths. A folder keeps its gfid, wherever it goes: the key is `loc.pargfid, loc.name`.',
  );
}

/** Checks that the cache forgets names that others make: told by events, or after its timeout. */
async function checkOtherClients(g: TestGraph): Promise<void> {
  await lookUp(g, '/shared');
  await g.connect().write('/shared', 'by another client');
  const shared = await lookUp(g, '/shared');
  must(
    shared.opRet >= 0,
    'Another client of this volume made /shared, and your translator hides it. `entry_created` hears of what every client makes.',
  );
  await lookUp(g, '/late');
  await g.child.write('/late', 'by another client');
  g.child.changed('/late');
  const late = await lookUp(g, '/late');
  must(
    late.opRet >= 0,
    'Another client made /late, past your translator. The storage noticed it and sent the event UPCALL, and your translator still hides the file. Forget all names in `notify` when the event is UPCALL.',
  );
  await lookUp(g, '/silent');
  await g.child.write('/silent', 'by another client');
  g.advance(61);
  const silent = await lookUp(g, '/silent');
  must(
    silent.opRet >= 0,
    'Another client made /silent, and no event came. After 61 seconds your translator still hides the file: it would for ever. Remember also until when: the option `timeout`, 60 seconds by default.',
  );
  await lookUp(g, '/soon');
  g.advance(30);
  const countBefore = countLookups(g, '/soon');
  await lookUp(g, '/soon');
  must(
    countLookups(g, '/soon') === countBefore,
    'The name /soon was absent, and 30 seconds later the storage was asked again. A name is remembered for 60 seconds, unless the volfile says otherwise: `Option.time(60)`.',
  );
}

/** Checks that a reply is not cached if the name was created while the lookup was pending. */
async function checkLateReply(
  g: TestGraph,
  description: string,
  create: (typeof RACES)[number][1],
): Promise<void> {
  // The first race has created /race1, so the second one needs another name.
  const path = `/race${countLookups(g, '/race1') > 0 ? 2 : 1}`;
  // The storage replies ENOENT now, and `hold` delays the reply until the name exists.
  g.fail('lookup', ENOENT, { path, times: 1 });
  g.hold('lookup');
  const early = lookUp(g, path);
  await create(g, path);
  g.release();
  await early;
  const later = await lookUp(g, path);
  must(
    later.opRet >= 0,
    `A lookup of ${path} was on its way: absent. Before its reply came up, ${description}. Then the old reply came, and your translator remembered it: it hides a name that is there. Count what is made, note the count in \`lookup\`, and do not remember when it has changed: \`self.made\`.`,
  );
}
