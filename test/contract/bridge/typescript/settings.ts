/** Logs the values of its options. */
import { defineOptions, defineTranslator } from 'glossa';
import { plain } from './shapes.ts';

const options = defineOptions({
  text: { type: 'str', default: 'quiet', description: 'Some text.' },
  choice: { type: 'str', values: ['one', 'two'], description: 'One of two.' },
  count: { type: 'int', default: 3, min: 1, max: 10, description: 'A few.' },
  share: { type: 'double', default: 0.5, description: 'A part.' },
  enabled: { type: 'bool', default: true, description: 'Whether.' },
  'cache-size': { type: 'sizet', default: 1024, description: 'How large.' },
  timeout: { type: 'time', default: 60, description: 'How long.' },
  part: { type: 'percent', description: 'How much.' },
  folder: { type: 'path', description: 'Where.' },
  later: { type: 'time', description: 'When.' },
});

export default defineTranslator<null, typeof options>({
  ...plain,
  options,
  fops: {},
  init(xl, values) {
    const own = Object.keys(options) as (keyof typeof options)[];
    const pairs = own.map((key) => [key, values[key] ?? null]);
    xl.log.info(JSON.stringify(Object.fromEntries(pairs)));
    return null;
  },
});
