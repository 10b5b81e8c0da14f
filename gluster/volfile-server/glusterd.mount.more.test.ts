/** Volfiles of GlusterFS's management daemon, and `gluster volume set` on a mount of glossa. */
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Glusterd, HOST, isWithoutGlusterd } from '../../test/support/glusterd.ts';
import {
  describeMounts,
  GLOSSA,
  makeScratch,
  runGlossa,
  type Scratch,
} from '../../test/support/mount.ts';

const PATIENCE = { timeout: 120_000 };
/** The number of options that one command sets. */
const AT_ONCE = 64;

/** Values that differ from the defaults, or replace missing ones. */
const VALUES: Readonly<Record<string, string>> = {
  'client.event-threads': '4',
  'server.event-threads': '3',
  'performance.cache-size': '32MB',
  'performance.read-ahead': 'on',
  'performance.readdir-ahead': 'on',
  'performance.parallel-readdir': 'on',
  'performance.io-cache': 'on',
  'performance.nl-cache': 'on',
  'performance.qr-cache-timeout': '2',
  'performance.iot-watchdog-secs': '10',
  'cluster.subvols-per-directory': '1',
  'diagnostics.brick-logger': 'gluster-log',
  'diagnostics.client-logger': 'gluster-log',
  'diagnostics.brick-log-format': 'with-msg-id',
  'diagnostics.client-log-format': 'with-msg-id',
  'storage.linux-aio': 'off',
  'auth.ssl-allow': '*',
  'ssl.certificate-depth': '1',
  'ssl.cipher-list': 'HIGH:!SSLv2',
  'ssl.ec-curve': 'prime256v1',
  'ssl.own-cert': '/etc/ssl/glusterfs.pem',
  'ssl.private-key': '/etc/ssl/glusterfs.key',
  'ssl.ca-list': '/etc/ssl/glusterfs.ca',
  'ssl.crl-path': '/etc/ssl/crl',
  'ssl.dh-param': '/etc/ssl/dhparam.pem',
};
/** Options that glusterd refuses for a distributed volume, or for the test's volumes. */
const REFUSED =
  /self-heal|shd-max|quorum|granular|shared-storage|multiplex|max-bricks|deem-statfs|trash-dir|^nfs\./;
/** Options of types that glossa lacks. */
const ELSEWHERE =
  /^(features\.(shard|sdfs|uss|cloudsync|selinux|worm|read-only)|network\.compression|debug)/;

let scratch: Scratch;
let glusterd: Glusterd;

