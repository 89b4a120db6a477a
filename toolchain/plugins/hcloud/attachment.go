package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// FirewallAttachment serves hcloud.FirewallAttachment: all targets of one firewall.
type FirewallAttachment struct{}

type attachmentInputs struct {
	FirewallID     int      `pulumi:"firewallId"`
	ServerIDs      []int    `pulumi:"serverIds,optional"`
	LabelSelectors []string `pulumi:"labelSelectors,optional"`
}

type attachmentState struct{ attachmentInputs }

// Annotate gives the official token.
func (r *FirewallAttachment) Annotate(a infer.Annotator) {
	a.SetToken("index/firewallAttachment", "FirewallAttachment")
}

// Check refuses an attachment to nothing.
func (*FirewallAttachment) Check(
	ctx context.Context, req infer.CheckRequest,
) (infer.CheckResponse[attachmentInputs], error) {
	in, failures, err := infer.DefaultCheck[attachmentInputs](ctx, req.NewInputs)
	if req.NewInputs.Get("serverIds").IsNull() && req.NewInputs.Get("labelSelectors").IsNull() {
		failures = append(failures, p.CheckFailure{Property: "serverIds",
			Reason: "give serverIds, labelSelectors or both"})
	}
	return infer.CheckResponse[attachmentInputs]{Inputs: in, Failures: failures}, err
}

func (in attachmentInputs) firewall() *hcloud.Firewall {
	return &hcloud.Firewall{ID: int64(in.FirewallID)}
}

func (in attachmentInputs) targets() []hcloud.FirewallResource {
	var targets []hcloud.FirewallResource
	for _, id := range in.ServerIDs {
		targets = append(targets, serverTarget(int64(id)))
	}
	for _, selector := range in.LabelSelectors {
		targets = append(targets, selectorTarget(selector))
	}
	return targets
}

// Create applies the firewall to its targets. The ID is that of the firewall.
func (*FirewallAttachment) Create(
	ctx context.Context, req infer.CreateRequest[attachmentInputs],
) (infer.CreateResponse[attachmentState], error) {
	response := infer.CreateResponse[attachmentState]{Output: attachmentState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	response.ID = formatID(int64(req.Inputs.FirewallID))
	return response, moveTargets(ctx, c, req.Inputs.firewall(), nil, req.Inputs.targets())
}

// Read reads the firewall's targets, all of them: this resource owns them.
func (*FirewallAttachment) Read(
	ctx context.Context, req infer.ReadRequest[attachmentInputs, attachmentState],
) (infer.ReadResponse[attachmentInputs, attachmentState], error) {
	var response infer.ReadResponse[attachmentInputs, attachmentState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	firewall, _, err := c.Firewall.GetByID(ctx, id)
	if err != nil || firewall == nil {
		return response, err
	}
	observed := attachmentInputs{FirewallID: int(id)}
	for _, target := range fromTargets(firewall.AppliedTo) {
		if target.Server != nil {
			observed.ServerIDs = append(observed.ServerIDs, *target.Server)
		} else {
			observed.LabelSelectors = append(observed.LabelSelectors, *target.LabelSelector)
		}
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, attachmentState{observed}
	if req.Inputs.FirewallID == 0 {
		response.Inputs = observed
	}
	return response, nil
}

// Update moves the firewall from its present targets to the wanted ones.
func (*FirewallAttachment) Update(
	ctx context.Context, req infer.UpdateRequest[attachmentInputs, attachmentState],
) (infer.UpdateResponse[attachmentState], error) {
	response := infer.UpdateResponse[attachmentState]{Output: attachmentState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	firewall, _, err := c.Firewall.GetByID(ctx, id)
	if err != nil {
		return response, err
	}
	if firewall == nil {
		return response, fmt.Errorf("firewall %d is gone; run a refresh", id)
	}
	return response, moveTargets(ctx, c, firewall, firewall.AppliedTo, req.Inputs.targets())
}

// Delete takes the firewall from its targets.
func (*FirewallAttachment) Delete(
	ctx context.Context, req infer.DeleteRequest[attachmentState],
) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, _ int64) error {
		return moveTargets(ctx, c, req.State.firewall(), req.State.targets(), nil)
	})
}
