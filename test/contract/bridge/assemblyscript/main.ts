/** The modules of the bridge contract, but for those with a method for every fop. */
import {
  NEEDS_CLIENT,
  NEEDS_GROUPS,
  Option,
  PASSES_THROUGH,
  REFUSES_OTHERS,
  Translator,
  translator,
} from 'glossa';
import { Cancel, CancelAwaited, Clock, Hold, Timers } from './cancels';
import {
  Any,
  AnyAwaited,
  AnyCbk,
  AnyOwn,
  Awaited,
  Bare,
  CancelAny,
  ChangeArgs,
  ChangeAwaited,
  Hooks,
  HooksAsync,
  HooksCbk,
  HooksOwn,
  HooksPlain,
  Late,
  LateWind,
  OwnAwaited,
  Raising,
  Refuse,
  RefuseWith,
} from './generic';
import { isSelected } from './selection';
import {
  BytesUpper,
  Clients,
  Cookies,
  Ctx,
  Entries,
  Notes,
  OwnFds,
  PlainDict,
  RetryCbk,
  Shared,
  Timeouts,
} from './values';
import {
  Edition1,
  Edition2,
  EditionRefuses,
  Failing,
  Fan,
  First,
  Gather,
  Life,
  Other,
  OwnRequests,
  Retry,
  SETTINGS,
  Settings,
  Several,
  SIZE,
  TakeBack,
  Talk,
  Tunable,
  Ups,
  Who,
  WhoIsUp,
} from './volumes';

export * from 'glossa/module';

function offer<T extends Translator>(name: string, needs: u32 = 0, options: Option[] = []): void {
  if (isSelected(name)) translator<T>(options, needs);
}

offer<Any>('any');
offer<AnyAwaited>('any_awaited');
offer<AnyCbk>('any_cbk');
offer<AnyOwn>('any_own');
offer<Awaited>('awaited');
offer<Bare>('bare');
offer<BytesUpper>('bytes_upper');
offer<Cancel>('cancel');
offer<CancelAny>('cancel_any');
offer<CancelAwaited>('cancel_awaited');
offer<ChangeArgs>('change_args');
offer<ChangeAwaited>('change_awaited');
offer<ChangeAwaited>('touch');
offer<Clients>('clients', NEEDS_CLIENT);
offer<Clock>('clock');
offer<Cookies>('cookies', REFUSES_OTHERS);
offer<Ctx>('ctx');
offer<Edition1>('edition1');
offer<Edition2>('edition2');
offer<EditionRefuses>('edition_refuses');
offer<Entries>('entries');
offer<Failing>('failing');
offer<Fan>('fan', REFUSES_OTHERS);
offer<First>('first', REFUSES_OTHERS);
offer<Gather>('gather', REFUSES_OTHERS);
offer<Hold>('hold');
offer<Hooks>('hooks');
offer<HooksAsync>('hooks_async');
offer<HooksCbk>('hooks_cbk');
offer<HooksOwn>('hooks_own');
offer<HooksPlain>('hooks_plain');
offer<Late>('late');
offer<LateWind>('late_wind');
offer<Life>('life');
offer<Notes>('notes');
offer<Other>('other');
offer<OwnAwaited>('own_awaited');
offer<OwnFds>('own_fds');
offer<OwnRequests>('own_requests');
offer<PlainDict>('plain_dict');
offer<Raising>('raising');
offer<Refuse>('refuse');
offer<RefuseWith>('refuse_with');
offer<Retry>('retry', REFUSES_OTHERS);
offer<RetryCbk>('retry_cbk');
offer<Settings>('settings', 0, SETTINGS);
offer<Several>('several');
offer<Several>('several_through', PASSES_THROUGH);
offer<Shared>('shared');
offer<TakeBack>('take_back');
offer<Talk>('talk');
offer<Timeouts>('timeouts');
offer<Timers>('timers');
offer<Tunable>('tunable', 0, [SIZE]);
offer<Ups>('ups', PASSES_THROUGH);
offer<Who>('who', NEEDS_GROUPS);
offer<WhoIsUp>('who_is_up', REFUSES_OTHERS);
