/** A file system by path below caches, below a brick with a client, and in a thread of its own. */
import { expect, it } from 'vitest';
import { OurBrick } from '../support/gluster.ts';
import { describeMounts, run, type Scratch, startMount, withScratch } from '../support/mount.ts';
import { makeVolfile } from '../support/stacks.ts';

const SCRIPT = `set -e; cd "$0"; mkdir -p d/e; seq 9999 > d/f; mv d/f d/e/g; ln d/e/g h; md5sum < d/e/g
stat -c '%h %s' h; echo more >> h; tail -n 1 d/e/g; ls d/e; rm h; stat -c %h d/e/g; truncate -s 3 d/e/g
cat d/e/g; mkdir s; ! rmdir d 2> s/err; cat s/err; ln -s e d/l; readlink d/l; rm -r d s; ls -A`;

const above = (name: string, type: string, below: string, options = ''): string =>
  `volume ${name}\n    type ${type}\n${options}    subvolumes ${below}\nend-volume\n`;

const stacks: Record<string, (volfile: string, scratch: Scratch) => Promise<string>> = {
  'below caches': async (volfile) =>
    volfile +
    above('md', 'performance/md-cache', 'memory') +
    above('quick', 'performance/quick-read', 'md') +
    above('io', 'performance/io-cache', 'quick') +
    above('behind', 'performance/write-behind', 'io'),
  'in a thread': async (volfile) => volfile.replace('end-', '    option isolation thread\nend-'),
  'below a brick and its client': async (volfile, scratch) => {
    const listen = (port: number): string => `    option transport.socket.listen-port ${port}
    option transport.socket.bind-address 127.0.0.1
    option auth.addr.brick.allow 127.0.0.1\n`;
    const brick = await OurBrick.start(
      scratch.path,
      'ours',
      (port) =>
        volfile +
        above('brick', 'features/locks', 'memory') +
        above('server', 'protocol/server', 'brick', listen(port)),
    );
    bricks.push(brick);
    return brick.volfile;
  },
};
const bricks: OurBrick[] = [];

describeMounts('a file system by path', () => {
  it.each(Object.keys(stacks))('%s does as a directory on disk', (name) =>
    withScratch(async (scratch) => {
      try {
        const volfile = await stacks[name]!(await makeVolfile(scratch, 'files', ''), scratch);
        const mount = await startMount(scratch, volfile);
        const bare = await scratch.makeFolder('bare');
        const expected = await run(scratch, 'bash', ['-c', SCRIPT, bare]);
        expect(expected.status).toBe(0);
        expect(await run(scratch, 'bash', ['-c', SCRIPT, mount.path])).toEqual(expected);
        expect(await mount.stop()).toBe(0);
      } finally {
        for (const brick of bricks.splice(0)) await brick.end();
      }
    }),
  );
});
