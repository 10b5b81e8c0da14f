/** Generates the Python package's tables: fops, fields of structures, and errno numbers. */

import { errnoNames, errnoNumber, strerror } from '../../runtime/core/errno.ts';
import { makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import { FILES_ROW, fileMethods } from '../../runtime/core/file-methods.ts';
import { type Arg, fops } from '../../runtime/core/fops.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../runtime/core/xdata.ts';
import { formatCodeLines } from './codes.ts';
import { formatInitialValue, makeFieldsListName } from './fields.ts';

const quote = (text: string): string => JSON.stringify(text);
/** Writes arguments as one string: `"loc:loc xdata:dict"`. */
const quoteSpec = (args: readonly Arg[]): string =>
  quote(args.map((arg) => `${arg.name}:${arg.type}`).join(' '));

export function generatePythonFops(): string {
  const rows = fops.map((fop) => {
    const { creates = '', removes = '' } = fop.entry;
    const parts = [fop.number, quote(fop.name), quote(fop.logName), quoteSpec(fop.args)];
    return `    Fop(${[...parts, quoteSpec(fop.reply), quote(creates), quote(removes)].join(', ')}),`;
  });
  return `"""Generated from runtime/core/fops.ts by tools/gen/python.ts (npm run gen). Do not edit.

The table of file operations: number, method, log name, arguments and reply as name:type, and which
loc names the entry that the fop creates or removes.
"""

from collections import namedtuple

Arg = namedtuple("Arg", "name type")


def _args(spec):
    return tuple(Arg(*part.split(":")) for part in spec.split())


class Fop:
    """One row of the table; \`method\`, \`cbk\`, \`cancel\` are set to the translator's methods."""

    def __init__(self, number, name, log_name, args, reply, creates, removes):
        self.number = number
        self.name = name
        self.log_name = log_name
        self.args = _args(args)
        self.reply = _args(reply)
        self.reply_index = {arg.name: index for index, arg in enumerate(self.reply)}
        self.creates = creates
        self.removes = removes
        # The guest holds the fd of a reply as long as the request lives.
        self.replies_fd = any(arg.type == "fd" for arg in self.reply)
        self.frame_class = None
        self.make_reply = None
        self.method = None
        self.cbk = None
        self.cancel = None


FOPS = (
${rows.join('\n')}
)
BY_NAME = {fop.name: fop for fop in FOPS}

# Calls of the methods of a file system by path (bridges/host/crossing/files-row.ts), and the methods
# with their arguments.
FILES, FILES_LATER = (
    Fop(0, name, name.upper(), ${quoteSpec(FILES_ROW.args)}, ${quoteSpec(FILES_ROW.reply)}, "", "")
    for name in ("files", "files_later")
)
FILE_METHODS = {
${Object.entries(fileMethods)
  .map(
    ([name, { params }]) => `    ${quote(name)}: (${params.map((p) => `${quote(p)},`).join(' ')}),`,
  )
  .join('\n')}
}

# The results of an entry point for the host (bridges/host/guest.ts), and the states of a frame.
${formatCodeLines((name, code) => `${name} = ${code}`)}

# Keys of a reply's xdata (runtime/core/xdata.ts), by their names in Python.
TIMEOUTS = {
    "entry_timeout": ${quote(ENTRY_TIMEOUT)},
    "attribute_timeout": ${quote(ATTRIBUTE_TIMEOUT)},
    "negative_timeout": ${quote(NEGATIVE_TIMEOUT)},
}
`;
}

/** Formats the initial values of a structure's fields as a dict. */
function formatFields(struct: Struct): string {
  const rows = struct.fields.map(
    (field) => `    ${quote(makeShortName(struct, field))}: ${formatInitialValue(field)},`,
  );
  return `${makeFieldsListName(struct)} = {\n${rows.join('\n')}\n}`;
}

export function generatePythonFields(table: readonly Struct[] = structs): string {
  return `"""Generated from runtime/core/fields.ts by tools/gen/python.ts (npm run gen). Do not edit.

The fields of the structures that are sent field by field, in this order, with initial values.
"""

${table.map(formatFields).join('\n')}
`;
}

export function generatePythonErrno(): string {
  const numbers = errnoNames.map((name) => [name, errnoNumber(name)!] as const);
  return `"""Generated from runtime/core/errno.ts by tools/gen/python.ts (npm run gen). Do not edit.

Linux's errno numbers.
"""

${numbers.map(([name, number]) => `${name} = ${number}`).join('\n')}

NAMES = {
${numbers.map(([name]) => `    ${quote(name)}: ${name},`).join('\n')}
}

__all__ = ["NAMES", *NAMES]
`;
}

/** Writes Linux's errno numbers for the interpreter, whose build of Python has those of WASI. */
export function generateInterpreterErrno(): string {
  const rows = errnoNames.map((name) => {
    const number = errnoNumber(name)!;
    return `    ${quote(name)}: (${number}, ${quote(strerror(number))}),`;
  });
  return `"""Generated from runtime/core/errno.ts by tools/gen/python.ts (npm run gen). Do not edit.

Linux's errno numbers, and their texts of strerror(3).
"""

ERRNO = {
${rows.join('\n')}
}
`;
}
