/**
 * Requests that share replies: one request to the child for all who ask at the same time, and
 * requests that answer with each other's reply.
 */
import {
  type Cbk,
  defineTranslator,
  type Fop,
  type FopTable,
  type Frame,
  unwind,
  wind,
} from 'glossa';
import { plain } from './shapes.ts';

interface Link {
  readonly frame: Frame;
  readonly opRet: number;
  readonly opErrno: number;
  readonly reply: FopTable['readlink']['reply'];
}

interface State {
  /** The requests that wait for a name's stat under way. */
  readonly flights: Map<string, Frame[]>;
  readonly links: Link[];
}

const stat: Fop<'stat', State> = (frame, xl, loc, xdata) => {
  const flight = xl.priv.flights.get(loc.name!);
  if (flight !== undefined) {
    flight.push(frame);
    return;
  }
  xl.priv.flights.set(loc.name!, [frame]);
  frame.local = loc.name;
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', State> = (frame, _cookie, xl, opRet, opErrno, buf, xdata) => {
  const name = frame.local as string;
  const waiting = xl.priv.flights.get(name)!;
  xl.priv.flights.delete(name);
  for (const one of waiting) unwind.stat(one, opRet, opErrno, buf, xdata);
};

const readlink: Fop<'readlink', State> = (frame, xl, loc, size, xdata) => {
  wind.readlink(frame, 0, readlinkCbk, xl.children[0]!, loc, size, xdata);
};

const readlinkCbk: Cbk<'readlink', State> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
  const { links } = xl.priv;
  links.push({ frame, opRet, opErrno, reply });
  if (links.length < 2) return;
  const [a, b] = links.splice(0) as [Link, Link];
  unwind.readlink(a.frame, b.opRet, b.opErrno, ...b.reply);
  unwind.readlink(b.frame, a.opRet, a.opErrno, ...a.reply);
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { stat, readlink },
  init: () => ({ flights: new Map(), links: [] }),
});
