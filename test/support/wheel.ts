/** Makes uncompressed zip files in the form of a wheel, for tests. */
import { crc32 } from 'node:zlib';

/** A zip file (PKWARE's APPNOTE, version 2.0, method 0) with these files. */
export function makeZip(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const path = Buffer.from(name);
    // Version, flags (names are UTF-8), method, time, date (1980-01-01), crc, sizes, name, extra.
    const common = Buffer.alloc(26);
    [20, 0x800, 0, 0, 0x21].forEach((value, i) => {
      common.writeUInt16LE(value, i * 2);
    });
    [crc32(data), data.length, data.length].forEach((value, i) => {
      common.writeUInt32LE(value, 10 + i * 4);
    });
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);
    // Comment, disk, attributes, offset.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, path]));
    parts.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

/** A wheel of a distribution, with its metadata. */
export function makeWheel(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  requires: readonly string[] = [],
): Uint8Array {
  const needs = requires.map((text) => `Requires-Dist: ${text}\n`).join('');
  const info = `${name}-1.0.dist-info`;
  return makeZip({
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${needs}\nAbout it.\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  });
}
