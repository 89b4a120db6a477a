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

// autonamingLength is the longest name that the provider makes up for a resource without one.
const autonamingLength = 255

// providerInfo says how the names of the upstream become those of the npm package. The bridge's rules give most
// of them; what is listed is what the package names otherwise.
func providerInfo(ctx context.Context, upstream run.Provider) (tfbridge.ProviderInfo, error) {
	info := tfbridge.ProviderInfo{
		P:              proto.New(ctx, upstream),
		Name:           "docker",
		Version:        version,
		ResourcePrefix: "docker",
		MetadataInfo:   &tfbridge.MetadataInfo{Path: "", Data: tfbridge.ProviderMetadata(nil)},
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				Value:   "unix:///var/run/docker.sock",
				EnvVars: []string{"DOCKER_HOST"},
			}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_config": {Tok: "docker:index/serviceConfig:ServiceConfig"},
			"docker_image": {
				Tok: "docker:index/remoteImage:RemoteImage",
				// Listed so that the provider never makes up the name of an image.
				Fields: map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}},
			},
			"docker_container": {
				Tok: "docker:index/container:Container",
				// Two containers cannot have one name, nor one published port.
				DeleteBeforeReplace: true,
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           {Name: "command"},
					"networks_advanced": {Name: "networksAdvanced"},
				},
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image": {Tok: "docker:index/getRemoteImage:getRemoteImage"},
		},
	}
	if err := fixup.Default(&info); err != nil {
		return info, fmt.Errorf("cannot map the upstream's properties: %w", err)
	}
	if err := info.ComputeTokens(tokens.SingleModule("docker_", "index", tokens.MakeStandard("docker"))); err != nil {
		return info, fmt.Errorf("cannot map the upstream's resources: %w", err)
	}
	info.SetAutonaming(autonamingLength, "-")
	return info, nil
}
