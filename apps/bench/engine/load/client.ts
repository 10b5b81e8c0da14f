/**
 * Runs in each client process of the bench that uses a mount or a plain directory, and executes the
 * requests that clients.ts sends. Only client processes touch a mount: if its server hangs, they
 * hang, and the bench does not.
 *
 * A client adds little time to a request: it makes system calls through koffi, reads a clock
 * without a system call, and allocates no memory. Requests to the plain directory measure that
 * overhead.
 */
import '../../../../runtime/sys/inspector.ts';
import { mkdirSync } from 'node:fs';
import { tryCommand } from '../workloads/command.ts';
import { type WorkloadName, workloads } from '../workloads/index.ts';
import { serveRequests } from './serve-requests.ts';

serveRequests({
  open: (workload, setting) => workloads[workload as WorkloadName].open(setting),
  handlers: {
    try({ words, folder }) {
      mkdirSync(folder);
      return tryCommand(words, folder);
    },
    make({ workload, root }) {
      mkdirSync(root);
      workloads[workload].make(root);
      return true;
    },
  },
});
