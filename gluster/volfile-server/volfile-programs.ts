/**
 * Implements the procedures of a volfile server, which return volfiles by name, ids of volumes, and ports of bricks.
 * Source: GlusterFS 10 `xlators/mgmt/glusterd/src/{glusterd-handshake,glusterd-pmap}.c`.
 */
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { EACCES, EINVAL, ENOENT } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import { isSecret } from '../../runtime/core/secrets.ts';
import { parse, type Statement } from '../../runtime/volfile/parse.ts';
import { neededWords } from '../../runtime/volfile/statement-words.ts';
import type { XdrReader } from '../../runtime/wire/xdr.ts';
import {
  makeResults,
  type Procedure,
  type ResultsWriter,
  replySuccess,
  type ServedProgram,
} from '../rpc/call-server.ts';
import { readTexts, writeTexts } from '../rpc/dict.ts';
import { type Fields, parseFields, readFields } from '../rpc/fields.ts';
import { ACCEPT_STATUS } from '../rpc/message.ts';
import {
  brickByPortCall,
  brickByPortReply,
  getspecCall,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  PORTMAP,
  PORTMAP_PROCEDURES,
  portByBrickCall,
  portByBrickReply,
  signinCall,
  signoutCall,
  signReply,
  volumeInfoReply,
  WANTS_ID,
  WANTS_SERVERS,
} from '../rpc/programs.ts';
import type { Portmap } from './portmap.ts';
import { computeVolumeId, isRefusal, parseKey, type VolfileFolder } from './volfile-folder.ts';

const NO_BYTES = new Uint8Array();
/** `getspecReply` with the volfile as raw bytes. */
const specReply = parseFields('op_ret:i32 op_errno:i32 spec:opaque');

/** The state that all connections share. */
export interface VolfileServerState {
  readonly folder: VolfileFolder;
  readonly portmap: Portmap;
  /** Other volfile servers, HOST:PORT each, that the server announces to clients. */
  readonly servers: readonly string[];
}

/** The client of one connection. */
export interface Peer {
  /** The name in the log. */
  readonly name: string;
  /** Whether the client runs on this machine. */
  readonly isLocal: boolean;
  log(text: string): void;
}

/** Makes a procedure that parses its arguments and replies with the result of `perform`. */
const makeProcedure =
  (argumentFields: Fields, perform: (values: readonly unknown[]) => ResultsWriter): Procedure =>
  (r) => {
    const values = readFields(r, argumentFields);
    return r.isMalformed ? ACCEPT_STATUS.GARBAGE_ARGS : perform(values);
  };

/** Makes the reply with a brick's name or port, and `status` 1; ENOENT and `emptyValue` if `location` is undefined. */
const makeLocationReply = (reply: Fields, location: unknown, emptyValue: unknown): ResultsWriter =>
  location === undefined
    ? makeResults(reply, -1, ENOENT, 0, emptyValue)
    : makeResults(reply, 0, 0, 1, location);

/** Makes the programs that a volfile server serves to one client. */
export function makePrograms(state: VolfileServerState, peer: Peer): ServedProgram[] {
  const { portmap } = state;
  const handshake: readonly [number, Procedure][] = [
    [HANDSHAKE_PROCEDURES.NULL, replySuccess],
    [HANDSHAKE_PROCEDURES.PING, replySuccess],
    [
      HANDSHAKE_PROCEDURES.GETSPEC,
      makeProcedure(getspecCall, ([flags, key]) =>
        serveGetspec(state, peer, flags as number, key as string),
      ),
    ],
    [HANDSHAKE_PROCEDURES.GET_VOLUME_INFO, (r) => serveVolumeInfo(state, r)],
  ];
  /** Replies to SIGNIN or SIGNOUT. Both are accepted from this machine only, as clients look for bricks on it. */
  const replyToSigning = (isAccepted: boolean, action: string): ResultsWriter => {
    peer.log(`${peer.name} ${action}${isAccepted ? '' : ', which is refused'}`);
    return isAccepted
      ? makeResults(signReply, 0, 0)
      : makeResults(signReply, -1, peer.isLocal ? EINVAL : EACCES);
  };
  const ports: readonly [number, Procedure][] = [
    [PORTMAP_PROCEDURES.NULL, replySuccess],
    [
      PORTMAP_PROCEDURES.PORTBYBRICK,
      makeProcedure(portByBrickCall, ([brick]) => {
        const port = portmap.findPort(brick as string);
        return makeLocationReply(portByBrickReply, port, 0);
      }),
    ],
    [
      PORTMAP_PROCEDURES.BRICKBYPORT,
      makeProcedure(brickByPortCall, ([port]) => {
        const brick = portmap.findBrick(port as number);
        return makeLocationReply(brickByPortReply, brick, '');
      }),
    ],
    [
      PORTMAP_PROCEDURES.SIGNIN,
      makeProcedure(signinCall, ([name, port, pid]) => {
        const isAccepted = peer.isLocal && portmap.signIn(name as string, port as number, peer);
        return replyToSigning(
          isAccepted,
          `registered brick '${printable(name as string)}' at port ${port} (process ${pid})`,
        );
      }),
    ],
    [
      PORTMAP_PROCEDURES.SIGNOUT,
      makeProcedure(signoutCall, ([name, port]) => {
        const isAccepted = peer.isLocal && portmap.signOut(name as string, port as number);
        return replyToSigning(
          isAccepted,
          `removed brick '${printable(name as string)}' from port ${port}`,
        );
      }),
    ],
  ];
  return [
    { ...HANDSHAKE, procedures: new Map(handshake) },
    { ...PORTMAP, procedures: new Map(ports) },
  ];
}

