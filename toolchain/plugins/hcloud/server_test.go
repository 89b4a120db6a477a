package hcloud

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"

	"vpai/toolchain/plugins/internal/plugintest"
)

const serverToken = "hcloud:index/server:Server"

func serverWith(extra values) values {
	inputs := values{"name": "lab", "serverType": "cx23", "image": "debian-13", "location": "nbg1",
		"userData": "#cloud-config\n", "labels": values{"stack": "lab"}}
	for name, value := range extra {
		inputs[name] = value
	}
	return inputs
}

func TestServerIsCreatedWithItsSurroundings(t *testing.T) {
	api, plugin := start(t)
	key := plugin.MustCreate(sshKeyToken, values{"name": "operator", "publicKey": "ssh-ed25519 AAAA"})
	api.takeChanges()
	server := plugin.MustCreate(serverToken, serverWith(values{
		"sshKeys": []any{key.ID}, "firewallIds": []any{11}, "backups": true, "deleteProtection": true,
		"publicNets": []any{values{"ipv4Enabled": true, "ipv6Enabled": false, "ipv4": 55}},
		"networks":   []any{values{"networkId": 21, "ip": "10.0.0.5"}},
	}))
	api.expectChanges(
		`POST /servers {"name":"lab","server_type":1,"image":7,"ssh_keys":[101],"location":"nbg1",`+
			`"user_data":"#cloud-config\n","labels":{"stack":"lab"},"firewalls":[{"firewall":11}],`+
			`"public_net":{"enable_ipv4":true,"enable_ipv6":false,"ipv4":55}}`,
		`POST /servers/102/actions/attach_to_network {"network":21,"ip":"10.0.0.5"}`,
		`POST /servers/102/actions/enable_backup`,
		`POST /servers/102/actions/change_protection {"delete":true,"rebuild":false}`,
	)
	for name, want := range map[string]string{
		"ipv4Address": "203.0.113.7", "ipv6Address": "2001:db8:1::1", "ipv6Network": "2001:db8:1::/64",
		"status": "running", "location": "nbg1", "image": "debian-13", "backupWindow": "22-02",
		// SHA-1 of the text, in base64: `printf '#cloud-config\n' | openssl sha1 -binary | base64`
		"userData": "wK9leoEi2xH7hUH5D+q3hxwsPXE=",
	} {
		if got := server.Text(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if server.ID != "102" {
		t.Errorf("the ID is %q", server.ID)
	}
}

func TestServerWithoutPublicAddressesStartsInItsNetwork(t *testing.T) {
	api, plugin := start(t)
	plugin.MustCreate(serverToken, serverWith(values{
		"publicNets": []any{values{"ipv4Enabled": false, "ipv6Enabled": false}},
		"networks":   []any{values{"subnetId": "21-10.0.0.0/24"}},
	}))
	changes := api.takeChanges()
	if len(changes) != 3 || !strings.Contains(changes[0], `"start_after_create":false`) ||
		!strings.Contains(changes[1], "attach_to_network") || !strings.Contains(changes[2], "poweron") {
		t.Errorf("requests: %q", changes)
	}
}

func TestServerDifferences(t *testing.T) {
	_, plugin := start(t)
	base := values{"sshKeys": []any{}, "networks": []any{values{"networkId": 21, "ip": "10.0.0.5"}}, "firewallIds": []any{11, 12}}
	server := plugin.MustCreate(serverToken, serverWith(base))
	cases := map[string]struct {
		change values
		want   map[string]p.DiffKind
	}{
		"nothing":                   {values{}, nil},
		"order of firewalls":        {values{"firewallIds": []any{12, 11}}, nil},
		"firewalls left to the API": {values{"firewallIds": nil}, nil},
		"location left to the API":  {values{"location": nil}, nil},
		"network address left":      {values{"networks": []any{values{"networkId": 21}}}, nil},
		"keepDisk":                  {values{"keepDisk": true}, nil},
		"shutdownBeforeDeletion":    {values{"shutdownBeforeDeletion": true}, nil},
		"name":                      {values{"name": "other"}, map[string]p.DiffKind{"name": p.Update}},
		"labels":                    {values{"labels": values{"stack": "prod"}}, map[string]p.DiffKind{"labels": p.Update}},
		"serverType":                {values{"serverType": "cx33"}, map[string]p.DiffKind{"serverType": p.Update}},
		"backups":                   {values{"backups": true}, map[string]p.DiffKind{"backups": p.Update}},
		"firewall":                  {values{"firewallIds": []any{11}}, map[string]p.DiffKind{"firewallIds": p.Update}},
		"network address":           {values{"networks": []any{values{"networkId": 21, "ip": "10.0.0.6"}}}, map[string]p.DiffKind{"networks": p.Update}},
		"placement group":           {values{"placementGroupId": 5}, map[string]p.DiffKind{"placementGroupId": p.Add}},
		"public addresses":          {values{"publicNets": []any{values{"ipv6Enabled": false}}}, map[string]p.DiffKind{"publicNets": p.Add}},
		"userData":                  {values{"userData": "#!/bin/sh"}, map[string]p.DiffKind{"userData": p.UpdateReplace}},
		"image":                     {values{"image": "debian-14"}, map[string]p.DiffKind{"image": p.UpdateReplace}},
		"location":                  {values{"location": "fsn1"}, map[string]p.DiffKind{"location": p.UpdateReplace}},
		"sshKeys":                   {values{"sshKeys": []any{"new"}}, map[string]p.DiffKind{"sshKeys": p.AddReplace}},
	}
	for name, c := range cases {
		inputs := serverWith(base)
		for key, value := range c.change {
			if value == nil {
				delete(inputs, key)
			} else {
				inputs[key] = value
			}
		}
		got := server.MustDiff(inputs)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		for key, kind := range c.want {
			if got[key] != kind {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
	}
}

func TestServerUpdateTouchesOnlyWhatDiffers(t *testing.T) {
	api, plugin := start(t)
	firewall := plugin.MustCreate(firewallToken, values{"name": "edge"})
	server := plugin.MustCreate(serverToken, serverWith(nil))
	api.takeChanges()
	server.MustUpdate(serverWith(values{"labels": values{}}))
	api.expectChanges(`PUT /servers/102 {"name":"lab","labels":{}}`)
	server.MustUpdate(serverWith(values{"serverType": "cx33", "keepDisk": true, "firewallIds": []any{101}}))
	api.expectChanges(
		`PUT /servers/102 {"name":"lab","labels":{"stack":"lab"}}`,
		`POST /firewalls/`+firewall.ID+`/actions/apply_to_resources {"apply_to":[{"type":"server","server":{"id":102}}]}`,
		`POST /servers/102/actions/poweroff`,
		`POST /servers/102/actions/change_type {"server_type":"cx33","upgrade_disk":false}`,
	)
	if got := server.Text("serverType"); got != "cx33" {
		t.Errorf("serverType is %q", got)
	}
}

func TestServerSwapsItsPublicAddressesWhileOff(t *testing.T) {
	api, plugin := start(t)
	ip := plugin.MustCreate(primaryIPToken, values{"name": "fixed", "type": "ipv4", "location": "nbg1"})
	server := plugin.MustCreate(serverToken, serverWith(nil))
	// The addresses that the API has made for the server.
	api.put("primary_ips", values{"id": 901, "name": "made", "type": "ipv4"})
	api.put("primary_ips", values{"id": 902, "name": "made", "type": "ipv6"})
	api.takeChanges()
	server.MustUpdate(serverWith(values{"publicNets": []any{values{"ipv4": 101, "ipv6Enabled": false}}}))
	api.expectChanges(
		`PUT /servers/102 ...`,
		`POST /servers/102/actions/poweroff`,
		`POST /primary_ips/901/actions/unassign`,
		`DELETE /primary_ips/901`,
		`POST /primary_ips/`+ip.ID+`/actions/assign {"assignee_id":102,"assignee_type":"server"}`,
		`POST /primary_ips/902/actions/unassign`,
		`DELETE /primary_ips/902`,
		`POST /servers/102/actions/poweron`,
	)
}

func TestServerDriftIsReadAndAGoneServerIsNoticed(t *testing.T) {
	api, plugin := start(t)
	server := plugin.MustCreate(serverToken, serverWith(nil))
	api.object("servers", server.ID)["name"] = "renamed by hand"
	api.object("servers", server.ID)["labels"] = values{}
	server.MustRead()
	if got := server.MustDiff(serverWith(nil)); got["name"] != p.Update || got["labels"] != p.Add || len(got) != 2 {
		t.Errorf("drift is seen as %v", got)
	}
	if got := server.Text("userData"); got != "wK9leoEi2xH7hUH5D+q3hxwsPXE=" {
		t.Errorf("the refresh lost the user data: %q", got)
	}
	api.remove("servers", server.ID)
	gone := *server
	gone.MustRead()
	if gone.ID != "" {
		t.Errorf("a server that is gone has the ID %q", gone.ID)
	}
	// Deleting what is gone is no error.
	server.MustDelete()
}

func TestServerShutsDownBeforeItsDeletion(t *testing.T) {
	api, plugin := start(t)
	server := plugin.MustCreate(serverToken, serverWith(values{"shutdownBeforeDeletion": true}))
	api.takeChanges()
	server.MustDelete()
	api.expectChanges(`POST /servers/101/actions/shutdown`, `DELETE /servers/101`)
}

func TestAnIncompleteServerStaysInTheState(t *testing.T) {
	api, plugin := start(t)
	api.failing["POST /servers/101/actions/enable_backup"] = "resource_unavailable"
	server, err := plugin.TryCreate(serverToken, serverWith(values{"backups": true}))
	if err == nil {
		t.Fatal("the failure is not reported")
	}
	if server.ID != "101" {
		t.Errorf("the created server is forgotten: ID %q (%v)", server.ID, err)
	}
}

func TestServerErrorsSayWhatIsMissing(t *testing.T) {
	_, plugin := start(t)
	_, err := plugin.TryCreate(serverToken, serverWith(values{"sshKeys": []any{"nobody"}}))
	if err == nil || !strings.Contains(err.Error(), `no SSH key with the ID or name "nobody"`) {
		t.Errorf("got %v", err)
	}
	noImage := serverWith(nil)
	delete(noImage, "image")
	for property, c := range map[string]struct {
		inputs values
		want   string
	}{
		"image":           {noImage, "needs an image"},
		"datacenter":      {serverWith(values{"datacenter": "nbg1-dc3"}), `"datacenter" is not implemented`},
		"iso":             {serverWith(values{"iso": "x"}), `"iso" is not implemented`},
		"userData":        {serverWith(values{"userData": strings.Repeat("x", 32769)}), "at most 32768 bytes, found 32769"},
		"labels":          {serverWith(values{"labels": values{"bad key!": "x"}}), "bad key!"},
		"networks[0]":     {serverWith(values{"networks": []any{values{"ip": "10.0.0.5"}}}), "networkId or subnetId"},
		"networks[0].foo": {serverWith(values{"networks": []any{values{"networkId": 1, "foo": 1}}}), `"networks[0].foo" is not`},
	} {
		if got := plugin.Failures(serverToken, c.inputs)[property]; !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", property, got, c.want)
		}
	}
}

func TestAPreviewNeverTalksToTheAPI(t *testing.T) {
	api, plugin := start(t)
	inputs := plugin.MustCheck(serverToken, serverWith(nil))
	created, err := plugin.Create(p.CreateRequest{Urn: plugintest.URN(serverToken), Properties: inputs, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if !created.Properties.Get("ipv4Address").IsComputed() || created.Properties.Get("location").AsString() != "nbg1" {
		t.Errorf("preview of a creation: %#v", created.Properties)
	}
	state := inputs.Set("ipv4Address", plugintest.Values(values{"x": "203.0.113.7"}).Get("x"))
	for name, value := range plugintest.Values(values{"ipv6Address": "", "ipv6Network": "", "status": "running",
		"backupWindow": "", "primaryDiskSize": 40}).All {
		state = state.Set(name, value)
	}
	updated, err := plugin.Update(p.UpdateRequest{ID: "1", Urn: plugintest.URN(serverToken), State: state, DryRun: true,
		Inputs: plugin.MustCheck(serverToken, serverWith(values{"labels": values{"a": "b"}}))})
	if err != nil {
		t.Fatal(err)
	}
	if address := updated.Properties.Get("ipv4Address"); !address.IsString() || address.AsString() != "203.0.113.7" {
		t.Errorf("new labels make the address %#v", address)
	}
	if _, err := plugin.Diff(p.DiffRequest{ID: "1", Urn: plugintest.URN(serverToken), State: state, Inputs: inputs}); err != nil {
		t.Fatal(err)
	}
	if api.reads != 0 || len(api.takeChanges()) != 0 {
		t.Error("the preview asked the API")
	}
}
