/** Records the stamps that were written to the sectors of a disk, and checks after a fault that none is lost that was flushed. */
import { expect } from 'vitest';
import { COMMAND } from '../../examples/disk/nbd-codec.ts';
import type { NbdClient } from './nbd-client.ts';

const SECTOR_BYTES = 512;
/** Sectors that are used: they lie in all chunks, at any place. */
const SECTORS = 200;
/** Commands between two flushes. */
export const COMMANDS_BETWEEN_FLUSHES = 8;

/** Makes the data of a sector: its stamp in each word. */
function makeSector(stamp: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(SECTOR_BYTES);
  for (let offset = 0; offset < SECTOR_BYTES; offset += 4) bytes.writeUInt32BE(stamp, offset);
  return bytes;
}

class Sector {
  readonly offset: number;
  /** All stamps in the order of the commands; 0 for zeros. */
  readonly stamps = [0];
  /** Index of the newest stamp whose command had a successful reply, and of the newest that a flush has covered. */
  written = 0;
  flushed = 0;

  constructor(offset: number) {
    this.offset = offset;
  }
}

export class SectorLog {
  /** Number of flushes with a successful reply, and of commands that failed. */
  flushCount = 0;
  failureCount = 0;
  private stamp = 0;
  private commandCount = 0;
  private readonly listeners = new Map<number, () => void>();
  private readonly sectors: readonly Sector[];
  private readonly chunkBytes: number;

  constructor(diskBytes: number, chunkBytes: number) {
    this.chunkBytes = chunkBytes;
    const count = diskBytes / SECTOR_BYTES;
    this.sectors = Array.from(
      { length: SECTORS },
      (_, index) => new Sector(((index * 7919) % count) * SECTOR_BYTES),
    );
  }

  /** Resolves after so many more commands. */
  async awaitCommands(count: number): Promise<void> {
    const end = this.commandCount + count;
    await new Promise<void>((resolve) => this.listeners.set(end, resolve));
    this.listeners.delete(end);
  }

  /** Reads all sectors: each has the newest stamp that was flushed, or one of those after it. */
  async check(client: NbdClient): Promise<void> {
    for (const { offset, stamps, flushed } of this.sectors) {
      const [errno, bytes] = await client.command(COMMAND.READ, offset, SECTOR_BYTES);
      expect(errno).toBe(0);
      const found = bytes.readUInt32BE(0);
      expect(stamps.slice(flushed)).toContain(found);
      // The whole sector is of one write.
      expect(bytes.equals(makeSector(found))).toBe(true);
    }
  }

  /** Writes, clears and flushes until the connection ends, or `isEnough` after a flush. */
  async change(client: NbdClient, isEnough: () => boolean = () => false): Promise<void> {
    try {
      while (!isEnough()) {
        for (let count = 0; count < COMMANDS_BETWEEN_FLUSHES; count += 1) {
          await this.changeOnce(client);
          this.commandCount += 1;
          this.listeners.get(this.commandCount)?.();
        }
        const covered = this.sectors.map(({ written }) => written);
        const [errno] = await client.command(COMMAND.FLUSH, 0, 0);
        if (errno !== 0) this.failureCount += 1;
        else {
          this.flushCount += 1;
          this.sectors.forEach((sector, index) => {
            sector.flushed = covered[index]!;
          });
        }
      }
    } catch (error) {
      if (!client.hasEnded) throw error;
    }
  }

  private async changeOnce(client: NbdClient): Promise<void> {
    this.stamp += 1;
    const sector = this.sectors[Math.floor(Math.random() * SECTORS)]!;
    if (this.stamp % 40 === 0) return this.clearChunk(client, sector);
    const { stamp } = this;
    const index = sector.stamps.push(stamp) - 1;
    const data = makeSector(stamp);
    const [errno] = await client.command(COMMAND.WRITE, sector.offset, SECTOR_BYTES, { data });
    if (errno === 0) sector.written = index;
    else this.failureCount += 1;
  }

  /** Clears the chunk of a sector, which removes its file. */
  private async clearChunk(client: NbdClient, { offset }: Sector): Promise<void> {
    const start = offset - (offset % this.chunkBytes);
    const cleared = this.sectors.filter(
      (sector) => sector.offset >= start && sector.offset < start + this.chunkBytes,
    );
    const indices = cleared.map(({ stamps }) => stamps.push(0) - 1);
    const [errno] = await client.command(COMMAND.ZERO, start, this.chunkBytes);
    if (errno !== 0) this.failureCount += 1;
    else
      cleared.forEach((sector, index) => {
        sector.written = indices[index]!;
      });
  }
}
