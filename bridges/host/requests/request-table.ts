/**
 * Requests by number. Most are answered before the next one is kept: the latest stands beside the
 * map, which would grow and shrink otherwise with every request, at a third of the host's own cost.
 */
import type { HostedRequest } from './hosted-request.ts';

export class RequestTable {
  private readonly others = new Map<number, HostedRequest>();
  private latest: HostedRequest | null = null;

  get size(): number {
    return this.others.size + (this.latest === null ? 0 : 1);
  }

  get(id: number): HostedRequest | undefined {
    return this.latest?.id === id ? this.latest : this.others.get(id);
  }

  add(request: HostedRequest): void {
    this.settle();
    this.latest = request;
  }

  delete(id: number): void {
    if (this.latest?.id === id) this.latest = null;
    else this.others.delete(id);
  }

  keys(): IterableIterator<number> {
    this.settle();
    return this.others.keys();
  }

  /** In the order in which they were added. */
  values(): IterableIterator<HostedRequest> {
    this.settle();
    return this.others.values();
  }

  private settle(): void {
    const { latest } = this;
    if (latest === null) return;
    this.latest = null;
    this.others.set(latest.id, latest);
  }
}
