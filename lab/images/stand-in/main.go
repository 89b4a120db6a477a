// Command stand-in takes the place of a program that the lab cannot have. It plays the part that the manifest in its
// image describes: it refuses to start where the real program would, is healthy only once it reaches what the real one
// needs, answers on the same ports and paths, and says in every answer what it is.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
)

const manifestFile = "/etc/stand-in.json"

func main() {
	log.SetFlags(0)
	log.SetPrefix("stand-in: ")
	manifest, err := readManifest(manifestFile)
	if err != nil {
		log.Fatal(err)
	}
	if command := manifest.command(os.Args[1:]); command != nil {
		if err := command.run(os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := play(ctx, manifest, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

// play starts the server once all that the real program insists on is there, and runs it until ctx ends.
func play(ctx context.Context, manifest *Manifest, arguments []string) error {
	if err := manifest.demands(arguments); err != nil {
		return fmt.Errorf("%s does not start:\n%w", manifest.Service, err)
	}
	health := newHealth(manifest)
	if manifest.works(arguments) {
		return manifest.Worker.play(ctx, manifest, health)
	}
	go health.watch(ctx)
	server, err := listen(manifest, health)
	if err != nil {
		return err
	}
	log.Printf("plays %s %s on %v", manifest.Service, manifest.Version, manifest.ports())
	<-ctx.Done()
	return errors.Join(server.close()...)
}
