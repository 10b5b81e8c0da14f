/**
 * The procedures of a volfile server.
 *
 * Source: GlusterFS 10 `xlators/mgmt/glusterd/src/{glusterd-handshake,glusterd-pmap}.c`.
 */
import { decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { EACCES, EINVAL, ENOENT } from '../../runtime/core/errno.ts';
import { printable } from '../../runtime/core/log.ts';
import { isSecret } from '../../runtime/core/secrets.ts';
import { parse, type Statement } from '../../runtime/volfile/volfile.gen.js';
import { needs } from '../../runtime/volfile/words.ts';
import { type Procedure, type Results, results, type Served, yes } from '../rpc/answerer.ts';
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

/** Of GET_VOLUME_INFO: the volume's id is wanted. */
const WANTS_ID = 1;
const NOTHING = new Uint8Array();
/** As `getspecReply`, with the volfile's bytes as they are. */
const specReply = fieldsOf('op_ret:i32 op_errno:i32 spec:opaque');

/** What all connections have in common. */
export interface Shared {
  readonly folder: VolfileFolder;
  readonly portmap: Portmap;
  /** Other volfile servers, HOST:PORT each, that clients are told of. */
  readonly servers: readonly string[];
}

/** Who asks. */
export interface Peer {
  /** For the log. */
  readonly name: string;
  /** It is a program of this machine. */
  readonly isLocal: boolean;
  log(text: string): void;
}

/** A procedure that is answered with what `does` makes of its arguments. */
const answering =
  (call: Fields, does: (values: readonly unknown[]) => Results): Procedure =>
  (r) => {
    const values = readFields(r, call);
    return r.short ? ACCEPT.GARBAGE_ARGS : does(values);
  };

/** Of a brick and a port one is told the other, or that there is none. */
const located = (reply: Fields, found: unknown, nothing: unknown): Results =>
  found === undefined ? results(reply, -1, ENOENT, 0, nothing) : results(reply, 0, 0, 1, found);

export function programsFor(shared: Shared, peer: Peer): Served[] {
  const { portmap } = shared;
  const handshake: readonly [number, Procedure][] = [
    [HAND.NULL, yes],
    [HAND.PING, yes],
    [
      HAND.GETSPEC,
      answering(getspecCall, ([flags, key]) =>
        getspec(shared, peer, flags as number, key as string),
      ),
    ],
    [HAND.GET_VOLUME_INFO, (r) => volumeInfo(shared, r)],
  ];
  /** Only bricks of this machine say where they are, as only those are looked for here. */
  const signed = (isTaken: boolean, what: string): Results => {
    peer.log(`${peer.name} ${what}${isTaken ? '' : ', which is refused'}`);
    return isTaken
      ? results(signReply, 0, 0)
      : results(signReply, -1, peer.isLocal ? EINVAL : EACCES);
  };
  const ports: readonly [number, Procedure][] = [
    [PMAP.NULL, yes],
    [
      PMAP.PORTBYBRICK,
      answering(portByBrickCall, ([brick]) => {
        const port = portmap.portOf(brick as string);
        return located(portByBrickReply, port, 0);
      }),
    ],
    [
      PMAP.BRICKBYPORT,
      answering(brickByPortCall, ([port]) => {
        const brick = portmap.brickAt(port as number);
        return located(brickByPortReply, brick, '');
      }),
    ],
    [
      PMAP.SIGNIN,
      answering(signinCall, ([name, port, pid]) => {
        const isTaken = peer.isLocal && portmap.signIn(name as string, port as number, peer);
        return signed(
          isTaken,
          `says that brick '${printable(name as string)}' is at port ${port} (process ${pid})`,
        );
      }),
    ],
    [
      PMAP.SIGNOUT,
      answering(signoutCall, ([name, port]) => {
        const isTaken = peer.isLocal && portmap.signOut(name as string, port as number);
        return signed(
          isTaken,
          `says that brick '${printable(name as string)}' is at port ${port} no more`,
        );
      }),
    ],
  ];
  return [
    { ...HANDSHAKE, procedures: new Map(handshake) },
    { ...PORTMAP, procedures: new Map(ports) },
  ];
}

function getspec({ folder, servers }: Shared, peer: Peer, flags: number, key: string): Results {
  const asked = `${peer.name} asks for '${printable(key)}' (flags ${flags})`;
  const refuse = (errno: number, why: string): Results => {
    peer.log(`${asked}: ${why}`);
    return spec(-1, errno, NOTHING);
  };
  const found = folder.read(key);
  if (isRefusal(found)) return refuse(found.errno, found.why);
  const text = peer.isLocal ? null : forStrangers(decodeName(found));
  if (text === null && !peer.isLocal) {
    return refuse(EACCES, 'it does not parse, and may have passwords in it');
  }
  const bytes = text === null ? found : encodeName(text);
  peer.log(`${asked}: ${bytes.length} bytes`);
  return spec(bytes.length, 0, bytes, (flags & WANTS_SERVERS) === 0 ? [] : servers);
}

const spec =
  (opRet: number, errno: number, bytes: Uint8Array, servers: readonly string[] = []): Results =>
  (w) => {
    results(specReply, opRet, errno, bytes)(w);
    if (servers.length === 0) w.opaque(NOTHING);
    else writeTexts(w, new Map([['servers-list', servers.join(' ')]]));
  };

function volumeInfo({ folder }: Shared, r: XdrReader): Results | number {
  const asked = readTexts(r);
  if (asked === null || r.short) return ACCEPT.GARBAGE_ARGS;
  const no = (errno: number, why: string): Results => {
    return (w) => {
      results(volumeInfoReply, -1, errno, why)(w);
      w.opaque(NOTHING);
    };
  };
  const volume = volumeOfKey(asked.get('volname') ?? '');
  if ((Number(asked.get('flags')) & WANTS_ID) === 0 || volume === null) {
    return no(EINVAL, 'the flags and the name of a volume are missing');
  }
  const found = folder.read(volume);
  if (isRefusal(found)) return no(found.errno, `there is no volume ${volume}`);
  return (w) => {
    results(volumeInfoReply, 0, 0, '')(w);
    writeTexts(w, new Map([['volume_id', volumeId(volume)]]));
  };
}

const isForFriends = (key: string): boolean => key === 'username' || isSecret(key);

const isFlawed = ({ words }: Statement): boolean => words.some(({ flaws }) => flaws.length > 0);

/**
 * A volfile as a client on another machine gets it: without the names and passwords that it is to introduce itself
 * with, and without comments, which may have some in them. Clients on this machine get all of it, as from
 * GlusterFS's management daemon.
 * Null where it does not say what in it is a password: a text that does not end, for one.
 */
export function forStrangers(text: string): string | null {
  const statements = parse(text);
  if (statements.some(isFlawed)) return null;
  const lines = statements.flatMap(({ keyword, words }) => {
    if (keyword === undefined) return [];
    if (keyword === 'option' && isForFriends(words[0]?.text ?? '')) return [];
    // What else stands there belongs to nothing.
    const own = keyword === 'subvolumes' ? words : words.slice(0, needs[keyword].length);
    return [[keyword, ...own.map(({ start, end }) => text.slice(start, end))].join(' ')];
  });
  return `${lines.join('\n')}\n`;
}
