/**
 * Finds the groups of a user on this machine, by /etc/passwd and /etc/group or another source in nsswitch.conf(5).
 * Sources: getpwuid(3), getgrouplist(3); struct passwd of 64-bit libcs.
 */
import { address } from './call.ts';
import { getgrouplist, getpwuid_r } from './libc.ts';

/** Size of struct passwd, and positions of its fields pw_name and pw_gid. */
const PASSWD_SIZE = 48;
const NAME_AT = 0;
const GID_AT = 20;
/** Bytes for the texts of a user's entry, and the most groups of a user. */
const TEXTS_SIZE = 65_536;
const GROUPS_MAX = 65_536;

/** Finds all groups of a user, the primary one included; null for an unknown uid. */
export function findUserGroups(uid: number): readonly number[] | null {
  const passwd = new DataView(new ArrayBuffer(PASSWD_SIZE));
  const texts = new Uint8Array(new ArrayBuffer(TEXTS_SIZE));
  const resultPointer = new BigUint64Array(1);
  const [into, result] = [new Uint8Array(passwd.buffer), new Uint8Array(resultPointer.buffer)];
  if (getpwuid_r(uid, into, texts, TEXTS_SIZE, result) !== 0 || resultPointer[0] === 0n)
    return null;
  // pw_name is an address within the texts.
  const name = texts.subarray(Number(passwd.getBigUint64(NAME_AT, true) - address(texts)));
  const gid = passwd.getUint32(GID_AT, true);
  for (let room = 64; room <= GROUPS_MAX; room *= 4) {
    const groups = new Uint32Array(room);
    const count = new Int32Array([room]);
    const bytes = new Uint8Array(groups.buffer);
    if (getgrouplist(name, gid, bytes, new Uint8Array(count.buffer)) >= 0) {
      return [...groups.subarray(0, count[0])];
    }
  }
  return [gid];
}
