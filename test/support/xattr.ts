/** Sets and reads extended attributes of test files, without the package attr. */
import { removexattr, setxattr } from '../../runtime/sys/libc.ts';

const toCString = (of: string): Buffer => Buffer.from(`${of}\0`);

export function setXattr(path: string, name: string, value: Uint8Array): void {
  const status = setxattr(toCString(path), toCString(name), value, value.length, 0);
  if (status < 0) throw new Error(`setxattr ${name} of ${path}: errno ${-status}`);
}

export function removeXattr(path: string, name: string): void {
  const status = removexattr(toCString(path), toCString(name));
  if (status < 0) throw new Error(`removexattr ${name} of ${path}: errno ${-status}`);
}
