// Command cadvisor is cAdvisor without its web pages and its own API: the collection of container metrics, and their
// publication in Prometheus' format, are those of its published packages. Its main package is in a module that is not
// published, so that this one takes its place, with the same flags for what it does.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/cadvisor/cache/memory"
	"github.com/google/cadvisor/container"
	_ "github.com/google/cadvisor/container/docker/install"
	v2 "github.com/google/cadvisor/info/v2"
	"github.com/google/cadvisor/manager"
	"github.com/google/cadvisor/metrics"
	"github.com/google/cadvisor/utils/sysfs"
	"github.com/google/cadvisor/version"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
)

// storageDuration is how long samples are kept in memory, cAdvisor's own default.
const storageDuration = 2 * time.Minute

var (
	address         = flag.String("listen_ip", "", "IP address to listen on; all by default")
	port            = flag.Int("port", 8080, "port to listen on")
	endpoint        = flag.String("prometheus_endpoint", "/metrics", "path of the metrics")
	storeLabels     = flag.Bool("store_container_labels", true, "whether all labels of a container become labels of its metrics")
	whitelist       = flag.String("whitelisted_container_labels", "", "comma-separated container labels to take when not all are")
	cgroupPrefixes  = flag.String("raw_cgroup_prefix_whitelist", "", "comma-separated prefixes of the control groups to watch although docker_only is set")
	showVersion     = flag.Bool("version", false, "print the version and exit")
	disabledMetrics = disabledByDefault()
)

// disabledByDefault are the kinds of metrics that cAdvisor leaves out unless --disable_metrics says otherwise.
func disabledByDefault() container.MetricSet {
	return container.MetricSet{
		container.MemoryNumaMetrics:              struct{}{},
		container.NetworkTcpUsageMetrics:         struct{}{},
		container.NetworkUdpUsageMetrics:         struct{}{},
		container.NetworkAdvancedTcpUsageMetrics: struct{}{},
		container.ProcessSchedulerMetrics:        struct{}{},
		container.ProcessMetrics:                 struct{}{},
		container.HugetlbUsageMetrics:            struct{}{},
		container.ReferencedMemoryMetrics:        struct{}{},
		container.CPUTopologyMetrics:             struct{}{},
		container.ResctrlMetrics:                 struct{}{},
		container.CPUSetMetrics:                  struct{}{},
	}
}

func main() {
	klog.InitFlags(nil)
	flag.Var(&disabledMetrics, "disable_metrics", "comma-separated kinds of metrics to leave out")
	flag.Parse()
	if *showVersion {
		fmt.Printf("cAdvisor version %s (%s)\n", version.Info["version"], version.Info["revision"])
		return
	}
	if err := serve(container.AllMetrics.Difference(disabledMetrics)); err != nil {
		klog.Fatal(err)
	}
}

func serve(included container.MetricSet) error {
	// Never empty: cAdvisor looks at the first one.
	prefixes := strings.Split(*cgroupPrefixes, ",")
	watcher, err := manager.New(
		memory.New(storageDuration, nil), sysfs.NewRealSysFs(), manager.HousekeepingConfigFlags, included,
		&http.Client{}, prefixes, nil, "", 0,
	)
	if err != nil {
		return fmt.Errorf("failed to create a manager: %w", err)
	}
	if err := watcher.Start(); err != nil {
		return fmt.Errorf("failed to start the manager: %w", err)
	}
	defer func() { _ = watcher.Stop() }()
	http.HandleFunc("/healthz", func(response http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(response, "ok")
	})
	http.Handle(*endpoint, promhttp.HandlerFor(registry(watcher, included), promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	klog.Infof("cAdvisor %s listens on port %d", version.Info["version"], *port)
	return http.ListenAndServe(net.JoinHostPort(*address, strconv.Itoa(*port)), nil)
}

func registry(watcher manager.Manager, included container.MetricSet) *prometheus.Registry {
	labels := metrics.DefaultContainerLabels
	if !*storeLabels {
		labels = metrics.BaseContainerLabels(list(*whitelist))
	}
	options := v2.RequestOptions{IdType: v2.TypeName, Count: 1, Recursive: true}
	all := prometheus.NewRegistry()
	all.MustRegister(
		metrics.NewPrometheusCollector(watcher, labels, included, clock.RealClock{}, options),
		metrics.NewPrometheusMachineCollector(watcher, included),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return all
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
