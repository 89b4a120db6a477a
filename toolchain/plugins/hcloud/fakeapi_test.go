package hcloud

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"

	"vpai/toolchain/plugins/internal/plugintest"
)

type values = map[string]any

const apiToken = "canary-token"

// fakeAPI keeps resources as the Hetzner Cloud API does and records every request that changes something.
type fakeAPI struct {
	t  *testing.T
	mu sync.Mutex
	// objects are the resources, by collection and ID.
	objects map[string]map[int]values
	nextID  int
	// changes are the changing requests: "POST /servers {...}".
	changes []string
	reads   int
	// failing makes requests that start with a text fail with the error code.
	failing map[string]string
}

// start serves a new API and returns it with a plugin that is configured to use it.
func start(t *testing.T) (*fakeAPI, *plugintest.Plugin) {
	t.Helper()
	api := &fakeAPI{t: t, nextID: 100, objects: map[string]map[int]values{}, failing: map[string]string{}}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	t.Setenv("HCLOUD_TOKEN", "")
	plugin := plugintest.New(t, "hcloud", Provider())
	err := plugin.Configure(p.ConfigureRequest{Args: plugintest.Values(values{
		"token": plugintest.Secret(apiToken), "endpoint": server.URL, "pollInterval": "1ms",
	})})
	if err != nil {
		t.Fatal(err)
	}
	return api, plugin
}

// singular names one resource of a collection in the API's answers.
var singular = map[string]string{
	"servers": "server", "ssh_keys": "ssh_key", "firewalls": "firewall", "primary_ips": "primary_ip",
	"networks": "network", "volumes": "volume",
}

func (a *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	body, _ := io.ReadAll(r.Body)
	request := r.Method + " " + r.URL.Path
	if r.Header.Get("Authorization") != "Bearer "+apiToken {
		a.fail(w, http.StatusUnauthorized, "unauthorized")
		return
	}
	if r.Method == http.MethodGet {
		a.reads++
	} else {
		a.changes = append(a.changes, strings.TrimSpace(request+" "+string(body)))
	}
	for prefix, code := range a.failing {
		if strings.HasPrefix(request, prefix) {
			a.fail(w, http.StatusUnprocessableEntity, code)
			return
		}
	}
	var content values
	_ = json.Unmarshal(body, &content)
	a.route(w, r, strings.Split(strings.Trim(r.URL.Path, "/"), "/"), content)
}

func (a *fakeAPI) route(w http.ResponseWriter, r *http.Request, path []string, content values) {
	collection := path[0]
	var id int
	if len(path) > 1 {
		_, _ = fmt.Sscan(path[1], &id)
	}
	object, found := a.objects[collection][id]
	switch {
	case collection == "server_types":
		a.reply(w, values{"server_types": []any{values{"id": 1, "name": r.URL.Query().Get("name"), "architecture": "x86"}}})
	case collection == "images":
		a.reply(w, values{"images": []any{image(r.URL.Query().Get("name"))}})
	case len(path) == 1 && r.Method == http.MethodPost:
		a.create(w, collection, content)
	case len(path) == 1:
		a.reply(w, values{collection: a.named(collection, r.URL.Query().Get("name"))})
	case !found:
		a.fail(w, http.StatusNotFound, "not_found")
	case len(path) == 4:
		a.act(w, collection, object, path[3], content)
	case r.Method == http.MethodDelete:
		delete(a.objects[collection], id)
		a.reply(w, values{"action": a.action()})
	case r.Method == http.MethodPut:
		for name, value := range content {
			object[name] = value
		}
		a.reply(w, values{singular[collection]: object})
	default:
		a.reply(w, values{singular[collection]: object})
	}
}

func image(name string) values {
	return values{"id": 7, "name": name, "type": "system", "status": "available", "architecture": "x86"}
}

func (a *fakeAPI) named(collection, name string) []any {
	found := []any{}
	for _, object := range a.objects[collection] {
		if object["name"] == name {
			found = append(found, object)
		}
	}
	return found
}

func (a *fakeAPI) create(w http.ResponseWriter, collection string, content values) {
	a.nextID++
	object := values{"id": a.nextID, "name": content["name"], "labels": content["labels"],
		"protection": values{"delete": false, "rebuild": false}, "created": "2026-01-01T00:00:00Z"}
	if object["labels"] == nil {
		object["labels"] = values{}
	}
	answer := values{singular[collection]: object, "action": a.action(), "actions": []any{a.action()}, "next_actions": []any{}}
	switch collection {
	case "servers":
		a.describeServer(object, content)
	case "ssh_keys":
		object["public_key"], object["fingerprint"] = content["public_key"], "b7:2f:30"
	case "firewalls":
		object["rules"], object["applied_to"] = orEmpty(content["rules"]), orEmpty(content["apply_to"])
	case "primary_ips":
		object["type"], object["ip"], object["auto_delete"] = content["type"], "192.0.2.55", content["auto_delete"]
		object["assignee_type"], object["assignee_id"] = "server", content["assignee_id"]
		object["location"] = values{"id": 1, "name": "nbg1"}
	case "networks":
		object["ip_range"], object["subnets"], object["routes"] = content["ip_range"], []any{}, []any{}
		object["expose_routes_to_vswitch"] = content["expose_routes_to_vswitch"]
	case "volumes":
		object["size"], object["format"], object["server"] = content["size"], content["format"], content["server"]
		object["location"], object["status"] = values{"id": 1, "name": "nbg1"}, "available"
		object["linux_device"] = fmt.Sprintf("/dev/disk/by-id/scsi-0HC_Volume_%d", a.nextID)
	}
	a.put(collection, object)
	w.WriteHeader(http.StatusCreated)
	a.reply(w, answer)
}

