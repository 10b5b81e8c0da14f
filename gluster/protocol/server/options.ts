/** The options of protocol/server: GlusterFS's names, and what is ours. */

import { acceptedOptions } from '../../../runtime/core/accepted-options.ts';
import { defineOptions, type Options, type Values } from '../../../runtime/core/options.ts';
import { tlsOptions } from '../shared/certificates.ts';
import { LIMIT_MIN } from './record-memory.ts';

export const options = defineOptions({
  ...acceptedOptions(
    {
      'config-directory': null,
      'dynamic-auth': null,
      'event-threads': null,
      'ping-timeout': null,
      'rpc-auth.auth-glusterfs': null,
      'rpc-auth.auth-null': null,
      'rpc-auth.auth-unix': null,
      'statedump-path': null,
      'tcp-window-size': null,
      trace: null,
      'transport.address-family': null,
      'transport.listen-backlog': null,
      'transport.socket.keepalive': null,
      'transport.socket.keepalive-count': null,
      'transport.socket.keepalive-interval': null,
      'transport.socket.keepalive-time': null,
      'transport.socket.nodelay': null,
      'transport.socket.own-thread': null,
      'transport.socket.read-fail-log': null,
      'transport.socket.ssl-cert-depth': null,
      'transport.tcp-user-timeout': null,
      'volume-id': null,
    },
    'Accepted, without effect: it is the machine, or glossa itself, that decides here.',
  ),
  'transport-type': {
    type: 'str',
    values: ['tcp', 'socket', 'unix'],
    default: 'tcp',
    description: 'Where clients come to: tcp, or a socket in the file system (unix).',
  },
  'transport.socket.listen-port': {
    type: 'int',
    min: 0,
    max: 65_535,
    default: 0,
    aliases: ['listen-port'],
    description: 'The port of tcp. 0: any that is free; the log and glossa brick say which.',
  },
  'transport.socket.bind-address': {
    type: 'addr',
    default: '127.0.0.1',
    aliases: ['bind-address'],
    description: 'The address to listen at: 0.0.0.0 or :: for all that the machine has.',
  },
  'transport.socket.listen-path': {
    type: 'path',
    description: 'The socket to make, where transport-type is unix.',
  },
  ...tlsOptions,
  'auth.ssl-allow': {
    type: 'str',
    description:
      'The common names in the certificates of clients that may use any of the bricks, with ' +
      'commas between; * for all.',
    reconfigurable: true,
  },
  'auth-path': {
    type: 'str',
    description: 'The name by which auth options call a brick, where that is not its own.',
    reconfigurable: true,
  },
  'strict-auth-accept': {
    type: 'bool',
    default: false,
    description: 'Refuses clients without a name and password that are right, at any address.',
    reconfigurable: true,
  },
  'rpc-auth-allow-insecure': {
    type: 'bool',
    default: true,
    description: 'Whether clients may come from ports that are not reserved for root.',
    reconfigurable: true,
  },
  'rpc.outstanding-rpc-limit': {
    type: 'int',
    min: 0,
    max: 65_536,
    default: 64,
    description:
      'Requests of one connection that may be under way; until some end it is not read. Those ' +
      'that wait for locks do not count. 0: any number.',
    reconfigurable: true,
  },
  'rpc.record-memory-limit': {
    type: 'sizet',
    min: LIMIT_MIN,
    default: 256 * 2 ** 20,
    description:
      'Memory for messages that have come in part, over all connections. Those that need more are ' +
      'not read until others are done, or closed since they do not come on.',
    reconfigurable: true,
  },
  'handshake-timeout': {
    type: 'time',
    min: 1,
    max: 3600,
    default: 30,
    description: 'How long a connection may take to say whose it is, before it is closed.',
    reconfigurable: true,
  },
  'handshake-limit': {
    type: 'int',
    min: 1,
    max: 65_536,
    default: 128,
    description:
      'Connections that have not said whose they are; with one more, the oldest is closed.',
    reconfigurable: true,
  },
  'root-squash': {
    type: 'bool',
    default: false,
    aliases: ['server.root-squash'],
    description: 'What root asks, anonuid and anongid ask.',
    reconfigurable: true,
  },
  'all-squash': {
    type: 'bool',
    default: false,
    aliases: ['server.all-squash'],
    description: 'What anybody asks, anonuid and anongid ask.',
    reconfigurable: true,
  },
  anonuid: {
    type: 'int',
    min: 0,
    max: 0xffff_ffff,
    default: 65_534,
    aliases: ['server.anonuid'],
    description: 'The uid of root-squash and all-squash.',
    reconfigurable: true,
  },
  anongid: {
    type: 'int',
    min: 0,
    max: 0xffff_ffff,
    default: 65_534,
    aliases: ['server.anongid'],
    description: 'The gid of root-squash and all-squash.',
    reconfigurable: true,
  },
  'manage-gids': {
    type: 'bool',
    default: false,
    aliases: ['server.manage-gids'],
    description: "Whether the groups of a uid are looked up here, and not the client's are taken.",
    reconfigurable: true,
  },
  'gid-timeout': {
    type: 'time',
    default: 300,
    min: 0,
    max: 86_400,
    aliases: ['server.gid-timeout'],
    description: 'With manage-gids: how long the groups of a user are kept. 0: not at all.',
    reconfigurable: true,
  },
  'inode-lru-limit': {
    type: 'int',
    min: 1,
    max: 1_048_576,
    default: 16_384,
    description: 'Inodes that are remembered though no open file or name below needs them.',
  },
});

export type Settings = Values<typeof options>;

const texts = (descriptions: Readonly<Record<string, string>>): Options =>
  Object.fromEntries(
    Object.entries(descriptions).map(([key, description]) => [
      key,
      { type: 'str', description, reconfigurable: true },
    ]),
  );

/** By brick, and by user: the names stand in the keys. */
export const authOptions: Readonly<Record<string, Options>> = {
  'for each brick': texts({
    'auth.addr.BRICK.allow':
      'Addresses that may use it (*, 192.168.*, 10.0.0.0/8, !10.1.2.3), with commas between; ' +
      'for a folder of it /DIR(ADDRESS|ADDRESS).',
    'auth.addr.BRICK.reject': 'Addresses that may not, written in the same way.',
    'auth.login.BRICK.allow': 'Users that may use it, with commas between.',
    'auth.login.BRICK.ssl-allow': 'What auth.ssl-allow is for all bricks.',
  }),
  'for each user': texts({ 'auth.login.USER.password': "The user's password." }),
};

/** The form of those. */
export const AUTH = /^auth\.(addr\..+\.(allow|reject)|login\..+\.(allow|ssl-allow|password))$/;
