import { describe, expect, test } from 'vitest';
import { NULL_GFID } from './gfid.ts';
import {
  direntType,
  IA_IFBLK,
  IA_IFCHR,
  IA_IFDIR,
  IA_IFIFO,
  IA_IFLNK,
  IA_IFREG,
  IA_IFSOCK,
  IA_INVAL,
  Iatt,
  typeOfMode,
} from './iatt.ts';

describe('ia_type', () => {
  /** ia_type, the type's bits of st_mode, and the DT_ constant of <dirent.h>. */
  test.each([
    [IA_INVAL, 0o000000, 0],
    [IA_IFREG, 0o100000, 8],
    [IA_IFDIR, 0o040000, 4],
    [IA_IFLNK, 0o120000, 10],
    [IA_IFBLK, 0o060000, 6],
    [IA_IFCHR, 0o020000, 2],
    [IA_IFIFO, 0o010000, 1],
    [IA_IFSOCK, 0o140000, 12],
  ])('%i converts to st_mode bits, to DT_ and back', (type, bits, dirent) => {
    expect(typeOfMode(bits | 0o7777)).toBe(type);
    expect(direntType(type)).toBe(dirent);
    const buf = new Iatt();
    buf.mode = bits | 0o4751;
    expect([buf.iaType, buf.iaProt, buf.mode]).toEqual([type, 0o4751, bits | 0o4751]);
  });

  test('ia_type of unknown st_mode bits is IA_INVAL', () => {
    expect(typeOfMode(0o030000)).toBe(IA_INVAL);
  });
});

test('a new iatt counts as unknown until it has a ctime or a link count', () => {
  const buf = new Iatt();
  expect([buf.known, buf.iaGfid]).toEqual([false, NULL_GFID]);
  expect(Object.assign(buf.copy(), { iaNlink: 1 }).known).toBe(true);
  expect(Object.assign(buf.copy(), { iaCtime: 1 }).known).toBe(true);
  expect(buf.known).toBe(false);
});

test('iaIno is made of the last bytes of the gfid, big-endian', () => {
  const buf = Object.assign(new Iatt(), { iaGfid: 'eab7a035-8f43-4e91-a561-e4e5c42fce07' });
  expect(buf.iaIno).toBe(2693685727634378247n);
});

test('a copied iatt has the same fields and values', () => {
  const buf = Object.assign(new Iatt(), { iaSize: 7, iaMtimeNsec: 999_999_999 });
  expect(buf.copy()).toEqual(buf);
  expect(Object.keys(buf.copy())).toEqual(Object.keys(new Iatt()));
});
