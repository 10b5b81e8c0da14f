/** Generates the tables of the protocol of `glossa api`: for the Python package, and for the reference page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BYTES_MAX } from '../../runtime/api/protocol/api-connection.ts';
import { DATA_MAX } from '../../runtime/api/protocol/handle-operations.ts';
import type { Operation } from '../../runtime/api/protocol/operation.ts';
import { operationGroups, PROTOCOL_VERSION } from '../../runtime/api/protocol/operations.ts';
import {
  type ArgumentType,
  isVariable,
  OPERATION_FLAGS,
  STAT_FIELDS,
  STAT_SIZE,
  STATVFS_FIELDS,
} from '../../runtime/api/protocol/values.ts';
import { ARM_FLAGS } from '../../runtime/core/machine-flags.ts';

/** The code of each argument type for Python's `struct`; for types of variable length, that of the length. */
const STRUCT_CODES: Readonly<Record<ArgumentType, string>> = {
  ...{ u32: 'I', i64: 'q', size: 'q', gfid: '16s', name: 'I', data: 'I' },
};
const CODES_BY_SIZE = { 4: 'I', 8: 'q', 16: '16s' } as const;

const statCodes = STAT_FIELDS.map(([, size]) => CODES_BY_SIZE[size]).join('');

/** Shortens `IIII` to `4I`. */
const shorten = (codes: string): string =>
  codes.replace(/(?<!\d)([A-Za-z])\1+/g, (run) => `${run.length}${run[0]}`);

function formatPythonRow(name: string, { number, args, result }: Operation): string {
  // Before the arguments: length, id, number of the operation, identity.
  const codes = shorten(`IIII${args.map(({ type }) => STRUCT_CODES[type]).join('')}`);
  const variableCount = args.filter(({ type }) => isVariable(type)).length;
  const comment = args.map((arg) => `${arg.name}:${arg.type}`).join(' ');
  return `${name.toUpperCase()} = Operation(${number}, Struct(">${codes}"), ${variableCount}, "${result}")${comment && `  # ${comment}`}`;
}

const formatOctal = (flag: number): string => `0o${flag.toString(8)}`;

const quoteAll = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

export function generatePythonOperations(): string {
  const flags = Object.entries(OPERATION_FLAGS).map(([name, value]) => `${name} = ${value}`);
  const armFlags = ARM_FLAGS.map(
    ([graphFlag, machineFlag]) => `${formatOctal(machineFlag)}: ${formatOctal(graphFlag)}`,
  );
  const sections = Object.entries(operationGroups).map(([title, group]) =>
    [`# ${title}`, ...Object.entries(group).map((entry) => formatPythonRow(...entry))].join('\n'),
  );
  return `"""Generated from runtime/api/protocol/operations.ts by tools/gen/api-operations.ts (npm run gen). Do not edit.

The operations of the protocol of \`glossa api\` (docs/reference/api-protocol.md).
"""

from struct import Struct
from typing import NamedTuple

VERSION = ${PROTOCOL_VERSION}
GREETING = b"glossa\\0" + bytes([VERSION])
# Bit of a message's length.
LAST_PART = 0x80000000
# The most bytes of data in one message.
DATA_MAX = ${DATA_MAX}

# Bits of the argument flags.
${flags.join('\n')}

# Flags of open(2) on ARM, and in a volume (runtime/core/machine-flags.ts).
ARM_FLAGS = {${armFlags.join(', ')}}


class Operation(NamedTuple):
    """An operation: the struct of its request ends with the lengths of the names and data that follow.

    It begins with length, id, number of the operation, and identity.
    """

    number: int
    head: Struct
    variables: int
    result: str


# Length, id, errno.
REPLY = Struct(">3I")
# Length of the failed path; then the path and a message.
FAILURE = Struct(">I")

STAT_FIELDS = (${quoteAll(STAT_FIELDS.map(([name]) => name))})
STAT_RESULT = Struct(">${shorten(statCodes)}")
STATVFS_FIELDS = (${quoteAll(STATVFS_FIELDS)})
STATVFS_RESULT = Struct(">${STATVFS_FIELDS.length}q")
# Type, start, length, pid; the owner follows.
LOCK_RESULT = Struct(">IqqI")
# Type and length of the name of an entry of a directory.
ENTRY = Struct(">2I")
# The same with attributes between them.
ENTRY_WITH_STAT = Struct(">${shorten(`I${statCodes}I`)}")

${sections.join('\n\n')}
`;
}

const TEMPLATE = join(import.meta.dirname, 'api-protocol.md.in');

const formatRow = (name: string, { number, args, result, help }: Operation): string => {
  const list = args.map((arg) => `${arg.name}: ${arg.type}`).join(', ');
  return `| ${number} | \`${name}\` | ${list || 'none'} | ${result} | ${help} |`;
};

const formatGroup = (title: string, group: Readonly<Record<string, Operation>>): string =>
  `### ${title}

| number | name | arguments | result | |
|---|---|---|---|---|
${Object.entries(group)
  .map((entry) => formatRow(...entry))
  .join('\n')}`;

export function generateApiPage(): string {
  const values: Readonly<Record<string, string>> = {
    VERSION: `${PROTOCOL_VERSION}`,
    BYTES: `${BYTES_MAX / 2 ** 20}`,
    FLAGS: Object.entries(OPERATION_FLAGS)
      .map(([name, value]) => `${name} (${value})`)
      .join(', '),
    STAT_SIZE: `${STAT_SIZE}`,
    STAT: STAT_FIELDS.map(([name, size]) => `${name} (${size})`).join(', '),
    STATVFS_SIZE: `${STATVFS_FIELDS.length * 8}`,
    STATVFS: STATVFS_FIELDS.join(', '),
    OPERATIONS: Object.entries(operationGroups)
      .map((entry) => formatGroup(...entry))
      .join('\n\n'),
  };
  return readFileSync(TEMPLATE, 'utf8').replace(/@([A-Z_]+)@/g, (_, key: string) => values[key]!);
}