func (a *fakeAPI) describeServer(object, content values) {
	object["status"], object["server_type"] = "running", values{"id": 1, "name": content["server_type"]}
	if name, isText := content["server_type"].(string); !isText {
		object["server_type"] = values{"id": 1, "name": "cx23"}
	} else if name == "1" {
		object["server_type"] = values{"id": 1, "name": "cx23"}
	}
	object["image"], object["location"] = image("debian-13"), values{"id": 1, "name": content["location"]}
	firewalls := []any{}
	for _, entry := range orEmpty(content["firewalls"]) {
		firewalls = append(firewalls, values{"id": entry.(values)["firewall"], "status": "applied"})
	}
	object["public_net"] = values{
		"ipv4":      values{"id": 901, "ip": "203.0.113.7"},
		"ipv6":      values{"id": 902, "ip": "2001:db8:1::/64"},
		"firewalls": firewalls, "floating_ips": []any{},
	}
	object["private_net"], object["primary_disk_size"] = []any{}, 40
}

func orEmpty(list any) []any {
	if list, ok := list.([]any); ok {
		return list
	}
	return []any{}
}

func (a *fakeAPI) put(collection string, object values) {
	if a.objects[collection] == nil {
		a.objects[collection] = map[int]values{}
	}
	a.objects[collection][object["id"].(int)] = object
}

func (a *fakeAPI) act(w http.ResponseWriter, collection string, object values, name string, content values) {
	switch collection + " " + name {
	case "servers enable_backup":
		object["backup_window"] = "22-02"
	case "servers disable_backup":
		object["backup_window"] = nil
	case "servers poweroff", "servers shutdown":
		object["status"] = "off"
	case "servers poweron":
		object["status"] = "running"
	case "servers change_type":
		object["server_type"] = values{"id": 2, "name": content["server_type"]}
	case "servers attach_to_network":
		object["private_net"] = append(orEmpty(object["private_net"]), values{"network": content["network"],
			"ip": content["ip"], "alias_ips": orEmpty(content["alias_ips"]), "mac_address": "86:00:ff:2a:7d:e1"})
	case "servers detach_from_network":
		object["private_net"] = slices.DeleteFunc(orEmpty(object["private_net"]),
			func(net any) bool { return net.(values)["network"] == content["network"] })
	case "servers change_alias_ips":
		for _, net := range orEmpty(object["private_net"]) {
			net.(values)["alias_ips"] = content["alias_ips"]
		}
	case "firewalls set_rules":
		object["rules"] = orEmpty(content["rules"])
	case "firewalls apply_to_resources":
		object["applied_to"] = append(orEmpty(object["applied_to"]), orEmpty(content["apply_to"])...)
	case "firewalls remove_from_resources":
		object["applied_to"] = slices.DeleteFunc(orEmpty(object["applied_to"]), func(target any) bool {
			return slices.ContainsFunc(orEmpty(content["remove_from"]), func(gone any) bool { return text(gone) == text(target) })
		})
	case "networks add_subnet":
		content["gateway"] = "10.0.0.1"
		object["subnets"] = append(orEmpty(object["subnets"]), content)
	case "networks delete_subnet":
		object["subnets"] = []any{}
	case "volumes resize":
		object["size"] = content["size"]
	case "volumes attach":
		object["server"] = content["server"]
	case "volumes detach":
		object["server"] = nil
	case "primary_ips assign":
		object["assignee_id"] = content["assignee_id"]
	case "primary_ips unassign":
		object["assignee_id"] = nil
	}
	if name == "change_protection" {
		for key, value := range content {
			object["protection"].(values)[key] = value
		}
	}
	w.WriteHeader(http.StatusCreated)
	a.reply(w, values{"action": a.action(), "actions": []any{a.action()}})
}

func text(value any) string {
	encoded, _ := json.Marshal(value)
	return string(encoded)
}

func (a *fakeAPI) action() values {
	return values{"id": 1, "command": "anything", "status": "success", "progress": 100, "started": "2026-01-01T00:00:00Z"}
}

func (a *fakeAPI) reply(w http.ResponseWriter, answer values) { _ = json.NewEncoder(w).Encode(answer) }

func (a *fakeAPI) fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	a.reply(w, values{"error": values{"code": code, "message": "the API says " + code}})
}

// takeChanges returns the changing requests since the last call.
func (a *fakeAPI) takeChanges() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	changes := a.changes
	a.changes = nil
	return changes
}

// expectChanges fails the test unless exactly these requests were made, in this order. A wanted request may end in
// "..." where the rest of the body does not matter.
func (a *fakeAPI) expectChanges(want ...string) {
	a.t.Helper()
	got := a.takeChanges()
	same := slices.EqualFunc(got, want, func(got, want string) bool {
		start, open := strings.CutSuffix(want, "...")
		return canonical(got) == canonical(want) || open && strings.HasPrefix(got, start)
	})
	if !same {
		a.t.Errorf("requests:\n  %s\nwanted:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// canonical sorts the members of a request's body. An empty body and an empty object are the same.
func canonical(request string) string {
	start, body, found := strings.Cut(request, " {")
	var content values
	if !found || json.Unmarshal([]byte("{"+body), &content) != nil {
		return request
	}
	if len(content) == 0 {
		return start
	}
	return start + " " + text(content)
}

// object gives a test access to a resource of the API, to change it behind the plugin's back.
func (a *fakeAPI) object(collection, id string) values {
	a.mu.Lock()
	defer a.mu.Unlock()
	var number int
	_, _ = fmt.Sscan(id, &number)
	return a.objects[collection][number]
}

func (a *fakeAPI) remove(collection, id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var number int
	_, _ = fmt.Sscan(id, &number)
	delete(a.objects[collection], number)
}
