/**
 * features/locks: the locks of a volume. Record locks and flock(2) for applications, and inodelk and
 * entrylk in named domains for translators above.
 *
 * `applications.ts` and `translators.ts` turn fops into requests to the tables, and what comes of
 * them (`outcome.ts`) into answers. The tables are `records.ts` and `domain.ts`; those of an inode
 * are together in `inode-locks.ts`, and are kept (`locks.ts`), and the inode with them, as long as
 * something is locked there or waits.
 *
 * An owner is the client of the request and its lk-owner there (`frame.root.lkOwner`); a pid is for
 * people only. A request that waits fails with EINTR when its caller gives up. A client that goes has
 * its locks released, and what it still asked for on its way out, too.
 *
 * Source: GlusterFS `xlators/features/locks`; where a local file system differs, see `records.ts`.
 */

import { acceptedOptions } from '../../../core/accepted-options.ts';
import type { Client } from '../../../core/client.ts';
import { EBADF, ENOTCONN, ESTALE } from '../../../core/errno.ts';
import { InitError } from '../../../core/errors.ts';
import type { Fd } from '../../../core/fd.ts';
import { defineOptions } from '../../../core/options.ts';
import { defineTranslator, type Xlator } from '../../../core/xlator.ts';
import { fgetxattr, flush, getactivelk, lk, lookup, setactivelk } from './applications.ts';
import { dumpLocks } from './dump.ts';
import { Locks } from './locks.ts';
import { domainFops } from './translators.ts';

const options = defineOptions({
  // With GlusterFS's defaults.
  ...acceptedOptions({
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
    description: 'Logs every lock that is asked for, and what came of it.',
    reconfigurable: true,
  },
  'mandatory-locking': {
    type: 'str',
    values: ['off'],
    default: 'off',
    description: 'Locks bind those who ask for locks; nobody else is kept from reading or writing.',
  },
  'enforce-mandatory-lock': {
    type: 'bool',
    default: false,
    description: 'Off: GlusterFS can bind all others by the locks of files that are marked for it.',
  },
});

/** @throws {InitError} if the option asks for locks that bind requests without locks */
function refuseMandatory(values: { readonly 'enforce-mandatory-lock': boolean }): void {
  if (!values['enforce-mandatory-lock']) return;
  throw new InitError(
    "option 'enforce-mandatory-lock' is on, and locks do not bind those who ask for none here: " +
      'switch it off in the volume',
  );
}

/** The last descriptor of an open file is closed: what was locked by it is free. */
function release(xl: Xlator<Locks>, fd: Fd): void {
  const locks = xl.priv.find(fd.inode);
  if (locks === undefined) return;
  locks.closed(fd.id, EBADF);
  xl.priv.changed(locks);
}

function left(xl: Xlator<Locks>, client: Client): void {
  if (client.ctxGet(xl) !== undefined) xl.priv.left(client, ENOTCONN);
}

export default defineTranslator<Locks, typeof options>({
  type: 'features/locks',
  description: 'Locks of applications (fcntl, flock) and of translators (inodelk, entrylk).',
  children: [1, 1],
  options,
  fops: { lookup, lk, flush, fgetxattr, getactivelk, setactivelk, ...domainFops },
  async check(_xl, values) {
    refuseMandatory(values);
  },
  init(_xl, values) {
    refuseMandatory(values);
    return new Locks(values.trace);
  },
  reconfigure(xl, values) {
    xl.priv.trace = values.trace;
  },
  succeed(xl, before) {
    const { trace } = xl.priv;
    xl.priv = before.priv;
    xl.priv.trace = trace;
  },
  holds: ({ priv }) => ([...priv].length === 0 ? null : 'locks'),
  release,
  releasedir: release,
  clientDisconnect: left,
  // A request that was late may have locked something since then.
  clientDestroy: (xl, client) => xl.priv.left(client, ENOTCONN),
  fini: (xl) => xl.priv.end(ESTALE),
  dump: (xl) => dumpLocks(xl.priv),
});
