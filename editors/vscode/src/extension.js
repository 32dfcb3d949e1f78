// Starts `cnncalc lsp` for YAML files; everything else is done by the server.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const [command, ...args] = vscode.workspace.getConfiguration("cnncalc").get("command");
  client = new LanguageClient(
    "cnncalc",
    "cnncalc",
    { command, args },
    {
      documentSelector: [{ language: "yaml" }],
      initializationOptions: () => ({
        variant: vscode.workspace.getConfiguration("cnncalc").get("variant"),
      }),
      synchronize: { configurationSection: "cnncalc" },
    },
  );
  try {
    await client.start();
  } catch (error) {
    const advice = "install cnncalc[lsp], or set cnncalc.command";
    vscode.window.showErrorMessage(`cnncalc: ${command} did not start (${advice}): ${error}`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running?.isRunning()) await running.stop();
}

async function restart() {
  await stop();
  await start();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("cnncalc.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("cnncalc.command")) await restart();
    }),
  );
  await start();
};

exports.deactivate = stop;
