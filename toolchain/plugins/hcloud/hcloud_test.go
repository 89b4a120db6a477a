package hcloud

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"

	"vpai/toolchain/plugins/internal/plugintest"
	"vpai/toolchain/plugins/internal/schematest"
)

const (
	sshKeyToken           = "hcloud:index/sshKey:SshKey"
	firewallToken         = "hcloud:index/firewall:Firewall"
	attachmentToken       = "hcloud:index/firewallAttachment:FirewallAttachment"
	primaryIPToken        = "hcloud:index/primaryIp:PrimaryIp"
	networkToken          = "hcloud:index/network:Network"
	subnetToken           = "hcloud:index/networkSubnet:NetworkSubnet"
	serverNetworkToken    = "hcloud:index/serverNetwork:ServerNetwork"
	volumeToken           = "hcloud:index/volume:Volume"
	volumeAttachmentToken = "hcloud:index/volumeAttachment:VolumeAttachment"
)

func TestSchemaIsCurrent(t *testing.T) { schematest.Current(t, "hcloud", Provider()) }

func TestWithoutATokenOnlyTheAPIIsOutOfReach(t *testing.T) {
	t.Setenv("HCLOUD_TOKEN", "")
	plugin := plugintest.New(t, "hcloud", Provider())
	if err := plugin.Configure(p.ConfigureRequest{}); err != nil {
		t.Fatal(err)
	}
	_, err := plugin.TryCreate(sshKeyToken, values{"publicKey": "ssh-ed25519 AAAA"})
	if err == nil || !strings.Contains(err.Error(), "hcloud:token") || !strings.Contains(err.Error(), "HCLOUD_TOKEN") {
		t.Errorf("got %v", err)
	}
}

