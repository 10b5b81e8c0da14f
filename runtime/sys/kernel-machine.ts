/**
 * Finds the machine of the kernel, whose numbers `/dev/fuse` has. It differs from `process.arch` for a program that is
 * emulated (qemu-user; images for amd64 in Docker on a Mac with ARM), although uname(2) hides it there.
 *
 * Source: Linux Documentation/admin-guide/sysctl/kernel.rst (arch).
 */
import { readFileSync } from 'node:fs';

function readKernelMachine(): string {
  try {
    return readFileSync('/proc/sys/kernel/arch', 'utf8').trim();
  } catch {
    // Linux before 6.1, or no Linux: the program is taken to run natively.
    return process.arch;
  }
}

/** The kernel's machine by uname(2)'s name (`x86_64`, `aarch64`) or Node's. */
export const kernelMachine: string = readKernelMachine();
