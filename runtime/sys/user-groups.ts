/**
 * Finds the groups of a user on this machine: in /etc/passwd and /etc/group, or where nsswitch.conf(5) says.
 * protocol/server uses them in place of the groups that a client sends, which may be forged.
 * Sources: getpwuid(3), getgrouplist(3); struct passwd of 64-bit libcs.
 */
import { addressOf, getgrouplist, getpwuid_r } from './libc.ts';

/** Size of struct passwd, and positions of its fields pw_name and pw_gid. */
const PASSWD_SIZE = 48;
const NAME_OFFSET = 0;
const GID_OFFSET = 20;
/** Bytes for the texts of a user's entry, and the most groups of a user. */
const TEXTS_SIZE = 65_536;
const GROUPS_MAX = 65_536;

/** Finds all groups of a user, the primary one included; null for an unknown uid. */
export function findUserGroups(uid: number): readonly number[] | null {
  const passwd = new DataView(new ArrayBuffer(PASSWD_SIZE));
  const texts = new Uint8Array(new ArrayBuffer(TEXTS_SIZE));
  const resultPointer = new BigUint64Array(1);
  const [passwdBytes, result] = [
    new Uint8Array(passwd.buffer),
    new Uint8Array(resultPointer.buffer),
  ];
  if (getpwuid_r(uid, passwdBytes, texts, TEXTS_SIZE, result) !== 0 || resultPointer[0] === 0n)
    return null;
  // pw_name is an address within the texts.
  const name = texts.subarray(Number(passwd.getBigUint64(NAME_OFFSET, true) - addressOf(texts)));
  const gid = passwd.getUint32(GID_OFFSET, true);
  for (let capacity = 64; capacity <= GROUPS_MAX; capacity *= 4) {
    const groups = new Uint32Array(capacity);
    const count = new Int32Array([capacity]);
    const bytes = new Uint8Array(groups.buffer);
    if (getgrouplist(name, gid, bytes, new Uint8Array(count.buffer)) >= 0) {
      return [...groups.subarray(0, count[0])];
    }
  }
  // The user has more groups than the largest buffer takes: only the primary one is returned.
  return [gid];
}
