const fs = require("node:fs");

/** How often the parent process is looked at, in milliseconds. */
const POLL_INTERVAL = 500;

/**
 * Calls `callback` once when the process that started this one is gone, also when it was killed.
 * The engine holds the write end of a pipe on our standard input for as long as it lives; where standard input is
 * something else, the id of the parent process is watched.
 */
function onEngineGone(callback) {
  let called = false;
  const report = () => {
    if (called) return;
    called = true;
    callback();
  };
  if (isPipe(0)) watchInput(report);
  watchParent(report);
}

function isPipe(descriptor) {
  try {
    const kind = fs.fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket();
  } catch {
    return false;
  }
}

function watchInput(report) {
  process.stdin.on("end", report);
  process.stdin.on("error", report);
  process.stdin.resume();
}

function watchParent(report) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    report();
  }, POLL_INTERVAL);
  timer.unref();
}

module.exports = { onEngineGone };
