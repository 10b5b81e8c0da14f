/**
 * Passes made-up lookups to glupy's own translator (`python/glupy/_rehearsal.py`), so that V8 compiles CPython's code for
 * requests while the server is idle. The calls are those of a fop: `makeArrayCall` with the scalars of a lookup.
 */
import { ENOENT } from '../../runtime/core/errno.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import { listScalarKinds } from '../host/crossing/flatten.ts';
import { type EnterGuest, METHOD_FAILED, type Scalar, WIND_UNCHANGED } from '../host/guest.ts';
import type { Engine } from './engine.ts';

/** Requests of one call: they take a millisecond or two before V8 has compiled the code. */
const REQUESTS = 48;
/** Names that the requests look up in turn; glupy's own translator caches fewer. */
const NAMES = Array.from({ length: 20 }, (_, i) => `rehearsed-${i}`);
/** The number of an inode that the translator does not read. */
const PARENT_NUMBER = 1;

/** Seconds of the shortest time limit that a rehearsal's call keeps for certain. */
export const TIME_LIMIT_MIN_S = 1;

/** Makes the function that rehearses some requests; it returns false when it must not be called again. */
export function makeRehearsal(engine: Engine): () => boolean {
  const rehearsal = engine.importModule('glupy._rehearsal');
  const makeEntry = (name: string, kinds: string): EnterGuest => {
    const make = engine.makeCall(engine.findAttribute(rehearsal, name), '', 'o');
    return engine.makeArrayCall(make(), kinds, true);
  };
  const { args, reply } = findFop('lookup')!;
  const enter = makeEntry('entry', `i${listScalarKinds(args)}`);
  const enterReply = makeEntry('reply_entry', `iiii${listScalarKinds(reply)}`);
  const isVisible = engine.makeCall(engine.findAttribute(rehearsal, 'is_visible'), '', 'i');
  const request: Scalar[] = [0, 0, PARENT_NUMBER, undefined, undefined, ROOT_GFID, 0];
  const absentReply: Scalar[] = [0, 0, -1, ENOENT, ...reply.map(() => 0)];
  let count = 0;
  return () => {
    if (isVisible() !== 0) return false;
    for (const end = count + REQUESTS; count < end; count++) {
      request[3] = NAMES[count % NAMES.length];
      let code = enter(request);
      if (code === WIND_UNCHANGED) code = enterReply(absentReply);
      if (code === METHOD_FAILED) return false;
    }
    return true;
  };
}
