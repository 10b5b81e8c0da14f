/**
 * Runs the VS Code extension: shows problems of volfiles when they are opened and saved, and starts
 * the debugger, `glossa debug --dap`. check-findings.ts and glossa-command.ts need no editor.
 */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Finding } from './check-findings.ts';
import {
  checkVolfile,
  type GlossaCommand,
  makeArguments,
  resolveProgram,
} from './glossa-command.ts';

const LANGUAGE_ID = 'volfile';

/**
 * Reads the setting of glossa's command.
 * @param defaultFolder the command's working directory without a workspace
 */
function readCommand(
  folder: vscode.WorkspaceFolder | undefined,
  defaultFolder: string,
): GlossaCommand {
  const settings = vscode.workspace.getConfiguration('glossa', folder);
  return {
    command: settings.get<string[]>('command', ['glossa']),
    folder: folder?.uri.fsPath ?? defaultFolder,
  };
}

function makeDiagnostic({ line, column, length, severity, code, message }: Finding) {
  const range = new vscode.Range(line, column, line, column + length);
  const { DiagnosticSeverity } = vscode;
  const diagnostic = new vscode.Diagnostic(
    range,
    message,
    severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'glossa';
  diagnostic.code = code;
  return diagnostic;
}

/** Shows the problems of open volfiles. */
class ProblemReporter implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('glossa');
  private readonly log: vscode.LogOutputChannel;
  /** Running checks by the path of the volfile. */
  private readonly runningChecks = new Map<string, AbortController>();
  /** Files for which the check of a volfile has shown problems, by the path of the volfile. */
  private readonly shownFiles = new Map<string, readonly string[]>();

  constructor(log: vscode.LogOutputChannel) {
    this.log = log;
  }

  /** Checks a volfile and shows its problems; a running check of it ends. */
  async checkDocument(document: vscode.TextDocument): Promise<void> {
    const { languageId, uri } = document;
    if (languageId !== LANGUAGE_ID || uri.scheme !== 'file' || !vscode.workspace.isTrusted) return;
    const path = uri.fsPath;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    this.clearProblems(path);
    if (!vscode.workspace.getConfiguration('glossa', folder).get<boolean>('check', true)) return;
    const abortController = new AbortController();
    this.runningChecks.set(path, abortController);
    try {
      const findingsByFile = await checkVolfile(
        readCommand(folder, dirname(path)),
        path,
        abortController.signal,
      );
      if (abortController.signal.aborted) return;
      this.shownFiles.set(path, [...findingsByFile.keys()]);
      for (const [file, findings] of findingsByFile)
        this.diagnostics.set(vscode.Uri.file(file), findings.map(makeDiagnostic));
    } catch (error) {
      if (!abortController.signal.aborted) this.log.error((error as Error).message);
    } finally {
      if (this.runningChecks.get(path) === abortController) this.runningChecks.delete(path);
    }
  }

  /** Ends a volfile's check, and removes its problems. */
  clearProblems(path: string): void {
    this.runningChecks.get(path)?.abort();
    for (const file of this.shownFiles.get(path) ?? [])
      this.diagnostics.delete(vscode.Uri.file(file));
    this.shownFiles.delete(path);
  }

  dispose(): void {
    for (const control of this.runningChecks.values()) control.abort();
    this.diagnostics.dispose();
  }
}

/** Makes F5 work in a volfile without launch.json: it debugs the requests of `ls`. */
const configurationProvider: vscode.DebugConfigurationProvider = {
  resolveDebugConfiguration(_folder, configuration) {
    if (configuration.type !== undefined || configuration.request !== undefined)
      return configuration;
    const document = vscode.window.activeTextEditor?.document;
    if (document?.languageId !== LANGUAGE_ID) return configuration;
    const volfile = document.uri.fsPath;
    return { type: 'glossa', request: 'launch', name: 'Requests of ls', volfile, command: ['ls'] };
  },
};

/** Starts the debugger that VS Code talks to by the Debug Adapter Protocol. */
const adapterFactory: vscode.DebugAdapterDescriptorFactory = {
  createDebugAdapterDescriptor({ workspaceFolder, configuration }) {
    const glossa = readCommand(workspaceFolder, dirname(String(configuration.volfile)));
    const args = makeArguments(glossa, 'debug', '--dap');
    return new vscode.DebugAdapterExecutable(resolveProgram(glossa), args, { cwd: glossa.folder });
  },
};

/** Starts the extension: VS Code calls this for the first volfile. */
export function activate({ subscriptions }: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('glossa', { log: true });
  const problems = new ProblemReporter(log);
  const { workspace } = vscode;
  const check = (document: vscode.TextDocument): void => void problems.checkDocument(document);
  const checkAll = (): void => workspace.textDocuments.forEach(check);
  subscriptions.push(
    log,
    problems,
    workspace.onDidOpenTextDocument(check),
    workspace.onDidSaveTextDocument(check),
    workspace.onDidCloseTextDocument(({ uri }) => problems.clearProblems(uri.fsPath)),
    workspace.onDidGrantWorkspaceTrust(checkAll),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('glossa')) checkAll();
    }),
    vscode.debug.registerDebugConfigurationProvider('glossa', configurationProvider),
    vscode.debug.registerDebugAdapterDescriptorFactory('glossa', adapterFactory),
  );
  checkAll();
}
