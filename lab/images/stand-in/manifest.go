package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sort"
	"strings"
	"time"
)

// Manifest describes the program that is played. A name that begins with $ stands for the value of that environment
// variable.
type Manifest struct {
	// Service is the program's name, told in the header X-Stand-In of every answer.
	Service string `json:"service"`
	// Version of the program that is played; {version} in a body or output stands for it.
	Version string `json:"version"`
	// Arguments that the real program is started with; others are refused.
	Arguments []string `json:"arguments"`
	// Environment names variables that must be there and not empty.
	Environment []string `json:"environment"`
	// Files must be readable and not empty.
	Files []string `json:"files"`
	// Folders must be writable.
	Folders []string `json:"folders"`
	// Connects lists addresses (host:port, a URL, or unix:/path) that must accept connections before it is healthy.
	Connects []string `json:"connects"`
	// Database must accept a login before it is healthy.
	Database *Database `json:"database"`
	// Accounts are kept in Database. Default: the program has none that anybody could make.
	Accounts *Accounts `json:"accounts"`
	// Worker is what it does instead of listening, when it is started with the worker's arguments.
	Worker *Worker `json:"worker"`
	// Listeners are the ports that it listens on.
	Listeners []Listener `json:"listeners"`
	// Commands are argument lists that print something and end, as `--version` does.
	Commands []Command `json:"commands"`
}

// Listener is a port and what it answers.
type Listener struct {
	// Address to listen on, e.g. ":3000".
	Address string `json:"address"`
	// Paths and their answers; one that ends in /* stands for all below. The longest match answers.
	Paths map[string]Answer `json:"paths"`
}

// Answer to an HTTP request. Until the program is healthy, every path answers 503 with the reason.
type Answer struct {
	// Status defaults to 200.
	Status int `json:"status"`
	// Type is the content type. Default: text/plain.
	Type string `json:"type"`
	Body string `json:"body"`
	// Location is where a redirection leads.
	Location string `json:"location"`
	// Metrics answers with the stand-in's own metrics in Prometheus' format instead of Body.
	Metrics bool `json:"metrics"`
}

// Command is something the program does besides serving.
type Command struct {
	Arguments []string `json:"arguments"`
	Output    string   `json:"output"`
	// Connects is an address that must accept a connection, or the command fails.
	Connects string `json:"connects"`
}

func readManifest(file string) (*Manifest, error) {
	text, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	decoder := json.NewDecoder(text)
	decoder.DisallowUnknownFields()
	manifest := &Manifest{}
	if err := decoder.Decode(manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return manifest, nil
}

// value is a text of the manifest, or what the environment variable holds that it names.
func value(text string) string {
	if name, isVariable := strings.CutPrefix(text, "$"); isVariable {
		return os.Getenv(name)
	}
	return text
}

func (m *Manifest) fill(text string) string { return strings.ReplaceAll(text, "{version}", m.Version) }

func (m *Manifest) ports() []string {
	addresses := make([]string, 0, len(m.Listeners))
	for _, listener := range m.Listeners {
		addresses = append(addresses, listener.Address)
	}
	sort.Strings(addresses)
	return addresses
}

// command is the one of these arguments, or nil. Every program tells its version.
func (m *Manifest) command(arguments []string) *Command {
	for _, command := range m.Commands {
		if slices.Equal(command.Arguments, arguments) {
			command.Output = m.fill(command.Output)
			return &command
		}
	}
	if slices.Equal(arguments, []string{"--version"}) {
		return &Command{Output: m.Version + "\n"}
	}
	return nil
}

func (c *Command) run(output io.Writer) error {
	if c.Connects != "" {
		if err := connect(c.Connects, 3*time.Second); err != nil {
			return err
		}
	}
	_, err := io.WriteString(output, c.Output)
	return err
}

// connect opens and closes a connection.
func connect(to string, timeout time.Duration) error {
	network, address := addressOf(value(to))
	connection, err := net.DialTimeout(network, address, timeout)
	if err != nil {
		return fmt.Errorf("expected %s to accept a connection: %w", address, err)
	}
	return connection.Close()
}
