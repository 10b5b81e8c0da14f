/**
 * The introduction of a client to a brick, and the brick's reply. Source: GlusterFS 10
 * `xlators/protocol/client/src/client-handshake.c`.
 */
import { EACCES, ESTALE, errnoName } from '../../../runtime/core/errno.ts';
import { readTexts } from '../../rpc/dict.ts';
import { FOPS4, GLOSSA, OWN } from '../../rpc/programs.ts';
import type { XdrReader } from '../../rpc/xdr.ts';

/** As which release of GlusterFS a client speaks, and what that can do (op-version). */
const CLIENT_VERSION = '10.3';
const OP_VERSION = 100_000;

/**
 * What SETVOLUME says: GlusterFS sends all options of the volfile, too.
 * @param name of the client for as long as one connection lasts: a server that still has what belonged to the one
 *   before must not take it for this one's
 */
export function introduction(
  given: ReadonlyMap<string, string>,
  name: string,
): Map<string, string> {
  return new Map([
    ...given,
    ['transport-type', 'socket'],
    ['fops-version', String(FOPS4.number)],
    ['process-uuid', name],
    ['client-version', CLIENT_VERSION],
    ['opversion', String(OP_VERSION)],
    ['clnt-lk-version', '1'],
    [GLOSSA, String(OWN.version)],
  ]);
}

/** What the brick answers. */
export type Welcome =
  /** `isUp`: whether its storage is; `isGlossa`: it knows what is ours, and not GlusterFS's. */
  | { readonly ok: true; readonly isUp: boolean; readonly isGlossa: boolean }
  /** `final`: it will not change its mind. */
  | { readonly ok: false; readonly final: boolean; readonly why: string };

export function readWelcome(r: XdrReader): Welcome {
  const opRet = r.i32();
  const opErrno = r.i32();
  const texts = readTexts(r);
  if (texts === null || r.short) return { ok: false, final: false, why: 'its answer is no answer' };
  if (opRet >= 0) {
    return { ok: true, isUp: texts.get('child_up') !== '0', isGlossa: texts.has(GLOSSA) };
  }
  const said = texts.get('ERROR') ?? errnoName(opErrno) ?? `error ${opErrno}`;
  const why = opErrno === ESTALE ? `${said}: its volfile has changed` : said;
  return { ok: false, final: opErrno === EACCES, why };
}
