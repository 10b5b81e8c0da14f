/** As much of JSON Schema as ours uses: whether a value fits, and where it does not. */
type Schema = Readonly<Record<string, unknown>>;

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

const isType = (type: string, value: unknown): boolean =>
  type === typeOf(value) || (type === 'integer' && Number.isInteger(value));

type Rule = (wanted: never, value: unknown, schema: Schema, root: Schema) => string[];
const all = (problems: readonly string[][]): string[] => problems.flat();

const rules: Readonly<Record<string, Rule>> = {
  type: (wanted: string | string[], value) =>
    [wanted].flat().some((type) => isType(type, value))
      ? []
      : [`is ${typeOf(value)}, not ${wanted}`],
  const: (wanted, value) => (value === wanted ? [] : [`is not ${wanted}`]),
  enum: (wanted: unknown[], value) => (wanted.includes(value) ? [] : ['is none of the enum']),
  pattern: (wanted: string, value) =>
    typeof value !== 'string' || new RegExp(wanted).test(value) ? [] : [`is not ${wanted}`],
  minimum: (wanted: number, value) => (Number(value) >= wanted ? [] : ['is too small']),
  required: (wanted: string[], value) =>
    wanted.flatMap((key) => (Object.hasOwn(value as object, key) ? [] : [`lacks ${key}`])),
  properties: (wanted: Record<string, Schema>, value, _schema, root) =>
    all(
      Object.entries(wanted).map(([key, schema]) => {
        const item = (value as Record<string, unknown>)[key];
        return item === undefined ? [] : inside(key, item, schema, root);
      }),
    ),
  additionalProperties(wanted: Schema | false, value, schema, root) {
    const known = Object.keys((schema.properties ?? {}) as object);
    const others = Object.entries(value as object).filter(([key]) => !known.includes(key));
    if (wanted === false) return others.map(([key]) => `has ${key}`);
    return all(others.map(([key, item]) => inside(key, item, wanted, root)));
  },
  items(wanted: Schema | false, value, schema, root) {
    const rest = (value as unknown[]).slice(((schema.prefixItems ?? []) as unknown[]).length);
    if (wanted === false) return rest.length === 0 ? [] : ['has too many items'];
    return all(rest.map((item, i) => inside(String(i), item, wanted, root)));
  },
  prefixItems: (wanted: Schema[], value, _schema, root) =>
    all(wanted.map((schema, i) => inside(String(i), (value as unknown[])[i], schema, root))),
  anyOf: (wanted: Schema[], value, _schema, root) =>
    wanted.some((schema) => problemsOf(value, schema, root).length === 0) ? [] : ['fits none'],
  oneOf(wanted: Schema[], value, _schema, root) {
    const fitting = wanted.filter((schema) => problemsOf(value, schema, root).length === 0);
    return fitting.length === 1 ? [] : [`fits ${fitting.length} of ${JSON.stringify(value)}`];
  },
  $ref: (wanted: string, value, _schema, root) => {
    const name = wanted.replace('#/$defs/', '');
    return problemsOf(value, (root.$defs as Record<string, Schema>)[name]!, root);
  },
};
/** What says nothing about a value. */
const silent = ['$schema', '$comment', '$defs', 'title', 'description'];

const inside = (key: string, value: unknown, schema: Schema, root: Schema): string[] =>
  problemsOf(value, schema, root).map((problem) => `${key}: ${problem}`);

/** What does not fit; none if it does. @throws {Error} at a word that this does not know */
export function problemsOf(value: unknown, schema: Schema, root: Schema = schema): string[] {
  // A value of another type has no parts to look at.
  const words = Object.keys(schema).sort((a, b) => Number(b === 'type') - Number(a === 'type'));
  const problems: string[] = [];
  for (const word of words) {
    if (silent.includes(word)) continue;
    const rule = rules[word];
    if (rule === undefined) throw new Error(`unknown word ${word}`);
    problems.push(...rule(schema[word] as never, value, schema, root));
    if (problems.length > 0) break;
  }
  return problems;
}
