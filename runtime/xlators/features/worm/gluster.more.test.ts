/** features/worm for a program of libgfapi, compared between bricks of glossa and of GlusterFS. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../../test/support/folder.ts';
import { playOnBoth, type Scenes } from '../../../../test/support/gfapi-pair.ts';
import { findBrickObstacle, findGfapiObstacle } from '../../../../test/support/gluster.ts';
import { isSkipped } from '../../../../test/support/obstacle.ts';
import { steps } from '../../../../test/support/trace-steps.ts';
import { RETEN_STATE, START_TIME, WORM_FILE } from './retention.ts';

const VOLUME: Scenes = {
  'what is there': steps(`
    open r f 0; pread r 4 0; open w f WRONLY; open w f RDWR; open w f TRUNC; open w f APPEND
    link f x; rename f x; unlink f; rmdir d; truncate f 0; setxattr f user.x x
    removexattr f user.x; chmod f 0o600; utimens f 1 1; opendir d d; readdir d`),
  'what is made': steps(`
    creat x x; pwrite x 3 0; ftruncate x 0; pwrite x 3 0; fallocate x 0 10; close x
    open x x WRONLY; mkdir e 0o755; mknod n 0o100644; symlink f s; xattr x ${START_TIME}`),
};

/** @param mark the attribute that the volume writes after a close */
const files = (mark: string): Scenes => ({
  'a file that is being made': steps(`
    creat x x; pwrite x 3 0; ftruncate x 2; rename x y; rename y x; getxattr x ${START_TIME}
    getxattr x ${WORM_FILE}; getxattr x ${RETEN_STATE}; close x; marked x ${mark}
    xattr x ${WORM_FILE}; xattr x ${RETEN_STATE}`),
  'a file that was made': steps(`
    open w x WRONLY; pwrite w 3 0; ftruncate w 0; truncate x 0; link x y; rename x y; rename y x
    creat z z; rename z x; close z; setxattr x user.x x; removexattr x user.x
    xattr x ${RETEN_STATE}`),
  'a chmod to read-only, and until when': steps(`
    chmod x 0o444; xattr x ${RETEN_STATE}; pwrite w 3 0; chmod x 0o644; pwrite w 3 0
    utimens x 1 1; utimens x 2000000000 1; utimens x 1950000000 1; getxattr x ${RETEN_STATE}
    stat x`),
  'a file that was there before': steps(`
    open o f WRONLY; pwrite o 3 0; chmod f 0o444; pwrite o 3 0; xattr f ${RETEN_STATE}; rename f g
    unlink g`),
  'a removal': steps(`
    creat r r; close r; marked r ${mark}; unlink r; unlink x`),
});
const RETAINED_FILES = files(RETEN_STATE);

/** GlusterFS lets data be changed in these ways. */
const PAST: Scenes = {
  past: steps(`
    creat p p; pwrite p 3 0; close p; marked p ${RETEN_STATE}; open p p WRONLY; zerofill p 0 1
    discard p 0 1; fallocate p 0 10; open t p TRUNC; stat p`),
};

const BY_FILE = { 'worm-file-level': 'on', 'auto-commit-period': '0' };
const RETAINED = { ...BY_FILE, 'default-retention-period': '1000' };

const isNotHere = isSkipped('bricks of GlusterFS', findBrickObstacle() || findGfapiObstacle());

describe.skipIf(isNotHere).each<[string, Readonly<Record<string, string>>, Scenes]>([
  ['with worm', { worm: 'on' }, VOLUME],
  ['with worm-file-level and no commit period', RETAINED, { ...RETAINED_FILES, ...PAST }],
  [
    'with retention-mode enterprise',
    { ...RETAINED, 'retention-mode': 'enterprise' },
    RETAINED_FILES,
  ],
  ['with a retention period of 0', { ...BY_FILE, 'default-retention-period': '0' }, RETAINED_FILES],
  [
    'with a commit period of 1000 seconds',
    { ...RETAINED, 'auto-commit-period': '1000' },
    files(WORM_FILE),
  ],
])('%s', (_title, options, scenes) => {
  it('each step gets the same reply from features/worm as on a GlusterFS brick', async () => {
    const folder = makeFolder();
    const { ours, theirs } = await playOnBoth(
      folder,
      [['features/worm', options]],
      scenes,
      (files) => {
        writeFileSync(join(files, 'f'), 'text');
        mkdirSync(join(files, 'd'));
      },
    );
    const { past, ...same } = ours;
    const { past: passed, ...others } = theirs;
    expect(same).toEqual(others);
    if (past === undefined) return;
    const returned = (lines: readonly string[]): readonly string[] =>
      lines.slice(5).map((line) => line.replace(/ .*: /, ' '));
    expect(returned(past)).toEqual([
      'zerofill EROFS',
      'discard EROFS',
      'fallocate EROFS',
      'open EROFS',
      'stat 3',
    ]);
    expect(returned(passed!)).toEqual([
      'zerofill 0',
      'discard 0',
      'fallocate 0',
      'open 0',
      'stat 0',
    ]);
    const mtime = (of: string): number => statSync(join(folder, of, 'files/x')).mtime.getTime();
    expect(mtime('ours')).not.toBe(1000);
    expect(mtime('theirs')).not.toBe(1000);
  }, 120_000);
});
