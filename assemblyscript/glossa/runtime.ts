/** Carries out the calls of the host for the module's translator (bridges/compiled/guest.ts). */
import { countCall, Row } from './arguments';
import { NOTHING } from './codes.gen';
import { Dict } from './dict';
import { Frame, frames } from './frame';
import { error, setLevel } from './log';
import { areaAddress, HEAD_BYTES, reserveArea, reserveData } from './memory';
import {
  clearMessages,
  countDoubles,
  KIND_TOLD,
  messagesAddress,
  say,
  sayDict,
  setMethod,
} from './messages';
import { setOptionValues } from './options';
import {
  beginRecord,
  readArguments,
  readDict,
  readInt,
  readInteger,
  readLoc,
  readName,
  readReply,
  skipReply,
} from './record';
import { clients, readClient, Root } from './root';
import { FOP_COUNT, findRow } from './rows.gen';
import { declaredNeeds, declaredOptions, dispatch } from './translator';
import { forgetInode, releaseFd } from './values';
import { ring, volume } from './volume';

const ABI_VERSION = 1;

/** The record: the request's number, its caller, the arguments. */
function enterFop(row: Row): i32 {
  const id = readInt();
  const root = Root.read(row.logName, declaredNeeds);
  const frame = new Frame(id, row, root);
  setMethod(row.method);
  return frame.enterFop(row, readArguments(row));
}

/**
 * The record: the request's number, the wind's, whether caller and arguments come too (a callback without a
 * fop), the reply.
 */
function enterReply(row: Row): i32 {
  const id = readInt();
  const wind = readInt();
  let frame: Frame | null = null;
  if (readInt() != 0) {
    frame = new Frame(id, row, Root.read(row.logName, declaredNeeds));
    readArguments(row);
    frame.awaitReply();
  } else if (frames.has(id)) frame = frames.get(id);
  const opRet = readInteger();
  const opErrno = readInt();
  if (frame === null || !frame.waits(wind)) {
    skipReply(row);
    return NOTHING;
  }
  setMethod(row.callback);
  return frame.enterReply(row, wind, readReply(row, frame.serial, wind, opRet, opErrno));
}

function create(): i32 {
  volume.read();
  setOptionValues(readDict());
  setMethod('init');
  const refusal = dispatch().create();
  if (refusal === null) return 0;
  error(refusal);
  return -1;
}

/** The record: the event, the child that it is about or -1, and whether that is up. */
function notify(): void {
  const event = readName();
  const index = readInt();
  if (index < 0) dispatch().notify(event, null);
  else {
    const child = volume.children[index];
    child.isUp = readInt() != 0;
    dispatch().notify(event, child);
  }
}

function tell(dict: Dict): void {
  say(KIND_TOLD);
  sayDict(dict);
}

function forgetClient(id: i64): void {
  if (!clients.has(id)) return;
  const client = clients.get(id);
  clients.delete(id);
  const live = frames.values();
  for (let i = 0; i < live.length; i++)
    if (live[i].root.client === client) live[i].root.client = null;
}

/** Describes what the module defines. */
function describe(): void {
  for (let number = 0; number < FOP_COUNT; number++) say(dispatch().flags(number));
  say(declaredNeeds);
  dispatch().sayHooks();
  for (let i = 0; i < declaredOptions.length; i++) declaredOptions[i].describe();
  say(-1);
}

function carryOut(command: i32): i32 {
  switch (command & 255) {
    case 0:
      return enterFop(findRow(command >> 8));
    case 1:
      return enterReply(findRow(command >> 8));
    case 2:
      describe();
      break;
    case 3:
      return create();
    case 4:
      dispatch().fini();
      break;
    case 5:
      setMethod('notify');
      notify();
      break;
    case 6: {
      const client = readClient();
      if (client !== null) dispatch().clientDisconnect(client);
      break;
    }
    case 7:
      setMethod('entryCreated');
      dispatch().entryCreated(readLoc());
      break;
    case 8:
      setMethod('entryRemoved');
      dispatch().entryRemoved(readLoc());
      break;
    case 9:
      setOptionValues(readDict());
      setMethod('reconfigure');
      dispatch().reconfigure();
      break;
    case 10: {
      const state = readDict();
      dispatch().loadState(state === null ? new Dict() : state);
      break;
    }
    case 11: {
      const dump = new Dict();
      dispatch().statedump(dump);
      tell(dump);
      break;
    }
    case 12: {
      const state = new Dict();
      dispatch().dumpState(state);
      tell(state);
      break;
    }
    case 13:
      frames.delete(readInt());
      break;
    case 14: {
      const id = readInt();
      if (frames.has(id)) frames.get(id).interrupt();
      break;
    }
    case 15:
      forgetInode(readInteger());
      break;
    case 16:
      releaseFd(readInteger());
      break;
    case 17:
      forgetClient(readInteger());
      break;
    case 18:
      ring(readInt());
      break;
    default:
  }
  return NOTHING;
}

export function glossa_abi_version(): i32 {
  return ABI_VERSION;
}

/** The address of the area, with room for this many bytes. */
export function glossa_area(bytes: i32): usize {
  return reserveArea(bytes);
}

/** The address of the window for data, with room for this many bytes. */
export function glossa_data(bytes: i32): usize {
  return reserveData(bytes);
}

/** Runs a command of the host. */
export function glossa_enter(command: i32, _data: i32): i32 {
  const area = areaAddress();
  clearMessages();
  countCall();
  setMethod('-');
  setLevel(<i32>load<f64>(area, 8));
  volume.now = load<f64>(area, 16);
  beginRecord(area + HEAD_BYTES, declaredNeeds);
  const code = carryOut(command);
  store<f64>(area, <f64>countDoubles());
  return code;
}

/** The address of the messages of the last call. */
export function glossa_messages(): usize {
  return messagesAddress();
}
