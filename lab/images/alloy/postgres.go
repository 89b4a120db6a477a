package main

import (
	"context"
	"database/sql"
	"time"

	_ "github.com/lib/pq"
	"github.com/prometheus/client_golang/prometheus"
)

// askTimeout is how long PostgreSQL may take to answer.
const askTimeout = 5 * time.Second

// postgresServer tells what postgres_exporter's program adds to its collectors, as far as rules and dashboards use it:
// whether the server answers, and how many connections it takes.
type postgresServer struct{ source string }

var (
	postgresUp  = prometheus.NewDesc("pg_up", "Whether PostgreSQL answers.", nil, nil)
	connections = prometheus.NewDesc("pg_settings_max_connections", "Connections that PostgreSQL takes.", nil, nil)
)

// Describe names both.
func (p *postgresServer) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- postgresUp
	descriptions <- connections
}

// Collect asks.
func (p *postgresServer) Collect(metrics chan<- prometheus.Metric) {
	most, err := p.maxConnections()
	if err != nil {
		logger().Error("PostgreSQL does not answer", "error", err)
		metrics <- prometheus.MustNewConstMetric(postgresUp, prometheus.GaugeValue, 0)
		return
	}
	metrics <- prometheus.MustNewConstMetric(postgresUp, prometheus.GaugeValue, 1)
	metrics <- prometheus.MustNewConstMetric(connections, prometheus.GaugeValue, most)
}

func (p *postgresServer) maxConnections() (float64, error) {
	database, err := sql.Open("postgres", p.source)
	if err != nil {
		return 0, err
	}
	defer database.Close()
	within, stop := context.WithTimeout(context.Background(), askTimeout)
	defer stop()
	var most float64
	err = database.QueryRowContext(within, "SELECT current_setting('max_connections')::float8").Scan(&most)
	return most, err
}
