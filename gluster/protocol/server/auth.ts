/**
 * Decides which clients may use a volume of a server, by address and by login. Each check accepts,
 * rejects, or abstains; a client is admitted if at least one accepts and none rejects.
 * Source: GlusterFS 10 `xlators/protocol/auth/{addr,login}/src`, `server/src/authenticate.c`.
 */
import { BlockList, isIP } from 'node:net';
import { isOn } from '../../../runtime/core/option-types.ts';
import { compileShellPattern } from '../../../runtime/core/shell-pattern.ts';

/** The result of one check; 'dont-care' (GlusterFS's term) abstains. */
export type Decision = 'accept' | 'reject' | 'dont-care';

/** The properties of a client that decide whether it may use a volume. */
export interface ClientIdentity {
  /** The IP address; empty on a UNIX socket. */
  readonly address: string;
  readonly port: number;
  /** The volume's name, from `remote-subvolume`. */
  readonly volume: string;
  /** The directory that becomes the client's root; `/` for the whole volume. */
  readonly subdir: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The common name of the client's certificate; undefined without TLS. */
  readonly certificate?: string | undefined;
}

/** The server's options by their keys in the volfile. */
export type AuthOptions = ReadonlyMap<string, string>;

/** Reads a volume's options. As GlusterFS does, it takes the older `auth.ip` for `auth.addr`. */
export const readAuthOptions = (
  options: readonly { readonly key: string; readonly value: string }[],
): AuthOptions =>
  new Map(options.map(({ key, value }) => [key.replace(/^auth\.ip\./, 'auth.addr.'), value]));

/** The lowest port that programs without root's privileges may use. */
const FIRST_INSECURE_PORT = 1024;

/**
 * Finds why the options refuse a client, for the server's log; null if they admit it: at least one
 * check accepts, and none rejects.
 */
export function findRefusal(
  options: AuthOptions,
  { volume, ...rest }: ClientIdentity,
): string | null {
  const identity = { ...rest, volume: findAuthName(options, volume) };
  const byAddress = decideByAddress(options, identity);
  const byLogin = decideByLogin(options, identity);
  if (byAddress === 'reject') return explainRejectedAddress(options, identity);
  if (byLogin === 'reject') return explainRejectedLogin(options, identity);
  if (byAddress === 'accept' || byLogin === 'accept') return null;
  return `no option accepts it; ${formatAllow(identity)} would`;
}

/** Whether the options accept a client of any address, login or certificate for a volume. */
export function canBeUsed(options: AuthOptions, volume: string): boolean {
  const name = findAuthName(options, volume);
  const list = (key: string): string[] => splitList(options.get(key) ?? '');
  return (
    list(`auth.addr.${name}.allow`).length > 0 ||
    list(`auth.login.${name}.allow`).some((user) => options.has(`auth.login.${user}.password`)) ||
    list(`auth.login.${name}.ssl-allow`).length > 0 ||
    list('auth.ssl-allow').length > 0
  );
}

/** The option that accepts a client by its address; a UNIX socket has none. */
export function formatAllow({
  volume,
  address,
  subdir,
}: Pick<ClientIdentity, 'volume' | 'address' | 'subdir'>): string {
  const addressItem = address || '*';
  const item = subdir === '/' ? addressItem : `${subdir}(${addressItem})`;
  return `'option auth.addr.${volume}.allow ${item}'`;
}

function explainRejectedAddress(
  options: AuthOptions,
  { volume, address, port, subdir }: ClientIdentity,
): string {
  const key = `auth.addr.${volume}.reject`;
  if (matchesList(options.get(key) ?? '', address, subdir)) return `option ${key} lists it`;
  return `option rpc-auth-allow-insecure is off, and its port ${port} is not reserved for root`;
}

function explainRejectedLogin(
  options: AuthOptions,
  { volume, username, certificate }: ClientIdentity,
): string {
  if (certificate !== undefined) {
    const key = `auth.login.${volume}.ssl-allow`;
    const name = JSON.stringify(certificate);
    return `option ${options.has(key) ? key : 'auth.ssl-allow'} does not list its certificate ${name}`;
  }
  const users = splitList(options.get(`auth.login.${volume}.allow`) ?? '');
  if (username !== undefined && users.includes(username))
    return 'its password is not that of option auth.login.USER.password';
  return `option auth.login.${volume}.allow does not list its user, and strict-auth-accept is on`;
}

