package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// firewallTarget is either a server or a selector of labels.
type firewallTarget struct {
	LabelSelector *string `pulumi:"labelSelector,optional"`
	Server        *int    `pulumi:"server,optional"`
}

func checkTargets(targets property.Value) []p.CheckFailure {
	if !targets.IsArray() || targets.HasComputed() {
		return nil
	}
	var failures []p.CheckFailure
	for i, target := range targets.AsArray().All {
		if target.AsMap().Get("server").IsNull() == target.AsMap().Get("labelSelector").IsNull() {
			failures = append(failures, p.CheckFailure{Property: fmt.Sprintf("applyTos[%d]", i),
				Reason: "give exactly one of server and labelSelector"})
		}
	}
	return failures
}

func serverTarget(id int64) hcloud.FirewallResource {
	return hcloud.FirewallResource{
		Type: hcloud.FirewallResourceTypeServer, Server: &hcloud.FirewallResourceServer{ID: id},
	}
}

func selectorTarget(selector string) hcloud.FirewallResource {
	return hcloud.FirewallResource{
		Type:          hcloud.FirewallResourceTypeLabelSelector,
		LabelSelector: &hcloud.FirewallResourceLabelSelector{Selector: selector},
	}
}

func toTargets(targets []firewallTarget) []hcloud.FirewallResource {
	var converted []hcloud.FirewallResource
	for _, target := range targets {
		if target.Server != nil {
			converted = append(converted, serverTarget(int64(*target.Server)))
		} else if target.LabelSelector != nil {
			converted = append(converted, selectorTarget(*target.LabelSelector))
		}
	}
	return converted
}

func fromTargets(targets []hcloud.FirewallResource) []firewallTarget {
	var converted []firewallTarget
	for _, target := range targets {
		switch target.Type {
		case hcloud.FirewallResourceTypeServer:
			id := int(target.Server.ID)
			converted = append(converted, firewallTarget{Server: &id})
		case hcloud.FirewallResourceTypeLabelSelector:
			selector := target.LabelSelector.Selector
			converted = append(converted, firewallTarget{LabelSelector: &selector})
		}
	}
	return converted
}

// targetKey identifies a target.
func targetKey(target hcloud.FirewallResource) string {
	if target.Type == hcloud.FirewallResourceTypeServer {
		return "server " + formatID(target.Server.ID)
	}
	return "selector " + target.LabelSelector.Selector
}

// without returns the targets of a that b lacks.
func without(a, b []hcloud.FirewallResource) []hcloud.FirewallResource {
	known := map[string]bool{}
	for _, target := range b {
		known[targetKey(target)] = true
	}
	var rest []hcloud.FirewallResource
	for _, target := range a {
		if !known[targetKey(target)] {
			rest = append(rest, target)
		}
	}
	return rest
}

// moveTargets takes the firewall from the targets that are no longer wanted and puts it before the new ones.
func moveTargets(
	ctx context.Context, c *hcloud.Client, firewall *hcloud.Firewall, old, wanted []hcloud.FirewallResource,
) error {
	if less := without(old, wanted); len(less) > 0 {
		actions, _, err := c.Firewall.RemoveResources(ctx, firewall, less)
		if hcloud.IsError(err, hcloud.ErrorCodeFirewallResourceNotFound) {
			err = nil // The target is gone, and the firewall with it.
		}
		if err := settle(ctx, c, err, actions...); err != nil {
			return fmt.Errorf("taking the firewall from %d targets: %w", len(less), err)
		}
	}
	if more := without(wanted, old); len(more) > 0 {
		actions, _, err := c.Firewall.ApplyResources(ctx, firewall, more)
		if hcloud.IsError(err, hcloud.ErrorCodeFirewallAlreadyApplied) {
			err = nil
		}
		if err := settle(ctx, c, err, actions...); err != nil {
			return fmt.Errorf("applying the firewall to %d targets: %w", len(more), err)
		}
	}
	return nil
}
