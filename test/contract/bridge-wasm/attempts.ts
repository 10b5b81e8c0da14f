/**
 * The attempts of attacks.c, with what each leads to: the request's errno, the log, and whether the
 * instance is lost.
 */
import { EIO, EPERM } from '../../../runtime/core/errno.ts';

/** Time that passes after an attempt, or the hook that is called. */
export type Later =
  | 'timer'
  | 'seconds'
  | 'notify'
  | 'statedump'
  | 'reconfigure'
  | 'entry_created'
  | 'client_disconnect'
  | 'cancel';

/** An attempt and its end. */
export interface Attempt {
  readonly name: string;
  /** The errno of the request; 0 for a reply. */
  readonly errno: number;
  /** Matches the log; undefined where nothing is wrong. */
  readonly logged?: RegExp;
  /** True if the instance ends, and another one serves. */
  readonly isLost?: boolean;
  /** Options that the attempt needs. */
  readonly options?: Readonly<Record<string, string>>;
  /** The hook in which the attempt does its harm, after its request. */
  readonly later?: Later;
  /** True if the work goes on until the attempt `calm`. */
  readonly goesOn?: boolean;
}

const lost = (logged: RegExp, ...names: string[]): Attempt[] =>
  names.map((name) => ({ name, errno: EIO, logged, isLost: true }));
const refused = (logged: RegExp, ...names: string[]): Attempt[] =>
  names.map((name) => ({ name, errno: EIO, logged }));
/** The attempt fails, and its request ends as the module wants. */
const survived = (logged: RegExp | undefined, ...names: string[]): Attempt[] =>
  names.map((name) => ({ name, errno: EPERM, ...(logged && { logged }) }));

/** The time limit of calls that never end. */
const SHORT = { 'time-limit': '0.4' };
const tooLong = (...names: string[]): Attempt[] =>
  names.map((name) => ({
    name,
    errno: EIO,
    logged: /ran too long .*\(option time-limit\)/,
    isLost: true,
    options: SHORT,
  }));
const tooLongLater = (name: string, later: Later): Attempt => ({
  ...tooLong(name)[0]!,
  errno: EPERM,
  later,
});

const OUTSIDE = /an access outside of its memory/;
const ENDS_EARLY = /a message ends too early/;
const UNKNOWN = /unknown kind of message/;
const POINTER = /a call through a pointer to anything but a function of this type/;

