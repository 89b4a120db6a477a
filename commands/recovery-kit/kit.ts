/** What a repository is reached with, and by whose name its copies are. */
export interface Kit {
  stack: string;
  /** As Restic takes it: `s3:https://…/bucket`. */
  repository: string;
  region: string;
  password: string;
  accessKey: string;
  secretKey: string;
  /** Restic's version. */
  version: string;
  /** Hosts that are backed up. */
  hosts: readonly string[];
  /** ISO 8601: when it was printed. */
  printed: string;
}

/** Folder of a host's set within a snapshot (programs/offsite/offsite.sh). */
const setIn = (host: string): string => `/srv/offsite/sets/${host}`;

/** What a person needs to have the data back with nothing but the S3 server and this sheet of paper. */
export function kitFor(kit: Kit): string {
  const { stack, repository, region, password, accessKey, secretKey, version, hosts, printed } = kit;
  return `RECOVERY KIT of the stack ${stack}, printed ${printed}

Print it, and keep it where neither a fire nor a thief finds it together with the computers. Whoever has this sheet reads every backup;
whoever has none, and no stack's state either, reads none. Keep no copy in a file, a mail or a chat.

  repository           ${repository}
  region               ${region}
  repository password  ${password}
  access key           ${accessKey}
  secret key           ${secretKey}
  Restic               ${version} or a newer 0.x (Debian 13: apt-get install restic)

The passphrase of the stack's secrets is not on this sheet. Write it down by hand on another one, and keep that elsewhere. With a checkout
of this project, Pulumi.${stack}.yaml and the passphrase, one command has a host back, and needs nothing else of this sheet:

     make recover HOST=${hosts[0] ?? "<host>"} STACK=${stack}

It takes the stack's state from the bucket, too, where this computer's is lost. Without the passphrase secrets must be made anew, and
n8n's and LiteLLM's data stay unreadable; what follows brings the other data back on any computer.

The keys read and add, and open no state. Keys that may remove old backups are made in the console of the server's owner.

1. On any computer with Linux and Restic, in an empty folder that only you can read (umask 077; mkdir recovery; cd recovery), write
   two files with an editor. password: the repository password, nothing else. keys:

     [default]
     aws_access_key_id = ${accessKey}
     aws_secret_access_key = ${secretKey}

2. Say where they are:

     export RESTIC_REPOSITORY=${repository}
     export RESTIC_PASSWORD_FILE=$PWD/password AWS_SHARED_CREDENTIALS_FILE=$PWD/keys AWS_DEFAULT_REGION=${region}

3. See what there is, and bring the newest set of a host back. It is read back while it is written.

     restic snapshots --no-lock
${hosts.map((host) => `     restic restore latest:${setIn(host)} --no-lock --host ${host} --target ${host} --verify`).join("\n")}

4. Compare it with the sums that its host made:

     (cd ${hosts[0] ?? "<host>"} && sha256sum --check --quiet SHA256SUMS && echo as it was written)

5. What is in a set, and how it gets into a new host: docs/backups.md of the project, "A host that is lost".

6. Afterwards shred both files (shred -u password keys).
`;
}
