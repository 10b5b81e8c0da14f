/**
 * Refusals of features/access-control for a program of libgfapi, which has no kernel that checks: compared
 * step by step between a brick of glossa and one of GlusterFS.
 */
import { beforeAll, expect, it } from 'vitest';
import {
  encodeAcl,
  GROUP,
  GROUP_OBJ,
  MASK,
  OTHER,
  USER,
  USER_OBJ,
} from '../../../../test/conformance/acl.ts';
import { makeFolder } from '../../../../test/support/folder.ts';
import { playOnBoth, type Scenes } from '../../../../test/support/gfapi-pair.ts';
import { findBrickObstacle, findGfapiObstacle } from '../../../../test/support/gluster.ts';
import { isSkipped } from '../../../../test/support/obstacle.ts';
import { steps } from '../../../../test/support/trace-steps.ts';

const ROOT = 'as 0 0';
/** Alice is in groups 100 and 101; Bob in 200, as BOB300 also in 300 and 100; Carol in 400. */
const ALICE = 'as 1001 100 101';
const BOB = 'as 1002 200';
const BOB300 = 'as 1002 200 300 100';
const CAROL = 'as 1003 400';

const acl = (...entries: Parameters<typeof encodeAcl>): string => `0x${encodeAcl(...entries)}`;
const bobReads = acl(
  [USER_OBJ, 7],
  [USER, 5, 1002],
  [GROUP_OBJ, 0],
  [GROUP, 6, 300],
  [MASK, 7],
  [OTHER, 0],
);
const masked = acl([USER_OBJ, 6], [USER, 7, 1002], [GROUP_OBJ, 7], [MASK, 4], [OTHER, 0]);
const ACCESS = 'system.posix_acl_access';
const DEFAULT = 'system.posix_acl_default';

const opens = (name: string, ...flags: number[]): string =>
  flags.map((each) => `open ${name}${each} ${name} ${each}`).join('; ');

const SCENES: Scenes = {
  'the directories that root prepares': steps(`
    ${ROOT}; chmod / 0o755; mkdir a 0o755; chown a 1001 100; mkdir tmp 0o777; chmod tmp 0o1777
    mode tmp`),
  'changes in the directory of another user': steps(`
    ${ALICE}; creat f a/f; pwrite f 3 0; mode a/f
    ${BOB}; creat x a/x; mkdir a/x 0o755; mknod a/x 0o100644; symlink to a/x; link a/f a/x
    unlink a/f; rename a/f a/x; rename a/f tmp/x; mode a/f; mode a/none; opendir d a; readdir d`),
  'opens and changes of the file of another user': steps(`
    ${BOB}; ${opens('a/f', 0, 1, 2, 0o1000, 0o2000)}; truncate a/f 0; chmod a/f 0o666
    chown a/f 1002 4294967295; utimens a/f 1 1; setxattr a/f user.x x; getxattr a/f user.x
    removexattr a/f user.x; setxattr a/f ${ACCESS} ${bobReads}; removexattr a/f ${ACCESS}
    access a/f 4; access a/f 2; access a/f 0`),
  'changes by the owner': steps(`
    ${ALICE}; chmod a/f 0o640; chown a/f 1001 101; mode a/f; chown a/f 1001 500
    chown a/f 1002 101; utimens a/f 5 5; setxattr a/f user.x x; access a/f 6; access a/f 1`),
  'opens by group permissions': steps(`
    ${ALICE}; chown a/f 1001 100
    ${BOB}; ${opens('a/f', 0)}
    ${BOB300}; ${opens('a/f', 0, 2)}; getxattr a/f user.x; setxattr a/f user.x y; listxattr a/f
    ${CAROL}; listxattr a/f`),
  'paths through a directory without search permission': steps(`
    ${ALICE}; mkdir a/d 0o755; creat g a/d/g; mkdir a/d/e 0o777; chmod a/d 0o700
    ${BOB}; mode a/d; mode a/d/g; mode a/d/none; opendir d a/d; creat x a/d/x; mkdir a/d/e/x 0o777
    ${ALICE}; chmod a/d 0o711
    ${BOB}; mode a/d/g; opendir d a/d; mkdir a/d/e/x 0o777; mode a/d/e/x`),
  'removals in a sticky directory': steps(`
    ${ALICE}; creat t tmp/alice; mkdir tmp/dir 0o777
    ${BOB}; creat t tmp/bob; unlink tmp/alice; rmdir tmp/dir; rename tmp/alice tmp/x
    rename tmp/bob tmp/alice; link tmp/alice tmp/x; link tmp/bob tmp/bob2
    rename tmp/bob2 tmp/bob3; unlink tmp/bob3
    ${ROOT}; unlink tmp/alice`),
  'opens by an access ACL and its mask': steps(`
    ${ALICE}; chmod a/f 0o600; setxattr a/f ${ACCESS} ${bobReads}; mode a/f
    ${BOB}; getxattr a/f ${ACCESS}; ${opens('a/f', 0, 1)}; access a/f 4; access a/f 5
    access a/f 2
    as 1009 300; ${opens('a/f', 0, 1, 2)}; access a/f 1
    ${CAROL}; ${opens('a/f', 0)}; getxattr a/f ${ACCESS}
    ${ALICE}; setxattr a/f ${ACCESS} ${masked}
    ${BOB}; ${opens('a/f', 0, 1)}
    ${ALICE}; chmod a/f 0o660
    ${BOB}; ${opens('a/f', 0, 1)}
    ${ALICE}; removexattr a/f ${ACCESS}; mode a/f
    ${BOB}; ${opens('a/f', 0)}`),
  'new files and directories under a default ACL': steps(`
    ${ALICE}; mkdir a/inherits 0o755; setxattr a/inherits ${DEFAULT} ${bobReads}
    creat i a/inherits/f; mkdir a/inherits/d 0o777; creat j a/inherits/d/f; mode a/inherits/f
    mode a/inherits/d; mode a/inherits/d/f; getxattr a/inherits/d/f ${ACCESS}
    ${BOB}; ${opens('a/inherits/f', 0, 1)}; opendir d a/inherits/d; creat x a/inherits/d/x
    as 1009 300; opendir d a/inherits/d; ${opens('a/inherits/f', 0, 1)}
    ${CAROL}; opendir d a/inherits/d; setxattr a/inherits ${DEFAULT} ${bobReads}`),
  "a chmod to set-group-id of a group that is not the caller's": steps(`
    ${ROOT}; creat s a/s; chown a/s 1001 500
    ${ALICE}; chmod a/s 0o2755; mode a/s`),
  'requests of root': steps(`
    ${ROOT}; chmod a/f 0; ${opens('a/f', 0, 2)}; chown a/f 1001 100; mode a/d/g; access a/f 6`),
  'reads and writes by an fd from before a chmod': steps(`
    ${ALICE}; chmod a/f 0o666
    ${BOB}; open b a/f RDWR
    ${ALICE}; chmod a/f 0o600
    ${BOB}; pwrite b 3 0; pread b 3 0; ftruncate b 0; fstat b; close b`),
};

