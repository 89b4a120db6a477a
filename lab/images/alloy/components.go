package main

// The components that the platform's configuration uses; the rest of Alloy's would be most of the compilation.
import (
	_ "github.com/grafana/alloy/internal/component/discovery/docker"
	_ "github.com/grafana/alloy/internal/component/discovery/relabel"
	_ "github.com/grafana/alloy/internal/component/loki/source/docker"
	_ "github.com/grafana/alloy/internal/component/loki/write"
	_ "github.com/grafana/alloy/internal/component/prometheus/exporter/postgres"
	_ "github.com/grafana/alloy/internal/component/prometheus/exporter/redis"
	_ "github.com/grafana/alloy/internal/component/prometheus/exporter/unix"
	_ "github.com/grafana/alloy/internal/component/prometheus/relabel"
	_ "github.com/grafana/alloy/internal/component/prometheus/remotewrite"
	_ "github.com/grafana/alloy/internal/component/prometheus/scrape"
)
