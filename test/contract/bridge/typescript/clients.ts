/** Counts each client's requests, and logs disconnects; `access` logs the number of known clients. */
import {
  type Cbk,
  type Client,
  defineTranslator,
  type Fop,
  unwind,
  wind,
  type Xlator,
} from 'glossa';
import { plain } from './shapes.ts';

interface State {
  knows: number;
}

function count(xl: Xlator<State>, client: Client): number {
  const seen = client.ctxGet(xl) as number | undefined;
  if (seen === undefined) xl.priv.knows += 1;
  client.ctxSet(xl, (seen ?? 0) + 1);
  return (seen ?? 0) + 1;
}

const stat: Fop<'stat', State> = (frame, xl, loc, xdata) => {
  const { client } = frame.root;
  xl.log.info(client === null ? 'no client' : `${client.uid} ${count(xl, client)}`);
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', State> = (frame, _cookie, _xl, opRet, opErrno, ...reply) =>
  unwind.stat(frame, opRet, opErrno, ...reply);

const access: Fop<'access', State> = (frame, xl) => {
  xl.log.info(`knows ${xl.priv.knows}`);
  unwind.access(frame, 0, 0, null);
};

export default defineTranslator<State, Record<string, never>>({
  ...plain,
  options: {},
  fops: { stat, access },
  init: () => ({ knows: 0 }),
  clientDisconnect: (xl, client) => xl.log.info(`gone ${client.uid} ${client.ctxGet(xl) ?? 0}`),
  clientDestroy(xl) {
    xl.priv.knows -= 1;
  },
});
