/** Extended attributes of files that a test prepares, without the package attr. */
import { setxattr } from '../../runtime/sys/libc.ts';

export function setXattr(path: string, name: string, value: Uint8Array): void {
  const text = (of: string): Buffer => Buffer.from(`${of}\0`);
  const status = setxattr(text(path), text(name), value, value.length, 0);
  if (status < 0) throw new Error(`setxattr ${name} of ${path}: errno ${-status}`);
}
