/** Defines the options of protocol/client: GlusterFS's, and reconnect-wait. */

import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { declareEffectlessOptions } from '../../../runtime/core/effectless-options.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import type { Reach } from '../../../runtime/core/reach.ts';
import { tlsOptions } from '../shared/certificates.ts';
import { isUnixTransport, listTransportTypes } from '../shared/transport-types.ts';

/** The port of the management daemon, which knows the ports of bricks. */
const MANAGEMENT_PORT = 24_007;

export const options = defineOptions({
  'transport-type': {
    type: 'str',
    values: listTransportTypes('client'),
    default: 'tcp',
    description: 'Transport to the brick: TCP, or a UNIX socket (unix).',
  },
  'remote-host': {
    type: 'str',
    description: 'The name or address of the machine that has the brick.',
  },
  'remote-port': {
    type: 'int',
    aliases: ['transport.remote-port', 'transport.socket.remote-port'],
    min: 1,
    max: 65_535,
    description:
      "The brick's port. Without it, the management daemon of that machine is asked for the port.",
  },
  'transport.socket.connect-path': {
    type: 'path',
    description: 'The socket of the brick, where transport-type is unix.',
  },
  ...tlsOptions,
  ...declareEffectlessOptions(
    {
      'transport.address-family': 'inet',
      'transport.tcp-user-timeout': 0,
      'transport.socket.ignore-enoent': null,
      'transport.socket.keepalive': true,
      'transport.socket.keepalive-time': 20,
      'transport.socket.keepalive-interval': 2,
      'transport.socket.keepalive-count': 9,
      'transport.socket.nodelay': true,
      'transport.socket.own-thread': null,
      'transport.socket.read-fail-log': null,
      'tcp-window-size': undefined,
      'transport.socket.ssl-cert-depth': 1,
    },
    'Accepted, without effect: the operating system decides.',
  ),
  ...declareEffectlessOptions(
    { 'event-threads': null },
    'Accepted, without effect: one thread serves all connections.',
  ),
  'remote-subvolume': {
    type: 'str',
    description: 'The volume of the brick to use; glusterd calls it by the path of its folder.',
  },
  username: { type: 'str', description: 'The user name, if the brick requires a login.' },
  password: { type: 'str', description: 'The password of username.' },
  'ping-timeout': {
    type: 'time',
    default: 42,
    min: 0,
    max: 1013,
    description:
      'How long the brick may be silent while requests wait, before the connection is closed. ' +
      '0: for ever.',
    reconfigurable: true,
  },
  'frame-timeout': {
    type: 'time',
    default: 1800,
    min: 0,
    max: 86_400,
    description: 'Time limit of a request, which then fails with ENOTCONN. 0: no limit.',
    reconfigurable: true,
  },
  'send-gids': {
    type: 'bool',
    default: true,
    description: 'Whether requests carry all groups of the caller, not only the primary one.',
  },
  'filter-O_DIRECT': {
    type: 'bool',
    default: false,
    description: 'Opens files at the brick without O_DIRECT even if the caller requests it.',
    reconfigurable: true,
  },
  'strict-locks': {
    type: 'bool',
    default: false,
    description:
      'After a lost connection, an open file that had locks is not reopened: every ' +
      'request for it fails with EBADFD.',
  },
  'reconnect-wait': {
    type: 'time',
    default: 0,
    min: 0,
    max: 3600,
    fractions: true,
    description:
      'How long requests wait for the connection to come back, before they fail with ENOTCONN.',
    reconfigurable: true,
  },
});

export type Settings = Values<typeof options>;

/** The address of the brick. @throws {InitError} where an option is missing */
export function readAddress(settings: Settings): SocketAddress {
  const path = settings['transport.socket.connect-path'];
  if (isUnixTransport(settings['transport-type'])) {
    if (path === undefined) throw new InitError('option transport.socket.connect-path is missing');
    return { path };
  }
  const host = settings['remote-host'];
  if (host === undefined)
    throw new InitError('option remote-host is missing: set it to the host of the brick');
  return { host, port: settings['remote-port'] ?? MANAGEMENT_PORT };
}

/** Lists the addresses that a volume connects to; without remote-port, the daemon may name any port. */
export function listAddresses(settings: Settings): Reach[] {
  const target = readAddress(settings);
  if ('path' in target)
    return [{ access: 'connect', target, option: 'transport.socket.connect-path' }];
  const port = settings['remote-port'] ?? 0;
  return [{ access: 'connect', target: { ...target, port }, option: 'remote-host' }];
}
