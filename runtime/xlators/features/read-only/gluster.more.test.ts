/** features/read-only for a program of libgfapi, compared between bricks of glossa and of GlusterFS. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeFolder } from '../../../../test/support/folder.ts';
import { playOnBoth, type Scenes } from '../../../../test/support/gfapi-pair.ts';
import { findBrickObstacle, findGfapiObstacle } from '../../../../test/support/gluster.ts';
import { isSkipped } from '../../../../test/support/obstacle.ts';
import { steps } from '../../../../test/support/trace-steps.ts';

const SCENES: Scenes = {
  'requests that read': steps(`
    open r f 0; pread r 4 0; mode f; access f 4; opendir d d; readdir d; listxattr f`),
  'requests that change': steps(`
    open w f 1; open w f 2; creat x x; mkdir x 0o755; mknod x 0o100644; symlink f x; link f x
    rename f x; unlink f; rmdir d; truncate f 0; chmod f 0o600; chown f 1 1; utimens f 1 1
    setxattr f user.x x; removexattr f user.x; fchmod r 0o600; fsetxattr r user.x x; fsync r
    fsync d`),
};

/** Changes that GlusterFS lets through. */
const LET_THROUGH: Scenes = {
  changes: steps('fremovexattr r user.kept; open t f 0o1000; stat f'),
};

const isNotHere = isSkipped('bricks of GlusterFS', findBrickObstacle() || findGfapiObstacle());
const folder = makeFolder();
let played: Awaited<ReturnType<typeof playOnBoth>>;

beforeAll(async () => {
  if (isNotHere) return;
  const above = [['features/read-only', { 'read-only': 'on' }]] as const;
  played = await playOnBoth(folder, above, { ...SCENES, ...LET_THROUGH }, (files) => {
    writeFileSync(join(files, 'f'), 'text');
    mkdirSync(join(files, 'd'));
  });
}, 120_000);

it.skipIf(isNotHere).each(Object.keys(SCENES))(
  '%s return the same on a read-only volume of glossa as on a read-only GlusterFS brick',
  (name) => {
    expect(played.ours[name]).toEqual(played.theirs[name]);
  },
);

it.skipIf(isNotHere)(
  'a truncating open and fremovexattr, which GlusterFS lets through, fail with EROFS',
  () => {
    expect(played.ours.changes).toEqual([
      'fremovexattr r user.kept: EROFS',
      'open t f 512: EROFS',
      'stat f: 4',
    ]);
    expect(played.theirs.changes).toEqual([
      'fremovexattr r user.kept: ENODATA',
      'open t f 512: 0',
      'stat f: 0',
    ]);
  },
);
