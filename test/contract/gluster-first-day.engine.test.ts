/**
 * Tests of modules as glupy's first commits had them, with structures and functions declared by
 * ctypes. They run after 2to3 and the manual changes that docs/write/glupy-compat.md lists.
 */
import { expect, it } from 'vitest';
import { errnoNumber } from '../../runtime/core/errno.ts';
import { startModule } from '../support/module.ts';
import { takeTexts } from './bridge/requests.ts';

const STRUCTURES = `dl = CDLL("",RTLD_GLOBAL)

class call_frame_t (Structure):
	pass
class xlator_t (Structure):
	pass
class dict_t (Structure):
	pass
class inode_t (Structure):
	pass
class iatt_t (Structure):
	pass
class loc_t (Structure):
	_fields_ = [
		( "path",	c_char_p ),
		( "name",	c_char_p ),
		( "inode",	c_void_p ),
		( "parent",	c_void_p ),
		( "gfid", c_char * 16 ),
		( "pargfid", c_char * 16 )
	]

fop_sig = (c_int, POINTER(call_frame_t), POINTER(xlator_t), POINTER(loc_t), POINTER(dict_t))
cbk_sig = (c_int, POINTER(call_frame_t), c_long, POINTER(xlator_t), c_int, c_int,
	POINTER(inode_t), POINTER(iatt_t), POINTER(dict_t), POINTER(iatt_t))
fop_t = CFUNCTYPE(*fop_sig)
cbk_t = CFUNCTYPE(*cbk_sig)
dl.set_lookup_fop.argtypes = [ c_long, fop_t ]
dl.wind_lookup.argtypes = list(fop_sig[1:])
`;

const FOP_METHOD = `	def lookup_fop (self, frame, this, loc, xdata):
		here = loc.contents
		print("down %s" % here.name)
		dl.wind_lookup(frame,0,loc,xdata)
`;

const FORMS = {
  'methods of a class without a constructor, the loc read at its address': `from gluster import *

${STRUCTURES}
class xlator ():
${FOP_METHOD}	def lookup_cbk (self, frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
		print("up %d" % op_ret)
		dl.unwind_lookup(frame,op_ret,op_errno,inode,buf,xdata,postparent)
`,
  'a method for the fop, a registered function for the callback': `from gluster import *

${STRUCTURES}
@cbk_t
def lookup_cbk (frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
	print("up %d" % op_ret)
	dl.unwind_lookup(frame,op_ret,op_errno,inode,buf,xdata,postparent)
	return 0

class xlator ():
	def __init__ (self, xl):
		dl.set_lookup_cbk(xl,lookup_cbk)
${FOP_METHOD}`,
  'registered functions, the loc read by its own structure': `from gluster import *

${STRUCTURES}
@fop_t
def lookup_fop (frame, this, loc, xdata):
	print("down %s" % loc.contents.name)
	assert len(loc.contents.pargfid.raw) == 16 and loc.contents.parent
	dl.wind_lookup(frame,POINTER(xlator_t)(),loc,xdata)
	return 0

@cbk_t
def lookup_cbk (frame, cookie, this, op_ret, op_errno, inode, buf, xdata, postparent):
	print("up %d" % op_ret)
	dl.unwind_lookup(frame,cookie,this,op_ret,op_errno,inode,buf,xdata,postparent)
	return 0

class xlator ():
	def __init__ (self, xl):
		dl.set_lookup_fop(xl,lookup_fop)
		dl.set_lookup_cbk(xl,lookup_cbk)
`,
};

it.each(Object.entries(FORMS))(
  "a module for the API of glupy's first commits runs with the package gluster: %s",
  async (_, source) => {
    const run = await startModule({ 'm.py': source });
    run.takeLines();
    const reply = run.ask('lookup', run.absentLoc('a'), null);
    run.leaf.requests[0]!.answer(-1, errnoNumber('ENOENT')!, null, null, null, null);
    expect({ ...reply }).toMatchObject({ opRet: -1, opErrno: errnoNumber('ENOENT')! });
    expect(takeTexts(run)).toEqual(['down a', 'up -1']);
    run.expectSettled();
  },
);
