/**
 * Makes the options of a client's handshake (SETVOLUME), and reads the brick's reply. Source: GlusterFS 10
 * `xlators/protocol/client/src/client-handshake.c`.
 */
import { EACCES, ESTALE, errnoName } from '../../../runtime/core/errno.ts';
import type { XdrReader } from '../../../runtime/wire/xdr.ts';
import { readTexts } from '../../rpc/dict.ts';
import { FOPS4, GLOSSA_PROGRAM, GLOSSA_VERSION_KEY } from '../../rpc/programs.ts';

/** The release of GlusterFS that the client claims to be, and its features (op-version). */
const CLIENT_VERSION = '10.3';
const OP_VERSION = 100_000;

/**
 * Makes the options that SETVOLUME sends; like GlusterFS, all options of the volfile are among them.
 * @param clientName the client's name, different for each connection: the server may still hold the last one's state
 */
export function makeSetVolumeTexts(
  volfileOptions: ReadonlyMap<string, string>,
  clientName: string,
): Map<string, string> {
  return new Map([
    ...volfileOptions,
    ['transport-type', 'socket'],
    ['fops-version', String(FOPS4.number)],
    ['process-uuid', clientName],
    ['client-version', CLIENT_VERSION],
    ['opversion', String(OP_VERSION)],
    ['clnt-lk-version', '1'],
    [GLOSSA_VERSION_KEY, String(GLOSSA_PROGRAM.version)],
  ]);
}

/** The brick's reply to the handshake. */
export type HandshakeReply =
  /** `isUp`: its storage is up; `isGlossa`: it knows glossa's own requests. */
  | { readonly ok: true; readonly isUp: boolean; readonly isGlossa: boolean }
  /** `isFinal`: another attempt would fail, too. */
  | { readonly ok: false; readonly isFinal: boolean; readonly reason: string };

/** Reads the brick's reply to SETVOLUME. */
export function readHandshakeReply(r: XdrReader): HandshakeReply {
  const opRet = r.i32();
  const opErrno = r.i32();
  const texts = readTexts(r);
  if (texts === null || r.isMalformed)
    return { ok: false, isFinal: false, reason: 'malformed reply to the handshake' };
  if (opRet >= 0) {
    return {
      ok: true,
      isUp: texts.get('child_up') !== '0',
      isGlossa: texts.has(GLOSSA_VERSION_KEY),
    };
  }
  const error = texts.get('ERROR') ?? errnoName(opErrno) ?? `error ${opErrno}`;
  const reason = opErrno === ESTALE ? `${error}: its volfile has changed` : error;
  return { ok: false, isFinal: opErrno === EACCES, reason };
}
