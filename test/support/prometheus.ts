/**
 * A strict reader of Prometheus's text format 0.0.4: every sample follows a HELP and a TYPE, no
 * family or sample appears twice, and names, labels and numbers are well-formed.
 */
export interface Read {
  readonly type: string;
  readonly help: string;
  /** Values by their labels, as `name=value` in order, commas between. */
  /** Values by labels; a histogram's keys begin with the suffix of its name: `_bucket,volume=…`. */
  readonly samples: Map<string, number>;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const VALUE = '[+-]?(?:Inf|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)|NaN';
const HEAD = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (${VALUE})$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

export function readPrometheus(text: string): Map<string, Read> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Read>();
  let help: readonly [name: string, text: string] | null = null;
  let name = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word, about, rest] = HEAD.exec(line) ?? [];
    if (word === 'HELP') help = [about!, rest!];
    else if (word === 'TYPE') {
      if (help?.[0] !== about || families.has(about!)) throw new Error(`out of place: ${line}`);
      if (!/^(counter|gauge|histogram)$/.test(rest!)) throw new Error(`unknown type: ${line}`);
      name = about!;
      families.set(name, { type: rest!, help: help![1], samples: new Map() });
    } else addSample(families.get(name), name, line);
  }
  return families;
}

const PARTS = ['_bucket', '_sum', '_count'];

function addSample(family: Read | undefined, name: string, line: string): void {
  const [, sample, labels = '', value] = SAMPLE.exec(line) ?? [];
  const part = family?.type === 'histogram' ? PARTS.find((part) => sample === name + part) : '';
  if (family === undefined || part === undefined || sample !== name + part) {
    throw new Error(`no sample of ${name}: ${line}`);
  }
  const key = [...(part === '' ? [] : [part]), readLabels(labels, line)].join(',');
  if (family.samples.has(key)) throw new Error(`twice: ${line}`);
  family.samples.set(key, Number(value!.replace('Inf', 'Infinity')));
}

function readLabels(text: string, line: string): string {
  const labels: string[] = [];
  let rest = text;
  while (rest !== '') {
    const label = LABEL.exec(rest);
    if (label === null) throw new Error(`labels: ${line}`);
    const value = label[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    labels.push(`${label[1]}=${value}`);
    rest = rest.slice(label[0].length);
  }
  return labels.join(',');
}
