/** A connection of a client, whatever carries its bytes: they become records for a session. */
import { RECORD_MAX, RecordError, Records } from '../../rpc/record.ts';
import { XdrWriter } from '../../rpc/xdr.ts';
import type { Guest, Lobby } from './lobby.ts';
import type { RecordMemory, Share } from './record-memory.ts';
import { type Host, type Peer, Session } from './session.ts';

/** Bytes of answers that may wait for a client to take them; until then it is not read. */
const QUEUED_MAX = 4 * 2 ** 20;
/** Who has not introduced itself has short messages, and gets little room for them. */
const STRANGERS = { room: 4096, most: 65_536 } as const;
const ROOM = 65_536;

/** What carries the bytes. */
export interface Carrier {
  /** Bytes that have not left yet, without those of `out`. */
  readonly queued: number;
  /** Sends what is in `out`, and empties it; at once, or before anybody waits. */
  send(): void;
  /** `isPaused` has changed. */
  flow(): void;
  /** Ends it when all has been sent, or right away. */
  end(): void;
  destroy(): void;
}

export interface EntranceSettings {
  readonly lobby: Lobby;
  readonly memory: RecordMemory;
  readonly host: Host;
}

export class Entrance {
  readonly records = new Records(STRANGERS.room, STRANGERS.most);
  /** Answers gather here. */
  readonly out = new XdrWriter(STRANGERS.room);
  private readonly settings: EntranceSettings;
  private readonly carrier: Carrier;
  private readonly guest: Guest;
  private readonly name: string;
  private readonly session: Session;
  private readonly share: Share;
  private isOver = false;
  private wasPaused = false;

  /** @param carrier is given this one before it is asked for anything */
  constructor(settings: EntranceSettings, guest: Guest, peer: Peer, carrier: Carrier) {
    this.settings = settings;
    this.guest = guest;
    this.carrier = carrier;
    this.name = peer.address || 'a client';
    this.share = settings.memory.shareOf(this);
    this.session = new Session(settings.host, {
      peer,
      out: this.out,
      send: () => {
        if (!this.isOver) carrier.send();
      },
      introduced: () => this.introduced(),
      goOn: () => this.received(),
      end: () => carrier.end(),
    });
  }

  /** As many requests are under way, or answers wait, as may be; or there is no memory for more. */
  get isPaused(): boolean {
    return this.isHeldUp || this.share.isWaiting || this.carrier.queued + this.out.at > QUEUED_MAX;
  }

  get isHeldUp(): boolean {
    return this.session.isFull;
  }

  /** Bytes were put into `records`. */
  received(): void {
    if (this.isOver) return;
    const { bytesIn } = this.session;
    try {
      this.session.take(this.records);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.fail(error.message);
    }
    if (this.isOver) return;
    this.share.settle(this.session.bytesIn !== bytesIn);
    this.flow();
  }

  granted(): void {
    this.flow();
  }

  /** More was sent, or there are fewer requests. */
  flow(): void {
    if (this.isOver || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.carrier.flow();
  }

  /** The connection is of no use any more. */
  fail(why: string): void {
    this.settings.host.log(`the connection to ${this.name} is closed: ${why}`);
    this.carrier.destroy();
    this.ended();
  }

  /** The connection has ended. */
  ended(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.settings.lobby.leave(this.guest);
    this.session.close();
    this.share.close();
  }

  private introduced(): void {
    this.settings.lobby.leave(this.guest);
    this.records.widen(ROOM, RECORD_MAX);
  }
}
