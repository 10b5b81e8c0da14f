/** Prints a request as one line, for tests: header, then every argument with its value. */

import { nameOpcode, operationsByOpcode } from '../../opcodes.ts';
import { Cursor, InHeader, Span } from '../cursor.ts';

/** Returns `SHORT` if the message ends too early, `+N` at the end if N bytes are left over. */
export function formatRequest(bytes: Uint8Array): string {
  const cursor = new Cursor(bytes);
  const header = new InHeader();
  cursor.readHeader(bytes.length, header);
  const row = operationsByOpcode[header.opcode];
  if (cursor.isShort || row === undefined)
    return cursor.isShort ? 'SHORT' : nameOpcode(header.opcode);
  row.decode(cursor, row.args);
  if (cursor.isShort) return 'SHORT';
  const args = Object.entries(row.args as object).map(([key, value]) => {
    if (!(value instanceof Span)) return `${key}=${value}`;
    return `${key}=${new TextDecoder().decode(bytes.subarray(value.start, value.end))}`;
  });
  const { unique, nodeid, uid, gid } = header;
  const leftBytes = cursor.end - cursor.position;
  const head = `${nameOpcode(row.opcode)} #${unique} node ${nodeid} uid ${uid} gid ${gid}`;
  return [head, ...args, ...(leftBytes > 0 ? [`+${leftBytes}`] : [])].join(' ');
}
