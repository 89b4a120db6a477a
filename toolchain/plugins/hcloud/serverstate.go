package hcloud

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// hashedUserData is how the state keeps user data: as the upstream provider does, by its SHA-1 in base64.
func hashedUserData(userData *string) *string {
	if userData == nil || *userData == "" {
		return nil
	}
	sum := sha1.Sum([]byte(*userData))
	hash := base64.StdEncoding.EncodeToString(sum[:])
	return &hash
}

// sameUserData compares the state's hash, or the text itself, with the program's text.
func sameUserData(state, input property.Value) bool {
	if !state.IsString() || !input.IsString() {
		return false
	}
	text := input.AsString()
	return state.AsString() == *hashedUserData(&text) || strings.TrimSpace(state.AsString()) == strings.TrimSpace(text)
}

// observeServer returns nil when the server is gone. known are the inputs as the state has them.
func observeServer(ctx context.Context, c *hcloud.Client, id int64, known serverInputs) (*serverState, error) {
	server, _, err := c.Server.GetByID(ctx, id)
	if err != nil || server == nil {
		return nil, err
	}
	state := serverState{
		serverInputs: known, BackupWindow: server.BackupWindow, PrimaryDiskSize: server.PrimaryDiskSize,
		Status: string(server.Status), IPv4Address: ipText(server.PublicNet.IPv4.IP),
	}
	if len(server.PublicNet.IPv6.IP) > 0 {
		// The API gives the network; its first address is the server's.
		state.IPv6Address = server.PublicNet.IPv6.IP.String() + "1"
		state.IPv6Network = server.PublicNet.IPv6.Network.String()
	}
	observeInputs(&state.serverInputs, server)
	return &state, nil
}

func observeInputs(in *serverInputs, server *hcloud.Server) {
	in.Name, in.Labels = &server.Name, optionalLabels(server.Labels)
	in.ServerType = server.ServerType.Name
	in.Backups = hcloud.Ptr(server.BackupWindow != "")
	in.DeleteProtection, in.RebuildProtection = &server.Protection.Delete, &server.Protection.Rebuild
	if server.Location != nil {
		in.Location = &server.Location.Name
	}
	if server.Image != nil {
		in.Image = imageName(server.Image, in.Image)
	}
	in.PlacementGroupID = nil
	if server.PlacementGroup != nil {
		in.PlacementGroupID = hcloud.Ptr(int(server.PlacementGroup.ID))
	}
	in.FirewallIDs = nil
	for _, firewall := range server.PublicNet.Firewalls {
		in.FirewallIDs = append(in.FirewallIDs, int(firewall.Firewall.ID))
	}
	if in.Networks != nil {
		in.Networks = observeNetworks(in.Networks, server.PrivateNet)
	}
}

// imageName keeps the ID where the program names the image by ID. Snapshots have no name.
func imageName(image *hcloud.Image, known *string) *string {
	id := formatID(image.ID)
	if image.Name == "" || valueOr(known, "") == id {
		return &id
	}
	return &image.Name
}
