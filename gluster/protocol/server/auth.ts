/**
 * Decides which clients may use a volume of a server: by address, and by name and password. Each way accepts, rejects,
 * or does not care. One that rejects is enough to refuse, and without one that accepts nobody comes in.
 *
 * Source: GlusterFS 10 `xlators/protocol/auth/{addr,login}/src`, `server/src/authenticate.c`.
 */
import { BlockList, isIP } from 'node:net';
import { isOn } from '../../../runtime/core/accepted-options.ts';
import { shellPattern } from '../../../runtime/core/shell-pattern.ts';

export type Decision = 'accept' | 'reject' | 'dont-care';

/** Somebody who wants to use a volume. */
export interface Comer {
  /** Its address; empty for one that came by a socket of the file system. */
  readonly address: string;
  readonly port: number;
  /** The volume, as `remote-subvolume` has it. */
  readonly volume: string;
  /** The folder of it that is to be its root: `/` for all. */
  readonly subdir: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The name in the certificate that it has shown. */
  readonly certificate?: string | undefined;
}

/** Options of the server by their keys, as the volfile has them. */
export type Given = ReadonlyMap<string, string>;

/** Ports below are root's. */
const SECURE_PORTS = 1024;

export function mayEnter(given: Given, { volume, ...rest }: Comer): boolean {
  const comer = { ...rest, volume: calledBy(given, volume) };
  const decisions = [byAddress(given, comer), byLogin(given, comer)];
  return !decisions.includes('reject') && decisions.includes('accept');
}

/** The name by which the options call a volume. */
function calledBy(given: Given, volume: string): string {
  const other = given.get('auth-path');
  const isOwn = (key: string): boolean =>
    ['addr', 'login'].some((way) => key.startsWith(`auth.${way}.${volume}.`));
  return other === undefined || [...given.keys()].some(isOwn) ? volume : other;
}

export function byAddress(given: Given, comer: Comer): Decision {
  const { volume, port, address } = comer;
  const reject = given.get(`auth.addr.${volume}.reject`);
  const allow = given.get(`auth.addr.${volume}.allow`);
  if (reject === undefined && allow === undefined) return 'dont-care';
  if (isOff(given.get('rpc-auth-allow-insecure')) && port >= SECURE_PORTS) return 'reject';
  if (reject !== undefined && matches(reject, address, comer.subdir)) return 'reject';
  return allow !== undefined && matches(allow, address, comer.subdir) ? 'accept' : 'dont-care';
}

export function byLogin(given: Given, comer: Comer): Decision {
  const { volume, username, password, certificate } = comer;
  if (certificate !== undefined) return byCertificate(given, volume, certificate);
  const isStrict = isOn(given.get('strict-auth-accept') ?? '');
  const users = given.get(`auth.login.${volume}.allow`);
  if (users === undefined) return 'dont-care';
  const stranger = isStrict ? 'reject' : 'dont-care';
  if (username === undefined || password === undefined) return stranger;
  if (!items(users).includes(username)) return stranger;
  return given.get(`auth.login.${username}.password`) === password ? 'accept' : 'reject';
}

/** Who has signed it was looked at before; without a list it says nothing more. */
function byCertificate(given: Given, volume: string, name: string): Decision {
  const names = given.get(`auth.login.${volume}.ssl-allow`) ?? given.get('auth.ssl-allow');
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

/** `/dir(a|b)`: what follows is for those who want that folder. */
const FOR_FOLDER = /^(\/[^(]*)\(([^)]*)\)$/;

/** Whether a list has an address in it. */
function matches(list: string, address: string, subdir: string): boolean {
  return items(list).some((item) => {
    const [, folder, inside] = FOR_FOLDER.exec(item) ?? [];
    // Without a folder an item is for those who want all of the volume.
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

/** `10.0.0.0/8`, `fe80::/10`. */
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
