/** Has functions of single fops beside the generic ones. */
import {
  type Cbk,
  defineTranslator,
  type Fop,
  type Fops,
  fopNames,
  taps,
  unwind,
  wind,
} from 'glossa';
import { fopName, plain } from './shapes.ts';

const every: Fops<null> = taps<null>(
  fopNames,
  (_frame, xl, fop) => {
    xl.log.info(`any ${fopName(fop)}`);
    return 0;
  },
  (_frame, xl, fop) => xl.log.info(`any ${fopName(fop)}_cbk`),
);

const stat: Fop<'stat', null> = (frame, xl, loc, xdata) => {
  xl.log.info('own stat');
  wind.stat(frame, 0, statCbk, xl.children[0]!, loc, xdata);
};

const statCbk: Cbk<'stat', null> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
  xl.log.info('own stat_cbk');
  unwind.stat(frame, opRet, opErrno, ...reply);
};

const readlink: Fop<'readlink', null> = (frame, xl, loc, size, xdata) => {
  xl.log.info('own readlink');
  wind.readlink(frame, 0, readlinkCbk, xl.children[0]!, loc, size, xdata);
};

const readlinkCbk: Cbk<'readlink', null> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
  xl.log.info('any readlink_cbk');
  unwind.readlink(frame, opRet, opErrno, ...reply);
};

const statfs: Fop<'statfs', null> = (frame, xl, loc, xdata) => {
  xl.log.info('any statfs');
  wind.statfs(frame, 0, statfsCbk, xl.children[0]!, loc, xdata);
};

const statfsCbk: Cbk<'statfs', null> = (frame, _cookie, xl, opRet, opErrno, ...reply) => {
  xl.log.info('own statfs_cbk');
  unwind.statfs(frame, opRet, opErrno, ...reply);
};

export default defineTranslator({
  ...plain,
  options: {},
  fops: { ...every, stat, readlink, statfs },
  init: () => null,
});
