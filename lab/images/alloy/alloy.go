package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/go-kit/log"
	"github.com/grafana/ckit/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/grafana/alloy/internal/featuregate"
	"github.com/grafana/alloy/internal/runtime"
	"github.com/grafana/alloy/internal/runtime/logging"
	"github.com/grafana/alloy/internal/service"
	"github.com/grafana/alloy/internal/service/cluster"
	"github.com/grafana/alloy/internal/service/http"
	"github.com/grafana/alloy/internal/service/labelstore"
	"github.com/grafana/alloy/internal/service/livedebugging"
	"github.com/grafana/alloy/internal/service/remotecfg"
	"github.com/grafana/alloy/syntax/diag"
)

// settings are what the command line says.
type settings struct {
	// listen is where HTTP is served.
	listen string
	// storage is where components keep data.
	storage string
}

// alloy is a runtime that has loaded nothing yet.
type alloy struct {
	*runtime.Runtime
	cluster *cluster.Service
}

func newAlloy(path string, settings settings) (*alloy, error) {
	logger, err := logging.NewDeferred(os.Stderr)
	if err != nil {
		return nil, err
	}
	// A cluster of this node alone; components ask it for their share of the targets.
	alone, err := cluster.New(cluster.Options{Log: logger, NodeName: "alloy", AdvertiseAddress: "127.0.0.1:80"})
	if err != nil {
		return nil, err
	}
	remote, err := remotecfg.New(remotecfg.Options{
		Logger: logger, ConfigPath: path, StoragePath: settings.storage, Metrics: prometheus.DefaultRegisterer,
	})
	if err != nil {
		return nil, err
	}
	made := &alloy{cluster: alone}
	server := http.New(http.Options{
		Logger:           logger,
		Gatherer:         prometheus.DefaultGatherer,
		ReadyFunc:        func() bool { return made.Ready() },
		ReloadFunc:       func() error { return made.load(path, anyMistake) },
		HTTPListenAddr:   settings.listen,
		MemoryListenAddr: "alloy.internal:12345",
		MinStability:     featuregate.StabilityGenerallyAvailable,
		BundleContext:    http.SupportBundleContext{DisableSupportBundle: true},
	})
	made.Runtime = runtime.New(runtime.Options{
		Logger:       logger,
		DataPath:     settings.storage,
		Reg:          prometheus.DefaultRegisterer,
		MinStability: featuregate.StabilityGenerallyAvailable,
		Services: []service.Service{
			alone, server, remote, livedebugging.New(),
			labelstore.New(log.With(logger, "service", "labelstore"), prometheus.DefaultRegisterer),
		},
	})
	return made, nil
}

// load reads a configuration and makes its components; mistakes that count are shown where they are in the file.
func (a *alloy) load(path string, counts func(diag.Diagnostic) bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	source, err := runtime.ParseSource(path, text)
	if err == nil {
		err = a.LoadSource(source, nil, path)
	}
	var found, mistakes diag.Diagnostics
	if !errors.As(err, &found) {
		return err
	}
	for _, mistake := range found {
		if counts(mistake) {
			mistakes.Add(mistake)
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	printer := diag.NewPrinter(diag.PrinterConfig{ContextLinesBefore: 1, ContextLinesAfter: 1})
	_ = printer.Fprint(os.Stderr, map[string][]byte{path: text}, mistakes)
	return errors.New("could not load " + path)
}

func anyMistake(diag.Diagnostic) bool { return true }

// mistakeOfText is false for a component whose text is right and which cannot be made: what it lacks, such as a login,
// may come from the environment of the program that will run.
func mistakeOfText(mistake diag.Diagnostic) bool {
	return !strings.HasPrefix(mistake.Message, "Failed to build component: building component: ")
}

func run(ctx context.Context, path string, settings settings) error {
	made, err := newAlloy(path, settings)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		made.Run(ctx)
	}()
	defer func() { stop(); <-ended }()
	if err := made.load(path, anyMistake); err != nil {
		return err
	}
	// Only a participant of the cluster has a share of the targets.
	if err := made.cluster.ChangeState(ctx, peer.StateParticipant); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// validate makes a configuration's components and runs none of them.
func validate(path string) error {
	storage, err := os.MkdirTemp("", "alloy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(storage)
	made, err := newAlloy(path, settings{listen: "127.0.0.1:0", storage: storage})
	if err != nil {
		return err
	}
	return made.load(path, mistakeOfText)
}
