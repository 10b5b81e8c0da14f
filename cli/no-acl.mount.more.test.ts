/** A mount without ACLs sends fewer requests, refuses ACLs, and leaves those on the disk alone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Caller, NOBODY, OTHER } from '../test/support/client.ts';
import {
  describeMounts,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';

const stack = (directory: string): string => `volume disk
    type storage/posix
    option directory ${directory}
end-volume
volume counting
    type debug/io-stats
    option latency-measurement on
    option count-fop-hits on
    subvolumes disk
end-volume
`;

/** The kernel's caches last longer than the test. */
const LASTING = ['--attribute-timeout', '3600', '--entry-timeout', '3600'];
const FILES = 300;
const MEMBER: Caller = { ...NOBODY, groups: [777] };

/** The output and errors of a script in a folder. */
async function said(
  scratch: Scratch,
  folder: string,
  script: string,
  as?: Caller,
): Promise<string> {
  const client = scratch.startClient(
    folder,
    `exec 2>&1\n${script}`,
    as === undefined ? {} : { as },
  );
  return (await client.outcome).out;
}

/** The requests that `ls -l` of many files causes at a mount and its volumes. */
async function listing(scratch: Scratch, args: readonly string[]) {
  const mount = await startMount(scratch, stack(scratch.at('disk')), { args });
  const requests = async (): Promise<number> => {
    const { out } = await runGlossa(scratch, ['stats', 'mnt', '--json']);
    return JSON.parse(out).volumes[0].dump.requests;
  };
  const before = await requests();
  const lines = await said(scratch, mount.path, 'ls -l | wc -l');
  const after = await requests();
  const { out } = await runGlossa(scratch, ['stats', 'mnt', '--profile']);
  expect(await mount.stop()).toBe(0);
  expect(lines).toBe(`${FILES + 1}\n`);
  const [, asked = '0'] = / us +(\d+) +GETXATTR\n/.exec(out) ?? [];
  return { requests: after - before, asked: Number(asked) };
}

describeMounts('--no-acl', () => {
  it('makes ls -l send no request for the ACLs of files', () =>
    withScratch(async (scratch) => {
      const disk = await scratch.makeFolder('disk');
      for (let n = 0; n < FILES; n++) await writeFile(join(disk, `f${n}`), '');
      const all = await listing(scratch, LASTING);
      const none = await listing(scratch, [...LASTING, '--no-acl']);
      expect(all.asked).toBeGreaterThanOrEqual(FILES);
      expect(none.asked).toBe(0);
      // Once, and not for each file.
      expect(none.requests).toBeLessThan(all.requests - FILES + 10);
    }));

  it.runIf(isRoot)(
    'makes the mount ignore ACLs that are stored on the disk, without removing them',
    () =>
      withScratch(async (scratch) => {
        const disk = await scratch.makeFolder('disk');
        await said(scratch, scratch.path, 'chmod 755 . disk');
        const prepared = await said(
          scratch,
          disk,
          `echo text > f; chmod 640 f; chgrp 777 f; mkdir d; chmod 777 d
         setfacl -m u:${OTHER.uid}:rw,g::-,m::rw f; setfacl -d -m u:${OTHER.uid}:rwx,m::rwx,o::- d`,
        );
        expect(prepared).toBe('');
        const acl = await said(scratch, disk, 'getfacl -n f d');
        const read = 'cat f';
        const denied = 'cat: f: Permission denied\n';

        const plain = await startMount(scratch, stack(disk), { name: 'plain' });
        expect(await said(scratch, plain.path, read, OTHER)).toBe('text\n');
        expect(await said(scratch, plain.path, read, MEMBER)).toBe(denied);
        expect(await said(scratch, plain.path, 'getfacl -n f d')).toBe(acl);
        expect(await plain.stop()).toBe(0);

        const mount = await startMount(scratch, stack(disk), { args: ['--no-acl'] });
        const at = (script: string, as?: Caller) => said(scratch, mount.path, script, as);
        // Modes are still checked; the group's bits are the ACL's mask.
        expect(await at(read, OTHER)).toBe(denied);
        expect(await at(read, NOBODY)).toBe(denied);
        expect(await at(read, MEMBER)).toBe('text\n');
        expect(await at('ls -l f | cut -c1-11')).toBe('-rw-rw---- \n');
        expect(await at('getfacl -n f')).toBe(
          '# file: f\n# owner: 0\n# group: 777\nuser::rw-\ngroup::rw-\nother::---\n\n',
        );
        for (const script of ['setfacl -m u:1:r f', 'setfacl -d -m u:1:r d']) {
          expect(await at(script)).toMatch(/: Operation not supported\n$/);
        }
        expect(await at('getfattr -d -m - f d')).toBe('');
        // The disk still applies default ACLs, without a umask.
        expect(await at('umask 077; echo new > d/new; stat -c %a d/new')).toBe('660\n');
        expect(await mount.stop()).toBe(0);
        expect(await said(scratch, disk, 'getfacl -n f d')).toBe(acl);
        expect(await said(scratch, disk, 'getfacl -cn d/new')).toContain(`user:${OTHER.uid}:rwx`);
      }),
  );

  it('can be given to mount.glossa as the mount option noacl', () =>
    withScratch(async (scratch) => {
      const disk = await scratch.makeFolder('disk');
      const volfile = await scratch.writeFile('v.vol', stack(disk));
      const mnt = await scratch.makeFolder('mnt');
      const log = `log-file=${scratch.at('log')}`;
      const made = await runGlossa(scratch, [
        'mount.glossa',
        volfile,
        mnt,
        '-o',
        `rw,noacl,${log}`,
      ]);
      expect(made.status).toBe(0);
      expect(await said(scratch, mnt, 'touch f; setfacl -m u:1:r f')).toMatch(
        /^setfacl: f: Operation not supported\n$/,
      );
      expect((await runGlossa(scratch, ['umount', mnt])).status).toBe(0);
    }));
});