/** Replies with a volfile; for a client on another machine, passwords are removed from it. */
function serveGetspec(
  { folder, servers }: VolfileServerState,
  peer: Peer,
  flags: number,
  key: string,
): ResultsWriter {
  const request = `${peer.name} asked for '${printable(key)}' (flags ${flags})`;
  const refuse = (errno: number, reason: string): ResultsWriter => {
    peer.log(`${request}: ${reason}`);
    return makeSpecResults(-1, errno, NO_BYTES);
  };
  const content = folder.read(key);
  if (isRefusal(content)) return refuse(content.errno, content.reason);
  const text = peer.isLocal ? null : redactVolfile(decodeName(content));
  if (text === null && !peer.isLocal) {
    return refuse(EACCES, 'it does not parse, so passwords in it cannot be removed');
  }
  const bytes = text === null ? content : encodeName(text);
  peer.log(`${request}: ${bytes.length} bytes`);
  return makeSpecResults(bytes.length, 0, bytes, (flags & WANTS_SERVERS) === 0 ? [] : servers);
}

const makeSpecResults =
  (
    opRet: number,
    errno: number,
    bytes: Uint8Array,
    servers: readonly string[] = [],
  ): ResultsWriter =>
  (w) => {
    makeResults(specReply, opRet, errno, bytes)(w);
    if (servers.length === 0) w.opaque(NO_BYTES);
    else writeTexts(w, new Map([['servers-list', servers.join(' ')]]));
  };

/** Replies with the id of a volume. */
function serveVolumeInfo({ folder }: VolfileServerState, r: XdrReader): ResultsWriter | number {
  const texts = readTexts(r);
  if (texts === null || r.isMalformed) return ACCEPT_STATUS.GARBAGE_ARGS;
  const refuse = (errno: number, reason: string): ResultsWriter => {
    return (w) => {
      makeResults(volumeInfoReply, -1, errno, reason)(w);
      w.opaque(NO_BYTES);
    };
  };
  const volume = parseKey(texts.get('volname') ?? '');
  if ((Number(texts.get('flags')) & WANTS_ID) === 0 || volume === null) {
    return refuse(EINVAL, 'the flags and the name of a volume are missing');
  }
  const content = folder.read(volume);
  if (isRefusal(content)) return refuse(content.errno, `there is no volume ${volume}`);
  return (w) => {
    makeResults(volumeInfoReply, 0, 0, '')(w);
    writeTexts(w, new Map([['volume_id', computeVolumeId(volume)]]));
  };
}

const isConfidential = (key: string): boolean => key === 'username' || isSecret(key);

const hasFlaws = ({ words }: Statement): boolean => words.some(({ flaws }) => flaws.length > 0);

/**
 * Redacts a volfile for a client on another machine: removes user names, passwords, and comments, which may contain
 * either. A local client receives the whole text, as from GlusterFS's management daemon. Null for a text that does not
 * parse, as its passwords cannot be found.
 */
export function redactVolfile(text: string): string | null {
  const statements = parse(text);
  if (statements.some(hasFlaws)) return null;
  const lines = statements.flatMap(({ keyword, words }) => {
    if (keyword === undefined) return [];
    if (keyword === 'option' && isConfidential(words[0]?.text ?? '')) return [];
    // Removes surplus words on the line, which the parser ignores but which may be confidential.
    const keptWords =
      keyword === 'subvolumes' ? words : words.slice(0, neededWords[keyword].length);
    return [[keyword, ...keptWords.map(({ start, end }) => text.slice(start, end))].join(' ')];
  });
  return `${lines.join('\n')}\n`;
}
