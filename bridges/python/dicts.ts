/**
 * The dicts that ride along with fops, made in the interpreter's memory through CPython's C API:
 * without text between, and with keys that are kept from one dict to the next.
 */
import type { Dict, DictType, DictValue } from '../../runtime/core/dict.ts';
import { pack } from '../host/crossing/message.ts';
import type { Ptr } from './capi.ts';
import type { Values } from './values.ts';

/**
 * A tuple (pairs, types): pairs, a dict of int, float, str and bytes; types, each pair's GlusterFS
 * type, in order and with spaces between. An iatt is the JSON of its fields. `keep` makes a str that
 * is likely to come again. 0, with an exception pending, when Python is out of memory.
 */
export function makeDict(values: Values, keep: (text: string) => Ptr, dict: Dict): Ptr {
  const { api } = values;
  const pairs = api.PyDict_New();
  if (pairs === 0) return 0;
  let types = '';
  let ok = true;
  dict.forEach((key, value, type) => {
    types = types === '' ? type : `${types} ${type}`;
    if (!ok) return;
    const name = keep(key);
    const object = name === 0 ? 0 : makeValue(values, value, type);
    ok = object !== 0 && api.PyDict_SetItem(pairs, name, object) === 0;
    if (name !== 0) api.Py_DecRef(name);
    if (object !== 0 && !values.isSmall(object)) api.Py_DecRef(object);
  });
  const tuple = ok ? api.PyTuple_New(2) : 0;
  const text = tuple === 0 ? 0 : keep(types);
  if (text === 0) {
    api.Py_DecRef(pairs);
    if (tuple !== 0) api.Py_DecRef(tuple);
    return 0;
  }
  // These take the references over.
  api.PyTuple_SetItem(tuple, 0, pairs);
  api.PyTuple_SetItem(tuple, 1, text);
  return tuple;
}

function makeValue(values: Values, value: DictValue, type: DictType): Ptr {
  if (typeof value === 'string') return values.makeString(value);
  if (typeof value === 'number') {
    return type === 'double' ? values.api.PyFloat_FromDouble(value) : values.makeInt(value);
  }
  if (value instanceof Uint8Array) return values.makeBytes(value);
  return values.makeString(pack('iatt', value, 0, 0, values.tools));
}
