/**
 * Checks, when a server starts, the interfaces of Node that are no promise of Node's. What is missing
 * is named, with what is done instead: nothing needs them but speed, and calls that hear no interrupt.
 */
import { optional } from './call.ts';
import { missingForTurns } from './end-turn.ts';
import { findBackend } from './uv.ts';

/** One line for each interface that this Node has not; `find` looks symbols up. */
export function missingInterfaces(find: typeof optional = optional): readonly string[] {
  const turns = missingForTurns(find).map(
    (name) =>
      `this Node has no ${name}: a script's call that cannot be interrupted ends the whole process`,
  );
  const backend =
    findBackend(find)() < 0
      ? ['this Node has no uv_backend_fd: requests wait in the event loop, which takes longer']
      : [];
  return [...turns, ...backend];
}
