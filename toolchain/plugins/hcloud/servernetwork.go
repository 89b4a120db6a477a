package hcloud

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// ServerNetwork serves hcloud.ServerNetwork: a server's membership in a private network. Its ID is
// "<server>-<network>".
type ServerNetwork struct{}

type membershipInputs struct {
	ServerID  int      `pulumi:"serverId"`
	NetworkID *int     `pulumi:"networkId,optional"`
	SubnetID  *string  `pulumi:"subnetId,optional"`
	IP        *string  `pulumi:"ip,optional"`
	AliasIPs  []string `pulumi:"aliasIps,optional"`
}

type membershipState struct {
	membershipInputs
	MACAddress string `pulumi:"macAddress"`
}

// Annotate gives the official token.
func (r *ServerNetwork) Annotate(a infer.Annotator) {
	a.SetToken("index/serverNetwork", "ServerNetwork")
}

// Check refuses a membership in nothing.
func (*ServerNetwork) Check(
	ctx context.Context, req infer.CheckRequest,
) (infer.CheckResponse[membershipInputs], error) {
	in, failures, err := infer.DefaultCheck[membershipInputs](ctx, req.NewInputs)
	if req.NewInputs.Get("networkId").IsNull() == req.NewInputs.Get("subnetId").IsNull() {
		failures = append(failures, p.CheckFailure{Property: "networkId",
			Reason: "give exactly one of networkId and subnetId"})
	}
	return infer.CheckResponse[membershipInputs]{Inputs: in, Failures: failures}, err
}

func (in membershipInputs) network() (int64, *net.IPNet, error) {
	return serverNet{NetworkID: in.NetworkID, SubnetID: in.SubnetID}.network()
}

// Create lets the server join the network.
func (*ServerNetwork) Create(
	ctx context.Context, req infer.CreateRequest[membershipInputs],
) (infer.CreateResponse[membershipState], error) {
	response := infer.CreateResponse[membershipState]{Output: membershipState{membershipInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	network, ipRange, err := req.Inputs.network()
	if err != nil {
		return response, err
	}
	server := &hcloud.Server{ID: int64(req.Inputs.ServerID)}
	err = join(ctx, c, server, network, ipRange, valueOr(req.Inputs.IP, ""), req.Inputs.AliasIPs)
	if hcloud.IsError(err, hcloud.ErrorCodeServerAlreadyAttached) {
		err = nil
	}
	if err != nil {
		return response, err
	}
	response.ID = formatID(server.ID) + "-" + formatID(network)
	observed, err := observeMembership(ctx, c, response.ID, req.Inputs.SubnetID)
	if err == nil && observed != nil {
		response.Output = *observed
	}
	return response, incomplete(err)
}

// observeMembership returns nil when server or membership are gone.
func observeMembership(
	ctx context.Context, c *hcloud.Client, id string, subnet *string,
) (*membershipState, error) {
	server, network, err := splitMembership(id)
	if err != nil {
		return nil, err
	}
	present, _, err := c.Server.GetByID(ctx, server)
	if err != nil || present == nil {
		return nil, err
	}
	for _, private := range present.PrivateNet {
		if private.Network.ID != network {
			continue
		}
		ip := private.IP.String()
		return &membershipState{membershipInputs: membershipInputs{
			ServerID: int(server), NetworkID: hcloud.Ptr(int(network)), SubnetID: subnet, IP: &ip,
			AliasIPs: formatIPs(private.Aliases),
		}, MACAddress: private.MACAddress}, nil
	}
	return nil, nil
}

func splitMembership(id string) (server, network int64, err error) {
	serverText, networkText, found := strings.Cut(id, "-")
	server, serverErr := parseID(serverText)
	network, networkErr := parseID(networkText)
	if !found || serverErr != nil || networkErr != nil {
		return 0, 0, fmt.Errorf(`the ID must look like "<server>-<network>", found %q`, id)
	}
	return server, network, nil
}

// Read reads the membership back.
func (*ServerNetwork) Read(
	ctx context.Context, req infer.ReadRequest[membershipInputs, membershipState],
) (infer.ReadResponse[membershipInputs, membershipState], error) {
	var response infer.ReadResponse[membershipInputs, membershipState]
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	observed, err := observeMembership(ctx, c, req.ID, req.State.SubnetID)
	if err != nil || observed == nil {
		return response, err
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, *observed
	if req.Inputs.ServerID == 0 {
		response.Inputs = observed.membershipInputs
	}
	return response, nil
}

// Update changes the alias addresses; everything else replaces.
func (*ServerNetwork) Update(
	ctx context.Context, req infer.UpdateRequest[membershipInputs, membershipState],
) (infer.UpdateResponse[membershipState], error) {
	response := infer.UpdateResponse[membershipState]{Output: req.State}
	response.Output.AliasIPs = req.Inputs.AliasIPs
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	server, network, err := splitMembership(req.ID)
	if err != nil {
		return response, err
	}
	wanted := append([]string{}, req.Inputs.AliasIPs...)
	return response, setAliasIPs(ctx, c, &hcloud.Server{ID: server}, &hcloud.Network{ID: network},
		parseIPs(req.State.AliasIPs), wanted)
}

// Delete takes the server out of the network.
func (*ServerNetwork) Delete(
	ctx context.Context, req infer.DeleteRequest[membershipState],
) (infer.DeleteResponse, error) {
	server, network, err := splitMembership(req.ID)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	return infer.DeleteResponse{}, remove(ctx, formatID(server), func(c *hcloud.Client, id int64) error {
		action, _, err := c.Server.DetachFromNetwork(ctx, &hcloud.Server{ID: id},
			hcloud.ServerDetachFromNetworkOpts{Network: &hcloud.Network{ID: network}})
		return settle(ctx, c, err, action)
	})
}

// WireDependencies: alias addresses change nothing else.
func (*ServerNetwork) WireDependencies(f infer.FieldSelector, in *membershipInputs, out *membershipState) {
	f.OutputField(&out.MACAddress).DependsOn(f.InputField(&in.ServerID).Computed())
}
