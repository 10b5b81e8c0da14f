/**
 * features/locks: grants the locks of a volume: record locks and flock(2) for applications, and inodelk and
 * entrylk in named domains for translators above.
 *
 * `application-fops.ts` and `translator-fops.ts` pass fops to the tables (`record-locks.ts`, `lock-domain.ts`) and
 * reply with the outcome (`lock-outcome.ts`). `volume-locks.ts` holds an inode and its tables (`inode-locks.ts`)
 * while a lock exists or a request waits. A lock's owner is a client and its lk-owner.
 *
 * Source: GlusterFS `xlators/features/locks`; where a local file system differs, see `record-locks.ts`.
 */

import type { Client } from '../../../core/client.ts';
import { declareEffectlessOptions } from '../../../core/effectless-options.ts';
import { EBADF, ENOTCONN, ESTALE } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import type { Fd } from '../../../core/operands.ts';
import { defineOptions } from '../../../core/options.ts';
import { defineTranslator, type Xlator } from '../../../core/xlator.ts';
import { fgetxattr, flush, getactivelk, lk, lookup, setactivelk } from './application-fops.ts';
import { dumpLocks } from './lock-dump.ts';
import { domainFops } from './translator-fops.ts';
import { VolumeLocks } from './volume-locks.ts';

const options = defineOptions({
  // With GlusterFS's defaults.
  ...declareEffectlessOptions({
    'notify-contention': true,
    'notify-contention-delay': 5,
    'revocation-secs': 0,
    'revocation-clear-all': false,
    'revocation-max-blocked': 0,
    'lock-heal': false,
    'grace-timeout': null,
  }),
  trace: {
    type: 'bool',
    default: false,
    description: 'Logs every lock request and its outcome.',
    reconfigurable: true,
  },
  'mandatory-locking': {
    type: 'str',
    values: ['off'],
    default: 'off',
    description: 'Locks bind only programs that lock; others may still read and write.',
  },
  'enforce-mandatory-lock': {
    type: 'bool',
    default: false,
    description:
      'Off: GlusterFS can also refuse reads and writes that ignore the locks of marked files.',
  },
});

/** Refuses mandatory locks, which would also bind requests without locks. @throws {InitError} */
function failIfMandatory(values: { readonly 'enforce-mandatory-lock': boolean }): void {
  if (!values['enforce-mandatory-lock']) return;
  throw new InitError(
    "option 'enforce-mandatory-lock' is on, but glossa's locks only bind programs that lock: " +
      'switch it off in the volume',
  );
}

/** Releases the locks of an fd whose last descriptor is closed. */
function releaseFd(xl: Xlator<VolumeLocks>, fd: Fd): void {
  const locks = xl.priv.find(fd.inode);
  if (locks === undefined) return;
  locks.dropFd(fd.id, EBADF);
  xl.priv.updateHold(locks);
}

/** Releases the locks of a client that has disconnected; its waiting requests fail with ENOTCONN. */
function releaseClient(xl: Xlator<VolumeLocks>, client: Client): void {
  if (client.ctxGet(xl) !== undefined) xl.priv.dropClient(client, ENOTCONN);
}

export default defineTranslator<VolumeLocks, typeof options>({
  type: 'features/locks',
  description: 'Locks of applications (fcntl, flock) and of translators (inodelk, entrylk).',
  children: [1, 1],
  options,
  fops: { lookup, lk, flush, fgetxattr, getactivelk, setactivelk, ...domainFops },
  async check(_xl, values) {
    failIfMandatory(values);
  },
  init(_xl, values) {
    failIfMandatory(values);
    return new VolumeLocks(values.trace);
  },
  reconfigure(xl, values) {
    xl.priv.isTracing = values.trace;
  },
  succeed(xl, predecessor) {
    const { isTracing } = xl.priv;
    xl.priv = predecessor.priv;
    xl.priv.isTracing = isTracing;
  },
  holds: ({ priv }) => ([...priv].length === 0 ? null : 'locks'),
  release: releaseFd,
  releasedir: releaseFd,
  clientDisconnect: releaseClient,
  // A late request may have locked again after the disconnect.
  clientDestroy: (xl, client) => xl.priv.dropClient(client, ENOTCONN),
  fini: (xl) => xl.priv.cancelAll(ESTALE),
  dump: (xl) => dumpLocks(xl.priv),
});