describeMounts('the management daemon of GlusterFS', () => {
  beforeAll(async () => {
    if (isWithoutGlusterd()) return;
    scratch = await makeScratch();
    glusterd = await Glusterd.start();
    for (const volume of ['v', 'w']) {
      const bricks = [1, 2].map((n) => `${HOST}:${scratch.at(`${volume}${n}`)}`);
      await glusterd.runGluster('volume', 'create', volume, ...bricks, 'force');
    }
    await glusterd.runGluster('volume', 'start', 'v');
  }, PATIENCE.timeout);

  afterAll(async () => {
    await glusterd?.end();
    await scratch?.clean();
  });

  /** The value to set, by option. */
  async function settable(): Promise<ReadonlyMap<string, string>> {
    const help = await glusterd.runGluster('volume', 'set', 'help');
    const found = new Map(Object.entries(VALUES));
    for (const [, key, value] of help.matchAll(/^Option: (\S+)\nDefault Value: (\S+)/gm)) {
      const isNone = value === '(null)' || ELSEWHERE.test(key!) || REFUSED.test(key!);
      if (!isNone && !found.has(key!)) found.set(key!, value!);
    }
    return found;
  }

  it.skipIf(isWithoutGlusterd())(
    'writes volfiles whose options glossa knows',
    async () => {
      const all = [...(await settable())];
      let set = 0;
      const apply = async (some: readonly (readonly [string, string])[]): Promise<void> => {
        const { status } = await glusterd.run(
          ...(['gluster', '--mode=script', 'volume', 'set', 'w'] as const),
          ...some.flat(),
        );
        if (status === 0) set += some.length;
        // One refused option makes glusterd refuse all.
        else if (some.length > 1) for (const each of some) await apply([each]);
      };
      for (let at = 0; at < all.length; at += AT_ONCE) await apply(all.slice(at, at + AT_ONCE));
      expect(set).toBeGreaterThan(150);
      const volfiles = [...(await glusterd.readVolfiles('w'))].filter(([name]) =>
        /^(trusted-)?w\.(tcp-fuse|10\.)/.test(name),
      );
      expect(volfiles).toHaveLength(4);
      for (const [name, text] of volfiles) {
        writeFileSync(scratch.at(name), text);
        const { status, out, err } = await runGlossa(scratch, ['check', scratch.at(name)]);
        expect([name, `${out}${err}`.match(/^.*(?:error:|is not known here).*$/gm)]).toEqual([
          name,
          null,
        ]);
        expect(status).toBe(0);
      }
    },
    600_000,
  );

  it.skipIf(isWithoutGlusterd())(
    'applies volume set to a running mount',
    async () => {
      const [mnt, log] = [await scratch.makeFolder('mnt'), scratch.at('mnt.log')];
      const flags = ['-N', '-l', log, '--log-buf-size', '0'];
      const args = ['mount', '-s', HOST, '--volfile-id', 'v', mnt, ...flags];
      const mount = glusterd.spawn(process.execPath, GLOSSA, ...args);
      await Promise.race([once(mount.stdout!, 'data'), once(mount, 'exit')]);
      const logged = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
      const steps: readonly (readonly [options: Readonly<Record<string, string>>, said: RegExp])[] =
        [
          [{ 'performance.md-cache-timeout': '7' }, /new options for v-md-cache$/m],
          [{ 'network.ping-timeout': '33' }, /new options for v-client-0, v-client-1$/m],
          [{ 'network.frame-timeout': '600' }, /new options for v-client-0, v-client-1$/m],
          [{ 'client.event-threads': '4' }, /new options for v-client-0, v-client-1$/m],
          [{ 'client.strict-locks': 'on' }, /begun v-client-0, v-client-1, .*/m],
          [{ 'performance.quick-read': 'off' }, /gone v-quick-read;/],
          [
            { 'performance.io-cache': 'on', 'performance.read-ahead': 'on' },
            /begun v-read-ahead, v-io-cache/,
          ],
          [{ 'diagnostics.client-log-level': 'DEBUG' }, /new options for v$/m],
          [{ 'cluster.min-free-disk': '7%' }, /new options for v-dht$/m],
          [{ 'cluster.lookup-optimize': 'off' }, /new options for v-dht$/m],
          [{ 'performance.write-behind-window-size': '2MB' }, /new options for v-write-behind$/m],
          [
            { 'features.shard': 'on', 'performance.md-cache-timeout': '5' },
            /unknown type 'features\/shard' \(.*gluster volume set VOLUME features\.shard off\)[\s\S]*everything stays as it was; new options for v-md-cache all the same$/m,
          ],
          [{ 'features.shard': 'off' }, /no option changed$/m],
          [
            { 'performance.readdir-ahead': 'on', 'performance.parallel-readdir': 'on' },
            /begun v-readdir-ahead-0, v-readdir-ahead-1, v-dht/,
          ],
          [{ 'diagnostics.count-fop-hits': 'on' }, /new options for v$/m],
          [{ 'performance.client-io-threads': 'off' }, /gone v-io-threads;/],
        ];
      for (const [options, expected] of steps) {
        const before = logged().length;
        await glusterd.runGluster('volume', 'set', 'v', ...Object.entries(options).flat());
        await expect.poll(() => logged().slice(before), PATIENCE).toMatch(expected);
        const { out } = await glusterd.run('sh', '-c', `echo line >> ${mnt}/f && wc -l < ${mnt}/f`);
        expect(Number(out)).toBeGreaterThan(0);
      }
      const { out } = await glusterd.run('wc', '-l', `${mnt}/f`);
      expect(out).toMatch(new RegExp(`^${steps.length} `));
      mount.kill('SIGTERM');
      await once(mount, 'exit');
    },
    600_000,
  );
});
