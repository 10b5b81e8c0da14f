/** The names "." and "..", and names that exist, in calls to a brick of glossa and to one of GlusterFS. */
import { type Dirent, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { errnoName } from '../../../runtime/core/errno.ts';
import { type Gfid, NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Iatt } from '../../../runtime/core/iatt.ts';
import { O_EXCL, O_RDWR } from '../../../runtime/core/open-flags.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from '../../../test/support/gluster.ts';
import { type FopAnswer, makeGfid, RawPeer, ROOT } from '../../../test/support/raw-rpc.ts';

const [D, E, F] = [makeGfid(), makeGfid(), makeGfid()];
/** The directories and files of each brick, by their names here. */
const GFIDS = { root: ROOT, d: D, e: E, f: F, nothing: makeGfid() } as const;
const LABELS = new Map<Gfid, string>(Object.entries(GFIDS).map(([label, gfid]) => [gfid, label]));

const wanted = (gfid = makeGfid()): Dict => new Dict().setGfid('gfid-req', gfid);

type Fop = Parameters<RawPeer['callFop']>[0];
type Call = readonly [fop: Fop, values: readonly unknown[]];

/** Each call with a name, applied to names that must lead nowhere. */
const calls: Readonly<Record<string, (parent: Gfid, name: string) => Call>> = {
  lookup: (parent, name) => ['lookup', [NULL_GFID, parent, name, null]],
  'lookup with a gfid to give': (parent, name) => ['lookup', [NULL_GFID, parent, name, wanted()]],
  'lookup of what is known': (parent, name) => ['lookup', [parent, parent, name, null]],
  mknod: (parent, name) => ['mknod', [parent, 0, 0o100644, 0, name, wanted()]],
  mkdir: (parent, name) => ['mkdir', [parent, 0o755, 0, name, wanted()]],
  symlink: (parent, name) => ['symlink', [parent, name, 0, 'target', wanted()]],
  create: (parent, name) => ['create', [parent, O_RDWR, 0o644, 0, name, wanted()]],
  'create O_EXCL': (parent, name) => [
    'create',
    [parent, O_RDWR | O_EXCL, 0o644, 0, name, wanted()],
  ],
  'link of a file': (parent, name) => ['link', [F, parent, name, null]],
  'link of a directory': (parent, name) => ['link', [E, parent, name, null]],
  unlink: (parent, name) => ['unlink', [parent, name, 0, null]],
  rmdir: (parent, name) => ['rmdir', [parent, 0, name, null]],
  'rmdir with all in it': (parent, name) => ['rmdir', [parent, 1, name, null]],
  'rename of it': (parent, name) => ['rename', [parent, parent, name, 'new', null]],
  'rename to itself': (parent, name) => ['rename', [parent, parent, name, name, null]],
  'rename of a file to it': (parent, name) => ['rename', [ROOT, parent, 'f', name, null]],
  'rename of a directory to it': (parent, name) => ['rename', [D, parent, 'e', name, null]],
};

const shown = (iatt: unknown): string => LABELS.get((iatt as Iatt).iaGfid) ?? 'another';

function said({ accept, opRet, opErrno, values }: FopAnswer): string {
  if (accept !== 0) return `accept_stat ${accept}`;
  if (opRet < 0) return errnoName(opErrno) ?? String(opErrno);
  return values.buf ? `${shown(values.buf)}, in ${shown(values.postparent)}` : 'done';
}

/** All names below a directory, without the bricks' own. */
const namesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }: Dirent) => name !== '.glusterfs')
    .flatMap((entry) => [
      entry.name,
      ...(entry.isDirectory() ? namesIn(join(folder, entry.name)) : []),
    ])
    .sort();

async function introduced(port: number): Promise<RawPeer> {
  const peer = await RawPeer.connect(port);
  expect(await peer.setVolume()).toMatchObject({ opRet: 0 });
  return peer;
}

type Answers = Record<string, string>;

/** Sends all calls to a brick; results by parent, name and call. */
async function ask(port: number): Promise<Answers> {
  const peer = await introduced(port);
  await peer.callFop('mkdir', [ROOT, 0o755, 0, 'd', wanted(D)]);
  await peer.callFop('mkdir', [D, 0o755, 0, 'e', wanted(E)]);
  await peer.callFop('mknod', [ROOT, 0, 0o100644, 0, 'f', wanted(F)]);
  const answers: Answers = {};
  for (const [label, parent] of Object.entries(GFIDS)) {
    for (const name of ['.', '..']) {
      for (const [what, callOf] of Object.entries(calls)) {
        answers[`${label}/${name}: ${what}`] = said(await peer.callFop(...callOf(parent, name)));
      }
    }
  }
  peer.close();
  return answers;
}

/** Asks a brick that has looked up no directory yet. */
async function askAfresh(port: number): Promise<string[]> {
  const peer = await introduced(port);
  const answers = [];
  for (const name of ['..', '.']) answers.push(said(await peer.callFop(...calls.lookup!(E, name))));
  peer.close();
  return answers;
}

it.skipIf(isWithoutBricks())(
  'a lookup of . or .. gets the same reply from a brick of glossa and of GlusterFS, except above the root',
  async () => {
    const folder = makeFolder();
    const [theirs, our] = ['theirs', 'ours'].map((name) => join(folder, name, 'files')) as [
      string,
      string,
    ];
    for (const files of [theirs, our]) mkdirSync(files, { recursive: true });
    const bricks = [
      await RealBrick.start(folder, { files: theirs }),
      await OurBrick.serve(folder, our),
    ];
    try {
      const all: Answers[] = [];
      for (const { port } of bricks) all.push(await ask(port));
      expect(all[1]).toEqual({
        ...all[0],
        // GlusterFS finds the directory above the brick's root, and gives it a gfid.
        'root/..: lookup': 'ENOENT',
        'root/..: lookup with a gfid to give': 'ENOENT',
        'root/..: lookup of what is known': 'ENOENT',
      });
      for (const files of [theirs, our]) {
        expect(namesIn(join(files, '..'))).toEqual(['d', 'e', 'f', 'files']);
      }
      for (const brick of bricks) {
        await brick.end('SIGTERM');
        await brick.run();
        expect(await askAfresh(brick.port)).toEqual(['d, in e', 'e, in e']);
      }
    } finally {
      for (const brick of bricks) await brick.end();
    }
  },
);
