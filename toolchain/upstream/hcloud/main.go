// Command terraform-provider-hcloud serves the Terraform provider for Hetzner Cloud.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hetznercloud/terraform-provider-hcloud/hcloud"

	"vpai/toolchain/watchdog"
)

func main() {
	watchdog.EndWithEngine()
	// Reported to the API as part of the user agent.
	hcloud.Version, hcloud.Commit = "1.60.1", "none"
	if err := serve(context.Background()); err != nil {
		fmt.Fprintf(os.Stderr, "terraform-provider-hcloud: %v\n", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	provider, err := hcloud.GetMuxedProvider(ctx)
	if err != nil {
		return err
	}
	return tf6server.Serve("registry.terraform.io/hetznercloud/hcloud", provider)
}
