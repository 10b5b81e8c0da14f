/** Checks names and prose: headers, pronouns without an actor, file names, types and test titles. */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSources, type SourceFile } from './sources.ts';

interface Rule {
  readonly title: string;
  readonly files: readonly SourceFile[];
  /** Each match is a fault. */
  readonly pattern: RegExp;
  /** Files that may break the rule, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

const code = readSources('.ts', '.js', '.mjs', '.py', '.c', '.h');
const texts = [...code, ...readSources('.md')].filter(
  ({ path }) => path !== 'test/tidy/words.test.ts',
);

const RULES: readonly Rule[] = [
  {
    title: 'the header of a file begins with its subject',
    files: code,
    pattern:
      /^(?:#!.*\n)?(?:\/\*\*?\s*(?:\n \* )?|# |""")(?:What|Who|How|Where|Which|Whose|That)\b.*/g,
  },
  {
    title: 'a comment begins with its subject',
    files: code.filter(({ path }) => path.endsWith('.ts')),
    pattern: /(?:\/\*\*|^ *\*|\/\/) *(?:What|Who|How|Where|Which|Whose) .*/gm,
  },
  {
    title: 'a sentence names its actor',
    files: texts,
    pattern: /.*\b(?:[Nn]obody|[Ss]omebody|[Ww]hoever|[Ww]hatever)\b.*/g,
    except: {
      'examples/audit-log/audit-log.mount.long.test.ts': 'the user nobody',
      'examples/undelete/undelete.mount.long.test.ts': 'the user nobody',
      'runtime/mount/fuse/channel.mount.more.test.ts': 'the user nobody',
    },
  },
  {
    title: 'an exported type is the noun of a role',
    files: code,
    pattern:
      /^export (?:type|interface|class) (?:Given|Told|Asked|Seen|Found|Kept|Heard|Lent)\b.*/gm,
    except: { 'bridges/testing/api.ts': 'Asked is public: tests import it from glossa/testing' },
  },
  {
    title: 'the title of a test has its subject',
    files: code.filter(({ path }) => path.includes('.test.')),
    pattern: /^ *(?:it|test)(?:\.\w+(?:\([^)\n]*\))?)*\(['"`](?:that|of|whose|which) .*/gm,
  },
  {
    title: 'the title of a test is more than a word',
    files: code.filter(({ path }) => path.includes('.test.')),
    pattern: /^ *(?:it|test)(?:\.(?:each|skipIf|runIf)\([^)]*\))?\(\s*(['"`])[\w-]+\1,.*/gm,
    except: {
      'bridges/testing/graph-test-bed.test.ts': 'tests within texts, for `glossa test`',
      'bridges/testing/javascript.engine.test.ts': 'tests within texts, for `glossa test`',
      'cli/misnamed.mount.more.test.ts': 'tests within texts, for `glossa test`',
      'cli/test.engine.more.test.ts': 'tests within texts, for `glossa test`',
    },
  },
];

describe('in names and prose,', () => {
  it.each(RULES)('$title', ({ files, pattern, except = {} }) => {
    const faults = files
      .filter(({ path }) => !(path in except))
      .flatMap(({ path, text }) => [...text.matchAll(pattern)].map(([line]) => `${path}: ${line}`));
    expect(faults).toEqual([]);
    const idle = Object.keys(except).filter(
      (path) => !files.some((file) => file.path === path && file.text.search(pattern) >= 0),
    );
    expect(idle).toEqual([]);
  });

  it('no file is called words.ts', () => {
    const names = code.map(({ path }) => path).filter((path) => basename(path) === 'words.ts');
    expect(names).toEqual([]);
  });
});