/** Finds the name that the auth options use for a volume: its own, or else that of option auth-path. */
function findAuthName(options: AuthOptions, volume: string): string {
  const authPath = options.get('auth-path');
  const isKeyOfVolume = (key: string): boolean =>
    ['addr', 'login'].some((check) => key.startsWith(`auth.${check}.${volume}.`));
  return authPath === undefined || [...options.keys()].some(isKeyOfVolume) ? volume : authPath;
}

/** Decides by the options auth.addr, and by the port if rpc-auth-allow-insecure is off. */
export function decideByAddress(options: AuthOptions, identity: ClientIdentity): Decision {
  const { volume, port, address } = identity;
  const reject = options.get(`auth.addr.${volume}.reject`);
  const allow = options.get(`auth.addr.${volume}.allow`);
  if (reject === undefined && allow === undefined) return 'dont-care';
  if (isOff(options.get('rpc-auth-allow-insecure')) && port >= FIRST_INSECURE_PORT) return 'reject';
  if (reject !== undefined && matchesList(reject, address, identity.subdir)) return 'reject';
  return allow !== undefined && matchesList(allow, address, identity.subdir)
    ? 'accept'
    : 'dont-care';
}

/** Decides by the options auth.login: with a certificate by its name, else by user name and password. */
export function decideByLogin(options: AuthOptions, identity: ClientIdentity): Decision {
  const { volume, username, password, certificate } = identity;
  if (certificate !== undefined) return decideByCertificate(options, volume, certificate);
  const isStrict = isOn(options.get('strict-auth-accept') ?? '');
  const users = options.get(`auth.login.${volume}.allow`);
  if (users === undefined) return 'dont-care';
  const decisionIfUnknown = isStrict ? 'reject' : 'dont-care';
  if (username === undefined || password === undefined) return decisionIfUnknown;
  if (!splitList(users).includes(username)) return decisionIfUnknown;
  return options.get(`auth.login.${username}.password`) === password ? 'accept' : 'reject';
}

/** Decides by the certificate's common name, as TLS has verified its signer. Without a list of names it abstains. */
function decideByCertificate(options: AuthOptions, volume: string, name: string): Decision {
  const names = options.get(`auth.login.${volume}.ssl-allow`) ?? options.get('auth.ssl-allow');
  if (names === undefined) return 'dont-care';
  return splitList(names).some((item) => item === '*' || item === name) ? 'accept' : 'reject';
}

const OFF_PATTERN = /^(off|no|false|disable|0)$/i;
/** Whether a boolean option is given and off. */
const isOff = (text: string | undefined): boolean => text !== undefined && OFF_PATTERN.test(text);

/** Splits a list with commas between its items. */
const splitList = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Matches an item `/dir(a|b)`: the addresses a and b apply to clients of that directory. */
const DIRECTORY_ITEM = /^(\/[^(]*)\(([^)]*)\)$/;

/** Whether an item of a list matches a client's address and the directory that the client mounts. */
function matchesList(list: string, address: string, subdir: string): boolean {
  return splitList(list).some((item) => {
    const [, directory, addresses] = DIRECTORY_ITEM.exec(item) ?? [];
    // An item without a directory applies to clients of the whole volume.
    if (directory === undefined) return subdir === '/' && matchesPattern(item, address);
    return (
      directory === subdir &&
      addresses!.split('|').some((pattern) => matchesPattern(pattern.trim(), address))
    );
  });
}

/** Matches an address with `*`, an address, a network, or a shell pattern; `!` negates. */
function matchesPattern(pattern: string, address: string): boolean {
  if (pattern.startsWith('!')) return !matchesPattern(pattern.slice(1), address);
  if (pattern === '*' || pattern === address) return true;
  if (pattern.includes('/')) return matchesNetwork(pattern, address);
  return /[*?[]/.test(pattern) && compileShellPattern(pattern).test(address);
}

/** Matches a network such as `10.0.0.0/8` or `fe80::/10`. */
function matchesNetwork(network: string, address: string): boolean {
  const [base = '', prefixLength = ''] = network.split('/');
  const family = isIP(base);
  const [withoutZone = ''] = address.split('%');
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(prefixLength)) return false;
  if (Number(prefixLength) > (family === 4 ? 32 : 128)) return false;
  const familyName = family === 4 ? 'ipv4' : 'ipv6';
  const blockList = new BlockList();
  blockList.addSubnet(base, Number(prefixLength), familyName);
  return blockList.check(withoutZone, familyName);
}
