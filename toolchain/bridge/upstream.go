package main

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/internal/fixup"
	"github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/internal/shim/run"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/proto"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
)

// upstream says how the names of a Terraform provider become those of its npm package. The bridge's rules give most of
// them; what is listed is what the package names, or the provider does, otherwise.
type upstream struct {
	config      map[string]*tfbridge.SchemaInfo
	resources   map[string]*tfbridge.ResourceInfo
	dataSources map[string]*tfbridge.DataSourceInfo
	// lacking tells what to do instead of using something that the official provider has and this one lacks.
	lacking string
}

// upstreams are all that this program can serve, by the name of the npm package.
var upstreams = map[string]upstream{"docker": docker, "hcloud": hcloud}

// autonamingLength is the longest name that the provider makes up for a resource without one.
const autonamingLength = 255

func providerInfo(ctx context.Context, server run.Provider, names upstream) (tfbridge.ProviderInfo, error) {
	info := tfbridge.ProviderInfo{
		P:              proto.New(ctx, server),
		Name:           packageName,
		Version:        version,
		ResourcePrefix: packageName,
		MetadataInfo:   &tfbridge.MetadataInfo{Path: "", Data: tfbridge.ProviderMetadata(nil)},
		Config:         names.config,
		Resources:      names.resources,
		DataSources:    names.dataSources,
	}
	if err := fixup.Default(&info); err != nil {
		return info, fmt.Errorf("cannot map the upstream's properties: %w", err)
	}
	if err := info.ComputeTokens(tokens.SingleModule(packageName+"_", "index", tokens.MakeStandard(packageName))); err != nil {
		return info, fmt.Errorf("cannot map the upstream's resources: %w", err)
	}
	info.SetAutonaming(autonamingLength, "-")
	return info, nil
}
