import { describe, expect, test } from 'vitest';
import { findFop, fops, numbersWithoutMethod, toCamelCase } from './fops.ts';
import {
  fail,
  fopNames,
  Links,
  makeRefusingFop,
  pass,
  tail,
  unwind,
  wind,
} from './gen/fops.gen.ts';
import { tap } from './gen/taps.gen.ts';

/**
 * GlusterFS `glusterfs_fop_t`: number, name in statistics, and the method if its name differs.
 */
const glusterfs = `
1 STAT, 2 READLINK, 3 MKNOD, 4 MKDIR, 5 UNLINK, 6 RMDIR, 7 SYMLINK, 8 RENAME, 9 LINK, 10 TRUNCATE,
11 OPEN, 12 READ readv, 13 WRITE writev, 14 STATFS, 15 FLUSH, 16 FSYNC, 17 SETXATTR, 18 GETXATTR,
19 REMOVEXATTR, 20 OPENDIR, 21 FSYNCDIR, 22 ACCESS, 23 CREATE, 24 FTRUNCATE, 25 FSTAT, 26 LK,
27 LOOKUP, 28 READDIR, 29 INODELK, 30 FINODELK, 31 ENTRYLK, 32 FENTRYLK, 33 XATTROP, 34 FXATTROP,
35 FGETXATTR, 36 FSETXATTR, 37 RCHECKSUM, 38 SETATTR, 39 FSETATTR, 40 READDIRP, 44 GETSPEC,
45 FREMOVEXATTR, 46 FALLOCATE, 47 DISCARD, 48 ZEROFILL, 49 IPC, 50 SEEK, 51 LEASE, 53 GETACTIVELK,
54 SETACTIVELK, 55 PUT, 56 ICREATE, 57 NAMELINK, 58 COPY_FILE_RANGE`;

describe('the table of fops', () => {
  test("has all of GlusterFS's fops, in its order", () => {
    const expected = glusterfs
      .trim()
      .split(/,\s+/)
      .map((row) => {
        const [number, logName, name] = row.split(' ') as [string, string, string?];
        return [Number(number), logName, name ?? logName.toLowerCase()];
      });
    expect(fops.map((fop) => [fop.number, fop.logName, fop.name])).toEqual(expected);
  });

  test('uses every number from 0 on once, together with the numbers without a method', () => {
    const numbers = [...fops.map((fop) => fop.number), ...numbersWithoutMethod.keys()];
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i));
  });

  test('has xdata as the last argument, except in the reply of lookup and in getspec', () => {
    for (const fop of fops) {
      if (fop.name === 'getspec') continue;
      expect(fop.args.at(-1)?.name, fop.name).toBe('xdata');
      const reply = fop.reply.map((arg) => arg.name);
      expect(reply.indexOf('xdata'), fop.name).toBe(reply.length - (fop.name === 'lookup' ? 2 : 1));
    }
    expect(findFop('lookup')!.reply.at(-1)).toMatchObject({ name: 'postparent', type: 'iatt' });
    const all = [...findFop('getspec')!.args, ...findFop('getspec')!.reply];
    expect(all.map((arg) => arg.name)).toEqual(['key', 'flags', 'spec']);
  });

  test('has argument names that are unique and none of a stub, nullable objects in replies, and no nullable loc', () => {
    // Parameters and variables of the generated stubs in TypeScript, C, Python and Rust.
    const ofStubs =
      'self this frame root xl cookie cbk child child_frame target parent op_ret op_errno at values f v';
    const isTaken = (name: string): boolean =>
      ofStubs.split(' ').some((taken) => toCamelCase(taken) === toCamelCase(name));
    for (const { name, args, reply } of fops) {
      for (const list of [args, reply]) {
        expect(new Set(list.map((arg) => arg.name)).size, name).toBe(list.length);
        const taken = list.filter((arg) => isTaken(arg.name)).map((arg) => arg.name);
        expect(taken, `${name}: a stub has a parameter of this name`).toEqual([]);
      }
      for (const arg of reply) expect(arg.nullable, `${name}.${arg.name}`).toBe(arg.type !== 'int');
      for (const arg of args) if (arg.type === 'loc') expect(arg.nullable, name).toBe(false);
    }
  });

  test('marks the loc of every fop that creates or removes a name', () => {
    const changes = fops.filter(({ entry }) => entry.creates || entry.removes);
    for (const { name, args, entry } of changes) {
      for (const loc of [entry.creates, entry.removes]) {
        if (loc === undefined) continue;
        expect(args.find((arg) => arg.name === loc)?.type, `${name}: ${loc}`).toBe('loc');
      }
    }
    const names = (kind: 'creates' | 'removes') =>
      changes.filter(({ entry }) => entry[kind]).map((fop) => fop.name);
    expect(names('removes')).toEqual(['unlink', 'rmdir', 'rename']);
    expect(names('creates')).toEqual(
      'mknod mkdir symlink rename link create put namelink'.split(' '),
    );
  });

  test('finds a fop by its method name, or by its log name in any case', () => {
    expect(findFop('readv')).toBe(findFop('READ'));
    expect(findFop('read')?.number).toBe(12);
    expect(findFop('Copy_File_Range')?.name).toBe('copy_file_range');
    for (const name of ['', 'forget', 'compound', 'readx']) expect(findFop(name)).toBe(undefined);
  });
});

describe('the generated stubs', () => {
  test('exist for every fop, in the order of the table', () => {
    const names = fops.map((fop) => fop.name);
    expect(fopNames).toEqual(names);
    for (const group of [wind, tail, unwind, fail, pass, tap]) {
      expect(Object.keys(group)).toEqual(names);
    }
    const links = new Links((name) => ({ xl: null as never, fop: makeRefusingFop(name, 95) }));
    expect(Object.keys(links)).toEqual(names);
  });
});
