package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// VolumeAttachment serves hcloud.VolumeAttachment. Its ID is that of the volume.
type VolumeAttachment struct{}

type volumeAttachmentInputs struct {
	ServerID  int   `pulumi:"serverId"`
	VolumeID  int   `pulumi:"volumeId"`
	Automount *bool `pulumi:"automount,optional"`
}

type volumeAttachmentState struct{ volumeAttachmentInputs }

// Annotate gives the official token.
func (r *VolumeAttachment) Annotate(a infer.Annotator) {
	a.SetToken("index/volumeAttachment", "VolumeAttachment")
}

// Create attaches the volume.
func (*VolumeAttachment) Create(
	ctx context.Context, req infer.CreateRequest[volumeAttachmentInputs],
) (infer.CreateResponse[volumeAttachmentState], error) {
	response := infer.CreateResponse[volumeAttachmentState]{Output: volumeAttachmentState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	volume, _, err := c.Volume.GetByID(ctx, int64(req.Inputs.VolumeID))
	if err == nil && volume == nil {
		err = fmt.Errorf("there is no volume %d", req.Inputs.VolumeID)
	}
	if err != nil {
		return response, err
	}
	response.ID = formatID(volume.ID)
	if volume.Server != nil && volume.Server.ID == int64(req.Inputs.ServerID) {
		return response, nil
	}
	return response, attach(ctx, c, volume, int64(req.Inputs.ServerID), req.Inputs.Automount)
}

// Read reads the attachment back.
func (*VolumeAttachment) Read(
	ctx context.Context, req infer.ReadRequest[volumeAttachmentInputs, volumeAttachmentState],
) (infer.ReadResponse[volumeAttachmentInputs, volumeAttachmentState], error) {
	var response infer.ReadResponse[volumeAttachmentInputs, volumeAttachmentState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	volume, _, err := c.Volume.GetByID(ctx, id)
	if err != nil || volume == nil || volume.Server == nil {
		return response, err
	}
	observed := volumeAttachmentInputs{
		VolumeID: int(id), ServerID: int(volume.Server.ID), Automount: req.State.Automount,
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, volumeAttachmentState{observed}
	if req.Inputs.VolumeID == 0 {
		response.Inputs = observed
	}
	return response, nil
}

// Delete detaches the volume from this attachment's server.
func (*VolumeAttachment) Delete(
	ctx context.Context, req infer.DeleteRequest[volumeAttachmentState],
) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		volume, _, err := c.Volume.GetByID(ctx, id)
		if err != nil || volume == nil || volume.Server == nil || volume.Server.ID != int64(req.State.ServerID) {
			return err
		}
		return detach(ctx, c, volume)
	})
}
