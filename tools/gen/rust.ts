/** Generates the types and methods of every fop for the Rust crate. */

import { describeArgument, fopDocs } from '../../runtime/core/fop-docs.ts';
import { type Arg, type ArgType, type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../runtime/core/xdata.ts';
import { formatCodeLines } from './codes.ts';
import { makeSentence } from './fields.ts';
import { findTypeLetter, isCounting, listTypeLetters } from './native.ts';

/** Formats the first line of a generated file. */
export const formatRustHead = (source: string) =>
  `// Generated from ${source} by tools/gen/rust.ts (npm run gen). Do not edit.`;

/** Codes of file systems by path, which no module in Rust is. */
const RUST_CODES_WITHOUT_USE = /^RETURNED_/;

/** Rust's reserved words among the table's names. */
const RESERVED: ReadonlySet<string> = new Set(['type']);

/** Makes an identifier of a name in the tables. */
export const makeIdentifier = (name: string): string => (RESERVED.has(name) ? `r#${name}` : name);

/** Makes the type name of a fop: `copy_file_range` is `CopyFileRange`. */
export const makeTypeName = ({ name }: FopRow): string =>
  name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** The types of values. */
const VALUE_TYPES: Readonly<Record<ArgType, string>> = {
  loc: "&'a Loc<'a>",
  inode: "&'a Inode<'a>",
  fd: "&'a Fd<'a>",
  iatt: "&'a Iatt",
  dict: "&'a Dict<'a>",
  str: "Name<'a>",
  int: 'i64',
  data: "&'a [u8]",
  entries: "&'a [Dirent<'a>]",
  statvfs: "&'a Statvfs",
  flock: "&'a Flock<'a>",
  lease: "&'a crate::Lease",
  locklist: "&'a [Flock<'a>]",
};

/** Returns true for an argument that may be null; the fd of a fop that opens may be missing. */
export const isNullable = ({ reply }: FopRow, { type, nullable }: Arg): boolean =>
  nullable || (type === 'fd' && reply.some((part) => part.type === 'fd'));

/** Wraps a text into lines of comments. */
export function formatComment(indent: string, text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length + indent.length > 95) lines.push(` ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => `${indent}///${line}\n`).join('');
}

/** Formats the fields of a fop's arguments or reply. */
function formatMembers(row: FopRow, args: readonly Arg[], isReply: boolean): string {
  return args
    .map((arg) => {
      const about = makeSentence(describeArgument(row.name as FopName, arg.name)) ?? '';
      const nullable = isReply ? arg.type !== 'int' : isNullable(row, arg);
      const type = nullable ? `Option<${VALUE_TYPES[arg.type]}>` : VALUE_TYPES[arg.type];
      return `${formatComment('        ', about)}        pub ${makeIdentifier(arg.name)}: ${type},\n`;
    })
    .join('');
}

/** Returns true for a part that is an `Option`. */
const isOption = (row: FopRow, arg: Arg, isReply: boolean): boolean =>
  isReply ? arg.type !== 'int' : isNullable(row, arg);

/** Formats the conversion of a list of values to a struct's fields. */
const formatReads = (row: FopRow, args: readonly Arg[], isReply: boolean): string =>
  args
    .map((arg, index) => {
      const read = isOption(row, arg, isReply)
        ? `v[${index}].into()`
        : `Required::required(v[${index}])`;
      return `${makeIdentifier(arg.name)}: ${read}`;
    })
    .join(', ');

/** The functions of `Reader` that decode a type; all but those of loc and int give an `Option`. */
const READERS: Readonly<Record<ArgType, string>> = {
  loc: 'loc()',
  inode: 'inode()',
  fd: 'fd()',
  iatt: 'iatt()',
  dict: 'dict()',
  str: 'text()',
  int: 'integer()',
  data: 'data()',
  entries: 'entries(frame, kept)',
  statvfs: 'statvfs()',
  flock: 'flock()',
  lease: 'lease()',
  locklist: 'locks()',
};

/** Types whose decoded value is the field's. */
const COPIED_TYPES: ReadonlySet<ArgType> = new Set(['int', 'str', 'data']);

/** Formats the field that refers to a decoded value. */
function formatReference(row: FopRow, arg: Arg, isReply: boolean): string {
  const name = makeIdentifier(arg.name);
  const isOptional = isOption(row, arg, isReply);
  if (arg.type === 'int') return name;
  if (arg.type === 'loc') return `${name}: &${name}`;
  if (COPIED_TYPES.has(arg.type)) return isOptional ? name : `${name}: ${name}.unwrap_or_default()`;
  if (arg.type === 'entries') return `${name}: ${name}.as_deref()`;
  if (arg.type === 'locklist')
    return `${name}: ${name}.as_deref()${isOptional ? '' : '.unwrap_or_default()'}`;
  return isOptional ? `${name}: ${name}.as_ref()` : `${name}: required(&${name})`;
}

/** Formats the decoding of arguments or parts of a reply. */
const formatDecoding = (indent: string, args: readonly Arg[]): string =>
  args
    .flatMap(({ name, type }) => {
      const variable = makeIdentifier(name);
      const list = `let ${variable} = ${variable}.as_deref().map(list_entries);`;
      return [`let ${variable} = from.${READERS[type]};`, ...(type === 'entries' ? [list] : [])];
    })
    .map((line) => `${indent}${line}\n`)
    .join('');

const formatValues = (args: readonly Arg[]): string =>
  args.map(({ name }) => `self.${makeIdentifier(name)}.into()`).join(', ');

/** Formats the struct of a fop's arguments. */
function formatArguments(row: FopRow): string {
  const name = makeTypeName(row);
  const doc = fopDocs[row.name as FopName];
  return `${formatComment('    ', `${doc.summary} Asked by: ${doc.when}`)}    #[derive(Clone, Copy, Debug)]
    pub struct ${name}<'a> {
${formatMembers(row, row.args, false)}    }

    impl<'a> ${name}<'a> {
        /// The arguments among the values of [\`Any\`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
            ${name} { ${formatReads(row, row.args, false)} }
        }
    }

    impl<'a> Args<'a> for ${name}<'a> {
        type Kind = kind::${name};
        type Values = [Value<'a>; ${row.args.length}];
        fn row(&self) -> &'static FopRow {
            &FOPS[${row.number}]
        }
        fn values(&self) -> Self::Values {
            [${formatValues(row.args)}]
        }
    }`;
}

/** Formats the struct of a fop's reply. */
function formatReply(row: FopRow): string {
  const name = makeTypeName(row);
  const doc = fopDocs[row.name as FopName];
  const failedParts = row.reply
    .filter(({ type }) => type === 'int')
    .map((arg) => `${makeIdentifier(arg.name)}: -1, `)
    .join('');
  return `${formatComment('    ', doc.reply)}    #[derive(Clone, Copy, Debug, Default)]
    pub struct ${name}<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
${formatMembers(row, row.reply, true)}    }

    impl<'a> ${name}<'a> {
        /// The reply with these results and the values of [\`Any\`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
            ${name} { op_ret, op_errno, ${formatReads(row, row.reply, true)} }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            ${name} { op_ret: -1, op_errno, ${failedParts}..Self::default() }
        }

        /// The reply of a success; a failure is an \`Err\`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for ${name}<'a> {
        type Values = [Value<'a>; ${row.reply.length}];
        fn row(&self) -> &'static FopRow {
            &FOPS[${row.number}]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [${formatValues(row.reply)}]
        }
    }

    impl<'r> ReplyTo<'r> for kind::${name} {
        type Reply = ${name}<'r>;
    }

    impl Kind for kind::${name} {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, ${name}<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
${formatDecoding('            ', row.reply)}            drop(from);
            let reply = ${name} { op_ret, op_errno, ${row.reply.map((arg) => formatReference(row, arg, true)).join(', ')} };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
        }
    }`;
}

/** Formats the function that decodes a fop's arguments and calls the translator's method. */
function formatGlue(row: FopRow): string {
  const { name } = row;
  const type = makeTypeName(row);
  return `    pub fn ${name}<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
${formatDecoding('        ', row.args)}        drop(from);
        let args = fop::${type} { ${row.args.map((arg) => formatReference(row, arg, false)).join(', ')} };
        frame.core.arrive(&args.values());
        it.${name}(frame, args)
    }

    pub fn ${name}_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::${type}::receive(it, frame, kept, from, T::${name}_cbk)
    }`;
}

/** Formats the row of a fop, or of a number without one. */
function formatRow(row: FopRow | undefined): string {
  if (row === undefined) return '    NO_FOP,';
  const texts = [row.name, row.logName, listTypeLetters(row.args), listTypeLetters(row.reply)];
  const fields = ['name', 'log_name', 'args', 'reply'].map((field, i) => `${field}: "${texts[i]}"`);
  return `    FopRow { number: ${row.number}, ${fields.join(', ')}, counts: ${isCounting(row)} },`;
}

/** The letter of each type of value, for people. */
const LETTERS = Object.keys(VALUE_TYPES)
  .map((type) => `${findTypeLetter(type as ArgType)} ${type}`)
  .join(', ');

/** Formats the arms of `method!` for a fop. */
function formatArms({ name, number }: FopRow): string {
  return `    (${name}) => { $crate::Method::Fop(${number}, $crate::glue::${name}) };
    (${name}_cbk) => { $crate::Method::Cbk(${number}, $crate::glue::${name}_cbk) };
    (${name}_cancel) => {
        $crate::Method::Cancel(${number}, $crate::Translator::${name}_cancel)
    };`;
}

export function generateRustFops(): string {
  const count = Math.max(...fops.map(({ number }) => number)) + 1;
  const rows = Array.from({ length: count }, (_, number) =>
    formatRow(fops.find((row) => row.number === number)),
  );
  return `${formatRustHead('runtime/core/fops.ts')}

use crate::core::Kept;
use crate::frame::{Answer, Frame};
use crate::record::Reader;
use crate::text::{Errno, Name};
use crate::translator::Translator;
use crate::values::{list_entries, required, with_values, Required, MOST_VALUES, NO_SLOT};
use crate::values::{Came, Dirent, Fd, Inode, Loc, Value};
use crate::{Dict, Flock, Iatt, Statvfs};

/// A row of the table of fops.
#[derive(Debug)]
pub struct FopRow {
    pub number: i32,
    pub name: &'static str,
    /// The name in statistics and traces.
    pub log_name: &'static str,
    /// The kind of each argument, as a letter: ${LETTERS}.
    pub args: &'static str,
    /// The same of the reply's parts.
    pub reply: &'static str,
    /// op_ret says how much the first part of the reply holds: it is counted anew.
    pub(crate) counts: bool,
}

const NO_FOP: FopRow =
    FopRow { number: 0, name: "", log_name: "", args: "", reply: "", counts: false };

/// The number of fops, with gaps.
pub(crate) const FOP_COUNT: usize = ${count};

/// The fops by number.
pub(crate) static FOPS: [FopRow; FOP_COUNT] = [
${rows.join('\n')}
];

// Result codes of calls (bridges/host/guest.ts), which are also states of a frame.
${formatCodeLines((name, code) => `${RUST_CODES_WITHOUT_USE.test(name) ? '#[allow(dead_code)]\n' : ''}pub(crate) const ${name}: i32 = ${code};`)}

// Keys of a reply's xdata (runtime/core/xdata.ts): seconds for which the kernel may cache it.
pub const ENTRY_TIMEOUT: &str = "${ENTRY_TIMEOUT}";
pub const ATTRIBUTE_TIMEOUT: &str = "${ATTRIBUTE_TIMEOUT}";
pub const NEGATIVE_TIMEOUT: &str = "${NEGATIVE_TIMEOUT}";

/// The arguments of a fop: a struct of [\`fop\`].
pub trait Args<'a> {
    #[doc(hidden)]
    type Kind: Kind;
    #[doc(hidden)]
    type Values: AsRef<[Value<'a>]>;
    fn row(&self) -> &'static FopRow;
    fn values(&self) -> Self::Values;
}

/// The reply to a fop: a struct of [\`reply\`].
pub trait Reply<'a> {
    #[doc(hidden)]
    type Values: AsRef<[Value<'a>]>;
    fn row(&self) -> &'static FopRow;
    /// op_ret and op_errno.
    fn result(&self) -> (i64, Errno);
    fn values(&self) -> Self::Values;
}

/// The type of a fop's reply.
pub trait ReplyTo<'r> {
    type Reply;
}

/// A type for each fop, which leads from its arguments to its reply.
pub trait Kind: for<'r> ReplyTo<'r> + 'static {
    /// Decodes a reply, and calls the callback.
    #[doc(hidden)]
    fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
    where
        T: Translator,
        F: for<'r> FnOnce(&mut T, &mut Frame<T>, <Self as ReplyTo<'r>>::Reply) -> Answer;
}

/// The arguments of each fop.
pub mod fop {
    use super::*;

    /// The arguments of any fop.
    #[derive(Clone, Copy, Debug)]
    pub struct Any<'a> {
        pub row: &'static FopRow,
        pub values: &'a [Value<'a>],
    }

    impl<'a> Args<'a> for Any<'a> {
        type Kind = kind::Any;
        type Values = &'a [Value<'a>];
        fn row(&self) -> &'static FopRow {
            self.row
        }
        fn values(&self) -> Self::Values {
            self.values
        }
    }

${fops.map(formatArguments).join('\n\n')}
}

/// The replies to each fop. Their objects may be missing, and are after a failure.
pub mod reply {
    use super::*;

    /// The reply to any fop.
    #[derive(Clone, Copy, Debug)]
    pub struct Any<'a> {
        pub row: &'static FopRow,
        pub op_ret: i64,
        pub op_errno: Errno,
        pub values: &'a [Value<'a>],
    }

    impl<'a> Reply<'a> for Any<'a> {
        type Values = &'a [Value<'a>];
        fn row(&self) -> &'static FopRow {
            self.row
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            self.values
        }
    }

    impl<'r> ReplyTo<'r> for kind::Any {
        type Reply = Any<'r>;
    }

    impl Kind for kind::Any {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Any<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { row, op_ret, op_errno, .. } = kept;
            let mut slots = [NO_SLOT; MOST_VALUES];
            from.values(row.reply, Came::of(frame, kept), &mut slots);
            drop(from);
            with_values(row.reply, &slots, |values| {
                frame.core.arrive_reply(kept, values);
                to(it, frame, Any { row, op_ret, op_errno, values })
            })
        }
    }

${fops.map(formatReply).join('\n\n')}
}

/// A type for each fop, which leads from its arguments to its reply.
#[doc(hidden)]
pub mod kind {
    pub struct Any;
${fops.map((row) => `    pub struct ${makeTypeName(row)};`).join('\n')}
}

/// The functions that decode values and call the translator's methods.
#[doc(hidden)]
pub mod glue {
    use super::*;

    pub fn any_fop<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let row = frame.core.row.expect("a fop has its row");
        let mut slots = [NO_SLOT; MOST_VALUES];
        from.values(row.args, Came::default(), &mut slots);
        drop(from);
        with_values(row.args, &slots, |values| {
            frame.core.arrive(values);
            it.any_fop(frame, fop::Any { row, values })
        })
    }

    pub fn any_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Any::receive(it, frame, kept, from, T::any_cbk)
    }

${fops.map(formatGlue).join('\n\n')}
}

/// Calls a macro with the names of every fop's method and callback, and the fop's type:
/// \`stat stat_cbk Stat, …\`.
#[macro_export]
macro_rules! each_fop {
    ($callback:ident) => {
        $callback! {
${fops.map((row) => `            ${row.name} ${row.name}_cbk ${makeTypeName(row)},`).join('\n')}
        }
    };
}

/// Makes the entry of a method, by its name, in the list of a translator's methods.
#[doc(hidden)]
#[macro_export]
macro_rules! method {
    (any_fop) => { $crate::Method::AnyFop($crate::glue::any_fop) };
    (any_cbk) => { $crate::Method::AnyCbk($crate::glue::any_cbk) };
    (any_cancel) => { $crate::Method::AnyCancel($crate::Translator::any_cancel) };
${fops.map(formatArms).join('\n')}
    ($name:ident) => {
        $crate::Method::Hook(stringify!($name))
    };
}
`;
}
