package hcloud

import (
	"context"
	"fmt"
	"net"
	"slices"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"vpai/toolchain/plugins/internal/strict"
)

// serverNet is a private network that the server itself joins.
type serverNet struct {
	NetworkID  *int     `pulumi:"networkId,optional"`
	SubnetID   *string  `pulumi:"subnetId,optional"`
	IP         *string  `pulumi:"ip,optional"`
	AliasIPs   []string `pulumi:"aliasIps,optional"`
	MACAddress *string  `pulumi:"macAddress,optional"`
}

func checkNetworks(networks property.Value) []p.CheckFailure {
	if !networks.IsArray() || networks.HasComputed() {
		return nil
	}
	var failures []p.CheckFailure
	for i, network := range networks.AsArray().All {
		if network.AsMap().Get("networkId").IsNull() && network.AsMap().Get("subnetId").IsNull() {
			failures = append(failures, p.CheckFailure{Property: fmt.Sprintf("networks[%d]", i),
				Reason: "give networkId or subnetId"})
		}
	}
	return failures
}

// network is the ID of the network, from whichever of the two inputs names it.
func (n serverNet) network() (int64, *net.IPNet, error) {
	if n.SubnetID != nil {
		return parseSubnetID(*n.SubnetID)
	}
	return int64(valueOr(n.NetworkID, 0)), nil, nil
}

// moveNetworks takes the server out of networks that are no longer wanted and into the new ones. A changed address
// means leaving and joining again.
func moveNetworks(ctx context.Context, c *hcloud.Client, server *hcloud.Server, wanted []serverNet) error {
	var kept []int64
	for _, present := range server.PrivateNet {
		if at := slices.IndexFunc(wanted, func(n serverNet) bool { return n.fits(present) }); at >= 0 {
			kept = append(kept, present.Network.ID)
			if err := setAliasIPs(ctx, c, server, present.Network, present.Aliases, wanted[at].AliasIPs); err != nil {
				return err
			}
			continue
		}
		action, _, err := c.Server.DetachFromNetwork(ctx, server,
			hcloud.ServerDetachFromNetworkOpts{Network: present.Network})
		if err := settle(ctx, c, err, action); err != nil {
			return fmt.Errorf("leaving network %d: %w", present.Network.ID, err)
		}
	}
	for _, next := range wanted {
		id, ipRange, err := next.network()
		if err != nil {
			return err
		}
		if slices.Contains(kept, id) {
			continue
		}
		if err := join(ctx, c, server, id, ipRange, valueOr(next.IP, ""), next.AliasIPs); err != nil {
			return err
		}
	}
	return nil
}

// fits says whether the server already is where it is wanted. An address that the program does not give fits always.
func (n serverNet) fits(present hcloud.ServerPrivateNet) bool {
	id, _, err := n.network()
	return err == nil && id == present.Network.ID && (n.IP == nil || *n.IP == present.IP.String())
}

func join(
	ctx context.Context, c *hcloud.Client, server *hcloud.Server, network int64, ipRange *net.IPNet, ip string,
	aliases []string,
) error {
	action, _, err := c.Server.AttachToNetwork(ctx, server, hcloud.ServerAttachToNetworkOpts{
		Network: &hcloud.Network{ID: network}, IPRange: ipRange, IP: net.ParseIP(ip), AliasIPs: parseIPs(aliases),
	})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("joining network %d: %w", network, err)
	}
	return nil
}

func parseIPs(texts []string) []net.IP {
	var ips []net.IP
	for _, text := range texts {
		ips = append(ips, net.ParseIP(text))
	}
	return ips
}

func formatIPs(ips []net.IP) []string {
	var texts []string
	for _, ip := range ips {
		texts = append(texts, ip.String())
	}
	return texts
}

// setAliasIPs leaves the addresses alone when the program gives none.
func setAliasIPs(
	ctx context.Context, c *hcloud.Client, server *hcloud.Server, network *hcloud.Network, present []net.IP,
	wanted []string,
) error {
	if wanted == nil || sameTexts(formatIPs(present), wanted) {
		return nil
	}
	action, _, err := c.Server.ChangeAliasIPs(ctx, server,
		hcloud.ServerChangeAliasIPsOpts{Network: network, AliasIPs: parseIPs(wanted)})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("changing the alias addresses in network %d: %w", network.ID, err)
	}
	return nil
}

func sameTexts(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// observeNetworks describes the networks as the program does: by subnet where it names the subnet.
func observeNetworks(known []serverNet, present []hcloud.ServerPrivateNet) []serverNet {
	observed := []serverNet{}
	for _, private := range present {
		ip, mac := private.IP.String(), private.MACAddress
		next := serverNet{IP: &ip, MACAddress: &mac, AliasIPs: formatIPs(private.Aliases)}
		next.NetworkID = hcloud.Ptr(int(private.Network.ID))
		for _, n := range known {
			if id, _, err := n.network(); err == nil && id == private.Network.ID {
				next.SubnetID = n.SubnetID
			}
		}
		observed = append(observed, next)
	}
	return observed
}

// sameNetworks compares only what the program gives of each network.
func sameNetworks(state, input property.Value) bool {
	if !state.IsArray() || !input.IsArray() || state.AsArray().Len() != input.AsArray().Len() {
		return false
	}
	for _, wanted := range input.AsArray().All {
		found := slices.ContainsFunc(state.AsArray().AsSlice(), func(present property.Value) bool {
			return wanted.IsMap() && present.IsMap() && covers(present.AsMap(), wanted.AsMap())
		})
		if !found {
			return false
		}
	}
	return true
}

func covers(present, wanted property.Map) bool {
	for name, value := range wanted.All {
		switch {
		case name == "macAddress" || value.IsNull():
		case name == "aliasIps":
			if !strict.Unordered(present.Get(name), value) {
				return false
			}
		case !present.Get(name).Equals(value):
			return false
		}
	}
	return true
}
