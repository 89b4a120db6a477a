package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
)

// longestLine is what Docker's own log driver splits lines at, and room for the time before it.
const longestLine = 64 << 10

// follower reads the lines of containers, each from where it had been read to.
type follower struct {
	push func(labels map[string]string, at time.Time, line string)

	mutex sync.Mutex
	// reading are the containers that are read now, by their ids.
	reading map[string]context.CancelFunc
	// last is the time of the last line that was read, by the container's id.
	last map[string]time.Time
}

func newFollower(push func(map[string]string, time.Time, string)) *follower {
	return &follower{push: push, reading: map[string]context.CancelFunc{}, last: map[string]time.Time{}}
}

// follow begins to read each container of the source's targets that is not read yet.
func (f *follower) follow(ctx context.Context, source dockerSource) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for _, one := range source.Targets {
		id := one[containerID]
		if _, isRead := f.reading[id]; isRead {
			continue
		}
		within, stop := context.WithCancel(ctx)
		f.reading[id] = stop
		go f.readToEnd(within, source.Host, id, source.labelsOf(one))
	}
}

func (f *follower) readToEnd(ctx context.Context, host, id string, labels map[string]string) {
	err := f.read(ctx, host, id, labels)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.reading[id]()
	delete(f.reading, id)
	if err != nil && ctx.Err() == nil {
		logger().Warn("a container's lines end", "container", id, "error", err)
	}
}

func (f *follower) read(ctx context.Context, host, id string, labels map[string]string) error {
	engine, err := engineAt(host)
	if err != nil {
		return err
	}
	defer engine.Close()
	logs, err := f.open(ctx, engine, id)
	if err != nil {
		return err
	}
	defer logs.Close()
	scanner := bufio.NewScanner(logs)
	scanner.Buffer(nil, longestLine)
	for scanner.Scan() {
		stamp, line, _ := strings.Cut(scanner.Text(), " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil {
			return fmt.Errorf("expected a time before a line, found %q", stamp)
		}
		f.push(labels, at, line)
		f.note(id, at)
	}
	return scanner.Err()
}

// open gives the lines after those that were read, each with its time before it.
func (f *follower) open(ctx context.Context, engine *client.Client, id string) (io.ReadCloser, error) {
	found, err := engine.ContainerInspect(ctx, id)
	if err != nil {
		return nil, err
	}
	options := container.LogsOptions{ShowStdout: true, ShowStderr: true, Timestamps: true, Follow: true, Since: f.since(id)}
	logs, err := engine.ContainerLogs(ctx, id, options)
	if err != nil || found.Config.Tty {
		return logs, err
	}
	plain, writer := io.Pipe()
	go func() {
		defer logs.Close()
		_, err := stdcopy.StdCopy(writer, writer, logs)
		writer.CloseWithError(err)
	}()
	return plain, nil
}

func (f *follower) note(id string, at time.Time) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.last[id] = at
}

// since is the time after the last line, as Docker takes it; empty for all there are.
func (f *follower) since(id string) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	last, isKnown := f.last[id]
	if !isKnown {
		return ""
	}
	next := last.Add(time.Nanosecond)
	return fmt.Sprintf("%d.%09d", next.Unix(), next.Nanosecond())
}
