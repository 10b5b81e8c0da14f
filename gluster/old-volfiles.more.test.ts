/** Volfiles with the second names of types and options that GlusterFS 10 still reads. */
import { expect, it } from 'vitest';
import { findFreePort, OurBrick } from '../test/support/gluster.ts';
import { runGlossa, withScratch } from '../test/support/mount.ts';

const makeBrick = (folder: string, port: number) => `volume posix
    type storage/posix
    option directory ${folder}
end-volume
volume locks
    type features/posix-locks
    subvolumes posix
end-volume
volume server
    type protocol/server
    option transport-type tcp/server
    option transport.socket.listen-port ${port}
    option transport.socket.nodelay on
    option auth.ip.locks.allow 127.0.0.1
    subvolumes locks
end-volume
`;

const makeClient = (portOption: string, port: number) => `volume remote
    type protocol/client
    option transport-type tcp/client
    option remote-host 127.0.0.1
    option ${portOption} ${port}
    option transport.socket.nodelay on
    option transport.socket.keepalive on
    option remote-subvolume locks
end-volume
volume dht
    type cluster/dht
    subvolumes remote
end-volume
volume stats
    type performance/stat-prefetch
    subvolumes dht
end-volume
`;

it('old volfiles of a brick and its client are served, checked without a problem and read', () =>
  withScratch(async (scratch) => {
    const folder = await scratch.makeFolder('files');
    await scratch.writeFile('files/greeting', 'hello');
    const port = await findFreePort();
    const brick = await OurBrick.start(
      scratch.path,
      'brick',
      (own) => makeBrick(folder, own),
      port,
    );
    for (const option of ['remote-port', 'transport.remote-port', 'transport.socket.remote-port']) {
      await scratch.writeFile('client.vol', makeClient(option, port));
      const check = await runGlossa(scratch, ['check', '--strict', 'client.vol', 'brick.vol']);
      expect([check.status, check.err], option).toEqual([0, '']);
      const cat = await runGlossa(scratch, ['fs', 'cat', 'client.vol:/greeting']);
      expect([cat.out, cat.err], option).toEqual(['hello', '']);
    }
    expect(await brick.end()).toBe(0);
  }));
