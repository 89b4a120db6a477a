// Command pulumi-resource-<name> serves the Terraform provider that lies beside it as terraform-provider-<name>, as the
// Pulumi provider that the npm package @pulumi/<name> expects.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	goplugin "github.com/hashicorp/go-plugin"
	rprovider "github.com/pulumi/pulumi/pkg/v3/resource/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/internal/shim/run"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"vpai/toolchain/watchdog"
)

// The name and version of the npm package; the linker sets them.
var (
	packageName = ""
	version     = "0.0.0"
)

func main() {
	if err := serve(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %v\n", packageName, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, args []string) error {
	if len(args) == 1 && (args[0] == "--version" || args[0] == "-version") {
		fmt.Println(version)
		return nil
	}
	names, known := upstreams[packageName]
	if !known {
		return fmt.Errorf("built for the unknown provider %q", packageName)
	}
	watchdog.EndWithEngine(goplugin.CleanupClients)
	server, err := startUpstream(ctx)
	if err != nil {
		return err
	}
	defer server.Close()
	info, err := providerInfo(ctx, server, names)
	if err != nil {
		return err
	}
	if len(args) == 1 && args[0] == "--schema" {
		return printSchema(info)
	}
	return rprovider.Main(info.Name, func(host *rprovider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		server, err := pfbridge.NewProviderServer(ctx, host, info, metadata(info))
		if err != nil {
			return nil, err
		}
		return newDispatcher(server, info, names.lacking), nil
	})
}

func startUpstream(ctx context.Context) (run.Provider, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot find the directory of this program: %w", err)
	}
	program := filepath.Join(filepath.Dir(self), "terraform-provider-"+packageName)
	server, err := run.LocalProvider(ctx, program)
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", program, err)
	}
	return server, nil
}