export const attempts: readonly Attempt[] = [
  // Memory.
  ...lost(OUTSIDE, 'read_below', 'read_above', 'write_above'),
  ...lost(OUTSIDE, 'fill_over_the_end', 'move_over_the_end'),
  ...lost(/getxattr failed|the interpreter is lost/, 'overwrite_all', 'overwrite_glossa'),
  ...survived(undefined, 'overwrite_stack'),
  ...survived(undefined, 'grow'),
  ...lost(/its calls are nested too deep|an access outside/, 'recursion'),
  // Functions and ends.
  ...lost(POINTER, 'call_null', 'call_other_type', 'call_beyond_table'),
  ...lost(/it gave up/, 'trap', 'call_abort'),
  ...lost(/a division by zero/, 'divide'),
  ...lost(/the module called exit\(0\)/, 'call_exit'),
  ...lost(/the module called exit\(7\)/, 'call_proc_exit'),
  // Loops.
  ...tooLong('loop_in_fop', 'print_for_ever', 'loop_in_callback', 'loop_in_forget'),
  tooLongLater('loop_in_timer', 'timer'),
  tooLongLater('loop_in_notify', 'notify'),
  tooLongLater('loop_in_statedump', 'statedump'),
  tooLongLater('loop_in_reconfigure', 'reconfigure'),
  tooLongLater('loop_in_entry_created', 'entry_created'),
  tooLongLater('loop_in_client_disconnect', 'client_disconnect'),
  { ...tooLongLater('loop_in_cancel', 'cancel'), errno: EIO },
  {
    name: 'wind_for_ever',
    errno: EIO,
    logged: /wound 500 times without an end \(option wind-limit\)/,
    options: { 'wind-limit': '500' },
    later: 'timer',
  },
  { name: 'own_requests_for_ever', errno: EPERM, goesOn: true },
  { name: 'timers_for_ever', errno: EPERM, later: 'timer', goesOn: true },
  // The clock of the test stands still, so that all of its calls are in one turn.
  { ...survived(/one call led to more than 100000/, 'forget_for_ever')[0]!, goesOn: true },
  { name: 'trap_in_timer', errno: EPERM, later: 'timer', logged: /timer failed/, isLost: true },
  ...lost(/forget failed: it gave up/, 'trap_in_forget'),
  // Malformed messages.
  ...refused(UNKNOWN, 'kind_0', 'kind_14', 'kind_nan', 'kind_huge', 'invalidate_unknown'),
  ...refused(ENDS_EARLY, 'cut_off', 'text_of_2_53_bytes', 'text_of_nan_bytes'),
  ...refused(ENDS_EARLY, 'text_of_half_a_byte', 'text_of_infinite_bytes'),
  ...refused(ENDS_EARLY, 'dict_of_1e15_pairs', 'list_of_1e15_entries', 'list_of_nan_entries'),
  ...refused(/unknown kind of value/, 'value_unknown'),
  ...refused(/dict must be a dict/, 'value_of_another_type'),
  ...refused(/dict must be a dict/, 'dict_of_minus_pairs'),
  ...refused(/999 is no fop/, 'fop_unknown'),
  ...refused(/NaN is no fop/, 'fop_nan'),
  ...refused(/arguments were expected/, 'reply_of_another_fop'),
  ...refused(/dict\["user\.number"\] has a negative uint/, 'uint_negative'),
  ...refused(/dict\["user\.number"\] has an int that is not an integer/, 'integer_infinite'),
  ...refused(/dict is no dict/, 'pair_of_unknown_type'),
  ...refused(/a failure needs an op_errno/, 'errno_0', 'errno_nan'),
  ...refused(/op_ret must be an integer/, 'op_ret_nan', 'op_ret_huge'),
  // Objects of others.
  ...refused(/no such subvolume/, 'child_99', 'child_minus_1', 'child_half'),
  ...refused(/winds must be counted from 0/, 'wind_minus_5', 'wind_1e300'),
  ...refused(/not an integer/, 'request_nan', 'request_half'),
  ...survived(/the request has had its answer/, 'request_0', 'requests_of_others'),
  ...survived(/has no caller to answer/, 'own_request_answered'),
  ...survived(/the request has had its answer/, 'answer_later_again'),
  ...refused(/not known any more|leads nowhere|refused/, 'inode_forged'),
  ...survived(/refused/, 'inodes_of_others'),
  ...refused(/fd is not open any more/, 'fds_of_others'),
  ...survived(/refused: to close an fd/, 'close_fds_of_others'),
  ...survived(/refused: (an inode|an fd) that the module was not given/, 'track_others'),
  ...refused(/belongs to another request/, 'value_of_another_wind', 'value_beyond'),
  ...refused(/has the name|which no directory entry/, 'name_with_slash', 'name_empty'),
  ...refused(/NUL/, 'name_with_nul'),
  ...refused(/has the name|which no directory entry/, 'invalidate_path'),
  // Answers.
  ...survived(undefined, 'answer_twice'),
  ...survived(undefined, 'fail_a_million_times'),
  {
    name: 'never_answer',
    errno: EIO,
    logged: /no answer within 2 s \(option frame-timeout\)/,
    options: { 'frame-timeout': '2' },
    later: 'seconds',
  },
  // Amounts.
  {
    ...refused(/the messages of one call have \d+ MiB, and may have 64/, 'too_many_messages')[0]!,
    options: { 'memory-limit': '1GB' },
  },
  ...survived(/left out: more than .*\(option log-limit\)/, 'a_million_lines'),
  {
    ...survived(/characters more\)/, 'a_line_of_30_mb')[0]!,
    options: { 'log-limit': '1MB' },
  },
  ...survived(/ said$/m, 'a_line_that_is_not_utf8'),
  ...survived(/said\n {4}\[2026-01-01\] E forged\\x0d\\x1b/, 'a_line_that_forges_another'),
  ...refused(/more than 100000 timers/, 'a_million_timers'),
  { name: 'timers_of_no_time', errno: EPERM, later: 'timer' },
  ...refused(/one call led to more than 100000 others/, 'a_million_subscriptions'),
  ...survived(undefined, 'up_and_down', 'invalidate_all'),
  ...refused(/more than 16384 winds/, 'winds_20000'),
  ...survived(/more than 16384/, 'own_requests_20000'),
  { name: 'a_dict_of_a_million_pairs', errno: 0 },
  { name: 'a_value_of_30_mb', errno: 0 },
  ...survived(undefined, 'much_for_the_host'),
  // WASI.
  ...survived(undefined, 'wasi_pointers', 'wasi_environment'),
];
