/**
 * Defines and reads the flags of `glossa mount` for volfile servers; their names are glusterfs's.
 */
import { resolve } from 'node:path';
import { VOLFILE_SERVER_PORT, type VolfileServers } from '../server/volfile-servers.ts';
import { UsageError } from '../terminal/exit.ts';
import {
  choiceFlag,
  type Flags,
  type FlagValues,
  listFlag,
  numberFlag,
  textFlag,
} from '../terminal/flags.ts';

const PORT_MAX = 65_535;
/** Matches a host name, an IPv4 address, or an IPv6 address (in brackets if a port follows). */
const ADDRESS =
  /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]+))(?::(\d{1,5}))?$|^([0-9a-fA-F.%]*:[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*)$/;

export const volfileServerFlags = {
  'volfile-server': listFlag({
    short: 's',
    placeholder: 'SERVER',
    help: 'ask HOST[:PORT] for the volfile; given again, another one if that is not there',
  }),
  'volfile-id': textFlag({ placeholder: 'NAME', help: 'the volume whose volfile is asked for' }),
  'volfile-server-port': numberFlag({
    placeholder: 'N',
    isWhole: true,
    help: `the port of servers that are given without one (${VOLFILE_SERVER_PORT})`,
  }),
  'volfile-server-transport': choiceFlag({
    placeholder: 'WAY',
    values: ['tcp', 'unix'],
    help: 'tcp (without it), or unix: SERVER is the path of a socket',
  }),
} satisfies Flags;

/**
 * Reads the servers and the volfile's id; undefined if the flags name no server.
 * @throws {UsageError}
 */
export function readVolfileServers(
  flags: FlagValues<typeof volfileServerFlags> & {
    readonly volfile: string | undefined;
    readonly 'allow-shell': boolean;
  },
): VolfileServers | undefined {
  const { 'volfile-server': servers, 'volfile-id': id } = flags;
  if (servers.length === 0) {
    if (id === undefined) return undefined;
    throw new UsageError('--volfile-id needs a server to ask: -s HOST[:PORT]');
  }
  if (flags.volfile !== undefined)
    throw new UsageError('use either --volfile or --volfile-server, not both');
  if (!id) throw new UsageError('-s needs the volume to ask for: --volfile-id NAME');
  if (flags['allow-shell']) {
    throw new UsageError('--allow-shell is for files: commands of a server are not run');
  }
  const port = flags['volfile-server-port'] ?? VOLFILE_SERVER_PORT;
  const isUnix = flags['volfile-server-transport'] === 'unix';
  return {
    servers: servers.map((server) =>
      isUnix ? { path: resolve(server) } : parseServer(server, port),
    ),
    id,
  };
}

/**
 * Reads `HOST`, `HOST:PORT`, `[IPV6]:PORT`.
 * @param errorStart the beginning of an error's message
 * @throws {UsageError}
 */
export function parseServer(
  text: string,
  defaultPort: number,
  errorStart = '-s takes',
): { readonly host: string; readonly port: number } {
  const [, bracketedIpv6, name, port = defaultPort, bareIpv6] = ADDRESS.exec(text) ?? [];
  const host = bracketedIpv6 ?? name ?? bareIpv6;
  if (host === undefined || Number(port) > PORT_MAX || Number(port) < 1) {
    throw new UsageError(`${errorStart} HOST, HOST:PORT or [IPV6]:PORT, not '${text}'`);
  }
  return { host, port: Number(port) };
}
