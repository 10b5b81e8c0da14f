/** Defines the options of protocol/server: GlusterFS's, and glossa's own limits. */
import { declareEffectlessOptions } from '../../../runtime/core/effectless-options.ts';
import { defineOptions, type Options, type Values } from '../../../runtime/core/options.ts';
import { MIN_LIMIT_BYTES } from '../../../runtime/wire/record-memory.ts';
import { REPLY_MEMORY_BYTES } from '../../../runtime/wire/reply-memory.ts';
import { tlsOptions } from '../shared/certificates.ts';
import { listTransportTypes } from '../shared/transport-types.ts';

export const options = defineOptions({
  ...declareEffectlessOptions(
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
    'Accepted, without effect: the operating system or glossa decides.',
  ),
  'transport-type': {
    type: 'str',
    values: listTransportTypes('server'),
    default: 'tcp',
    description: 'Transport of the clients: TCP, or a UNIX socket (unix).',
  },
  'transport.socket.listen-port': {
    type: 'int',
    min: 0,
    max: 65_535,
    default: 0,
    aliases: ['listen-port'],
    description: 'The port of tcp. 0: a free port, which the log and glossa brick show.',
  },
  'transport.socket.bind-address': {
    type: 'addr',
    default: '127.0.0.1',
    aliases: ['bind-address'],
    description: 'The address to listen at: 0.0.0.0 or :: for all addresses of the machine.',
  },
  'transport.socket.listen-path': {
    type: 'path',
    description: 'The path of the UNIX socket, where transport-type is unix.',
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
    description: 'The name that auth options use for a brick, if not its own.',
    reconfigurable: true,
  },
  'strict-auth-accept': {
    type: 'bool',
    default: false,
    description: 'Refuses clients without a valid user name and password, at any address.',
    reconfigurable: true,
  },
  'rpc-auth-allow-insecure': {
    type: 'bool',
    default: true,
    description: 'Whether clients may connect from ports that are not reserved for root.',
    reconfigurable: true,
  },
  'rpc.outstanding-rpc-limit': {
    type: 'int',
    min: 0,
    max: 65_536,
    default: 64,
    description:
      'The most active requests of one connection, which is not read beyond them. Requests ' +
      'that wait for locks do not count. 0: no limit.',
    reconfigurable: true,
  },
  'rpc.record-memory-limit': {
    type: 'sizet',
    min: MIN_LIMIT_BYTES,
    default: 256 * 2 ** 20,
    description:
      'Memory for incomplete messages of all connections. A connection that needs more is not ' +
      'read until others complete theirs, or are closed for making no progress.',
    reconfigurable: true,
  },
  'rpc.reply-memory-limit': {
    type: 'sizet',
    min: 16 * 2 ** 20,
    default: REPLY_MEMORY_BYTES,
    description:
      'Memory for replies that clients have not taken, and for requests under way, of all ' +
      'connections. A connection that needs more is not read until others take their replies, ' +
      'or are closed for taking none.',
    reconfigurable: true,
  },
  'handshake-timeout': {
    type: 'time',
    min: 1,
    max: 3600,
    default: 30,
    description: 'Time limit of a handshake; its connection is then closed.',
    reconfigurable: true,
  },
  'handshake-limit': {
    type: 'int',
    min: 1,
    max: 65_536,
    default: 128,
    description: 'The most connections without a handshake; with one more, the oldest is closed.',
    reconfigurable: true,
  },
  'root-squash': {
    type: 'bool',
    default: false,
    aliases: ['server.root-squash'],
    description: 'Performs requests of root as anonuid and anongid.',
    reconfigurable: true,
  },
  'all-squash': {
    type: 'bool',
    default: false,
    aliases: ['server.all-squash'],
    description: 'Performs requests of all users as anonuid and anongid.',
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
    description: 'Whether the server looks up the groups of a uid instead of trusting the client.',
    reconfigurable: true,
  },
  'gid-timeout': {
    type: 'time',
    default: 300,
    min: 0,
    max: 86_400,
    aliases: ['server.gid-timeout'],
    description: 'With manage-gids: how long the groups of a user are cached. 0: not at all.',
    reconfigurable: true,
  },
  'inode-lru-limit': {
    type: 'int',
    min: 1,
    max: 1_048_576,
    default: 16_384,
    description: 'The most cached inodes that no open file and no entry below needs.',
  },
});

export type Settings = Values<typeof options>;

/** Makes options whose values are texts, from their descriptions. */
const makeTextOptions = (descriptions: Readonly<Record<string, string>>): Options =>
  Object.fromEntries(
    Object.entries(descriptions).map(([key, description]) => [
      key,
      { type: 'str', description, reconfigurable: true },
    ]),
  );

/** Options whose keys contain the name of a brick or a user. */
export const authOptions: Readonly<Record<string, Options>> = {
  'for each brick': makeTextOptions({
    'auth.addr.BRICK.allow':
      'Addresses that may use the brick (*, 192.168.*, 10.0.0.0/8, !10.1.2.3), with commas between; ' +
      'for a directory of it /DIR(ADDRESS|ADDRESS).',
    'auth.ip.BRICK.allow': 'An older name of auth.addr.BRICK.allow.',
    'auth.ip.BRICK.reject': 'An older name of auth.addr.BRICK.reject.',
    'auth.addr.BRICK.reject': 'Addresses that may not use it, in the same form.',
    'auth.login.BRICK.allow': 'Users that may use it, with commas between.',
    'auth.login.BRICK.ssl-allow': 'As auth.ssl-allow, for this brick alone.',
  }),
  'for each user': makeTextOptions({ 'auth.login.USER.password': "The user's password." }),
};

/** Matches the keys of `authOptions` for any brick or user. */
export const AUTH_KEY_PATTERN =
  /^auth\.((?:addr|ip)\..+\.(allow|reject)|login\..+\.(allow|ssl-allow|password))$/;
