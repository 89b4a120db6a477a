package serve

import (
	"os"
	"sync"
	"time"
)

// pollInterval is how often the parent is looked for; well below the two seconds in which a plugin has to be gone.
const pollInterval = 500 * time.Millisecond

// orphanStatus is the exit status of a plugin whose engine has died.
const orphanStatus = 3

var (
	beforeExitMu sync.Mutex
	beforeExit   []func()
)

// BeforeOrphanExit registers what has to end together with the plugin when its engine has died.
func BeforeOrphanExit(end func()) {
	beforeExitMu.Lock()
	defer beforeExitMu.Unlock()
	beforeExit = append(beforeExit, end)
}

// exitWithParent ends the process soon after its parent has died, however that died.
//
// The parent is polled because the kernel's parent-death signal follows the parent's *thread*, and the engine's
// threads may end before the engine does.
func exitWithParent(parent int, exit func(status int)) {
	for os.Getppid() == parent {
		time.Sleep(pollInterval)
	}
	beforeExitMu.Lock()
	defer beforeExitMu.Unlock()
	for _, end := range beforeExit {
		end()
	}
	exit(orphanStatus)
}
