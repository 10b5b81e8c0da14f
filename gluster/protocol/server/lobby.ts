/**
 * Connections that have not said yet whose they are. They cost next to nothing, and there are never
 * more than a few: who says nothing for too long is sent away, and with one more than may be there,
 * the oldest is. So somebody who opens thousands of them keeps nobody out for longer than it takes to
 * introduce oneself.
 */

export interface LobbySettings {
  /** Seconds that one may stay. */
  timeout(): number;
  /** So many may be there. */
  limit(): number;
  after(ms: number, fn: () => void): () => void;
}

/** Whoever is there. */
export interface Guest {
  /** It is sent away, for this reason. */
  dismiss(why: string): void;
}

export class Lobby {
  private readonly settings: LobbySettings;
  /** Who is there, the oldest first, with what ends its timer. */
  private readonly guests = new Map<Guest, () => void>();

  constructor(settings: LobbySettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.guests.size;
  }

  enter(guest: Guest): void {
    const { settings, guests } = this;
    const seconds = settings.timeout();
    guests.set(
      guest,
      settings.after(seconds * 1000, () =>
        this.dismiss(guest, `it has not said within ${seconds} s whose it is`),
      ),
    );
    const limit = settings.limit();
    while (guests.size > limit) {
      const [oldest] = guests.keys();
      this.dismiss(oldest!, `more than ${limit} have not said whose they are`);
    }
  }

  /** It has introduced itself, or is gone. */
  leave(guest: Guest): void {
    this.guests.get(guest)?.();
    this.guests.delete(guest);
  }

  private dismiss(guest: Guest, why: string): void {
    this.leave(guest);
    guest.dismiss(why);
  }
}
