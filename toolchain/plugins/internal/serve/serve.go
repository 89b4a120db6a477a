// Package serve runs a provider as a plugin process of the Pulumi engine.
package serve

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"vpai/toolchain/watchdog"
)

// Main serves the provider until the engine ends it, and exits with status 1 when it cannot be served.
//
// version is the plugin's version without a leading "v", as the engine asks for it; orphaned is called when the engine
// has died, before the plugin ends.
func Main(name, version string, served p.Provider, orphaned ...func()) {
	watchdog.EndWithEngine(orphaned...)
	server := p.RawServer(name, version, served.WithDefaults())
	err := provider.MainContext(context.Background(), name,
		func(host *provider.HostClient) (rpc.ResourceProviderServer, error) {
			inner, err := server(host)
			return quietServer{inner}, err
		})
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %v\n", name, err)
		os.Exit(1)
	}
}

// quietServer leaves out the note that the provider framework adds to the configuration under a key which the engine
// keeps for itself; the engine warns about it in every run.
type quietServer struct{ rpc.ResourceProviderServer }

const reservedKey = "__internal"

// CheckConfig is that of the provider, without the reserved key.
func (s quietServer) CheckConfig(ctx context.Context, req *rpc.CheckRequest) (*rpc.CheckResponse, error) {
	response, err := s.ResourceProviderServer.CheckConfig(ctx, req)
	if response.GetInputs() != nil {
		delete(response.Inputs.Fields, reservedKey)
	}
	return response, err
}
