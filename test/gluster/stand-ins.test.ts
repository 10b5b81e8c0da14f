/** A brick volfile as glusterd writes it. */
import { expect, it } from 'vitest';
import { BrowserContext } from '../../bridges/machine/browser/context.ts';
import { translators } from '../../gluster/stand-ins/stand-ins.ts';
import { standInTypes } from '../../gluster/stand-ins/types.ts';
import { WARNING } from '../../runtime/core/log.ts';
import { makeGraph } from '../../runtime/volfile/make-graph.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { readVolfile } from '../../runtime/volfile/volfile.ts';
import { registry } from '../../server/registry.ts';

/** From the storage up: the type, and its options. */
const BRICK: readonly (readonly [type: string, ...options: string[]])[] = [
  ['storage/memory'],
  ['features/trash', 'trash-dir .trashcan', 'brick-path /b', 'trash-internal-op off'],
  ['features/changelog', 'changelog-brick /b', 'changelog-dir /b/.glusterfs/changelogs'],
  ['features/bitrot-stub', 'export /b', 'bitrot disable'],
  ['features/access-control'],
  ['features/locks', 'enforce-mandatory-lock off'],
  ['features/worm', 'worm off', 'worm-file-level off'],
  ['features/read-only', 'read-only off'],
  ['features/leases', 'leases off'],
  ['features/upcall', 'cache-invalidation off'],
  ['performance/io-threads', 'tcp-user-timeout 0'],
  ['features/selinux', 'selinux on'],
  ['features/marker', 'xtime off', 'quota off', 'inode-quota off', 'volume-uuid x'],
  ['features/barrier', 'barrier disable', 'barrier-timeout 120'],
  [
    'features/index',
    'index-base /b/.glusterfs/indices',
    'xattrop-dirty-watchlist trusted.afr.dirty',
  ],
  ['features/quota', 'volume-uuid x', 'server-quota off', 'deem-statfs off'],
  ['debug/io-stats', 'unique-id /b', 'latency-measurement off', 'count-fop-hits off'],
  [
    'protocol/server',
    'transport.socket.listen-port 0',
    'transport.address-family inet',
    'auth-path v16',
    'auth.login.v16.allow alice',
    'auth.login.alice.password secret',
    'auth.addr.v16.allow *',
    'rpc.outstanding-rpc-limit 64',
  ],
];

const volfile = (change: (text: string) => string = (text) => text): string =>
  change(
    BRICK.map(([type, ...options], at) =>
      [
        `volume v${at}`,
        `  type ${type}`,
        ...options.map((option) => `  option ${option}`),
        ...(at === 0 ? [] : [`  subvolumes v${at - 1}`]),
        'end-volume\n',
      ].join('\n'),
    ).join('\n'),
  );

async function start(text: string) {
  const said: string[] = [];
  const context = new BrowserContext((line) => void said.push(line));
  const source = new Source('brick.vol', text);
  await registry.loadTypesIn(text);
  const { description, warnings } = readVolfile(source, { registry });
  const graph = makeGraph(description, registry, context, { default: WARNING, volumes: new Map() });
  return { graph, said, warnings };
}

it('a brick volfile of glusterd starts, and one log line names the important translators that glossa lacks', async () => {
  const { graph, said, warnings } = await start(volfile());
  await graph.start();
  try {
    await graph.awaitUp(30_000);
    expect(warnings).toEqual([]);
    const lines = said.filter((line) => line.includes('pass all requests on'));
    expect(lines.length).toBe(1);
    expect(lines[0]).toContain('support them yet: features/index, features/selinux. Without them');
    // Requests skip stand-ins and volumes that are switched off.
    expect(graph.links.mkdir.xl.type).toBe('features/access-control');
    expect(graph.links.writev.xl.type).toBe('storage/memory');
  } finally {
    await graph.stop();
  }
});

it('storage/posix accepts the options that glusterd writes for a brick', async () => {
  const lines = ['directory /', 'shared-brick-count 2', 'fips-mode-rchecksum on'];
  const options = lines.map((line) => `  option ${line}\n`).join('');
  const text = `volume posix\n  type storage/posix\n${options}end-volume\n`;
  await registry.loadTypesIn(text);
  expect(readVolfile(new Source('brick.vol', text), { registry }).warnings).toEqual([]);
});

it.each([
  ['bitrot disable', 'bitrot enable', "option 'bitrot' is enable"],
  ['server-quota off', 'server-quota on', "option 'server-quota' is on"],
  ['mandatory-lock off', 'mandatory-lock on', "option 'enforce-mandatory-lock' is on"],
])("a brick volfile is refused if it enables the feature of '%s'", async (off, on, problem) => {
  const { graph } = await start(volfile((text) => text.replace(off, on)));
  await expect(graph.start()).rejects.toThrow(problem);
});

it('each type that gluster/stand-ins/types.ts lists has a stand-in', () => {
  expect([...translators.keys()].sort()).toEqual([...standInTypes].sort());
});
