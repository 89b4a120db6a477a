/**
 * The SDK installs a formatter of its own that knows nothing of the loader's source maps; Node's default follows them.
 * Imported first, for its effect.
 */
Reflect.deleteProperty(Error, "prepareStackTrace");

export {};
