module vpai/toolchain/watchdog

go 1.22
