/**
 * Installs and removes the files of a plan for `glossa setup`, and reports each step. A record file
 * has the hash of each installed file, and the folders made. A file whose hash differs was changed
 * by another program: it is reported, and left as it is.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure, formatReason } from '../../terminal/exit.ts';
import type { SetupFile, SetupPlan } from './setup-plans.ts';

/** Receives the steps and problems of an installation. */
export interface SetupReporter {
  /** Whether steps are only reported. */
  readonly isDryRun: boolean;
  /** Reports a step before the installer takes it, or that none is needed. */
  reportStep(text: string): void;
  /** Reports a file that is left unchanged. */
  reportProblem(text: string): void;
}

/** The content of the record file. */
interface SetupRecord {
  /** The SHA-256 of each text in hexadecimal, by path. */
  readonly files: Record<string, string>;
  /** Folders that setup made, outer ones first. */
  readonly folders: string[];
}

const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Reads the record; returns an empty record if the file is absent. @throws {Failure} */
function readRecord(path: string): SetupRecord {
  try {
    const { files, folders } = JSON.parse(readFileSync(path, 'utf8')) as SetupRecord;
    return { files: { ...files }, folders: [...folders] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: {}, folders: [] };
    throw new Failure(`${path} cannot be read, so nothing is changed: ${formatReason(error)}`);
  }
}

const writeRecord = (path: string, record: SetupRecord): void =>
  replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, 0o644, false);

/** Reads a file; returns null if it is absent, undefined if it is no regular file. @throws {Failure} */
function readRegularFile(path: string): string | null | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    return stats.isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${formatReason(error)}`);
  }
}

/** Whether a file has the text that setup wrote. */
const isUnchanged = ({ files }: SetupRecord, path: string, text: string | undefined): boolean =>
  text !== undefined && files[path] === hashText(text);

/**
 * Writes the missing or outdated files of a plan, and removes those that an earlier version installed and that the plan
 * lacks; returns whether all of the plan are installed now. @throws {Failure}
 */
export function installFiles({ files, recordPath }: SetupPlan, reporter: SetupReporter): boolean {
  const record = readRecord(recordPath);
  const results = files.map((file) => installFile(file, record, recordPath, reporter));
  const plannedPaths = new Set(files.map(({ path }) => path));
  const obsoletePaths = Object.keys(record.files).filter((path) => !plannedPaths.has(path));
  for (const path of obsoletePaths) uninstallFile(path, record, reporter);
  if (obsoletePaths.length > 0 && !reporter.isDryRun) writeRecord(recordPath, record);
  return results.every(Boolean);
}

/**
 * Installs one file, and records it at once; returns whether it is installed now. @throws {Failure}
 */
function installFile(
  file: SetupFile,
  record: SetupRecord,
  recordPath: string,
  { isDryRun, reportStep, reportProblem }: SetupReporter,
): boolean {
  const { path, purpose, mode, text } = file;
  const currentText = readRegularFile(path);
  if (currentText === text) {
    reportStep(`${path} is there already: ${purpose}`);
    return true;
  }
  if (currentText !== null && !isUnchanged(record, path, currentText)) {
    const cause =
      path in record.files ? 'was changed after glossa setup' : 'was not written by glossa setup';
    reportProblem(`${path} ${cause}, and is left as it is`);
    return false;
  }
  reportStep(`${isDryRun ? 'would write' : 'writing'} ${path}: ${purpose}`);
  if (isDryRun) return true;
  try {
    makeFolder(dirname(path), record.folders);
    makeFolder(dirname(recordPath), record.folders);
    replaceFile(path, text, mode, currentText === null);
    record.files[path] = hashText(text);
    writeRecord(recordPath, record);
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${formatReason(error)}`);
  }
  return true;
}

/**
 * Writes a file; an old one is replaced atomically.
 * @param isNew whether the file did not exist: then it fails if another process has made it since
 */
function replaceFile(path: string, text: string, mode: number, isNew: boolean): void {
  const target = isNew ? path : `${path}.${process.pid}`;
  writeFileSync(target, text, { flag: 'wx' });
  // Unlike the mode of the write, that of chmod is not restricted by the umask.
  chmodSync(target, mode);
  if (!isNew) renameSync(target, path);
}

/** Makes a folder and its parents, and adds the new ones to `folders`. */
function makeFolder(path: string, folders: string[]): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(path), folders);
  mkdirSync(path);
  chmodSync(path, 0o755);
  folders.push(path);
}

/** Removes the recorded files; returns whether all are gone, and true for a dry run. @throws {Failure} */
export function uninstallFiles(recordPath: string, reporter: SetupReporter): boolean {
  const record = readRecord(recordPath);
  const { isDryRun, reportStep } = reporter;
  if (Object.keys(record.files).length === 0) reportStep('no file of glossa setup is installed');
  for (const path of Object.keys(record.files)) uninstallFile(path, record, reporter);
  if (isDryRun) return true;
  const remainingPaths = Object.keys(record.files);
  const isDone = remainingPaths.length === 0;
  if (isDone) removeFile(recordPath);
  else remainingPaths.push(recordPath);
  const folders = removeFolders(record.folders, remainingPaths);
  if (!isDone) writeRecord(recordPath, { ...record, folders });
  return isDone;
}

/** Removes a file of the record, and from the record, unless another program has changed it. @throws {Failure} */
function uninstallFile(
  path: string,
  record: SetupRecord,
  { isDryRun, reportStep, reportProblem }: SetupReporter,
): void {
  const currentText = readRegularFile(path);
  if (currentText === null) reportStep(`${path} is gone already`);
  else if (isUnchanged(record, path, currentText)) {
    reportStep(`${isDryRun ? 'would remove' : 'removing'} ${path}`);
    if (!isDryRun) removeFile(path);
  } else {
    reportProblem(`${path} was changed after glossa setup, and is left as it is`);
    return;
  }
  delete record.files[path];
}

/** Removes a file, if it exists. @throws {Failure} */
function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw new Failure(`cannot remove ${path}: ${formatReason(error)}`);
  }
}

/** Removes the empty folders; returns those that still contain files of `remainingPaths`. */
function removeFolders(folders: readonly string[], remainingPaths: readonly string[]): string[] {
  for (const folder of [...folders].reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      // The folder is not empty, or gone.
    }
  }
  return folders.filter((folder) => remainingPaths.some((path) => path.startsWith(`${folder}/`)));
}
