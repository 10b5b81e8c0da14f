import { stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';
import { readPrometheus } from '../test/support/prometheus.ts';

const stack = `volume mem
    type storage/memory
end-volume
volume counts
    type debug/io-stats
    option count-fop-hits on
    subvolumes mem
end-volume
`;

describeMounts('glossa mount --metrics', () => {
  it('serves the metrics of the mount, and logs the address', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack, { args: ['--metrics', '0'] });
      await writeFile(join(mount.path, 'f'), 'x');
      await stat(join(mount.path, 'f'));
      const url = /metrics are at (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/.exec(mount.log())![1]!;
      const answer = await fetch(url, { headers: { connection: 'close' } });
      const read = readPrometheus(await answer.text());
      expect(
        read
          .get('glossa_fop_hits_total')!
          .samples.get('volume=counts,type=debug/io-stats,fop=CREATE'),
      ).toBe(1);
      expect(
        read.get('glossa_requests_total')!.samples.get('volume=fuse,type=mount/fuse'),
      ).toBeGreaterThan(1);
      expect(read.get('glossa_inodes')!.samples.get('')).toBe(2);
      expect(await mount.stop()).toBe(0);
    }));

  it('fails with a wrong or used address, and mounts nothing', () =>
    withScratch(async (scratch) => {
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
      const { port } = taken.address() as AddressInfo;
      await scratch.writeFile('a.vol', stack);
      await scratch.makeFolder('mnt');
      const at = (address: string) =>
        runGlossa(scratch, ['mount', '-N', '-l', 'log', '--metrics', address, 'a.vol', 'mnt']);
      try {
        expect(await at(String(port))).toMatchObject({
          status: 1,
          err: `glossa: metrics cannot be served at 127.0.0.1:${port}: Address already in use\n`,
        });
        expect(await at('::1:1')).toMatchObject({
          status: 2,
          err: expect.stringMatching(/--metrics takes HOST:PORT, \[IPV6\]:PORT or PORT/),
        });
      } finally {
        taken.close();
      }
    }));
});
