package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// lineRules are what loki.relabel exports for sources that change labels themselves. The language looks into every type, without end
// into one that has itself in it, as the library's rules have.
type lineRules struct{ relabel func(target) target }

type exportedLineRules struct {
	Rules *lineRules `alloy:"rules,attr"`
}

// lineRelabel is loki.relabel, of which its rules alone are used.
type lineRelabel struct {
	ForwardTo []*lines `alloy:"forward_to,attr"`
	Rules     []rule   `alloy:"rule,block,optional"`
}

func (r *lineRelabel) join(_ *evaluated, _ string, _ []target) (any, error) {
	if len(r.ForwardTo) != 0 {
		return nil, fmt.Errorf("forward_to: expected none, since the lab's stand-in sends no lines through loki.relabel, found %d", len(r.ForwardTo))
	}
	_, parsed, err := relabelConfigs(r.Rules)
	if err != nil {
		return nil, err
	}
	relabel := func(one target) target { return apply(parsed, one) }
	return exportedLineRules{Rules: &lineRules{relabel: relabel}}, nil
}

// journalSource is loki.source.journal: it reads the lines of a journal's folder.
type journalSource struct {
	Path      string            `alloy:"path,attr"`
	Labels    map[string]string `alloy:"labels,attr,optional"`
	Rules     *lineRules        `alloy:"relabel_rules,attr,optional"`
	ForwardTo []*lines          `alloy:"forward_to,attr"`
}

func (s *journalSource) join(all *evaluated, _ string, _ []target) (any, error) {
	if len(s.ForwardTo) != 1 {
		return nil, fmt.Errorf("forward_to: expected one receiver, found %d", len(s.ForwardTo))
	}
	all.journals = append(all.journals, *s)
	return struct{}{}, nil
}

// follow reads until the context ends, again where journalctl ends before.
func (s journalSource) follow(ctx context.Context, push func(map[string]string, time.Time, string)) {
	from := "--lines=1000"
	for {
		err := s.read(ctx, &from, push)
		if !pause(ctx, retryWait) {
			return
		}
		logger().Warn("the journal is read again", "path", s.Path, "error", err)
	}
}

// read notes in from where it has read to, as an argument of journalctl.
func (s journalSource) read(ctx context.Context, from *string, push func(map[string]string, time.Time, string)) error {
	command := exec.CommandContext(ctx, "journalctl", "--directory="+s.Path, "--follow", "--output=json", *from)
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	var said bytes.Buffer
	command.Stderr = &said
	if err := command.Start(); err != nil {
		return err
	}
	scanner := bufio.NewScanner(output)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		fields := map[string]json.RawMessage{}
		if err := json.Unmarshal(scanner.Bytes(), &fields); err != nil {
			logger().Warn("a line of the journal is left out", "error", err)
			continue
		}
		if labels := s.labelsOf(fields); labels != nil {
			push(labels, timeOf(fields), textOf(fields["MESSAGE"]))
		}
		*from = "--after-cursor=" + textOf(fields["__CURSOR"])
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return scanner.Err()
}

// labelsOf are those of an entry by its fields; nil when the rules drop it.
func (s journalSource) labelsOf(fields map[string]json.RawMessage) map[string]string {
	found := target{}
	for name, value := range fields {
		found["__journal_"+strings.ToLower(name)] = textOf(value)
	}
	if s.Rules != nil {
		found = s.Rules.relabel(found)
	}
	if len(found) == 0 {
		return nil
	}
	kept := map[string]string{}
	for name, value := range s.Labels {
		kept[name] = value
	}
	for name, value := range found {
		if !strings.HasPrefix(name, "__") {
			kept[name] = value
		}
	}
	return kept
}

// timeOf is when an entry was written, which the journal has in microseconds.
func timeOf(fields map[string]json.RawMessage) time.Time {
	microseconds, err := strconv.ParseInt(textOf(fields["__REALTIME_TIMESTAMP"]), 10, 64)
	if err != nil {
		return time.Now()
	}
	return time.UnixMicro(microseconds)
}

// textOf is a field's text; the journal's JSON has bytes that are no text as numbers.
func textOf(field json.RawMessage) string {
	var text string
	if json.Unmarshal(field, &text) == nil {
		return text
	}
	var numbers []uint16
	if json.Unmarshal(field, &numbers) != nil {
		return ""
	}
	raw := make([]byte, 0, len(numbers))
	for _, number := range numbers {
		raw = append(raw, byte(number))
	}
	return string(raw)
}
