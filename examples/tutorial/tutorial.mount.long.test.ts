/** The volfiles of the tutorial as they are: without a port, and without an option on any command line but folders. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBrickObstacle } from '../../test/support/gluster.ts';
import { describeMounts, glossaCommand, run, withScratch } from '../../test/support/mount.ts';
import { isSkipped } from '../../test/support/obstacle.ts';

const glossa = glossaCommand;

/** In a network of its own, where all ports are free: portmap's, and those of the bricks. */
const script = (volfile: string): string => `
ended() {
  ${glossa} umount mnt 2> /dev/null
  kill $(cat vs.pid brick0.pid brick1.pid 2> /dev/null) 2> /dev/null
  wait
}
trap ended EXIT
found() { for i in $(seq 900); do grep -q "$1" vs.log && return; sleep 0.1; done; echo "no $1"; exit 1; }
ip link set lo up
mkdir mnt brick0 brick1
${glossa} brick volfiles ${import.meta.dirname} -l vs.log -p vs.pid || exit 1
for n in 0 1; do
  glusterfsd -N -s 127.0.0.1 --volfile-id brick$n --brick-name /brick$n --brick-port 2411$n \\
    --xlator-option files.directory=$PWD/brick$n -l $PWD/brick$n.log -p $PWD/brick$n.pid &
  found "registered brick 'brick$n' at port 2411$n"
done
${glossa} mount ${join(import.meta.dirname, volfile)} mnt -l mnt.log || exit 1
cd mnt
mkdir dir0; for n in $(seq 20); do echo $n > dir0/file$n; done
cat dir0/file* | sort -n | tr '\\n' ' '; cat fubar; cat fubar
cd ..
`;

describeMounts('the stacks of the tutorial', () => {
  it
    .skipIf(isSkipped('the stacks of the tutorial', findBrickObstacle()))
    .each(['original.vol', 'negative.vol', 'python.vol'])(
    "%s asks port 24007 of each brick's host for the brick's port",
    (volfile) =>
      withScratch(async (scratch) => {
        const { status, out, err } = await run(scratch, 'unshare', [
          '-n',
          'sh',
          '-c',
          script(volfile),
        ]);
        const numbers = Array.from({ length: 20 }, (_, at) => `${at + 1} `).join('');
        const missing = 'cat: fubar: No such file or directory\n';
        expect({ status, err }).toEqual({ status: 0, err: missing + missing });
        expect(out).toMatch(new RegExp(`${numbers}$`));
        // Each has its share of the files.
        const shares = [0, 1].map((n) => readdirSync(scratch.at(`brick${n}`, 'dir0')));
        expect(shares.flat()).toHaveLength(20);
        for (const share of shares) expect(share.length).toBeGreaterThan(0);
        expect(scratch.findMounts()).toEqual([]);
      }),
  );
});
