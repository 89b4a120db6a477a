package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v2"
)

// config holds the keys of Loki's configuration that the platform writes; a key that is not here is refused.
type config struct {
	AuthEnabled bool `yaml:"auth_enabled"`
	Server      struct {
		Port     int    `yaml:"http_listen_port"`
		LogLevel string `yaml:"log_level"`
	} `yaml:"server"`
	Common       common       `yaml:"common"`
	SchemaConfig schemaConfig `yaml:"schema_config"`
	Compactor    compactor    `yaml:"compactor"`
	Limits       limits       `yaml:"limits_config"`
	Analytics    struct {
		Reporting bool `yaml:"reporting_enabled"`
	} `yaml:"analytics"`
}

type common struct {
	InstanceAddress string `yaml:"instance_addr"`
	PathPrefix      string `yaml:"path_prefix"`
	Replication     int    `yaml:"replication_factor"`
	Ring            struct {
		Store struct {
			Kind string `yaml:"store"`
		} `yaml:"kvstore"`
	} `yaml:"ring"`
	Storage struct {
		Filesystem struct {
			Chunks string `yaml:"chunks_directory"`
			Rules  string `yaml:"rules_directory"`
		} `yaml:"filesystem"`
	} `yaml:"storage"`
}

type schemaConfig struct {
	Periods []period `yaml:"configs"`
}

type period struct {
	From        string `yaml:"from"`
	Store       string `yaml:"store"`
	ObjectStore string `yaml:"object_store"`
	Schema      string `yaml:"schema"`
	Index       struct {
		Prefix string         `yaml:"prefix"`
		Period model.Duration `yaml:"period"`
	} `yaml:"index"`
}

type compactor struct {
	Directory   string `yaml:"working_directory"`
	Retention   bool   `yaml:"retention_enabled"`
	DeleteStore string `yaml:"delete_request_store"`
}

type limits struct {
	Retention model.Duration `yaml:"retention_period"`
	MaxAge    model.Duration `yaml:"reject_old_samples_max_age"`
	Lookback  model.Duration `yaml:"max_query_lookback"`
}

// indexPeriod is the only one that Loki's retention, and its index "tsdb", work with.
const indexPeriod = model.Duration(24 * time.Hour)

func readConfig(file string) (*config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	read := &config{AuthEnabled: true}
	if err := yaml.UnmarshalStrict(text, read); err != nil {
		return nil, fmt.Errorf("failed parsing config: %s: %w", file, err)
	}
	if err := read.mistakes(); err != nil {
		return nil, fmt.Errorf("validating config: %s: %w", file, err)
	}
	return read, nil
}

// mistakes are what Loki refuses in a file of known keys, in one error, and what this program cannot play.
func (c *config) mistakes() error {
	found := []error{
		unless(!c.AuthEnabled, "auth_enabled: expected false, since the lab's stand-in knows no tenants"),
		unless(c.Server.Port > 0, "server.http_listen_port: expected a port, found %d", c.Server.Port),
		unless(oneOf(c.Server.LogLevel, "", "debug", "info", "warn", "error"),
			"server.log_level: expected debug, info, warn or error, found %q", c.Server.LogLevel),
		unless(c.Common.PathPrefix != "", "common.path_prefix: expected a folder, found none"),
		unless(len(c.SchemaConfig.Periods) > 0, "schema_config.configs: expected one, found none"),
	}
	for _, period := range c.SchemaConfig.Periods {
		found = append(found, period.mistakes()...)
	}
	if c.Compactor.Retention {
		found = append(found, unless(c.Compactor.DeleteStore != "",
			"compactor.delete_request_store: expected a store, since retention is enabled, found none"))
	}
	return errors.Join(found...)
}

func (p period) mistakes() []error {
	_, err := time.Parse(time.DateOnly, p.From)
	return []error{
		unless(err == nil, "schema_config: from: expected a day such as 2026-01-01, found %q", p.From),
		unless(p.Store == "tsdb", "schema_config: store: expected tsdb, found %q", p.Store),
		unless(p.ObjectStore == "filesystem", "schema_config: object_store: expected filesystem, found %q", p.ObjectStore),
		unless(p.Schema == "v13", "schema_config: schema: expected v13, found %q", p.Schema),
		unless(p.Index.Period == indexPeriod, "schema_config: index.period: expected 24h, found %s", p.Index.Period),
	}
}

func unless(holds bool, mistake string, values ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(mistake, values...)
}

func oneOf(value string, known ...string) bool {
	for _, one := range known {
		if value == one {
			return true
		}
	}
	return false
}
