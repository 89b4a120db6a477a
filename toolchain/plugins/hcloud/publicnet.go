package hcloud

import (
	"context"
	"errors"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

// publicNet says which public addresses a server has. Without any, the API gives it one of each family.
type publicNet struct {
	IPv4        *int  `pulumi:"ipv4,optional"`
	IPv4Enabled *bool `pulumi:"ipv4Enabled,optional"`
	IPv6        *int  `pulumi:"ipv6,optional"`
	IPv6Enabled *bool `pulumi:"ipv6Enabled,optional"`
}

// family is what the program wants of IPv4 or IPv6.
type family struct {
	enabled bool
	// primaryIP is the ID of an address of the program's own; 0 means that the API chooses one.
	primaryIP int64
}

func families(nets []publicNet) (ipv4, ipv6 family) {
	ipv4, ipv6 = family{enabled: true}, family{enabled: true}
	for _, net := range nets {
		ipv4 = family{valueOr(net.IPv4Enabled, true), int64(valueOr(net.IPv4, 0))}
		ipv6 = family{valueOr(net.IPv6Enabled, true), int64(valueOr(net.IPv6, 0))}
	}
	return ipv4, ipv6
}

func createPublicNet(nets []publicNet) *hcloud.ServerCreatePublicNet {
	if len(nets) == 0 {
		return nil
	}
	ipv4, ipv6 := families(nets)
	options := &hcloud.ServerCreatePublicNet{EnableIPv4: ipv4.enabled, EnableIPv6: ipv6.enabled}
	if ipv4.primaryIP != 0 {
		options.IPv4 = &hcloud.PrimaryIP{ID: ipv4.primaryIP}
	}
	if ipv6.primaryIP != 0 {
		options.IPv6 = &hcloud.PrimaryIP{ID: ipv6.primaryIP}
	}
	return options
}

// changePublicNet swaps a server's public addresses, for which it has to be off for a moment.
func changePublicNet(ctx context.Context, c *hcloud.Client, server *hcloud.Server, old, wanted []publicNet) error {
	old4, old6 := families(old)
	new4, new6 := families(wanted)
	return whileOff(ctx, c, server.ID, func() error {
		err := changeFamily(ctx, c, server, hcloud.PrimaryIPTypeIPv4, server.PublicNet.IPv4.ID, old4, new4)
		if err != nil {
			return fmt.Errorf("changing the public IPv4 address: %w", err)
		}
		err = changeFamily(ctx, c, server, hcloud.PrimaryIPTypeIPv6, server.PublicNet.IPv6.ID, old6, new6)
		if err != nil {
			return fmt.Errorf("changing the public IPv6 address: %w", err)
		}
		return nil
	})
}

func changeFamily(
	ctx context.Context, c *hcloud.Client, server *hcloud.Server, kind hcloud.PrimaryIPType, present int64,
	old, wanted family,
) error {
	keep := wanted.enabled && (wanted.primaryIP == present || wanted.primaryIP == 0 && old.primaryIP == 0)
	if present != 0 && keep || present == 0 && !wanted.enabled {
		return nil
	}
	if present != 0 {
		if err := unassign(ctx, c, present); err != nil {
			return err
		}
		if old.primaryIP == 0 {
			// The API had made this address for the server; nobody else would ever give it back.
			if _, err := c.PrimaryIP.Delete(ctx, &hcloud.PrimaryIP{ID: present}); ignoreGone(err) != nil {
				return err
			}
		}
	}
	switch {
	case !wanted.enabled:
		return nil
	case wanted.primaryIP != 0:
		return assign(ctx, c, &hcloud.PrimaryIP{ID: wanted.primaryIP}, server.ID, "server")
	}
	result, _, err := c.PrimaryIP.Create(ctx, hcloud.PrimaryIPCreateOpts{
		Name: fmt.Sprintf("%s-%s", server.Name, kind), Type: kind, AutoDelete: hcloud.Ptr(true),
		AssigneeID: &server.ID, AssigneeType: "server",
	})
	if err != nil {
		return err
	}
	return c.Action.WaitFor(ctx, result.Action)
}

// whileOff does something while the server is off, and switches it on again also when that fails.
func whileOff(ctx context.Context, c *hcloud.Client, id int64, do func() error) error {
	server := &hcloud.Server{ID: id}
	action, _, err := c.Server.Poweroff(ctx, server)
	if isGone(err) {
		return do()
	}
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("switching the server off: %w", err)
	}
	doErr := do()
	action, _, err = c.Server.Poweron(ctx, server)
	if err := settle(ctx, c, err, action); err != nil {
		doErr = errors.Join(doErr, fmt.Errorf("switching the server on again: %w", err))
	}
	return doErr
}
