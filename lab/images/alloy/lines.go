package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/docker/docker/client"
)

// lines is where log lines go: the receiver that a component exports.
type lines struct{ id string }

// linesReceiver is what such a component exports.
type linesReceiver struct {
	Receiver *lines `alloy:"receiver,attr"`
}

// lokiWrite is loki.write: where lines are kept.
type lokiWrite struct {
	Endpoint endpoint `alloy:"endpoint,block"`
}

func (w *lokiWrite) join(all *evaluated, id string, _ []target) (any, error) {
	if _, err := url.ParseRequestURI(w.Endpoint.URL); err != nil {
		return nil, fmt.Errorf("endpoint.url: %w", err)
	}
	own := &lines{id: id}
	all.lines[own] = w
	return linesReceiver{Receiver: own}, nil
}

// dockerSource is loki.source.docker: it reads the lines of containers.
type dockerSource struct {
	Host      string            `alloy:"host,attr"`
	Targets   []target          `alloy:"targets,attr"`
	Labels    map[string]string `alloy:"labels,attr,optional"`
	ForwardTo []*lines          `alloy:"forward_to,attr"`
	Refresh   time.Duration     `alloy:"refresh_interval,attr,optional"`
}

// SetToDefault gives what the block does not say.
func (s *dockerSource) SetToDefault() { *s = dockerSource{Refresh: time.Minute} }

func (s *dockerSource) join(all *evaluated, _ string, _ []target) (any, error) {
	if len(s.ForwardTo) != 1 {
		return nil, fmt.Errorf("forward_to: expected one receiver, found %d", len(s.ForwardTo))
	}
	_, err := client.ParseHostURL(s.Host)
	for _, one := range s.Targets {
		if one[containerID] == "" {
			err = errors.Join(err, fmt.Errorf("targets: expected %s, found none of it: let the rules keep it", containerID))
		}
	}
	all.sources = append(all.sources, *s)
	return struct{}{}, err
}

// labelsOf are those of the lines of a target: what begins with two underscores is not for keeping.
func (s *dockerSource) labelsOf(one target) map[string]string {
	kept := map[string]string{}
	for name, value := range s.Labels {
		kept[name] = value
	}
	for name, value := range one {
		if !strings.HasPrefix(name, "__") {
			kept[name] = value
		}
	}
	return kept
}
