/** Options that glusterd writes for storage/posix, compared between a brick of glossa and one of GlusterFS. */
import { afterEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../../test/support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../../test/support/gluster.ts';
import { type FopAnswer, RawPeer, ROOT } from '../../../../test/support/raw-rpc.ts';
import type { Dict } from '../../../core/dict.ts';
import type { Gfid } from '../../../core/gfid.ts';
import type { Statvfs } from '../../../core/iatt.ts';

type Brick = RealBrick | OurBrick;

let ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.reverse()) await end();
  ended = [];
});

/** Connects to a brick of each kind over one folder, with these options of storage/posix. */
async function peers(posix: Readonly<Record<string, string>>): Promise<RawPeer[]> {
  const folder = makeFolder();
  const real = await RealBrick.start(folder, { posix });
  const bricks: Brick[] = [real, await OurBrick.serve(folder, real.files, { posix })];
  for (const brick of bricks) ended.push(() => brick.end());
  return Promise.all(
    bricks.map(async ({ port }) => {
      const peer = await RawPeer.connect(port);
      expect(await peer.setVolume()).toMatchObject({ opRet: 0 });
      return peer;
    }),
  );
}

const statfs = async (peer: RawPeer): Promise<Statvfs> =>
  (await peer.callFop('statfs', [ROOT, null])).values.buf as Statvfs;

async function rchecksum(peer: RawPeer, gfid: Gfid): Promise<FopAnswer> {
  const { values } = await peer.callFop('open', [gfid, 0, null]);
  return peer.callFop('rchecksum', [gfid, values.fd, 2, 5, null]);
}

const told = ({ opRet, values }: FopAnswer) => ({
  opRet,
  weak: values.weak,
  strong: Buffer.from(values.strong as Uint8Array).toString('hex'),
  fips: (values.xdata as Dict | null)?.number('fips-mode-rchecksum'),
});

describe.skipIf(isWithoutBricks())('a brick of GlusterFS and one of glossa over one folder', () => {
  it.each(['0', '1', '3'])(
    'return the same size of the disk for statfs with shared-brick-count %s',
    async (count) => {
      const [real, ours] = await peers({ 'shared-brick-count': count });
      const [theirs, own] = [await statfs(real!), await statfs(ours!)];
      const total = ({ bsize, frsize, blocks, files, namemax }: Statvfs) => ({
        ...{ bsize, frsize, blocks, files, namemax },
      });
      expect(theirs.blocks).toBeGreaterThan(0);
      expect(total(own)).toEqual(total(theirs));
    },
  );

  it.each(['off', 'on'])(
    'return the same checksums for rchecksum with fips-mode-rchecksum %s',
    async (fips) => {
      const [real, ours] = await peers({ 'fips-mode-rchecksum': fips });
      const { gfid, fd } = await real!.create('f');
      const data = Buffer.from('some text');
      await real!.callFop('writev', [gfid, fd, 0, data.length, 0, null], { data });
      const theirs = told(await rchecksum(real!, gfid));
      expect(theirs).toMatchObject({ opRet: 0, fips: fips === 'on' ? 1 : undefined });
      expect(told(await rchecksum(ours!, gfid))).toEqual(theirs);
    },
  );
});
