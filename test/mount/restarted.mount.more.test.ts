/**
 * A brick of glossa is killed and restarted, then a brick of GlusterFS serves its directory, then
 * glossa again: open files and directories stay usable, even if renamed meanwhile.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findFreePort } from '../../server/start-server.ts';
import type { Client } from '../support/client.ts';
import { isWithoutBricks, OurBrick, RealBrick, RealMount } from '../support/gluster.ts';
import { describeMounts, makeScratch, type Scratch, startMount } from '../support/mount.ts';

/** Keeps a file open for reading and writing, and a working directory below it. */
const KEEPS = `mkdir d; echo first > d/f; exec 3< d/f 4>> d/f; cat <&3; cd d; mkdir e; cd e; echo ready
while read -r line; do
  until echo $line >&4; do sleep 0.1; done 2>/dev/null
  cat <&3; touch $line; ls; echo "$line is done"
done`;
const SAID = `first
ready
a
a
a is done
b
a
b
b is done
c
a
b
c
c is done
d
a
b
c
d
f
d is done
`;

const LOOK = 'cat y/e/f; stat -c "%n %h" y/e/f y/new; ls -A . y y/e';
const SEEN = `first
a
b
c
d
y/e/f 2
y/new 2
.:
hard
x
y

y:
e
hard
new

y/e:
a
b
c
d
f
`;

const sh = (at: string, script: string): string =>
  execFileSync('sh', ['-c', script], { cwd: at, encoding: 'utf8' });

(isWithoutBricks() ? describe.skip : describeMounts)('a restarted brick', () => {
  let scratch: Scratch;
  const mounts: { end(): Promise<unknown> }[] = [];
  const clients: Client[] = [];
  let brick: OurBrick | RealBrick | null = null;

  afterEach(async () => {
    for (const client of clients) client.kill();
    for (const mount of mounts) await mount.end();
    await brick?.end();
    await scratch.clean();
  });

  it('keeps open files and directories of glossa and GlusterFS clients usable, even after renames', async () => {
    scratch = await makeScratch();
    const [own, files, port] = [
      await scratch.makeFolder('own'),
      scratch.at('files'),
      await findFreePort(),
    ];
    mkdirSync(files);
    const ours = await OurBrick.serve(own, files, { port });
    brick = ours;
    const near = await startMount(scratch, ours.volfile);
    mounts.push({ end: () => near.stop() });
    const far = await RealMount.start(scratch.path, 'far', ours.volfile);
    mounts.push(far);
    const folders = [join(near.path, 'near'), join(far.path, 'far')];
    clients.push(...folders.map((folder) => scratch.startClient(folder, KEEPS)));
    for (const client of clients) await client.waitForOutput(/ready/);
    /** Uses the open files and directories through the present server. */
    const goesOn = async (line: string): Promise<void> => {
      for (const { child } of clients) child.stdin!.write(`${line}\n`);
      for (const client of clients) await client.waitForOutput(new RegExp(`${line} is done`));
    };
    const runInAll = (script: string): string[] => folders.map((folder) => sh(folder, script));
    await goesOn('a');
    runInAll('mv d/f d/g; mv d/e d/moved; mv d x; ln x/g hard');

    await ours.end('SIGKILL');
    await ours.run();
    await goesOn('b');

    await ours.end('SIGKILL');
    const theirs = await RealBrick.start(own, { files, port });
    brick = theirs;
    await goesOn('c');
    runInAll('mv x/g x/moved/f; mkdir y; mv x/moved y/e; echo new > y/new; ln y/new y/hard');

    await theirs.end();
    await ours.run();
    brick = ours;
    await goesOn('d');
    expect(runInAll(LOOK)).toEqual([SEEN, SEEN]);

    for (const client of clients) {
      client.release();
      expect((await client.outcome).out).toBe(SAID);
    }
    runInAll('rm -r x y hard');
    // With its last name every file has lost its handle, whichever server had made that.
    expect(sh(join(files, '.glusterfs'), 'find ?? -type f | wc -l')).toBe('0\n');
  });
});
