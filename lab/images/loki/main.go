// Loki's contract for the lab, on VictoriaLogs' storage: its flags, its configuration file, its push path, and of its
// query path what asks for lines by their stream and by texts in them.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// version of Loki that is played; the linker sets it.
var version = "0.0.0"

// options are the flags of Loki that are understood; any other is refused.
type options struct {
	file   string
	verify bool
	health bool
	url    string
	told   bool
}

func main() {
	given := parseOptions(os.Args[1:])
	if given.told {
		fmt.Printf("loki, version %s (the lab's stand-in, on VictoriaLogs)\n", version)
		return
	}
	if err := given.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parseOptions(arguments []string) options {
	var given options
	flags := flag.NewFlagSet("loki", flag.ExitOnError)
	flags.StringVar(&given.file, "config.file", "config.yaml", "Configuration file to load")
	flags.BoolVar(&given.verify, "verify-config", false, "Check the configuration file and end")
	flags.BoolVar(&given.health, "health", false, "Ask a running server for its health and end")
	flags.StringVar(&given.url, "health.url", "http://localhost:3100/ready", "What -health asks")
	flags.BoolVar(&given.told, "version", false, "Print the version and end")
	_ = flags.Parse(arguments)
	return given
}

func (o options) run() error {
	if o.health {
		return askHealth(o.url)
	}
	read, err := readConfig(o.file)
	if err != nil {
		return err
	}
	if o.verify {
		fmt.Println("config is valid")
		return nil
	}
	return serve(read)
}

// askHealth is for images without an HTTP client: the program asks itself.
func askHealth(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return fmt.Errorf("loki is not healthy: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 1024))
		return fmt.Errorf("loki is not healthy: expected status 200, found %s %s", answer.Status, text)
	}
	fmt.Println("Loki is healthy")
	return nil
}
