package command

import (
	"bytes"
	"context"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"

	"vpai/toolchain/plugins/internal/redact"
)

// tailLimit is how many bytes of its output a failed command shows.
const tailLimit = 4 << 10

// stream keeps everything that a command writes to one of its outputs, and hands each full line to log.
type stream struct {
	text    bytes.Buffer
	pending []byte
	// log is nil when the stream is not logged.
	log func(line string)
}

// newStreams returns the two outputs of a command whose lines go to the engine's log as `logging` says.
func newStreams(ctx context.Context, l localInputs) (stdout, stderr *stream) {
	logger := p.GetLogger(ctx)
	log := func(line string) { logger.InfoStatus(redact.Text(ctx, line)) }
	stdout, stderr = &stream{}, &stream{}
	if l.logs(logStdout) {
		stdout.log = log
	}
	if l.logs(logStderr) {
		stderr.log = log
	}
	return stdout, stderr
}

// Write never fails.
func (s *stream) Write(chunk []byte) (int, error) {
	s.text.Write(chunk)
	if s.log == nil {
		return len(chunk), nil
	}
	s.pending = append(s.pending, chunk...)
	for {
		line, rest, complete := bytes.Cut(s.pending, []byte("\n"))
		if !complete {
			return len(chunk), nil
		}
		s.log(string(line))
		s.pending = rest
	}
}

// finish logs a last line that has no line break.
func (s *stream) finish() {
	if s.log != nil && len(s.pending) > 0 {
		s.log(string(s.pending))
	}
	s.pending = nil
}

// value is the stream without its last line break.
func (s *stream) value() string { return strings.TrimSuffix(s.text.String(), "\n") }

// tail is the end of the stream, cut at a line's start.
func (s *stream) tail() string {
	text := strings.TrimSpace(s.text.String())
	if len(text) <= tailLimit {
		return text
	}
	text = text[len(text)-tailLimit:]
	if _, lines, found := strings.Cut(text, "\n"); found {
		text = lines
	}
	return "...\n" + text
}
