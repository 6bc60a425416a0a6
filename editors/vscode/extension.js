// Starts `fermat rules serve` and connects the editor to it over standard input and output.
const { workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = function () {
  const command = workspace.getConfiguration('fermat').get('command', 'fermat');
  client = new LanguageClient(
    'fermat-risk',
    'Fermat risk language',
    { command, args: ['rules', 'serve'] },
    { documentSelector: [{ language: 'risk' }] }
  );
  return client.start();
};

exports.deactivate = function () {
  return client ? client.stop() : undefined;
};
