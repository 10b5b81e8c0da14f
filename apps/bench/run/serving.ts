/** Stacks behind mounts: a server process of each, with empty folders for what it stores. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import type { StartSettings } from '../../../server/handover.ts';
import { takeLeftAway } from '../../../server/unmount.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import type { CpuProfile } from '../engine/breakdown.ts';
import type { StackPlan } from '../engine/measure.ts';
import { NotMeasured } from '../engine/missing.ts';
import type { MeasuredStack } from '../engine/schema.ts';
import { countingVolumes, folderVolumes } from '../engine/stacks.ts';
import type { Served } from '../engine/target.ts';
import { lookupsAt } from './counted-lookups.ts';
import { logEnd, OwnServer } from './own-server.ts';

/** A stack that can be mounted. */
export interface BenchStack extends Omit<MeasuredStack, 'volfile'> {
  readonly volfile: string;
  /** The volfile's path. */
  readonly path: string;
  readonly volumes: readonly PlainVolume[];
}

export interface Serving {
  /** For mount points and logs. */
  readonly scratch: string;
  /** For what the stacks store. */
  readonly data: string;
  /** Of `glossa mount`, besides those for folders. */
  readonly mountFlags: readonly string[];
  /** Where CPU profiles of the servers go; null: none are made. */
  readonly profile: string | null;
  readonly terminal: Terminal;
}

/** How long one that was killed may take to be known as such. */
const KNOWN_MS = 1000;
const LOG_LINES = 3;
/** From one sample of a profile to the next. */
const PROFILE_US = 200;
/** For scripts' functions to have their names in a profile, which makes them slower. */
const NAMED_FRAMES = { GLOSSA_NAMED_FRAMES: '1' };

/** A stack as it is measured. */
export function planOf(stack: BenchStack, serving: Serving): MeasuredStack & StackPlan {
  const { name, description, volfile, volumes } = stack;
  const { scratch, profile } = serving;
  const counting = countingVolumes(volumes);
  const folder = join(serving.data, name);
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  return {
    name,
    description,
    volfile,
    counted: counting.length === 0 ? null : lookupsAt(counting),
    serve(fresh, isTrial = false) {
      if (fresh) discard();
      if (profile === null || isTrial) return serve(stack, folder, serving, {});
      const nodeOptions = profileOptions(profile, `${name}-${Date.now()}`);
      return serve(stack, folder, serving, { nodeOptions, env: NAMED_FRAMES });
    },
    serveProfiled() {
      discard();
      const fine = `--cpu-prof-interval=${PROFILE_US}`;
      return serve(stack, folder, serving, {
        nodeOptions: [...profileOptions(scratch, name), fine],
      });
    },
    takeProfile() {
      const path = join(scratch, `${name}.cpuprofile`);
      if (!existsSync(path)) return null;
      const read = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
      rmSync(path);
      return read;
    },
    discard,
  };
}

/** @throws {NotMeasured} with what the server said */
async function serve(
  stack: BenchStack,
  folder: string,
  serving: Serving,
  node: Pick<StartSettings, 'nodeOptions' | 'env'>,
): Promise<Served> {
  const { scratch, mountFlags, terminal } = serving;
  const mountpoint = join(scratch, `${stack.name}-mnt`);
  const logFile = join(scratch, `${stack.name}.log`);
  mkdirSync(mountpoint, { recursive: true });
  const folders = folderVolumes(stack.volumes).flatMap((volume) => {
    const directory = join(folder, volume);
    mkdirSync(directory, { recursive: true });
    return [`${volume}.directory=${directory}`];
  });
  const begun = performance.now();
  const server = new OwnServer(
    ['mount', stack.path, mountpoint, ...mountFlags],
    { logFile, options: folders, ...node },
    terminal,
  );
  const stop = async (): Promise<void> => {
    await server.end();
    await takeLeftAway(mountpoint);
  };
  if (!(await server.ready)) {
    await stop();
    const words = inShort(server.said) || tail(logFile);
    throw new NotMeasured(`it did not start: ${words || 'it said nothing'}`);
  }
  return {
    pid: server.pid,
    mountpoint,
    startSeconds: (performance.now() - begun) / 1e3,
    complaint: inShort(server.said),
    stop,
    async ended() {
      const known = new AbortController();
      const late = delay(KNOWN_MS, null, { signal: known.signal }).catch(() => null);
      const end = await Promise.race([server.ended, late]);
      known.abort();
      if (end === null) return null;
      const how = end.signal === null ? `with status ${end.status}` : `killed by ${end.signal}`;
      const words = end.signal === null ? tail(logFile) : '';
      return `its server ended, ${how}${words === '' ? '' : `: ${words}`}`;
    },
  };
}

const profileOptions = (folder: string, name: string): string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${folder}`,
  `--cpu-prof-name=${name}.cpuprofile`,
];

/** What a command said, in a line: without a script's stack, and its log, which goes with the bench. */
const inShort = (said: readonly string[]): string =>
  said
    .filter((text) => !text.startsWith('glossa: the log is'))
    .map((text) => text.split(/^\s*Traceback /m)[0]!.trim())
    .join('; ')
    .replaceAll(/\s+/g, ' ');

const tail = (path: string): string => logEnd(path, LOG_LINES).join('; ');
