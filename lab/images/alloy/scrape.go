package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/VictoriaMetrics/VictoriaMetrics/lib/promrelabel"
	"gopkg.in/yaml.v2"
)

// logging is the component that says how the program logs.
type logging struct {
	Level  string `alloy:"level,attr,optional"`
	Format string `alloy:"format,attr,optional"`
}

// SetToDefault gives what the block does not say.
func (l *logging) SetToDefault() { *l = logging{Level: "info", Format: "logfmt"} }

func (l *logging) join(_ *evaluated, _ string, _ []target) (any, error) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, l.Level) {
		return nil, fmt.Errorf("level: expected debug, info, warn or error, found %q", l.Level)
	}
	if !slices.Contains([]string{"logfmt", "json"}, l.Format) {
		return nil, fmt.Errorf("format: expected logfmt or json, found %q", l.Format)
	}
	return struct{}{}, nil
}

// remoteWrite is prometheus.remote_write: where samples are kept.
type remoteWrite struct {
	ExternalLabels map[string]string `alloy:"external_labels,attr,optional"`
	Endpoint       endpoint          `alloy:"endpoint,block"`
}

func (w *remoteWrite) join(all *evaluated, id string, _ []target) (any, error) {
	if len(all.writers) > 0 {
		return nil, fmt.Errorf("expected one prometheus.remote_write, since the lab's stand-in sends all samples to all of them")
	}
	own := &samples{id: id}
	all.writers[own] = w
	return receiver{Receiver: own}, nil
}

// scrape is prometheus.scrape: it asks targets for their samples.
type scrape struct {
	Targets       []target       `alloy:"targets,attr"`
	ForwardTo     []*samples     `alloy:"forward_to,attr"`
	JobName       string         `alloy:"job_name,attr,optional"`
	Interval      time.Duration  `alloy:"scrape_interval,attr,optional"`
	Timeout       time.Duration  `alloy:"scrape_timeout,attr,optional"`
	Authorization *authorization `alloy:"authorization,block,optional"`

	id string
}

// authorization is what targets want to be asked with.
type authorization struct {
	Type            string `alloy:"type,attr,optional" yaml:"type,omitempty"`
	CredentialsFile string `alloy:"credentials_file,attr" yaml:"credentials_file"`
}

// SetToDefault gives what the block does not say.
func (s *scrape) SetToDefault() { *s = scrape{Interval: time.Minute, Timeout: 10 * time.Second} }

// Validate tells a timeout that is longer than the interval.
func (s *scrape) Validate() error {
	if s.Timeout > s.Interval {
		return fmt.Errorf("scrape_timeout: expected at most the scrape_interval of %s, found %s", s.Interval, s.Timeout)
	}
	return nil
}

func (s *scrape) join(all *evaluated, id string, _ []target) (any, error) {
	if len(s.ForwardTo) != 1 {
		return nil, fmt.Errorf("forward_to: expected one receiver, found %d", len(s.ForwardTo))
	}
	s.id = id
	if s.JobName == "" {
		s.JobName = id
	}
	all.scrapes = append(all.scrapes, *s)
	return struct{}{}, nil
}

// scrapeFile is the part of Prometheus' configuration that vmagent is given.
type scrapeFile struct {
	Global  map[string]any `yaml:"global"`
	Scrapes []scrapeJob    `yaml:"scrape_configs"`
}

type scrapeJob struct {
	JobName       string                      `yaml:"job_name"`
	Interval      string                      `yaml:"scrape_interval"`
	Timeout       string                      `yaml:"scrape_timeout"`
	Static        []staticTarget              `yaml:"static_configs"`
	Relabel       []promrelabel.RelabelConfig `yaml:"metric_relabel_configs,omitempty"`
	Authorization *authorization              `yaml:"authorization,omitempty"`
}

type staticTarget struct {
	Targets []string `yaml:"targets"`
	Labels  target   `yaml:"labels"`
}

// scrapeConfig is what vmagent is told. @param address of this program, where its own exporters are asked
func (e *evaluated) scrapeConfig(address string) ([]byte, error) {
	file := scrapeFile{Global: map[string]any{}}
	for _, writer := range e.writers {
		file.Global["external_labels"] = writer.ExternalLabels
	}
	for _, one := range e.scrapes {
		rules, err := e.rulesFrom(one.ForwardTo[0])
		if err != nil {
			return nil, err
		}
		// Components may share a job's name, vmagent's jobs may not: the name is a label of the targets.
		job := scrapeJob{JobName: one.id, Interval: one.Interval.String(), Timeout: one.Timeout.String(), Relabel: rules, Authorization: one.Authorization}
		for _, target := range one.Targets {
			job.Static = append(job.Static, static(target, one.JobName, address))
		}
		file.Scrapes = append(file.Scrapes, job)
	}
	return yaml.Marshal(file)
}

func static(one target, job, address string) staticTarget {
	labels := target{"job": job}
	for name, value := range one {
		labels[name] = value
	}
	where := labels["__address__"]
	if where == ownAddress {
		where = address
	}
	delete(labels, "__address__")
	return staticTarget{Targets: []string{where}, Labels: labels}
}

// rulesFrom are the rules on the way from a receiver to where samples are kept.
func (e *evaluated) rulesFrom(to *samples) ([]promrelabel.RelabelConfig, error) {
	relabel, isRelabel := e.relabels[to]
	if !isRelabel {
		return nil, nil
	}
	rules, _, err := relabelConfigs(relabel.Rules)
	if err != nil {
		return nil, err
	}
	further, err := e.rulesFrom(relabel.ForwardTo[0])
	return append(rules, further...), err
}
