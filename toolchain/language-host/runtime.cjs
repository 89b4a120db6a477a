/* global AbortController, AbortSignal */
const messages = require("@pulumi/pulumi/proto/language_pb");
const plugins = require("@pulumi/pulumi/proto/plugin_pb");
const { version } = require("@pulumi/pulumi/package.json");
const { programDependencies } = require("./dependencies.cjs");
const { requiredPlugins, readManifest } = require("./packages.cjs");
const { runProgram } = require("./program.cjs");

/**
 * The methods of pulumirpc.LanguageRuntime that a program needs; the server answers "unimplemented" to all others.
 * @param {{ engineAddress: string, tracing: string }} engine
 */
function languageRuntime(engine) {
  const state = { ...engine, cancellation: new AbortController() };
  return {
    handshake: answer((request) => {
      state.engineAddress = request.getEngineAddress() || state.engineAddress;
      return new messages.LanguageHandshakeResponse();
    }),
    getPluginInfo: answer(() => new plugins.PluginInfo().setVersion(version)),
    getRequiredPackages: answer(getRequiredPackages),
    getProgramDependencies: answer(getProgramDependencies),
    about: answer(about),
    run: answer((request, call) => run(request, call, state)),
    cancel: answer((request) => {
      state.cancellation.abort();
      return request;
    }),
  };
}

/** Makes a gRPC handler of a function that returns the response or a promise of it. */
function answer(handler) {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handler(call.request, call))
      .then(
        (response) => callback(null, response),
        (error) => callback({ code: 2, details: error.message }),
      );
  };
}

function getRequiredPackages(request) {
  const packages = requiredPlugins(request.getInfo().getProgramDirectory()).map(({ name, version, server }) =>
    new plugins.PackageDependency().setName(name).setKind("resource").setVersion(version).setServer(server),
  );
  return new messages.GetRequiredPackagesResponse().setPackagesList(packages);
}

function getProgramDependencies(request) {
  const dependencies = programDependencies(
    request.getInfo().getProgramDirectory(),
    request.getTransitivedependencies(),
  );
  return new messages.GetProgramDependenciesResponse().setDependenciesList(
    dependencies.map(({ name, version }) => new messages.DependencyInfo().setName(name).setVersion(version)),
  );
}

function about(request) {
  const response = new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
  response.getMetadataMap().set("packagemanager", "npm");
  const typescript = readManifest(`${request.getInfo().getProgramDirectory()}/node_modules/typescript`);
  if (typescript) response.getMetadataMap().set("typescriptVersion", typescript.version);
  return response;
}

async function run(request, call, state) {
  if (request.getAttachDebugger()) {
    return failed("attaching a debugger needs the official pulumi-language-nodejs: install the official Pulumi CLI");
  }
  const abandoned = new AbortController();
  call.on("cancelled", () => abandoned.abort());
  const cancelled = AbortSignal.any([abandoned.signal, state.cancellation.signal]);
  try {
    const { error, bail } = await runProgram(programRequest(request, state), cancelled);
    return new messages.RunResponse().setError(error).setBail(bail);
  } catch (error) {
    return failed(error.message);
  }
}

function failed(message) {
  return new messages.RunResponse().setError(message);
}

function programRequest(request, { engineAddress, tracing }) {
  const info = request.getInfo();
  return {
    engineAddress,
    tracing,
    monitorAddress: request.getMonitorAddress(),
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    parallel: request.getParallel(),
    dryRun: request.getDryrun(),
    args: request.getArgsList(),
    config: Object.fromEntries(request.getConfigMap().entries()),
    configSecretKeys: request.getConfigsecretkeysList(),
    rootDirectory: info.getRootDirectory(),
    programDirectory: info.getProgramDirectory(),
    entryPoint: info.getEntryPoint(),
    options: info.getOptions()?.toJavaScript() ?? {},
  };
}

module.exports = { languageRuntime };
