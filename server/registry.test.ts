/** Tests of types: each of GlusterFS's is known or refused with a reason. A type of glossa's own needs no row here. */
import { expect, it } from 'vitest';
import { registry } from './registry.ts';
import { inspectText } from './volfiles.ts';

/** The files and links in the folder of xlators of GlusterFS 10, without its example. */
const gluster10Types =
  'cluster/afr cluster/dht cluster/disperse cluster/distribute cluster/ec cluster/nufa cluster/replicate ' +
  'cluster/switch debug/delay-gen debug/error-gen debug/io-stats debug/sink debug/trace features/access-control ' +
  'features/arbiter features/barrier features/bit-rot features/bitrot-stub features/cdc features/changelog ' +
  'features/cloudsync features/gfid-access features/index features/leases features/locks features/marker ' +
  'features/namespace features/posix-locks features/quiesce features/quota features/quotad features/read-only ' +
  'features/sdfs features/selinux features/shard features/snapview-client features/snapview-server ' +
  'features/thin-arbiter features/trash features/upcall features/utime features/worm meta mgmt/glusterd mount/api ' +
  'mount/fuse performance/io-cache performance/io-threads performance/md-cache performance/nl-cache ' +
  'performance/open-behind performance/quick-read performance/read-ahead performance/readdir-ahead ' +
  'performance/stat-prefetch performance/write-behind protocol/client protocol/server storage/posix system/posix-acl';

const ofType = (type: string): string => `volume a\n  type ${type}\nend-volume\n`;

// Another test file may have loaded the type before; in a run of this file alone it is not loaded.
it('a type whose name is written with escapes is loaded and found', async () => {
  const { description } = await inspectText('x.vol', ofType('"debug\\/si\\nk"'), { registry });
  expect(description?.volumes[0]?.type.text).toBe('debug/sink');
});

it('an unknown type gets the nearest type as a hint, even if that is not loaded yet', async () => {
  const { problems } = await inspectText('x.vol', ofType('storage/memry'), { registry });
  expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
    ['unknown-type', "did you mean 'storage/memory'?"],
  ]);
});

it('a type that glossa refuses gets its substitute as a hint', async () => {
  const { problems } = await inspectText('x.vol', ofType('cluster/nufa'), { registry });
  expect(problems[0]?.hint).toContain(
    'cluster/distribute reads and writes all that such a volume has',
  );
});

it.each([
  ['nfs/server', "Linux's own NFS server can export a mount"],
  ['cluster/afr', "copies are kept by GlusterFS's own client alone"],
  ['cluster/ec', "coded copies are kept by GlusterFS's own client alone"],
  ['mount/fuse', 'glossa mount puts the mount above the volfile itself'],
])('%s gets a sentence as a hint, not the nearest name', async (type, sentence) => {
  const { problems } = await inspectText('x.vol', ofType(type), { registry });
  expect(problems[0]?.hint).toContain(sentence);
});

it.each([
  ['cluster/dht', 'cluster/distribute'],
  ['features/posix-locks', 'features/locks'],
  ['performance/stat-prefetch', 'performance/md-cache'],
])("GlusterFS's second name %s is the type %s", async (second, main) => {
  const text = `volume a\n  type storage/memory\nend-volume\nvolume b\n  type ${second}\n  subvolumes a\nend-volume\n`;
  const { problems, description } = await inspectText('x.vol', text, { registry });
  expect(problems).toEqual([]);
  expect(registry.has(second)).toBe(true);
  expect(registry.lookup(description!.volumes[1]!.type.text)?.type).toBe(main);
});

it("each type in GlusterFS 10's folder of xlators is known, or has a sentence", () => {
  for (const type of gluster10Types.split(' ')) {
    const isExplained = registry.has(type) || registry.explainRefusal(type) !== undefined;
    expect(isExplained, type).toBe(true);
  }
});

it('each type is registered under its own name', async () => {
  await registry.loadAll();
  const types = [...registry.listTypeNames()];
  expect(types.map((type) => registry.lookup(type)?.type)).toEqual(types);
});
