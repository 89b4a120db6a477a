import { explainSsh, isOutage, isStranger } from "../../../../providers/ssh/explain";

/** An error of the Docker provider, as it shows an `ssh` that ended with these words. */
const ended = (stderr: string, code = 255): string =>
  "1 error occurred:\n\t* Error pinging Docker server, please make sure that ssh://root@192.0.2.1:804 is reachable and has a  '_ping' endpoint. " +
  `Error: error during connect: Get "http://docker.example.com/v1.51/_ping": command [ssh -F none -o StrictHostKeyChecking=yes -o KnownHostsCommand=/bin/echo [192.0.2.1]:804 ssh-ed25519 AAAA ` +
  `-o ProxyCommand='node' '-e' 'const [a] = process.argv;' -o LogLevel=ERROR -l root -p 804 -T -- 192.0.2.1 docker system dial-stdio] has exited with exit status ${code}, ` +
  `make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${stderr}`;

const LOST = "root@192.0.2.1:804: the SSH connection was lost. Run up again when the network to the host is back.";

test.each([
  ["", LOST, true],
  [
    "mux_client_request_session: session request failed: Session open refused by peer\r\nControlSocket /root/.cache/vpai/ssh/a already exists, disabling multiplexing\r\n",
    LOST,
    true,
  ],
  [
    "kex_exchange_identification: read: Connection reset by peer\r\n",
    "root@192.0.2.1:804: the connection was ended before the login: too many logins are under way there (MaxStartups in its sshd_config)",
    true,
  ],
  [
    "Bad remote protocol version identification: 'SSH-unreachable Exceeded MaxStartups'\r\n",
    "root@192.0.2.1:804: every connection was ended before the login, for 90 s: too many logins are under way there (MaxStartups in its sshd_config)",
    false,
  ],
  [
    "Bad remote protocol version identification: 'SSH-unreachable ECONNREFUSED'\r\n",
    "root@192.0.2.1:804: it could not be reached over SSH for 90 s (ECONNREFUSED). See that it runs, and that address and port are right.",
    false,
  ],
  ["Host key verification failed.\r\n", "root@192.0.2.1:804: the host key is not the pinned one. ", false],
  [
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nThe fingerprint for the ED25519 key sent by the remote host is\nSHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE.\r\n" +
      "Please contact your system administrator.\r\nHost key verification failed.\r\n",
    "root@192.0.2.1:804: the host key is not the pinned one; it showed SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d/wXE. If the host",
    false,
  ],
  ["root@192.0.2.1: Permission denied (publickey).\r\n", "root@192.0.2.1:804: the login was refused; ", false],
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "root@192.0.2.1:804: its Docker engine does not answer. ",
    true,
  ],
  [
    "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running",
    "root@192.0.2.1:804: its Docker engine does not answer. ",
    true,
  ],
  [
    "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: connection refused",
    "root@192.0.2.1:804: its Docker engine does not answer. ",
    true,
  ],
])("T7: %j is one sentence for the host, the cause and what to do", (stderr, sentence, passes) => {
  const said = explainSsh(ended(stderr)) ?? "";
  expect(said.slice(0, sentence.length)).toBe(sentence);
  expect(said).not.toMatch(/ssh -F|command \[|http:/);
  expect(isOutage(ended(stderr))).toBe(passes);
});

const NO_DOCKER = "root@192.0.2.1:804: there is no `docker` for the login user. Install it there.";
const AWAY = "root@192.0.2.1:804: its Docker engine does not answer. Look at `systemctl status docker` there.";
const MEND = 'Mend that (`make ssh HOST=… CMD="docker version"` shows it) and run up again.';

test.each<[number, string, string, boolean]>([
  [127, "sh: 1: docker: not found\n", NO_DOCKER, false],
  [127, "bash: line 1: docker: command not found\n", NO_DOCKER, false],
  [127, "bash: ligne 1: docker : commande introuvable\n", NO_DOCKER, false],
  [127, "zsh:1: command not found: docker\n", NO_DOCKER, false],
  [127, "fish: Unknown command: docker\n", NO_DOCKER, false],
  [127, "", NO_DOCKER, false],
  [1, "docker: Command not found.\n", NO_DOCKER, false],
  [
    1,
    "permission denied while trying to connect to the docker API at unix:///var/run/docker.sock\n",
    "root@192.0.2.1:804: the login user may not use the Docker engine. Put it into the group docker there.",
    false,
  ],
  [
    1,
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
    AWAY,
    true,
  ],
  [1, "read unix @->/run/docker.sock: read: connection reset by peer\n", AWAY, true],
  [
    126,
    "bash: line 1: /usr/bin/docker: Permission denied\nmore\n",
    `root@192.0.2.1:804: expected its Docker engine by SSH, found "bash: line 1: /usr/bin/docker: Permission denied" and exit status 126. ${MEND}`,
    false,
  ],
  [
    1,
    "docker: 'system dial-stdio' is not a docker command.\nSee 'docker --help'\n",
    `root@192.0.2.1:804: expected its Docker engine by SSH, found "docker: 'system dial-stdio' is not a docker command." and exit status 1. ${MEND}`,
    false,
  ],
  [1, "", `root@192.0.2.1:804: expected its Docker engine by SSH, found no word and exit status 1. ${MEND}`, false],
  [
    255,
    "Unable to negotiate with 192.0.2.1 port 804: no matching key exchange method found. Their offer: x\r\n",
    'root@192.0.2.1:804: expected its Docker engine by SSH, found "Unable to negotiate with 192.0.2.1 port 804: no matching key exchange method found. ' +
      `Their offer: x" and exit status 255. ${MEND}`,
    false,
  ],
  [143, "", LOST, true],
  [255, "Timeout, server 192.0.2.1 not responding.\r\n", LOST, true],
  [255, "client_loop: send disconnect: Broken pipe\r\n", LOST, true],
  [255, "mux_client_request_session: read from master failed: Broken pipe\r\n", LOST, true],
  [
    255,
    "ssh_dispatch_run_fatal: Connection to UNKNOWN port 65535: message authentication code incorrect\r\n",
    LOST,
    true,
  ],
  [255, "exec request failed on channel 0\r\n", LOST, true],
  [255, '"System is booting up. Unprivileged users are not permitted to log in yet."\r\n', LOST, true],
])("exit code %i and %j are told apart from a lost connection", (code, stderr, sentence, passes) => {
  expect([explainSsh(ended(stderr, code)), isOutage(ended(stderr, code))]).toEqual([sentence, passes]);
});

test.each([
  ["has exited with signal: terminated, make sure the URL is valid: stderr=", LOST, true],
  ['did not exit after EOF: stderr=""', LOST, true],
  ["has exited with exit status 255, make sure the URL is valid: stderr=\n\n\t* something else\n", LOST, true],
])("what says nothing is lost: %s", (ending, sentence, passes) => {
  const text = `command [ssh -F none -l root -p 804 -T -- 192.0.2.1 docker system dial-stdio] ${ending}`;
  expect([explainSsh(text), isOutage(text)]).toEqual([sentence, passes]);
});

test("a host that shows another key is told apart: nobody tries it again", () => {
  expect(isStranger(ended("Host key verification failed.\r\n"))).toBe(true);
  expect(isStranger(ended("root@192.0.2.1: Permission denied (publickey).\r\n"))).toBe(false);
  expect(isStranger("Host key verification failed.")).toBe(false);
});

test("T7: a request that was cut off is one, too", () => {
  const cut = 'error during connect: Post "http://docker.example.com/v1.51/containers/create?name=vpai_n8n": EOF';
  expect(explainSsh(cut)).toBe(
    "the host: the SSH connection was lost. Run up again when the network to the host is back.",
  );
  expect(isOutage(cut)).toBe(true);
});

test.each([
  "Unable to start container: Error response from daemon: driver failed programming external connectivity",
  'Error response from daemon: Get "https://registry.example/v2/": EOF',
  "",
])("what is not about SSH is left alone: %s", (text) => {
  expect([explainSsh(text), isOutage(text)]).toEqual([undefined, false]);
});
