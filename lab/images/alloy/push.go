package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Lines go together, so that a talkative container does not make a request of each.
const (
	batchSize = 1000
	batchWait = time.Second
	// retryWait is between two tries: the store may only be starting.
	retryWait = 2 * time.Second
)

// entry is a line on its way.
type entry struct {
	labels map[string]string
	at     time.Time
	line   string
}

// pusher brings lines to Loki's push path, in the order in which they came.
type pusher struct {
	to      endpoint
	client  *http.Client
	entries chan entry
}

func newPusher(to endpoint) *pusher {
	return &pusher{to: to, client: to.client(), entries: make(chan entry, batchSize)}
}

func (p *pusher) add(labels map[string]string, at time.Time, line string) {
	p.entries <- entry{labels: labels, at: at, line: line}
}

// run pushes until the context ends.
func (p *pusher) run(ctx context.Context) {
	for batch := p.next(ctx); len(batch) > 0; batch = p.next(ctx) {
		for err := p.push(ctx, batch); err != nil; err = p.push(ctx, batch) {
			logger().Warn("lines wait for their store", "error", err)
			if !pause(ctx, retryWait) {
				return
			}
		}
	}
}

// next waits for lines; none mean the end.
func (p *pusher) next(ctx context.Context) []entry {
	var batch []entry
	var full <-chan time.Time
	for len(batch) < batchSize {
		select {
		case <-ctx.Done():
			return nil
		case <-full:
			return batch
		case one := <-p.entries:
			if batch = append(batch, one); full == nil {
				full = time.After(batchWait)
			}
		}
	}
	return batch
}

// stream is what Loki takes: labels and lines with their times in nanoseconds.
type stream struct {
	Labels map[string]string `json:"stream"`
	Values [][2]string       `json:"values"`
}

func (p *pusher) push(ctx context.Context, batch []entry) error {
	streams := make([]stream, 0, len(batch))
	for _, one := range batch {
		value := [2]string{strconv.FormatInt(one.at.UnixNano(), 10), one.line}
		streams = append(streams, stream{Labels: one.labels, Values: [][2]string{value}})
	}
	body, err := json.Marshal(map[string]any{"streams": streams})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.to.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if err := p.to.authorize(request); err != nil {
		return err
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return refusal(answer)
}

// refusal is an error for an answer that another try may change; lines that the store will never take are given up.
func refusal(answer *http.Response) error {
	if answer.StatusCode < http.StatusMultipleChoices {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
	err := fmt.Errorf("expected lines to be taken, found %s %s", answer.Status, text)
	if answer.StatusCode == http.StatusBadRequest {
		logger().Error("lines are lost", "error", err)
		return nil
	}
	return err
}

// pause is false when the context ended before the time was over.
func pause(ctx context.Context, length time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(length):
		return true
	}
}
