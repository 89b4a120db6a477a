package main

import (
	"errors"
	"os"
	"strings"

	"github.com/grafana/alloy/syntax/diag"
	"github.com/grafana/alloy/syntax/vm"
)

// target is what is asked or read, by labels.
type target = map[string]string

// evaluated is what a configuration says once its expressions have values.
type evaluated struct {
	exporters map[string]exporter
	scrapes   []scrape
	relabels  map[*samples]*metricRelabel
	writers   map[*samples]*remoteWrite
	discovers map[string]*dockerDiscovery
	sources   []dockerSource
	journals  []journalSource
	lines     map[*lines]*lokiWrite
}

// evaluate gives the expressions their values. @param discovered targets by the id of the component that found them
func (c *configuration) evaluate(discovered map[string][]target) (*evaluated, error) {
	made := &evaluated{
		exporters: map[string]exporter{},
		relabels:  map[*samples]*metricRelabel{},
		writers:   map[*samples]*remoteWrite{},
		discovers: map[string]*dockerDiscovery{},
		lines:     map[*lines]*lokiWrite{},
	}
	variables := map[string]any{"sys": map[string]any{"env": os.Getenv}}
	var mistakes diag.Diagnostics
	for _, one := range c.nodes {
		arguments := one.kind.arguments()
		err := vm.New(one.block.Body).Evaluate(&vm.Scope{Variables: variables}, arguments)
		if err == nil {
			err = one.join(arguments, made, discovered[one.id], variables)
		}
		// What stands on a component that is wrong would only be wrong in its turn.
		if err != nil {
			addTo(&mistakes, err, one)
			break
		}
	}
	return made, c.shown(mistakes.ErrorOrNil())
}

// addTo notes a mistake, at the component where it has no place of its own.
func addTo(mistakes *diag.Diagnostics, err error, one node) {
	var many diag.Diagnostics
	var single diag.Diagnostic
	switch {
	case errors.As(err, &many):
		*mistakes = append(*mistakes, many...)
	case errors.As(err, &single):
		mistakes.Add(single)
	default:
		mistakes.Add(at(one.block, one.id+": "+err.Error()))
	}
}

// join adds the component to what runs, and what it exports to what later ones may name.
func (n node) join(says arguments, made *evaluated, found []target, variables map[string]any) error {
	exports, err := says.join(made, n.id, found)
	if err != nil {
		return err
	}
	define(variables, n.id, exports)
	return nil
}

// define puts what a component exports under its name, part by part.
func define(variables map[string]any, id string, exports any) {
	parts := strings.Split(id, ".")
	last := len(parts) - 1
	for _, part := range parts[:last] {
		inner, isThere := variables[part].(map[string]any)
		if !isThere {
			inner = map[string]any{}
			variables[part] = inner
		}
		variables = inner
	}
	variables[parts[last]] = exports
}
