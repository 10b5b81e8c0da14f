/** Generates `bridges/native/glossa_fops.gen.h`: types and functions of every fop in C. */

import { type Arg, type ArgType, type FopRow, fops } from '../../runtime/core/fops.ts';
import { ATTRIBUTE_TIMEOUT, ENTRY_TIMEOUT, NEGATIVE_TIMEOUT } from '../../runtime/core/xdata.ts';
import { formatCodeLines } from './codes.ts';

/** For each type, its declaration in C and its letter in the table of fops. */
const C_TYPES: Readonly<Record<ArgType, readonly [letter: string, declaration: string]>> = {
  loc: ['l', 'const loc_t *'],
  inode: ['i', 'inode_t *'],
  fd: ['f', 'fd_t *'],
  iatt: ['a', 'const struct iatt *'],
  dict: ['d', 'dict_t *'],
  str: ['s', 'const char *'],
  int: ['n', 'int64_t '],
  data: ['b', 'const data_t *'],
  entries: ['e', 'const entries_t *'],
  statvfs: ['v', 'const statvfs_t *'],
  flock: ['k', 'const gf_flock_t *'],
  lease: ['z', 'const gf_lease_t *'],
  locklist: ['m', 'const locklist_t *'],
};

/** Finds the letter of a type in the tables for compiled modules. */
export const findTypeLetter = (type: ArgType): string => C_TYPES[type][0];

export const listTypeLetters = (args: readonly Arg[]): string =>
  args.map(({ type }) => findTypeLetter(type)).join('');
const formatParams = (args: readonly Arg[]): string =>
  args.map(({ type, name }) => `${C_TYPES[type][1]}${name}`).join(', ');
const formatNames = (args: readonly Arg[]): string => args.map(({ name }) => name).join(', ');
const formatValues = (args: readonly Arg[]): string =>
  args.map(({ type, name }) => `{.${type === 'int' ? 'integer' : 'pointer'} = ${name}}`).join(', ');

const formatCast = ({ type }: Arg, index: number): string => {
  if (type === 'int') return `v[${index}].integer`;
  const declaration = C_TYPES[type][1];
  return declaration.startsWith('const')
    ? `v[${index}].pointer`
    : `(${declaration})v[${index}].pointer`;
};
const formatCasts = (args: readonly Arg[]): string => args.map(formatCast).join(', ');

/** Formats the macros of a fop, from which `GLOSSA_DEFINE_FOP` makes its types and functions. */
function formatBlock({ name, number, args, reply }: FopRow): string {
  return `#define GLOSSA_PARAMS_${name} ${formatParams(args)}
#define GLOSSA_ARGS_${name} ${formatNames(args)}
#define GLOSSA_VALUES_${name} ${formatValues(args)}
#define GLOSSA_CASTS_${name}(v) ${formatCasts(args)}
#define GLOSSA_REPLY_PARAMS_${name} ${formatParams(reply)}
#define GLOSSA_REPLY_ARGS_${name} ${formatNames(reply)}
#define GLOSSA_REPLY_VALUES_${name} ${formatValues(reply)}
#define GLOSSA_REPLY_CASTS_${name}(v) ${formatCasts(reply)}
GLOSSA_DEFINE_FOP(${name}, ${number})
#define wind_${name}(...) glossa_wind_${name}(GLOSSA_HERE, __VA_ARGS__)
#define tail_${name}(...) glossa_tail_${name}(GLOSSA_HERE, __VA_ARGS__)
#define unwind_${name}(...) glossa_unwind_${name}(GLOSSA_HERE, __VA_ARGS__)
`;
}

const formatMembers = (suffix: string): string =>
  fops.map(({ name }) => `    glossa_${name}${suffix} ${name};`).join('\n');

/** Whether C gives the size of the reply's first part as op_ret; the host counts a dict's keys. */
export const isCounting = ({ counts, reply }: FopRow): boolean =>
  counts?.part === reply[0]?.name && reply[0]?.type !== 'dict';

/** Formats the row of a fop in the table that the host reads. */
function formatEntry(row: FopRow): string {
  const { name, number, logName, args, reply } = row;
  const strings = [name, logName, listTypeLetters(args), listTypeLetters(reply)].map(
    (text) => `"${text}"`,
  );
  const fields = [number, ...strings, `offsetof(struct glossa_fops, ${name})`, isCounting(row)];
  return `    [${number}] = {${fields.join(', ')},
        glossa_call_${name}, glossa_back_${name}},`;
}

