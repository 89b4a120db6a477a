package hcloud

import (
	"context"
	"fmt"
	"net"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// NetworkSubnet serves hcloud.NetworkSubnet. Its ID is "<network>-<IP range>".
type NetworkSubnet struct{}

type subnetInputs struct {
	NetworkID   int    `pulumi:"networkId"`
	Type        string `pulumi:"type"`
	NetworkZone string `pulumi:"networkZone"`
	IPRange     string `pulumi:"ipRange"`
	VswitchID   *int   `pulumi:"vswitchId,optional"`
}

type subnetState struct {
	subnetInputs
	Gateway string `pulumi:"gateway"`
}

// Annotate gives the official token.
func (r *NetworkSubnet) Annotate(a infer.Annotator) {
	a.SetToken("index/networkSubnet", "NetworkSubnet")
}

// Create adds the subnet to its network.
func (*NetworkSubnet) Create(
	ctx context.Context, req infer.CreateRequest[subnetInputs],
) (infer.CreateResponse[subnetState], error) {
	response := infer.CreateResponse[subnetState]{Output: subnetState{subnetInputs: req.Inputs}}
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
	network := &hcloud.Network{ID: int64(req.Inputs.NetworkID)}
	action, _, err := c.Network.AddSubnet(ctx, network, hcloud.NetworkAddSubnetOpts{Subnet: hcloud.NetworkSubnet{
		Type: hcloud.NetworkSubnetType(req.Inputs.Type), IPRange: ipRange,
		NetworkZone: hcloud.NetworkZone(req.Inputs.NetworkZone), VSwitchID: int64(valueOr(req.Inputs.VswitchID, 0)),
	}})
	if err := settle(ctx, c, err, action); err != nil {
		return response, fmt.Errorf("adding the subnet: %w", err)
	}
	response.ID = formatID(network.ID) + "-" + ipRange.String()
	observed, err := observeSubnet(ctx, c, response.ID)
	if err == nil && observed != nil {
		response.Output.Gateway = observed.Gateway
	}
	return response, incomplete(err)
}

// observeSubnet returns nil when the subnet is gone.
func observeSubnet(ctx context.Context, c *hcloud.Client, id string) (*subnetState, error) {
	networkID, ipRange, err := parseSubnetID(id)
	if err != nil {
		return nil, err
	}
	network, _, err := c.Network.GetByID(ctx, networkID)
	if err != nil || network == nil {
		return nil, err
	}
	for _, subnet := range network.Subnets {
		if subnet.IPRange.String() != ipRange.String() {
			continue
		}
		vswitch := int(subnet.VSwitchID)
		return &subnetState{subnetInputs: subnetInputs{
			NetworkID: int(networkID), Type: string(subnet.Type), NetworkZone: string(subnet.NetworkZone),
			IPRange: subnet.IPRange.String(), VswitchID: given(vswitch),
		}, Gateway: ipText(subnet.Gateway)}, nil
	}
	return nil, nil
}

// Read reads the subnet back.
func (*NetworkSubnet) Read(
	ctx context.Context, req infer.ReadRequest[subnetInputs, subnetState],
) (infer.ReadResponse[subnetInputs, subnetState], error) {
	var response infer.ReadResponse[subnetInputs, subnetState]
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	observed, err := observeSubnet(ctx, c, req.ID)
	if err != nil || observed == nil {
		return response, err
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, *observed
	if req.Inputs.NetworkID == 0 {
		response.Inputs = observed.subnetInputs
	}
	return response, nil
}

// Delete removes the subnet from its network.
func (*NetworkSubnet) Delete(ctx context.Context, req infer.DeleteRequest[subnetState]) (infer.DeleteResponse, error) {
	networkID, ipRange, err := parseSubnetID(req.ID)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	return infer.DeleteResponse{}, remove(ctx, formatID(networkID), func(c *hcloud.Client, id int64) error {
		action, _, err := c.Network.DeleteSubnet(ctx, &hcloud.Network{ID: id},
			hcloud.NetworkDeleteSubnetOpts{Subnet: hcloud.NetworkSubnet{IPRange: ipRange}})
		return settle(ctx, c, err, action)
	})
}
