/** The first requests of a module for files below, while the code that serves them is loaded. */
import { expect, it, vi } from 'vitest';
import { InodeTable } from '../../../runtime/core/inode.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import { ChildConnections } from './child-connections.ts';

const served: Uint8Array[] = [];
const loads = { failing: 1, count: 0 };

vi.mock('./child-connection.ts', () => {
  loads.count += 1;
  if (loads.count <= loads.failing) throw new Error('no more files');
  return {
    ChildConnection: class {
      isDestroyed = false;
      mustNotifyGuest = false;
      readonly connection = { close() {} };
      serve(received: readonly Uint8Array[]): void {
        served.push(...received);
      }
    },
  };
});

it('wait while that cannot be loaded, which the log says, and are served in their order', async () => {
  const errors: string[] = [];
  let wakeCount = 0;
  const below = {};
  const xl = {
    below: [below],
    graph: { inodes: Object.create(InodeTable.prototype) as InodeTable },
    log: { error: (text: string) => void errors.push(text) },
    context: {
      now: () => 0,
      wake() {
        wakeCount += 1;
      },
    },
  };
  const connections = new ChildConnections(xl as unknown as Xlator<unknown>, () => {});
  expect(connections.send(1, Uint8Array.of(0))).toBe(false);
  expect(connections.send(0, Uint8Array.of(1))).toBe(true);
  connections.run();
  connections.run();
  await vi.waitFor(() => expect(errors).toHaveLength(1));
  expect(errors[0]).toMatch(/^requests below wait, as the code for them cannot be loaded: /);
  expect(connections.send(0, Uint8Array.of(2))).toBe(true);
  connections.run();
  expect(served).toEqual([]);
  await vi.waitFor(() => expect(wakeCount).toBe(1));
  expect(served).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  connections.close();
});