export function generateNativeFops(): string {
  const last = Math.max(...fops.map(({ number }) => number));
  return `/*
 * Generated from runtime/core/fops.ts by tools/gen/native.ts (npm run gen). Do not edit.
 *
 * For every fop, the types of its function and its callback, and
 *
 *   wind_<fop>(frame, cookie, cbk, child, arguments…)    pass it down; cbk sees the reply
 *   tail_<fop>(frame, child, arguments…)                 pass it down for good: no callback
 *   unwind_<fop>(frame, op_ret, op_errno, reply…)        answer it
 *
 * Include glossa.h, which includes this file.
 */
#ifndef GLOSSA_FOPS_GEN_H
#define GLOSSA_FOPS_GEN_H

/* Result codes of functions (bridges/host/guest.ts), which are also states of a frame. */
enum {
${formatCodeLines((name, code) => `    GLOSSA_${name} = ${code},`)}
};

/* Keys of a reply's xdata (runtime/core/xdata.ts): seconds for which the kernel may cache it. */
#define GLOSSA_ENTRY_TIMEOUT "${ENTRY_TIMEOUT}"
#define GLOSSA_ATTRIBUTE_TIMEOUT "${ATTRIBUTE_TIMEOUT}"
#define GLOSSA_NEGATIVE_TIMEOUT "${NEGATIVE_TIMEOUT}"

/* Defines the types and functions of one fop from the lists of its arguments. */
#define GLOSSA_DEFINE_FOP(name, number)                                                           \\
    typedef void (*glossa_##name##_t)(glossa_frame_t *frame, xlator_t *xl, GLOSSA_PARAMS_##name); \\
    typedef void (*glossa_##name##_cbk_t)(glossa_frame_t *frame, void *cookie, xlator_t *xl,      \\
                                          int64_t op_ret, int32_t op_errno,                       \\
                                          GLOSSA_REPLY_PARAMS_##name);                            \\
    static inline void glossa_wind_##name(const struct glossa_place *at, glossa_frame_t *frame,   \\
                                          void *cookie, glossa_##name##_cbk_t cbk,                \\
                                          const child_t *child, GLOSSA_PARAMS_##name)             \\
    {                                                                                             \\
        const glossa_value_t values[] = {GLOSSA_VALUES_##name};                                   \\
        glossa_wind(at, frame, number, cookie, (glossa_function_t)cbk, child, values);            \\
    }                                                                                             \\
    static inline void glossa_tail_##name(const struct glossa_place *at, glossa_frame_t *frame,   \\
                                          const child_t *child, GLOSSA_PARAMS_##name)             \\
    {                                                                                             \\
        const glossa_value_t values[] = {GLOSSA_VALUES_##name};                                   \\
        glossa_tail(at, frame, number, child, values);                                            \\
    }                                                                                             \\
    static inline void glossa_unwind_##name(const struct glossa_place *at, glossa_frame_t *frame, \\
                                            int64_t op_ret, int32_t op_errno,                     \\
                                            GLOSSA_REPLY_PARAMS_##name)                           \\
    {                                                                                             \\
        const glossa_value_t values[] = {GLOSSA_REPLY_VALUES_##name};                             \\
        glossa_unwind(at, frame, number, op_ret, op_errno, values);                               \\
    }

/* Defines the functions that call the module's own function of a fop. */
#define GLOSSA_DEFINE_CALLS(name)                                                                 \\
    static inline void glossa_call_##name(glossa_function_t f, glossa_frame_t *frame,             \\
                                          xlator_t *xl, const glossa_value_t *v)                  \\
    {                                                                                             \\
        ((glossa_##name##_t)f)(frame, xl, GLOSSA_CASTS_##name(v));                                \\
    }                                                                                             \\
    static inline void glossa_back_##name(glossa_function_t f, glossa_frame_t *frame,             \\
                                          void *cookie, xlator_t *xl, int64_t op_ret,             \\
                                          int32_t op_errno, const glossa_value_t *v)              \\
    {                                                                                             \\
        ((glossa_##name##_cbk_t)f)(frame, cookie, xl, op_ret, op_errno,                           \\
                                   GLOSSA_REPLY_CASTS_##name(v));                                 \\
    }

/* X(name) for every fop. */
#define GLOSSA_EACH_FOP(X) \\
    ${fops.map(({ name }) => `X(${name})`).join(' \\\n    ')}

${fops.map(formatBlock).join('\n')}
/* The fops of a translator: the host routes the defined ones to it. */
struct glossa_fops {
${formatMembers('_t')}
};

/* Callbacks for replies to winds without a callback of their own. */
struct glossa_cbks {
${formatMembers('_cbk_t')}
};

/* Functions that the host calls when the caller of a request has given up. */
struct glossa_cancels {
${fops.map(({ name }) => `    glossa_cancel_t ${name};`).join('\n')}
};

#ifndef __cplusplus

GLOSSA_EACH_FOP(GLOSSA_DEFINE_CALLS)

#define GLOSSA_FOP_COUNT ${last + 1}

/* The table, by number; numbers without a fop have no name. */
GLOSSA_HIDDEN const struct glossa_fop glossa_fop_table[GLOSSA_FOP_COUNT] = {
${fops.map(formatEntry).join('\n')}
};

#endif

#endif
`;
}
