/**
 * Runs in each client process of the bench, and executes the requests that clients.ts sends. Only
 * client processes touch a mount: if its server hangs, they hang, and the bench does not.
 *
 * A client adds little time to a request: it makes system calls through koffi, reads a clock
 * without a system call, and allocates no memory. Requests to the plain directory measure that
 * overhead.
 */
import '../../../../runtime/sys/inspector.ts';
import { mkdirSync } from 'node:fs';
import { tryCommand } from '../workloads/command.ts';
import { workloads } from '../workloads/index.ts';
import type { CallError, Requests } from '../workloads/workload.ts';
import type { Reply, ReplyTypes, Request, RequestName, RequestTypes } from './messages.ts';
import { GONE_STATUSES, GoneError, runLoop } from './request-loop.ts';

/** The requests of the open workload; null before `open` and after `close`. */
let requests: Requests | null = null;

/** The functions that execute requests, by the name of the request. */
const handlers: { readonly [N in RequestName]: (args: RequestTypes[N]) => ReplyTypes[N] } = {
  try({ words, folder }) {
    mkdirSync(folder);
    return tryCommand(words, folder);
  },
  make({ workload, root }) {
    mkdirSync(root);
    workloads[workload].make(root);
    return true;
  },
  open({ workload, setting }) {
    requests = workloads[workload].open(setting);
    return true;
  },
  run(range) {
    const usageBefore = process.cpuUsage();
    const loop = runLoop(requests!, range, () => performance.now());
    const { user, system } = process.cpuUsage(usageBefore);
    const counts = requests!.takeCounts?.() ?? {};
    return { ...loop, cpuSeconds: (user + system) / 1e6, counts };
  },
  close() {
    requests?.close();
    requests = null;
    return true;
  },
};

/** Executes a request; returns its result, or its error. */
function executeRequest({ name, args }: Request): Reply {
  try {
    return { result: (handlers[name] as (argument: unknown) => unknown)(args) };
  } catch (error) {
    const { message, errno } = error as Error & Partial<Pick<CallError, 'errno'>>;
    return { error: message, isServerGone: isServerGoneError(error, errno) };
  }
}

/** Whether an error shows that the server of the mount has ended. @param errno of any sign */
const isServerGoneError = (error: unknown, errno: number | undefined): boolean =>
  error instanceof GoneError || (errno !== undefined && GONE_STATUSES.includes(-Math.abs(errno)));

process.on('message', (request) => process.send!(executeRequest(request as Request)));
// The terminal sends its signals to clients, too, but only the bench may end them, in its order.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
