// Package serve runs a provider as a plugin process of the Pulumi engine.
package serve

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
)

// Main serves the provider until the engine ends it, and exits with status 1 when it cannot be served.
//
// version is the plugin's version without a leading "v", as the engine asks for it.
func Main(name, version string, provider p.Provider) {
	go exitWithParent(os.Getppid(), os.Exit)
	if err := p.RunProvider(context.Background(), name, version, provider); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-%s: %v\n", name, err)
		os.Exit(1)
	}
}
