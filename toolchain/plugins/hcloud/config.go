package hcloud

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// defaultPollInterval is the upstream provider's.
const defaultPollInterval = 500 * time.Millisecond

// Config is the provider's configuration.
type Config struct {
	// Token is the API token of the project; the default is the environment's HCLOUD_TOKEN.
	Token *string `pulumi:"token,optional" provider:"secret"`
	// Endpoint is the URL of the API; the default is the environment's HCLOUD_ENDPOINT, else the official API.
	Endpoint *string `pulumi:"endpoint,optional"`
	// PollInterval is the pause between two looks at a running action, such as "500ms".
	PollInterval *string `pulumi:"pollInterval,optional"`
}

// client returns a client of the API. It does not talk to the API yet, and neither does configuring the provider: a
// preview needs no token.
func client(ctx context.Context) (*hcloud.Client, error) {
	config := infer.GetConfig[*Config](ctx)
	token := configured(config.Token, "HCLOUD_TOKEN")
	if token == "" {
		return nil, errors.New("no Hetzner Cloud API token: set the secret hcloud:token in the stack's config, " +
			"or HCLOUD_TOKEN in the environment")
	}
	interval := defaultPollInterval
	if config.PollInterval != nil && *config.PollInterval != "" {
		var err error
		if interval, err = time.ParseDuration(*config.PollInterval); err != nil {
			return nil, fmt.Errorf(`hcloud:pollInterval must be a duration such as "500ms", found %q`,
				*config.PollInterval)
		}
	}
	options := []hcloud.ClientOption{
		hcloud.WithToken(token),
		hcloud.WithPollOpts(hcloud.PollOpts{BackoffFunc: hcloud.ConstantBackoff(interval)}),
	}
	if endpoint := configured(config.Endpoint, "HCLOUD_ENDPOINT"); endpoint != "" {
		options = append(options, hcloud.WithEndpoint(endpoint))
	}
	return hcloud.NewClient(options...), nil
}

func configured(value *string, variable string) string {
	if value != nil && *value != "" {
		return *value
	}
	return os.Getenv(variable)
}
