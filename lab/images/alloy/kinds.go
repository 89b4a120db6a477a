package main

import (
	"slices"
	"strings"
)

// kind is a component of Alloy's that this program knows.
type kind struct {
	// unlabelled is for what a file has once.
	unlabelled bool
	// arguments makes what the text of a block of this kind is decoded into.
	arguments func() arguments
}

// arguments are what a component's text says.
type arguments interface {
	// join adds the component to what runs. It gives what the component exports, or an error.
	join(all *evaluated, id string, found []target) (any, error)
}

var kinds = map[string]kind{
	"logging":                      {unlabelled: true, arguments: func() arguments { return &logging{} }},
	"discovery.docker":             {arguments: func() arguments { return &dockerDiscovery{} }},
	"discovery.relabel":            {arguments: func() arguments { return &targetRelabel{} }},
	"loki.relabel":                 {arguments: func() arguments { return &lineRelabel{} }},
	"loki.source.docker":           {arguments: func() arguments { return &dockerSource{} }},
	"loki.source.journal":          {arguments: func() arguments { return &journalSource{} }},
	"loki.write":                   {arguments: func() arguments { return &lokiWrite{} }},
	"prometheus.exporter.postgres": {arguments: func() arguments { return &postgresExporter{} }},
	"prometheus.exporter.redis":    {arguments: func() arguments { return &redisExporter{} }},
	"prometheus.exporter.unix":     {arguments: func() arguments { return &unixExporter{} }},
	"prometheus.relabel":           {arguments: func() arguments { return &metricRelabel{} }},
	"prometheus.remote_write":      {arguments: func() arguments { return &remoteWrite{} }},
	"prometheus.scrape":            {arguments: func() arguments { return &scrape{} }},
}

func kindNames() string {
	names := []string{}
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
