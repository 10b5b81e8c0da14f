/** Mounts a stack in a scratch folder, and runs shells in it. */
import { type Scratch, type ServedMount, startMount } from './mount.ts';
import { type Kind, makeVolfile } from './stacks.ts';

export async function startStack(
  scratch: Scratch,
  kind: Kind = 'posix',
  args: readonly string[] = [],
): Promise<ServedMount> {
  const brick = await scratch.makeFolder('brick');
  return startMount(scratch, await makeVolfile(scratch, kind, brick), { args });
}

/** Runs a script to its end; returns output and errors. */
export async function runScript(scratch: Scratch, folder: string, script: string): Promise<string> {
  const { out, err } = await scratch.startClient(folder, script).outcome;
  return out + err;
}
