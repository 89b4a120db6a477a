// Package hcloud manages resources of the Hetzner Cloud through its API.
package hcloud

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"vpai/toolchain/plugins/internal/strict"
)

// Provider serves the resources of npm @pulumi/hcloud that are needed for servers and their surroundings.
func Provider() p.Provider {
	inner := infer.Provider(infer.Options{
		Config: infer.Config(&Config{}),
		Resources: []infer.InferredResource{
			infer.Resource(&Server{}),
			infer.Resource(&SSHKey{}),
			infer.Resource(&Firewall{}),
			infer.Resource(&FirewallAttachment{}),
			infer.Resource(&PrimaryIP{}),
			infer.Resource(&Network{}),
			infer.Resource(&NetworkSubnet{}),
			infer.Resource(&ServerNetwork{}),
			infer.Resource(&Volume{}),
			infer.Resource(&VolumeAttachment{}),
		},
	})
	return strict.Wrap(inner, "hcloud", rules)
}

// equalities shortens the type of strict.Rules.Equal.
type equalities = map[string]func(state, input property.Value) bool

// rules are those of the upstream Terraform provider: what the API can change is updated, the rest replaces.
var rules = map[tokens.Type]strict.Rules{
	"hcloud:index/server:Server": {
		Replace:  []string{"image", "location", "userData", "sshKeys"},
		Ignore:   []string{"keepDisk", "shutdownBeforeDeletion"},
		Computed: []string{"image", "location", "firewallIds", "publicNets", "networks"},
		Equal: equalities{
			"userData": sameUserData, "firewallIds": strict.Unordered, "networks": sameNetworks,
		},
	},
	"hcloud:index/sshKey:SshKey": {
		Replace: []string{"publicKey"},
		Equal:   equalities{"publicKey": samePublicKey},
	},
	"hcloud:index/firewall:Firewall": {
		Computed: []string{"applyTos"},
		Equal:    equalities{"rules": sameRules, "applyTos": strict.Unordered},
	},
	"hcloud:index/firewallAttachment:FirewallAttachment": {
		Replace: []string{"firewallId"},
		Equal:   equalities{"serverIds": strict.Unordered, "labelSelectors": strict.Unordered},
	},
	"hcloud:index/primaryIp:PrimaryIp": {
		Replace:  []string{"type", "location"},
		Computed: []string{"location", "assigneeId", "assigneeType"},
	},
	"hcloud:index/network:Network":             {Replace: []string{"ipRange"}},
	"hcloud:index/networkSubnet:NetworkSubnet": {ReplaceAlways: true},
	"hcloud:index/serverNetwork:ServerNetwork": {
		Replace:     []string{"serverId", "networkId", "subnetId", "ip"},
		Computed:    []string{"ip", "networkId"},
		Equal:       equalities{"aliasIps": strict.Unordered},
		DeleteFirst: true,
	},
	"hcloud:index/volume:Volume": {
		Replace:  []string{"location", "format"},
		Ignore:   []string{"automount"},
		Computed: []string{"location", "serverId"},
	},
	"hcloud:index/volumeAttachment:VolumeAttachment": {
		Replace: []string{"serverId", "volumeId"}, Ignore: []string{"automount"}, DeleteFirst: true,
	},
}
