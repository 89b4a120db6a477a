package main

import (
	"flag"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/app/vlinsert"
	"github.com/VictoriaMetrics/VictoriaLogs/app/vlinsert/insertutil"
	"github.com/VictoriaMetrics/VictoriaLogs/app/vlselect"
	"github.com/VictoriaMetrics/VictoriaLogs/app/vlstorage"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/httpserver"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/logger"
	"github.com/VictoriaMetrics/VictoriaMetrics/lib/procutil"
)

// defaultRetention is for a configuration that says none; Loki keeps everything then, which VictoriaLogs cannot.
const defaultRetention = 100 * 365 * 24 * time.Hour

// storageFlags are the flags of VictoriaLogs that say what Loki's configuration says.
func (c *config) storageFlags() map[string]string {
	retention := defaultRetention
	if c.Compactor.Retention && c.Limits.Retention > 0 {
		retention = time.Duration(c.Limits.Retention)
	}
	return map[string]string{
		"storageDataPath": path.Join(c.Common.PathPrefix, "victorialogs"),
		"retentionPeriod": fmt.Sprintf("%dh", int(retention.Hours())),
		"loggerLevel":     c.loggerLevel(),
		// A line stays the text that it was.
		"loki.disableMessageParsing": "true",
		// Loki shows a line at once; flushing each second is near to that.
		"inmemoryDataFlushInterval": "1s",
	}
}

// loggerLevel names the level as VictoriaLogs does, which has none below INFO.
func (c *config) loggerLevel() string {
	if oneOf(c.Server.LogLevel, "warn", "error") {
		return strings.ToUpper(c.Server.LogLevel)
	}
	return "INFO"
}

// serve answers until the program is told to stop.
func serve(read *config) error {
	for name, value := range read.storageFlags() {
		if err := flag.Set(name, value); err != nil {
			return fmt.Errorf("flag -%s of VictoriaLogs: %w", name, err)
		}
	}
	// The packages read their flags once these are parsed, and Loki's own command line is none of theirs.
	if err := flag.CommandLine.Parse(nil); err != nil {
		return err
	}
	logger.Init()
	vlstorage.Init()
	vlselect.Init()
	insertutil.SetLogRowsStorage(&vlstorage.Storage{})
	vlinsert.Init()
	addresses := []string{fmt.Sprintf(":%d", read.Server.Port)}
	go httpserver.Serve(addresses, answer, httpserver.ServeOptions{})
	procutil.WaitForSigterm()
	err := httpserver.Stop(addresses)
	vlinsert.Stop()
	vlselect.Stop()
	vlstorage.Stop()
	return err
}

// answer knows Loki's paths that the platform uses; the server itself adds /metrics.
func answer(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/ready":
		fmt.Fprintln(w, "ready")
		return true
	case "/loki/api/v1/push":
		inner := r.Clone(r.Context())
		inner.URL.Path = "/insert/loki/api/v1/push"
		return vlinsert.RequestHandler(w, inner)
	case "/loki/api/v1/query_range":
		queryRange(w, r)
		return true
	}
	return false
}
