/**
 * Decides which clients may use a volume of a server, by address and by login. Each check accepts,
 * rejects, or abstains; a client is admitted if at least one accepts and none rejects.
 * Source: GlusterFS 10 `xlators/protocol/auth/{addr,login}/src`, `server/src/authenticate.c`.
 */
import { BlockList, isIP } from 'node:net';
import { isOn } from '../../../runtime/core/accepted-options.ts';
import { shellPattern } from '../../../runtime/core/shell-pattern.ts';

export type Decision = 'accept' | 'reject' | 'dont-care';

/** A client that asks to use a volume. */
export interface ClientIdentity {
  /** Its address; empty on a UNIX socket. */
  readonly address: string;
  readonly port: number;
  /** The volume's name, from `remote-subvolume`. */
  readonly volume: string;
  /** The directory that becomes the client's root; `/` for the whole volume. */
  readonly subdir: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The common name of its certificate. */
  readonly certificate?: string | undefined;
}

/** The server's options by their keys in the volfile. */
export type AuthOptions = ReadonlyMap<string, string>;

/** Only root may use lower ports. */
const SECURE_PORTS = 1024;

export function isAdmitted(options: AuthOptions, { volume, ...rest }: ClientIdentity): boolean {
  const identity = { ...rest, volume: authNameOf(options, volume) };
  const decisions = [byAddress(options, identity), byLogin(options, identity)];
  return !decisions.includes('reject') && decisions.includes('accept');
}

/** The name that the auth options use for a volume. */
function authNameOf(options: AuthOptions, volume: string): string {
  const other = options.get('auth-path');
  const isOwn = (key: string): boolean =>
    ['addr', 'login'].some((way) => key.startsWith(`auth.${way}.${volume}.`));
  return other === undefined || [...options.keys()].some(isOwn) ? volume : other;
}

export function byAddress(options: AuthOptions, identity: ClientIdentity): Decision {
  const { volume, port, address } = identity;
  const reject = options.get(`auth.addr.${volume}.reject`);
  const allow = options.get(`auth.addr.${volume}.allow`);
  if (reject === undefined && allow === undefined) return 'dont-care';
  if (isOff(options.get('rpc-auth-allow-insecure')) && port >= SECURE_PORTS) return 'reject';
  if (reject !== undefined && matches(reject, address, identity.subdir)) return 'reject';
  return allow !== undefined && matches(allow, address, identity.subdir) ? 'accept' : 'dont-care';
}

export function byLogin(options: AuthOptions, identity: ClientIdentity): Decision {
  const { volume, username, password, certificate } = identity;
  if (certificate !== undefined) return byCertificate(options, volume, certificate);
  const isStrict = isOn(options.get('strict-auth-accept') ?? '');
  const users = options.get(`auth.login.${volume}.allow`);
  if (users === undefined) return 'dont-care';
  const stranger = isStrict ? 'reject' : 'dont-care';
  if (username === undefined || password === undefined) return stranger;
  if (!items(users).includes(username)) return stranger;
  return options.get(`auth.login.${username}.password`) === password ? 'accept' : 'reject';
}

/** The TLS handshake has verified the signer; without a list the name decides nothing. */
function byCertificate(options: AuthOptions, volume: string, name: string): Decision {
  const names = options.get(`auth.login.${volume}.ssl-allow`) ?? options.get('auth.ssl-allow');
  if (names === undefined) return 'dont-care';
  return items(names).some((item) => item === '*' || item === name) ? 'accept' : 'reject';
}

const OFF = /^(off|no|false|disable|0)$/i;
const isOff = (text: string | undefined): boolean => text !== undefined && OFF.test(text);

const items = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** `/dir(a|b)`: the addresses apply to clients of that directory. */
const FOR_FOLDER = /^(\/[^(]*)\(([^)]*)\)$/;

/** Whether a list of addresses matches. */
function matches(list: string, address: string, subdir: string): boolean {
  return items(list).some((item) => {
    const [, folder, inside] = FOR_FOLDER.exec(item) ?? [];
    // An item without a directory applies to clients of the whole volume.
    if (folder === undefined) return subdir === '/' && fits(item, address);
    return folder === subdir && inside!.split('|').some((each) => fits(each.trim(), address));
  });
}

function fits(pattern: string, address: string): boolean {
  if (pattern.startsWith('!')) return !fits(pattern.slice(1), address);
  if (pattern === '*' || pattern === address) return true;
  if (pattern.includes('/')) return inNetwork(pattern, address);
  return /[*?[]/.test(pattern) && shellPattern(pattern).test(address);
}

/** Matches a network such as `10.0.0.0/8` or `fe80::/10`. */
function inNetwork(network: string, address: string): boolean {
  const [base = '', length = ''] = network.split('/');
  const family = isIP(base);
  const [plain = ''] = address.split('%');
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(length)) return false;
  if (Number(length) > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, Number(length), kind);
  return list.check(plain, kind);
}
