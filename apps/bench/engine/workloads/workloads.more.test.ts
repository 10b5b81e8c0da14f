import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSearches } from '../../../../test/support/searches.ts';
import { planSearches } from '../searches.ts';
import { tryCommand } from './command.ts';
import { type WorkloadName, workloadNames, workloads } from './index.ts';
import { type BlockingRequests, STORED_BYTES_MAX, type WorkloadSetting } from './workload.ts';

let folder: string;
let setting: WorkloadSetting;

beforeEach(() => {
  // In memory, where making a thousand files takes no time.
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  folder = mkdtempSync(join(parent, 'glossa-workloads-'));
  const [root, plainFolder] = [join(folder, 'root'), join(folder, 'plain')];
  setting = { root, plainFolder, seed: 1, client: 0, command: tryCommand(['ls', '-1'], folder) };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function makeTrees(name: WorkloadName): void {
  for (const path of [setting.root, setting.plainFolder]) {
    mkdirSync(path);
    workloads[name].make(path);
  }
}

function open(name: WorkloadName, changes: Partial<WorkloadSetting> = {}): BlockingRequests {
  makeTrees(name);
  return workloads[name].open({ ...setting, ...changes });
}

/** Lists the complaints about the results of the first requests. */
function listComplaints(requests: BlockingRequests, count: number): string[] {
  const complaints = Array.from({ length: count }, (_, i) => {
    requests.prepare?.(i);
    return requests.check(i, requests.send(i));
  });
  return complaints.filter((complaint) => complaint !== null);
}

/** Total size of the files in a folder. */
const folderSize = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

const requestCounts: Partial<Record<WorkloadName, number>> = { command: 2, readdir: 3 };

describe('a workload', () => {
  it.each(workloadNames)(
    'such as %s finds no wrong reply in a plain directory, and leaves no descriptor open',
    (name) => {
      const before = readdirSync('/proc/self/fd').length;
      const requests = open(name);
      expect(listComplaints(requests, requestCounts[name] ?? 400)).toEqual([]);
      requests.close();
      expect(readdirSync('/proc/self/fd').length).toBe(before);
      expect(folderSize(setting.root)).toBeLessThanOrEqual(STORED_BYTES_MAX);
    },
  );

  it('makes the same requests for the same seed and client, and different ones for another seed or client', () => {
    const requestOrder = (changes: Partial<WorkloadSetting>): (string | null)[] => {
      const requests = workloads.hit.open({ ...setting, ...changes });
      // With a status that is never right, each complaint contains the requested name.
      const complaints = Array.from({ length: 20 }, (_, i) => requests.check(i, -5));
      requests.close();
      return complaints;
    };
    open('hit').close();
    expect(requestOrder({})).toEqual(requestOrder({}));
    expect(requestOrder({})).not.toEqual(requestOrder({ seed: 2 }));
    expect(requestOrder({})).not.toEqual(requestOrder({ client: 1 }));
  });
});

describe('a wrong result', () => {
  it.each<[WorkloadName, (root: string) => void, RegExp]>([
    ['miss', (root) => writeFileSync(join(root, 'absent0007'), ''), /absent0007 gives success/],
    ['hit', (root) => rmSync(join(root, 'file0007')), /file0007 gives ENOENT/],
    [
      'hit',
      (root) => writeFileSync(join(root, 'file0007'), 'x'),
      /1 bytes, in the plain directory/,
    ],
    ['phpsim', (root) => rmSync(join(root, 'dir3'), { recursive: true }), /ENOENT/],
    ['readdir', (root) => rmSync(join(root, 'file0999')), /other names/],
    ['seqread', (root) => writeFileSync(join(root, 'data'), 'short'), /of 131072 bytes/],
    ['seqread', (root) => writeFileSync(join(root, 'data'), Buffer.alloc(1 << 25)), /other data/],
    ['randread', (root) => writeFileSync(join(root, 'data'), Buffer.alloc(1 << 25)), /other data/],
    ['smallfile', (root) => writeFileSync(join(root, 'client0-0003'), ''), /EEXIST/],
    ['command', (root) => writeFileSync(join(root, 'more'), ''), /something else/],
  ])('in the workload %s is reported', (name, spoil, complaint) => {
    makeTrees(name);
    // The searched folders are opened before one of them is removed.
    const before = name === 'phpsim' ? workloads[name].open(setting) : null;
    spoil(setting.root);
    const requests = before ?? workloads[name].open(setting);
    const complaints = listComplaints(requests, requestCounts[name] ?? 4000);
    requests.close();
    expect(complaints[0]).toMatch(complaint);
  });

  it('such as an unexpected exit status of a command is reported', () => {
    const requests = open('command', {
      command: tryCommand(['test', '-e', 'more'], folder),
    });
    writeFileSync(join(setting.root, 'more'), '');
    expect(listComplaints(requests, 1)).toEqual([
      'the command ends with 0, in the plain directory with 1',
    ]);
  });
});

describe('the workload phpsim', () => {
  it('counts the lookups of its searches, 5.5 a search on average', () => {
    const requests = open('phpsim');
    listComplaints(requests, 4000);
    const { lookups } = requests.takeCounts!();
    expect(lookups! / 4000).toBeGreaterThan(5.1);
    expect(lookups! / 4000).toBeLessThan(5.8);
    expect(requests.takeCounts!()).toEqual({ lookups: 0 });
    requests.close();
  });

  const plan = planSearches({ seed: 3, searchCount: 500, fileCount: 300, roundCount: 4 });

  it('looks up the files of a given plan, and an absent name for each negative number', () => {
    const requests = open('phpsim', { searches: plan, plainFolder: '' });
    expect(requests.send(-7)).toBe(-2);
    expect(requests.check(-7, -2)).toBeNull();
    expect(requests.check(-7, 0)).toMatch(/absent/);
    expect(requests.takeCounts!()).toEqual({ lookups: 0 });
    expect(listComplaints(requests, 500)).toEqual([]);
    expect(requests.takeCounts!()).toEqual({ lookups: expectSearches(plan).lookups });
    requests.close();
  });

  it('reports each file that is absent, or in another directory than planned', () => {
    const directories = plan.directories.map((directory) => (directory + 1) % 10);
    const requests = open('phpsim', { searches: { ...plan, directories } });
    rmSync(join(setting.root, 'dir4'), { recursive: true });
    expect(listComplaints(requests, 500)).toHaveLength(500);
    requests.close();
  });
});
