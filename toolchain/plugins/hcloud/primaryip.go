package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// PrimaryIP serves hcloud.PrimaryIp: a public address that outlives its server.
type PrimaryIP struct{}

type primaryIPInputs struct {
	Name             *string            `pulumi:"name,optional"`
	Type             string             `pulumi:"type"`
	Location         *string            `pulumi:"location,optional"`
	AssigneeID       *int               `pulumi:"assigneeId,optional"`
	AssigneeType     *string            `pulumi:"assigneeType,optional"`
	AutoDelete       *bool              `pulumi:"autoDelete,optional"`
	DeleteProtection *bool              `pulumi:"deleteProtection,optional"`
	Labels           *map[string]string `pulumi:"labels,optional"`
}

type primaryIPState struct {
	primaryIPInputs
	IPAddress string `pulumi:"ipAddress"`
	IPNetwork string `pulumi:"ipNetwork"`
}

// Annotate gives the official token.
func (r *PrimaryIP) Annotate(a infer.Annotator) { a.SetToken("index/primaryIp", "PrimaryIp") }

// Annotate gives the defaults.
func (in *primaryIPInputs) Annotate(a infer.Annotator) {
	a.SetDefault(&in.AutoDelete, false)
	a.SetDefault(&in.DeleteProtection, false)
}

// Check names the address.
func (*PrimaryIP) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[primaryIPInputs], error) {
	return checkNamed[primaryIPInputs](ctx, req)
}

