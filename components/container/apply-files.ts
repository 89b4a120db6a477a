import { commandLine } from "@vpai/providers";
import type { Service } from "../../model/service";

/**
 * The command line, for the host's shell, that makes a running container take on changed files. It does nothing to a
 * container that started after its files were written, so that a first start is not followed by a second one.
 * Its parts are names from service files, never values of a stack.
 */
export function applyScript(
  { name, onChange = "restart", stopTimeout = 10 }: Service,
  container: string,
  folder: string,
): string {
  const sudo = '$([ "$(id -u)" = 0 ] || echo sudo -n)';
  const action =
    onChange === "restart"
      ? `${sudo} docker restart --time ${stopTimeout} ${container}`
      : `${sudo} docker exec ${container} ${commandLine(onChange.reload)}`;
  return [
    `started=$(${sudo} docker container inspect --format '{{.State.StartedAt}}' ${container})`,
    `newer=$(${sudo} find ${folder}/configs/${name} ${folder}/secrets/${name} -type f -newermt "$started" 2>/dev/null | head -n 1)`,
    `if [ -n "$newer" ]; then ${action} >&2; fi`,
  ].join(" && ");
}
