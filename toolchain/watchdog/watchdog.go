// Package watchdog ends a plugin when its engine is gone, however that ended.
package watchdog

import (
	"io"
	"os"
	"time"
)

// pollInterval is how often the parent is looked at; well below the two seconds in which a plugin has to be gone.
const pollInterval = 500 * time.Millisecond

// orphanStatus is the exit status of a process whose engine has died.
const orphanStatus = 3

// EndWithEngine returns at once, and ends this process when the one that started it is gone. Everything in before is
// called first; a second after the engine's end the process ends also when one of them takes longer.
//
// The engine holds the write end of our standard input, and a process that we start inherits it. Without a pipe there, the
// parent is polled: the kernel's parent-death signal follows the parent's *thread*, which may end before the engine does.
func EndWithEngine(before ...func()) {
	gone := make(chan struct{}, 2)
	if stat, err := os.Stdin.Stat(); err == nil && stat.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			gone <- struct{}{}
		}()
	}
	parent := os.Getppid()
	go func() {
		for os.Getppid() == parent {
			time.Sleep(pollInterval)
		}
		gone <- struct{}{}
	}()
	go func() {
		<-gone
		time.AfterFunc(time.Second, func() { os.Exit(orphanStatus) })
		for _, end := range before {
			end()
		}
		os.Exit(orphanStatus)
	}()
}
