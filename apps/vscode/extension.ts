/**
 * The entry point of the VS Code extension: shows problems of volfiles when they are opened and
 * saved, and starts the debugger, `glossa debug --dap`. checking.ts and running.ts need no editor.
 */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from './checking.ts';
import { argumentsOf, check, type GlossaCommand, programOf } from './running.ts';

const LANGUAGE = 'volfile';

function startFor(folder: vscode.WorkspaceFolder | undefined, elsewhere: string): GlossaCommand {
  const settings = vscode.workspace.getConfiguration('glossa', folder);
  return {
    command: settings.get<string[]>('command', ['glossa']),
    folder: folder?.uri.fsPath ?? elsewhere,
  };
}

function diagnosticOf({ line, column, length, severity, code, message }: Finding) {
  const range = new vscode.Range(line, column, line, column + length);
  const { DiagnosticSeverity: is } = vscode;
  const shown = new vscode.Diagnostic(range, message, severity === 'error' ? is.Error : is.Warning);
  shown.source = 'glossa';
  shown.code = code;
  return shown;
}

/** Shows the problems of open volfiles. */
class Problems implements vscode.Disposable {
  private readonly shown = vscode.languages.createDiagnosticCollection('glossa');
  private readonly log: vscode.LogOutputChannel;
  /** Running checks by volfile; then the files with problems of each volfile. */
  private readonly running = new Map<string, AbortController>();
  private readonly files = new Map<string, readonly string[]>();

  constructor(log: vscode.LogOutputChannel) {
    this.log = log;
  }

  async look(document: vscode.TextDocument): Promise<void> {
    const { languageId, uri } = document;
    if (languageId !== LANGUAGE || uri.scheme !== 'file' || !vscode.workspace.isTrusted) return;
    const path = uri.fsPath;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    this.leave(path);
    if (!vscode.workspace.getConfiguration('glossa', folder).get<boolean>('check', true)) return;
    const control = new AbortController();
    this.running.set(path, control);
    try {
      const found = await check(startFor(folder, dirname(path)), path, control.signal);
      if (control.signal.aborted) return;
      this.files.set(path, [...found.keys()]);
      for (const [file, findings] of found)
        this.shown.set(vscode.Uri.file(file), findings.map(diagnosticOf));
    } catch (error) {
      if (!control.signal.aborted) this.log.error((error as Error).message);
    } finally {
      if (this.running.get(path) === control) this.running.delete(path);
    }
  }

  /** Removes the problems of a closed volfile. */
  leave(path: string): void {
    this.running.get(path)?.abort();
    for (const file of this.files.get(path) ?? []) this.shown.delete(vscode.Uri.file(file));
    this.files.delete(path);
  }

  dispose(): void {
    for (const control of this.running.values()) control.abort();
    this.shown.dispose();
  }
}

/** Handles F5 in a volfile without launch.json. */
const configurations: vscode.DebugConfigurationProvider = {
  resolveDebugConfiguration(_folder, configuration) {
    if (configuration.type !== undefined || configuration.request !== undefined)
      return configuration;
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== LANGUAGE) return configuration;
    const volfile = document.uri.fsPath;
    return { type: 'glossa', request: 'launch', name: 'Requests of ls', volfile, command: ['ls'] };
  },
};

const adapters: vscode.DebugAdapterDescriptorFactory = {
  createDebugAdapterDescriptor({ workspaceFolder, configuration }) {
    const start = startFor(workspaceFolder, dirname(String(configuration.volfile)));
    const args = argumentsOf(start, 'debug', '--dap');
    return new vscode.DebugAdapterExecutable(programOf(start), args, { cwd: start.folder });
  },
};

export function activate({ subscriptions }: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('glossa', { log: true });
  const problems = new Problems(log);
  const { workspace } = vscode;
  const look = (document: vscode.TextDocument): void => void problems.look(document);
  const lookAtAll = (): void => workspace.textDocuments.forEach(look);
  subscriptions.push(
    log,
    problems,
    workspace.onDidOpenTextDocument(look),
    workspace.onDidSaveTextDocument(look),
    workspace.onDidCloseTextDocument(({ uri }) => problems.leave(uri.fsPath)),
    workspace.onDidGrantWorkspaceTrust(lookAtAll),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('glossa')) lookAtAll();
    }),
    vscode.debug.registerDebugConfigurationProvider('glossa', configurations),
    vscode.debug.registerDebugAdapterDescriptorFactory('glossa', adapters),
  );
  lookAtAll();
}
