package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Database says where the login comes from: each field is the value, or $ and the environment variable that holds it.
type Database struct {
	// URL of the database; the other fields are then empty.
	URL string `json:"url"`
	// URLFile names a file that holds the URL.
	URLFile  string `json:"urlFile"`
	Host     string `json:"host"`
	User     string `json:"user"`
	Password string `json:"password"`
	Name     string `json:"name"`
}

// login opens a connection to PostgreSQL and asks it something.
func (d *Database) login(ctx context.Context) error {
	config, err := d.config()
	if err != nil {
		return err
	}
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("expected PostgreSQL at %s to accept the login of %s: %w", config.Host, config.User, err)
	}
	defer connection.Close(ctx)
	return connection.Ping(ctx)
}

// accounts runs a statement on the stand-in's own table, which is made when it is missing, and counts the rows it gives.
func (d *Database) accounts(ctx context.Context, statement string, values ...any) (int, error) {
	config, err := d.config()
	if err != nil {
		return 0, err
	}
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return 0, err
	}
	defer connection.Close(ctx)
	table := "CREATE TABLE IF NOT EXISTS stand_in_accounts (email text PRIMARY KEY, digest text NOT NULL)"
	if _, err := connection.Exec(ctx, table); err != nil {
		return 0, err
	}
	rows, err := connection.Query(ctx, statement, values...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		count++
	}
	return count, rows.Err()
}

func (d *Database) config() (*pgx.ConnConfig, error) {
	url, err := d.url()
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("expected a URL of PostgreSQL: %w", err)
	}
	if url == "" {
		config.Host, config.User = value(d.Host), value(d.User)
		config.Password, config.Database = value(d.Password), value(d.Name)
	}
	return config, nil
}

func (d *Database) url() (string, error) {
	if d.URLFile == "" {
		return value(d.URL), nil
	}
	content, err := os.ReadFile(value(d.URLFile))
	return strings.TrimSpace(string(content)), err
}