func TestConfigurationRefusesWhatItDoesNotKnowAndNeverReplacesTheProvider(t *testing.T) {
	plugin := plugintest.New(t, "hcloud", Provider())
	response, err := plugin.CheckConfig(p.CheckRequest{
		Urn:    "urn:pulumi:test::plugins::pulumi:providers:hcloud::default",
		Inputs: plugintest.Values(values{"version": "1.41.0", "token": "x", "endpointHetzner": "https://example.invalid"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Failures) != 1 || response.Failures[0].Property != "endpointHetzner" {
		t.Errorf("failures: %v", response.Failures)
	}
	diff, err := plugin.DiffConfig(p.DiffRequest{
		Urn:    "urn:pulumi:test::plugins::pulumi:providers:hcloud::default",
		State:  plugintest.Values(values{"token": "old"}),
		Inputs: plugintest.Values(values{"token": "new", "version": "1.41.0"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(diff.DetailedDiff) != 1 || diff.DetailedDiff["token"].Kind != p.Update {
		t.Errorf("a rotated token gives %v", diff.DetailedDiff)
	}
}

func TestSSHKeyLivesItsLife(t *testing.T) {
	api, plugin := start(t)
	key := plugin.MustCreate(sshKeyToken, values{"publicKey": "ssh-ed25519 AAAA operator\n", "labels": values{"a": "b"}})
	name := key.Inputs.Get("name").AsString()
	if !strings.HasPrefix(name, "subject-") || len(name) != len("subject-")+7 {
		t.Errorf("the generated name is %q", name)
	}
	api.expectChanges(`POST /ssh_keys {"name":"` + name + `","public_key":"ssh-ed25519 AAAA operator\n","labels":{"a":"b"}}`)
	if key.ID != "101" || key.Text("fingerprint") != "b7:2f:30" {
		t.Errorf("ID %q, fingerprint %q", key.ID, key.Text("fingerprint"))
	}
	same := values{"publicKey": "ssh-ed25519 AAAA operator", "labels": values{"a": "b"}}
	if got := key.MustDiff(same); len(got) != 0 {
		t.Errorf("white space and a generated name make a difference: %v", got)
	}
	if got := key.MustDiff(values{"publicKey": "ssh-ed25519 BBBB", "labels": values{"a": "b"}}); got["publicKey"] != p.UpdateReplace {
		t.Errorf("another key gives %v", got)
	}
	key.MustUpdate(values{"name": "operator", "publicKey": "ssh-ed25519 AAAA operator"})
	api.expectChanges(`PUT /ssh_keys/101 {"name":"operator","labels":{}}`)
	api.object("ssh_keys", key.ID)["name"] = "drifted"
	key.MustRead()
	if key.Text("name") != "drifted" {
		t.Errorf("drift is not seen: %q", key.Text("name"))
	}
	key.MustDelete()
	api.expectChanges(`DELETE /ssh_keys/101`)
	key.MustRead()
	if key.ID != "" {
		t.Error("a deleted key is still there")
	}
}

func TestFirewallLivesItsLife(t *testing.T) {
	api, plugin := start(t)
	ssh := values{"direction": "in", "protocol": "tcp", "port": "22", "sourceIps": []any{"0.0.0.0/0", "::/0"}}
	ping := values{"direction": "in", "protocol": "icmp", "sourceIps": []any{"192.0.2.0/24"}, "description": "ping"}
	inputs := values{"name": "edge", "rules": []any{ssh, ping}, "applyTos": []any{values{"labelSelector": "stack=lab"}}}
	firewall := plugin.MustCreate(firewallToken, inputs)
	api.expectChanges(`POST /firewalls {"name":"edge","rules":[` +
		`{"direction":"in","source_ips":["0.0.0.0/0","::/0"],"protocol":"tcp","port":"22"},` +
		`{"direction":"in","source_ips":["192.0.2.0/24"],"protocol":"icmp","description":"ping"}],` +
		`"apply_to":[{"type":"label_selector","label_selector":{"selector":"stack=lab"}}]}`)
	reordered := values{"name": "edge", "applyTos": inputs["applyTos"], "rules": []any{
		ping, values{"direction": "in", "protocol": "tcp", "port": "22", "sourceIps": []any{"::/0", "0.0.0.0/0"}}}}
	if got := firewall.MustDiff(reordered); len(got) != 0 {
		t.Errorf("the order of rules makes a difference: %v", got)
	}
	firewall.MustUpdate(values{"name": "edge", "rules": []any{ping}, "applyTos": []any{values{"server": 5}}})
	api.expectChanges(
		`PUT /firewalls/101 {"name":"edge","labels":{}}`,
		`POST /firewalls/101/actions/set_rules {"rules":[{"direction":"in","source_ips":["192.0.2.0/24"],`+
			`"protocol":"icmp","description":"ping"}]}`,
		`POST /firewalls/101/actions/remove_from_resources {"remove_from":[{"type":"label_selector",`+
			`"label_selector":{"selector":"stack=lab"}}]}`,
		`POST /firewalls/101/actions/apply_to_resources {"apply_to":[{"type":"server","server":{"id":5}}]}`,
	)
	api.object("firewalls", firewall.ID)["rules"] = []any{}
	firewall.MustRead()
	if got := firewall.MustDiff(values{"name": "edge", "rules": []any{ping}}); got["rules"] != p.Add || len(got) != 1 {
		t.Errorf("a firewall without its rules is seen as %v", got)
	}
	firewall.MustDelete()
	api.expectChanges(`POST /firewalls/101/actions/remove_from_resources ...`, `DELETE /firewalls/101`)
}

func TestFirewallRefusesRulesThatTheAPIWouldRefuse(t *testing.T) {
	_, plugin := start(t)
	for want, rule := range map[string]values{
		"needs a port":      {"direction": "in", "protocol": "tcp"},
		`found "sideways"`:  {"direction": "sideways", "protocol": "icmp"},
		`found "quic"`:      {"direction": "in", "protocol": "quic"},
		`found "192.0.2.1"`: {"direction": "in", "protocol": "icmp", "sourceIps": []any{"192.0.2.1"}},
	} {
		if got := plugin.Failures(firewallToken, values{"rules": []any{rule}})["rules[0]"]; !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", rule, got, want)
		}
	}
}

func TestFirewallAttachmentMovesItsFirewall(t *testing.T) {
	api, plugin := start(t)
	plugin.MustCreate(firewallToken, values{"name": "edge"})
	api.takeChanges()
	attachment := plugin.MustCreate(attachmentToken, values{"firewallId": 101, "serverIds": []any{5, 6}})
	api.expectChanges(`POST /firewalls/101/actions/apply_to_resources {"apply_to":[` +
		`{"type":"server","server":{"id":5}},{"type":"server","server":{"id":6}}]}`)
	if got := attachment.MustDiff(values{"firewallId": 101, "serverIds": []any{6, 5}}); len(got) != 0 {
		t.Errorf("the order of servers makes a difference: %v", got)
	}
	attachment.MustUpdate(values{"firewallId": 101, "serverIds": []any{6, 7}})
	api.expectChanges(
		`POST /firewalls/101/actions/remove_from_resources {"remove_from":[{"type":"server","server":{"id":5}}]}`,
		`POST /firewalls/101/actions/apply_to_resources {"apply_to":[{"type":"server","server":{"id":7}}]}`)
	if got := attachment.MustDiff(values{"firewallId": 102, "serverIds": []any{6, 7}}); got["firewallId"] != p.UpdateReplace {
		t.Errorf("another firewall gives %v", got)
	}
	attachment.MustDelete()
	api.expectChanges(`POST /firewalls/101/actions/remove_from_resources {"remove_from":[` +
		`{"type":"server","server":{"id":6}},{"type":"server","server":{"id":7}}]}`)
	if plugin.Failures(attachmentToken, values{"firewallId": 1})["serverIds"] == "" {
		t.Error("an attachment to nothing is accepted")
	}
}

func TestPrimaryIPLivesItsLife(t *testing.T) {
	api, plugin := start(t)
	inputs := values{"name": "edge", "type": "ipv4", "location": "nbg1", "deleteProtection": true}
	ip := plugin.MustCreate(primaryIPToken, inputs)
	api.expectChanges(
		`POST /primary_ips {"assignee_type":"server","auto_delete":false,"location":"nbg1","name":"edge","type":"ipv4"}`,
		`POST /primary_ips/101/actions/change_protection {"delete":true}`)
	if ip.Text("ipAddress") != "192.0.2.55" {
		t.Errorf("the address is %q", ip.Text("ipAddress"))
	}
	if got := ip.MustDiff(inputs); len(got) != 0 {
		t.Errorf("unchanged inputs differ: %v", got)
	}
	ip.MustUpdate(values{"name": "edge", "type": "ipv4", "location": "nbg1", "assigneeId": 5, "assigneeType": "server"})
	api.expectChanges(
		`PUT /primary_ips/101 {"auto_delete":false,"labels":{},"name":"edge"}`,
		`POST /primary_ips/101/actions/change_protection {"delete":false}`,
		`POST /primary_ips/101/actions/assign {"assignee_id":5,"assignee_type":"server"}`)
	ip.MustDelete()
	api.expectChanges(`POST /servers/5/actions/poweroff`, `POST /primary_ips/101/actions/unassign`, `DELETE /primary_ips/101`)
}

func TestNetworkSubnetAndMembershipLiveTheirLives(t *testing.T) {
	api, plugin := start(t)
	network := plugin.MustCreate(networkToken, values{"name": "inner", "ipRange": "10.0.0.0/16", "deleteProtection": true})
	subnet := plugin.MustCreate(subnetToken,
		values{"networkId": 101, "type": "cloud", "networkZone": "eu-central", "ipRange": "10.0.1.0/24"})
	server := plugin.MustCreate(serverToken, serverWith(nil))
	api.takeChanges()
	if network.ID != "101" || subnet.ID != "101-10.0.1.0/24" || subnet.Text("gateway") != "10.0.0.1" {
		t.Errorf("network %q, subnet %q, gateway %q", network.ID, subnet.ID, subnet.Text("gateway"))
	}
	member := plugin.MustCreate(serverNetworkToken, values{"serverId": 102, "subnetId": subnet.ID, "ip": "10.0.1.9"})
	api.expectChanges(`POST /servers/102/actions/attach_to_network {"network":101,"ip":"10.0.1.9","ip_range":"10.0.1.0/24"}`)
	if member.ID != server.ID+"-101" || member.Text("macAddress") != "86:00:ff:2a:7d:e1" {
		t.Errorf("membership %q, MAC %q", member.ID, member.Text("macAddress"))
	}
	member.MustUpdate(values{"serverId": 102, "subnetId": subnet.ID, "ip": "10.0.1.9", "aliasIps": []any{"10.0.1.20"}})
	api.expectChanges(`POST /servers/102/actions/change_alias_ips {"network":101,"alias_ips":["10.0.1.20"]}`)
	member.MustRead()
	if got := member.MustDiff(values{"serverId": 102, "subnetId": subnet.ID, "aliasIps": []any{"10.0.1.20"}}); len(got) != 0 {
		t.Errorf("unchanged inputs differ: %v", got)
	}
	member.MustDelete()
	subnet.MustDelete()
	network.MustDelete()
	api.expectChanges(`POST /servers/102/actions/detach_from_network {"network":101}`,
		`POST /networks/101/actions/delete_subnet {"ip_range":"10.0.1.0/24"}`, `DELETE /networks/101`)
	subnet.MustRead()
	if subnet.ID != "" {
		t.Error("a subnet of a network that is gone is still there")
	}
}

func TestVolumeLivesItsLife(t *testing.T) {
	api, plugin := start(t)
	inputs := values{"name": "data", "size": 10, "location": "nbg1", "format": "ext4"}
	volume := plugin.MustCreate(volumeToken, inputs)
	api.expectChanges(`POST /volumes {"name":"data","size":10,"location":"nbg1","format":"ext4"}`)
	attachment := plugin.MustCreate(volumeAttachmentToken, values{"volumeId": 101, "serverId": 5, "automount": true})
	api.expectChanges(`POST /volumes/101/actions/attach {"server":5,"automount":true}`)
	volume.MustRead()
	if got := volume.MustDiff(inputs); len(got) != 0 {
		t.Errorf("an attachment of its own makes the volume differ: %v", got)
	}
	inputs["size"] = 20
	volume.MustUpdate(inputs)
	api.expectChanges(`PUT /volumes/101 ...`, `POST /volumes/101/actions/resize {"size":20}`)
	attachment.MustDelete()
	volume.MustDelete()
	api.expectChanges(`POST /volumes/101/actions/detach`, `DELETE /volumes/101`)
	shrunk := plugintest.Values(values{"name": "data", "size": 5})
	_, err := plugin.Update(p.UpdateRequest{ID: "101", Urn: plugintest.URN(volumeToken), State: volume.State, Inputs: shrunk, DryRun: true})
	if err == nil || !strings.Contains(err.Error(), "cannot shrink") {
		t.Errorf("got %v", err)
	}
}
