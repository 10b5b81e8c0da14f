import { expect, it } from 'vitest';
import { formatVolfileServer } from '../server/volfile-servers.ts';
import { readFlags, textFlag, toggleFlag } from '../terminal/flags.ts';
import { runCommand } from '../test/support/cli.ts';
import { readVolfileServers, volfileServerFlags } from './mount.ts';

const asked = (...args: string[]) => {
  const all = {
    ...volfileServerFlags,
    volfile: textFlag({ placeholder: 'FILE', help: '' }),
    'allow-shell': toggleFlag({ help: '' }),
  };
  return readVolfileServers(readFlags(all, [...args, '--volfile-id', 'v']).flags)!;
};

it.each([
  [['-s', 'h'], [{ host: 'h', port: 24_007 }], 'h:/v'],
  [
    ['-s', 'h:1', '-s', '10.0.0.1'],
    [
      { host: 'h', port: 1 },
      { host: '10.0.0.1', port: 24_007 },
    ],
    'h:1:/v',
  ],
  [['-s', '[::1]:5'], [{ host: '::1', port: 5 }], '[::1]:5:/v'],
  [['-s', '::1', '--volfile-server-port', '7'], [{ host: '::1', port: 7 }], '[::1]:7:/v'],
  [['-s', '/s', '--volfile-server-transport', 'unix'], [{ path: '/s' }], '/s:/v'],
])(
  'glossa mount reads the addresses of volfile servers from the flags %j',
  (args, servers, name) => {
    const given = asked(...args);
    expect([given.servers, formatVolfileServer(given)]).toEqual([servers, name]);
  },
);

it.each([
  [['-s', 'h'], 'needs the volume to ask for'],
  [['--volfile-id', 'v'], 'needs a server to ask'],
  [['-s', 'h', '--volfile-id', 'v', '-f', 'x.vol'], 'not both'],
  [['-s', 'h', '--volfile-id', 'v', '--allow-shell'], 'commands of a server are not run'],
  [['-s', 'h:0', '--volfile-id', 'v'], "not 'h:0'"],
  [['-s', '/socket', '--volfile-id', 'v'], "not '/socket'"],
  [['-s', 'h:99999', '--volfile-id', 'v'], "not 'h:99999'"],
])('glossa mount refuses the volfile server flags %j', async (args, message) => {
  const { status, err } = await runCommand(['mount', ...args, '/mnt']);
  expect([status, err]).toEqual([2, expect.stringContaining(message)]);
});
