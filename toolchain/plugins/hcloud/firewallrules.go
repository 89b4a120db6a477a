package hcloud

import (
	"fmt"
	"net"
	"slices"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"vpai/toolchain/plugins/internal/strict"
)

type firewallRule struct {
	Description    *string  `pulumi:"description,optional"`
	DestinationIps []string `pulumi:"destinationIps,optional"`
	Direction      string   `pulumi:"direction"`
	Port           *string  `pulumi:"port,optional"`
	Protocol       string   `pulumi:"protocol"`
	SourceIps      []string `pulumi:"sourceIps,optional"`
}

func checkRules(rules property.Value) []p.CheckFailure {
	if !rules.IsArray() || rules.HasComputed() {
		return nil
	}
	var failures []p.CheckFailure
	for i, rule := range rules.AsArray().All {
		if !rule.IsMap() {
			continue
		}
		for _, reason := range problems(rule.AsMap()) {
			failures = append(failures, p.CheckFailure{Property: fmt.Sprintf("rules[%d]", i), Reason: reason})
		}
	}
	return failures
}

func problems(rule property.Map) []string {
	var found []string
	text := func(name string) string {
		if value := rule.Get(name); value.IsString() {
			return value.AsString()
		}
		return ""
	}
	if !slices.Contains([]string{"in", "out"}, text("direction")) {
		found = append(found, fmt.Sprintf(`direction must be "in" or "out", found %q`, text("direction")))
	}
	switch text("protocol") {
	case "tcp", "udp":
		if text("port") == "" {
			found = append(found, fmt.Sprintf("a %s rule needs a port", text("protocol")))
		}
	case "icmp", "esp", "gre":
	default:
		found = append(found, fmt.Sprintf("protocol must be tcp, udp, icmp, esp or gre, found %q", text("protocol")))
	}
	for _, name := range []string{"sourceIps", "destinationIps"} {
		if !rule.Get(name).IsArray() {
			continue
		}
		for _, ip := range rule.Get(name).AsArray().All {
			if _, _, err := net.ParseCIDR(ip.AsString()); err != nil {
				found = append(found, fmt.Sprintf(`%s must hold networks such as "192.0.2.0/24", found %q`, name, ip.AsString()))
			}
		}
	}
	return found
}

func toRules(rules []firewallRule) ([]hcloud.FirewallRule, error) {
	converted := make([]hcloud.FirewallRule, 0, len(rules))
	for _, rule := range rules {
		sources, err := parseNetworks(rule.SourceIps)
		if err != nil {
			return nil, err
		}
		destinations, err := parseNetworks(rule.DestinationIps)
		if err != nil {
			return nil, err
		}
		converted = append(converted, hcloud.FirewallRule{
			Direction: hcloud.FirewallRuleDirection(rule.Direction), Protocol: hcloud.FirewallRuleProtocol(rule.Protocol),
			SourceIPs: sources, DestinationIPs: destinations, Port: rule.Port, Description: rule.Description,
		})
	}
	return converted, nil
}

func parseNetworks(texts []string) ([]net.IPNet, error) {
	var networks []net.IPNet
	for _, text := range texts {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no network: %w", text, err)
		}
		networks = append(networks, *network)
	}
	return networks, nil
}

func fromRules(rules []hcloud.FirewallRule) []firewallRule {
	var converted []firewallRule
	for _, rule := range rules {
		converted = append(converted, firewallRule{
			Direction: string(rule.Direction), Protocol: string(rule.Protocol), Port: rule.Port,
			Description: given(valueOr(rule.Description, "")),
			SourceIps:   formatNetworks(rule.SourceIPs), DestinationIps: formatNetworks(rule.DestinationIPs),
		})
	}
	return converted
}

func formatNetworks(networks []net.IPNet) []string {
	var texts []string
	for _, network := range networks {
		texts = append(texts, network.String())
	}
	return texts
}

// sameRules compares rules as a set, and networks by their normal form.
func sameRules(state, input property.Value) bool {
	return strict.Unordered(normalRules(state), normalRules(input))
}

func normalRules(rules property.Value) property.Value {
	if !rules.IsArray() {
		return rules
	}
	var normal []property.Value
	for _, rule := range rules.AsArray().All {
		normal = append(normal, normalRule(rule.AsMap()))
	}
	return property.New(normal)
}

func normalRule(rule property.Map) property.Value {
	normal := map[string]property.Value{}
	for name, value := range rule.All {
		switch {
		case value.IsArray() && value.AsArray().Len() > 0:
			normal[name] = property.New(normalNetworks(value.AsArray()))
		case value.IsString() && value.AsString() != "":
			normal[name] = value
		}
	}
	return property.New(normal)
}

func normalNetworks(networks property.Array) []property.Value {
	var texts []string
	for _, network := range networks.All {
		text := network.AsString()
		if _, parsed, err := net.ParseCIDR(text); err == nil {
			text = parsed.String()
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	var normal []property.Value
	for _, text := range texts {
		normal = append(normal, property.New(text))
	}
	return normal
}
