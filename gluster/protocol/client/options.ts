/** The options of protocol/client: GlusterFS's names, and what is ours. */

import { acceptedOptions } from '../../../runtime/core/accepted-options.ts';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { InitError } from '../../../runtime/core/errors.ts';
import { defineOptions, type Values } from '../../../runtime/core/options.ts';
import { tlsOptions } from '../shared/certificates.ts';

/** Where a management daemon listens, which knows the ports of bricks. */
const MANAGEMENT_PORT = 24_007;

export const options = defineOptions({
  'transport-type': {
    type: 'str',
    values: ['tcp', 'socket', 'unix'],
    default: 'tcp',
    description: 'What leads to the brick: tcp, or a socket in the file system (unix).',
  },
  'remote-host': {
    type: 'str',
    description: 'The name or address of the machine that has the brick.',
  },
  'remote-port': {
    type: 'int',
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
  ...acceptedOptions(
    {
      'transport.address-family': 'inet',
      'transport.tcp-user-timeout': 0,
      'transport.socket.keepalive-time': 20,
      'transport.socket.keepalive-interval': 2,
      'transport.socket.keepalive-count': 9,
      'tcp-window-size': undefined,
      'transport.socket.ssl-cert-depth': 1,
      // All is served by one thread.
      'event-threads': null,
    },
    'Accepted, without effect: the connection is what the machine makes of it.',
  ),
  'remote-subvolume': {
    type: 'str',
    description: 'The volume of the brick to use; glusterd calls it by the path of its folder.',
  },
  username: { type: 'str', description: 'Who logs in, where the brick asks for that.' },
  password: { type: 'str', description: 'The password of username.' },
  'ping-timeout': {
    type: 'time',
    default: 42,
    min: 0,
    max: 1013,
    description:
      'How long the brick may say nothing while it is asked, before the connection is given up. ' +
      'With 0 it may be silent for ever.',
    reconfigurable: true,
  },
  'frame-timeout': {
    type: 'time',
    default: 1800,
    min: 0,
    max: 86_400,
    description: 'How long a request may take before it fails with ENOTCONN. 0: for ever.',
    reconfigurable: true,
  },
  'send-gids': {
    type: 'bool',
    default: true,
    description: 'Whether the brick is told of all groups of who asks, and not the first alone.',
  },
  'filter-O_DIRECT': {
    type: 'bool',
    default: false,
    description: 'Opens files at the brick without O_DIRECT, also where somebody wants that.',
    reconfigurable: true,
  },
  'strict-locks': {
    type: 'bool',
    default: false,
    description:
      'After a connection was lost, an open file that had locks is not opened again: all that ' +
      'is asked of it fails with EBADFD.',
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
export function addressOf(settings: Settings): SocketAddress {
  const path = settings['transport.socket.connect-path'];
  if (settings['transport-type'] === 'unix') {
    if (path === undefined) throw new InitError('option transport.socket.connect-path is missing');
    return { path };
  }
  const host = settings['remote-host'];
  if (host === undefined) throw new InitError('option remote-host is missing: where is the brick?');
  return { host, port: settings['remote-port'] ?? MANAGEMENT_PORT };
}
