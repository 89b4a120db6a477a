/**
 * Text of a service that runs once before any interface of the host is up, and so before Docker: what filters packets leaves no open
 * moment at a boot. It stays active, so that others can depend on it.
 * @param does lines of its section `[Service]`: `ExecStart=…`, and what else it does
 */
export const earlyUnit = (description: string, does: readonly string[]): string => `[Unit]
Description=${description}
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
${does.join("\n")}

[Install]
WantedBy=sysinit.target
`;
