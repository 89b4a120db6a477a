// Alloy's contract for the lab, from parts that are free: the published parser of its language reads the configuration,
// vmagent takes and sends the samples, the exporters are the published ones, and lines of containers go to Loki's push
// path. It knows the components that the platform uses; any other is refused by name.
package main

import (
	"flag"
	"fmt"
	"os"
)

// version of Alloy that is played; the linker sets it.
var version = "0.0.0"

// settings are what the command line says.
type settings struct {
	// path of the configuration.
	path string
	// listen is where HTTP is served.
	listen string
	// storage is where components keep data.
	storage string
}

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func command(arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case "--version":
			fmt.Printf("alloy, version v%s (the lab's stand-in, on vmagent)\n", version)
			return nil
		case "run":
			return run(parseRun(arguments[1:]))
		case "validate":
			if len(arguments) == 2 {
				return validate(arguments[1])
			}
		}
	}
	return fmt.Errorf("expected run [flags] PATH, validate PATH or --version, found %q", arguments)
}

// parseRun takes the flags before the path and, as the published command does, those behind it.
func parseRun(arguments []string) settings {
	var given settings
	flags := flag.NewFlagSet("alloy run", flag.ExitOnError)
	flags.StringVar(&given.listen, "server.http.listen-addr", "127.0.0.1:12345", "Address to listen on for HTTP")
	flags.StringVar(&given.storage, "storage.path", "data-alloy/", "Directory in which components keep data")
	flags.Bool("disable-reporting", false, "Taken as given: this program never reports its use")
	for len(arguments) > 0 {
		_ = flags.Parse(arguments)
		if arguments = flags.Args(); len(arguments) > 0 {
			given.path, arguments = arguments[0], arguments[1:]
		}
	}
	return given
}

// validate reads a configuration and runs nothing of it.
func validate(path string) error {
	read, err := load(path)
	if err != nil {
		return err
	}
	evaluated, err := read.evaluate(nil)
	if err != nil {
		return err
	}
	_, err = evaluated.scrapeConfig("127.0.0.1:12345")
	return err
}
