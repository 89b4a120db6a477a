package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

// createOptions looks up what the API wants by ID: the image for the server type's architecture, and the SSH keys.
func createOptions(ctx context.Context, c *hcloud.Client, in serverInputs) (hcloud.ServerCreateOpts, error) {
	options := hcloud.ServerCreateOpts{
		Name: *in.Name, UserData: valueOr(in.UserData, ""), Labels: valueOr(in.Labels, nil),
		PublicNet: createPublicNet(in.PublicNets),
	}
	var err error
	if options.ServerType, options.Image, err = lookUpImage(ctx, c, in); err != nil {
		return options, err
	}
	if options.SSHKeys, err = lookUpSSHKeys(ctx, c, in.SSHKeys); err != nil {
		return options, err
	}
	if in.Location != nil {
		options.Location = &hcloud.Location{Name: *in.Location}
	}
	for _, id := range in.FirewallIDs {
		options.Firewalls = append(options.Firewalls,
			&hcloud.ServerCreateFirewall{Firewall: hcloud.Firewall{ID: int64(id)}})
	}
	if in.PlacementGroupID != nil {
		options.PlacementGroup = &hcloud.PlacementGroup{ID: int64(*in.PlacementGroupID)}
	}
	if !startsWithServer(in) {
		options.StartAfterCreate = hcloud.Ptr(false)
	}
	return options, nil
}

// startsWithServer is false for a server without public addresses: it starts after it has joined its networks.
func startsWithServer(in serverInputs) bool {
	net := createPublicNet(in.PublicNets)
	return len(in.Networks) == 0 || net == nil || net.EnableIPv4 || net.EnableIPv6
}

func lookUpImage(
	ctx context.Context, c *hcloud.Client, in serverInputs,
) (*hcloud.ServerType, *hcloud.Image, error) {
	serverType, _, err := c.ServerType.Get(ctx, in.ServerType)
	if err == nil && serverType == nil {
		err = fmt.Errorf("there is no server type %q", in.ServerType)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking up the server type: %w", err)
	}
	name := valueOr(in.Image, "")
	image, _, err := c.Image.GetForArchitecture(ctx, name, serverType.Architecture)
	if err == nil && image == nil {
		err = fmt.Errorf("there is no image %q for %s", name, serverType.Architecture)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("looking up the image: %w", err)
	}
	return serverType, image, nil
}

// lookUpSSHKeys finds each key by ID or name.
func lookUpSSHKeys(ctx context.Context, c *hcloud.Client, idsOrNames []string) ([]*hcloud.SSHKey, error) {
	var keys []*hcloud.SSHKey
	for _, idOrName := range idsOrNames {
		key, _, err := c.SSHKey.Get(ctx, idOrName)
		if err == nil && key == nil {
			err = fmt.Errorf("there is no SSH key with the ID or name %q", idOrName)
		}
		if err != nil {
			return nil, fmt.Errorf("looking up the SSH keys: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}
