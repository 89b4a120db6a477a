package main

import (
	"fmt"

	"github.com/VictoriaMetrics/VictoriaMetrics/lib/prompb"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/promrelabel"
)

// rule changes labels, as Prometheus' relabelling does.
type rule struct {
	SourceLabels []string `alloy:"source_labels,attr,optional"`
	Separator    string   `alloy:"separator,attr,optional"`
	Regex        string   `alloy:"regex,attr,optional"`
	TargetLabel  string   `alloy:"target_label,attr,optional"`
	Replacement  string   `alloy:"replacement,attr,optional"`
	Action       string   `alloy:"action,attr,optional"`
}

// SetToDefault gives what a rule does not say.
func (r *rule) SetToDefault() {
	*r = rule{Separator: ";", Regex: "(.*)", Replacement: "$1", Action: "replace"}
}

// relabelConfigs are rules in the form of the library that applies them, once that has accepted them.
func relabelConfigs(rules []rule) ([]promrelabel.RelabelConfig, *promrelabel.ParsedConfigs, error) {
	configs := make([]promrelabel.RelabelConfig, 0, len(rules))
	for _, one := range rules {
		configs = append(configs, one.config())
	}
	parsed, err := promrelabel.ParseRelabelConfigs(configs)
	return configs, parsed, err
}

func (r rule) config() promrelabel.RelabelConfig {
	made := promrelabel.RelabelConfig{
		Action:       r.Action,
		SourceLabels: r.SourceLabels,
		TargetLabel:  r.TargetLabel,
		Separator:    &r.Separator,
		Replacement:  &r.Replacement,
	}
	// Said all the same, the library would take a default for a wish that labelmap and its like do not have.
	if r.Regex != "(.*)" {
		made.Regex = &promrelabel.MultiLineRegex{S: r.Regex}
	}
	return made
}

// targetRelabel is discovery.relabel: it changes the labels of targets and drops some.
type targetRelabel struct {
	Targets []target `alloy:"targets,attr"`
	Rules   []rule   `alloy:"rule,block,optional"`
}

type relabelledTargets struct {
	Output []target `alloy:"output,attr"`
}

func (r *targetRelabel) join(_ *evaluated, _ string, _ []target) (any, error) {
	_, parsed, err := relabelConfigs(r.Rules)
	if err != nil {
		return nil, err
	}
	output := []target{}
	for _, one := range r.Targets {
		if changed := apply(parsed, one); len(changed) > 0 {
			output = append(output, changed)
		}
	}
	return relabelledTargets{Output: output}, nil
}

// apply gives the labels that remain; none when the target is dropped.
func apply(rules *promrelabel.ParsedConfigs, one target) target {
	labels := make([]prompb.Label, 0, len(one))
	for name, value := range one {
		labels = append(labels, prompb.Label{Name: name, Value: value})
	}
	changed := target{}
	for _, label := range rules.Apply(labels, 0) {
		changed[label.Name] = label.Value
	}
	return changed
}

// samples is where samples go: the receiver that a component exports.
type samples struct{ id string }

// receiver is what such a component exports.
type receiver struct {
	Receiver *samples `alloy:"receiver,attr"`
}

// metricRelabel is prometheus.relabel: it changes the labels of samples and drops some.
type metricRelabel struct {
	ForwardTo []*samples `alloy:"forward_to,attr"`
	Rules     []rule     `alloy:"rule,block,optional"`
}

func (r *metricRelabel) join(all *evaluated, id string, _ []target) (any, error) {
	if _, _, err := relabelConfigs(r.Rules); err != nil {
		return nil, err
	}
	if len(r.ForwardTo) != 1 {
		return nil, fmt.Errorf("forward_to: expected one receiver, found %d", len(r.ForwardTo))
	}
	own := &samples{id: id}
	all.relabels[own] = r
	return receiver{Receiver: own}, nil
}
