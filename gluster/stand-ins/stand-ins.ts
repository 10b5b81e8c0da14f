/**
 * Defines stand-ins for the types in glusterd's brick volfiles that glossa lacks. A stand-in passes every request on,
 * so that such a volfile can be served unchanged; in GlusterFS most types do no more while switched off. If a type is
 * switched on, its volume is refused; if its absence matters, a warning is logged.
 * Source: GlusterFS 10 `xlators/mgmt/glusterd/src/glusterd-volgen.c`.
 */

import { InitError } from '../../runtime/core/errors.ts';
import { isOn } from '../../runtime/core/option-types.ts';
import { defineTranslator, type Translator, type Xlator } from '../../runtime/core/xlator.ts';
import type { standInTypes } from './types.ts';

/** The properties of a type that glossa lacks. */
interface StandIn {
  /** The effect of the type in GlusterFS, as a verb phrase for messages. */
  readonly purpose: string;
  /** Options that switch the type on, with which its volume is refused. */
  readonly switches: readonly string[];
  /** The difference from GlusterFS while the type is switched off, for the log. */
  readonly consequence?: string;
}

/** Describes a type that has an effect only while one of its options is on. */
const makeSwitchable = (purpose: string, ...switches: string[]): StandIn => ({
  purpose,
  switches,
});
/** Describes a type that always has an effect, which glossa lacks. */
const makeMissing = (purpose: string, consequence: string): StandIn => ({
  purpose,
  switches: [],
  consequence,
});

const standIns: Readonly<Record<(typeof standInTypes)[number], StandIn>> = {
  'features/barrier': makeSwitchable('holds requests back for snapshots', 'barrier'),
  'features/bitrot-stub': makeSwitchable('detects corrupt data', 'bitrot'),
  'features/changelog': makeSwitchable('records changes', 'changelog'),
  'features/changetimerecorder': makeSwitchable('counts accesses', 'ctr-enabled'),
  'features/index': makeMissing(
    'lists files to be healed',
    "GlusterFS's self-heal daemon does not find the changes that this brick has missed",
  ),
  'features/leases': makeSwitchable('lends files to one client', 'leases'),
  'features/marker': makeSwitchable(
    'sums up sizes and times',
    'quota',
    'inode-quota',
    'xtime',
    'gsync-force-xtime',
  ),
  'features/quota': makeSwitchable('limits the size of directories', 'server-quota'),
  'features/selinux': makeMissing(
    'renames labels of SELinux',
    'labels are stored under the names that clients send',
  ),
  'features/trash': makeSwitchable('keeps removed files', 'trash'),
};

/** Checks the options of a volume. @throws {InitError} if one switches the type on */
function refuseSwitchedOn(xl: Xlator, { purpose, switches }: StandIn): void {
  const option = xl.volfileOptions.find(
    (option) => switches.includes(option.key) && isOn(option.value),
  );
  if (option === undefined) return;
  throw new InitError(
    `option '${option.key}' is ${option.value}, but ${xl.type} (${purpose}) is not supported yet: switch it off in ` +
      'the volume, or remove the lines of this volume from the volfile',
  );
}

/** Returns the consequence of a type that always has an effect; undefined for any other type. */
const findConsequence = ({ type }: Xlator): string | undefined =>
  Object.hasOwn(standIns, type) ? standIns[type as keyof typeof standIns].consequence : undefined;

/** Logs one warning for all types in a graph whose absence matters. */
function warnAboutMissing(xl: Xlator): void {
  const missingVolumes = (xl.graph?.xlators ?? [xl]).filter(
    (each) => findConsequence(each) !== undefined,
  );
  // Only the first such volume that starts logs the warning.
  if (
    findConsequence(xl) === undefined ||
    missingVolumes.some((each) => each !== xl && each.initialised)
  )
    return;
  const consequences = new Set(missingVolumes.map(findConsequence));
  const types = [...new Set(missingVolumes.map(({ type }) => type))].sort();
  const text =
    `volumes of these types pass all requests on, as glossa does not support them yet: ${types.join(', ')}` +
    `. Without them ${[...consequences].join('; ')}`;
  xl.warnSuspicious([{ position: xl.position ?? xl.name, text }]);
}

function makeStandIn(type: string, standIn: StandIn): Translator<null> {
  return defineTranslator<null, Record<string, never>>({
    type,
    description: `Passes all requests on. In GlusterFS it ${standIn.purpose}; glossa does not support that yet.`,
    children: [1, 1],
    options: {},
    openOptions: true,
    fops: {},
    async check(xl) {
      refuseSwitchedOn(xl, standIn);
      warnAboutMissing(xl);
    },
    init(xl) {
      refuseSwitchedOn(xl, standIn);
      warnAboutMissing(xl);
      return null;
    },
  });
}

/** The stand-ins by type. */
export const translators: ReadonlyMap<string, Translator<null>> = new Map(
  Object.entries(standIns).map(([type, standIn]) => [type, makeStandIn(type, standIn)]),
);
