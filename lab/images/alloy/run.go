package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/VictoriaMetrics/VictoriaMetrics/app/vmagent/remotewrite"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/appmetrics"
	vmlogger "github.com/VictoriaMetrics/VictoriaMetrics/lib/logger"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/promscrape"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/protoparser/protoparserutil"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// headerTimeout is how long a request may take to say what it is for.
const headerTimeout = 5 * time.Second

// run carries out a configuration until the program is told to stop.
func run(settings settings) error {
	read, err := load(settings.path)
	if err != nil {
		return err
	}
	first, err := read.evaluate(nil)
	if err != nil {
		return err
	}
	pages, err := first.pages()
	if err != nil {
		return err
	}
	if err := first.prepareAgent(settings); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	discovering := &discovering{read: read}
	server := &http.Server{Addr: settings.listen, Handler: handler(pages, discovering), ReadHeaderTimeout: headerTimeout}
	go serve(server)
	remotewrite.Init()
	protoparserutil.StartUnmarshalWorkers()
	promscrape.Init(remotewrite.PushDropSamplesOnFailure)
	first.followJournals(ctx)
	discovering.run(ctx, first)
	promscrape.Stop()
	protoparserutil.StopUnmarshalWorkers()
	remotewrite.Stop()
	return server.Close()
}

// followJournals has the lines of journals read until the context ends.
func (e *evaluated) followJournals(ctx context.Context) {
	for _, source := range e.journals {
		pusher := newPusher(e.lines[source.ForwardTo[0]].Endpoint)
		go pusher.run(ctx)
		go source.follow(ctx, pusher.add)
	}
}

// serve answers until the server is closed; a port that is taken ends the program.
func serve(server *http.Server) {
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// pages are where the exporters are asked, by path.
func (e *evaluated) pages() (map[string]http.Handler, error) {
	pages := map[string]http.Handler{}
	for id, exporter := range e.exporters {
		registry := prometheus.NewRegistry()
		if err := exporter.register(registry); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		pages[exporterPath(id)] = promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	}
	return pages, nil
}

// prepareAgent gives vmagent its configuration, which it takes as flags and as a file.
func (e *evaluated) prepareAgent(settings settings) error {
	_, port, err := net.SplitHostPort(settings.listen)
	if err != nil {
		return err
	}
	config, err := e.scrapeConfig(net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	file := filepath.Join(settings.storage, "scrape.yml")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return err
	}
	flags := map[string]string{
		"promscrape.config":       file,
		"remoteWrite.tmpDataPath": filepath.Join(settings.storage, "remote-write"),
		"loggerLevel":             "WARN",
	}
	for _, writer := range e.writers {
		for name, value := range writer.Endpoint.flags() {
			flags[name] = value
		}
	}
	for name, value := range flags {
		if err := flag.Set(name, value); err != nil {
			return fmt.Errorf("flag -%s of vmagent: %w", name, err)
		}
	}
	// The packages read their flags once these are parsed, and this program's command line is none of theirs.
	if err := flag.CommandLine.Parse(nil); err != nil {
		return err
	}
	remotewrite.InitSecretFlags()
	vmlogger.Init()
	return nil
}

// handler knows Alloy's own paths, and those of its exporters.
func handler(pages map[string]http.Handler, discovering *discovering) http.Handler {
	known := http.NewServeMux()
	known.HandleFunc("/-/ready", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "Alloy is ready.") })
	known.HandleFunc("/-/healthy", discovering.tellHealth)
	known.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) { appmetrics.WritePrometheusMetrics(w) })
	for path, page := range pages {
		known.Handle(path, page)
	}
	return known
}

// discovering looks for containers again and again, and reads the lines of those that there are.
type discovering struct {
	read *configuration
	// failure of the last look, or nil.
	failure atomic.Pointer[string]
}

// run looks until the context ends.
func (d *discovering) run(ctx context.Context, first *evaluated) {
	followers := map[string]*follower{}
	every := time.Minute
	for _, discovery := range first.discovers {
		every = min(every, discovery.Refresh)
	}
	for looking := true; looking; looking = pause(ctx, every) {
		d.note(d.look(ctx, first, followers))
	}
}

func (d *discovering) tellHealth(w http.ResponseWriter, _ *http.Request) {
	if failure := d.failure.Load(); failure != nil {
		http.Error(w, *failure, http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "All Alloy components are healthy.")
}

func (d *discovering) note(err error) {
	if err == nil {
		d.failure.Store(nil)
		return
	}
	text := err.Error()
	d.failure.Store(&text)
	logger().Error("containers cannot be looked for", "error", err)
}

// look asks for the containers, evaluates the configuration with them, and has the lines of new ones read.
func (d *discovering) look(ctx context.Context, first *evaluated, followers map[string]*follower) error {
	discovered := map[string][]target{}
	for id, discovery := range first.discovers {
		found, err := discovery.containers(ctx)
		if err != nil {
			return err
		}
		discovered[id] = found
	}
	now, err := d.read.evaluate(discovered)
	if err != nil {
		return err
	}
	for _, source := range now.sources {
		to := now.lines[source.ForwardTo[0]].Endpoint
		if followers[to.URL] == nil {
			pusher := newPusher(to)
			go pusher.run(ctx)
			followers[to.URL] = newFollower(pusher.add)
		}
		followers[to.URL].follow(ctx, source)
	}
	return nil
}
