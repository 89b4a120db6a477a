package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"os"

	"github.com/alecthomas/kingpin/v2"
	redis "github.com/oliver006/redis_exporter/exporter"
	postgres "github.com/prometheus-community/postgres_exporter/collector"
	"github.com/prometheus/client_golang/prometheus"
	unix "github.com/prometheus/node_exporter/collector"
)

// ownAddress stands in targets for this program's own address, by the name that Alloy has for it.
const ownAddress = "alloy.internal:12345"

// exporter tells the samples of something that has no page of its own for them.
type exporter interface {
	// register adds what collects the samples.
	register(registry *prometheus.Registry) error
}

// exported is what every exporter exports.
type exported struct {
	Targets []target `alloy:"targets,attr"`
}

func exporterPath(id string) string { return "/api/v0/component/" + id + "/metrics" }

// joinExporter makes the target under which the exporter is asked.
func joinExporter(all *evaluated, id, job, instance string, made exporter) (any, error) {
	all.exporters[id] = made
	return exported{Targets: []target{{
		"__address__": ownAddress, "__metrics_path__": exporterPath(id),
		"instance": instance, "job": "integrations/" + job,
	}}}, nil
}

// unixExporter is node_exporter.
type unixExporter struct {
	RootFS     string   `alloy:"rootfs_path,attr,optional"`
	ProcFS     string   `alloy:"procfs_path,attr,optional"`
	SysFS      string   `alloy:"sysfs_path,attr,optional"`
	Collectors []string `alloy:"set_collectors,attr,optional"`
	Textfile   textfile `alloy:"textfile,block,optional"`
	Systemd    systemd  `alloy:"systemd,block,optional"`
}

type systemd struct {
	Restarts bool   `alloy:"enable_restarts,attr,optional"`
	Include  string `alloy:"unit_include,attr,optional"`
}

type textfile struct {
	Directory string `alloy:"directory,attr,optional"`
}

// SetToDefault gives what the block does not say.
func (u *unixExporter) SetToDefault() { *u = unixExporter{RootFS: "/", ProcFS: "/proc", SysFS: "/sys"} }

func (u *unixExporter) join(all *evaluated, id string, _ []target) (any, error) {
	for _, name := range u.Collectors {
		if kingpin.CommandLine.GetFlag("collector."+name) == nil {
			return nil, fmt.Errorf("set_collectors: expected a collector of node_exporter, found %q", name)
		}
	}
	name, _ := os.Hostname()
	return joinExporter(all, id, "unix", name, u)
}

// collector makes node_exporter's, whose settings are flags of its program.
func (u *unixExporter) collector() (*unix.NodeCollector, error) {
	flags := []string{"--path.rootfs=" + u.RootFS, "--path.procfs=" + u.ProcFS, "--path.sysfs=" + u.SysFS}
	// It takes only collectors that are on, and not all are by default.
	for _, name := range u.Collectors {
		flags = append(flags, "--collector."+name)
	}
	if u.Textfile.Directory != "" {
		flags = append(flags, "--collector.textfile.directory="+u.Textfile.Directory)
	}
	if u.Systemd.Restarts {
		flags = append(flags, "--collector.systemd.enable-restarts-metrics")
	}
	if u.Systemd.Include != "" {
		flags = append(flags, "--collector.systemd.unit-include="+u.Systemd.Include)
	}
	if _, err := kingpin.CommandLine.Parse(flags); err != nil {
		return nil, err
	}
	return unix.NewNodeCollector(logger(), u.Collectors...)
}

func (u *unixExporter) register(registry *prometheus.Registry) error {
	made, err := u.collector()
	if err != nil {
		return err
	}
	return registry.Register(made)
}

// redisExporter is redis_exporter.
type redisExporter struct {
	Address  string `alloy:"redis_addr,attr"`
	User     string `alloy:"redis_user,attr,optional"`
	Password string `alloy:"redis_password,attr,optional"`
}

func (r *redisExporter) join(all *evaluated, id string, _ []target) (any, error) {
	return joinExporter(all, id, "redis_exporter", r.Address, r)
}

func (r *redisExporter) register(registry *prometheus.Registry) error {
	options := redis.Options{User: r.User, Password: r.Password, Namespace: "redis", Registry: registry}
	// It registers itself.
	_, err := redis.NewRedisExporter("redis://"+r.Address, options)
	return err
}

// postgresExporter is postgres_exporter.
type postgresExporter struct {
	Sources []string `alloy:"data_source_names,attr"`
}

func (p *postgresExporter) join(all *evaluated, id string, _ []target) (any, error) {
	if len(p.Sources) != 1 {
		return nil, fmt.Errorf("data_source_names: expected one, found %d", len(p.Sources))
	}
	// The login is not shown; what cannot be read may come from the environment of the program that will run.
	instance := "postgresql"
	if source, err := url.Parse(p.Sources[0]); err == nil && source.Host != "" {
		instance = source.Host + source.Path
	}
	return joinExporter(all, id, "postgres_exporter", instance, p)
}

func (p *postgresExporter) register(registry *prometheus.Registry) error {
	published, err := postgres.NewPostgresCollector(logger(), nil, p.Sources[0], nil)
	if err != nil {
		return err
	}
	if err := registry.Register(published); err != nil {
		return err
	}
	return registry.Register(&postgresServer{source: p.Sources[0]})
}

func logger() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }
