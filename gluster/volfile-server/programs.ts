/**
 * Implements the procedures of a volfile server: volfiles by name, ids of volumes, ports of bricks.
 * Source: GlusterFS 10 `xlators/mgmt/glusterd/src/{glusterd-handshake,glusterd-pmap}.c`.
 */
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { EACCES, EINVAL, ENOENT } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import { isSecret } from '../../runtime/core/secrets.ts';
import { needs } from '../../runtime/volfile/statement-words.ts';
import { parse, type Statement } from '../../runtime/volfile/volfile.gen.js';
import {
  type Procedure,
  type Results,
  results,
  type ServedProgram,
  succeed,
} from '../rpc/answerer.ts';
import { readTexts, writeTexts } from '../rpc/dict.ts';
import { type Fields, fieldsOf, readFields } from '../rpc/fields.ts';
import { ACCEPT } from '../rpc/message.ts';
import {
  brickByPortCall,
  brickByPortReply,
  getspecCall,
  HAND,
  HANDSHAKE,
  PMAP,
  PORTMAP,
  portByBrickCall,
  portByBrickReply,
  signinCall,
  signoutCall,
  signReply,
  volumeInfoReply,
  WANTS_SERVERS,
} from '../rpc/programs.ts';
import type { XdrReader } from '../rpc/xdr.ts';
import { isRefusal, type VolfileFolder, volumeId, volumeOfKey } from './folder.ts';
import type { Portmap } from './portmap.ts';

/** Flag of GET_VOLUME_INFO: the client wants the volume's id. */
const WANTS_ID = 1;
const NOTHING = new Uint8Array();
/** `getspecReply` with the volfile as raw bytes. */
const specReply = fieldsOf('op_ret:i32 op_errno:i32 spec:opaque');

/** State that all connections share. */
export interface State {
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

/** Makes a procedure that parses its arguments and replies with the result of `does`. */
const procedureFor =
  (call: Fields, does: (values: readonly unknown[]) => Results): Procedure =>
  (r) => {
    const values = readFields(r, call);
    return r.short ? ACCEPT.GARBAGE_ARGS : does(values);
  };

/** Replies with a brick or a port, or ENOENT. */
const replyLocation = (reply: Fields, found: unknown, nothing: unknown): Results =>
  found === undefined ? results(reply, -1, ENOENT, 0, nothing) : results(reply, 0, 0, 1, found);

export function programsFor(shared: State, peer: Peer): ServedProgram[] {
  const { portmap } = shared;
  const handshake: readonly [number, Procedure][] = [
    [HAND.NULL, succeed],
    [HAND.PING, succeed],
    [
      HAND.GETSPEC,
      procedureFor(getspecCall, ([flags, key]) =>
        getspec(shared, peer, flags as number, key as string),
      ),
    ],
    [HAND.GET_VOLUME_INFO, (r) => volumeInfo(shared, r)],
  ];
  /** Accepts registrations from this machine only, since clients look for bricks here. */
  const signed = (isTaken: boolean, what: string): Results => {
    peer.log(`${peer.name} ${what}${isTaken ? '' : ', which is refused'}`);
    return isTaken
      ? results(signReply, 0, 0)
      : results(signReply, -1, peer.isLocal ? EINVAL : EACCES);
  };
  const ports: readonly [number, Procedure][] = [
    [PMAP.NULL, succeed],
    [
      PMAP.PORTBYBRICK,
      procedureFor(portByBrickCall, ([brick]) => {
        const port = portmap.portOf(brick as string);
        return replyLocation(portByBrickReply, port, 0);
      }),
    ],
    [
      PMAP.BRICKBYPORT,
      procedureFor(brickByPortCall, ([port]) => {
        const brick = portmap.brickAt(port as number);
        return replyLocation(brickByPortReply, brick, '');
      }),
    ],
    [
      PMAP.SIGNIN,
      procedureFor(signinCall, ([name, port, pid]) => {
        const isTaken = peer.isLocal && portmap.signIn(name as string, port as number, peer);
        return signed(
          isTaken,
          `registered brick '${printable(name as string)}' at port ${port} (process ${pid})`,
        );
      }),
    ],
    [
      PMAP.SIGNOUT,
      procedureFor(signoutCall, ([name, port]) => {
        const isTaken = peer.isLocal && portmap.signOut(name as string, port as number);
        return signed(isTaken, `removed brick '${printable(name as string)}' from port ${port}`);
      }),
    ],
  ];
  return [
    { ...HANDSHAKE, procedures: new Map(handshake) },
    { ...PORTMAP, procedures: new Map(ports) },
  ];
}

function getspec({ folder, servers }: State, peer: Peer, flags: number, key: string): Results {
  const request = `${peer.name} asked for '${printable(key)}' (flags ${flags})`;
  const refuse = (errno: number, why: string): Results => {
    peer.log(`${request}: ${why}`);
    return spec(-1, errno, NOTHING);
  };
  const found = folder.read(key);
  if (isRefusal(found)) return refuse(found.errno, found.why);
  const text = peer.isLocal ? null : redactVolfile(decodeName(found));
  if (text === null && !peer.isLocal) {
    return refuse(EACCES, 'it does not parse, so passwords in it cannot be removed');
  }
  const bytes = text === null ? found : encodeName(text);
  peer.log(`${request}: ${bytes.length} bytes`);
  return spec(bytes.length, 0, bytes, (flags & WANTS_SERVERS) === 0 ? [] : servers);
}

const spec =
  (opRet: number, errno: number, bytes: Uint8Array, servers: readonly string[] = []): Results =>
  (w) => {
    results(specReply, opRet, errno, bytes)(w);
    if (servers.length === 0) w.opaque(NOTHING);
    else writeTexts(w, new Map([['servers-list', servers.join(' ')]]));
  };

function volumeInfo({ folder }: State, r: XdrReader): Results | number {
  const texts = readTexts(r);
  if (texts === null || r.short) return ACCEPT.GARBAGE_ARGS;
  const no = (errno: number, why: string): Results => {
    return (w) => {
      results(volumeInfoReply, -1, errno, why)(w);
      w.opaque(NOTHING);
    };
  };
  const volume = volumeOfKey(texts.get('volname') ?? '');
  if ((Number(texts.get('flags')) & WANTS_ID) === 0 || volume === null) {
    return no(EINVAL, 'the flags and the name of a volume are missing');
  }
  const found = folder.read(volume);
  if (isRefusal(found)) return no(found.errno, `there is no volume ${volume}`);
  return (w) => {
    results(volumeInfoReply, 0, 0, '')(w);
    writeTexts(w, new Map([['volume_id', volumeId(volume)]]));
  };
}

const isConfidential = (key: string): boolean => key === 'username' || isSecret(key);

const isFlawed = ({ words }: Statement): boolean => words.some(({ flaws }) => flaws.length > 0);

/**
 * Strips a volfile for a client on another machine: removes user names, passwords, and comments,
 * which may contain some. A local client receives the whole text, as from GlusterFS's management
 * daemon. Null for a text that does not parse, whose passwords cannot be found.
 */
export function redactVolfile(text: string): string | null {
  const statements = parse(text);
  if (statements.some(isFlawed)) return null;
  const lines = statements.flatMap(({ keyword, words }) => {
    if (keyword === undefined) return [];
    if (keyword === 'option' && isConfidential(words[0]?.text ?? '')) return [];
    // Drops surplus words on the line.
    const own = keyword === 'subvolumes' ? words : words.slice(0, needs[keyword].length);
    return [[keyword, ...own.map(({ start, end }) => text.slice(start, end))].join(' ')];
  });
  return `${lines.join('\n')}\n`;
}
