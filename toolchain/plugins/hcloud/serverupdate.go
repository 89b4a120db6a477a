package hcloud

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

// updateServer changes what differs, in an order in which the server is switched off as late as possible.
func updateServer(ctx context.Context, c *hcloud.Client, id int64, old, in serverInputs) error {
	server, _, err := c.Server.GetByID(ctx, id)
	if err == nil && server == nil {
		err = fmt.Errorf("server %d is gone; run a refresh", id)
	}
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return rename(ctx, c, server, in) },
		func() error { return setBackups(ctx, c, server, valueOr(in.Backups, false)) },
		func() error { return moveFirewalls(ctx, c, server, in.FirewallIDs) },
		func() error {
			if in.Networks == nil {
				return nil
			}
			return moveNetworks(ctx, c, server, in.Networks)
		},
		func() error { return setPlacementGroup(ctx, c, server, in.PlacementGroupID) },
		func() error { return setProtection(ctx, c, server, in) },
		func() error {
			if in.PublicNets == nil || reflect.DeepEqual(old.PublicNets, in.PublicNets) {
				return nil
			}
			return changePublicNet(ctx, c, server, old.PublicNets, in.PublicNets)
		},
		func() error { return changeType(ctx, c, server, in) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func rename(ctx context.Context, c *hcloud.Client, server *hcloud.Server, in serverInputs) error {
	_, _, err := c.Server.Update(ctx, server, hcloud.ServerUpdateOpts{
		Name: *in.Name, Labels: valueOr(in.Labels, map[string]string{}),
	})
	if err != nil {
		return fmt.Errorf("updating the server: %w", err)
	}
	return nil
}

func setBackups(ctx context.Context, c *hcloud.Client, server *hcloud.Server, wanted bool) error {
	if wanted == (server.BackupWindow != "") {
		return nil
	}
	var action *hcloud.Action
	var err error
	if wanted {
		action, _, err = c.Server.EnableBackup(ctx, server, "")
	} else {
		action, _, err = c.Server.DisableBackup(ctx, server)
	}
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("switching backups: %w", err)
	}
	return nil
}

func setProtection(ctx context.Context, c *hcloud.Client, server *hcloud.Server, in serverInputs) error {
	wanted := hcloud.ServerProtection{
		Delete: valueOr(in.DeleteProtection, false), Rebuild: valueOr(in.RebuildProtection, false),
	}
	if server.Protection == wanted {
		return nil
	}
	action, _, err := c.Server.ChangeProtection(ctx, server,
		hcloud.ServerChangeProtectionOpts{Delete: &wanted.Delete, Rebuild: &wanted.Rebuild})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("changing the server's protection: %w", err)
	}
	return nil
}

// moveFirewalls leaves the firewalls alone when the program names none: others may attach them.
func moveFirewalls(ctx context.Context, c *hcloud.Client, server *hcloud.Server, wanted []int) error {
	if wanted == nil {
		return nil
	}
	target := []hcloud.FirewallResource{serverTarget(server.ID)}
	var present []int
	for _, status := range server.PublicNet.Firewalls {
		id := int(status.Firewall.ID)
		present = append(present, id)
		if slices.Contains(wanted, id) {
			continue
		}
		if err := moveTargets(ctx, c, &hcloud.Firewall{ID: int64(id)}, target, nil); err != nil {
			return err
		}
	}
	for _, id := range wanted {
		if slices.Contains(present, id) {
			continue
		}
		if err := moveTargets(ctx, c, &hcloud.Firewall{ID: int64(id)}, nil, target); err != nil {
			return err
		}
	}
	return nil
}

// setPlacementGroup does not switch a running server off for leaving a group: the API refuses that, and its message
// says so.
func setPlacementGroup(ctx context.Context, c *hcloud.Client, server *hcloud.Server, wanted *int) error {
	var present, next int64
	if server.PlacementGroup != nil {
		present = server.PlacementGroup.ID
	}
	next = int64(valueOr(wanted, 0))
	if present == next {
		return nil
	}
	if present != 0 {
		action, _, err := c.Server.RemoveFromPlacementGroup(ctx, server)
		if err := settle(ctx, c, err, action); err != nil {
			return fmt.Errorf("leaving the placement group (the server must be off): %w", err)
		}
	}
	if next == 0 {
		return nil
	}
	action, _, err := c.Server.AddToPlacementGroup(ctx, server, &hcloud.PlacementGroup{ID: next})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("joining the placement group: %w", err)
	}
	return nil
}

// changeType resizes the server, which has to be off for it; the API starts it again.
func changeType(ctx context.Context, c *hcloud.Client, server *hcloud.Server, in serverInputs) error {
	if server.ServerType.Name == in.ServerType {
		return nil
	}
	if server.Status == hcloud.ServerStatusRunning {
		action, _, err := c.Server.Poweroff(ctx, server)
		if err := settle(ctx, c, err, action); err != nil {
			return fmt.Errorf("switching the server off: %w", err)
		}
	}
	action, _, err := c.Server.ChangeType(ctx, server, hcloud.ServerChangeTypeOpts{
		ServerType: &hcloud.ServerType{Name: in.ServerType}, UpgradeDisk: !valueOr(in.KeepDisk, false),
	})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("changing the server's type to %s: %w", in.ServerType, err)
	}
	return nil
}

const (
	// shutdownPatience is how long an orderly shutdown may take before the server is deleted all the same.
	shutdownPatience = time.Minute
	shutdownPoll     = 2 * time.Second
)

func shutdown(ctx context.Context, c *hcloud.Client, server *hcloud.Server) error {
	action, _, err := c.Server.Shutdown(ctx, server)
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("shutting the server down: %w", err)
	}
	for deadline := time.Now().Add(shutdownPatience); time.Now().Before(deadline); {
		now, _, err := c.Server.GetByID(ctx, server.ID)
		if err != nil || now == nil || now.Status == hcloud.ServerStatusOff {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(shutdownPoll):
		}
	}
	return nil
}
