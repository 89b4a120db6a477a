package main

import "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

var docker = upstream{
	config: map[string]*tfbridge.SchemaInfo{
		"host": {Default: &tfbridge.DefaultInfo{
			Value:   "unix:///var/run/docker.sock",
			EnvVars: []string{"DOCKER_HOST"},
		}},
		"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
	},
	resources: map[string]*tfbridge.ResourceInfo{
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
	dataSources: map[string]*tfbridge.DataSourceInfo{
		"docker_image": {Tok: "docker:index/getRemoteImage:getRemoteImage"},
	},
	lacking: "build images with the Docker command line",
}
