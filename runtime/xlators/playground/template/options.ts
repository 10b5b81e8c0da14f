/**
 * One option of each type; what each accepts is in `runtime/core/option-types.ts`. A translator
 * with few options declares them in its `index.ts`.
 */
import { defineOptions, type Values } from '../../../core/options.ts';

export const options = defineOptions({
  switch: {
    type: 'bool',
    default: false,
    description: 'on or off, yes or no, true or false.',
    reconfigurable: true,
  },
  count: {
    type: 'int',
    default: 16,
    min: 1,
    max: 1024,
    description: 'A whole number, here between bounds.',
    reconfigurable: true,
  },
  ratio: { type: 'double', default: 0.5, min: 0, max: 1, description: 'A number.' },
  share: { type: 'percent', default: 10, description: 'A percentage.' },
  size: {
    type: 'sizet',
    default: 131_072,
    aliases: ['cache-size'],
    description: 'Bytes; written 128KB, 1MB and so on.',
  },
  reserve: {
    type: 'percent_or_sizet',
    default: { percent: 1 },
    description: 'A percentage, or a size.',
  },
  'block-size': {
    type: 'size_list',
    default: '128KB',
    min: 512,
    description: 'A size for all files, or sizes by patterns of names.',
  },
  timeout: {
    type: 'time',
    default: 60,
    description: 'Seconds; written 10s, 5min and so on.',
    reconfigurable: true,
  },
  mode: {
    type: 'str',
    default: 'plain',
    values: ['plain', 'fancy'],
    description: 'One of several words.',
  },
  title: { type: 'str', description: 'Any text. Without a default it may be undefined.' },
  directory: { type: 'path', description: 'An absolute path.' },
  remote: { type: 'addr', description: 'A host name or an address.' },
  allow: { type: 'addr_list', default: '*', description: 'Addresses, with wildcards.' },
  clients: { type: 'client_auth_addr', default: '*', description: 'Addresses and networks.' },
  priority: { type: 'priority_list', description: 'Patterns of names with a number each.' },
  beside: { type: 'xlator', description: 'The name of a volume of this graph.' },
  note: { type: 'any', default: '', description: 'Any text, taken as it is.' },
});

/** The values of all of them, as `init` and `reconfigure` get them. */
export type Settings = Values<typeof options>;
