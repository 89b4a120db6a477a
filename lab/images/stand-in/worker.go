package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	// heartbeat is the pause between two signs of life; Sidekiq's own.
	heartbeat = 10 * time.Second
	// forgotten is how long a process is known after its last sign of life; Sidekiq's own.
	forgotten = 60
	// patienceForJobs is how long, in seconds, it waits for a job before it looks around.
	patienceForJobs = 2
)

// Worker plays Sidekiq: it takes jobs from lists in Redis, counts them where Sidekiq does, and gives signs of life there.
type Worker struct {
	// Arguments that start it.
	Arguments []string `json:"arguments"`
	// Redis is the URL of its database.
	Redis string `json:"redis"`
	// Queues by descending weight; each is the list queue:<name>.
	Queues []string `json:"queues"`
	// Title is what the process calls itself once it takes jobs, as Sidekiq does.
	Title string `json:"title"`
}

// works tells whether the arguments are the worker's.
func (m *Manifest) works(arguments []string) bool {
	return m.Worker != nil && slices.Equal(arguments, m.Worker.Arguments)
}

// job is what a Rails process puts into a queue.
type job struct {
	Class string `json:"class"`
	ID    string `json:"jid"`
}

// play waits for what it needs, and takes jobs until ctx ends.
func (w *Worker) play(ctx context.Context, manifest *Manifest, health *Health) error {
	for health.set(health.look(ctx)) != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(untilHealthy):
		}
	}
	connection, err := redis.DialURLContext(ctx, value(w.Redis))
	if err != nil {
		return fmt.Errorf("expected Redis to accept the login: %w", err)
	}
	defer connection.Close()
	if err := expectKeptJobs(connection); err != nil {
		return err
	}
	if err := rename(manifest.fill(w.Title)); err != nil {
		return err
	}
	log.Printf("plays the worker of %s %s on %v", manifest.Service, manifest.Version, w.Queues)
	return w.work(ctx, connection)
}

// expectKeptJobs refuses a Redis that throws jobs away when it is full. Sidekiq itself only warns.
func expectKeptJobs(connection redis.Conn) error {
	info, err := redis.String(connection.Do("INFO", "memory"))
	if err != nil {
		return err
	}
	if !strings.Contains(info, "maxmemory_policy:noeviction") {
		return errors.New("expected a Redis with maxmemory-policy noeviction, found another policy: jobs would be lost")
	}
	return nil
}

// rename gives the process a title, which takes a new start: the kernel keeps what it was started with.
func rename(title string) error {
	if os.Args[0] == title {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(program, append([]string{title}, os.Args[1:]...), os.Environ())
}

func (w *Worker) work(ctx context.Context, connection redis.Conn) error {
	host, _ := os.Hostname()
	identity := fmt.Sprintf("%s:%d:stand-in", host, os.Getpid())
	keys := redis.Args{}
	for _, queue := range w.Queues {
		keys = keys.Add("queue:" + queue)
	}
	var beaten time.Time
	for ctx.Err() == nil {
		if time.Since(beaten) >= heartbeat {
			if err := signOfLife(connection, identity, w.Queues); err != nil {
				return err
			}
			beaten = time.Now()
		}
		taken, err := redis.Strings(connection.Do("BRPOP", keys.Add(patienceForJobs)...))
		if errors.Is(err, redis.ErrNil) {
			continue
		}
		if err != nil {
			return err
		}
		if err := done(connection, taken[1]); err != nil {
			return err
		}
	}
	_, err := connection.Do("SREM", "processes", identity)
	return err
}

func signOfLife(connection redis.Conn, identity string, queues []string) error {
	info, err := json.Marshal(map[string]any{"hostname": identity, "queues": queues, "started_at": time.Now().Unix()})
	if err != nil {
		return err
	}
	_, first := connection.Do("SADD", "processes", identity)
	_, second := connection.Do("HSET", identity, "info", info, "beat", time.Now().Unix(), "busy", 0)
	_, third := connection.Do("EXPIRE", identity, forgotten)
	return errors.Join(first, second, third)
}

// done counts a job as Sidekiq counts those that it has done.
func done(connection redis.Conn, text string) error {
	var taken job
	if err := json.Unmarshal([]byte(text), &taken); err != nil {
		return fmt.Errorf("expected a job in JSON: %w", err)
	}
	log.Printf("did %s %s", cmp.Or(taken.Class, "a job without class"), taken.ID)
	_, first := connection.Do("INCR", "stat:processed")
	_, second := connection.Do("INCR", "stat:processed:"+time.Now().UTC().Format(time.DateOnly))
	return errors.Join(first, second)
}
