/**
 * Stands in for types in glusterd's brick volfiles that glossa lacks, by volumes that pass everything on, so that
 * such a volfile can be served unchanged. In GlusterFS most do no more while switched off. A type that is switched on
 * is refused; one whose absence matters is logged.
 * Source: GlusterFS 10 `xlators/mgmt/glusterd/src/glusterd-volgen.c`.
 */

import { isOn } from '../../runtime/core/accepted-options.ts';
import { InitError } from '../../runtime/core/errors.ts';
import { defineTranslator, type Translator, type Xlator } from '../../runtime/core/xlator.ts';
import type { standInTypes } from './types.ts';

interface StandIn {
  /** Describes the type in GlusterFS. */
  readonly does: string;
  /** Options that switch it on, with which it is refused. */
  readonly switches: readonly string[];
  /** The difference from GlusterFS even while it is switched off. */
  readonly missed?: string;
}

const off = (does: string, ...switches: string[]): StandIn => ({ does, switches });
const missed = (does: string, what: string): StandIn => ({ does, switches: [], missed: what });

const standIns: Readonly<Record<(typeof standInTypes)[number], StandIn>> = {
  'features/barrier': off('holds requests back for snapshots', 'barrier'),
  'features/bitrot-stub': off('finds data that has rotted', 'bitrot'),
  'features/changelog': off('writes down what changes', 'changelog'),
  'features/changetimerecorder': off('counts what is used', 'ctr-enabled'),
  'features/index': missed(
    'lists what is to be healed',
    "GlusterFS's self-heal daemon does not find what this brick has missed",
  ),
  'features/leases': off('lends files to one client', 'leases'),
  'features/marker': off(
    'adds up sizes and times',
    'quota',
    'inode-quota',
    'xtime',
    'gsync-force-xtime',
  ),
  'features/quota': off('limits the size of folders', 'server-quota'),
  'features/selinux': missed(
    'renames labels of SELinux',
    'labels are kept under the names that clients say',
  ),
  'features/trash': off('keeps what is removed', 'trash'),
};

/** @throws {InitError} if an option switches it on */
function refuseSwitchedOn(xl: Xlator, { does, switches }: StandIn): void {
  const on = xl.given.find((option) => switches.includes(option.key) && isOn(option.value));
  if (on === undefined) return;
  throw new InitError(
    `option '${on.key}' is ${on.value}, and ${xl.type} (${does}) is not there yet: switch it off in ` +
      'the volume, or take the lines of this volume out of the volfile',
  );
}

const missedOf = ({ type }: Xlator): string | undefined =>
  Object.hasOwn(standIns, type) ? standIns[type as keyof typeof standIns].missed : undefined;

/** Logs one message for all stand-ins of a graph whose absence matters. */
function warnOfMissing(xl: Xlator): void {
  const all = (xl.graph?.xlators ?? [xl]).filter((each) => missedOf(each) !== undefined);
  // The first such volume that starts logs it.
  if (missedOf(xl) === undefined || all.some((each) => each !== xl && each.initialised)) return;
  const lacks = new Set(all.map(missedOf));
  const types = [...new Set(all.map(({ type }) => type))].sort();
  const text =
    `volumes of these types let everything through here, as they are not there yet: ${types.join(', ')}` +
    `. Without them ${[...lacks].join('; ')}`;
  xl.warnSuspicious([{ where: xl.where ?? xl.name, text }]);
}

function standInFor(type: string, standIn: StandIn): Translator<null> {
  return defineTranslator<null, Record<string, never>>({
    type,
    description: `Lets everything through. In GlusterFS it ${standIn.does}; that is not there yet.`,
    children: [1, 1],
    options: {},
    openOptions: true,
    fops: {},
    async check(xl) {
      refuseSwitchedOn(xl, standIn);
      warnOfMissing(xl);
    },
    init(xl) {
      refuseSwitchedOn(xl, standIn);
      warnOfMissing(xl);
      return null;
    },
  });
}

export const translators: ReadonlyMap<string, Translator<null>> = new Map(
  Object.entries(standIns).map(([type, standIn]) => [type, standInFor(type, standIn)]),
);
