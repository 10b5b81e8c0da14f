/**
 * Tests of the contents of `npm pack`: every target of documents and the demo, and exact versions.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatNextSteps } from '../../apps/demo/report.ts';

// npm 12 makes a record by name of what is a list for others.
const [pack] = Object.values(
  JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ),
) as [{ files: readonly { path: string }[] }];
const paths = pack.files.map(({ path }) => path).filter((path) => !path.startsWith('node_modules'));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};

/** A package that npm installs with glossa: npm gives it its exact version, or glossa's package contains it. */
const ownPackages = Object.entries(packages).filter(
  ([path, { dev, inBundle }]) => path !== '' && !dev && !inBundle,
);

interface LockedPackage extends Partial<Manifest> {
  readonly version: string;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Whether the package contains a file, or a folder of files. */
const isPacked = (path: string): boolean =>
  paths.some((each) => each === path || each.startsWith(`${path}/`));

it.each(paths.filter((path) => path.endsWith('.md')))(
  'the package contains every target that %s links to',
  (path) => {
    const links = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^https?:/.test(link));
    expect(links.filter((link) => !isPacked(join(path, '..', link)))).toEqual([]);
  },
);

it('the package contains every file that the demo names', () => {
  const shown = formatNextSteps().match(/^ {4}\S+\.(py|ts|vol|md)\b/gm)!;
  expect(shown.map((path) => path.trim()).filter((path) => !isPacked(path))).toEqual([]);
});

// The bridges change Pyodide's minified text and read structures of QuickJS: another release breaks them.
it.each(Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies }))(
  'dependency %s %s has the exact version that npm ci installs',
  (name, version) => expect(packages[`node_modules/${name}`]?.version).toBe(version),
);

// npm takes no lock from a package: a range would give its users versions that were not tested.
it.each(ownPackages)('%s needs exact versions alone, and runs no script', (_, locked) => {
  const ranges = Object.entries({ ...locked.dependencies, ...locked.optionalDependencies }).filter(
    ([name, version]) => packages[`node_modules/${name}`]?.version !== version,
  );
  expect({ ranges, hasInstallScript: locked.hasInstallScript }).toEqual({ ranges: [] });
});
