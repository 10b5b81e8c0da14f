/**
 * Serves a client process's requests from clients.ts, one at a time. The programs of client
 * processes pass what differs between them: whether they open files of a mount or of a volume.
 */

import type { Requests, WorkloadSetting } from '../workloads/workload.ts';
import type { Reply, ReplyTypes, Request, RequestName, RequestTypes } from './messages.ts';
import { GONE_STATUSES, GoneError, runLoop } from './request-loop.ts';

type Handlers<N extends RequestName> = {
  readonly [K in N]: (args: RequestTypes[K]) => ReplyTypes[K] | Promise<ReplyTypes[K]>;
};

/** The requests that only some programs execute. */
type FurtherRequests = Exclude<RequestName, 'open' | 'run' | 'close'>;

/** The part that differs between the programs of client processes. */
export interface ClientProgram {
  /** Opens the files of a workload, and returns its requests. */
  open(workload: string, setting: WorkloadSetting): Requests | Promise<Requests>;
  readonly handlers: Partial<Handlers<FurtherRequests>>;
}

/** Executes requests of the parent process until it disconnects. */
export function serveRequests({ open, handlers: furtherHandlers }: ClientProgram): void {
  /** The requests of the open workload; null before `open` and after `close`. */
  let requests: Requests | null = null;
  const handlers: Partial<Handlers<RequestName>> = {
    ...furtherHandlers,
    async open({ workload, setting }) {
      requests = await open(workload, setting);
      return true as const;
    },
    async run(range) {
      const usageBefore = process.cpuUsage();
      const loop = await runLoop(requests!, range, () => performance.now());
      const { user, system } = process.cpuUsage(usageBefore);
      const counts = requests!.takeCounts?.() ?? {};
      return { ...loop, cpuSeconds: (user + system) / 1e6, counts };
    },
    close() {
      requests?.close();
      requests = null;
      return true as const;
    },
  };
  /** Executes a request; returns its result, or its error. */
  const executeRequest = async ({ name, args }: Request): Promise<Reply> => {
    try {
      return { result: await (handlers[name] as (argument: unknown) => unknown)(args) };
    } catch (error) {
      const { message, errno } = error as NodeJS.ErrnoException;
      return { error: message, isServerGone: isServerGoneError(error, errno) };
    }
  };
  process.on('message', (request) => {
    void executeRequest(request as Request).then((reply) => process.send!(reply));
  });
  // The terminal sends its signals to clients, too, but only the bench may end them, in its order.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  // An open volume would keep the process alive when the bench was killed.
  process.on('disconnect', () => process.exit());
}

/** Whether an error shows that the server of the mount has ended. @param errno of any sign */
const isServerGoneError = (error: unknown, errno: number | undefined): boolean =>
  error instanceof GoneError || (errno !== undefined && GONE_STATUSES.includes(-Math.abs(errno)));
