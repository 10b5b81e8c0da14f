/** Mounts a stack in a scratch folder, and runs shells in it. */
import { type Scratch, type ServedMount, startMount } from './mount.ts';
import { type Kind, volfileOf } from './stacks.ts';

export async function startStack(
  scratch: Scratch,
  kind: Kind = 'posix',
  args: readonly string[] = [],
): Promise<ServedMount> {
  const brick = await scratch.folder('brick');
  return startMount(scratch, await volfileOf(scratch, kind, brick), { args });
}

/** Runs a script to its end; returns output and errors. */
export async function sh(scratch: Scratch, folder: string, script: string): Promise<string> {
  const { out, err } = await scratch.client(folder, script).outcome;
  return out + err;
}
