package hcloud

import (
	"context"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

// connect returns a client and the resource's number.
func connect(ctx context.Context, id string) (*hcloud.Client, int64, error) {
	number, err := parseID(id)
	if err != nil {
		return nil, 0, err
	}
	c, err := client(ctx)
	return c, number, err
}

// remove deletes a resource; one that is gone already is fine.
func remove(ctx context.Context, id string, del func(c *hcloud.Client, id int64) error) error {
	c, number, err := connect(ctx, id)
	if err != nil {
		return err
	}
	return ignoreGone(del(c, number))
}

// settle waits for the actions that an API call has started.
func settle(ctx context.Context, c *hcloud.Client, err error, actions ...*hcloud.Action) error {
	if err != nil {
		return err
	}
	return c.Action.WaitFor(ctx, actions...)
}
