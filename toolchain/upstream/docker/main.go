// Command terraform-provider-docker serves the resources and data sources of the Terraform provider for Docker.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/plugin"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"

	"vpai/toolchain/watchdog"
)

// version is reported to the Docker engine as part of the user agent.
const version = "4.6.0"

func main() {
	watchdog.EndWithEngine()
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: provider.New(version)})
}
