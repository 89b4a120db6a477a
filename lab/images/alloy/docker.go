package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/VictoriaMetrics/VictoriaMetrics/lib/promrelabel"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/client"
)

// Labels of a target that Docker's discovery writes.
const (
	containerID    = "__meta_docker_container_id"
	containerName  = "__meta_docker_container_name"
	containerLabel = "__meta_docker_container_label_"
)

// dockerDiscovery is discovery.docker: the containers of an engine as targets.
type dockerDiscovery struct {
	Host    string         `alloy:"host,attr"`
	Refresh time.Duration  `alloy:"refresh_interval,attr,optional"`
	Filters []dockerFilter `alloy:"filter,block,optional"`
}

type dockerFilter struct {
	Name   string   `alloy:"name,attr"`
	Values []string `alloy:"values,attr"`
}

// SetToDefault gives what the block does not say.
func (d *dockerDiscovery) SetToDefault() { *d = dockerDiscovery{Refresh: time.Minute} }

func (d *dockerDiscovery) join(all *evaluated, id string, found []target) (any, error) {
	if _, err := client.ParseHostURL(d.Host); err != nil {
		return nil, err
	}
	all.discovers[id] = d
	return exported{Targets: found}, nil
}

// containers asks the engine.
func (d *dockerDiscovery) containers(ctx context.Context) ([]target, error) {
	engine, err := engineAt(d.Host)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	wanted := filters.NewArgs()
	for _, filter := range d.Filters {
		for _, value := range filter.Values {
			wanted.Add(filter.Name, value)
		}
	}
	listed, err := engine.ContainerList(ctx, container.ListOptions{Filters: wanted})
	if err != nil {
		return nil, fmt.Errorf("expected the list of the containers at %s: %w", d.Host, err)
	}
	found := make([]target, 0, len(listed))
	for _, one := range listed {
		found = append(found, targetOf(one))
	}
	return found, nil
}

func targetOf(found container.Summary) target {
	labels := target{containerID: found.ID, containerName: strings.Join(found.Names, ",")}
	for name, value := range found.Labels {
		labels[containerLabel+promrelabel.SanitizeLabelName(name)] = value
	}
	return labels
}

func engineAt(host string) (*client.Client, error) {
	return client.NewClientWithOpts(client.WithHost(host), client.WithAPIVersionNegotiation())
}