// Create reserves the address.
func (*PrimaryIP) Create(
	ctx context.Context, req infer.CreateRequest[primaryIPInputs],
) (infer.CreateResponse[primaryIPState], error) {
	response := infer.CreateResponse[primaryIPState]{Output: primaryIPState{primaryIPInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	in := req.Inputs
	options := hcloud.PrimaryIPCreateOpts{
		Name: *in.Name, Type: hcloud.PrimaryIPType(in.Type), Location: valueOr(in.Location, ""),
		AutoDelete: in.AutoDelete, Labels: valueOr(in.Labels, nil),
		AssigneeType: valueOr(in.AssigneeType, "server"),
	}
	if in.AssigneeID != nil && in.Location == nil {
		options.AssigneeID = hcloud.Ptr(int64(*in.AssigneeID))
	}
	result, _, err := c.PrimaryIP.Create(ctx, options)
	if err != nil {
		return response, fmt.Errorf("creating the primary IP: %w", err)
	}
	response.ID = formatID(result.PrimaryIP.ID)
	response.Output = primaryIPFrom(result.PrimaryIP)
	if err := c.Action.WaitFor(ctx, result.Action); err != nil {
		return response, incomplete(err)
	}
	observed, err := changePrimaryIP(ctx, c, result.PrimaryIP.ID, in)
	if err == nil {
		response.Output = *observed
	}
	return response, incomplete(err)
}

func primaryIPFrom(ip *hcloud.PrimaryIP) primaryIPState {
	assignee := int(ip.AssigneeID)
	state := primaryIPState{primaryIPInputs: primaryIPInputs{
		Name: &ip.Name, Type: string(ip.Type), AssigneeID: given(assignee), AssigneeType: given(ip.AssigneeType),
		AutoDelete: &ip.AutoDelete, DeleteProtection: &ip.Protection.Delete, Labels: optionalLabels(ip.Labels),
	}, IPAddress: ipText(ip.IP)}
	if ip.Location != nil {
		state.Location = &ip.Location.Name
	}
	if ip.Network != nil {
		state.IPNetwork = ip.Network.String()
	}
	return state
}

// changePrimaryIP brings protection and assignment into the wanted state and returns what is then there.
func changePrimaryIP(
	ctx context.Context, c *hcloud.Client, id int64, in primaryIPInputs,
) (*primaryIPState, error) {
	ip, _, err := c.PrimaryIP.GetByID(ctx, id)
	if err == nil && ip == nil {
		err = fmt.Errorf("primary IP %d is gone; run a refresh", id)
	}
	if err != nil {
		return nil, err
	}
	if wanted := valueOr(in.DeleteProtection, false); ip.Protection.Delete != wanted {
		action, _, err := c.PrimaryIP.ChangeProtection(ctx, hcloud.PrimaryIPChangeProtectionOpts{ID: id, Delete: wanted})
		if err := settle(ctx, c, err, action); err != nil {
			return nil, err
		}
	}
	if in.AssigneeID != nil && int64(*in.AssigneeID) != ip.AssigneeID {
		if err := assign(ctx, c, ip, int64(*in.AssigneeID), valueOr(in.AssigneeType, "server")); err != nil {
			return nil, err
		}
	}
	ip, _, err = c.PrimaryIP.GetByID(ctx, id)
	if err != nil || ip == nil {
		return nil, fmt.Errorf("reading the primary IP %d back: %w", id, err)
	}
	state := primaryIPFrom(ip)
	return &state, nil
}

// assign moves the address; an assignee of 0 means none.
func assign(ctx context.Context, c *hcloud.Client, ip *hcloud.PrimaryIP, assignee int64, kind string) error {
	if ip.AssigneeID != 0 {
		if err := unassign(ctx, c, ip.ID); err != nil {
			return err
		}
	}
	if assignee == 0 {
		return nil
	}
	action, _, err := c.PrimaryIP.Assign(ctx,
		hcloud.PrimaryIPAssignOpts{ID: ip.ID, AssigneeID: assignee, AssigneeType: kind})
	return settle(ctx, c, err, action)
}

func unassign(ctx context.Context, c *hcloud.Client, id int64) error {
	action, _, err := c.PrimaryIP.Unassign(ctx, id)
	return settle(ctx, c, err, action)
}

// Read reads the address back.
func (*PrimaryIP) Read(
	ctx context.Context, req infer.ReadRequest[primaryIPInputs, primaryIPState],
) (infer.ReadResponse[primaryIPInputs, primaryIPState], error) {
	var response infer.ReadResponse[primaryIPInputs, primaryIPState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	ip, _, err := c.PrimaryIP.GetByID(ctx, id)
	if err != nil || ip == nil {
		return response, err
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, primaryIPFrom(ip)
	if req.Inputs.Name == nil {
		response.Inputs = response.State.primaryIPInputs
	}
	return response, nil
}

// Update changes everything but type and location.
func (*PrimaryIP) Update(
	ctx context.Context, req infer.UpdateRequest[primaryIPInputs, primaryIPState],
) (infer.UpdateResponse[primaryIPState], error) {
	response := infer.UpdateResponse[primaryIPState]{Output: req.State}
	response.Output.primaryIPInputs = req.Inputs
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	labels := valueOr(req.Inputs.Labels, map[string]string{})
	_, _, err = c.PrimaryIP.Update(ctx, &hcloud.PrimaryIP{ID: id}, hcloud.PrimaryIPUpdateOpts{
		Name: *req.Inputs.Name, Labels: &labels, AutoDelete: req.Inputs.AutoDelete,
	})
	if err != nil {
		return response, fmt.Errorf("updating the primary IP: %w", err)
	}
	observed, err := changePrimaryIP(ctx, c, id, req.Inputs)
	if err == nil {
		response.Output = *observed
	}
	return response, err
}

// Delete unassigns the address, for which its server has to be off for a moment, and gives it back.
func (*PrimaryIP) Delete(ctx context.Context, req infer.DeleteRequest[primaryIPState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		ip, _, err := c.PrimaryIP.GetByID(ctx, id)
		if err != nil || ip == nil {
			return err
		}
		if ip.AssigneeID != 0 {
			if err := whileOff(ctx, c, ip.AssigneeID, func() error { return unassign(ctx, c, id) }); err != nil {
				return fmt.Errorf("unassigning the primary IP: %w", err)
			}
		}
		_, err = c.PrimaryIP.Delete(ctx, ip)
		return err
	})
}

// WireDependencies: the address never changes.
func (*PrimaryIP) WireDependencies(f infer.FieldSelector, in *primaryIPInputs, out *primaryIPState) {
	f.OutputField(&out.IPAddress).DependsOn(f.InputField(&in.Type).Computed(), f.InputField(&in.Location).Computed())
	f.OutputField(&out.IPNetwork).DependsOn(f.InputField(&in.Type).Computed(), f.InputField(&in.Location).Computed())
}
