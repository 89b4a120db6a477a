package main

import (
	"io"
	"os"
	"syscall"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
)

// parentInterval is how often the parent process is looked at.
const parentInterval = 500 * time.Millisecond

// endWithEngine ends this process, and with it the upstream, when the engine is gone, also when it was killed: the
// engine holds the write end of our standard input. Without a pipe there, the parent process is watched.
func endWithEngine() {
	gone := make(chan struct{}, 2)
	if stat, err := os.Stdin.Stat(); err == nil && stat.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			gone <- struct{}{}
		}()
	}
	go func() {
		for parent := syscall.Getppid(); syscall.Getppid() == parent; {
			time.Sleep(parentInterval)
		}
		gone <- struct{}{}
	}()
	go func() {
		<-gone
		go goplugin.CleanupClients()
		// The upstream ends on its own soon after us, should the clean-up take longer.
		time.Sleep(parentInterval)
		os.Exit(1)
	}()
}
