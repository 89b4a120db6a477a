package hcloud

import (
	"context"
	"fmt"
	"net"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Network serves hcloud.Network: a private network.
type Network struct{}

type networkInputs struct {
	Name                  *string            `pulumi:"name,optional"`
	IPRange               string             `pulumi:"ipRange"`
	Labels                *map[string]string `pulumi:"labels,optional"`
	DeleteProtection      *bool              `pulumi:"deleteProtection,optional"`
	ExposeRoutesToVswitch *bool              `pulumi:"exposeRoutesToVswitch,optional"`
}

type networkState struct{ networkInputs }

// Annotate gives the official token.
func (r *Network) Annotate(a infer.Annotator) { a.SetToken("index/network", "Network") }

// Annotate gives the defaults.
func (in *networkInputs) Annotate(a infer.Annotator) {
	a.SetDefault(&in.DeleteProtection, false)
	a.SetDefault(&in.ExposeRoutesToVswitch, false)
}

// Check names the network.
func (*Network) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[networkInputs], error) {
	return checkNamed[networkInputs](ctx, req)
}

// Create creates the network.
func (*Network) Create(
	ctx context.Context, req infer.CreateRequest[networkInputs],
) (infer.CreateResponse[networkState], error) {
	response := infer.CreateResponse[networkState]{Output: networkState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	_, ipRange, err := net.ParseCIDR(req.Inputs.IPRange)
	if err != nil {
		return response, fmt.Errorf("ipRange: %w", err)
	}
	network, _, err := c.Network.Create(ctx, hcloud.NetworkCreateOpts{
		Name: *req.Inputs.Name, IPRange: ipRange, Labels: valueOr(req.Inputs.Labels, nil),
		ExposeRoutesToVSwitch: valueOr(req.Inputs.ExposeRoutesToVswitch, false),
	})
	if err != nil {
		return response, fmt.Errorf("creating the network: %w", err)
	}
	response.ID = formatID(network.ID)
	return response, incomplete(protectNetwork(ctx, c, network, req.Inputs))
}

func protectNetwork(ctx context.Context, c *hcloud.Client, network *hcloud.Network, in networkInputs) error {
	wanted := valueOr(in.DeleteProtection, false)
	if network.Protection.Delete == wanted {
		return nil
	}
	action, _, err := c.Network.ChangeProtection(ctx, network, hcloud.NetworkChangeProtectionOpts{Delete: &wanted})
	return settle(ctx, c, err, action)
}

// Read reads the network back.
func (*Network) Read(
	ctx context.Context, req infer.ReadRequest[networkInputs, networkState],
) (infer.ReadResponse[networkInputs, networkState], error) {
	var response infer.ReadResponse[networkInputs, networkState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	network, _, err := c.Network.GetByID(ctx, id)
	if err != nil || network == nil {
		return response, err
	}
	observed := networkInputs{
		Name: &network.Name, IPRange: network.IPRange.String(), Labels: optionalLabels(network.Labels),
		DeleteProtection: &network.Protection.Delete, ExposeRoutesToVswitch: &network.ExposeRoutesToVSwitch,
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, networkState{observed}
	if req.Inputs.Name == nil {
		response.Inputs = observed
	}
	return response, nil
}

// Update changes everything but the IP range.
func (*Network) Update(
	ctx context.Context, req infer.UpdateRequest[networkInputs, networkState],
) (infer.UpdateResponse[networkState], error) {
	response := infer.UpdateResponse[networkState]{Output: networkState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	network, _, err := c.Network.Update(ctx, &hcloud.Network{ID: id}, hcloud.NetworkUpdateOpts{
		Name: *req.Inputs.Name, Labels: valueOr(req.Inputs.Labels, map[string]string{}),
		ExposeRoutesToVSwitch: req.Inputs.ExposeRoutesToVswitch,
	})
	if err != nil {
		return response, fmt.Errorf("updating the network: %w", err)
	}
	return response, protectNetwork(ctx, c, network, req.Inputs)
}

// Delete removes the network.
func (*Network) Delete(ctx context.Context, req infer.DeleteRequest[networkState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		_, err := c.Network.Delete(ctx, &hcloud.Network{ID: id})
		return err
	})
}
