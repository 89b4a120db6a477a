/**
 * How Docker's command line says that it did not reach the engine, or lost it: up to version 28, since 29, of a request that was
 * cut off, and of `docker system dial-stdio`. What the engine itself answers is none of these.
 */
export const ENGINE_AWAY =
  /Cannot connect to the Docker daemon|failed to connect to the docker API|error during connect|dial unix \S*docker\.sock: connect: (?:connection refused|no such file)/;
