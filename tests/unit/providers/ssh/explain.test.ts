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
