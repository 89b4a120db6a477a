package main

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

var hcloud = upstream{
	resources: map[string]*tfbridge.ResourceInfo{
		"hcloud_server": {Tok: "hcloud:index/server:Server", PreCheckCallback: checkNetworks},
		// Their ids are numbers.
		"hcloud_storage_box":            numbered("hcloud:index/storageBox:StorageBox"),
		"hcloud_storage_box_snapshot":   numbered("hcloud:index/storageBoxSnapshot:StorageBoxSnapshot"),
		"hcloud_storage_box_subaccount": numbered("hcloud:index/storageBoxSubaccount:StorageBoxSubaccount"),
		"hcloud_zone":                   numbered("hcloud:index/zone:Zone"),
	},
	lacking: "look it up or convert it in the program",
}

func numbered(token string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{
		Tok:    tokens.Type(token),
		Fields: map[string]*tfbridge.SchemaInfo{"id": {Type: "string"}},
	}
}

// checkNetworks refuses what the npm package has and this version of the upstream lacks. It also gives each network of a
// server its list of alias addresses, empty where the program names none: the upstream may read a list that was left out as
// a change (hetznercloud/terraform-provider-hcloud issue 650).
func checkNetworks(
	_ context.Context, inputs resource.PropertyMap, _ resource.PropertyMap,
) (resource.PropertyMap, error) {
	networks, given := inputs["networks"]
	if !given || !networks.IsArray() {
		return inputs, nil
	}
	for _, network := range networks.ArrayValue() {
		if !network.IsObject() {
			continue
		}
		if network.ObjectValue().HasValue("subnetId") {
			return nil, errors.New("networks: subnetId is not known to the Terraform provider 1.60.1: give networkId and ip")
		}
		if !network.ObjectValue().HasValue("aliasIps") {
			network.ObjectValue()["aliasIps"] = resource.NewArrayProperty([]resource.PropertyValue{})
		}
	}
	return inputs, nil
}
