const grpc = require("@grpc/grpc-js");
const services = require("@pulumi/pulumi/proto/language_grpc_pb");
const { killPrograms } = require("./program.cjs");
const { languageRuntime } = require("./runtime.cjs");
const { onEngineGone } = require("./watchdog.cjs");

/** Serves the language runtime until the engine ends. */
function main(argv) {
  const { engineAddress, tracing } = parseArguments(argv);
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(services.LanguageRuntimeService, languageRuntime({ engineAddress, tracing }));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`pulumi-language-nodejs: cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  onEngineGone(end);
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

function end() {
  killPrograms();
  process.exit(1);
}

/** `[--tracing URL] <engine address>` */
function parseArguments(argv) {
  const rest = [...argv];
  let tracing = "";
  if (/^--?tracing$/.test(rest[0] ?? "")) [, tracing] = rest.splice(0, 2);
  return { engineAddress: rest[0] ?? "", tracing: tracing ?? "" };
}

module.exports = { main };
