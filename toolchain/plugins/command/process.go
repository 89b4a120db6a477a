package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// process is a command on this machine.
type process struct {
	argv           []string
	dir            string
	environment    []string
	stdin          string
	stdout, stderr *stream
}

// groups are the process groups of the running commands.
var groups = struct {
	sync.Mutex
	leaders map[int]bool
}{leaders: map[int]bool{}}

// KillAll kills every command that runs, with its descendants: a plugin without its engine has nobody to report to.
func KillAll() {
	groups.Lock()
	defer groups.Unlock()
	for leader := range groups.leaders {
		killGroup(leader)
	}
}

// killGroup kills the leader and all its descendants that have not left the group.
func killGroup(leader int) {
	// The group may be gone already, and then there is nothing left to kill.
	_ = syscall.Kill(-leader, syscall.SIGKILL)
}

// run waits for the end of the command. When ctx ends first, the command's whole process group is killed.
func (c process) run(ctx context.Context) error {
	// The kernel kills the leader when the thread that started it ends, so the thread has to stay until then.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.Env = c.dir, c.environment
	cmd.Stdout, cmd.Stderr = c.stdout, c.stderr
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(c.stdin)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", c.argv[0], err)
	}
	untrack := track(cmd.Process.Pid)
	stopWatching := context.AfterFunc(ctx, func() { killGroup(cmd.Process.Pid) })
	err := cmd.Wait()
	stopWatching()
	untrack()
	c.stdout.finish()
	c.stderr.finish()
	return c.describe(ctx, err)
}

func track(leader int) (untrack func()) {
	groups.Lock()
	defer groups.Unlock()
	groups.leaders[leader] = true
	return func() {
		groups.Lock()
		defer groups.Unlock()
		delete(groups.leaders, leader)
	}
}

func (c process) describe(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return failure(ctx, fmt.Sprintf("command was killed because the operation was cancelled (%v)", ctx.Err()),
			c.stdout, c.stderr)
	case errors.As(err, &exit) && exit.Exited():
		return failure(ctx, fmt.Sprintf("command failed with exit code %d", exit.ExitCode()), c.stdout, c.stderr)
	}
	return failure(ctx, fmt.Sprintf("command failed (%v)", err), c.stdout, c.stderr)
}

// environment is that of this process with the variables added.
func environment(sets ...map[string]string) []string {
	variables := os.Environ()
	for _, set := range sets {
		for name, value := range set {
			variables = append(variables, name+"="+value)
		}
	}
	return variables
}
