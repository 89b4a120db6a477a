package main

import (
	"context"
	"log"
	"sync"
	"time"
)

const (
	// untilHealthy is the pause between two looks while something is missing.
	untilHealthy = time.Second
	// whileHealthy is the pause between two looks afterwards.
	whileHealthy = 5 * time.Second
	// patience is how long one connection may take.
	patience = 3 * time.Second
)

// Health is whether the program reaches what it needs.
type Health struct {
	manifest *Manifest
	mutex    sync.Mutex
	known    bool
	problem  error
}

func newHealth(manifest *Manifest) *Health { return &Health{manifest: manifest} }

// state is whether it is healthy, and what is missing.
func (h *Health) state() (healthy bool, problem error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.known && h.problem == nil, h.problem
}

// watch looks again and again until ctx ends, and logs every change.
func (h *Health) watch(ctx context.Context) {
	for ctx.Err() == nil {
		pause := whileHealthy
		if h.set(h.look(ctx)) != nil {
			pause = untilHealthy
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (h *Health) set(problem error) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	switch {
	case problem == nil && (!h.known || h.problem != nil):
		log.Print("reaches all that it needs")
	case problem != nil && h.problem == nil:
		log.Printf("waits: %v", problem)
	}
	h.known, h.problem = true, problem
	return problem
}

func (h *Health) look(ctx context.Context) error {
	for _, address := range h.manifest.Connects {
		if err := connect(address, patience); err != nil {
			return err
		}
	}
	if h.manifest.Database == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return h.manifest.Database.login(limited)
}
