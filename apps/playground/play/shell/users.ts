/** The users of the playground; each is alone in a group of the same number. */
import type { Caller } from '../../../../runtime/api/driver.ts';

export const USERS: Readonly<Record<string, number>> = {
  root: 0,
  alice: 1000,
  bob: 1001,
  carol: 1002,
};

/** What the shell's requests say of their process. */
const PID = 1;

const DIGITS = /^\d{1,9}$/;

/** The number of a user by name, or by the number; undefined when there is none. */
export const userNumber = (name: string): number | undefined =>
  Object.hasOwn(USERS, name) ? USERS[name] : DIGITS.test(name) ? Number(name) : undefined;

export const userName = (uid: number): string =>
  Object.keys(USERS).find((name) => USERS[name] === uid) ?? String(uid);

export const callerOf = (uid: number): Caller => ({ uid, gid: uid, pid: PID, groups: [] });