/** Steps that features/access-control of GlusterFS does not check. */
const BY_FD: Scenes = {
  'attribute changes by an fd': steps(`
    ${ALICE}; chmod a/f 0o644
    ${BOB}; open b a/f 0; fchmod b 0o666; fchown b 1002 200; fsetxattr b user.y y
    fgetxattr b user.y; fremovexattr b user.y; fsetxattr b ${ACCESS} ${bobReads}; mode a/f`),
};

const isNotHere = isSkipped('bricks of GlusterFS', findBrickObstacle() || findGfapiObstacle());
const folder = makeFolder();
let played: Awaited<ReturnType<typeof playOnBoth>>;

beforeAll(async () => {
  if (isNotHere) return;
  played = await playOnBoth(folder, [['features/access-control', {}]], { ...SCENES, ...BY_FD });
}, 120_000);

it.skipIf(isNotHere).each(Object.keys(SCENES))(
  '%s have the same results as on a GlusterFS brick',
  (name) => {
    expect(played.ours[name]).toEqual(played.theirs[name]);
  },
);

it.skipIf(isNotHere)(
  'attribute changes through an open file are refused as those by path are, unlike in GlusterFS',
  () => {
    const [name] = Object.keys(BY_FD) as [string];
    const errnos = (lines: readonly string[]): readonly string[] =>
      lines.slice(4).map((line) => line.replace(/ .*: /, ' '));
    expect(errnos(played.ours[name]!)).toEqual([
      'fchmod EPERM',
      'fchown EPERM',
      'fsetxattr EACCES',
      'fgetxattr ENODATA',
      'fremovexattr EACCES',
      'fsetxattr EPERM',
      'mode [420,1001,100]',
    ]);
    expect(errnos(played.theirs[name]!)).toEqual([
      'fchmod 0',
      'fchown 0',
      'fsetxattr 0',
      'fgetxattr 1',
      'fremovexattr 0',
      'fsetxattr 0',
      'mode [504,1002,200]',
    ]);
  },
);
